package session

// This file keeps the account of a query: what it is about, where it stands and what it took. People see it while the query
// is at work, and it is one line in the log when it ends.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/util"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sched"
)

// account is what a query took until now.
type account struct {
	s       *Session
	q       Query
	start   time.Time
	once    sync.Once
	op      *Operation    // that it is for; nil: it is part of another query
	text    func() string // of the query, for people
	costKey uint64        // what it takes here is remembered under; 0: it is not
	// observed is what df.observe asks for, besides the rows.
	observed []analyze.Observed
	// reading keeps the files that the query may read; nil: it is part of another one.
	reading *catalog.Reading

	mu      sync.Mutex // of all below: people look on while the query works
	state   State
	since   time.Time // of the state
	paused  bool
	analyze time.Duration
	waited  time.Duration // for its turn
	first   time.Duration // until the first batch
	engine  string
	why     string
	lane    sched.Lane
	demoted bool
	wait    Wait
	// estimate and usage are what the engine was expected to take, and took.
	estimate engine.Estimate
	usage    engine.Usage
	lessons  []lesson
	other    engine.Expected // the engine that was not chosen
	there    engine.Choice   // what the router made of the query, if it is for the attached Spark
	reused   bool            // the answer is that of an earlier query
	progress engine.Progress
	rows     int64
	bytes    int64
	batches  int
	answered bool // by another server, with anything at all
}

// account begins the account of what is part of another query.
func (s *Session) account(q Query) *account {
	now := time.Now()
	return &account{s: s, q: q, start: now, since: now, state: Analyzing, progress: engine.Progress{Fraction: -1},
		text: sync.OnceValue(func() string { return textOf(q.Statement) })}
}

// open begins the account of a client's query, which people see until it ends.
func (s *Session) open(q Query) *account {
	a := s.account(q)
	if op, err := s.Operation(q.ID); err == nil {
		a.op = op
		op.account.Store(a)
	}
	s.room.live.add(a)
	return a
}

// time adds what passes until the returned function is called to d, which is one of the account's.
func (a *account) time(d *time.Duration) func() {
	start := time.Now()
	return func() {
		if a != nil {
			a.mu.Lock()
			defer a.mu.Unlock()
		}
		*d += time.Since(start)
	}
}

// safe is acc, or one that nobody reads.
func (a *account) safe() *account {
	if a == nil {
		return &account{}
	}
	return a
}

// runs says which engine the query is for, and why.
func (a *account) runs(engine, why string, e engine.Estimate) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.engine, a.why, a.estimate = engine, why, e
	a.enter(Running)
}

// chose says what the router has found.
func (a *account) chose(c engine.Choice) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.other, a.there = c.Other, engine.Choice{}
	if c.Engine == nil {
		a.there = c
	}
}

// chosenThere is what the router made of the query, if it is for the attached Spark and the router was asked.
func (a *account) chosenThere() engine.Choice {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.there
}

// sent tells whether the client got anything of the answer.
func (a *account) sent() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.answered
}

// reuses says that the query has an answer that an engine gave before.
func (a *account) reuses(engine string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.engine, a.why, a.reused = engine, "answered before", true
	a.enter(Running)
}

// waits says that the query waits for its turn in a lane: for the first time, or again.
func (a *account) waits(lane sched.Lane, again bool) {
	a.looked()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lane, a.demoted, a.wait = lane, again, Wait{}
	a.enter(Waiting)
}

// looked says that the query waits, for its turn or for others: nobody looks at it until then.
func (a *account) looked() {
	if a.op != nil {
		a.op.waits()
	}
}

// in says which lane admitted the query.
func (a *account) in(lane sched.Lane) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lane = lane
}

// starts says that its turn has come.
func (a *account) starts() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.enter(Running)
}

// enter is for who holds the lock.
func (a *account) enter(s State) {
	if a.state != s {
		a.state, a.since = s, time.Now()
	}
}

// pauses says whether the query waits for its client.
func (a *account) pauses(yes bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.paused = yes
}

// place is told where the query stands while it waits for its turn.
func (a *account) place(p sched.Place) {
	w := Wait{Ahead: p.Ahead, Reason: string(p.Reason), Expected: p.Wait}
	a.mu.Lock()
	a.wait, a.lane = w, p.Pool.Lane
	a.mu.Unlock()
	if a.q.Waits != nil {
		a.q.Waits(w)
	}
}

// progressed is told how far the query is.
func (a *account) progressed(p engine.Progress) {
	a.mu.Lock()
	a.progress = p
	a.mu.Unlock()
	if a.q.Progress != nil {
		a.q.Progress(p)
	}
}

// took adds what an engine has taken.
func (a *account) took(u engine.Usage) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.usage.CPUSeconds += u.CPUSeconds
	a.usage.PeakMemory = max(a.usage.PeakMemory, u.PeakMemory)
}

func (a *account) batch(b arrow.RecordBatch) { a.sends(b.NumRows(), util.TotalRecordSize(b)) }

// message counts a response of another server. One without rows tells of progress, or of a schema.
func (a *account) message(m engine.Message) {
	a.mu.Lock()
	a.answered = true
	a.mu.Unlock()
	if m.Rows > 0 {
		a.sends(m.Rows, int64(m.Size))
	}
}

// sends counts what goes to the client.
func (a *account) sends(rows, bytes int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.batches == 0 {
		a.first = time.Since(a.start)
		a.enter(Sending)
	}
	a.batches++
	a.rows += rows
	a.bytes += bytes
}

// cost is for the client.
func (a *account) cost() Cost {
	a.mu.Lock()
	defer a.mu.Unlock()
	return Cost{Engine: a.engine, Rows: a.rows, Bytes: a.bytes, Time: time.Since(a.start)}
}

// end writes down what the query was, once: in the log, and in the history.
func (a *account) end(err error) {
	a.once.Do(func() {
		r := a.record(err)
		a.s.room.History.Add(r) // first: who looks on finds the query at work, or ended
		a.s.room.live.remove(a)
		if a.reading != nil {
			a.reading.End()
		}
		a.s.room.totals.add(a, err)
		log := a.s.room.Log
		if ctx := context.Background(); log.Enabled(ctx, slog.LevelInfo) {
			log.LogAttrs(ctx, slog.LevelInfo, "query", line(&r)...)
		}
	})
}

// classOf names an error without telling what was in it.
func classOf(err error) string {
	var f *fault.Error
	var there interface{ ErrorClass() string } // an error of the attached Spark
	switch {
	case errors.As(err, &f) && f.Class != "":
		return f.Class
	case errors.As(err, &there):
		return there.ErrorClass()
	case errors.Is(err, context.Canceled):
		return "OPERATION_CANCELED"
	default:
		return "INTERNAL_ERROR"
	}
}

// kindOf names a statement without telling what is in it.
func kindOf(st plan.Statement) string {
	switch c, opaque := st.(*plan.OpaqueCommand); {
	case st == nil:
		return "unknown"
	case opaque && c.What != "":
		return c.What
	}
	name := fmt.Sprintf("%T", st)
	if i := len("*plan."); len(name) > i {
		return name[i:]
	}
	return name
}
