package session

// This file lists the queries that are at work, for people who watch the server, and ends one for who may.

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"shoal/engine"
	"shoal/fault"
	"shoal/sched"
)

// State is what a query is at.
type State string

// The states, in their order. A query that takes longer than a short one may waits a second time.
const (
	Analyzing State = "analyzing"
	Waiting   State = "waiting" // for its turn
	Running   State = "running"
	Sending   State = "sending" // the client has its first rows
	Paused    State = "paused"  // the client does not read, and others have its turn meanwhile
)

// Live is a query at work. What is part of another query is none of its own.
type Live struct {
	Operation   string
	Session     string
	User        string
	Kind        string // of its statement
	Text        string // without constants
	Fingerprint string // equal for queries that differ in constants only
	Engine      string // "" while nobody knows
	Why         string // this engine
	Lane        sched.Lane
	Demoted     bool // it began as a short one
	State       State
	Since       time.Time // of the state
	Start       time.Time
	Wait        Wait            // where it stands, while it waits
	Waited      time.Duration   // until it last started
	Progress    float64         // from 0 to 1; negative when unknown
	Rows, Bytes int64           // sent
	Expected    engine.Estimate // of what it takes
	CPUSeconds  float64         // what it took before it was demoted, or until it gave its last row
}

// set is things that many goroutines add and remove. The zero value is empty.
type set[T comparable] struct {
	mu  sync.Mutex
	all map[T]struct{}
}

func (s *set[T]) add(x T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[T]struct{}{}
	}
	s.all[x] = struct{}{}
}

func (s *set[T]) remove(x T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, x)
}

func (s *set[T]) list() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.AppendSeq(make([]T, 0, len(s.all)), maps.Keys(s.all))
}

// Live lists the queries at work, the oldest first.
func (r *Registry) Live() []Live {
	accounts := r.live.list()
	all := make([]Live, len(accounts))
	for i, a := range accounts {
		all[i] = a.live()
	}
	slices.SortFunc(all, func(a, b Live) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Operation, b.Operation))
	})
	return all
}

// live is what people see of the query.
func (a *account) live() Live {
	text := a.text()
	a.mu.Lock()
	defer a.mu.Unlock()
	l := Live{
		Operation: a.q.ID, Session: a.s.Key.ID, User: a.s.Key.User, Kind: kindOf(a.q.Statement),
		Text: text, Fingerprint: hexText(a.q.fingerprint),
		Engine: a.engine, Why: a.why, Lane: a.lane, Demoted: a.demoted,
		State: a.state, Since: a.since, Start: a.start, Waited: a.waited,
		Progress: a.progress.Fraction, Rows: a.rows, Bytes: a.bytes,
		Expected: a.estimate, CPUSeconds: a.usage.CPUSeconds,
	}
	if a.state == Waiting {
		l.Wait = a.wait
	}
	if a.paused {
		l.State = Paused
	}
	return l
}

// Kill stops an operation, whoever's it is, as its own client's interrupt would; the client is told by whom. It tells whether
// it was at work.
func (r *Registry) Kill(operationID, by string) bool {
	for _, s := range r.all() {
		asked := fault.New("OPERATION_CANCELED")
		asked.Message += " It was stopped by " + by + "."
		op, err := s.Operation(operationID)
		if err != nil || !op.interrupt(asked) {
			continue
		}
		r.Log.Info("operation stopped", "session", s.Key.ID, "user", s.Key.User, "op", operationID, "by", by)
		return true
	}
	return false
}
