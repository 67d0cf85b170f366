package translate

// This file renders subqueries that stand in expressions.

import (
	"strings"

	"shoal/plan"
)

// subquery renders a scalar, EXISTS or IN subquery. The columns of the query around it stay
// known while its plan is rendered, so that OuterColumns find them.
func (t *translator) subquery(s *plan.Subquery) string {
	t.traits |= queries
	switch s.Kind {
	case plan.ScalarSubquery:
		name := manyRows
		if correlated(s.Plan) {
			name = manyRowsOuter
		}
		t.operations = append(t.operations, operation{name, typeOf(s), s.Pos})
		return "(" + t.query(s.Plan, rootNames) + ")"
	case plan.ExistsSubquery:
		return "EXISTS (" + t.query(s.Plan, !rootNames) + ")"
	case plan.InSubquery:
		return t.membership(s, true)
	}
	return t.unsupported("a subquery as a table argument")
}

// query renders a whole plan, with all its columns or those that are needed; inside it nothing of
// the outer fragment is being built.
func (t *translator) query(r plan.Relation, all bool) string {
	var sql string
	f := t.capture(func() string {
		sql = t.render(t.relation(r), all)
		return sql
	})
	t.traits |= f.traits & fails
	return f.sql
}

// membership is x IN (query), or NOT IN. Outside of WHERE, Spark makes false of what SQL calls
// unknown, in IN and NOT IN alike.
func (t *translator) membership(s *plan.Subquery, in bool) string {
	return t.unlessNull(s, func() string {
		test := t.inTest(s, in)
		if len(s.Values) == 1 && plan.Nullable(s) {
			return "COALESCE(" + test + ", FALSE)"
		}
		return test
	})
}

// unlessNull is a test of IN or NOT IN. Without ANSI it is NULL of a constant that is NULL, also where the query has no rows
// (spark.sql.legacy.nullInEmptyListBehavior).
func (t *translator) unlessNull(s *plan.Subquery, test func() string) string {
	switch v := s.Values[0]; {
	case t.settings.ANSI || len(s.Values) > 1:
		return test()
	case isNullValue(v):
		return t.value(nil, plan.Boolean)
	case isFoldable(v) && plan.Nullable(v):
		return "CASE WHEN " + t.expr(v) + " IS NOT NULL THEN " + test() + " END"
	default:
		return test()
	}
}

// inTest is IN or NOT IN for a place where NULL counts as false.
func (t *translator) inTest(s *plan.Subquery, in bool) string {
	t.traits |= queries
	switch {
	case len(s.Values) > 1:
		return t.rowTest(s, in)
	case in:
		return "(" + t.expr(s.Values[0]) + " IN (" + t.query(s.Plan, rootNames) + "))"
	default:
		return "(" + t.expr(s.Values[0]) + " NOT IN (" + t.query(s.Plan, rootNames) + "))"
	}
}

// notInZeros is NOT IN as a condition of its own over floating numbers: Spark's join for it tells 0.0 from -0.0, as texts do.
func (t *translator) notInZeros(s *plan.Subquery) string {
	t.traits |= queries
	return "(CAST(" + t.expr(s.Values[0]) + " AS VARCHAR) NOT IN (SELECT CAST(c AS VARCHAR) FROM (" + t.query(s.Plan, rootNames) + ") AS q(c)))"
}

// rowTest is (a, b) IN (query): a row equals; or NOT IN: every row differs for certain.
func (t *translator) rowTest(s *plan.Subquery, in bool) string {
	b := t.nest(t.relation(s.Plan))
	conds := make([]string, len(s.Values))
	for i, v := range s.Values {
		conds[i] = "(" + t.expr(v) + " = " + t.cols[plan.Output(s.Plan)[i].ID].sql + ")"
		if !in {
			conds[i] += " IS NOT FALSE"
		}
	}
	exists := "EXISTS (SELECT 1 FROM " + b.from + " WHERE " + strings.Join(conds, " AND ") + ")"
	if in {
		return exists
	}
	return "(NOT " + exists + ")"
}

// correlated tells whether a plan reads columns of a query around it.
func correlated(r plan.Relation) bool {
	found := false
	plan.WalkRelations(r, func(r plan.Relation) bool {
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, func(e plan.Expr) bool {
				_, outer := e.(*plan.OuterColumn)
				found = found || outer
				return !found
			})
		}
		return !found
	})
	return found
}
