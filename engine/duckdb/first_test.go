package duckdb

// This file tests that first rows do not wait for the last ones.

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"shoal/engine"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// TestFirstRowsAreEarly compares the time to the first batch with that of the whole, on the same machine in the same minute.
func TestFirstRowsAreEarly(t *testing.T) {
	e := open(t)
	file := filepath.Join(t.TempDir(), "a.parquet")
	if err := e.execAll(`COPY (SELECT range AS id, (range * 7919 % 10007)::BIGINT AS k FROM range(8000000)) TO '` + file + `' (FORMAT parquet)`); err != nil {
		t.Fatal(err)
	}
	scan := &plan.Scan{Format: "parquet", Files: []plan.File{{Path: file}}, Physical: []string{"id", "k"}}
	scan.Out = []*plan.Column{{ID: 1, Name: "id", Type: plan.Long}, {ID: 2, Name: "k", Type: plan.Long}}
	limit := func(in plan.Relation, n int32) plan.Relation {
		return &plan.Limit{Common: scan.Common, Input: in, Count: &plan.Literal{Value: n, Type: plan.Int}}
	}
	rare := &plan.Filter{Common: scan.Common, Input: scan, Cond: &plan.Func{Name: "=", Type: plan.Boolean,
		Args: []plan.Expr{scan.Out[1], &plan.Literal{Value: int64(7), Type: plan.Long}}}}
	whole := quickest(t, e, scan, true)
	for name, c := range map[string]struct {
		of  plan.Relation
		all bool
	}{
		"the first batch of a scan":    {scan, false},
		"limit 20":                     {limit(scan, 20), true},
		"the first match of a filter":  {limit(rare, 1), true},
		"limit 20 of a billion":        {limit(billion(scan.Out), 20), true},
		"the first batch of a billion": {billion(scan.Out), false},
	} {
		if took := quickest(t, e, c.of, c.all); took > whole/3 {
			t.Errorf("%s took %v, the whole scan %v", name, took, whole)
		}
	}
}

// billion is a range in two columns.
func billion(out []*plan.Column) plan.Relation {
	r := &plan.Range{End: 1e9, Step: 1}
	r.Out = []*plan.Column{{ID: 9, Name: "id", Type: plan.Long}}
	return &plan.Project{Common: plan.Common{Out: out}, Input: r, Exprs: []plan.Expr{
		&plan.Alias{Expr: r.Out[0], ID: out[0].ID, Names: []string{"id"}}, &plan.Alias{Expr: r.Out[0], ID: out[1].ID, Names: []string{"k"}}}}
}

// quickest is the best time of some runs, to the first batch or to the end.
func quickest(t *testing.T, e *Engine, r plan.Relation, all bool) time.Duration {
	t.Helper()
	best := time.Hour
	for range 5 {
		start := time.Now()
		rows, err := e.Run(context.Background(), engine.Query{Plan: r, Settings: plan.Settings{ANSI: true, TimeZone: "UTC"}, Schema: arrowtype.Schema(plan.Output(r), "UTC")})
		if err != nil {
			t.Fatal(err)
		}
		if !rows.Next() {
			t.Fatal("no rows: ", rows.Err())
		}
		for all && rows.Next() {
		}
		best = min(best, time.Since(start))
		rows.Release()
	}
	return best
}
