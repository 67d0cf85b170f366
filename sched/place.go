package sched

// This file tells people where their jobs stand.

import (
	"cmp"
	"slices"
	"time"
)

// Place is where a job that waits stands.
type Place struct {
	ID     string
	User   string
	Pool   Pool
	Since  time.Duration // it waits from here on
	Ahead  int           // jobs of the pool that start before it, if nothing else arrives and the estimates are true
	Reason Reason
	Wait   time.Duration // what is expected from now on
}

// Reason is why a job waits.
type Reason string

// The reasons.
const (
	WaitsForSlot       Reason = "all slots are taken"
	WaitsForTurn       Reason = "others had less of late"
	WaitsForOwn        Reason = "this user's earlier queries come first"
	WaitsForUserSlot   Reason = "as many of this user's queries run as may"
	WaitsForMemory     Reason = "the memory is taken"
	WaitsForUserMemory Reason = "this user's memory is taken"
)

// Places lists what waits, in each pool in the order in which it will start.
func (s *State) Places(now time.Duration) (all []Place) {
	left := map[Pool]float64{} // CPU seconds of what runs
	for e := range s.running {
		left[e.Pool] += e.left(now)
	}
	for _, at := range s.order {
		before := left[at]
		for i, w := range s.line(at) {
			place := Place{ID: w.ID, User: w.User, Pool: at, Since: w.since, Ahead: i, Reason: s.reason(w.entry, w.own)}
			place.Wait = time.Duration(before / float64(max(1, s.pools[at].slots)) * float64(time.Second))
			all, before = append(all, place), before+w.CPUSeconds
		}
	}
	return all
}

// left is how many CPU seconds a running job still needs, if the estimate is true.
func (e *entry) left(now time.Duration) float64 { return max(0, e.CPUSeconds-(now-e.since).Seconds()) }

// inLine is a job that waits.
type inLine struct {
	*entry
	tag float64 // what its user will have had when it starts: jobs start in the order of their tags
	own int     // jobs of its user in the pool that start before it
}

// line is what waits for a pool, first what starts first.
func (s *State) line(at Pool) (line []inLine) {
	for _, u := range s.users {
		sh := u.in[at]
		if sh == nil || sh.waiting == 0 {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(sh.queue), func(e *entry) bool { return e.gone })
		slices.SortFunc(own, before)
		tag := u.virtual
		for i, e := range own {
			line = append(line, inLine{entry: e, tag: tag, own: i})
			tag += e.CPUSeconds / u.weight
		}
	}
	slices.SortFunc(line, func(a, b inLine) int { return cmp.Or(cmp.Compare(a.tag, b.tag), cmp.Compare(a.seq, b.seq)) })
	return line
}

func (s *State) reason(e *entry, own int) Reason {
	l, u, p := &s.limits, e.user, s.pools[e.Pool]
	switch {
	case l.UserRunning > 0 && u.in[e.Pool].running >= l.UserRunning:
		return WaitsForUserSlot
	case own > 0:
		return WaitsForOwn
	case l.UserMemory > 0 && u.memory+e.Memory > l.UserMemory:
		return WaitsForUserMemory
	case len(p.order) > 0 && p.order[0].user != u:
		return WaitsForTurn
	case p.running >= p.slots:
		return WaitsForSlot
	default:
		return WaitsForMemory
	}
}

// Outlook is what a job would find that came to a pool now.
type Outlook struct {
	Running int           // jobs that it would run beside
	Wait    time.Duration // until it starts, if the estimates are true and nobody comes first
}

// Outlook tells how busy a pool is.
func (s *State) Outlook(at Pool, now time.Duration) (o Outlook) {
	p := s.pools[at]
	if p == nil {
		return o
	}
	left := p.queued
	for e := range s.running {
		if e.Pool == at && !e.paused {
			o.Running++
			left += e.left(now)
		}
	}
	if p.waiting > 0 || o.Running >= p.slots {
		o.Wait = time.Duration(left / float64(max(1, p.slots)) * float64(time.Second))
	}
	return o
}
