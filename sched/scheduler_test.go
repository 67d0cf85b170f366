package sched

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestAdmitWaitsForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Start(Limits{Slots: map[Pool]int{shorts: 1}})
		defer s.Close()
		first, err := s.Admit(t.Context(), Job{ID: "1", User: "a", Pool: shorts, CPUSeconds: 1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var told atomic.Value
		second := make(chan *Ticket)
		go func() {
			ticket, err := s.Admit(t.Context(), Job{ID: "2", User: "a", Pool: shorts}, func(p Place) { told.Store(p) })
			if err != nil {
				t.Error(err)
			}
			second <- ticket
		}()
		time.Sleep(time.Second)
		if p, _ := told.Load().(Place); p.Reason != WaitsForSlot || p.ID != "2" {
			t.Errorf("told %+v", p)
		}
		first.Done(1)
		(<-second).Done(0)
	})
}

func TestWhoGivesUpFreesTheSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Start(Limits{Slots: map[Pool]int{shorts: 1}})
		defer s.Close()
		first, _ := s.Admit(t.Context(), Job{ID: "1", User: "a", Pool: shorts}, nil)
		ctx, cancel := context.WithCancelCause(t.Context())
		gone := make(chan error)
		go func() { _, err := s.Admit(ctx, Job{ID: "2", User: "b", Pool: shorts}, nil); gone <- err }()
		synctest.Wait()
		stop := errors.New("stopped")
		cancel(stop)
		if err := <-gone; err != stop {
			t.Errorf("gave up with %v", err)
		}
		first.Done(0)
		third, err := s.Admit(t.Context(), Job{ID: "3", User: "c", Pool: shorts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		third.Done(0)
	})
}

func TestDemotedWaitsElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Start(Limits{Slots: map[Pool]int{shorts: 1, heavies: 1}, QueueTimeout: 5 * time.Second})
		defer s.Close()
		heavy, _ := s.Admit(t.Context(), Job{ID: "h", User: "a", Pool: heavies}, nil)
		job, _ := s.Admit(t.Context(), Job{ID: "1", User: "a", Pool: shorts}, nil)
		demoted := make(chan error)
		go func() { demoted <- job.Demote(t.Context(), heavies, 0.3, nil) }()
		synctest.Wait()
		next, err := s.Admit(t.Context(), Job{ID: "2", User: "a", Pool: shorts}, nil)
		if err != nil {
			t.Fatal(err)
		}
		next.Done(0)
		heavy.Done(1)
		if err := <-demoted; err != nil {
			t.Fatal(err)
		}
		late := make(chan error)
		go func() { _, err := s.Admit(t.Context(), Job{ID: "3", User: "b", Pool: heavies}, nil); late <- err }()
		if err := <-late; !errors.Is(err, ErrWaited) {
			t.Errorf("after five seconds: %v", err)
		}
		job.Done(2)
	})
}

func TestManyAtOnce(t *testing.T) {
	s := Start(Limits{Slots: map[Pool]int{shorts: 3}, UserQueued: 400})
	defer s.Close()
	var running, most, refused atomic.Int32
	var all sync.WaitGroup
	for i := range 1000 {
		all.Go(func() {
			ticket, err := s.Admit(t.Context(), Job{ID: fmt.Sprint(i), User: fmt.Sprint("u", i%2), Pool: shorts, CPUSeconds: 0.001}, nil)
			var r *Refusal
			if errors.As(err, &r) {
				refused.Add(1)
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			now := running.Add(1)
			for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
			}
			time.Sleep(10 * time.Microsecond)
			running.Add(-1)
			ticket.Done(0.001)
		})
	}
	all.Wait()
	if most.Load() > 3 {
		t.Errorf("%d ran at the same time", most.Load())
	}
}
