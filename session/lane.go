package session

// This file holds a session's second place on the attached Spark: a lane for short queries.

import (
	"context"
	"maps"
	"strings"

	"shoal/engine"
)

const (
	// ConfLane chooses the lane of a session's queries on the attached Spark: heavy is the home, short
	// a session beside it whose jobs the server's pool of that name runs.
	ConfLane = "shoal.lane"

	laneShort = "short"
	// confPool is Spark's, https://spark.apache.org/docs/latest/job-scheduling.html#fair-scheduler-pools.
	confPool = "spark.scheduler.pool"
)

// lane is where on the attached Spark an operation runs, and in which state: beside the home only what
// can be made again anywhere. What changes the session, must not run twice or reads what the home alone
// holds stays there.
func (s *Session) lane(x engine.Execution, f *Forward) (engine.RemoteSession, engine.State) {
	state := s.state()
	want, _, _ := s.Conf().Lookup(ConfLane)
	movable := !x.Final && !x.Resume && x.Record == nil && !f.Command && f.Held != nil && s.opaqueBecause() == ""
	if !strings.EqualFold(want, laneShort) || !movable || f.Held() {
		return s.home, state
	}
	s.inShort.Store(true)
	return s.short, inShortPool(state)
}

// inShortPool is a state whose jobs run in the pool for short ones.
func inShortPool(state engine.State) engine.State {
	state.Conf = maps.Clone(state.Conf)
	state.Conf[confPool] = laneShort
	return state
}

// CallShort asks the attached Spark about what happened in the lane for short queries; nil if nothing did.
func (s *Session) CallShort(ctx context.Context, request any) (any, error) {
	if !s.inShort.Load() {
		return nil, nil
	}
	return s.short.Call(ctx, inShortPool(s.state()), request)
}

// lanes are all that a session has on the attached Spark.
func (s *Session) lanes() []engine.RemoteSession {
	if s.home == nil {
		return nil
	}
	return []engine.RemoteSession{s.home, s.short, s.shelf}
}
