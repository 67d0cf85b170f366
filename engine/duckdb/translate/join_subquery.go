package translate

// This file takes subqueries out of the conditions of joins that keep rows without a match: DuckDB
// knows them there only where they read the side whose rows are not kept. They become columns of the
// side they read, as Spark makes existence joins of them below the join.

import "shoal/plan"

// firstMade is where the IDs of columns begin that the translator makes.
const firstMade = plan.ColumnID(1) << 40

// withoutSubqueries is a join whose condition DuckDB accepts.
func (t *translator) withoutSubqueries(r *plan.Join) *plan.Join {
	if r.Cond == nil || r.Type == plan.InnerJoin || r.Type == plan.CrossJoin {
		return r
	}
	left, right := idsOf(plan.Output(r.Left)), idsOf(plan.Output(r.Right))
	var intoLeft, intoRight []plan.Expr
	var conds []plan.Expr
	for _, e := range conjuncts(r.Cond) {
		if native(e, r.Type, left, right) {
			conds = append(conds, e)
			continue
		}
		conds = append(conds, replaceSubqueries(e, func(test plan.Expr) plan.Expr {
			alias := &plan.Alias{Expr: test, Names: []string{"test"}, ID: t.newColumn()}
			switch {
			case readsNone(test, right):
				intoLeft = append(intoLeft, alias)
			case readsNone(test, left):
				intoRight = append(intoRight, alias)
			default:
				t.unsupported("a subquery in a join's condition that reads both sides")
			}
			return &plan.Column{Name: alias.Names[0], ID: alias.ID, Type: typeOf(test), Nullable: plan.Nullable(test)}
		}))
	}
	if len(intoLeft)+len(intoRight) == 0 {
		return r
	}
	if r.Lateral {
		t.unsupported("a subquery in the condition of a lateral join that keeps rows without a match")
	}
	out := *r
	out.Left, out.Right, out.Cond = withColumns(r.Left, intoLeft), withColumns(r.Right, intoRight), conds[0]
	for _, e := range conds[1:] {
		out.Cond = &plan.Func{Name: "and", Args: []plan.Expr{out.Cond, e}, Type: plan.Boolean}
	}
	return &out
}

// native tells that DuckDB plans a condition as it is.
func native(e plan.Expr, kind plan.JoinType, left, right map[plan.ColumnID]bool) bool {
	found := false
	plan.Walk(e, func(e plan.Expr) bool {
		_, is := e.(*plan.Subquery)
		found = found || is
		return true
	})
	switch {
	case !found:
		return true
	case kind == plan.RightOuterJoin:
		return readsNone(e, right) && !readsNone(e, left)
	case kind == plan.FullOuterJoin:
		return false
	}
	return readsNone(e, left) && !readsNone(e, right)
}

// newColumn is live, as what is read by a condition.
func (t *translator) newColumn() plan.ColumnID {
	t.seq++
	id := firstMade + plan.ColumnID(t.seq)
	t.live[id] = true
	return id
}

func idsOf(cols []*plan.Column) map[plan.ColumnID]bool {
	ids := map[plan.ColumnID]bool{}
	for _, c := range cols {
		ids[c.ID] = true
	}
	return ids
}

// readsNone tells that neither e nor a subquery in it reads one of the columns.
func readsNone(e plan.Expr, ids map[plan.ColumnID]bool) bool {
	none := true
	plan.Walk(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Column:
			none = none && !ids[e.ID]
		case *plan.OuterColumn:
			none = none && !ids[e.ID]
		case *plan.Subquery:
			plan.WalkRelations(e.Plan, func(r plan.Relation) bool {
				for _, inner := range plan.Exprs(r) {
					none = none && readsNone(inner, ids)
				}
				return none
			})
		}
		return none
	})
	return none
}

// replaceSubqueries replaces subqueries, IN with the NOT before it, by what by gives for them.
func replaceSubqueries(e plan.Expr, by func(plan.Expr) plan.Expr) plan.Expr {
	if f, ok := e.(*plan.Func); ok {
		if f.Name == "not" && isMembership(f) {
			return by(f)
		}
		out := *f
		out.Args = make([]plan.Expr, len(f.Args))
		for i, a := range f.Args {
			out.Args[i] = replaceSubqueries(a, by)
		}
		return &out
	}
	switch e := e.(type) {
	case *plan.Subquery:
		return by(e)
	case *plan.Cast:
		out := *e
		out.Expr = replaceSubqueries(e.Expr, by)
		return &out
	}
	return e
}

// withColumns adds columns to a relation.
func withColumns(r plan.Relation, added []plan.Expr) plan.Relation {
	if len(added) == 0 {
		return r
	}
	out := plan.Output(r)
	p := &plan.Project{Common: plan.Common{Pos: r.At(), Out: append([]*plan.Column{}, out...)}, Input: r}
	for _, c := range out {
		p.Exprs = append(p.Exprs, c)
	}
	for _, e := range added {
		a := e.(*plan.Alias)
		p.Exprs = append(p.Exprs, a)
		p.Out = append(p.Out, &plan.Column{Name: a.Names[0], ID: a.ID, Type: typeOf(a), Nullable: plan.Nullable(a)})
	}
	return p
}
