package duckdb

import (
	"context"
	"testing"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// One value alone can take more than the limit, which DuckDB itself does not count.
func TestValueLargerThanTheLimit(t *testing.T) {
	e, err := Open(Options{TempDir: t.TempDir(), MemoryLimit: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	text := func(s string) plan.Expr { return &plan.Literal{Value: s, Type: plan.String} }
	n := &plan.Literal{Value: int32(2_000_000_000), Type: plan.Int}
	array := plan.Array{Elem: plan.Int}
	for name, f := range map[string]*plan.Func{
		"repeat":       {Args: []plan.Expr{text("x"), n}, Type: plan.String},
		"space":        {Args: []plan.Expr{n}, Type: plan.String},
		"lpad":         {Args: []plan.Expr{text("x"), n, text("y")}, Type: plan.String},
		"rpad":         {Args: []plan.Expr{text("x"), n, text("y")}, Type: plan.String},
		"sequence":     {Args: []plan.Expr{&plan.Literal{Value: int32(1), Type: plan.Int}, n}, Type: array},
		"array_repeat": {Args: []plan.Expr{n, n}, Type: array},
	} {
		f.Name = name
		p := &plan.Project{Input: &plan.OneRow{}, Exprs: []plan.Expr{&plan.Alias{Expr: f, Names: []string{"x"}, ID: 1}}}
		p.Out = []*plan.Column{{ID: 1, Name: "x", Type: f.Type}}
		q := engine.Query{Plan: p, Settings: plan.Settings{ANSI: true, TimeZone: "UTC"}, Schema: arrowtype.Schema(p.Out, "UTC")}
		r, err := e.Run(context.Background(), q)
		if err == nil {
			r.Next()
			err = r.Err()
			r.Release()
		}
		if !fault.IsOutOfMemory(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
