package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file resolves columns taken from a DataFrame (df.a) by the DataFrame's plan id, as Spark
// Connect does: the relation with that id is looked for below the operator, and the name in it.

// frameMatch is a relation with the wanted id, and how far below it was found.
type frameMatch struct {
	node  *node
	depth int
}

// frames lists the relations with a plan id below the operator's inputs.
func frames(sc *scope, id plan.PlanID) []frameMatch {
	var found []frameMatch
	var search func(d *dataFrame, depth int)
	search = func(d *dataFrame, depth int) {
		if d == nil {
			return
		}
		if d.id.Set && d.id.ID == id.ID {
			found = append(found, frameMatch{d.node, depth})
			return
		}
		for _, k := range d.kids {
			search(k, depth+1)
		}
	}
	for _, in := range sc.inputs {
		search(in.dfs, 0)
	}
	return found
}

// dataFrameColumn resolves a name with a plan id; nil means that it is looked up as a plain name.
func (a *analyzer) dataFrameColumn(n *plan.Name, sc *scope) (plan.Expr, error) {
	found := frames(sc, n.PlanID)
	if len(found) == 0 {
		if sc.outer != nil {
			if e, err := a.dataFrameColumn(n, sc.outer); e != nil || err == nil {
				return asOuter(e), err
			}
		}
		return nil, fault.New("CANNOT_RESOLVE_DATAFRAME_COLUMN", "name", quoteSQL(nameText(n))).At(n.Pos)
	}
	var best plan.Expr
	bestDepth, ties := 0, 0
	for _, f := range found {
		e, err := a.inNodes(n, []*node{f.node})
		if err != nil || e == nil || !a.visible(e, sc) {
			continue
		}
		switch {
		case best == nil || f.depth < bestDepth:
			best, bestDepth, ties = e, f.depth, 1
		case f.depth == bestDepth:
			ties++
		}
	}
	if ties > 1 {
		return nil, fault.New("AMBIGUOUS_COLUMN_REFERENCE", "name", plan.QuoteParts(n.Parts)).At(n.Pos)
	}
	return best, nil
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
	found := frames(sc, id)
	switch len(found) {
	case 0:
		return nil, fault.New("CANNOT_RESOLVE_DATAFRAME_COLUMN", "name", quoteSQL(what)).At(pos)
	case 1:
		return found[0].node, nil
	}
	return nil, fault.New("AMBIGUOUS_COLUMN_REFERENCE", "name", plan.Quote(what)).At(pos)
}
