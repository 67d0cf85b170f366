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
	name, x := a.engine, &a.s.room.Router.Experience
	a.mu.Unlock()
	x.Add(name, a.costKey, took)
	mean, _ := x.Settled(name, a.costKey)
	return mean
}
