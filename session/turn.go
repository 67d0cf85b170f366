package session

// This file has queries wait for their turn among all users, and moves to the heavy lane what turns out to take long.

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sched"
)

const (
	// ConfPriority orders a user's own queries: those with a higher number start first.
	ConfPriority = "shoal.priority"
	mostPriority = 100

	// shortSeconds is what a short query may be expected to take, in CPU seconds.
	shortSeconds = 0.25
	// muchLonger is how many times as long queries must take that look short before they count as heavy: on a busy machine all
	// take longer, and the short ones are still short.
	muchLonger = 4
	// shortLimit is how long a query may run in the short lane without giving a row; then it starts anew in the heavy lane.
	// It is more than what short ones take where as many run as may.
	shortLimit = 600 * time.Millisecond
)

// laneOf is the lane for a query that is expected to take so much.
func laneOf(e engine.Estimate) sched.Lane { return laneBy(e.Guessed, e.CPUSeconds, shortSeconds) }

// laneBy is the lane for a query that looks as if it took guessed seconds, and by experience takes others, where those are short
// that take no more than the limit.
func laneBy(guessed, expected, limit float64) sched.Lane {
	if guessed <= limit {
		limit *= muchLonger
	}
	if expected > limit {
		return sched.Heavy
	}
	return sched.Short
}

// Wait is where a query that waits stands.
type Wait struct {
	Ahead    int           // queries that start before it
	Reason   string        // why it waits, in words
	Expected time.Duration // until it starts
}

// turn is a query's permission to run. Without a ticket it is that of a server that schedules nothing.
type turn struct {
	ticket   *sched.Ticket
	acc      *account
	expected engine.Estimate
	heavy    bool // it gives way to short ones
	began    time.Time
	all      *set[*turn] // it is one of them until it ends

	mu     sync.Mutex
	stop   context.CancelCauseFunc // what runs; nil: nothing yet
	ended  bool
	paused bool
	idle   time.Duration // it was paused for so long
	since  time.Time     // it is paused from here on
}

// admit waits until the query may run in a pool.
func (s *Session) admit(ctx context.Context, q Query, acc *account, pool sched.Pool, e engine.Estimate) (*turn, error) {
	t := &turn{acc: acc, expected: e, heavy: pool.Lane != sched.Short, began: time.Now(), all: &s.room.turns}
	acc.waits(pool.Lane, false)
	defer acc.starts()
	if s.room.Sched == nil {
		t.all.add(t)
		return t, nil
	}
	job := sched.Job{ID: s.room.nextJob(), User: s.Key.User, Pool: pool, CPUSeconds: e.CPUSeconds, Priority: s.priority()}
	if pool.Lane != sched.Short {
		job.Memory = e.PeakMemory
	}
	defer acc.time(&acc.waited)()
	var err error
	if t.ticket, err = s.room.Sched.Admit(ctx, job, acc.place); err != nil {
		return nil, refused(q, err)
	}
	acc.in(t.ticket.Pool.Lane)
	t.heavy = t.ticket.Pool.Lane != sched.Short
	t.began = time.Now()
	t.all.add(t)
	if acc.op != nil {
		acc.op.holds(t)
	}
	return t, nil
}

// mayWait tells early, before anything is done for a query, that its user has too many that wait.
func (s *Session) mayWait(q Query) error {
	if _, command := q.Statement.(plan.Command); command || s.room.Sched == nil {
		return nil
	}
	if err := s.room.Sched.Full(s.Key.User); err != nil {
		return refused(q, err)
	}
	return nil
}

// refused is the client's error for a query that may not run.
func refused(q Query, err error) error {
	var limit *sched.Refusal
	if errors.As(err, &limit) || errors.Is(err, sched.ErrWaited) {
		return fault.New("SPARK_JOB_CANCELLED", "jobId", q.ID, "reason", "before it began: "+err.Error())
	}
	return err
}

// priority is the session's, for its queries.
func (s *Session) priority() int {
	text, _, _ := s.Conf().Lookup(ConfPriority)
	n, _ := strconv.Atoi(text) // it was checked when it was set
	return n
}

// demote gives the slot back and waits for one in the heavy lane.
func (t *turn) demote(ctx context.Context, q Query, on string) error {
	t.acc.waits(sched.Heavy, true)
	defer t.acc.starts()
	if t.ticket == nil {
		return nil
	}
	defer t.acc.time(&t.acc.waited)()
	err := t.ticket.Demote(ctx, sched.Pool{Engine: on, Lane: sched.Heavy}, t.taken(), t.acc.place)
	if err != nil {
		t.ticket = nil
		t.end(engine.Usage{})
		return refused(q, err)
	}
	return nil
}

// runs says how what runs is stopped.
func (t *turn) runs(stop context.CancelCauseFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stop = stop
}

// taken is how long the query has been at work. What engines do not measure is charged so.
func (t *turn) taken() float64 { return (time.Since(t.began) - t.idle).Seconds() }

// chargeEvery is how often users are charged for what runs and does not end.
const chargeEvery = time.Second

// charge tells what the query has taken so far, at least.
func (t *turn) charge() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ticket != nil && !t.ended && !t.paused {
		t.ticket.Charge(t.taken())
	}
}

// move counts the query in another pool from here on.
func (t *turn) move(to sched.Pool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ticket != nil && !t.ended {
		t.ticket.Move(to)
	}
}

