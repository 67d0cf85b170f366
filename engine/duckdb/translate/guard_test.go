package translate_test

// This file proves that an expression that may fail is evaluated only where Spark evaluates it:
// over many chunks, in both orders, in every construct that skips. Spark's own answers to the same
// questions stand in sparktest/corpus/guarded.

import (
	"context"
	"strings"
	"testing"

	"shoal/engine"
	"shoal/engine/duckdb"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// numbers is range(0, n) with the column id.
func numbers(n int64) (*plan.Range, *plan.Column) {
	id := &plan.Column{ID: 1, Name: "id", Type: plan.Long}
	r := &plan.Range{End: n, Step: 1}
	r.Out = []*plan.Column{id}
	return r, id
}

func fn(name string, typ plan.Type, args ...plan.Expr) *plan.Func {
	return &plan.Func{Name: name, Type: typ, Args: args, ANSI: true, Nullable: true}
}

func long(v int64) plan.Expr { return &plan.Literal{Value: v, Type: plan.Long} }

func project(in plan.Relation, id plan.ColumnID, e plan.Expr) *plan.Project {
	p := &plan.Project{Input: in, Exprs: []plan.Expr{&plan.Alias{Expr: e, Names: []string{"x"}, ID: id}}}
	p.Out = []*plan.Column{{ID: id, Name: "x", Type: plan.TypeOf(e), Nullable: true}}
	return p
}

func filter(in plan.Relation, cond plan.Expr) *plan.Filter {
	f := &plan.Filter{Input: in, Cond: cond}
	f.Out = plan.Output(in)
	return f
}

// rows runs a plan and counts its rows.
func rows(t *testing.T, e *duckdb.Engine, rel plan.Relation) (int64, error) {
	t.Helper()
	s := plan.Settings{ANSI: true, TimeZone: "UTC"}
	r, err := e.Run(context.Background(), engine.Query{Plan: rel, Settings: s, Schema: arrowtype.Schema(plan.Output(rel), "UTC")})
	if err != nil {
		return 0, err
	}
	defer r.Release()
	n := int64(0)
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	return n, r.Err()
}

func TestGuards(t *testing.T) {
	e, err := duckdb.Open(duckdb.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	const n = 100_000
	in, id := numbers(n)
	// b is zero in every seventh row; q fails there.
	b := fn("%", plan.Long, id, long(7))
	q := fn("div", plan.Long, id, b)
	nonZero := fn("not", plan.Boolean, fn("=", plan.Boolean, b, long(0)))
	zero := fn("=", plan.Boolean, b, long(0))
	positive := fn(">=", plan.Boolean, q, long(0))
	and := func(x, y plan.Expr) plan.Expr { return fn("and", plan.Boolean, x, y) }
	or := func(x, y plan.Expr) plan.Expr { return fn("or", plan.Boolean, x, y) }
	const others = n - (n+6)/7
	cases := []struct {
		name  string
		plan  plan.Relation
		rows  int64
		fails bool
	}{
		{"filter, guard first", filter(in, and(nonZero, positive)), others, false},
		{"filter, guard last", filter(in, and(positive, nonZero)), 0, true},
		{"filter, or", filter(in, or(zero, positive)), n, false},
		{"filter, or, guard last", filter(in, or(positive, zero)), 0, true},
		{"value, and", project(in, 2, and(nonZero, positive)), n, false},
		{"value, or", project(in, 2, or(zero, positive)), n, false},
		{"value, unguarded", project(in, 2, q), 0, true},
		{"if", project(in, 2, fn("if", plan.Long, nonZero, q, long(0))), n, false},
		{"case", project(in, 2, fn("when", plan.Long, zero, long(1), q)), n, false},
		{"coalesce", project(in, 2, fn("coalesce", plan.Long, fn("if", plan.Long, zero, long(1), long(2)), q)), n, false},
		{"two filters", filter(filter(in, nonZero), positive), others, false},
		{"filter over project", filter(project(filter(in, nonZero), 2, q), fn(">=", plan.Boolean, &plan.Column{ID: 2, Type: plan.Long}, long(0))), others, false},
		{"filter before project", project(filter(in, nonZero), 2, q), others, false},
		{"project twice", project(project(in, 2, q), 3, long(1)), n, false},
		{"filter above a limit", project(filter(limit(filter(in, nonZero), n), positive), 2, q), others, false},
		{"join", guardedJoin(in, and, nonZero, positive), others, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := rows(t, e, c.plan)
			switch {
			case c.fails && (err == nil || !strings.Contains(err.Error(), "DIVIDE_BY_ZERO")):
				t.Fatalf("got %d rows, %v; Spark fails with DIVIDE_BY_ZERO", got, err)
			case !c.fails && err != nil:
				t.Fatal(err)
			case !c.fails && got != c.rows:
				t.Fatalf("got %d rows, want %d", got, c.rows)
			}
		})
	}
}

func limit(in plan.Relation, n int32) *plan.Limit {
	l := &plan.Limit{Input: in, Count: &plan.Literal{Value: n, Type: plan.Int}}
	l.Out = plan.Output(in)
	return l
}

// guardedJoin is numbers JOIN numbers ON equal ids AND the condition, whose guard stands first.
func guardedJoin(left *plan.Range, and func(x, y plan.Expr) plan.Expr, guard, risky plan.Expr) plan.Relation {
	other := &plan.Column{ID: 9, Name: "id", Type: plan.Long}
	right := &plan.Range{End: left.End, Step: 1}
	right.Out = []*plan.Column{other}
	cond := and(and(fn("=", plan.Boolean, left.Out[0], other), guard), risky)
	j := &plan.Join{Left: left, Right: right, Type: plan.InnerJoin, Cond: cond}
	j.Out = []*plan.Column{left.Out[0], other}
	return j
}
