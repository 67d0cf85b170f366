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
		return "(" + t.query(s.Plan) + ")"
	case plan.ExistsSubquery:
		return "EXISTS (" + t.query(s.Plan) + ")"
	case plan.InSubquery:
		if len(s.Values) == 1 {
			return "(" + t.expr(s.Values[0]) + " IN (" + t.query(s.Plan) + "))"
		}
		return t.rowIn(s)
	}
	return t.unsupported("a subquery as a table argument")
}

// query renders a whole plan; inside it nothing of the outer fragment is being built.
func (t *translator) query(r plan.Relation) string {
	var sql string
	f := t.capture(func() string {
		sql = t.render(t.relation(r), rootNames)
		return sql
	})
	t.traits |= f.traits & fails
	return f.sql
}

// rowIn is (a, b) IN (query): true when a row equals, NULL when none does but one would with
// its NULLs read as anything, else false.
func (t *translator) rowIn(s *plan.Subquery) string {
	b := t.nest(t.relation(s.Plan))
	equal := make([]string, len(s.Values))
	maybe := make([]string, len(s.Values))
	for i, v := range s.Values {
		equal[i] = t.expr(v) + " = " + t.cols[plan.Output(s.Plan)[i].ID].sql
		maybe[i] = "(" + equal[i] + ") IS NOT FALSE"
	}
	exists := func(conds []string) string {
		return "EXISTS (SELECT 1 FROM " + b.from + " WHERE " + strings.Join(conds, " AND ") + ")"
	}
	if !plan.Nullable(s) {
		return exists(equal)
	}
	return "CASE WHEN " + exists(equal) + " THEN TRUE WHEN " + exists(maybe) + " THEN CAST(NULL AS BOOLEAN) ELSE FALSE END"
}
