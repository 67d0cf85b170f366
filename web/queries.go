package web

// This file tells who runs what, and what waits for what.

import (
	"context"
	"net/http"
	"time"

	"shoal/sched"
	"shoal/session"
)

// Snapshot is the answer to GET /api/queries.
type Snapshot struct {
	Time    time.Time `json:"time"`
	User    string    `json:"user"`  // who asked
	Admin   bool      `json:"admin"` // and sees everything
	Pools   []Pool    `json:"pools"`
	Users   []User    `json:"users"`   // who had most first
	Queries []Query   `json:"queries"` // the oldest first
}

// Pool is an engine's lane.
type Pool struct {
	Engine  string `json:"engine"`
	Lane    string `json:"lane"`
	Slots   int    `json:"slots"`
	Running int    `json:"running"`
	Paused  int    `json:"paused"` // queries whose clients do not read; they have no slot
	Waiting int    `json:"waiting"`
}

// User is somebody with queries at work, or who had more than others of late.
type User struct {
	User       string  `json:"user"`
	Running    int     `json:"running"`
	Paused     int     `json:"paused"`
	Waiting    int     `json:"waiting"`
	CPUSeconds float64 `json:"cpu_seconds"` // since the user last was level with others; what runs counts as it was expected
	Share      float64 `json:"share"`       // of all that these users had
	Weight     float64 `json:"weight"`
}

// Query is a query at work. Of others' queries only User, Lane and State are told to who is no administrator.
type Query struct {
	Operation   string  `json:"operation,omitempty"`
	Session     string  `json:"session,omitempty"`
	User        string  `json:"user"`
	Kind        string  `json:"kind,omitempty"`
	Text        string  `json:"text,omitempty"`        // constants are left out
	Fingerprint string  `json:"fingerprint,omitempty"` // equal for queries that differ in constants only
	Engine      string  `json:"engine,omitempty"`
	Why         string  `json:"why,omitempty"`
	Lane        string  `json:"lane,omitempty"`
	Demoted     bool    `json:"demoted,omitempty"` // it began as a short one
	State       string  `json:"state"`             // analyzing, waiting, running, sending, paused
	For         float64 `json:"state_seconds"`     // it has been so
	Elapsed     float64 `json:"elapsed_seconds"`
	Waited      float64 `json:"waited_seconds"`
	Ahead       int     `json:"ahead"` // queries before it, while it waits
	Reason      string  `json:"reason,omitempty"`
	Wait        float64 `json:"expected_wait_seconds"`
	Progress    float64 `json:"progress"` // 0 to 1; -1 when unknown
	Rows        int64   `json:"rows"`     // sent
	Bytes       int64   `json:"bytes"`
	ExpectedCPU float64 `json:"expected_cpu_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"` // that were measured already
}

// queries answers GET /api/queries.
func (s *server) queries(w http.ResponseWriter, _ *http.Request, by caller) {
	now := time.Now()
	snap := Snapshot{Time: now.UTC(), User: by.user, Admin: by.admin, Pools: []Pool{}, Users: []User{}, Queries: []Query{}}
	snap.add(s.Sched.Snapshot())
	for _, l := range s.Sessions.Live() {
		if by.admin || l.User == by.user {
			snap.Queries = append(snap.Queries, query(l, now))
		} else {
			snap.Queries = append(snap.Queries, Query{User: l.User, Lane: string(l.Lane), State: string(l.State), Progress: -1})
		}
	}
	answer(w, http.StatusOK, snap)
}

// add puts in what the scheduler knows.
func (snap *Snapshot) add(s sched.Snapshot) {
	for _, p := range s.Pools {
		snap.Pools = append(snap.Pools, Pool{Engine: p.Pool.Engine, Lane: string(p.Pool.Lane), Slots: p.Slots, Running: p.Running, Paused: p.Paused, Waiting: p.Waiting})
	}
	total := 0.0
	for _, u := range s.Users {
		total += u.CPUSeconds
	}
	for _, u := range s.Users {
		share := 0.0
		if total > 0 {
			share = u.CPUSeconds / total
		}
		snap.Users = append(snap.Users, User{User: u.User, Running: u.Running, Paused: u.Paused, Waiting: u.Waiting,
			CPUSeconds: u.CPUSeconds, Share: share, Weight: u.Weight})
	}
}

func query(l session.Live, now time.Time) Query {
	return Query{
		Operation: l.Operation, Session: l.Session, User: l.User, Kind: l.Kind, Text: l.Text, Fingerprint: l.Fingerprint,
		Engine: l.Engine, Why: l.Why, Lane: string(l.Lane), Demoted: l.Demoted,
		State: string(l.State), For: now.Sub(l.Since).Seconds(), Elapsed: now.Sub(l.Start).Seconds(), Waited: l.Waited.Seconds(),
		Ahead: l.Wait.Ahead, Reason: l.Wait.Reason, Wait: l.Wait.Expected.Seconds(),
		Progress: max(l.Progress, -1), Rows: l.Rows, Bytes: l.Bytes, ExpectedCPU: l.Expected.CPUSeconds, CPUSeconds: l.CPUSeconds,
	}
}

// Stopped is the answer to POST /api/queries/{operation}/stop.
type Stopped struct {
	Operation string `json:"operation"`
	Stopped   bool   `json:"stopped"`
}

// stop answers POST /api/queries/{operation}/stop: an administrator stops any query, others their own.
func (s *server) stop(w http.ResponseWriter, r *http.Request, by caller) {
	id := r.PathValue("operation")
	stopped := by.admin && s.Sessions.Kill(id, by.user) || !by.admin && s.stopOwn(r.Context(), id, by.user)
	if !stopped {
		refuse(w, http.StatusNotFound, "no operation "+id+" is at work that "+by.user+" may stop")
		return
	}
	answer(w, http.StatusOK, Stopped{Operation: id, Stopped: true})
}

// stopOwn stops a user's own query. Ids are the clients' words: somebody else's query may have the same.
func (s *server) stopOwn(ctx context.Context, id, user string) bool {
	for _, l := range s.Sessions.Live() {
		if l.Operation != id || l.User != user {
			continue
		}
		own, err := s.Sessions.Find(ctx, session.Key{User: user, ID: l.Session}, "")
		if err == nil && len(own.Interrupt(func(op *session.Operation) bool { return op.ID == id })) > 0 {
			return true
		}
	}
	return false
}
