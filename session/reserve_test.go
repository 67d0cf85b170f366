package session

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shoal/engine"
	"shoal/sched"
)

// keeper is a server whose slots can be held.
type keeper struct {
	distant
	mu    sync.Mutex
	held  int // requests that hold slots
	naps  []time.Duration
	fails error
}

func (k *keeper) Open(string, string) engine.RemoteSession { return k }

func (k *keeper) Hold(ctx context.Context, _ engine.State, slots int, nap time.Duration) error {
	k.mu.Lock()
	k.naps = append(k.naps, nap)
	err := k.fails
	k.mu.Unlock()
	if err != nil {
		return err
	}
	k.count(1)
	<-ctx.Done()
	k.count(-1)
	return nil
}

func (k *keeper) count(by int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held += by
}

// holds tells, when all has been done that can be, whether slots are held.
func (k *keeper) holds() bool {
	synctest.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.held == 2
}

func kept(t *testing.T, k *keeper) *Registry {
	r := &Registry{Options: Options{Router: &engine.Router{Remote: k}}.withDefaults()}
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { r.keep(ctx, 4) })
	t.Cleanup(func() {
		stop()
		done.Wait()
		if k.held != 0 {
			t.Errorf("%d requests hold slots in the end", k.held)
		}
	})
	return r
}

func TestReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{}
		r := kept(t, k)
		r.cores.Store(40)
		heavy, short := weighed{lane: sched.Heavy}, weighed{lane: sched.Short}
		if k.holds() {
			t.Error("slots are held while nothing runs")
		}
		ended := r.reserve.arrives(heavy)
		if k.holds() {
			t.Error("slots are held where nobody asks short questions")
		}
		r.reserve.arrives(short)()
		if !k.holds() {
			t.Error("no slots are held for the next short query")
		}
		if k.naps[0] != 100*time.Millisecond {
			t.Errorf("tasks sleep %v on 40 cores", k.naps[0])
		}
		time.Sleep(reserveFor - time.Second)
		r.reserve.arrives(short)
		r.reserve.arrives(weighed{lane: sched.Heavy, light: true}) // which takes no slot
		time.Sleep(2 * time.Second)
		if !k.holds() {
			t.Error("slots are held no more although somebody asked")
		}
		time.Sleep(reserveFor)
		if k.holds() {
			t.Error("slots are held although nobody asks any more")
		}
		r.reserve.arrives(short)
		other := r.reserve.arrives(heavy)
		ended()
		ended()
		if !k.holds() {
			t.Error("no slots are held beside the other heavy query")
		}
		other()
		if !k.holds() {
			t.Error("no slots are held for the moment between two heavy queries")
		}
		time.Sleep(reserveOn + time.Second)
		if k.holds() {
			t.Error("slots are held although no heavy query runs")
		}
	})
}

// A server that cannot do it is asked again now and then, not all the time.
func TestReserveRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &keeper{fails: errors.New("no such function")}
		r := kept(t, k)
		r.reserve.arrives(weighed{lane: sched.Heavy})
		for range 5 {
			r.reserve.arrives(weighed{lane: sched.Short})
			time.Sleep(reserveAgain / 5)
		}
		synctest.Wait()
		if asked := len(k.naps); asked > 4 {
			t.Errorf("it was asked %d times in %v", asked, reserveAgain)
		}
		k.mu.Lock()
		k.fails = nil
		k.mu.Unlock()
		r.reserve.arrives(weighed{lane: sched.Short})
		time.Sleep(reserveAgain)
		r.reserve.arrives(weighed{lane: sched.Short})
		if !k.holds() {
			t.Error("no slots are held when it can")
		}
	})
}
