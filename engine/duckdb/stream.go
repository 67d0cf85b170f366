package duckdb

// This file runs one SQL query and reads its result as a stream of Arrow batches.

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine"
	"shoal/engine/duckdb/translate"
	"shoal/fault"
)

const (
	batchRows  = 64 << 10
	batchBytes = 4 << 20
	// maxPiece is the most bytes taken of a chunk at once, if its rows are smaller than that.
	maxPiece = 16 << 20
	// firstBatchAfter and batchAfter end a batch early when rows come slowly: somebody waits.
	firstBatchAfter = 10 * time.Millisecond
	batchAfter      = 200 * time.Millisecond
)

// request is what a stream needs to know of a query.
type request struct {
	sql       string
	locals    []translate.Local
	functions []translate.Function
	schema    *arrow.Schema
	progress  func(engine.Progress)
	peek      bool              // wait for the first batch, and report its error
	explain   func(error) error // makes Spark's error of DuckDB's; nil leaves it
}

// stream is a running query. It implements array.RecordReader; Release may come from any
// goroutine, also while Next waits.
type stream struct {
	ctx    context.Context // the query's: a reader has no other way to hear of cancellation
	cancel context.CancelFunc
	eng    *Engine
	sql    string
	schema *arrow.Schema
	refs   atomic.Int64

	mu      sync.Mutex // held by Next and close
	explain func(error) error
	conn    *conn // nil once the query has ended
	watch   *watcher
	query   planned
	res     bind.Result
	cols    []column
	vecs    []vector
	chunk   bind.DataChunk // what DuckDB gave last; its first rows are taken
	taken   int
	rows    int
	first   bool
	ahead   bool   // batch was read before anybody asked for it
	leave   func() // what the query holds besides
	batch   arrow.RecordBatch
	err     error
	began   bool // it was executed, so that there is something to measure
	usage   engine.Usage
	need    *need
}

// runSQL starts a query. It returns when DuckDB is ready to give the first rows.
func (e *Engine) runSQL(ctx context.Context, r request) (_ *stream, err error) {
	c, err := e.get(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	s := &stream{ctx: ctx, cancel: cancel, eng: e, sql: r.sql, schema: r.schema, conn: c, first: true, explain: r.explain}
	s.refs.Store(1)
	s.need = e.meter.begin()
	s.watch = s.watchOver(r.progress)
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
		if err != nil {
			s.close()
		}
	}()
	if err := s.start(r); err != nil {
		return nil, s.cause(err)
	}
	if r.peek {
		s.ahead = s.Next()
		return s, s.err
	}
	return s, nil
}

// start has the query planned, begins to execute it and checks its columns.
func (s *stream) start(r request) (err error) {
	if len(r.locals) > 0 {
		if s.leave, err = s.eng.loadLocals(s.ctx, s.conn, r.locals); err != nil {
			return err
		}
	}
	if err := s.eng.makeFunctions(r.functions); err != nil {
		return err
	}
	if err := s.plan(); err != nil {
		return err
	}
	var state bind.State
	s.eng.threads.do(func() { state = bind.ExecutePending(s.query.pending, &s.res) })
	if state != bind.StateSuccess {
		return queryError(bind.ResultErrorType(&s.res), bind.ResultError(&s.res))
	}
	s.began = true
	return s.bindColumns()
}

// bindColumns compares the result's columns with the schema it must have.
func (s *stream) bindColumns() error {
	n := int(bind.ColumnCount(&s.res))
	if n == 1 && s.schema.NumFields() == 0 {
		n = 0 // SQL has no rows without columns: there is one that only counts
	}
	if n != s.schema.NumFields() {
		return fault.Internalf("the translated query has %d columns instead of %d", n, s.schema.NumFields())
	}
	s.cols, s.vecs = make([]column, n), make([]vector, n)
	for i := range n {
		lt := bind.ColumnLogicalType(&s.res, bind.IdxT(i))
		col, err := newColumn(s.schema.Field(i).Type, lt, s.eng.mem)
		bind.DestroyLogicalType(&lt)
		if err != nil {
			return fault.Internalf("column %s: %v", s.schema.Field(i).Name, err)
		}
		s.cols[i] = col
	}
	return nil
}

// Schema is the result's schema.
func (s *stream) Schema() *arrow.Schema { return s.schema }

// Next reads the next batch.
func (s *stream) Next() (more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		if p := recover(); p != nil {
			s.end(panicked(p))
			more = false
		}
	}()
	if s.ahead {
		s.ahead = false
		return true
	}
	s.dropBatch()
	if s.conn == nil {
		return false
	}
	if s.ctx.Err() != nil {
		s.end(context.Cause(s.ctx))
		return false
	}
	n, last, err := s.fill()
	if err != nil {
		s.end(s.cause(err))
		return false
	}
	if n > 0 {
		s.batch = s.finish(n)
	}
	if last {
		s.end(nil)
	}
	return n > 0
}

