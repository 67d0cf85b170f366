package duckdb

// This file is the main flow: translate, load the client's data, stream.

import (
	"context"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/engine/duckdb/translate"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// Accepts tells whether the query can be translated; Run will not translate it again.
func (e *Engine) Accepts(q engine.Query) error {
	if q.Plan == nil {
		return fault.Unsupported("the query could not be analyzed")
	}
	tr, err := translated(q)
	if err == nil {
		e.translations.put(q, tr)
	}
	return err
}

// move lets another instance run a query that this one has accepted.
func (t *translations) move(q engine.Query, to *translations) {
	if tr := t.take(q); tr != nil {
		to.put(q, tr)
	}
}

// Run translates the plan and streams its result. Read this first.
func (e *Engine) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	tr := e.translations.take(q)
	if tr == nil {
		var err error
		if tr, err = translated(q); err != nil {
			return nil, err
		}
	}
	if err := e.fold(ctx, tr.Constants, q.Settings.TimeZone); err != nil {
		return nil, err
	}
	r := request{sql: tr.SQL, locals: tr.Locals, functions: tr.Functions, schema: q.Schema, progress: q.Progress, peek: tr.Narrow, explain: tr.Explain}
	s, err := e.runSQL(ctx, r)
	if !tr.Narrow || !tooNarrow(err) {
		return reader(s, err)
	}
	if tr, err = tr.Wide(); err != nil {
		return nil, err
	}
	r.sql, r.locals, r.functions, r.peek, r.explain = tr.SQL, tr.Locals, tr.Functions, false, tr.Explain
	return reader(e.runSQL(ctx, r))
}

// fold computes the constants of a query that may fail, as Spark does before it reads a row.
func (e *Engine) fold(ctx context.Context, tr *translate.Translation, timeZone string) error {
	if tr == nil {
		return nil
	}
	s, err := e.runSQL(ctx, request{sql: tr.SQL, functions: tr.Functions, schema: arrowtype.Schema(tr.Out, timeZone), explain: tr.Explain})
	if err != nil {
		return err
	}
	defer s.Release()
	for s.Next() {
	}
	return s.Err()
}

// translated is translate.Query, whose panics are the query's errors.
func translated(q engine.Query) (tr *translate.Translation, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return translate.Query(q.Plan, q.Settings)
}

// translations are queries that were accepted and not run yet, by their plan.
type translations struct {
	mu    sync.Mutex
	known map[plan.Relation]acceptedQuery
}

type acceptedQuery struct {
	tr       *translate.Translation
	ansi     bool
	timeZone string
}

// maxTranslations is how many queries may wait between Accepts and Run: those above it, and
// those that another engine runs, are forgotten and translated again if need be.
const maxTranslations = 64

func (t *translations) put(q engine.Query, tr *translate.Translation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= maxTranslations {
		t.known = map[plan.Relation]acceptedQuery{}
	}
	t.known[q.Plan] = acceptedQuery{tr, q.Settings.ANSI, q.Settings.TimeZone}
}

func (t *translations) take(q engine.Query) *translate.Translation {
	t.mu.Lock()
	defer t.mu.Unlock()
	a, ok := t.known[q.Plan]
	delete(t.known, q.Plan)
	if !ok || a.ansi != q.Settings.ANSI || a.timeZone != q.Settings.TimeZone {
		return nil
	}
	return a.tr
}

// reader keeps a nil stream from becoming a reader that is not nil.
func reader(s *stream, err error) (array.RecordReader, error) {
	if err != nil {
		return nil, err
	}
	return s, nil
}

// tooNarrow tells whether a query failed only because its decimals had 18 digits.
func tooNarrow(err error) bool {
	return err != nil && strings.Contains(err.Error(), "Overflow in ") && strings.Contains(err.Error(), "DECIMAL(18)")
}

var _ engine.Engine = (*Engine)(nil)
