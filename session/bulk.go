package session

// This file has a user who asks very much at once give way to those who ask one thing.

import (
	"sync"

	"shoal/sched"
)

// crowds counts the short queries that each user has here, waiting or running.
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
