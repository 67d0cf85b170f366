package session

// This file remembers what requests of a shape took.

import (
	"context"
	"slices"
	"sync"
	"time"

	"shoal/engine"
)

const (
	maxShapes  = 4096 // that are remembered; when there are more, some go at random
	maxRecent  = 16   // durations of a shape
	percentile = 0.9
	settles    = 0.25 // how far an average may be from the settled one
)

// shapes has the recent durations of each shape of request, in seconds. The zero value is empty; safe for concurrent use.
type shapes struct {
	mu    sync.Mutex
	known map[uint64]*recent
}

// recent is a ring of the last durations.
type recent struct {
	seconds [maxRecent]float32
	n       int     // how many there ever were
	settled float64 // an average of them
}

// add notes how long a request of a shape took.
func (s *shapes) add(shape uint64, seconds float64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.known[shape]
	if r == nil {
		if s.known == nil {
			s.known = map[uint64]*recent{}
		}
		for other := range s.known {
			if len(s.known) < maxShapes {
				break
			}
			delete(s.known, other)
		}
		r = &recent{}
		s.known[shape] = r
	}
	r.seconds[r.n%maxRecent] = float32(seconds)
	r.n++
}

// seconds is how long a request of the shape is expected to take: nine of ten took no longer of late.
func (s *shapes) seconds(shape uint64) (float64, bool) {
	sorted := s.last(shape)
	if len(sorted) == 0 {
		return 0, false
	}
	slices.Sort(sorted)
	return float64(sorted[int(percentile*float64(len(sorted)-1)+0.5)]), true
}

// settled is what requests of the shape take, on average. It stays the same until the average has moved away from it.
func (s *shapes) settled(shape uint64) (float64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.known[shape]
	if r == nil {
		return 0, false
	}
	last, sum := r.last(), 0.0
	for _, seconds := range last {
		sum += float64(seconds)
	}
	mean := sum / float64(len(last))
	if mean > r.settled*(1+settles) || mean < r.settled*(1-settles) {
		r.settled = mean
	}
	return r.settled, true
}

// last are the recent durations of a shape.
func (s *shapes) last(shape uint64) []float32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.known[shape]; r != nil {
		return slices.Clone(r.last())
	}
	return nil
}

func (r *recent) last() []float32 {
	last := r.seconds[:min(r.n, maxRecent)]
	if r.n > 1 && r.n <= maxRecent {
		last = last[1:] // the first one found the engine cold
	}
	return last
}

// spot is a place on the attached Spark, in a state.
type spot struct {
	lane  engine.RemoteSession
	state engine.State
}

// timed runs an operation there and remembers how long it would have taken alone. That is without the time to begin the place, without
// that in which the client did not take what came, and without the part of those who ran beside it: they share the server's cores.
func (r *Registry) timed(ctx context.Context, key uint64, at spot, x engine.Execution, send sender) error {
	if key != 0 {
		if _, err := at.lane.Sync(ctx, at.state); err != nil {
			return err
		}
	}
	start, blocked := time.Now(), time.Duration(0)
	before := r.there.Add(1)
	err := at.lane.Execute(ctx, at.state, x, func(ctx context.Context, m engine.Message) error {
		sending := time.Now()
		defer func() { blocked += time.Since(sending) }()
		return send(ctx, m)
	})
	after := r.there.Add(-1) + 1
	alone := (time.Since(start) - blocked).Seconds() / (float64(before+after) / 2)
	if key != 0 && (err == nil || alone > shortThere) { // what was cut short took at least that
		r.shapes.add(key, alone)
	}
	return err
}

// sender takes an operation's responses.
type sender = func(context.Context, engine.Message) error
