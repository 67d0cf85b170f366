package duckdb

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/engine"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// numbers is range(n), as a plan.
func numbers(n int64) engine.Query {
	r := &plan.Range{End: n, Step: 1}
	r.Out = []*plan.Column{{ID: 1, Name: "id", Type: plan.Long}}
	return engine.Query{Plan: r, Settings: plan.Settings{ANSI: true, TimeZone: "UTC"}, Schema: arrowtype.Schema(r.Out, "UTC")}
}

func TestRun(t *testing.T) {
	e := open(t)
	q := numbers(5000)
	if err := e.Accepts(q); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is translated anew
		r, err := e.Run(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		rows := int64(0)
		for r.Next() {
			rows += r.RecordBatch().NumRows()
			if !r.RecordBatch().Schema().Equal(q.Schema) {
				t.Errorf("schema %v", r.RecordBatch().Schema())
			}
		}
		r.Release()
		if rows != 5000 || r.Err() != nil {
			t.Errorf("%d rows, error %v", rows, r.Err())
		}
	}
	if err := e.Accepts(engine.Query{}); err == nil {
		t.Error("a query without a plan was accepted")
	}
	if est := e.Estimate(q); est.Latency <= 0 || est.CPUSeconds <= 0 {
		t.Errorf("estimate %+v", est)
	}
}

func TestPanicIsTheQuerysError(t *testing.T) {
	e := open(t)
	q := numbers(5)
	q.Plan = &plan.Filter{Input: q.Plan, Cond: &plan.Name{Parts: []string{"unresolved"}}}
	if err := e.Accepts(q); err == nil {
		t.Error("an unresolved plan was accepted")
	}
	if _, err := e.Run(context.Background(), q); err == nil {
		t.Error("an unresolved plan ran")
	}
}

// TestClosedEngine shuts an engine down under a running query.
func TestClosedEngine(t *testing.T) {
	e, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Run(context.Background(), numbers(1e12))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		for r.Next() {
		}
		err := r.Err()
		r.Release()
		done <- err
	}()
	if err := e.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("the query ended well")
	}
	if _, err := e.Run(context.Background(), numbers(1)); err == nil {
		t.Error("a closed engine runs queries")
	}
}

// TestChangedFiles reads files that are replaced at once, and from one second to the next.
func TestChangedFiles(t *testing.T) {
	e := open(t)
	file := filepath.Join(t.TempDir(), "a.parquet")
	for i := range 12 {
		sql := fmt.Sprintf("COPY (SELECT range + %d AS id FROM range(%d)) TO '%s' (FORMAT parquet)", i*1000, 10+i%2, file)
		if err := e.execAll(sql); err != nil {
			t.Fatal(err)
		}
		got := collect(t, e, "SELECT min(id), count(*) FROM read_parquet('"+file+"')", arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64)
		if got[0][0] != fmt.Sprint(i*1000) || got[0][1] != fmt.Sprint(10+i%2) {
			t.Errorf("version %d: got %v", i, got)
		}
		if i%4 == 3 {
			time.Sleep(400 * time.Millisecond)
		}
	}
}

// TestNothingIsLeft runs queries that end well, early and badly, and looks for what they leave.
func TestNothingIsLeft(t *testing.T) {
	e := open(t)
	before := runtime.NumGoroutine()
	for i := range 60 {
		ctx, cancel := context.WithCancel(context.Background())
		sql := []string{"SELECT range FROM range(10)", "SELECT range FROM range(100000000)", "SELECT error('x')::BIGINT FROM range(10)"}[i%3]
		r, err := e.runSQL(ctx, request{sql: sql, schema: schemaOf(arrow.PrimitiveTypes.Int64), progress: func(engine.Progress) {}})
		if err == nil {
			r.Next()
			if i%2 == 0 {
				cancel()
				r.Next()
			}
			r.Release()
		}
		cancel()
	}
	for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
	if len(e.busy) != 0 || len(e.slots) != 0 {
		t.Errorf("%d connections and %d slots are not given back", len(e.busy), len(e.slots))
	}
}
