package session

// This file keeps slots of the attached Spark for short queries while heavy ones run. Spark takes none away from a task that runs:
// between two stages of a short query a heavy one's tasks take all that is free, and the second stage waits until one of them
// ends. So tasks that only sleep, each for a moment, hold a few slots in a pool of their own, which comes before the heavy ones
// and behind the short ones.

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"shoal/engine"
	"shoal/sched"
)

const (
	// reservePool is the server's pool for what sleeps; engine.About.Reserve is its share.
	reservePool = "reserve"
	// reserveFor is how long after a short query slots are kept for the next one: where nobody asks, heavy queries have them.
	reserveFor = time.Minute
	// reserveOn is how long slots are kept after the last heavy query: who asks one after the other would have all slots when the next
	// one begins.
	reserveOn = 2 * time.Second
	// leastNap and napPerCore say how long a task sleeps. Each costs the server a millisecond: there are 400 a second at most, when
	// all slots are free, and 100 where a quarter is kept, so that one of them gets free every 10 ms.
	leastNap   = 40 * time.Millisecond
	napPerCore = 2500 * time.Microsecond
	// reserveAgain is when it is tried again after the server refused.
	reserveAgain = time.Minute
)

// reserve knows when slots must be kept. The zero value is that of no traffic.
type reserve struct {
	mu      sync.Mutex
	heavies int       // under way there
	heavy   time.Time // the last one ended
	short   time.Time // the last short one arrived
	changed chan struct{}
}

// arrives notes a request for the attached Spark; what it returns is called when the request has ended.
func (r *reserve) arrives(c weighed) (ended func()) {
	if c.light || c.free {
		return func() {}
	}
	if c.lane == sched.Short {
		r.note(func() { r.short = time.Now() })
		return func() {}
	}
	r.note(func() { r.heavies++ })
	return sync.OnceFunc(func() { r.note(func() { r.heavies, r.heavy = r.heavies-1, time.Now() }) })
}

func (r *reserve) note(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// needed tells whether slots must be kept now, and gives a channel that is closed when that may have changed. It changes by
// time, too.
func (r *reserve) needed(now time.Time) (bool, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changed == nil {
		r.changed = make(chan struct{})
	}
	heavy := r.heavies > 0 || now.Sub(r.heavy) < reserveOn
	return heavy && now.Sub(r.short) < reserveFor, r.changed
}

// await is until slots must be kept, or need not be kept any more. It tells whether ctx goes on.
func (r *reserve) await(ctx context.Context, needed bool) bool {
	look := time.NewTicker(time.Second)
	defer look.Stop()
	for {
		is, changed := r.needed(time.Now())
		switch {
		case ctx.Err() != nil:
			return false
		case is == needed:
			return true
		}
		select {
		case <-changed:
		case <-look.C:
		case <-ctx.Done():
		}
	}
}

// keep keeps slots whenever they are needed, until ctx ends.
func (r *Registry) keep(ctx context.Context, slots int) {
	s := r.Router.Remote.Open(uuid.NewString(), "shoal")
	holder, ok := s.(engine.Holder)
	if !ok || slots == 0 {
		return
	}
	state := engine.State{Version: 1, Conf: map[string]string{confPool: reservePool}}
	for r.reserve.await(ctx, true) {
		if err := r.hold(ctx, holder, state, slots); err != nil {
			r.Log.Warn("no slots are kept for short queries", "engine", r.Router.Remote.Name(), "err", err)
			select {
			case <-time.After(reserveAgain):
			case <-ctx.Done():
			}
		}
	}
	if err := s.Close(context.WithoutCancel(ctx)); err != nil {
		r.Log.Debug("end of a session on the attached Spark", "err", err)
	}
}

// hold keeps slots as long as they are needed: by two requests, so that one holds them when the other has ended.
func (r *Registry) hold(ctx context.Context, h engine.Holder, state engine.State, slots int) error {
	both, ctx := errgroup.WithContext(ctx)
	ctx, cancel := context.WithCancel(ctx)
	nap := max(leastNap, time.Duration(r.cores.Load())*napPerCore)
	for range 2 {
		both.Go(func() error { return h.Hold(ctx, state, slots, nap) })
	}
	r.reserve.await(ctx, false)
	cancel()
	return both.Wait()
}
