package session

// This file holds the story of a query.

import (
	"context"
	"strings"

	"shoal/analyze"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// Query is one request to run.
type Query struct {
	ID        string         // the operation's id
	Statement plan.Statement // as decoded
	Raw       []byte         // the client's request, for the journal and for forwarding
	Progress  func(engine.Progress)
	Waits     func(Wait) // told now and then while the query waits for its turn; must not block
	// Undecoded is why there is no Statement; only an attached Spark may know the request.
	Undecoded error
	Forward   *Forward // nil: the query cannot leave
	// Shape is equal for requests that differ in constants only; nil: nothing is known of the request.
	Shape func() uint64

	fingerprint uint64     // what its costs are remembered under; 0: they are not
	foreign     [][]string // what it reads that only the attached Spark's catalog may have, by whole names
	stays       bool       // it reads what only this server has
	leaves      string     // a view that it may leave on the attached Spark when it fails
	tried       string     // how the attached Spark failed at it; "": it was not asked
}

// Run takes one query from plan to Arrow stream. Read this first. A command is carried out before
// Run returns, and its result is the rows it has to tell.
func (s *Session) Run(ctx context.Context, q Query) (_ *Result, err error) {
	q = s.known(q)
	acc := s.open(q)
	acc.reading = s.room.Catalog.Read()
	defer func() {
		if err != nil {
			acc.end(err)
		}
	}()
	where, why := s.place()
	if where != here && q.Forward != nil {
		switch {
		case q.Undecoded != nil:
			return s.runThere(ctx, q, acc, "not understood here")
		case where == there && !s.keepsHere(q.Statement):
			return s.runThere(ctx, q, acc, why)
		case s.asksThere(q.Statement) && !s.tellsOfOwn(q.Statement):
			return s.runThere(ctx, q, acc, "it knows all names")
		}
	}
	if q.Undecoded != nil {
		return nil, q.Undecoded
	}
	if err := s.mayWait(q); err != nil {
		return nil, err
	}
	result, err := s.runHere(ctx, q, acc)
	if why, unknown := leaves(err); unknown && where == either && q.Forward != nil {
		if !isFree(err) {
			return s.runThere(ctx, q, acc, why)
		}
		there, failed := s.runThere(engine.Impatient(ctx), q, acc, why)
		if failed != nil {
			return s.runAgain(ctx, q, acc, failed)
		}
		return there, nil
	}
	if e, ok := err.(elsewhere); ok {
		return nil, fault.Unsupported("%s", e.why)
	}
	return result, err
}

// runHere runs a query in this process.
func (s *Session) runHere(ctx context.Context, q Query, acc *account) (*Result, error) {
	settings := s.settings(q.stays)
	switch st := q.Statement.(type) {
	case plan.Command:
		return s.command(ctx, st, q, acc)
	case *plan.CatalogQuery:
		if makesTable(st) {
			return s.query(ctx, st, settings, q, acc)
		}
		acc.runs("session", "", engine.Estimate{})
		t, err := s.catalogCall(ctx, st)
		if err != nil {
			return nil, err
		}
		return t.result(acc)
	case *plan.ShowString:
		return s.showString(ctx, st, q, acc)
	case *plan.HTMLString:
		return s.showHTML(ctx, st, q, acc)
	case plan.Relation:
		return s.query(ctx, st, settings, q, acc)
	default:
		return nil, fault.Internalf("no way to run a %T", st)
	}
}

// query runs a relation.
func (s *Session) query(ctx context.Context, rel plan.Relation, settings plan.Settings, q Query, acc *account) (*Result, error) {
	resolved, err := s.analyze(ctx, rel, settings, acc)
	if err != nil {
		return nil, err
	}
	return s.execute(ctx, resolved, settings, q, acc)
}

// Analyze resolves a relation without touching data.
func (s *Session) Analyze(ctx context.Context, rel plan.Relation) (plan.Relation, error) {
	return s.analyze(ctx, rel, s.Conf().Settings(), nil)
}

// analyze resolves a relation: Spark's answer, Spark's error, or "unknown".
func (s *Session) analyze(ctx context.Context, rel plan.Relation, settings plan.Settings, acc *account) (plan.Relation, error) {
	defer acc.time(&acc.safe().analyze)()
	reading := s.room.Catalog.Read()
	defer reading.End()
	rel, err := s.localize(ctx, rel)
	if err != nil {
		return nil, err
	}
	resolved, observed, err := analyze.Observing(ctx, rel, s.env(settings))
	acc.safe().observed = observed
	return resolved, s.perhapsThere(ctx, err)
}

// env is what a query's meaning depends on.
func (s *Session) env(settings plan.Settings) analyze.Env {
	return analyze.Env{Settings: settings, User: s.Key.User, Names: s.names, Catalog: s.room.Catalog, Rows: s.literals, Tables: s.tables(),
		Under: s.under, System: s.system}
}

// under is what confs mean that were set when something was stored.
func (s *Session) under(conf map[string]string) plan.Settings {
	return Conf{server: s.Conf().server, set: conf}.Settings()
}

// execute picks the engine for a resolved plan and starts it.
func (s *Session) execute(ctx context.Context, resolved plan.Relation, settings plan.Settings, q Query, acc *account) (*Result, error) {
	out := plan.Output(resolved)
	query := s.asked(resolved, settings, q)
	if q.ID != "" { // a client's
		query.Progress = acc.progressed
	}
	if reuses(q, settings) {
		if rows, from := s.room.Router.Known(&query); rows != nil {
			acc.reuses(from)
			return newResult(out, query.Schema, rows, acc), nil
		}
	}
	chosen, err := s.choose(query, q, acc)
	if err != nil {
		return nil, err
	}
	rows, err := s.inTurn(ctx, chosen, query, q, acc)
	if fault.IsOutOfMemory(err) {
		err = s.outOfMemory(chosen, query, q, acc, err)
	}
	if err != nil {
		return nil, err
	}
	return newResult(out, query.Schema, rows, acc), nil
}

// ConfCache says whether a query may have an answer that was given before, if nothing has changed since that it depends on.
const ConfCache = "shoal.cache"

// reuses tells whether a query may. What a command writes is read anew.
func reuses(q Query, settings plan.Settings) bool {
	_, command := q.Statement.(plan.Command)
	on, _ := settings.Get(ConfCache)
	return !command && !strings.EqualFold(on, "false")
}
