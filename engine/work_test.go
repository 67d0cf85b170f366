package engine

import (
	"math"
	"testing"

	"shoal/plan"
)

// events is a Parquet table of a gigabyte in ten columns.
func events() *plan.Scan {
	s := &plan.Scan{Format: "parquet", Files: []plan.File{{Size: 1 << 30}}}
	for i := range 10 {
		s.Out = append(s.Out, &plan.Column{ID: plan.ColumnID(100 + i), Type: plan.Long})
	}
	return s
}

func numbers(n int64) *plan.Range {
	r := &plan.Range{End: n, Step: 1}
	r.Out = []*plan.Column{{ID: plan.ColumnID(n), Name: "id", Type: plan.Long}}
	return r
}

func first(in plan.Relation, n int32) plan.Relation {
	return &plan.Limit{Common: plan.Common{Out: plan.Output(in)}, Input: in, Count: &plan.Literal{Value: n, Type: plan.Int}}
}

func total(in plan.Relation, of *plan.Column) plan.Relation {
	return &plan.Aggregate{Common: plan.Common{Out: []*plan.Column{{ID: 1, Type: plan.Long}}}, Input: in, Aggs: []plan.Expr{&plan.Func{Name: "sum", Args: []plan.Expr{of}}}}
}

// What is short and what is heavy must not be taken for each other: the bounds are far from the limit of a class.
func TestWorkOfQueries(t *testing.T) {
	scan := events()
	sorted := &plan.Sort{Common: scan.Common, Input: scan}
	a, b := numbers(100_000), numbers(200_000)
	pairs := &plan.Join{Common: plan.Common{Out: append(plan.Output(a), plan.Output(b)...)}, Left: a, Right: b}
	equal := &plan.Func{Name: "=", Args: []plan.Expr{a.Out[0], b.Out[0]}}
	keyed := &plan.Filter{Common: pairs.Common, Input: pairs, Cond: equal}
	for name, c := range map[string]struct {
		query       plan.Relation
		least, most float64 // CPU seconds
	}{
		"a row":                       {&plan.OneRow{}, 0, 0.001},
		"a sum of one column":         {total(scan, scan.Out[3]), 0.1, 5},
		"the whole table":             {scan, 1, 60},
		"its first rows":              {first(scan, 20), 0, 0.05},
		"its first rows, sorted":      {first(sorted, 20), 1, 60},
		"a small range":               {numbers(1000), 0, 0.001},
		"a huge range":                {total(numbers(1e12), &plan.Column{ID: 1e12}), 500, 1e6},
		"all pairs":                   {pairs, 10, 1e4},
		"pairs that are equal":        {keyed, 0, 0.1},
		"a range that counts down":    {&plan.Range{Start: 10, End: -1 << 40, Step: 1}, 0, 0.001},
		"a range beyond all integers": {&plan.Range{Start: -1 << 63, End: 1<<63 - 1, Step: 1}, 1e9, 1e12},
	} {
		if got := WorkOf(c.query).CPUSeconds; got < c.least || got > c.most {
			t.Errorf("%s: %g CPU seconds, not %g to %g", name, got, c.least, c.most)
		}
	}
	if got := WorkOf(scan).Bytes; got != 1<<30 {
		t.Errorf("%d bytes read", got)
	}
}

// A table whose footers were read is as large as they say, if that can be.
func TestWorkOfFooters(t *testing.T) {
	scan := events()
	scan.Sizes = make([]int64, len(scan.Out))
	scan.Rows, scan.Sizes[3], scan.Sizes[4] = 50, 1000, 2000
	one := &plan.Project{Common: plan.Common{Out: []*plan.Column{{ID: 1, Type: plan.Long}}}, Input: scan, Exprs: []plan.Expr{scan.Out[3]}}
	if got := WorkOf(one); got.Bytes != 1000 || got.CPUSeconds > 1e-4 {
		t.Errorf("one column of 50 rows: %+v", got)
	}
	for _, lie := range []int64{-1, -1 << 63, 1<<63 - 1} {
		scan.Rows, scan.Sizes[3] = lie, lie
		got := WorkOf(&plan.Sort{Common: scan.Common, Input: scan})
		if got.CPUSeconds < 0 || math.IsNaN(got.CPUSeconds) || got.Bytes < 0 || got.PeakMemory < 0 || got.Confidence < 0 || got.Confidence > 1 {
			t.Errorf("%d rows: %+v", lie, got)
		}
	}
	scan.Sizes = scan.Sizes[:2] // of other columns
	if got := WorkOf(scan).Bytes; got != 1<<30 {
		t.Errorf("%d bytes", got)
	}
}

// Conditions are asked where the columns are, whatever stands between.
func TestFiltersBelowJoins(t *testing.T) {
	a, b := numbers(100_000), numbers(200_000)
	pairs := &plan.Join{Common: plan.Common{Out: append(plan.Output(a), plan.Output(b)...)}, Left: a, Right: b}
	is := func(name string, x, y plan.Expr) plan.Expr { return &plan.Func{Name: name, Args: []plan.Expr{x, y}} }
	rows := func(conds ...plan.Expr) float64 {
		cond := conds[0]
		for _, c := range conds[1:] {
			cond = is("and", cond, c)
		}
		return WorkOf(&plan.Filter{Common: pairs.Common, Input: pairs, Cond: cond}).Rows - 300_000
	}
	five := &plan.Literal{Value: int32(5), Type: plan.Int}
	equal := is("=", a.Out[0], b.Out[0])
	all, some, few := rows(equal), rows(equal, is("<", b.Out[0], five)), rows(equal, is("=", b.Out[0], five))
	if all != 200_000 || some >= all || few >= some {
		t.Errorf("%g rows, below a bound %g, at a value %g", all, some, few)
	}
	if got := rows(is("<", a.Out[0], b.Out[0])); got < 1e9 {
		t.Errorf("%g pairs without a key", got)
	}
}
