package sparksql

import (
	"strings"

	"shoal/plan"
)

// relation writes what stands in FROM.
//
//size:one case per node
func (w *printer) relation(r plan.Relation) {
	switch r := r.(type) {
	case *plan.Table:
		w.name(r.Name)
		if r.Options != nil {
			w.puts(" WITH ")
			w.properties(r.Options)
		}
	case *plan.Read:
		w.ident(r.Format)
		w.puts(".")
		w.ident(strings.Join(r.Paths, ","))
	case *plan.TableFunc:
		w.functionName(r.Name)
		w.puts("(")
		w.exprs(r.Args)
		w.puts(")")
	case *plan.Values:
		w.values(r)
	case *plan.SubqueryAlias:
		w.aliased(r)
	case *plan.Join:
		w.joinTree(r)
	case *plan.Generate:
		w.lateralView(r)
	case *plan.Aggregate:
		w.pivot(r)
	case *plan.Filter:
		u := r.Input.(*plan.Unpivot)
		w.unpivot(u, "EXCLUDE")
	case *plan.Unpivot:
		w.unpivot(r, "INCLUDE")
	case *plan.Limit:
		w.sampled(r.Input)
		w.puts(" TABLESAMPLE (")
		w.expr(r.Count, precOr)
		w.puts(" ROWS)")
	case *plan.Sample:
		w.sampled(r.Input)
		w.puts(" TABLESAMPLE (", percent(r.Upper), " PERCENT)")
		if r.Seed != nil {
			w.puts(" REPEATABLE (", itoa(*r.Seed), ")")
		}
	case *plan.OpaqueRelation:
		w.opaque(r.Pos, r.What, "`opaque`")
	default:
		w.parenQuery(r)
	}
}

// aliased writes r.Input AS r.Alias. The alias Spark gives a query in FROM that has none comes back by itself, and
// only of a query.
func (w *printer) aliased(r *plan.SubqueryAlias) {
	if r.Alias == autoName && len(r.Columns) == 0 {
		w.parenQuery(r.Input)
		return
	}
	switch in := r.Input.(type) {
	case *plan.Table, *plan.TableFunc, *plan.Values, *plan.Unpivot, *plan.OpaqueRelation:
		w.relation(in)
	case *plan.Sample:
		w.relation(in)
	case *plan.Limit:
		if isTableLike(in.Input) {
			w.relation(in)
		} else {
			w.parenQuery(in)
		}
	case *plan.Join:
		w.puts("(")
		w.relation(in)
		w.puts(")")
	case *plan.SubqueryAlias:
		w.puts("(")
		w.relation(in)
		w.puts(")")
	case *plan.Aggregate:
		if in.Kind == plan.GroupPivot {
			w.relation(in)
		} else {
			w.parenQuery(in)
		}
	case *plan.Filter:
		if isUnpivotFilter(in) {
			w.relation(in)
		} else {
			w.parenQuery(in)
		}
	default:
		w.parenQuery(in)
	}
	w.alias(r)
}

// isTableLike tells whether TABLESAMPLE can follow r without parentheses.
func isTableLike(r plan.Relation) bool {
	switch r.(type) {
	case *plan.Table, *plan.Join, *plan.SubqueryAlias:
		return true
	}
	return false
}

func (w *printer) alias(r *plan.SubqueryAlias) {
	w.puts(" AS ")
	w.ident(r.Alias)
	if len(r.Columns) > 0 {
		w.idents(r.Columns)
	}
}

// sampled writes what TABLESAMPLE is applied to.
func (w *printer) sampled(r plan.Relation) {
	switch r.(type) {
	case *plan.Table:
		w.relation(r)
	case *plan.Join, *plan.SubqueryAlias:
		w.puts("(")
		w.relation(r)
		w.puts(")")
	default:
		w.parenQuery(r)
	}
}

// joinTree writes a join with its left side.
func (w *printer) joinTree(j *plan.Join) {
	_, none := j.Left.(*plan.OneRow)
	if none && j.Lateral {
		w.puts("LATERAL ")
		w.joinOperand(j.Right)
		return
	}
	switch j.Left.(type) {
	case *plan.Generate:
		w.puts("(")
		w.relation(j.Left)
		w.puts(")")
	default:
		w.relation(j.Left)
	}
	w.puts(" ")
	w.join(j)
}

// join writes a join from its type on.
func (w *printer) join(j *plan.Join) {
	if j.Natural {
		w.puts("NATURAL ")
	}
	w.puts(map[plan.JoinType]string{plan.LeftOuterJoin: "LEFT ", plan.RightOuterJoin: "RIGHT ", plan.FullOuterJoin: "FULL ",
		plan.LeftSemiJoin: "LEFT SEMI ", plan.LeftAntiJoin: "LEFT ANTI ", plan.CrossJoin: "CROSS "}[j.Type], "JOIN ")
	if j.Lateral {
		w.puts("LATERAL ")
	}
	w.joinOperand(j.Right)
	switch {
	case j.Cond != nil:
		w.puts(" ON ")
		w.expr(j.Cond, precOr)
	case len(j.Using) > 0:
		w.puts(" USING ")
		w.idents(j.Using)
	}
}

// joinOperand writes a join's right side.
func (w *printer) joinOperand(r plan.Relation) {
	switch r := r.(type) {
	case *plan.Join, *plan.Generate, *plan.Aggregate, *plan.Unpivot, *plan.Filter:
		w.puts("(")
		w.relation(r)
		w.puts(")")
	case *plan.SubqueryAlias:
		switch in := r.Input.(type) {
		case *plan.Aggregate, *plan.Unpivot, *plan.Filter:
			if isFromItem(in) {
				w.puts("(")
				w.relation(r)
				w.puts(")")
				return
			}
		}
		w.relation(r)
	default:
		w.relation(r)
	}
}

func (w *printer) lateralView(g *plan.Generate) {
	if _, none := g.Input.(*plan.OneRow); !none {
		w.relation(g.Input)
	}
	w.puts(" LATERAL VIEW ")
	if g.Outer {
		w.puts("OUTER ")
	}
	w.expr(g.Gen, precPrimary)
	w.puts(" ")
	w.ident(g.Alias)
	if len(g.Columns) > 0 {
		w.puts(" AS ")
		list(w, g.Columns, ", ", w.ident)
	}
}

func (w *printer) pivot(a *plan.Aggregate) {
	if a.Pivot == nil {
		w.parenQuery(a)
		return
	}
	w.relation(a.Input)
	w.puts(" PIVOT (")
	w.exprs(a.Aggs)
	w.puts(" FOR ")
	w.expr(a.Pivot.Column, precPrimary)
	w.puts(" IN (")
	w.exprs(a.Pivot.Values)
	w.puts("))")
}

func (w *printer) unpivot(u *plan.Unpivot, nulls string) {
	w.relation(u.Input)
	w.puts(" UNPIVOT ", nulls, " NULLS (")
	w.ident(u.ValueCol)
	w.puts(" FOR ")
	w.ident(u.VariableName)
	w.puts(" IN (")
	w.exprs(u.Values)
	w.puts("))")
}
