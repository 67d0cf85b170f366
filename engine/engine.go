// Package engine says what an engine is, picks one for a query, and keeps answers. Implementations: duckdb,
// spark, and the scripted one of the tests. It knows no client protocol and no scheduler.
package engine

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/plan"
)

// Query is one question to an engine: a resolved plan beside the client's original request.
type Query struct {
	ID       string        // the operation's id
	Plan     plan.Relation // resolved; nil when analysis said unknown
	Settings plan.Settings
	Raw      []byte // the client's request, for forwarding
	// Schema is the Arrow schema the result must have (arrowtype.Schema of Plan's output).
	Schema *arrow.Schema
	// Progress, if set, is told now and then how far the query is, from any goroutine.
	Progress func(Progress)
	// Fingerprint is equal for queries that differ in constants only; 0: nothing is known of it.
	Fingerprint uint64
	// Elsewhere says that the query may run on the remote server: the answer is the same there, and what it reads is there.
	Elsewhere bool
	// Without names an engine that has failed at the query.
	Without string
	// Load, if set, tells how busy an engine is for a query of which so much is expected there.
	Load func(engine string, e Estimate) Load
	// Cores is how many the remote server has; 0: not known.
	Cores int
	// Work is what the router makes of the plan before it asks engines for their estimates.
	Work Work
	// Reuse, if set, lets an answer that was given before be the query's, and its own be kept: see [Cache].
	Reuse *Reuse
	// Heavy asks an engine that has two lanes for the one in which a query may take long.
	Heavy bool
}

// Usage is what a query took.
type Usage struct {
	CPUSeconds float64 // of all threads
	PeakMemory int64   // bytes, with those that went to disk; 0: nobody knows
}

// Metered is a reader that knows what its query took, once Next has ended; zero if it does not know.
type Metered interface {
	Usage() Usage
}

// Progress is how far a running query is.
type Progress struct {
	Fraction float64 // 0 to 1; negative when unknown
	Rows     uint64  // rows processed so far
	Total    uint64  // rows to process, 0 when unknown
	Bytes    uint64
}

// Load is how busy an engine is.
type Load struct {
	Wait   float64 // seconds until a query would begin
	Beside int     // queries that it would share the processors with
}

// Estimate is what a query is expected to cost.
type Estimate struct {
	Latency    float64 // seconds until the last row, the wait included
	CPUSeconds float64
	Bytes      int64 // read
	PeakMemory int64 // bytes
	// Confidence is from 0 to 1: about how often the latency is right up to a factor of two.
	Confidence float64
	Guessed    float64 // the CPU seconds before experience corrected them
	Fails      bool    // for lack of memory, as far as anybody can tell
}

// An Engine runs plans as Spark would. Run honours ctx within a second and does not modify q. The
// caller must Release the reader, on any goroutine, exactly once; a batch is valid until the next
// call of Next. Batches have q.Schema exactly. A query that fails while it streams ends Next with Err set.
type Engine interface {
	Name() string
	Accepts(q Query) error // nil, or fault.Unsupported with a reason fit for EXPLAIN
	Estimate(q Query) Estimate
	Run(ctx context.Context, q Query) (array.RecordReader, error)
}