// pause gives the slot back while the client does not read; resume takes it again.
func (t *turn) pause() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ticket != nil && !t.ended && !t.paused {
		t.paused, t.since = true, time.Now()
		t.acc.pauses(true)
		t.ticket.Pause()
	}
}

func (t *turn) resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.paused && !t.ended {
		t.paused = false
		t.acc.pauses(false)
		t.idle += time.Since(t.since)
		t.ticket.Resume()
	}
}

// end gives the slot back for good, with what the query took: zero if nobody measured that.
func (t *turn) end(u engine.Usage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	t.ended = true
	t.acc.pauses(false)
	t.all.remove(t)
	took := engine.Took{Latency: t.taken(), CPUSeconds: u.CPUSeconds, PeakMemory: u.PeakMemory}
	if u.CPUSeconds == 0 {
		u.CPUSeconds = took.Latency
	}
	t.acc.took(u)
	if charged := t.acc.charged(took); t.ticket != nil {
		t.ticket.Done(charged)
	}
}

// Relieve ends the query that was expected to need most memory, because there is too little of that, or of the disk it spills to,
// as the error says. It tells which operation that was, "" if none ran.
func (r *Registry) Relieve(why error) string {
	var largest *turn
	var stop context.CancelCauseFunc
	for _, t := range r.turns.list() {
		if how := t.stopped(); how != nil && (largest == nil || t.larger(largest)) {
			largest, stop = t, how
		}
	}
	if largest == nil {
		return ""
	}
	stop(why)
	return largest.acc.q.ID
}

// larger tells whether a query was expected to need more memory than another; the later of equals is.
func (t *turn) larger(than *turn) bool {
	if t.expected.PeakMemory == than.expected.PeakMemory {
		return t.began.After(than.began)
	}
	return t.expected.PeakMemory > than.expected.PeakMemory
}

// stopped is how what runs in this process is stopped; nil where nothing does.
func (t *turn) stopped() context.CancelCauseFunc {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.stop
}

// errOutlived ends a query that is not as short as it was thought to be.
var errOutlived = errors.New("the query takes longer than a short one may")

// inTurn runs a query on an engine when its turn has come. What outlives the short lane's limit, or its memory, before a
// row of it was given to anyone is run again in the heavy lane.
func (s *Session) inTurn(ctx context.Context, chosen engine.Choice, query engine.Query, q Query, acc *account) (array.RecordReader, error) {
	name := chosen.Engine.Name()
	t, err := s.admit(ctx, q, acc, sched.Pool{Engine: name, Lane: laneOf(chosen.Estimate)}, chosen.Estimate)
	if err != nil {
		return nil, err
	}
	query.Heavy = t.heavy
	if !query.Heavy {
		rows, err := begin(ctx, chosen.Engine, query, t, shortLimit, true)
		if !errors.Is(err, errOutlived) && !fault.IsOutOfMemory(err) {
			return rows, err
		}
		if err := t.demote(ctx, q, name); err != nil {
			return nil, err
		}
		query.Heavy = true
	}
	return begin(ctx, chosen.Engine, query, t, 0, s.mayLeave(q))
}

// begin runs a query, for no longer than the limit if there is one until it has its first rows. With ahead it waits for these, and
// whoever asks may run the query elsewhere if it fails before. Unless it outlived the limit, the turn ends with the rows.
func begin(ctx context.Context, e engine.Engine, query engine.Query, t *turn, limit time.Duration, ahead bool) (_ array.RecordReader, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &rows{turn: t, cancel: cancel}
	t.runs(cancel)
	outlived := func() bool { return false }
	if limit > 0 {
		timer := time.AfterFunc(limit, func() { cancel(errOutlived) })
		outlived = func() bool { return !timer.Stop() && context.Cause(ctx) == errOutlived }
	}
	r.RecordReader, err = e.Run(ctx, query)
	if err == nil && ahead {
		r.ahead, r.more = true, r.RecordReader.Next()
		if !r.more {
			err = r.RecordReader.Err()
		}
	}
	switch late := outlived(); {
	case late || limit > 0 && fault.IsOutOfMemory(err):
		r.drop()
		if late {
			err = errOutlived
		}
		return nil, err
	case err != nil:
		r.Release()
		return nil, err
	}
	return r, nil
}

// rows are a query's, which hold its turn until they end. Next is for one goroutine.
type rows struct {
	array.RecordReader
	turn   *turn
	cancel context.CancelCauseFunc
	ahead  bool // the first batch was read before anybody asked
	more   bool
	once   sync.Once
}

// Next moves to the next batch.
func (r *rows) Next() bool {
	if r.ahead {
		r.ahead = false
	} else {
		r.more = r.RecordReader.Next()
	}
	if !r.more {
		r.end()
	}
	return r.more
}

// Record is RecordBatch, as the interface wants it.
func (r *rows) Record() arrow.RecordBatch { return r.RecordBatch() }

// Release ends the query, finished or not, and its turn.
func (r *rows) Release() {
	r.drop()
	r.end()
}

// drop ends the query and keeps the turn.
func (r *rows) drop() {
	r.once.Do(func() {
		if r.RecordReader != nil {
			r.RecordReader.Release()
		}
		r.cancel(nil)
	})
}

func (r *rows) end() {
	var u engine.Usage
	if m, ok := r.RecordReader.(engine.Metered); ok {
		u = m.Usage()
	}
	r.turn.end(u)
}
