package sched

// This file runs a State for callers who wait.

import (
	"context"
	"errors"
	"sync"
	"time"
)

// ErrWaited answers a job that waited longer than QueueTimeout.
var ErrWaited = errors.New("the query waited longer than may be")

// ErrClosed answers who asks a scheduler that has ended.
var ErrClosed = errors.New("the scheduler has ended")

// tick is how often waits are looked at: for their ends, and to be told.
const tick = 250 * time.Millisecond

// Scheduler admits jobs. It is safe for concurrent use.
type Scheduler struct {
	calls chan func()
	done  chan struct{}
	end   sync.Once

	// All below belongs to the goroutine.
	state   *State
	begin   time.Time
	waiters map[string]*waiter
}

// waiter is a caller of Admit.
type waiter struct {
	result chan error  // gets one value: nil when the job starts
	seen   func(Place) // told now and then while it waits
}

// Start gives a scheduler at work; Close ends it.
func Start(l Limits) *Scheduler {
	s := &Scheduler{calls: make(chan func(), 64), done: make(chan struct{}), state: New(l), begin: time.Now(), waiters: map[string]*waiter{}}
	go s.run()
	return s
}

// Close ends the scheduler: who waits is answered with ErrClosed.
func (s *Scheduler) Close() { s.end.Do(func() { close(s.done) }) }

// run is the goroutine: calls change the state, then what may start is started.
func (s *Scheduler) run() {
	clock := time.NewTicker(tick)
	defer clock.Stop()
	for {
		select {
		case call := <-s.calls:
			call()
		case <-clock.C:
			s.look()
		case <-s.done:
			return
		}
		for _, id := range s.state.Next(s.now()) {
			s.answer(id, nil)
		}
	}
}

func (s *Scheduler) now() time.Duration { return time.Since(s.begin) }

// answer ends a wait.
func (s *Scheduler) answer(id string, err error) {
	if w := s.waiters[id]; w != nil {
		delete(s.waiters, id)
		w.result <- err
	}
}

// look sends away who waited too long, and tells the others where they stand.
func (s *Scheduler) look() {
	for _, id := range s.state.Tick(s.now()) {
		s.answer(id, ErrWaited)
	}
	if len(s.waiters) == 0 {
		return
	}
	for _, p := range s.state.Places(s.now()) {
		if w := s.waiters[p.ID]; w != nil && w.seen != nil {
			w.seen(p)
		}
	}
}

// do has the goroutine do something, and waits for it.
func (s *Scheduler) do(what func()) error {
	ready := make(chan struct{})
	select {
	case s.calls <- func() { what(); close(ready) }:
	case <-s.done:
		return ErrClosed
	}
	select {
	case <-ready:
		return nil
	case <-s.done:
		return ErrClosed
	}
}

// Ticket is a job that runs. Done must be called once.
type Ticket struct {
	Pool Pool // where it was admitted
	s    *Scheduler
	id   string
}

// Full tells early that Admit would refuse a user's next job: nothing need be done for it before. The error is a *Refusal.
func (s *Scheduler) Full(user string) (err error) {
	s.do(func() {
		if full := s.state.Full(user); full != nil {
			err = full
		}
	})
	return err
}

// Admit waits until the job may start. seen, if not nil, is told now and then where it stands; it must not block. The error is
// a *Refusal, ErrWaited, ErrClosed, or why ctx ended.
func (s *Scheduler) Admit(ctx context.Context, j Job, seen func(Place)) (*Ticket, error) {
	w := &waiter{result: make(chan error, 1), seen: seen}
	t := &Ticket{s: s, id: j.ID}
	var refused error
	if err := s.do(func() {
		if t.Pool, refused = s.state.Arrive(s.now(), j); refused == nil {
			s.waiters[j.ID] = w
		}
	}); err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refused
	}
	return t, t.wait(ctx, w)
}

// wait is until the job starts. One whose caller gave up neither waits nor runs.
func (t *Ticket) wait(ctx context.Context, w *waiter) error {
	select {
	case err := <-w.result:
		return err
	case <-t.s.done:
		return ErrClosed
	case <-ctx.Done():
		t.s.do(func() {
			delete(t.s.waiters, t.id)
			if !t.s.state.Cancel(t.id) {
				t.s.state.Finish(t.id, 0)
			}
		})
		return context.Cause(ctx)
	}
}

// Charge tells what the job has taken so far, in CPU seconds.
func (t *Ticket) Charge(cpuSeconds float64) {
	t.s.do(func() { t.s.state.Charge(t.id, cpuSeconds) })
}

// Pause gives the slot back while nobody reads the job's rows.
func (t *Ticket) Pause() {
	t.s.do(func() { t.s.state.Pause(t.id) })
}

// Resume lets a paused job go on at once.
func (t *Ticket) Resume() {
	t.s.do(func() { t.s.state.Resume(t.id) })
}

// Move counts the job in another pool from here on: see [State.Move].
func (t *Ticket) Move(to Pool) {
	t.s.do(func() { t.s.state.Move(t.id, to) })
}

// Resize changes the number of slots of a pool.
func (s *Scheduler) Resize(at Pool, slots int) {
	s.do(func() { s.state.Resize(at, slots) })
}

// Demote gives the slot back and waits for one in another pool. After an error the ticket is no more.
func (t *Ticket) Demote(ctx context.Context, to Pool, cpuSeconds float64, seen func(Place)) error {
	w := &waiter{result: make(chan error, 1), seen: seen}
	if err := t.s.do(func() {
		t.s.state.Demote(t.s.now(), t.id, to, cpuSeconds)
		t.s.waiters[t.id] = w
	}); err != nil {
		return err
	}
	return t.wait(ctx, w)
}

// Done ends the job, with the CPU seconds it took.
func (t *Ticket) Done(cpuSeconds float64) {
	t.s.do(func() { t.s.state.Finish(t.id, cpuSeconds) })
}

// Outlook tells how busy a pool is; it is idle after Close.
func (s *Scheduler) Outlook(at Pool) (o Outlook) {
	s.do(func() { o = s.state.Outlook(at, s.now()) })
	return o
}
