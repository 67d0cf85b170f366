package duckdb

// This file guesses what a query costs here.

import "shoal/engine"

// startSeconds is what it takes to translate, prepare and start a query.
const startSeconds = 0.001

// Estimate guesses what the query costs.
func (e *Engine) Estimate(q engine.Query) engine.Estimate {
	return q.Work.Inside(startSeconds, e.opts.Threads, e.opts.MemoryLimit)
}