// fill gathers chunks until the batch is worth sending; last says that no more will come.
func (s *stream) fill() (n int, last bool, err error) {
	wait := batchAfter
	if s.first {
		wait, s.first = firstBatchAfter, false
	}
	start := time.Now()
	for bytes := 0; n < batchRows && bytes < batchBytes; {
		if s.chunk.Ptr == nil {
			if more, err := s.fetch(); err != nil || !more {
				return n, true, err
			}
		}
		n += s.gather()
		bytes = s.size()
		if time.Since(start) > wait {
			break
		}
	}
	return n, false, nil
}

// fetch waits for DuckDB's next chunk of rows.
func (s *stream) fetch() (more bool, err error) {
	s.eng.threads.do(func() { s.chunk = bind.FetchChunk(s.res) })
	if s.chunk.Ptr == nil {
		if text := bind.ResultError(&s.res); text != "" {
			return false, queryError(bind.ResultErrorType(&s.res), text)
		}
		return false, nil
	}
	s.taken, s.rows = 0, int(bind.DataChunkGetSize(s.chunk))
	if s.rows == 0 {
		return false, nil
	}
	chunkVectors(s.chunk.Ptr, s.vecs)
	return true, nil
}

// gather takes rows of the chunk: all, unless their texts and lists are too large for a batch.
func (s *stream) gather() (n int) {
	n = s.rows - s.taken
	for n > 1 && s.weigh(n) > maxPiece {
		n /= 2
	}
	for i, c := range s.cols {
		c.add(s.vecs[i], s.taken, n)
	}
	if s.taken += n; s.taken == s.rows {
		bind.DestroyDataChunk(&s.chunk)
	}
	return n
}

// weigh is about how many bytes the next n rows take.
func (s *stream) weigh(n int) (bytes int) {
	for i, c := range s.cols {
		bytes += c.weigh(s.vecs[i], s.taken, n)
	}
	return bytes
}

func (s *stream) size() (bytes int) {
	for _, c := range s.cols {
		bytes += c.size()
	}
	return bytes
}

// finish makes a batch of n gathered rows.
func (s *stream) finish(n int) arrow.RecordBatch {
	arrays := make([]arrow.Array, len(s.cols))
	for i, c := range s.cols {
		data := c.finish()
		arrays[i] = array.MakeFromData(data)
		data.Release()
	}
	batch := array.NewRecordBatch(s.schema, arrays, int64(n))
	for _, a := range arrays {
		a.Release()
	}
	return batch
}

// RecordBatch is the batch Next has read; it is valid until the next call of Next.
func (s *stream) RecordBatch() arrow.RecordBatch { return s.batch }

// Record is RecordBatch, as the interface wants it.
func (s *stream) Record() arrow.RecordBatch { return s.batch }

// Err is why Next ended, nil at the end of the result.
func (s *stream) Err() error { return s.err }

// Retain adds a user.
func (s *stream) Retain() { s.refs.Add(1) }

// Release ends the query when the last user leaves, finished or not.
func (s *stream) Release() {
	if s.refs.Add(-1) == 0 {
		s.cancel() // wakes a Next that waits
		s.close()
	}
}

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropBatch()
	s.end(nil)
}

func (s *stream) dropBatch() {
	if s.batch != nil {
		s.batch.Release()
		s.batch = nil
	}
}

// end frees everything but the current batch and gives the connection back. The caller holds mu
// or is the only user.
func (s *stream) end(err error) {
	if s.conn == nil {
		return
	}
	s.err = err
	for _, c := range s.cols {
		if c != nil {
			c.drop()
		}
	}
	bind.DestroyDataChunk(&s.chunk)
	bind.DestroyResult(&s.res)
	s.query.drop()
	if s.began {
		s.measure()
	}
	s.watch.end()
	s.usage.PeakMemory = s.eng.meter.end(s.need)
	s.cancel()
	if s.leave != nil {
		s.leave()
	}
	if !s.conn.abandoned {
		s.eng.put(s.conn)
	}
	s.conn = nil
}

// measure asks DuckDB what the query took that has just ended. It knows nothing of one that was ended in its course.
func (s *stream) measure() {
	info := bind.GetProfilingInfo(s.conn.c)
	if info.Ptr == nil {
		return
	}
	value := bind.ProfilingInfoGetValue(info, "CPU_TIME")
	if value.Ptr == nil {
		return
	}
	defer bind.DestroyValue(&value)
	s.usage.CPUSeconds = bind.GetDouble(value)
}

// Usage is what the query took.
func (s *stream) Usage() engine.Usage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.usage
}

// cause says why a query failed: when its context has ended, then because of that.
func (s *stream) cause(err error) error {
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	err = nameFile(err, s.sql)
	if s.explain != nil {
		return s.explain(err)
	}
	return err
}

// panicked turns a panic of ours into that query's error.
func panicked(p any) error {
	return fault.Internalf("panic: %v", p).Because(fmt.Errorf("%v\n%s", p, debug.Stack()))
}
