package engine

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/plan"
)

// counting answers with as many batches of a thousand thousands as it is told to, all in the same memory.
type counting struct {
	scripted
	batches int
	fails   error
	ran     int
}

func (c *counting) Run(_ context.Context, q Query) (array.RecordReader, error) {
	c.ran++
	return &thousands{schema: q.Schema, left: c.batches, fails: c.fails, values: make([]int64, 1000)}, nil
}

type thousands struct {
	array.RecordReader
	schema *arrow.Schema
	left   int
	fails  error
	values []int64
	batch  arrow.RecordBatch
}

func (n *thousands) Next() bool {
	for i := range n.values {
		n.values[i]++
	}
	if n.left--; n.left < 0 {
		return false
	}
	data := array.NewData(arrow.PrimitiveTypes.Int64, len(n.values), []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int64Traits.CastToBytes(n.values))}, nil, 0, 0)
	n.batch = array.NewRecordBatch(n.schema, []arrow.Array{array.MakeFromData(data)}, int64(len(n.values)))
	return true
}

func (n *thousands) RecordBatch() arrow.RecordBatch { return n.batch }
func (n *thousands) Err() error                     { return n.fails }
func (n *thousands) Release()                       {}
func (n *thousands) Usage() Usage                   { return Usage{CPUSeconds: 7} }

// question is a query over a file.
func question(limit int32, files ...plan.File) Query {
	scan := &plan.Scan{Format: "parquet", Files: files}
	scan.Out = []*plan.Column{{ID: 1, Name: "n", Type: plan.Long}}
	rel := &plan.Limit{Common: scan.Common, Input: scan, Count: &plan.Literal{Value: limit, Type: plan.Int}}
	return Query{Plan: rel, Settings: plan.Settings{Set: func() []string { return nil }}, Schema: arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}}, nil)}
}

func settled(path string) plan.File {
	return plan.File{Path: path, State: plan.FileState{Changed: 1, Settled: true}}
}

