package translate

// This file holds SELECT blocks: what a relation has become so far.

import (
	"strings"

	"shoal/plan"
)

// block is one SELECT under construction. What its columns are stands in translator.cols:
// fragments over the FROM items.
type block struct {
	from    string // "" is a single row without columns
	joined  bool   // from is a join: needs parentheses on a join's right side
	where   []fragment
	grouped bool
	groupBy string // "" without keys
	having  []fragment
	windows bool // the select list holds window functions
	// distinct is SELECT DISTINCT.
	distinct bool
	order    []orderKey
	limit    string
	offset   string
	out      []*plan.Column
}

type orderKey struct {
	id   plan.ColumnID // the key is just this column
	sql  string
	tail string // " DESC NULLS LAST"
}

// limited tells that rows were cut: nothing but another cut fits on top.
func (b *block) limited() bool { return b.limit != "" || b.offset != "" }

// plain tells that b is its FROM and perhaps a WHERE.
func (b *block) plain() bool {
	return !b.grouped && !b.windows && !b.distinct && !b.limited() && len(b.order) == 0
}

// output sets the columns.
func (b *block) output(out []*plan.Column) *block {
	b.out = out
	return b
}

// rootNames asks render for every output column in order, dead or doubled ones too.
const rootNames = true

// render writes the block as a query whose columns are named by id. Within another query
// (all is false) only live columns are written, each once.
func (t *translator) render(b *block, all bool) string {
	var items []string
	written := map[plan.ColumnID]bool{}
	for _, c := range b.out {
		if !all && (written[c.ID] || !t.live[c.ID]) {
			continue
		}
		written[c.ID] = true
		f := t.cols[c.ID]
		if !all {
			f.sql = b.behindFilter(f)
		}
		items = append(items, f.sql+" AS "+columnName(c.ID))
	}
	return t.renderItems(b, items, written)
}

// renderItems writes the block with the given select list.
func (t *translator) renderItems(b *block, items []string, named map[plan.ColumnID]bool) string {
	var s strings.Builder
	s.WriteString("SELECT ")
	if b.distinct {
		s.WriteString("DISTINCT ")
	}
	if len(items) == 0 {
		items = []string{"1 AS one"}
	}
	s.WriteString(strings.Join(items, ", "))
	clause := func(word, text string) {
		if text != "" {
			s.WriteString(word + text)
		}
	}
	clause(" FROM ", b.from)
	clause(" WHERE ", conjoin(b.where))
	if b.grouped {
		clause(" GROUP BY ", b.groupBy)
	}
	clause(" HAVING ", conjoin(b.having))
	keys := make([]string, len(b.order))
	for i, k := range b.order {
		keys[i] = k.sql + k.tail
		if named[k.id] {
			keys[i] = columnName(k.id) + k.tail
		}
	}
	clause(" ORDER BY ", strings.Join(keys, ", "))
	clause(" LIMIT ", b.limit)
	clause(" OFFSET ", b.offset)
	return s.String()
}

// nest makes b a subquery in the FROM of a new block.
func (t *translator) nest(b *block) *block {
	return t.fromQuery(t.render(b, false), b.out)
}

// fromQuery is a block that reads a query whose columns are named by the ids of out.
func (t *translator) fromQuery(sql string, out []*plan.Column) *block {
	b, _ := t.fromQueryAs(sql, out)
	return b
}

// fromQueryAs is fromQuery for who needs further columns of the query: it tells its alias.
func (t *translator) fromQueryAs(sql string, out []*plan.Column) (*block, string) {
	alias := t.source()
	for _, c := range out {
		t.cols[c.ID] = t.columnOf(alias, columnName(c.ID))
	}
	return &block{from: "(" + sql + ") AS " + alias, out: out}, alias
}

// source is the alias of a new FROM item.
func (t *translator) source() string {
	alias := t.fresh("t")
	t.sources[alias] = min(len(t.sources), 63)
	return alias
}

// columnOf is a column of a FROM item; name is SQL.
func (t *translator) columnOf(alias, name string) fragment {
	return fragment{sql: alias + "." + name, reads: 1 << t.sources[alias], column: true}
}

// longText is the size from which a fragment is computed once rather than written twice.
const longText = 80

// merges tells whether exprs may be written into b, the block their columns come from: each column is a bare one, or
// short, or used once, and gives the same value when written again. DuckDB's TRY takes neither keys nor aggregates of
// the same block, nor window functions and subqueries; its windows cannot have a RANGE of a subquery, its lambdas
// cannot always have a window function.
func (t *translator) merges(b *block, exprs ...plan.Expr) bool {
	used := map[plan.ColumnID]int{}
	ok := true
	for _, e := range exprs {
		plan.Walk(e, func(e plan.Expr) bool {
			switch e := e.(type) {
			case *plan.Column:
				used[e.ID]++
				f := t.cols[e.ID]
				again := used[e.ID] > 1
				if !f.column && (f.traits&volatile != 0 || again && (len(f.sql) > longText || f.traits&(windowed|queries) != 0)) {
					ok = false
				}
			case *plan.Func:
				ok = ok && (e.Name != "try" || !b.grouped && !holds(e.Args, t.isUncatchable))
			case *plan.Window:
				ok = ok && !holds([]plan.Expr{e}, t.isQueried)
			case *plan.Lambda:
				ok = ok && !holds([]plan.Expr{e}, t.isUncatchable)
			case *plan.Subquery:
				ok = ok && t.outerColumnsAreBare(e.Plan)
			}
			return ok
		})
	}
	return ok
}

// isUncatchable tells a column made of what cannot stand in TRY, or in a lambda.
func (t *translator) isUncatchable(e plan.Expr) bool { return t.isMadeOf(e, windowed|queries) }

// isQueried tells a column that a subquery computes.
func (t *translator) isQueried(e plan.Expr) bool { return t.isMadeOf(e, queries) }

func (t *translator) isMadeOf(e plan.Expr, of traits) bool {
	c, ok := e.(*plan.Column)
	return ok && t.cols[c.ID].traits&of != 0
}

// outerColumnsAreBare tells whether a subquery refers only to bare columns of the block
// around it, as a correlated subquery in DuckDB must.
func (t *translator) outerColumnsAreBare(r plan.Relation) bool {
	ok := true
	eachExpr(r, func(e plan.Expr) {
		if o, outer := e.(*plan.OuterColumn); outer {
			if f, known := t.cols[o.ID]; known && !f.column {
				ok = false
			}
		}
	})
	return ok
}

// eachExpr visits every expression of a plan, those of nested subqueries too.
func eachExpr(r plan.Relation, visit func(plan.Expr)) {
	plan.WalkRelations(r, func(r plan.Relation) bool {
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, func(e plan.Expr) bool {
				visit(e)
				if s, ok := e.(*plan.Subquery); ok {
					eachExpr(s.Plan, visit)
				}
				return true
			})
		}
		return true
	})
}

// holds tells whether any expression has a node for which is is true.
func holds(exprs []plan.Expr, is func(plan.Expr) bool) bool {
	found := false
	for _, e := range exprs {
		plan.Walk(e, func(e plan.Expr) bool {
			found = found || is(e)
			return !found
		})
	}
	return found
}

func isWindow(e plan.Expr) bool {
	_, ok := e.(*plan.Window)
	return ok
}
