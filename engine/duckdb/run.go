package duckdb

// This file is the main flow: translate, load the client's data, stream.

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/engine/duckdb/translate"
	"shoal/fault"
)

// Accepts tells whether the query can be translated.
func (e *Engine) Accepts(q engine.Query) error {
	if q.Plan == nil {
		return fault.Unsupported("the query could not be analyzed")
	}
	_, err := translate.Query(q.Plan, q.Settings)
	return err
}

// Run translates the plan and streams its result. Read this first.
func (e *Engine) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	tr, err := translate.Query(q.Plan, q.Settings)
	if err != nil {
		return nil, err
	}
	r := request{sql: tr.SQL, locals: tr.Locals, schema: q.Schema, progress: q.Progress, peek: tr.Narrow, explain: tr.Explain}
	s, err := e.runSQL(ctx, r)
	if !tr.Narrow || !tooNarrow(err) {
		return reader(s, err)
	}
	if tr, err = tr.Wide(); err != nil {
		return nil, err
	}
	r.sql, r.locals, r.peek, r.explain = tr.SQL, tr.Locals, false, tr.Explain
	return reader(e.runSQL(ctx, r))
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
