package session

// This file charges users for what their queries take, and has the router learn from it.

import "shoal/engine"

// charged is what a user is charged for a query that took so much: what such queries take, if that was measured, else the time
// for which it was at work.
func (a *account) charged(took engine.Took) float64 {
	if took.CPUSeconds == 0 {
		return took.Latency
	}
	if a.costKey == 0 {
		return took.CPUSeconds
	}
	a.mu.Lock()
	name := a.engine
	a.mu.Unlock()
	a.learns(lesson{name, a.costKey, took})
	mean, _ := a.s.room.Router.Experience.Settled(name, a.costKey)
	return mean
}

// lesson is what the router learned from a query.
type lesson struct {
	engine string
	key    uint64 // 0: nothing
	took   engine.Took
}

// learns has the router remember what a query took. The history keeps it, too, for the server that is started next.
func (a *account) learns(l lesson) {
	a.s.room.Router.Experience.Add(l.engine, l.key, l.took)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lesson = l
}
