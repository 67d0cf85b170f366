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
	// lookEach is how many of those pass between two looks at the query's memory, which take up to a millisecond.
	lookEach = 2
	// interruptEvery is how often a cancelled query is interrupted again: DuckDB forgets an
	// interrupt that arrives between two steps of a query (prepare, execute).
	interruptEvery = 2 * time.Millisecond
	interruptLimit = 100 * time.Millisecond
)

// watcher is the goroutine beside one running query.
type watcher struct {
	stop, done chan struct{}
}

// watchOver starts a watcher; nothing to watch needs no goroutine.
func (s *stream) watchOver(progress func(engine.Progress)) *watcher {
	if s.ctx.Done() == nil && progress == nil {
		return nil
	}
	w := &watcher{stop: make(chan struct{}), done: make(chan struct{})}
	look := func() { s.eng.look(s.need) }
	go w.run(s.ctx, s.conn, progress, look)
	return w
}

// end stops the watcher and waits until it no longer touches the connection.
func (w *watcher) end() {
	if w != nil {
		close(w.stop)
		<-w.done
	}
}

func (w *watcher) run(ctx context.Context, c *conn, progress func(engine.Progress), look func()) {
	defer close(w.done)
	var tick <-chan time.Time
	if progress != nil {
		t := time.NewTicker(progressEvery)
		defer t.Stop()
		tick = t.C
	}
	for ticks := 0; ; {
		select {
		case <-w.stop:
			return
		case <-tick:
			p := bind.QueryProgress(c.c)
			percent, rows, total := bind.QueryProgressTypeMembers(&p)
			progress(engine.Progress{Fraction: max(percent/100, -1), Rows: rows, Total: total})
			if ticks++; ticks%lookEach == 0 {
				look()
			}
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
