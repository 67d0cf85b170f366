package translate

// This file renders common table expressions: all of them in one WITH at the head of the query.

import (
	"strconv"
	"strings"

	"shoal/plan"
)

func (t *translator) withQuery(r *plan.With) *block {
	for _, d := range r.Defs {
		if d.Recursive {
			t.recursive(d)
			continue
		}
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
	// checked is how those outside a recursive definition read it: %s stands for the rows they need.
	checked string
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
	from := def.name
	if def.checked != "" {
		from = "(" + strings.Replace(def.checked, "%s", t.firstRows[r], 1) + ")"
	}
	return &block{from: from + " AS " + alias, out: r.Out}
}

// recursive renders a definition that reads itself. Each row carries the level of the step that gave
// it: the loop ends a step behind the last one allowed, and who reads that far fails. So a LIMIT
// above ends what would never end, as in Spark.
func (t *translator) recursive(d plan.CTE) {
	union := d.Plan.(*plan.SetOp)
	loop, level := t.fresh("w"), t.fresh("level")
	t.ctes[d.ID] = cte{name: loop, out: union.Out}
	anchor, step := t.branch(union, union.Inputs[0]), t.branch(union, union.Inputs[1])
	names := make([]string, len(union.Out))
	for i, c := range union.Out {
		names[i] = columnName(c.ID)
	}
	columns := strings.Join(names, ", ")
	last, rows := "", ""
	checks := []string{"true"}
	check := func(value string, limit int, class, param string) {
		n := strconv.Itoa(limit)
		checks = append(checks, "CASE WHEN "+value+" <= "+n+" THEN true ELSE CAST("+t.raiseNowhere(class, param, quoteText(n))+" AS BOOLEAN) END")
	}
	if d.MaxLevel >= 0 {
		last = " WHERE n." + level + " <= " + strconv.Itoa(d.MaxLevel)
		check(level, d.MaxLevel, "RECURSION_LEVEL_LIMIT_EXCEEDED", "levelLimit")
	}
	if d.MaxRows >= 0 {
		rows = ", row_number() OVER () AS row"
		check("row", d.MaxRows, "RECURSION_ROW_LIMIT_EXCEEDED", "rowLimit")
	}
	t.loops = true
	t.with = append(t.with, loop+"("+columns+", "+level+") AS (SELECT *, 1 FROM ("+anchor+") UNION ALL SELECT s.*, n."+level+
		" + 1 FROM ("+step+") AS s, (SELECT max("+level+") AS "+level+" FROM "+loop+") AS n"+last+")")
	t.ctes[d.ID] = cte{name: loop, out: union.Out,
		checked: "SELECT " + columns + " FROM (SELECT *" + rows + " FROM " + loop + "%s) WHERE " + strings.Join(checks, " AND ")}
}

// first notes how many rows of a recursive definition are read, where nothing between it and a LIMIT
// needs more.
func (t *translator) first(r plan.Relation, limit string) {
	switch r := r.(type) {
	case *plan.Project:
		if !holds(r.Exprs, isWindow) {
			t.first(r.Input, limit)
		}
	case *plan.With:
		t.first(r.Input, limit)
	case *plan.CTERef:
		t.firstRows[r] = " LIMIT " + limit
	}
}
