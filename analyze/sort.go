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
	order := r.Order
	if orderByAll(order) {
		order = everyColumn(in, order[0])
	}
	sc := &scope{inputs: []*node{in}, outer: outer, group: in.agg, missing: true}
	s := &plan.Sort{Common: at(r), Input: in.rel, Global: r.Global, Order: make([]plan.SortOrder, len(order))}
	for i, o := range order {
		e, err := a.sortKey(o.Expr, in, sc)
		if err != nil {
			return nil, err
		}
		o.Expr = e
		s.Order[i] = o
	}
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
	if err := a.checkSortKey(r); err != nil {
		return nil, err
	}
	return r, nil
}

func (a *analyzer) checkSortKey(e plan.Expr) error {
	if hasAggregate(e) {
		return fault.Unsupported("an aggregate function in ORDER BY of a query without GROUP BY").At(e.At())
	}
	if t := plan.TypeOf(e); !orderable(t) {
		return fault.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "functionName", "`sortorder`",
			"dataType", quoteSQL(plan.SQL(t)), "sqlExpr", quoteSQL(a.pretty(e)+" ASC NULLS FIRST")).At(e.At())
	}
	return nil
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
func (a *analyzer) filterClause(cond plan.Expr, sc *scope) (plan.Expr, error) {
	e, err := a.expr(cond, sc)
	if err != nil {
		return nil, err
	}
	if t := plan.TypeOf(e); t != plan.Boolean {
		if t == plan.Null {
			return a.castTo(e, plan.Boolean), nil
		}
		return nil, fault.New("INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", "filterExpr", quoteSQL(a.pretty(e))).At(cond.At())
	}
	return e, nil
}

// fetchMissing finds a name that the select list dropped, below it, and carries the column up to
// the node top: df.select("a").filter(df.b > 1), SELECT a FROM t ORDER BY b.
func (a *analyzer) fetchMissing(n *plan.Name, top *node) (plan.Expr, error) {
	for below := top.input; below != nil; below = below.input {
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
