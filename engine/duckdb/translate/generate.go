package translate

// This file renders generators: explode and its kin, as DuckDB's unnest in a select list. Lists
// unnested side by side advance together.

import (
	"strings"

	"shoal/plan"
)

// generate joins each input row with the rows its generator makes.
func (t *translator) generate(r *plan.Generate) *block {
	b := t.relation(r.Input)
	f, ok := r.Gen.(*plan.Func)
	if !ok {
		t.unsupported("a generator that is no function")
		return b.output(r.Out)
	}
	if !b.plain() || !t.merges(b, r.Gen) {
		b = t.nest(b)
	}
	made := r.Out[len(plan.Output(r.Input)):]
	c := &call{t: t, f: f}
	lists, pick := c.lists(made, r.Outer || strings.HasSuffix(f.Name, "_outer"))
	var items []string
	written := map[plan.ColumnID]bool{}
	for _, col := range plan.Output(r.Input) {
		if t.live[col.ID] && !written[col.ID] {
			written[col.ID] = true
			items = append(items, t.cols[col.ID].sql+" AS "+columnName(col.ID))
		}
	}
	names := make([]string, len(lists))
	for i, list := range lists {
		names[i] = t.fresh("g")
		items = append(items, "unnest("+list+") AS "+names[i])
	}
	out, alias := t.fromQueryAs(t.renderItems(b, items, nil), plan.Output(r.Input))
	for i, col := range made {
		t.cols[col.ID] = pick(i, alias, names)
	}
	return out.output(r.Out)
}

// lists are what a generator unnests, and pick finds column i among them.
func (c *call) lists(made []*plan.Column, outer bool) (lists []string, pick func(i int, alias string, names []string) fragment) {
	pick = func(i int, alias string, names []string) fragment { return c.t.columnOf(alias, names[i]) }
	switch strings.TrimSuffix(c.f.Name, "_outer") {
	case "explode":
		lists = c.elements()
	case "posexplode":
		lists = append([]string{"range(len(" + c.elements()[0] + "))"}, c.elements()...)
		pick = func(i int, alias string, names []string) fragment {
			f := c.t.columnOf(alias, names[i])
			if i == 0 {
				f.sql = "CAST(" + f.sql + " AS INTEGER)"
			}
			return f
		}
	case "inline", "variant_explode":
		lists = []string{c.arg(0)}
		if c.typ(0) == plan.Variant {
			lists = []string{"shoal_variant_parts(" + c.arg(0) + ")"}
		}
		pick = func(i int, alias string, names []string) fragment {
			f := c.t.columnOf(alias, names[0])
			f.sql = structField(f.sql, i)
			return f
		}
	case "json_tuple":
		list, at := c.jsonTuple()
		lists = []string{list}
		pick = func(i int, alias string, names []string) fragment {
			f := c.t.columnOf(alias, names[0])
			f.sql = structField(f.sql, at[i])
			return f
		}
	case "stack":
		lists = c.stacked(len(made))
	default:
		c.unsupported("generator %s", c.f.Name)
	}
	if outer {
		for i, l := range lists {
			lists[i] = c.let(l, func(l string) string { return "CASE WHEN len(" + l + ") > 0 THEN " + l + " ELSE [NULL] END" })
		}
	}
	return lists, pick
}

// elements are an array, or a map's keys and values.
func (c *call) elements() []string {
	if _, ok := c.typ(0).(plan.Map); ok {
		m := c.arg(0)
		return []string{"map_keys(" + m + ")", "map_values(" + m + ")"}
	}
	return []string{c.arg(0)}
}

// stacked are the columns of stack(n, v1, v2, ...): its values row by row.
func (c *call) stacked(columns int) []string {
	n, ok := c.integer(0)
	if !ok || n <= 0 {
		return []string{c.unsupported("stack with a row count that is not a constant")}
	}
	lists := make([]string, columns)
	for i := range lists {
		var cells []string
		for row := range int(n) {
			if at := 1 + row*columns + i; at < c.n() {
				cells = append(cells, c.arg(at))
			} else {
				cells = append(cells, "NULL")
			}
		}
		lists[i] = "[" + strings.Join(cells, ", ") + "]"
	}
	return lists
}
