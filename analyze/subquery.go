package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves subqueries inside expressions.

func (a *analyzer) subquery(e *plan.Subquery, sc *scope) (plan.Expr, error) {
	if e.Kind == plan.TableArgSubquery {
		return nil, fault.Unsupported("table arguments").At(e.Pos)
	}
	values, err := a.exprs(e.Values, sc)
	if err != nil {
		return nil, err
	}
	rel := e.Plan
	if rel == nil {
		if rel, err = a.referenced(e); err != nil {
			return nil, err
		}
	}
	n, err := a.relation(rel, sc)
	if err != nil {
		return nil, err
	}
	out := &plan.Subquery{Pos: e.Pos, Kind: e.Kind, Values: values}
	switch e.Kind {
	case plan.ScalarSubquery:
		if len(n.cols) != 1 {
			return nil, fault.New("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
				"number", itoa(len(n.cols))).At(e.Pos)
		}
	case plan.InSubquery:
		if n, err = a.inQuery(out, n); err != nil {
			return nil, err
		}
	}
	out.Plan = a.exact(n)
	return out, nil
}

// referenced finds a subquery of DataFrame code by its plan id.
func (a *analyzer) referenced(e *plan.Subquery) (plan.Relation, error) {
	if r := a.refs[e.PlanID.ID]; r != nil {
		return r, nil
	}
	return nil, fault.Internalf("no relation with plan id %d", e.PlanID.ID)
}

// inQuery brings the value and the subquery's columns of IN to common types.
func (a *analyzer) inQuery(e *plan.Subquery, n *node) (*node, error) {
	if len(e.Values) == 1 && len(n.cols) > 1 {
		if s, ok := plan.TypeOf(e.Values[0]).(plan.Struct); ok && len(s.Fields) == len(n.cols) {
			e.Values = structParts(e.Values[0], s)
		}
	}
	if len(e.Values) != len(n.cols) {
		return nil, a.wrongWidth(e, n)
	}
	targets := make([]plan.Type, len(n.cols))
	for i, v := range e.Values {
		t := a.wider(plan.TypeOf(v), n.cols[i].Type)
		if t == nil {
			return nil, a.inMismatch(e, n)
		}
		if !orderable(t) {
			return nil, fault.New("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", "functionName", "`insubquery`",
				"dataType", plan.QuotedSQL(t), "sqlExpr", quoteSQL(a.pretty(withPlan(e, n)))).At(e.Pos)
		}
		targets[i] = t
	}
	values := make([]plan.Expr, len(e.Values))
	for i, v := range e.Values {
		values[i] = a.castTo(v, targets[i])
	}
	e.Values = values
	return a.castColumns(n, targets, sameType), nil
}

// structParts takes (a, b) apart; any other struct by its fields.
func structParts(e plan.Expr, s plan.Struct) []plan.Expr {
	out := make([]plan.Expr, len(s.Fields))
	f, made := e.(*plan.Func)
	for i, field := range s.Fields {
		if made && f.Name == "named_struct" {
			out[i] = f.Args[2*i+1]
			continue
		}
		out[i] = &plan.Func{Pos: e.At(), Name: "get_struct_field", Args: []plan.Expr{e, fieldLiteral(field.Name, e.At())},
			Type: field.Type, Nullable: plan.Nullable(e) || field.Nullable}
	}
	return out
}

func (a *analyzer) wrongWidth(e *plan.Subquery, n *node) error {
	left, right := "", ""
	for i, v := range e.Values {
		if i > 0 {
			left += ", "
		}
		left += quoteSQL(a.pretty(v))
	}
	for i, c := range n.cols {
		if i > 0 {
			right += ", "
		}
		right += quoteSQL(c.Name)
	}
	return fault.New("DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH", "sqlExpr", quoteSQL(a.pretty(withPlan(e, n))),
		"leftLength", itoa(len(e.Values)), "rightLength", itoa(len(n.cols)), "leftColumns", left, "rightColumns", right).At(e.Pos)
}

func (a *analyzer) inMismatch(e *plan.Subquery, n *node) error {
	var left, right []plan.Type
	for i, v := range e.Values {
		left, right = append(left, plan.TypeOf(v)), append(right, n.cols[i].Type)
	}
	pairs := make([]string, 0, len(left))
	for i, v := range e.Values {
		if a.wider(left[i], right[i]) == nil {
			pairs = append(pairs, "("+a.fullSQL(v)+":"+left[i].String()+", "+a.fullSQL(n.cols[i])+":"+right[i].String()+")")
		}
	}
	l, r := typeList(left), typeList(right)
	return fault.New("DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH", "sqlExpr", quoteSQL(a.pretty(withPlan(e, n))),
		"mismatchedColumns", strings.Join(pairs, ", "), "leftType", l[1:len(l)-1], "rightType", r[1:len(r)-1]).At(e.Pos)
}

func withPlan(e *plan.Subquery, n *node) *plan.Subquery {
	c := *e
	c.Plan = n.rel
	return &c
}

// outerReferences lists the columns of the enclosing query that a resolved plan uses, once each.
func outerReferences(r plan.Relation) []*plan.Column {
	var found []*plan.Column
	visit := func(e plan.Expr) bool {
		if o, ok := e.(*plan.OuterColumn); ok && !holdsID(found, o.Column.ID) {
			found = append(found, o.Column)
		}
		return true
	}
	plan.WalkRelations(r, func(r plan.Relation) bool {
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, visit)
		}
		return true
	})
	return found
}

// splitSubquery: what a subquery above an aggregate takes from outside must be grouped.
func (g *grouping) splitSubquery(e *plan.Subquery) (plan.Expr, error) {
	if e.Kind == plan.ScalarSubquery && len(g.agg.Group) > 0 && len(outerReferences(e.Plan)) > 0 {
		return nil, fault.New("SCALAR_SUBQUERY_IS_IN_GROUP_BY_OR_AGGREGATE_FUNCTION", "sqlExpr", quoteSQL(g.a.pretty(e))).At(e.Pos)
	}
	out, err := g.splitChildren(e)
	if err != nil {
		return nil, err
	}
	for _, c := range outerReferences(e.Plan) {
		if !holdsID(g.agg.Out, c.ID) && holdsID(plan.Output(g.in.rel), c.ID) {
			if g.sets {
				return nil, fault.Unsupported("a correlated subquery above GROUPING SETS").At(e.Pos)
			}
			return nil, g.notGrouped(c)
		}
	}
	return out, nil
}
