package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file resolves columns taken from a DataFrame (df.a) by the DataFrame's plan id, as Spark
// Connect does: the relation with that id is looked for below the operator, and the name in it.

// frameMatch is what a search for a DataFrame's column found.
type frameMatch struct {
	expr  plan.Expr // nil: the DataFrame has no such column, or it is out of sight by now
	depth int       // how far below the operator's inputs
	found bool      // the DataFrame is there
}

// dataFrameColumn resolves a name with a plan id; nil means that it is looked up as a plain name.
func (a *analyzer) dataFrameColumn(n *plan.Name, sc *scope) (plan.Expr, error) {
	var inputs []*dataFrame
	for _, in := range sc.inputs {
		if in.dfs != nil {
			inputs = append(inputs, in.dfs)
		}
	}
	m, err := a.searchFrames(n, inputs, 0)
	if err != nil {
		return nil, err
	}
	if !m.found {
		if sc.outer != nil {
			if e, err := a.dataFrameColumn(n, sc.outer); e != nil || err == nil {
				return asOuter(e), err
			}
		}
		return nil, fault.New("CANNOT_RESOLVE_DATAFRAME_COLUMN", "name", quoteSQL(nameText(n))).At(n.Pos)
	}
	if m.expr == nil || !a.visible(m.expr, sc) {
		return nil, nil
	}
	return m.expr, nil
}

// searchFrames looks below some relations. Of several columns found, one of the relations themselves
// wins over those further below; anything else is ambiguous.
func (a *analyzer) searchFrames(n *plan.Name, frames []*dataFrame, depth int) (frameMatch, error) {
	var best frameMatch
	for _, d := range frames {
		m, err := a.searchFrame(n, d, depth)
		if err != nil {
			return best, err
		}
		switch {
		case m.expr == nil:
			best.found = best.found || m.found
		case best.expr == nil:
			best = m
		case best.depth == 0 && m.depth != 0:
		case m.depth == 0 && best.depth != 0:
			best = m
		default:
			return best, fault.New("AMBIGUOUS_COLUMN_REFERENCE", "name", quoteSQL(nameText(n))).At(n.Pos)
		}
	}
	return best, nil
}

func (a *analyzer) searchFrame(n *plan.Name, d *dataFrame, depth int) (frameMatch, error) {
	var m frameMatch
	if d.id.Set && d.id.ID == n.PlanID.ID {
		e, err := a.inNodes(n, []*node{d.node})
		if err != nil {
			e = nil // Spark goes on with the plain name
		}
		return frameMatch{expr: e, depth: depth, found: true}, nil
	}
	m, err := a.searchFrames(n, d.kids, depth+1)
	if err != nil || m.expr == nil || d.node == nil {
		return m, err
	}
	plan.Walk(m.expr, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Column); ok && columnOf(d.node.cols, c.ID) == nil && columnOf(d.node.hidden, c.ID) == nil {
			m.expr = nil // dropped on the way up
		}
		return m.expr != nil
	})
	return m, nil
}

func asOuter(e plan.Expr) plan.Expr {
	if c, ok := e.(*plan.Column); ok {
		return &plan.OuterColumn{Column: c}
	}
	return e
}

func nameText(n *plan.Name) string {
	s := ""
	for i, p := range n.Parts {
		if i > 0 {
			s += "."
		}
		s += plan.QuoteIfNeeded(p)
	}
	return s
}

// visible tells whether all columns of e are in the operator's inputs; it gives them the types and
// the nullability they have there.
func (a *analyzer) visible(e plan.Expr, sc *scope) bool {
	ok := true
	plan.Walk(e, func(x plan.Expr) bool {
		c, isColumn := x.(*plan.Column)
		if !isColumn {
			return ok
		}
		here := false
		for _, in := range sc.inputs {
			for _, list := range [2][]*plan.Column{in.cols, in.hidden} {
				if seen := columnOf(list, c.ID); seen != nil {
					c.Nullable, c.Type, here = seen.Nullable, seen.Type, true
				}
			}
			if sc.group != nil && columnOf(sc.group.in.cols, c.ID) != nil {
				here = true
			}
		}
		ok = ok && here
		return ok
	})
	return ok
}

// dataFrameNode is the relation a star with a plan id expands to.
func (a *analyzer) dataFrameNode(id plan.PlanID, sc *scope, what string, pos plan.Pos) (*node, error) {
	// found are the relations with that id, all of whose columns are still in sight; direct those among them
	// that are an input themselves, which win.
	var found, direct []*node
	var search func(d *dataFrame, depth int)
	search = func(d *dataFrame, depth int) {
		if !d.id.Set || d.id.ID != id.ID {
			for _, k := range d.kids {
				search(k, depth+1)
			}
			return
		}
		for _, c := range d.node.cols {
			copied := *c
			if !a.visible(&copied, sc) {
				return
			}
		}
		found = append(found, d.node)
		if depth == 0 {
			direct = append(direct, d.node)
		}
	}
	for _, in := range sc.inputs {
		if in.dfs != nil && in.dfs.id.Set {
			search(in.dfs, 0)
		} else if in.dfs != nil { // a join: its sides are the inputs
			for _, k := range in.dfs.kids {
				search(k, 0)
			}
		}
	}
	if len(direct) > 0 {
		found = direct
	}
	switch len(found) {
	case 0:
		return nil, fault.New("CANNOT_RESOLVE_DATAFRAME_COLUMN", "name", quoteSQL(what)).At(pos)
	case 1:
		return found[0], nil
	}
	return nil, fault.New("AMBIGUOUS_COLUMN_REFERENCE", "name", quoteSQL(what)).At(pos)
}
