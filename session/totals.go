package session

// This file adds up what queries took since the server began.

import (
	"maps"
	"strings"
	"sync"
	"time"

	"shoal/sched"
)

// Place is where queries ran: an engine's lane, "" where the engine has none.
type Place struct {
	Engine string
	Lane   sched.Lane
}

// Outcome is how queries ended that ran at a place.
type Outcome struct {
	Place
	Class string // of the error, without what stands behind its dot; "" for none
}

// Totals are what has happened since the server began.
type Totals struct {
	Outcomes map[Outcome]int64
	Places   map[Place]Work
}

// Work is what the queries took that ran at a place.
type Work struct {
	Waited     Histogram // for their turns
	First      Histogram // until the first row, of those that gave one
	Took       Histogram // in all
	CPUSeconds float64
	Rows       int64 // sent
	Bytes      int64
	Demoted    int64 // of them were thought to be short
}

// Bounds are the upper ones of a histogram's buckets, in seconds; one more has no bound.
var Bounds = [...]float64{0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300}

// Histogram counts times by how long they are.
type Histogram struct {
	Counts [len(Bounds) + 1]int64
	Sum    float64 // seconds
}

func (h *Histogram) add(d time.Duration) {
	s, i := d.Seconds(), 0
	for i < len(Bounds) && s > Bounds[i] {
		i++
	}
	h.Counts[i]++
	h.Sum += s
}

const (
	// maxOutcomes is how many kinds of ends are told apart: the classes of an attached server are its own words.
	maxOutcomes = 500
	classOther  = "OTHER"
)

// totals adds up. The zero value has nothing.
type totals struct {
	mu       sync.Mutex
	outcomes map[Outcome]int64
	places   map[Place]*Work
}

// Totals tells what has happened since the server began.
func (r *Registry) Totals() Totals {
	t := &r.totals
	t.mu.Lock()
	defer t.mu.Unlock()
	places := make(map[Place]Work, len(t.places))
	for at, w := range t.places {
		places[at] = *w
	}
	return Totals{Outcomes: maps.Clone(t.outcomes), Places: places}
}

// add counts a query that has ended. Its account changes no more.
func (t *totals) add(a *account, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.places == nil {
		t.outcomes, t.places = map[Outcome]int64{}, map[Place]*Work{}
	}
	o := Outcome{Place: Place{a.engine, a.lane}}
	if err != nil {
		o.Class, _, _ = strings.Cut(classOf(err), ".")
	}
	if _, known := t.outcomes[o]; !known && len(t.outcomes) >= maxOutcomes {
		o.Class = classOther
	}
	t.outcomes[o]++
	w := t.places[o.Place]
	if w == nil {
		w = &Work{}
		t.places[o.Place] = w
	}
	w.Waited.add(a.waited)
	w.Took.add(time.Since(a.start))
	if a.rows > 0 {
		w.First.add(a.first)
	}
	w.CPUSeconds += a.usage.CPUSeconds
	w.Rows += a.rows
	w.Bytes += a.bytes
	if a.demoted {
		w.Demoted++
	}
}
