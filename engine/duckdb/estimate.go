package duckdb

// This file guesses what a query costs, from the files it reads. Actuals are recorded elsewhere;
// these numbers only have to order queries by size.

import (
	"shoal/engine"
	"shoal/plan"
)

const (
	startSeconds   = 0.001 // to translate, prepare and start
	bytesPerSecond = 150e6 // of compressed files, a core
)

// Estimate guesses what the query costs.
func (e *Engine) Estimate(q engine.Query) engine.Estimate {
	var bytes int64
	weight := 1.0
	plan.WalkRelations(q.Plan, func(r plan.Relation) bool {
		switch r := r.(type) {
		case *plan.Scan:
			for _, f := range r.Files {
				bytes += f.Size
			}
		case *plan.LocalData:
			bytes += int64(len(r.Arrow))
		case *plan.Join, *plan.Aggregate, *plan.Sort:
			weight += 0.5
		}
		return true
	})
	cpu := startSeconds + weight*float64(bytes)/bytesPerSecond
	return engine.Estimate{
		Latency:    startSeconds + (cpu-startSeconds)/float64(e.opts.Threads),
		CPUSeconds: cpu,
		Bytes:      bytes,
		PeakMemory: int64(weight * float64(bytes)),
		Confidence: 0.3,
	}
}
