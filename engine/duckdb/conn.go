package duckdb

// This file keeps connections: one per running query, a few idle ones for the next.

import (
	"context"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

// conn is one DuckDB connection, owned by one query at a time.
type conn struct {
	c     bind.Connection
	views map[string]string // local name -> table
	stop  *stopFlag
	// forget is called when the connection is closed.
	forget func()
	// abandoned: a call still runs on it whose result nobody wants.
	abandoned bool
}

// get waits for a free slot and gives an idle connection, or a new one.
func (e *Engine) get(ctx context.Context) (*conn, error) {
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		<-e.slots
		return nil, errClosed()
	}
	var c *conn
	if n := len(e.idle); n > 0 {
		c, e.idle = e.idle[n-1], e.idle[:n-1]
	} else {
		var err error
		if c, err = e.connect(); err != nil {
			<-e.slots
			return nil, err
		}
	}
	c.stop.set(0)
	e.busy[c] = struct{}{}
	return c, nil
}

// connectionSettings are those DuckDB keeps per connection. QueryProgress needs the progress bar;
// a larger streaming buffer lets DuckDB's threads work on while a batch is being made (measured:
// 6M rows export a quarter faster than with 1 MB). The profile tells what a query took (stream.measure).
const connectionSettings = "SET enable_progress_bar = true; SET enable_progress_bar_print = false; " +
	"SET streaming_buffer_size = '4MB'; SET enable_profiling = 'no_output'; " +
	`SET custom_profiling_settings = '{"CPU_TIME": "true"}'`

func (e *Engine) connect() (*conn, error) {
	c := &conn{views: map[string]string{}}
	if bind.Connect(e.db, &c.c) != bind.StateSuccess {
		return nil, fault.Internalf("cannot connect to DuckDB")
	}
	c.stop, c.forget = e.stops.add(c.c)
	if err := c.exec(connectionSettings); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// side gives a connection of its own to work that belongs to no query; it takes no slot, for a
// query that holds one may wait for that work.
func (e *Engine) side() (c *conn, done func(), err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, nil, errClosed()
	}
	if c, err = e.connect(); err != nil {
		return nil, nil, err
	}
	e.busy[c] = struct{}{}
	return c, func() {
		e.mu.Lock()
		delete(e.busy, c)
		e.mu.Unlock()
		c.close()
	}, nil
}

// put gives a connection back; its last query has ended.
func (e *Engine) put(c *conn) {
	e.mu.Lock()
	delete(e.busy, c)
	keep := !e.closed && len(e.idle) < e.opts.IdleConnections
	if keep {
		e.idle = append(e.idle, c)
	}
	e.mu.Unlock()
	if !keep {
		c.close()
	}
	<-e.slots
}

// discard closes a connection that was in use.
func (e *Engine) discard(c *conn) {
	e.mu.Lock()
	delete(e.busy, c)
	e.mu.Unlock()
	c.close()
	<-e.slots
}

func (c *conn) close() {
	bind.Disconnect(&c.c)
	c.forget()
}

// interrupt stops what runs on the connection, if DuckDB hears it.
func (c *conn) interrupt() {
	c.stop.set(1)
	bind.Interrupt(c.c)
}

// exec runs statements whose result does not matter.
func (c *conn) exec(sql string) error {
	var res bind.Result
	defer bind.DestroyResult(&res)
	if bind.Query(c.c, sql, &res) != bind.StateSuccess {
		return queryError(bind.ResultErrorType(&res), bind.ResultError(&res))
	}
	return nil
}
