package duckdb

// This file guesses what a query costs here.

import "shoal/engine"

// startSeconds is what it takes to translate, prepare and start a query.
const startSeconds = 0.001

// Estimate guesses what the query costs.
func (e *Engine) Estimate(q engine.Query) engine.Estimate {
	work := engine.WorkOf(q.Plan)
	return engine.Estimate{
		Latency:    startSeconds + work.CPUSeconds/float64(e.opts.Threads),
		CPUSeconds: startSeconds + work.CPUSeconds,
		Bytes:      work.Bytes,
		PeakMemory: work.PeakMemory,
		Confidence: 0.3,
	}
}
