// Package sched decides which of the waiting jobs runs next. It knows users, lanes and estimates, no queries. [State] is
// the whole of it as a pure state machine: events go in with the time they happened at, decisions come out, and the same
// events always lead to the same decisions. [Scheduler] runs one State on one goroutine for callers who wait.
//
// Users share in the way of start-time fair queueing (Goyal, Vin, Cheng: Start-time Fair Queuing, SIGCOMM 1996), with
// processor seconds as the service, over both engines and both lanes: who had less of late comes first. A user who was
// away comes back level with those who stayed, neither ahead for having saved nor behind.
package sched

import (
	"fmt"
	"time"
)

// Lane separates short jobs from heavy ones, so that a short one never waits for a heavy one to end.
type Lane string

// The lanes.
const (
	Short Lane = "short"
	Heavy Lane = "heavy"
	// Bulk is for short jobs of a user who has many at once: they give way to other users' short ones, and yet do not wait
	// for heavy ones.
	Bulk Lane = "bulk"
)

// Pool is where jobs run: an engine's lane. It has slots.
type Pool struct {
	Engine string
	Lane   Lane
}

// String names the pool as people see it.
func (p Pool) String() string { return p.Engine + " " + string(p.Lane) }

// Job is work that asks to run.
type Job struct {
	ID   string
	User string // who was recognised, never who the client says it is
	Pool Pool
	// CPUSeconds is what it is expected to take. It is charged when the job starts and put right when it ends.
	CPUSeconds float64
	Memory     int64 // bytes it may take while it runs
	// Priority orders the jobs of one user: higher first. It gives nobody a larger share than others have.
	Priority int
}

// Limits bound what runs and what waits.
type Limits struct {
	Slots        map[Pool]int       // jobs that run at the same time
	Memory       int64              // bytes of all that runs; 0: no limit
	UserRunning  int                // jobs of one user that run at the same time, in a pool; 0: as many as it has slots
	UserMemory   int64              // bytes of one user's running jobs; 0: no limit
	UserQueued   int                // jobs of one user that wait; 0: no limit
	Queued       int                // jobs that wait in all; 0: no limit
	UserWeight   map[string]float64 // a user's share in relation to others', which is 1
	QueueTimeout time.Duration      // a job that waited longer is sent away; 0: never
	// AgeAfter is the wait from which the oldest job of a user of whom nothing runs in the pool comes before all that did
	// not wait so long, whatever the user had before: one of them for each slot that gets free. 0: never.
	AgeAfter time.Duration
	// ReserveAfter is the wait from which a job that is next but too large for the memory that is left keeps others from
	// starting before it. 0: never.
	ReserveAfter time.Duration
}

// weight is a user's part in relation to others.
func (l *Limits) weight(user string) float64 {
	if w := l.UserWeight[user]; w > 0 {
		return w
	}
	return 1
}

// Refusal says why a job may not even wait.
type Refusal struct {
	Limit string // the limit's name
	Value int
	User  string // whose limit it is; "" for everybody's
}

// Error says it in words.
func (r *Refusal) Error() string {
	if r.User == "" {
		return fmt.Sprintf("%d queries wait already, which is the limit of this server (%s)", r.Value, r.Limit)
	}
	return fmt.Sprintf("%d queries of %s wait already, which is the limit of a user (%s)", r.Value, r.User, r.Limit)
}
