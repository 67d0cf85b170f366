package duckdb

// This file tells how much memory and disk the instances hold.

import (
	"context"

	bind "github.com/duckdb/duckdb-go-bindings"
)

// Footprint is what an instance holds now, in bytes.
type Footprint struct {
	Memory  int64 // that it counts as its own
	Spilled int64 // to disk
}

const footprintSQL = "SELECT sum(memory_usage_bytes)::BIGINT, sum(temporary_storage_bytes)::BIGINT FROM duckdb_memory()"

// footprint asks on a connection of its own: queries may have all others.
func (e *Engine) footprint(ctx context.Context) (f Footprint, err error) {
	c, done, err := e.side()
	if err != nil {
		return f, err
	}
	defer done()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		err = c.numbers(footprintSQL, &f.Memory, &f.Spilled)
	}()
	select {
	case <-ended:
	case <-ctx.Done():
		bind.Interrupt(c.c)
		<-ended
	}
	return f, err
}

// numbers runs a query that gives a row of BIGINT.
func (c *conn) numbers(sql string, into ...*int64) error {
	var res bind.Result
	defer bind.DestroyResult(&res)
	if bind.Query(c.c, sql, &res) != bind.StateSuccess {
		return queryError(bind.ResultErrorType(&res), bind.ResultError(&res))
	}
	chunk := bind.FetchChunk(res)
	defer bind.DestroyDataChunk(&chunk)
	for i, n := range into {
		*n = *(*int64)(bind.VectorGetData(bind.DataChunkGetVector(chunk, bind.IdxT(i))))
	}
	return nil
}

// Footprints tells what each lane holds; one that does not answer before ctx ends is missing.
func (l *Lanes) Footprints(ctx context.Context) map[string]Footprint {
	all := map[string]Footprint{}
	for lane, e := range map[string]*Engine{"short": l.short, "heavy": l.heavy} {
		if f, err := e.footprint(ctx); err == nil {
			all[lane] = f
		}
	}
	return all
}
