package translate

// This file renders common table expressions: all of them in one WITH at the head of the query.

import (
	"shoal/plan"
)

func (t *translator) withQuery(r *plan.With) *block {
	if r.Recursive {
		t.unsupported("recursive common table expressions")
	}
	for _, d := range r.Defs {
		name := t.fresh("w")
		b := t.relation(d.Plan)
		t.with = append(t.with, name+" AS ("+t.render(b, false)+")")
		t.ctes[d.ID] = cte{name: name, out: plan.Output(d.Plan)}
	}
	return t.relation(r.Input).output(r.Out)
}

// cte is a definition that was rendered.
type cte struct {
	name string
	out  []*plan.Column
}

// cteRef reads a definition; its columns are matched by position.
func (t *translator) cteRef(r *plan.CTERef) *block {
	def, ok := t.ctes[r.ID]
	if !ok {
		t.unsupported("a reference to an unknown common table expression")
		return &block{out: r.Out}
	}
	alias := t.source()
	for i, c := range r.Out {
		t.cols[c.ID] = t.columnOf(alias, columnName(def.out[i].ID))
	}
	return &block{from: def.name + " AS " + alias, out: r.Out}
}
