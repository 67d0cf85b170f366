package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves ORDER BY.

func (a *analyzer) sort(r *plan.Sort, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	if r.Pipe {
		in = in.piped()
	}
	order := r.Order
	if orderByAll(order) {
		order = everyColumn(in, order[0])
	}
	sc := &scope{at: r.Pos, inputs: []*node{in}, outer: outer, group: in.agg, missing: true, sorting: true, plain: "Sort"}
	s := &plan.Sort{Common: at(r), Input: in.rel, Global: r.Global, Order: make([]plan.SortOrder, len(order))}
	for i, o := range order {
		e, err := a.sortKey(o.Expr, in, sc)
		if err != nil {
			return nil, err
		}
		if err := a.checkSortKey(e, s); err != nil {
			return nil, err
		}
		o.Expr = e
		s.Order[i] = o
	}
	s.Input = in.rel // a key may have changed it
	n := over(s, in)
	n.agg = in.agg
	return n, nil
}

// sortKey resolves one item: an ordinal, or an expression.
func (a *analyzer) sortKey(e plan.Expr, in *node, sc *scope) (plan.Expr, error) {
	if l, ok := e.(*plan.Literal); ok && l.Type == plan.Int && l.Value != nil {
		n := int(l.Value.(int32))
		if n < 1 || n > len(in.cols) {
			return nil, fault.New("ORDER_BY_POS_OUT_OF_RANGE", "index", itoa(n), "size", itoa(len(in.cols))).At(l.Pos)
		}
		c := *in.cols[n-1]
		c.Pos = l.Pos
		return &c, nil
	}
	r, err := a.expr(e, sc)
	if err != nil {
		return nil, err
	}
	if in.agg != nil {
		if r, err = in.agg.lift(r, in); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// checkSortKey refuses aggregates and windows that the query below does not compute.
func (a *analyzer) checkSortKey(e plan.Expr, s *plan.Sort) error {
	if x := firstAggregate(e); x != nil || hasWindow(e) {
		if x == nil {
			x = e
		}
		return fault.New("UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteSQL(a.pretty(x))).At(s.Pos)
	}
	if t := plan.TypeOf(e); !orderable(t) {
		return fault.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "functionName", "`sortorder`",
			"dataType", plan.QuotedSQL(t), "sqlExpr", quoteSQL(a.pretty(e)+" ASC NULLS FIRST")).At(e.At())
	}
	return nil
}

func hasWindow(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		_, ok := x.(*plan.Window)
		found = found || ok
		return !found
	})
	return found
}

// orderByAll is ORDER BY ALL; a column called so comes first (everyColumn is then not wanted).
func orderByAll(order []plan.SortOrder) bool {
	if len(order) != 1 {
		return false
	}
	n, ok := order[0].Expr.(*plan.Name)
	return ok && len(n.Parts) == 1 && strings.EqualFold(n.Parts[0], "all")
}

func everyColumn(in *node, o plan.SortOrder) []plan.SortOrder {
	for _, c := range in.cols {
		if strings.EqualFold(c.Name, "all") {
			return []plan.SortOrder{o}
		}
	}
	out := make([]plan.SortOrder, len(in.cols))
	for i, c := range in.cols {
		out[i] = plan.SortOrder{Expr: c, Desc: o.Desc, NullsFirst: o.NullsFirst}
	}
	return out
}

// sortOrders resolves the ORDER BY of a window or of WITHIN GROUP.
func (a *analyzer) sortOrders(order []plan.SortOrder, sc *scope) ([]plan.SortOrder, error) {
	out := make([]plan.SortOrder, len(order))
	for i, o := range order {
		e, err := a.expr(o.Expr, sc)
		if err != nil {
			return nil, err
		}
		o.Expr = e
		out[i] = o
	}
	return out, nil
}

// filterClause resolves FILTER (WHERE cond).
func (c *call) filterClause(cond plan.Expr, sc *scope) (plan.Expr, error) {
	var inner []*plan.Call
	outside := *sc
	outside.inAgg, outside.inFilter, outside.aggs = false, true, &inner
	e, err := c.a.expr(cond, &outside)
	if err != nil {
		return nil, err
	}
	if len(inner) > 0 {
		return nil, fault.New("INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE", "filterExpr", quoteSQL(c.a.pretty(e)),
			"aggExpr", quoteSQL(c.a.pretty(firstAggregate(e)))).At(c.pos)
	}
	if plan.TypeOf(e) != plan.Boolean {
		return nil, fault.New("INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", "filterExpr", quoteSQL(c.a.pretty(e))).At(c.pos)
	}
	return e, nil
}

func firstAggregate(e plan.Expr) plan.Expr {
	var found plan.Expr
	plan.Walk(e, func(x plan.Expr) bool {
		if f, ok := x.(*plan.Func); ok && f.Kind == plan.AggregateFunc && found == nil {
			found = f
		}
		return found == nil
	})
	return found
}

// fetchMissing finds a name that the select list dropped, below it, and carries the column up to
// the node top: df.select("a").filter(df.b > 1), SELECT a FROM t ORDER BY b.
func (a *analyzer) fetchMissing(n *plan.Name, top *node) (plan.Expr, error) {
	for below := top.input; below != nil; below = below.input {
		if g := below.agg; g != nil {
			return g.fetchKey(n, top)
		}
		e, err := a.inNodes(n, []*node{below})
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		plan.Walk(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Column); ok {
				carry(c, top, below)
			}
			return true
		})
		return e, nil
	}
	return nil, nil
}

// fetchKey finds a name among the keys of a GROUP BY below HAVING.
func (g *grouping) fetchKey(n *plan.Name, top *node) (plan.Expr, error) {
	e, err := g.a.inNodes(n, []*node{g.node})
	if e == nil && err == nil {
		e, err = g.a.inNodes(n, []*node{g.in})
	}
	if e == nil || err != nil {
		return nil, err
	}
	c, ok := g.keys[g.a.meaning(e)]
	if !ok {
		return nil, nil
	}
	g.export(c, top)
	return g.use(c, e), nil
}

// carry makes a column of below visible to top, through the Projects between.
func carry(c *plan.Column, top, below *node) {
	for n := top; n != nil && n != below; n = n.input {
		out := plan.Output(n.rel)
		if holdsID(out, c.ID) {
			continue
		}
		if p, ok := n.rel.(*plan.Project); ok {
			p.Exprs = append(p.Exprs[:len(p.Exprs):len(p.Exprs)], c)
		}
		n.rel.Node().Out = append(out[:len(out):len(out)], c)
	}
}
