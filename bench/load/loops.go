package main

// This file is how users ask: at times fixed before, or one question after the other.

import (
	"cmp"
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"shoal/internal/sparkpb"
)

// arrival is one question of an open loop.
type arrival struct {
	at   time.Duration
	user int
}

// arrivals are independent of each other and of the answers: a Poisson process of that rate a second, each arrival that
// of a random user. The same seed gives the same arrivals.
func arrivals(seed uint64, rate float64, length time.Duration, users int) []arrival {
	random := rand.New(rand.NewPCG(seed, 0))
	var found []arrival
	for at := 0.0; ; {
		at += random.ExpFloat64() / rate
		if at >= length.Seconds() {
			return found
		}
		found = append(found, arrival{time.Duration(at * float64(time.Second)), random.IntN(users)})
	}
}

// openLoop asks at the times of the arrivals, whether or not earlier questions are answered. Latency counts from the time
// meant, so that a question that waits for others to be answered, here or there, is not forgiven.
func openLoop(ctx context.Context, s *server, users []*user, plan *sparkpb.Plan, when []arrival, length time.Duration) *window {
	w := begin(s)
	var all sync.WaitGroup
	for _, a := range when {
		intended := w.start.Add(a.at)
		select {
		case <-ctx.Done():
		case <-time.After(time.Until(intended)):
		}
		all.Go(func() {
			late := time.Since(intended)
			err := users[a.user].ask(ctx, plan)
			w.add(time.Since(intended), late, err)
		})
	}
	select {
	case <-ctx.Done():
	case <-time.After(time.Until(w.start.Add(length))):
	}
	w.end()
	all.Wait()
	return w
}

// closedLoop has each user ask the next question as soon as the last is answered.
func closedLoop(ctx context.Context, s *server, users []*user, plan *sparkpb.Plan, length time.Duration) *window {
	w := begin(s)
	until := w.start.Add(length)
	var all sync.WaitGroup
	for _, u := range users {
		all.Go(func() {
			for now := time.Now(); now.Before(until) && ctx.Err() == nil; now = time.Now() {
				err := u.ask(ctx, plan)
				w.add(time.Since(now), 0, err)
				if err != nil {
					time.Sleep(50 * time.Millisecond) // a server that refuses is not asked as fast as one can
				}
			}
		})
	}
	all.Wait()
	w.end()
	return w
}

// heavyLoad is heavy users in a closed loop until they are stopped.
type heavyLoad struct {
	users    []*user
	cancel   context.CancelFunc
	stopping atomic.Bool
	all      sync.WaitGroup
	mu       sync.Mutex
	done     int
	perMin   float64
	errors   map[string]int
	slots    chan struct{} // who asks holds one
}

// startHeavies has each heavy user ask all heavy questions in turn, each beginning with another one.
func (b *bench) startHeavies(ctx context.Context) *heavyLoad {
	ctx, cancel := context.WithCancel(ctx)
	h := &heavyLoad{users: b.heavies, cancel: cancel, errors: map[string]int{}, slots: make(chan struct{}, cmp.Or(b.server.most, len(b.heavies)))}
	for first, u := range h.users {
		h.all.Go(func() { h.loop(ctx, u, b.plans.heavy, first) })
	}
	return h
}

func (h *heavyLoad) loop(ctx context.Context, u *user, plans []*sparkpb.Plan, next int) {
	start, done := time.Now(), 0
	last := start
	for !h.stopping.Load() && ctx.Err() == nil {
		h.slots <- struct{}{}
		if h.stopping.Load() {
			<-h.slots
			break
		}
		err := u.ask(ctx, plans[next%len(plans)])
		<-h.slots
		if h.stopping.Load() {
			break
		}
		next++
		if err != nil {
			h.mu.Lock()
			h.errors[class(err)]++
			h.mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			continue
		}
		done, last = done+1, time.Now()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.done += done
	if done > 0 { // until the last answer: what was begun after it is neither counted nor charged
		h.perMin += float64(done) / last.Sub(start).Minutes()
	}
}

// stop ends what runs and adds to the window what was done.
func (h *heavyLoad) stop(w *window) {
	h.stopping.Store(true)
	for _, u := range h.users {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		_ = u.session.InterruptAll(ctx) // where the server cannot, the end of the call does it
		cancel()
	}
	h.cancel()
	h.all.Wait()
	w.heavyDone += h.done
	w.heavyPerMin = append(w.heavyPerMin, h.perMin)
	for class, n := range h.errors {
		w.heavyErrors[class] += n
	}
}
