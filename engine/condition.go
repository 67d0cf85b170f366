package engine

// This file guesses what conditions let through.

import (
	"strings"

	"shoal/plan"
)

// The share of the rows that a condition lets through.
const (
	ofEqual   = 0.05 // equal to a constant
	ofRange   = 0.3  // below or above one
	ofLike    = 0.1  // like a pattern
	ofAny     = 0.5  // anything else
	leastPart = 1e-4 // of several
)

// condition is a part of a filter: all parts hold for the rows that come through.
type condition struct {
	expr    plan.Expr
	columns map[plan.ColumnID]bool
	share   float64
	equal   bool // it says that two things are equal that are no constants
}

// conditions are those above a relation.
type conditions []condition

// conditionsOf splits a filter into its parts.
func conditionsOf(x plan.Expr) conditions {
	if x == nil {
		return nil
	}
	if f, ok := x.(*plan.Func); ok && strings.EqualFold(f.Name, "and") {
		var all conditions
		for _, a := range f.Args {
			all = append(all, conditionsOf(a)...)
		}
		return all
	}
	c := condition{expr: x, columns: map[plan.ColumnID]bool{}, share: shareOf(x), equal: comparesColumns(x)}
	plan.Walk(x, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Column:
			c.columns[x.ID] = true
		case *plan.OuterColumn, *plan.Subquery:
			c.columns[0] = true // no relation has it
		}
		return true
	})
	return conditions{c}
}

// equal tells whether one of them compares columns, so that a join without a condition of its own is no cross product.
func (all conditions) equal() bool {
	for _, c := range all {
		if c.equal {
			return true
		}
	}
	return false
}

// under guesses a side of a join of which the conditions above can be asked already: engines do that.
func (g *guesser) under(r plan.Relation, above conditions) guess {
	in := g.of(r, above)
	switch r.(type) {
	case *plan.Join, *plan.Filter: // it was done below
		return in
	}
	return in.through(above.about(r))
}

// about are the conditions for which a relation has all columns.
func (all conditions) about(r plan.Relation) (about conditions) {
	if len(all) == 0 {
		return nil
	}
	has := map[plan.ColumnID]bool{} // of those that the conditions have: a relation may have thousands
	for _, c := range all {
		for id := range c.columns {
			has[id] = false
		}
	}
	for _, c := range plan.Output(r) {
		if _, asked := has[c.ID]; asked {
			has[c.ID] = true
		}
	}
	for _, c := range all {
		if c.within(has) {
			about = append(about, c)
		}
	}
	return about
}

func (c condition) within(has map[plan.ColumnID]bool) bool {
	for id := range c.columns {
		if !has[id] {
			return false
		}
	}
	return len(c.columns) > 0
}

// through is what conditions let through.
func (g guess) through(all conditions) guess {
	share := 1.0
	for _, c := range all {
		g.cpu += g.rows * costOf(c.expr)
		if c.share < 1 {
			share *= c.share
			g.sure *= fairly
		}
	}
	g.rows *= max(share, leastPart)
	return g
}

// filter guesses what its conditions leave. Those that tell about one side of a join below were counted there.
func (g *guesser) filter(r *plan.Filter, above conditions) guess {
	own := conditionsOf(r.Cond)
	all := append(above[:len(above):len(above)], own...)
	in := g.of(r.Input, all)
	in.cpu += g.inside(r.Cond)
	join, joins := r.Input.(*plan.Join)
	if !joins {
		return in.through(own)
	}
	var rest conditions
	left, right := own.about(join.Left), own.about(join.Right)
	for _, c := range own {
		if !c.equal && !left.has(c) && !right.has(c) {
			rest = append(rest, c)
		}
	}
	return in.through(rest)
}

func (all conditions) has(c condition) bool {
	for _, other := range all {
		if other.expr == c.expr {
			return true
		}
	}
	return false
}

// shareOf is how much of the rows a condition lets through, as a rule.
func shareOf(x plan.Expr) float64 {
	f, ok := x.(*plan.Func)
	if !ok {
		return ofAny
	}
	switch f.Name {
	case "or":
		none := 1.0
		for _, a := range f.Args {
			none *= 1 - shareOf(a)
		}
		return 1 - none
	case "and":
		share := 1.0
		for _, a := range f.Args {
			share *= shareOf(a)
		}
		return share
	case "not":
		return 1 - shareOf(f.Args[0])*0.9
	case "=", "<=>":
		if comparesColumns(x) {
			return 1
		}
		return ofEqual
	case "in":
		return min(ofAny, ofEqual*float64(len(f.Args)-1))
	case "<", "<=", ">", ">=":
		return ofRange
	case "isnotnull":
		return 1
	}
	if strings.Contains(f.Name, "like") {
		return ofLike
	}
	return ofAny
}

// comparesColumns tells whether a condition has an equality of two things that are no constants.
func comparesColumns(cond plan.Expr) (found bool) {
	if cond == nil {
		return false
	}
	plan.Walk(cond, func(x plan.Expr) bool {
		f, ok := x.(*plan.Func)
		if ok && (f.Name == "=" || f.Name == "<=>") && len(f.Args) == 2 {
			found = found || !constant(f.Args[0]) && !constant(f.Args[1])
		}
		return !found
	})
	return found
}

func constant(x plan.Expr) bool {
	fixed := true
	plan.Walk(x, func(x plan.Expr) bool {
		switch x.(type) {
		case *plan.Column, *plan.OuterColumn, *plan.Subquery:
			fixed = false
		}
		return fixed
	})
	return fixed
}
