package session

// This file charges users for what their queries take, and has the router learn from it: now, and again after a restart.

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"shoal/engine"
)

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
	key    uint64
	took   engine.Took
}

// learns has the router remember what a query took. The history keeps it, too, for the server that is started next.
func (a *account) learns(l lesson) {
	a.s.room.Router.Experience.Add(l.engine, l.key, l.took)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lessons = append(a.lessons, l)
}

// String is the lesson as the history keeps it.
func (l lesson) String() string {
	return fmt.Sprintf("%s %016x %g %g %d %t", l.engine, l.key, l.took.Latency, l.took.CPUSeconds, l.took.PeakMemory, l.took.Failed)
}

// lessonsText is what was learned from a query, "" for nothing.
func lessonsText(all []lesson) string {
	texts := make([]string, len(all))
	for i, l := range all {
		texts[i] = l.String()
	}
	return strings.Join(texts, "\n")
}

// mostRecalled is from how many queries a server that starts learns again: as many as are read in a tenth of a second.
const mostRecalled = 20_000

// recall has the router learn again what it learned in earlier lives of the server.
func (r *Registry) recall(ctx context.Context) {
	all, err := r.History.Learned(ctx, mostRecalled)
	if err != nil {
		r.Log.Warn("what queries took before this start is not known", "err", err)
		return
	}
	for _, texts := range slices.Backward(all) { // as it came
		for text := range strings.SplitSeq(texts, "\n") {
			var l lesson
			// What another version wrote is no lesson any more.
			if _, err := fmt.Sscanf(text, "%s %x %g %g %d %t", &l.engine, &l.key, &l.took.Latency, &l.took.CPUSeconds, &l.took.PeakMemory, &l.took.Failed); err == nil {
				r.Router.Experience.Add(l.engine, l.key, l.took)
				r.Router.Experience.Settled(l.engine, l.key) // as was asked then: users are charged as before
			}
		}
	}
}
