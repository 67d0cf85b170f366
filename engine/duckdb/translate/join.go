package translate

// This file turns joins and set operations into FROM items.

import (
	"strings"

	"shoal/plan"
)

var joinWords = map[plan.JoinType]string{
	plan.InnerJoin: " JOIN ", plan.LeftOuterJoin: " LEFT JOIN ", plan.RightOuterJoin: " RIGHT JOIN ",
	plan.FullOuterJoin: " FULL JOIN ", plan.LeftSemiJoin: " SEMI JOIN ", plan.LeftAntiJoin: " ANTI JOIN ",
	plan.CrossJoin: " CROSS JOIN ",
}

// join puts two relations side by side in one FROM.
func (t *translator) join(r *plan.Join) *block {
	r = t.withoutSubqueries(r)
	keepsLeft := r.Type != plan.RightOuterJoin && r.Type != plan.FullOuterJoin
	left := t.side(t.relation(r.Left), keepsLeft)
	if r.Lateral && !t.outerColumnsAreBare(r.Right) {
		left = t.nest(left)
	}
	right := t.relation(r.Right)
	if r.Lateral {
		right = t.nest(right)
	} else {
		right = t.side(right, r.Type == plan.InnerJoin || r.Type == plan.CrossJoin)
	}
	var order []orderKey
	if t.natural[r] {
		left, right, order = t.rowByRow(r, left, right)
	}
	b := &block{joined: true, where: append(left.where, right.where...), order: order}
	word := joinWords[r.Type]
	conds := t.conditions(r.Cond)
	if r.Cond != nil && r.Type == plan.CrossJoin {
		word = joinWords[plan.InnerJoin]
	}
	if r.Cond == nil && (r.Type == plan.InnerJoin) && !r.Lateral {
		word = joinWords[plan.CrossJoin]
	}
	item := right.from
	if right.joined {
		item = "(" + item + ")"
	}
	if r.Lateral {
		item = "LATERAL " + item
	}
	b.from = left.from + word + item
	if word != joinWords[plan.CrossJoin] {
		b.from += " ON " + onClause(conds)
	}
	return b.output(r.Out)
}

func onClause(conds []fragment) string {
	if len(conds) == 0 {
		return "TRUE"
	}
	return conjoin(conds)
}

// side makes b fit into a join's FROM: bare columns only. Its WHERE may stay, to be moved
// above the join, where the join keeps or drops this side's rows as they are.
func (t *translator) side(b *block, mayFilterLater bool) *block {
	fits := b.plain() && b.from != "" && (len(b.where) == 0 || mayFilterLater)
	for _, c := range b.out {
		fits = fits && (t.cols[c.ID].column || !t.live[c.ID])
	}
	for _, w := range b.where {
		fits = fits && w.traits&volatile == 0
	}
	if fits {
		return b
	}
	return t.nest(b)
}

// setOp joins queries by UNION ALL, INTERSECT or EXCEPT.
func (t *translator) setOp(r *plan.SetOp) *block { return t.setOpOf(r, flatUnion(r, false, nil)) }

func (t *translator) setOpOf(r *plan.SetOp, inputs []plan.Relation) *block {
	word := " UNION ALL "
	switch {
	case r.Kind == plan.Intersect && r.All:
		word = " INTERSECT ALL "
	case r.Kind == plan.Intersect:
		word = " INTERSECT "
	case r.Kind == plan.Except && r.All:
		word = " EXCEPT ALL "
	case r.Kind == plan.Except:
		word = " EXCEPT "
	}
	// A branch of a union may deliver rows while a later one still computes: no narrow decimals,
	// unless all of it stands below an aggregate.
	streams := t.streams
	t.streams = streams || r.Kind == plan.Union && t.blocking == 0
	parts := make([]string, len(inputs))
	for i, in := range inputs {
		parts[i] = "(" + t.branch(r, in) + ")"
	}
	t.streams = streams
	return t.fromQuery(strings.Join(parts, word), r.Out).output(r.Out)
}

// flatUnion lists a union's inputs, with those of a union inside it in its place: hundreds of
// unions in a row are one to DuckDB, whose queries must not nest that deeply. Where the rows will be
// made distinct, so are those of unions that are made distinct before.
func flatUnion(r *plan.SetOp, distinct bool, to []plan.Relation) []plan.Relation {
	for _, in := range r.Inputs {
		inner, ok := unionIn(in, distinct)
		if ok && r.Kind == plan.Union {
			to = flatUnion(inner, distinct, to)
		} else {
			to = append(to, in)
		}
	}
	return to
}

// unionIn finds a union, also below a Distinct of whole rows.
func unionIn(r plan.Relation, distinct bool) (*plan.SetOp, bool) {
	if d, ok := r.(*plan.Distinct); ok && distinct && len(d.Columns) == 0 {
		r = d.Input
	}
	s, ok := r.(*plan.SetOp)
	return s, ok && s.Kind == plan.Union
}

// branch is one input of a set operation, its live columns named as the result's.
func (t *translator) branch(r *plan.SetOp, in plan.Relation) string {
	b := t.relation(in)
	if b.distinct && r.Kind == plan.Union {
		b = t.nest(b) // dead columns must not be dropped from a SELECT DISTINCT
	}
	var items []string
	named := map[plan.ColumnID]bool{}
	for i, c := range plan.Output(in) {
		if !t.live[r.Out[i].ID] {
			continue
		}
		f := t.cols[c.ID]
		if r.Kind != plan.Union && !atMostOne(in) {
			f.sql = t.normalZeros(f.sql, c.Type)
		}
		items = append(items, b.behindFilter(f)+" AS "+columnName(r.Out[i].ID))
	}
	return t.renderItems(b, items, named)
}
