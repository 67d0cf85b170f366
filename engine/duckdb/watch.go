package duckdb

// This file lets the outside world reach a running query: cancellation in, progress out.

import (
	"context"
	"time"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine"
)

const (
	progressEvery = 100 * time.Millisecond
	// interruptEvery is how often a cancelled query is interrupted again: DuckDB forgets an
	// interrupt that arrives between two steps of a query (prepare, execute).
	interruptEvery = 2 * time.Millisecond
	interruptLimit = 100 * time.Millisecond
)

// watcher is the goroutine beside one running query.
type watcher struct {
	stop, done chan struct{}
}

// watch starts a watcher; nothing to watch needs no goroutine.
func watch(ctx context.Context, c *conn, progress func(engine.Progress)) *watcher {
	if ctx.Done() == nil && progress == nil {
		return nil
	}
	w := &watcher{stop: make(chan struct{}), done: make(chan struct{})}
	go w.run(ctx, c, progress)
	return w
}

// end stops the watcher and waits until it no longer touches the connection.
func (w *watcher) end() {
	if w != nil {
		close(w.stop)
		<-w.done
	}
}

func (w *watcher) run(ctx context.Context, c *conn, progress func(engine.Progress)) {
	defer close(w.done)
	var tick <-chan time.Time
	if progress != nil {
		t := time.NewTicker(progressEvery)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-w.stop:
			return
		case <-tick:
			p := bind.QueryProgress(c.c)
			percent, rows, total := bind.QueryProgressTypeMembers(&p)
			progress(engine.Progress{Fraction: max(percent/100, -1), Rows: rows, Total: total})
		case <-ctx.Done():
			w.interrupt(c)
			return
		}
	}
}

// interrupt insists until the query has noticed.
func (w *watcher) interrupt(c *conn) {
	for wait := interruptEvery; ; wait = min(wait*2, interruptLimit) {
		c.interrupt()
		select {
		case <-w.stop:
			return
		case <-time.After(wait):
		}
	}
}
