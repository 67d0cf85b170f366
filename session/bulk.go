package session

// This file has a user who asks very much at once give way to those who ask one thing.

import (
	"sync"

	"shoal/sched"
)

// crowds counts what each user has at work.
type crowds struct {
	mu    sync.Mutex
	count map[string]int
}

// enter counts one more of the user, and tells how many there are.
func (c *crowds) enter(user string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count == nil {
		c.count = map[string]int{}
	}
	c.count[user]++
	return c.count[user]
}

func (c *crowds) leave(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.count[user]--; c.count[user] == 0 {
		delete(c.count, user)
	}
}

// shortLane is the lane for one more short query of the user, and what is to be called when that has ended. Fair shares alone
// would not do: others would start next, but beside as many of this user's as the short lane has slots.
func (r *Registry) shortLane(user string) (lane sched.Lane, leave func()) {
	if n := r.crowds.enter(user); r.BulkAfter > 0 && n > r.BulkAfter {
		lane = sched.Bulk
	} else {
		lane = sched.Short
	}
	return lane, func() { r.crowds.leave(user) }
}

// enter lets an operation of a user begin, and gives what is to be called when it has ended. Too many at once are refused before
// anything is done for them: a thousand plans to look at keep all cores busy.
func (r *Registry) enter(user, op string) (leave func(), err error) {
	n := r.operations.enter(user)
	leave = func() { r.operations.leave(user) }
	if r.UserOperations > 0 && n > r.UserOperations {
		leave()
		return nil, refused(Query{ID: op}, &sched.Refusal{Limit: "UserQueued", Value: r.UserOperations, User: user})
	}
	return leave, nil
}
