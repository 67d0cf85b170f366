package duckdb

// This file calls DuckDB from threads of a lower priority: an instance that is opened on such a thread gives its workers the
// same, and the thread that fetches rows computes, too.

import (
	"runtime"
	"sync"
)

// maxIdleThreads is how many threads are kept for the next call.
const maxIdleThreads = 8

// threads are OS threads at a niceness, which only root could take back from them: they serve nothing else. The zero value
// calls on the caller's own thread.
type threads struct {
	nice   int
	mu     sync.Mutex
	idle   []chan func()
	closed bool
}

// do calls f, on one of the threads. A panic of f is the caller's.
func (t *threads) do(f func()) {
	if t.nice == 0 {
		f()
		return
	}
	thread := t.get()
	var problem any
	done := make(chan struct{})
	thread <- func() {
		defer close(done)
		defer func() { problem = recover() }()
		f()
	}
	<-done
	t.put(thread)
	if problem != nil {
		panic(problem)
	}
}

func (t *threads) get() chan func() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.idle); n > 0 {
		thread := t.idle[n-1]
		t.idle = t.idle[:n-1]
		return thread
	}
	thread := make(chan func())
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		lowerPriority(t.nice)
		for f := range thread {
			f()
		}
	}()
	return thread
}

func (t *threads) put(thread chan func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed || len(t.idle) >= maxIdleThreads {
		close(thread)
		return
	}
	t.idle = append(t.idle, thread)
}

// close ends the threads; those at work end with it.
func (t *threads) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, thread := range t.idle {
		close(thread)
	}
	t.idle = nil
}
