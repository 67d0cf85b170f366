package session

// This file counts what is at work, so that the server can end when it is done.

import (
	"errors"
	"sync"
)

// ErrClosing answers who asks for work while the server ends.
var ErrClosing = errors.New("the server is ending")

// workload counts running operations. The zero value has none.
type workload struct {
	mu   sync.Mutex
	n    int
	done chan struct{} // not nil once no more may begin; closed when none runs
}

// start runs f on its own goroutine, unless the end has begun.
func (w *workload) start(f func()) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done != nil {
		return ErrClosing
	}
	w.n++
	go func() {
		defer w.end()
		f()
	}()
	return nil
}

func (w *workload) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.n--; w.n == 0 && w.done != nil {
		close(w.done)
	}
}

// close lets nothing begin any more. What it gives is closed when nothing runs.
func (w *workload) close() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.done == nil {
		w.done = make(chan struct{})
		if w.n == 0 {
			close(w.done)
		}
	}
	return w.done
}