// answerOf runs a query unless it is known, and adds up the first thousands of its batches.
func answerOf(t *testing.T, r *Router, q Query) (sum int64, known bool) {
	t.Helper()
	rows, _ := r.Known(&q)
	if known = rows != nil; !known {
		var err error
		if rows, err = r.Engines[0].Run(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	defer rows.Release()
	for rows.Next() {
		sum += rows.RecordBatch().Column(0).(*array.Int64).Value(0)
	}
	if m, ok := rows.(Metered); !known && (!ok || m.Usage().CPUSeconds != 7) {
		t.Error("what the query took is lost")
	}
	return sum, known
}

func always(plan.File) bool { return true }

func TestAnswersAreKept(t *testing.T) {
	e := &counting{scripted: scripted{name: "duckdb"}, batches: 3}
	c := NewCache(1<<20, always)
	r := &Router{Engines: []Engine{c.Over(e)}}
	for round := range 3 {
		if sum, known := answerOf(t, r, question(5, settled("a"))); sum != 1+2+3 || known != (round > 0) {
			t.Errorf("round %d: %d, known: %v", round, sum, known)
		}
	}
	for name, q := range map[string]Query{
		"another constant":         question(6, settled("a")),
		"another file":             question(5, settled("b")),
		"one more file":            question(5, settled("a"), settled("b")),
		"a file that is fresh":     question(5, plan.File{Path: "a", State: plan.FileState{Changed: 1}}),
		"a file nobody knows of":   question(5, plan.File{Path: "a", State: plan.FileState{Settled: true}}),
		"nobody knows the confs":   func() Query { q := question(5, settled("a")); q.Settings.Set = nil; return q }(),
		"another conf":             confs(question(5, settled("a")), "k", "v"),
		"a conf of another value":  confs(question(5, settled("a")), "k", "w"),
		"confs that look the same": confs(question(5, settled("a")), "kv", ""),
		"ANSI":                     func() Query { q := question(5, settled("a")); q.Settings.ANSI = true; return q }(),
		"names of both cases":      func() Query { q := question(5, settled("a")); q.Settings.CaseSensitive = true; return q }(),
		"another zone":             func() Query { q := question(5, settled("a")); q.Settings.TimeZone = "Asia/Tokyo"; return q }(),
		"another schema": func() Query {
			q := question(5, settled("a"))
			q.Schema = arrow.NewSchema([]arrow.Field{{Name: "m", Type: arrow.PrimitiveTypes.Int64}}, nil)
			return q
		}(),
	} {
		if _, known := answerOf(t, r, q); known {
			t.Errorf("%s: it was known", name)
		}
	}
	if u := c.Usage(); u.Hits != 2 || u.Kept < 5 || u.Bytes < u.Kept*3*8000 {
		t.Errorf("%+v", u)
	}
	q := question(5, settled("a"))
	q.Settings.Conf = func(key string) (string, bool) { return "spark", key == ConfEngine }
	if rows, _ := r.Known(&q); rows != nil {
		t.Error("an answer of duckdb for who wants another engine's")
	}
	if freed := c.Clear(); freed <= 0 || c.Usage().Bytes != 0 || c.Usage().Kept != 0 {
		t.Errorf("%d bytes were freed; %+v", freed, c.Usage())
	}
	if _, known := answerOf(t, r, question(5, settled("a"))); known {
		t.Error("what was forgotten is known")
	}
}

func confs(q Query, set ...string) Query {
	q.Settings.Set = func() []string { return set }
	return q
}

func TestWhatIsNotKept(t *testing.T) {
	for name, c := range map[string]struct {
		engine    counting
		unchanged bool
		read      int // batches
	}{
		"too large":       {counting{batches: 100}, true, 1000},
		"failed":          {counting{batches: 1, fails: errors.New("no")}, true, 1000},
		"not read":        {counting{batches: 3}, true, 2},
		"a file changed":  {counting{batches: 1}, false, 1000},
		"not read at all": {counting{}, true, 0},
	} {
		cache := NewCache(1<<20, func(plan.File) bool { return c.unchanged })
		e := cache.Over(&c.engine)
		q := question(5, settled("a"))
		(&Router{Engines: []Engine{e}}).Known(&q)
		rows, err := e.Run(t.Context(), q)
		if err != nil || q.Reuse == nil {
			t.Fatal(err)
		}
		for n := 0; n < c.read && rows.Next(); n++ {
		}
		rows.Release()
		if u := cache.Usage(); u.Kept != 0 || u.Bytes != 0 {
			t.Errorf("%s: %+v", name, u)
		}
	}
}

// The cache holds no more than it may, and what was used last.
func TestCacheIsBounded(t *testing.T) {
	const limit = 400_000 // of answers of some 25 kB
	cache := NewCache(limit, always)
	r := &Router{Engines: []Engine{cache.Over(&counting{batches: 3})}}
	for i := range int32(50) {
		answerOf(t, r, question(i, settled("a")))
		if u := cache.Usage(); u.Bytes > limit || u.Kept > 16 {
			t.Fatalf("after %d answers: %+v", i, u)
		}
		if _, known := answerOf(t, r, question(0, settled("a"))); !known {
			t.Fatalf("after %d answers the one that is always asked for is gone", i)
		}
	}
	if u := cache.Usage(); u.Kept < 14 || u.Evicted != 50-u.Kept {
		t.Errorf("%+v", u)
	}
	if _, known := answerOf(t, r, question(20, settled("a"))); known {
		t.Error("an old answer is there")
	}
}

// Answers that are found, kept and dropped by many at a time.
func TestConcurrentAnswers(t *testing.T) {
	cache := NewCache(100_000, always)
	done := make(chan error)
	for range 8 {
		go func() {
			r := &Router{Engines: []Engine{cache.Over(&counting{batches: 1})}}
			for i := range int32(200) {
				q := question(i%20, settled("a"))
				rows, _ := r.Known(&q)
				if rows == nil {
					rows, _ = r.Engines[0].Run(context.Background(), q)
				}
				n := 0
				for rows.Next() {
					n += int(rows.RecordBatch().NumRows())
				}
				rows.Release()
				if n != 1000 {
					done <- fmt.Errorf("%d rows", n)
					return
				}
			}
			done <- nil
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
