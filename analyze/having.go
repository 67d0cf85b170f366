package analyze

import (
	"slices"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves what stands above a GROUP BY and may still look into it: HAVING and ORDER BY.

// lift rewrites an expression of HAVING or ORDER BY, resolved over the select list and the
// grouped input, into one over the node above the aggregate.
func (g *grouping) lift(e plan.Expr, top *node) (plan.Expr, error) {
	if c, ok := e.(*plan.Column); ok && holdsID(plan.Output(g.node.rel), c.ID) {
		return e, nil
	}
	if c := g.key(e); c != nil {
		g.export(c, top)
		return g.use(c, e), nil
	}
	switch x := e.(type) {
	case *plan.Column:
		return nil, unresolved("UNRESOLVED_COLUMN", []string{x.Name}, g.node.cols, "objectName").At(x.Pos)
	case *plan.Func:
		if x.Kind != plan.AggregateFunc {
			break
		}
		var c plan.Expr
		var err error
		if isGrouping(x) {
			c, err = g.groupingColumn(x)
		} else {
			c, err = g.aggColumn(x, nil)
		}
		if err != nil {
			return nil, err
		}
		if column, ok := c.(*plan.Column); ok {
			g.export(column, top)
			return g.use(column, e), nil
		}
		return c, nil
	}
	return mapChildren(e, func(x plan.Expr) (plan.Expr, error) { return g.lift(x, top) })
}

// export makes a column of the Aggregate visible to the node top above the select list.
func (g *grouping) export(c *plan.Column, top *node) {
	if g.proj != nil && !holdsID(g.proj.Out, c.ID) {
		g.proj.Exprs = append(g.proj.Exprs, c)
		g.proj.Out = append(g.proj.Out[:len(g.proj.Out):len(g.proj.Out)], c)
	}
	for n := top; n != nil && n != g.node; n = n.input {
		out := plan.Output(n.rel)
		if !holdsID(out, c.ID) {
			n.rel.Node().Out = append(out[:len(out):len(out)], c)
		}
	}
}

// fromGrouping looks a name of HAVING or ORDER BY up. HAVING prefers the grouped input inside
// aggregates and for keys; ORDER BY the select list.
func (a *analyzer) fromGrouping(n *plan.Name, sc *scope) (plan.Expr, error) {
	g := sc.group
	listed := []*node{g.node}
	if !sc.having {
		e, err := a.inNodes(n, listed)
		if isAmbiguous(err) {
			err = nil
		}
		if err != nil {
			return nil, err
		}
		if e != nil {
			if sc.inAgg && !g.fromInput(e) {
				return nil, fault.Unsupported("an aggregate of the select list's column %s", plan.QuoteParts(n.Parts)).At(n.Pos)
			}
			return e, nil
		}
		return a.inNodes(n, []*node{g.in})
	}
	e, err := a.inNodes(n, []*node{g.in})
	if err != nil {
		e = nil
	}
	if e != nil && (sc.inAgg || sc.inFilter || g.isKey(e)) {
		return e, nil
	}
	if out, outErr := a.inNodes(n, listed); out != nil || outErr != nil {
		return out, outErr
	}
	if sc.outer == nil {
		return e, err // perhaps a part of a key, which lift finds out
	}
	return nil, err
}

func (g *grouping) isKey(e plan.Expr) bool {
	_, ok := g.keys[g.a.meaning(e)]
	return ok
}

func (g *grouping) fromInput(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(x plan.Expr) bool {
		if c, isColumn := x.(*plan.Column); isColumn && !holdsID(plan.Output(g.in.rel), c.ID) {
			ok = false
		}
		return ok
	})
	return ok
}

// having resolves HAVING; without GROUP BY the select list is one group.
func (a *analyzer) having(r *plan.Filter, outer *scope) (*node, error) {
	var in *node
	var err error
	if p, ok := r.Input.(*plan.Project); ok {
		in, err = a.aggregate(&plan.Aggregate{Common: r.Common, Input: p.Input, Aggs: p.Exprs}, outer)
	} else if g, ok := r.Input.(*plan.Aggregate); ok && len(g.Group) == 0 {
		whole := *g
		whole.Pos = r.Pos // errors show HAVING too
		in, err = a.relation(&whole, outer)
	} else {
		in, err = a.relation(r.Input, outer)
	}
	if err != nil {
		return nil, err
	}
	if in.agg == nil && windowsAbove(in.rel) {
		return nil, fault.Unsupported("HAVING beside a window function that another item uses").At(r.Pos)
	}
	if in.agg == nil {
		return a.where(in, r.Cond, r, outer)
	}
	e, err := a.expr(r.Cond, &scope{at: r.Pos, inputs: []*node{in}, outer: outer, group: in.agg, having: true})
	if err != nil {
		return nil, err
	}
	if hasWindow(e) {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1034", "clauseName", "HAVING")
	}
	if e, err = in.agg.lift(e, in); err != nil {
		return nil, err
	}
	if plan.TypeOf(e) != plan.Boolean {
		return nil, fault.Unsupported("HAVING with a condition of type %s", plan.TypeOf(e)).At(r.Pos)
	}
	// Above HAVING Spark finds keys, but no more aggregates.
	if g := in.agg; g.proj != nil && slices.ContainsFunc(g.proj.Exprs, hasWindow) {
		if err := g.filterFirst(r, e); err != nil {
			return nil, err
		}
		return over(in.rel, in), nil
	}
	return over(&plan.Filter{Common: at(r), Input: in.rel, Cond: e}, in), nil
}

// windowsAbove tells that select lists with window functions lie above an aggregate.
func windowsAbove(rel plan.Relation) bool {
	p, ok := rel.(*plan.Project)
	return ok && (slices.ContainsFunc(p.Exprs, hasWindow) || windowsAbove(p.Input))
}

// filterFirst puts HAVING below the select list's window functions, which see the groups that are left.
func (g *grouping) filterFirst(r *plan.Filter, cond plan.Expr) error {
	if g.sets { // there Spark puts HAVING first or last, by the columns it names
		return fault.Unsupported("HAVING beside a window function over GROUPING SETS").At(r.Pos)
	}
	if len(g.lat.order) > 0 {
		return fault.New("UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_AGGREGATE_WITH_WINDOW_AND_HAVING",
			"lca", quoteSQL(plan.Quote(g.lat.order[0].Names[0])))
	}
	cond, err := plan.MapExpr(cond, func(e plan.Expr) (plan.Expr, error) {
		c, ok := e.(*plan.Column)
		if !ok || holdsID(g.agg.Out, c.ID) {
			return e, nil
		}
		for _, item := range g.proj.Exprs {
			if a, ok := item.(*plan.Alias); ok && a.ID == c.ID && !hasWindow(a.Expr) {
				return a.Expr, nil
			}
		}
		return nil, unresolved("UNRESOLVED_COLUMN", []string{c.Name}, g.in.cols, "objectName").At(c.Pos)
	})
	if err != nil {
		return err
	}
	p := g.proj
	for p.Input != plan.Relation(g.agg) {
		inner, ok := p.Input.(*plan.Project)
		if !ok {
			return fault.Unsupported("HAVING beside a window function and a generator").At(r.Pos)
		}
		p = inner
	}
	p.Input = &plan.Filter{Common: plan.Common{Pos: r.Pos, Out: g.agg.Out}, Input: g.agg, Cond: cond}
	return nil
}
