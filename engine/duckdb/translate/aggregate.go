package translate

// This file turns Aggregate into GROUP BY. The aggregate functions are in func_aggregate.go.

import (
	"slices"
	"strings"

	"shoal/plan"
)

// aggregate groups the input's rows.
func (t *translator) aggregate(r *plan.Aggregate) *block {
	t.blocking++
	b := t.relation(r.Input)
	aggs := t.liveItems(r.Aggs)
	r = t.withoutUnread(r)
	exprs := append(slices.Clone(r.Group), aggs...)
	if !b.plain() && !(b.groupable() && !orderMatters(aggs)) || !t.merges(b, exprs...) || t.borrowed(aggs) {
		b = t.nest(b)
	}
	if !t.keysFit(r.Group) {
		b = t.nestWith(b, r.Group)
		t.group(b, r, bareKeys(r.Group))
	} else {
		t.group(b, r, r.Group)
	}
	t.blocking--
	keys := t.keys
	t.keys = r.Group
	t.defineAggregates(aggs)
	t.keys = keys
	return b.output(r.Out)
}

// withoutUnread is r without the constant keys nobody reads: Spark never computes them. One stays in place of
// all, for without rows there is no group.
func (t *translator) withoutUnread(r *plan.Aggregate) *plan.Aggregate {
	unread := func(k plan.Expr) bool {
		_, isLiteral := constant(k)
		return !isLiteral && !isBare(k) && !t.live[outputID(k)] && isFoldable(k)
	}
	if r.Kind != plan.GroupBy || !slices.ContainsFunc(r.Group, unread) {
		return r
	}
	out := *r
	out.Group = slices.Clone(r.Group)
	for i, k := range r.Group {
		if a, ok := k.(*plan.Alias); ok && unread(k) {
			zero := *a
			zero.Expr = &plan.Literal{Value: int32(0), Type: plan.Int}
			out.Group[i] = &zero
		}
	}
	return &out
}

// borrowed tells that aggregates take columns which are those of the query around, computed on: DuckDB would take
// the aggregate for one of that query.
func (t *translator) borrowed(aggs []plan.Expr) (found bool) {
	for _, e := range aggs {
		plan.Walk(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Column); ok && t.cols[c.ID].traits&borrows != 0 {
				found = true
			}
			return !found
		})
	}
	return found
}

// groupable tells that only an ORDER BY keeps b from being plain.
func (b *block) groupable() bool {
	return !b.grouped && !b.windows && !b.distinct && !b.limited()
}

// keysFit tells whether every key may stand in GROUP BY as it is: DuckDB must find it again in
// the select list, and a constant would be a position.
func (t *translator) keysFit(keys []plan.Expr) bool {
	for _, k := range keys {
		if _, ok := constant(k); ok {
			return false
		}
		if f := t.fragment(k); f.traits != 0 {
			return false
		}
		if c, ok := bareColumn(k); ok {
			if !t.cols[c.ID].column {
				return false
			}
		} else {
			return false
		}
	}
	return true
}

// nestWith makes the keys columns of a subquery, beside b's own.
func (t *translator) nestWith(b *block, keys []plan.Expr) *block {
	b = t.expose(b)
	t.define(keys)
	out := slices.Clone(b.out)
	for _, k := range keys {
		out = append(out, keyColumn(k))
		t.live[outputID(k)] = true
	}
	return t.nest(b.output(out))
}

// expose makes sure that b's select list may be extended.
func (t *translator) expose(b *block) *block {
	if b.plain() || b.groupable() {
		return b
	}
	return t.nest(b)
}

func keyColumn(k plan.Expr) *plan.Column {
	switch k := k.(type) {
	case *plan.Alias:
		name := ""
		if len(k.Names) > 0 {
			name = k.Names[0]
		}
		return &plan.Column{ID: k.ID, Name: name, Type: typeOf(k), Nullable: plan.Nullable(k)}
	case *plan.Column:
		return k
	}
	return &plan.Column{Type: typeOf(k)}
}

// bareKeys refers to keys that have become columns.
func bareKeys(keys []plan.Expr) []plan.Expr {
	out := make([]plan.Expr, len(keys))
	for i, k := range keys {
		c := keyColumn(k)
		out[i] = &plan.Alias{Expr: c, Names: []string{c.Name}, ID: c.ID}
	}
	return out
}

// group sets b's GROUP BY and defines the key columns.
func (t *translator) group(b *block, r *plan.Aggregate, keys []plan.Expr) {
	b.grouped, b.order = true, nil
	texts := make([]string, len(keys))
	made := make([]fragment, len(keys))
	for i, k := range keys {
		f := t.fragment(k)
		if len(r.Aggs) > 0 || !atMostOne(r) {
			f.sql = t.normalZeros(f.sql, typeOf(k))
		}
		f.column = false
		texts[i], made[i] = f.sql, f
	}
	for i, k := range keys {
		t.cols[outputID(k)] = made[i]
	}
	switch {
	case r.Kind == plan.GroupSets:
		b.groupBy = groupingSets(texts, r.Sets)
		if slices.ContainsFunc(r.Sets, func(set []int) bool { return len(set) == 0 }) {
			// Of no rows Spark makes no grand total, except without GROUP BY.
			b.having = append(b.having, fragment{sql: "count(*) > 0", traits: aggregates})
		}
	case len(texts) > 0:
		b.groupBy = strings.Join(texts, ", ")
	case len(t.liveItems(r.Aggs)) == 0:
		b.groupBy = "()" // one row, though nobody asks for an aggregate
	}
}

