package analyze

import (
	"sort"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves joins.

// confCrossJoin says whether a join may lack a condition without being called a cross join.
const confCrossJoin = "spark.sql.crossJoin.enabled"

func (a *analyzer) join(r *plan.Join, outer *scope) (*node, error) {
	left, err := a.relation(r.Left, outer)
	if err != nil {
		return nil, err
	}
	rightOuter := outer
	if r.Lateral {
		rightOuter = &scope{inputs: []*node{left}, outer: outer, beside: true}
	}
	right, err := a.relation(r.Right, rightOuter)
	if err != nil {
		return nil, err
	}
	j := &plan.Join{Common: at(r), Left: left.rel, Right: right.rel, Type: r.Type, Lateral: r.Lateral}
	using := r.Using
	if r.Natural {
		using = a.sharedNames(left, right)
	}
	if r.Natural || len(using) > 0 {
		return a.joinUsing(j, left, right, using)
	}
	if r.Cond == nil && !r.Lateral && r.Type != plan.CrossJoin {
		if allowed, ok := a.settings.Get(confCrossJoin); ok && !strings.EqualFold(allowed, "true") {
			return nil, fault.New("_LEGACY_ERROR_TEMP_1211", "joinType", strings.ToUpper(r.Type.String()))
		}
	}
	n := joined(j, left, right)
	if r.Cond != nil {
		sc := &scope{at: r.Pos, inputs: []*node{left, right}, outer: outer}
		cond, err := a.expr(r.Cond, sc)
		if err != nil {
			return nil, err
		}
		if j.Cond, err = a.joinCondition(cond, j); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// joined sets the join's output: outer sides become nullable, semi joins keep the left side.
func joined(j *plan.Join, left, right *node) *node {
	l, r := plan.Output(left.rel), plan.Output(right.rel)
	lc, rc := left.cols, right.cols
	lh, rh := left.hidden, right.hidden
	if j.Type == plan.RightOuterJoin || j.Type == plan.FullOuterJoin {
		l, lc, lh = withNullable(l), withNullable(lc), withNullable(lh)
	}
	if j.Type == plan.LeftOuterJoin || j.Type == plan.FullOuterJoin {
		r, rc, rh = withNullable(r), withNullable(rc), withNullable(rh)
	}
	if j.Type == plan.LeftSemiJoin || j.Type == plan.LeftAntiJoin {
		r, rc, rh = nil, nil, nil
	}
	j.Out = concatColumns(l, r)
	return &node{rel: j, cols: concatColumns(lc, rc), hidden: concatColumns(lh, rh), dfs: bothFrames(left, right)}
}

func concatColumns(x, y []*plan.Column) []*plan.Column {
	return append(append(make([]*plan.Column, 0, len(x)+len(y)), x...), y...)
}

func bothFrames(nodes ...*node) *dataFrame {
	var kids []*dataFrame
	for _, n := range nodes {
		if n.dfs != nil {
			kids = append(kids, n.dfs)
		}
	}
	if len(kids) == 0 {
		return nil
	}
	return &dataFrame{kids: kids}
}

// joinSubquery: a subquery in a join's condition that reads the join's columns is a test, and reads one side.
func (a *analyzer) joinSubquery(s *plan.Subquery, j *plan.Join) error {
	reads := map[bool]bool{}
	for _, c := range outerReferences(s.Plan) {
		left := holdsID(plan.Output(j.Left), c.ID)
		if left || holdsID(plan.Output(j.Right), c.ID) {
			reads[left] = true
		}
	}
	switch {
	case s.Kind == plan.ScalarSubquery && len(reads) > 0:
		return fault.New("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY", "treeNode", a.pretty(s)).At(j.Pos)
	case len(reads) > 1:
		return fault.New("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
			"subqueryExpression", a.pretty(s))
	}
	return nil
}

// joinCondition demands a BOOLEAN without aggregates or windows.
func (a *analyzer) joinCondition(e plan.Expr, j *plan.Join) (plan.Expr, error) {
	t := plan.TypeOf(e)
	if t == plan.Null || t == plan.String && a.settings.ANSI {
		e, t = a.castTo(e, plan.Boolean), plan.Boolean
	}
	if t != plan.Boolean {
		return nil, fault.New("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE", "joinCondition", quoteSQL(a.pretty(e)),
			"conditionType", plan.QuotedSQL(t)).At(j.Pos)
	}
	var bad error
	plan.Walk(e, func(x plan.Expr) bool {
		switch f := x.(type) {
		case *plan.Func:
			if f.Kind == plan.AggregateFunc && bad == nil {
				bad = fault.New("UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteSQL(a.pretty(f))).At(j.Pos)
			}
		case *plan.Subquery:
			if bad == nil {
				bad = a.joinSubquery(f, j)
			}
		case *plan.Window:
			if bad == nil {
				bad = fault.New("UNSUPPORTED_EXPR_FOR_OPERATOR", "invalidExprSqls", quoteSQL(a.pretty(f))).At(j.Pos)
			}
		}
		return bad == nil
	})
	return e, bad
}

// sharedNames are the columns NATURAL joins by: those of the left side that the right side has too.
func (a *analyzer) sharedNames(left, right *node) []string {
	var names []string
	for _, l := range left.cols {
		for _, r := range right.cols {
			if a.sameName(l.Name, r.Name) {
				names = append(names, l.Name)
				break
			}
		}
	}
	return names
}

// joinUsing joins by equality of the named columns, which then appear once.
func (a *analyzer) joinUsing(j *plan.Join, left, right *node, using []string) (*node, error) {
	lk, err := a.usingKeys(j, left, using, "left")
	if err != nil {
		return nil, err
	}
	rk, err := a.usingKeys(j, right, using, "right")
	if err != nil {
		return nil, err
	}
	for i := range lk {
		eq, err := a.invoke("=", j.Pos, lk[i], rk[i])
		if err != nil {
			return nil, err
		}
		if j.Cond == nil {
			j.Cond = eq
		} else if j.Cond, err = a.invoke("and", j.Pos, j.Cond, eq); err != nil {
			return nil, err
		}
	}
	if j.Cond == nil && j.Type == plan.CrossJoin {
		j.Type = plan.InnerJoin
	}
	n := joined(j, left, right)
	if j.Type == plan.LeftSemiJoin || j.Type == plan.LeftAntiJoin {
		return a.usingProject(j, n, lk, nil, n.cols)
	}
	lcols, rcols := n.cols[:len(left.cols)], n.cols[len(left.cols):]
	return a.usingOutput(j, n, [2][]*plan.Column{lk, rk}, [2][]*plan.Column{lcols, rcols})
}

func (a *analyzer) usingKeys(j *plan.Join, side *node, using []string, label string) ([]*plan.Column, error) {
	keys := make([]*plan.Column, len(using))
	for i, name := range using {
		found := side.named(name, !a.settings.CaseSensitive)
		switch {
		case len(found) == 0:
			return nil, missingUsing(j, side, name, label)
		case len(found) > 1 && len(a.distinctColumns(found)) > 1:
			return nil, ambiguous(&plan.Name{Pos: j.Pos, Parts: []string{name}}, found)
		}
		keys[i] = found[0]
	}
	return keys, nil
}

func (a *analyzer) distinctColumns(cols []*plan.Column) []*plan.Column {
	var out []*plan.Column
	for _, c := range cols {
		out = a.appendUnique(out, c)
	}
	return out
}

func missingUsing(j *plan.Join, side *node, name, label string) error {
	names := make([]string, len(side.cols))
	for i, c := range side.cols {
		names[i] = plan.Quote(c.Name)
	}
	sort.Strings(names)
	return fault.New("UNRESOLVED_USING_COLUMN_FOR_JOIN", "colName", plan.Quote(name), "side", label,
		"suggestion", strings.Join(names, ", "))
}

// usingOutput: the keys (of the outer side, or coalesced), then the other columns of both sides.
func (a *analyzer) usingOutput(j *plan.Join, n *node, keys, cols [2][]*plan.Column) (*node, error) {
	lk, rk := keys[0], keys[1]
	merged := make([]plan.Expr, len(lk))
	for i := range lk {
		l, r := columnOf(cols[0], lk[i].ID), columnOf(cols[1], rk[i].ID)
		switch j.Type {
		case plan.RightOuterJoin:
			merged[i] = r
		case plan.FullOuterJoin:
			e, err := a.invoke("coalesce", j.Pos, l, r)
			if err != nil {
				return nil, err
			}
			merged[i] = &plan.Alias{Pos: j.Pos, Expr: e, Names: []string{l.Name}, ID: a.newID()}
		default:
			merged[i] = l
		}
	}
	items := merged
	for side, all := range cols {
		for _, c := range all {
			if columnOf(keys[side], c.ID) == nil {
				items = append(items, c)
			}
		}
	}
	var hidden []*plan.Column
	switch j.Type {
	case plan.RightOuterJoin:
		hidden = pick(cols[0], lk)
	case plan.FullOuterJoin:
		hidden = append(pick(cols[0], lk), pick(cols[1], rk)...)
	default:
		hidden = pick(cols[1], rk)
	}
	return a.usingItems(j, n, items, hidden)
}

// usingProject is the output of a semi join USING: the keys first.
func (a *analyzer) usingProject(j *plan.Join, n *node, keys, hidden []*plan.Column, cols []*plan.Column) (*node, error) {
	items := make([]plan.Expr, 0, len(cols))
	for _, k := range keys {
		items = append(items, k)
	}
	for _, c := range cols {
		if columnOf(keys, c.ID) == nil {
			items = append(items, c)
		}
	}
	return a.usingItems(j, n, items, hidden)
}

// usingItems puts the Project above the join. The merged-away columns stay in the output, hidden:
// t2.key may still be meant.
func (a *analyzer) usingItems(j *plan.Join, n *node, items []plan.Expr, hidden []*plan.Column) (*node, error) {
	hidden = append(hidden, n.hidden...)
	all := items
	for _, c := range hidden {
		all = append(all[:len(all):len(all)], c)
	}
	p := &plan.Project{Common: plan.Common{Pos: j.Pos}, Input: j, Exprs: all}
	out := a.outputOf(all)
	u := newNode(p, out)
	u.cols, u.hidden, u.dfs, u.input = out[:len(items):len(items)], out[len(items):], n.dfs, n
	return u, nil
}

func columnOf(cols []*plan.Column, id plan.ColumnID) *plan.Column {
	for _, c := range cols {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func pick(cols, wanted []*plan.Column) []*plan.Column {
	out := make([]*plan.Column, len(wanted))
	for i, w := range wanted {
		out[i] = columnOf(cols, w.ID)
	}
	return out
}
