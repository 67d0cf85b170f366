package session

// This file keeps a user who asks very much at once from being in the way of those who ask one thing, before it comes to whose
// turn it is: what is there is decoded and analyzed, and a thousand plans to look at would keep all cores busy.

import (
	"context"
	"runtime"
	"sync"

	"shoal/sched"
)

// desks are where operations are looked at until they wait for their turn: each user's at a desk of the user's own. The zero
// value is ready; safe for concurrent use.
type desks struct {
	mu    sync.Mutex
	users map[string]*desk
}

// desk is a user's.
type desk struct {
	operations int           // at work, at whatever; guarded by desks.mu
	seats      chan struct{} // has room for those that may be looked at; nil: any number may, as nobody knows who is who
}

// seats is how many operations of a user are looked at the same time.
func seats() int { return max(4, 2*runtime.GOMAXPROCS(0)) }

// enter lets an operation of a user begin, which leave ends. Too many at once are refused before anything is done for them.
func (r *Registry) enter(user, op string) (*desk, error) {
	d := &r.desks
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.users[user]
	switch {
	case at == nil:
		if d.users == nil {
			d.users = map[string]*desk{}
		}
		at = &desk{}
		if r.UserOperations > 0 {
			at.seats = make(chan struct{}, seats())
		}
		d.users[user] = at
	case r.UserOperations > 0 && at.operations >= r.UserOperations:
		return nil, refused(Query{ID: op}, &sched.Refusal{Limit: "UserQueued", Value: r.UserOperations, User: user})
	}
	at.operations++
	return at, nil
}

func (r *Registry) leave(user string) {
	d := &r.desks
	d.mu.Lock()
	defer d.mu.Unlock()
	at := d.users[user]
	if at.operations--; at.operations == 0 {
		delete(d.users, user)
	}
}

// sit waits for a seat; rise, which may be called more than once, gives it back.
func (d *desk) sit(ctx context.Context) (rise func(), err error) {
	if d.seats == nil {
		return func() {}, nil
	}
	select {
	case d.seats <- struct{}{}:
		return sync.OnceFunc(func() { <-d.seats }), nil
	case <-ctx.Done():
		return func() {}, context.Cause(ctx)
	}
}
