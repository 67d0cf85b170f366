package session

// This file has the router choose where a client's query runs: in this process, or on the attached Spark.

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"shoal/engine"
	"shoal/plan"
	"shoal/plan/arrowtype"
	"shoal/sched"
)

// asked is a resolved query as engines are asked it.
func (s *Session) asked(resolved plan.Relation, settings plan.Settings, q Query) engine.Query {
	query := engine.Query{
		ID: q.ID, Plan: resolved, Settings: settings, Raw: q.Raw,
		Schema: arrowtype.Schema(plan.Output(resolved), settings.TimeZone), Fingerprint: q.fingerprint,
	}
	if query.Elsewhere = s.mayLeave(q) && s.shared(q); query.Elsewhere {
		query.Load, query.Cores = s.load, int(s.room.cores.Load())
	}
	return query
}

// mayLeave tells whether a query gets the same answer on the attached Spark: it reads, and does nothing else.
func (s *Session) mayLeave(q Query) bool {
	if _, reads := q.Statement.(plan.Relation); !reads || q.Forward == nil || q.Forward.Command || q.stays || q.tried != "" {
		return false
	}
	if _, call := q.Statement.(*plan.CatalogQuery); call {
		return false
	}
	where, _ := s.place()
	return where == either
}

// shared tells whether the attached Spark has answered before, and has what a query reads: the files of this machine, unless they
// are those of tables that had to be lent to it.
func (s *Session) shared(q Query) bool {
	remote, ok := s.room.Router.Remote.(engine.Sharing)
	if !ok || !remote.SharesFiles() || s.room.about.Load() == nil {
		return false
	}
	own := s.ownIn(q.Statement)
	return len(own.reads) == 0 && len(own.changes) == 0 && own.only == ""
}

// load tells the router how busy an engine is.
func (s *Session) load(name string, e engine.Estimate) (l engine.Load) {
	pool := sched.Pool{Engine: name, Lane: laneOf(e)}
	if name == s.room.Router.Remote.Name() {
		pool.Lane = laneBy(e.Guessed, e.Latency, shortThere)
	}
	if s.room.Sched != nil {
		o := s.room.Sched.Outlook(pool)
		l.Wait, l.Beside = o.Wait.Seconds(), o.Running
	}
	return l
}

// choose picks the engine for a query that was resolved. What is to run on the attached Spark is an error, elsewhere.
func (s *Session) choose(query engine.Query, q Query, acc *account) (engine.Choice, error) {
	chosen, err := s.room.Router.Pick(query)
	if err != nil {
		return chosen, err
	}
	acc.chose(chosen)
	if chosen.Engine == nil {
		return chosen, elsewhere{why: chosen.Why, free: chosen.Free}
	}
	acc.costKey = chosen.Key
	switch {
	case q.stays:
		chosen.Why = whyStays
	case q.tried != "":
		chosen.Why = s.room.Router.Remote.Name() + " failed: " + q.tried
	}
	acc.runs(chosen.Engine.Name(), chosen.Why, chosen.Estimate)
	return chosen, nil
}

// outOfMemory gives the error of a query that ran out of memory before its first row: that it is to run on the attached Spark,
// if it may. Its turn has ended, and it waits for another one there.
func (s *Session) outOfMemory(chosen engine.Choice, query engine.Query, q Query, acc *account, err error) error {
	name := chosen.Engine.Name()
	acc.learns(lesson{name, chosen.Key, engine.Took{Latency: chosen.Estimate.Latency, Failed: true}})
	if !s.mayLeave(q) {
		return err
	}
	query.Without, query.Elsewhere = name, true
	if _, again := s.choose(query, q, acc); errors.As(again, new(elsewhere)) {
		return again
	}
	return err
}

// runAgain runs a query here that the attached Spark was only expected to answer sooner, and failed at before it sent anything: it
// may lack a file that is here.
func (s *Session) runAgain(ctx context.Context, q Query, acc *account, failed error) (*Result, error) {
	if ctx.Err() != nil || acc.sent() {
		return nil, failed
	}
	s.room.Log.Info("query runs again", "session", s.Key.ID, "user", s.Key.User, "op", q.ID, "class", classOf(failed))
	q.tried = classOf(failed)
	return s.runHere(ctx, q, acc)
}

// chosenLines tell in EXPLAIN what was expected, and what runs.
func (s *Session) chosenLines(c engine.Choice, name string) string {
	text := "\nExpected: " + expectation(engine.Expected{Name: name, Estimate: c.Estimate})
	if c.Other.Name != "" {
		text += "; " + expectation(c.Other)
	}
	return text + fmt.Sprintf("\nEngine: %s (%s)\n", name, c.Why)
}

// expectation is what is expected of an engine, for people.
func expectation(x engine.Expected) string {
	e := x.Estimate
	text := fmt.Sprintf("%s %s (%s of CPU time, reads %s, holds %s, confidence %.2f)", x.Name, engine.Seconds(e.Latency), engine.Seconds(e.CPUSeconds),
		engine.Bytes(e.Bytes), engine.Bytes(e.PeakMemory), e.Confidence)
	if e.Fails {
		text += ", runs out of memory"
	}
	return text
}

// Route is where a query runs, and why.
type Route struct {
	Engine string
	Why    string
	// Expected is what was expected of the engine and, if there was another one, of that: for people.
	Expected string
}

// Route tells where the operation's query runs; nothing before that is known, or where nothing runs.
func (o *Operation) Route() (r Route) {
	a := o.account.Load()
	if a == nil {
		return r
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Engine, r.Why = a.engine, a.why
	var all []string
	for _, x := range []engine.Expected{{Name: a.engine, Estimate: a.estimate}, a.other} {
		if x.Name != "" && x.Estimate.Latency > 0 {
			all = append(all, expectation(x))
		}
	}
	r.Expected = strings.Join(all, "; ")
	return r
}

// isFree tells whether an error says that a query is for the attached Spark, which is only expected to be sooner.
func isFree(err error) bool {
	var e elsewhere
	return errors.As(err, &e) && e.free
}
