package duckdb

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/fault"
)

// Accepts tells whether the query can be translated.
func (e *Engine) Accepts(q engine.Query) error {
	return fault.Unsupported("queries are not translated yet")
}

// Estimate guesses what the query costs.
func (e *Engine) Estimate(q engine.Query) engine.Estimate { return engine.Estimate{} }

// Run translates the plan and streams its result. Read this first.
func (e *Engine) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	return nil, e.Accepts(q)
}

var _ engine.Engine = (*Engine)(nil)