func groupingSets(keys []string, sets [][]int) string {
	texts := make([]string, len(sets))
	for i, set := range sets {
		members := make([]string, len(set))
		for j, k := range set {
			members[j] = keys[k]
		}
		texts[i] = "(" + strings.Join(members, ", ") + ")"
	}
	return "GROUPING SETS (" + strings.Join(texts, ", ") + ")"
}

// defineAggregates sets what the aggregates' columns are. Their arguments read the input, so
// this comes after group only because keys and input columns have different ids.
func (t *translator) defineAggregates(aggs []plan.Expr) {
	t.blocking++
	made := make([]fragment, len(aggs))
	for i, a := range aggs {
		made[i] = t.fragment(a)
		made[i].traits |= aggregates
		made[i].column = false
	}
	t.blocking--
	for i, a := range aggs {
		t.cols[outputID(a)] = made[i]
	}
}

// grouping is GROUPING of keys. Its arguments are the keys as they were written; DuckDB wants
// what stands in GROUP BY.
func grouping(c *call) string {
	args := c.args()
	for i, a := range args {
		for _, k := range c.t.keys {
			// A key's text is not always the same: lambdas' variables have names of their own.
			if key := withoutAlias(k); key == c.f.Args[i] || c.t.fragment(key).sql == a {
				args[i] = c.t.cols[outputID(k)].sql
			}
		}
	}
	return "CAST(" + c.apply("grouping", args...) + " AS " + c.physical() + ")"
}

func withoutAlias(e plan.Expr) plan.Expr {
	if a, ok := e.(*plan.Alias); ok {
		return a.Expr
	}
	return e
}

// orderMatters tells whether an aggregate's result depends on the order of its rows.
func orderMatters(aggs []plan.Expr) bool {
	return holds(aggs, func(e plan.Expr) bool {
		f, ok := e.(*plan.Func)
		if !ok {
			return false
		}
		switch f.Name {
		case "first", "last", "first_value", "last_value", "any_value", "collect_list", "array_agg", "listagg", "string_agg":
			return true
		}
		return false
	})
}

// aggregateCall is a call of one of DuckDB's aggregate or window functions.
type aggregateCall struct {
	name        string
	args        []string
	distinct    bool
	order       string // an ORDER BY list within the group
	where       string // rows to leave out, beside the call's own FILTER
	ignoreNulls bool   // in a window
}

// aggregate writes a call with all that hangs on the Spark call: DISTINCT, FILTER, OVER.
func (c *call) aggregate(a aggregateCall) string {
	var s strings.Builder
	s.WriteString(a.name + "(")
	if c.f.Distinct || a.distinct {
		s.WriteString("DISTINCT ")
	}
	filter := a.where
	if c.f.Filter != nil {
		condition := c.t.expr(c.f.Filter)
		guarded := a.args
		if !c.f.Distinct || !expanded(c.f.Name) {
			guarded = filterArgs(a.args, condition, c.t.traits)
		}
		filter = condition
		switch {
		case a.where != "" && c.t.traits&fails != 0:
			filter = "CASE WHEN " + condition + " THEN " + a.where + " ELSE FALSE END"
		case a.where != "":
			filter += " AND " + a.where
		}
		a.args = guarded
	}
	s.WriteString(strings.Join(a.args, ", "))
	if a.order != "" {
		s.WriteString(" ORDER BY " + a.order)
	}
	if c.over != "" && a.ignoreNulls {
		s.WriteString(" IGNORE NULLS")
	}
	s.WriteString(")")
	if filter != "" {
		s.WriteString(" FILTER (WHERE " + filter + ")")
	}
	if c.over != "" {
		s.WriteString(" OVER " + c.over)
	}
	return s.String()
}

// expanded tells that DISTINCT matters to an aggregate: Spark then computes its argument on all rows,
// also those that FILTER drops.
func expanded(name string) bool {
	switch name {
	case "min", "max", "bool_and", "bool_or", "every", "some", "any", "bit_and", "bit_or", "collect_set":
		return false
	}
	return true
}

// filterArgs keeps arguments that may fail from being computed on rows that FILTER drops.
func filterArgs(args []string, filter string, traits traits) []string {
	if traits&fails == 0 || len(args) == 0 || args[0] == "*" {
		return args
	}
	guarded := slices.Clone(args)
	guarded[0] = "CASE WHEN " + filter + " THEN " + args[0] + " END"
	return guarded
}
