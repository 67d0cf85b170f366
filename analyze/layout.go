package analyze

import (
	"slices"

	"shoal/plan"
)

// This file finds where Spark would have a row: in which partition, and as the how manieth there. It is certain for the
// rows of a range with a number of partitions and for a single row, as long as they were but computed on and filtered.

// layout is how Spark has spread rows.
type layout struct {
	parts    int
	numbers  *plan.Range // the rows are these numbers, or a single one if nil
	filtered bool
}

// place is a row's partition and its place there, from 0: expressions over what a node's relation gives.
type place struct{ partition, position plan.Expr }

// laidOut is the layout of a relation's rows; ok is false where it depends on the data or on how Spark was started.
func (a *analyzer) laidOut(rel plan.Relation) (l layout, ok bool) {
	if parts, marked := a.gathered[rel]; marked && parts != 1 {
		return l, false
	}
	switch r := rel.(type) {
	case *plan.OneRow:
		l.parts, ok = 1, true
	case *plan.Values:
		l.parts, ok = 1, len(r.Rows) == 1
	case *plan.Range:
		l.parts, l.numbers = r.Parts, r
		ok = r.Parts > 0 && countable(r)
	case *plan.Project:
		if holdsWindow(r.Exprs, a.numberings) {
			return l, false
		}
		l, ok = a.laidOut(r.Input)
	case *plan.Filter:
		l, ok = a.laidOut(r.Input)
		l.filtered = true
	}
	if a.gathered[rel] == 1 {
		l.parts = 1
	}
	return l, ok
}

// countable tells that the arithmetic below does not overflow.
func countable(r *plan.Range) bool {
	const far = 1 << 40
	return r.Step != 0 && r.Parts < 1<<20 && max(r.Start, -r.Start) < far && max(r.End, -r.End) < far && max(r.Step, -r.Step) < far
}

// size is how many numbers a range has.
func size(r *plan.Range) int64 {
	n := (r.End - r.Start) / r.Step
	if (r.End-r.Start)%r.Step != 0 {
		n++
	}
	return max(n, 0)
}

// holdsWindow tells that expressions are computed over windows, other than those that number rows.
func holdsWindow(exprs []plan.Expr, numberings map[plan.ColumnID]bool) bool {
	for _, e := range exprs {
		if k, ok := e.(*plan.Alias); ok && numberings[k.ID] {
			continue
		}
		found := false
		plan.Walk(e, func(x plan.Expr) bool {
			_, isWindow := x.(*plan.Window)
			found = found || isWindow
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// placeOf is where the rows of a node are; nil where that is not certain.
func (a *analyzer) placeOf(n *node) (*place, error) {
	if n.place != nil {
		return n.place, nil
	}
	l, ok := a.laidOut(n.rel)
	if !ok {
		return nil, nil
	}
	zero := &plan.Literal{Value: int64(0), Type: plan.Long}
	p := &place{partition: zero, position: zero}
	if l.numbers != nil {
		var err error
		if p, err = a.placeInRange(n, l); err != nil {
			return nil, err
		}
	}
	n.place = p
	return p, nil
}

// placeInRange counts from the row's own number; behind a filter the rows that are left are counted.
func (a *analyzer) placeInRange(n *node, l layout) (*place, error) {
	r, own := l.numbers, l.numbers.Out[0]
	n.rel = a.carry(n.rel, own)
	number := func(x int64) plan.Expr { return &plan.Literal{Value: x, Type: plan.Long} }
	index := called("div", called("-", own, number(r.Start)), number(r.Step))
	p := &place{partition: number(0), position: index}
	parts, count := number(int64(l.parts)), number(max(size(r), 1))
	if l.parts > 1 {
		p.partition = called("div", called("-", called("*", called("+", index, number(1)), parts), number(1)), count)
		p.position = called("-", index, called("div", called("*", p.partition, count), parts))
	}
	if !l.filtered {
		return p, nil
	}
	var by []plan.Expr
	if l.parts > 1 {
		e, err := a.expr(p.partition, &scope{inputs: []*node{n}})
		if err != nil {
			return nil, err
		}
		by = []plan.Expr{e}
	}
	row := a.numberedIn(n, by, []plan.SortOrder{{Expr: own, Desc: r.Step < 0, NullsFirst: true}})
	p.position = called("-", &plan.Cast{Expr: row, To: plan.Long, Implicit: true}, number(1))
	return p, nil
}

// carry makes a relation give a column of its leaf, too.
func (a *analyzer) carry(rel plan.Relation, column *plan.Column) plan.Relation {
	if slices.ContainsFunc(plan.Output(rel), func(c *plan.Column) bool { return c.ID == column.ID }) {
		return rel
	}
	var carried plan.Relation
	switch r := rel.(type) {
	case *plan.Project:
		p := *r
		p.Input = a.carry(r.Input, column)
		p.Exprs, p.Out = append(slices.Clone(r.Exprs), column), append(slices.Clone(r.Out), column)
		carried = &p
	case *plan.Filter:
		f := *r
		f.Input, f.Out = a.carry(r.Input, column), append(slices.Clone(r.Out), column)
		carried = &f
	default:
		return rel
	}
	if parts, marked := a.gathered[rel]; marked {
		a.gather(carried, parts)
	}
	return carried
}

// gather notes that rows were brought into so many partitions; 0 stands for a layout that is not certain.
func (a *analyzer) gather(rel plan.Relation, parts int) {
	if a.gathered == nil {
		a.gathered = map[plan.Relation]int{}
	}
	a.gathered[rel] = parts
}

// regathered is a node's rows brought into other partitions. Without a shuffle one partition has them in their order.
func (a *analyzer) regathered(n *node, parts int, shuffled bool) *node {
	l, ok := a.laidOut(n.rel)
	if !ok {
		return n
	}
	if parts != 1 || shuffled && l.parts != 1 {
		parts = 0
	}
	p := &plan.Project{Common: plan.Common{Pos: n.rel.At()}, Input: n.rel, Exprs: columnExprs(plan.Output(n.rel))}
	p.Out = plan.Output(n.rel)
	again := *n
	again.rel, again.place = p, nil
	a.gather(p, parts)
	return &again
}
