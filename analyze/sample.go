package analyze

import (
	"math"
	"slices"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves samples: df.sample, df.randomSplit, TABLESAMPLE.

// drawnSeed is from where on a seed counts as one that the client drew itself, as PySpark does where the user
// gives none: it draws 63 bits. People's seeds are smaller, and what they give depends on Spark's partitions.
const drawnSeed = 1 << 40

// sample keeps a random part. All or nothing is not random.
func (a *analyzer) sample(r *plan.Sample, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	switch size := r.Upper - r.Lower; {
	case size < 0, size > 1 && !r.WithReplacement:
		return nil, fault.Illegal("a sample's fraction is from 0 to 1, or beyond with replacement, not %v", size)
	case r.WithReplacement:
	case r.Lower == 0 && r.Upper == 1:
		n := *in
		return &n, nil
	case r.Lower == r.Upper:
		return over(&plan.Limit{Common: at(r), Input: in.rel, Count: lit(0)}, in), nil
	case r.Seed != nil && *r.Seed >= drawnSeed:
		return a.sampleDrawn(r, in)
	}
	if chosen, err := a.sampleSeeded(r, in); chosen != nil || err != nil {
		return chosen, err
	}
	s := *r
	s.Common, s.Input = at(r), in.rel
	return over(&s, in), nil
}

// sampleDrawn chooses by a hash of the seed and the row's number: each use of the DataFrame has the same rows, and the
// parts of a randomSplit, which asks for an order that does not change, have all rows together and none twice.
func (a *analyzer) sampleDrawn(r *plan.Sample, in *node) (*node, error) {
	var order []plan.SortOrder
	if r.Ordered {
		for _, c := range in.cols {
			if !orderable(c.Type) {
				return nil, fault.Unsupported("a randomSplit of rows with a column of type %s", c.Type).At(r.Pos)
			}
			order = append(order, plan.SortOrder{Expr: c, NullsFirst: true})
		}
	}
	n := *in
	row := a.numbered(&n, order)
	chance := chanceOf(row, *r.Seed)
	chosen, err := a.where(&n, called("and", called(">=", chance, lit(r.Lower)), called("<", chance, lit(r.Upper))), r, nil)
	if err != nil {
		return nil, err
	}
	return a.projectOver(chosen, columnExprs(in.cols), r, nil)
}

// sampleSeeded chooses as Spark does with the user's seed; nil where Spark's partitions are not certain.
func (a *analyzer) sampleSeeded(r *plan.Sample, in *node) (*node, error) {
	if r.Seed == nil || r.Ordered || r.WithReplacement || r.Lower > 0 { // a part of a randomSplit
		return nil, nil
	}
	n := *in
	p, err := a.placeOf(&n)
	if p == nil || err != nil {
		return nil, err
	}
	a.draws = true
	chance := called("seeded_rand", &plan.Literal{Value: *r.Seed, Type: plan.Long}, p.partition, p.position)
	chosen, err := a.where(&n, called("<", chance, lit(r.Upper)), r, nil)
	if err != nil {
		return nil, err
	}
	return a.projectOver(chosen, columnExprs(in.cols), r, nil)
}

// sampleBy keeps a share of the rows of each stratum, as df.stat.sampleBy does.
func (a *analyzer) sampleBy(r *plan.Stat, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	n := *in
	p, err := a.placeOf(&n)
	if err != nil {
		return nil, err
	}
	if p == nil || r.Seed == nil || len(r.Strata) == 0 {
		return nil, fault.Unsupported("df.stat.sampleBy of rows that Spark may spread over partitions as it likes").At(r.Pos)
	}
	a.draws = true
	var arms []plan.Expr
	for _, s := range r.Strata {
		arms = append(arms, called("<=>", r.Column, s.Value), lit(s.Fraction))
	}
	share := called("when", append(arms, lit(0.0))...)
	chance := called("seeded_rand", &plan.Literal{Value: *r.Seed, Type: plan.Long}, p.partition, p.position)
	kept, err := a.where(&n, called("<", chance, share), r, outer)
	if err != nil {
		return nil, err
	}
	return a.projectOver(kept, columnExprs(in.cols), r, outer)
}

// numbered adds the number of each row to what a node's relation gives, but not to the columns it shows.
func (a *analyzer) numbered(n *node, order []plan.SortOrder) *plan.Column {
	n.row = a.numberedIn(n, nil, order)
	return n.row
}

// numberedIn numbers the rows of each partition of a window.
func (a *analyzer) numberedIn(n *node, by []plan.Expr, order []plan.SortOrder) *plan.Column {
	number := &plan.Window{Func: &plan.Func{Name: "row_number", Kind: plan.WindowFunc, Type: plan.Int}, Partition: by, Order: order,
		Frame: &plan.Frame{Rows: true, Start: plan.Bound{Kind: plan.UnboundedPreceding}, End: plan.Bound{Kind: plan.CurrentRow}}}
	item := &plan.Alias{Expr: number, Names: []string{"row"}, ID: a.newID()}
	out := plan.Output(n.rel)
	p := &plan.Project{Common: plan.Common{Pos: n.rel.At()}, Input: n.rel, Exprs: append(columnExprs(out), item)}
	p.Out = append(slices.Clone(out), aliasColumn(item))
	n.rel = p
	if a.numberings == nil {
		a.numberings = map[plan.ColumnID]bool{}
	}
	a.numberings[item.ID] = true
	return p.Out[len(out)]
}

// chanceOf is a number from 0 up to 1 for each row and seed.
func chanceOf(row *plan.Column, seed int64) plan.Expr {
	const unit = 1.0 / (1 << 53)
	bits := called("shiftrightunsigned", called("xxhash64", row, &plan.Literal{Value: seed, Type: plan.Long}), lit(11))
	return called("*", &plan.Cast{Expr: bits, To: plan.Double, Implicit: true}, lit(unit))
}

// drawn is rand or randn with a seed that the client drew: each use of the DataFrame has the same numbers. It is nil for
// all else, and where there are no rows to number.
func (a *analyzer) drawn(e *plan.Call, key string, sc *scope) (plan.Expr, error) {
	if key != "rand" && key != "randn" || len(e.Args) != 1 || len(sc.inputs) != 1 || sc.group != nil || sc.lambda != nil {
		return nil, nil
	}
	seed, ok := e.Args[0].(*plan.Literal)
	if !ok {
		return nil, nil
	}
	n, ok := seed.Value.(int64)
	if !ok || n < drawnSeed {
		return nil, nil
	}
	in := sc.inputs[0]
	if in.row == nil {
		a.numbered(in, nil)
	}
	number := chanceOf(in.row, n)
	if key == "randn" { // Box and Muller; 1 - u is never 0
		size := called("sqrt", called("*", lit(-2.0), called("ln", called("-", lit(1.0), number))))
		number = called("*", size, called("cos", called("*", lit(2*math.Pi), chanceOf(in.row, ^n))))
		number = called("coalesce", number, lit(0.0)) // it never is NULL
	}
	r, err := a.expr(number, sc)
	if err != nil {
		return nil, err
	}
	s, _ := a.lookup(key)
	return a.remember(r, &call{a: a, pos: e.Pos, sig: s, name: key, show: key, args: []plan.Expr{seed}, source: e}), nil
}
