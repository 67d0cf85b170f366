package translate

// This file turns relations with one input, and leaves without files, into blocks.

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/ipc"

	"shoal/fault"
	"shoal/plan"
)

// relation is the block of a resolved relation.
func (t *translator) relation(r plan.Relation) *block {
	switch r := r.(type) {
	case *plan.Scan:
		return t.scan(r)
	case *plan.LocalData:
		return t.localData(r)
	case *plan.Values:
		return t.valuesRows(r)
	case *plan.Range:
		return t.numbers(r)
	case *plan.OneRow:
		return &block{out: r.Out}
	case *plan.CTERef:
		return t.cteRef(r)
	case *plan.With:
		return t.withQuery(r)
	case *plan.Project:
		return t.project(r)
	case *plan.Filter:
		return t.filter(r)
	case *plan.Aggregate:
		return t.aggregate(r)
	case *plan.Sort:
		return t.sort(r)
	case *plan.Limit:
		return t.limit(r)
	case *plan.Offset:
		return t.skip(r)
	case *plan.Tail:
		return t.last(r)
	case *plan.Distinct:
		return t.distinct(r)
	case *plan.Generate:
		return t.generate(r)
	case *plan.Sample:
		return t.sample(r)
	case *plan.Join:
		return t.join(r)
	case *plan.SetOp:
		return t.setOp(r)
	default:
		t.fail(fault.Unsupported("relation %T", r))
		return &block{out: plan.Output(r)}
	}
}

// project computes the select list in the input's block where it fits.
func (t *translator) project(r *plan.Project) *block {
	b := t.relation(r.Input)
	exprs := t.liveItems(r.Exprs)
	trivial := t.trivial(exprs)
	switch {
	case trivial && !b.distinct: // renaming and dropping columns fits anywhere
	case b.distinct, b.limited(), b.windows && holds(exprs, isWindow), !t.merges(b, exprs...):
		b = t.nest(b)
	}
	t.define(exprs)
	b.windows = b.windows || holds(exprs, isWindow)
	if t.natural[r] && holds(exprs, isWindow) {
		t.inWindowOrder(b, exprs)
	}
	return b.output(r.Out)
}

// define sets what the columns made by select items are.
func (t *translator) define(items []plan.Expr) {
	made := make([]fragment, len(items))
	for i, e := range items {
		made[i] = t.fragment(e)
		made[i].column = isBare(e) && made[i].column
		if c, ok := bareColumn(e); ok {
			made[i].column, made[i].stored = t.cols[c.ID].column, t.cols[c.ID].stored
		}
	}
	for i, e := range items {
		t.cols[outputID(e)] = made[i]
	}
}

func isBare(e plan.Expr) bool {
	_, ok := bareColumn(e)
	return ok
}

func bareColumn(e plan.Expr) (*plan.Column, bool) {
	if a, ok := e.(*plan.Alias); ok {
		e = a.Expr
	}
	c, ok := e.(*plan.Column)
	return c, ok
}

// liveItems are the select items somebody needs.
func (t *translator) liveItems(items []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, e := range items {
		if t.live[outputID(e)] {
			out = append(out, e)
		}
	}
	return out
}

// trivial tells that each item is a column or a literal.
func (t *translator) trivial(items []plan.Expr) bool {
	for _, e := range items {
		if a, ok := e.(*plan.Alias); ok {
			e = a.Expr
		}
		switch e.(type) {
		case *plan.Column, *plan.Literal:
		default:
			return false
		}
	}
	return true
}

func hasLambda(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Lambda:
		return true
	case *plan.Cast:
		return nested(typeOf(e.Expr)) // element by element
	}
	return false
}

// filter adds to WHERE, or to HAVING above an aggregate.
func (t *translator) filter(r *plan.Filter) *block {
	b := t.relation(r.Input)
	if b.limited() || b.windows || !t.merges(b, conjuncts(r.Cond)...) || b.grouped && holds([]plan.Expr{r.Cond}, hasLambda) {
		b = t.nest(b) // DuckDB takes a lambda's variables in HAVING for columns that are not grouped
	}
	if b.grouped {
		b.having = append(b.having, t.conditions(r.Cond)...)
	} else {
		b.where = append(b.where, t.conditions(r.Cond)...)
	}
	return b.output(r.Out)
}

func (t *translator) sort(r *plan.Sort) *block {
	b := t.relation(r.Input)
	if b.limited() || b.distinct || !t.merges(b, plan.Exprs(r)...) {
		b = t.nest(b)
	}
	b.order = t.orderKeys(r.Order)
	return b.output(r.Out)
}

func (t *translator) orderKeys(order []plan.SortOrder) []orderKey {
	keys := make([]orderKey, len(order))
	for i, o := range order {
		keys[i] = orderKey{sql: t.sortKey(o.Expr), tail: orderTail(o)}
		if c, ok := o.Expr.(*plan.Column); ok && !hidesNulls(c.Type) && !holdsFloats(c.Type) {
			keys[i].id = c.ID
		}
	}
	return keys
}

// count is the number of a LIMIT, OFFSET or TAIL.
func (t *translator) count(e plan.Expr) int64 {
	l, ok := constant(e)
	if !ok {
		t.unsupported("a row count that is not a constant")
		return 0
	}
	n, ok := l.Value.(int32)
	if wide, is := l.Value.(int64); is {
		return wide
	}
	if !ok {
		t.unsupported("a row count of type %s", l.Type)
	}
	return int64(n)
}

func (t *translator) limit(r *plan.Limit) *block {
	limit := strconv.FormatInt(t.count(r.Count), 10)
	t.first(r.Input, limit)
	b := t.relation(r.Input)
	if b.limit != "" {
		b = t.nest(b)
	}
	b.limit = limit
	return b.output(r.Out)
}

func (t *translator) skip(r *plan.Offset) *block {
	b := t.relation(r.Input)
	if b.limited() {
		b = t.nest(b)
	}
	b.offset = strconv.FormatInt(t.count(r.Count), 10)
	return b.output(r.Out)
}

// last keeps the last rows: counted from the end of the input's order.
func (t *translator) last(r *plan.Tail) *block {
	b := t.relation(r.Input)
	n := t.count(r.Count)
	query := t.render(b, false)
	name, row, total := t.fresh("t"), t.fresh("n"), t.fresh("n")
	numbered := "SELECT *, row_number() OVER () AS " + row + ", count(*) OVER () AS " + total + " FROM (" + query + ") AS " + name
	b = t.fromQuery(numbered, b.out)
	b.where = []fragment{{sql: fmt.Sprintf("%s > %s - %d", row, total, n)}}
	b.order = []orderKey{{sql: row}}
	return b.output(r.Out)
}

// distinct drops equal rows, or keeps one row for each value of some columns. Spark turns
// -0.0 into 0.0 in grouping keys; where there is one row at most it does not group.
func (t *translator) distinct(r *plan.Distinct) *block {
	var b *block
	if u, ok := unionIn(r, true); ok {
		b = t.setOpOf(u, flatUnion(u, true, nil))
	} else {
		b = t.relation(r.Input)
	}
	if len(r.Columns) > 0 {
		keys := make([]string, len(r.Columns))
		b = t.nest(b)
		for i, c := range r.Columns {
			keys[i] = t.expr(c)
		}
		items := []string{}
		for _, c := range b.out {
			if t.live[c.ID] {
				items = append(items, t.cols[c.ID].sql+" AS "+columnName(c.ID))
			}
		}
		query := "SELECT DISTINCT ON (" + strings.Join(keys, ", ") + ") " + strings.Join(items, ", ") + " FROM " + b.from
		return t.fromQuery(query, b.out).output(r.Out)
	}
	if b.limited() || b.distinct || len(b.order) > 0 || b.windows {
		b = t.nest(b)
	}
	single := atMostOne(r.Input)
	for _, c := range r.Out {
		if f := t.cols[c.ID]; holdsFloats(c.Type) && !single {
			f.sql, f.column = t.normalZeros(f.sql, c.Type), false
			t.cols[c.ID] = f
		}
	}
	b.distinct = true
	return b.output(r.Out)
}

// localData reads a temporary table that the driver makes.
func (t *translator) localData(r *plan.LocalData) *block {
	if len(r.Out) == 0 && rowsOf(r.Arrow) == 0 {
		return t.emptyRows(&plan.Values{Common: r.Common}) // what a command answers with
	}
	name := fmt.Sprintf("shoal_local_%d", len(t.locals))
	t.locals = append(t.locals, Local{Name: name, Data: r})
	alias := t.source()
	for i, c := range r.Out {
		t.cols[c.ID] = t.columnOf(alias, fmt.Sprintf("c%d", i))
	}
	return &block{from: name + " AS " + alias, out: r.Out}
}

func (t *translator) valuesRows(r *plan.Values) *block {
	if len(r.Rows) == 0 {
		return t.emptyRows(r)
	}
	if len(r.Out) == 0 {
		return &block{from: fmt.Sprintf("range(%d) AS %s", len(r.Rows), t.source()), out: r.Out}
	}
	rows := make([]string, len(r.Rows))
	for i, row := range r.Rows {
		cells := make([]string, len(row))
		for j, e := range row {
			cells[j] = t.expr(e)
		}
		rows[i] = "(" + strings.Join(cells, ", ") + ")"
	}
	alias := t.source()
	names := make([]string, len(r.Out))
	for i, c := range r.Out {
		names[i] = columnName(c.ID)
		t.cols[c.ID] = t.columnOf(alias, names[i])
	}
	from := "(VALUES " + strings.Join(rows, ", ") + ") AS " + alias + "(" + strings.Join(names, ", ") + ")"
	return &block{from: from, out: r.Out}
}

// emptyRows is a relation that has columns and no row.
func (t *translator) emptyRows(r *plan.Values) *block {
	items := make([]string, len(r.Out))
	for i, c := range r.Out {
		items[i] = t.value(nil, c.Type) + " AS " + columnName(c.ID)
	}
	if len(items) == 0 {
		items = []string{"1 AS one"}
	}
	return t.fromQuery("SELECT "+strings.Join(items, ", ")+" WHERE FALSE", r.Out)
}

func (t *translator) numbers(r *plan.Range) *block {
	alias := t.source()
	name := columnName(r.Out[0].ID)
	t.cols[r.Out[0].ID] = t.columnOf(alias, name)
	from := fmt.Sprintf("range(%d, %d, %d) AS %s(%s)", r.Start, r.End, r.Step, alias, name)
	return &block{from: from, out: r.Out}
}

// sample without replacement keeps each row by its own chance; Spark's own choice is random
// too, unless a seed was given.
func (t *translator) sample(r *plan.Sample) *block {
	if r.Seed != nil || r.WithReplacement {
		t.unsupported("a sample with a seed or with replacement: it depends on how Spark splits the data")
	}
	b := t.nest(t.relation(r.Input))
	b.where = []fragment{{sql: "random() < " + floatText(r.Upper-r.Lower, 64), traits: volatile}}
	return t.nest(b).output(r.Out)
}

// rowsOf counts the rows of an Arrow stream; what cannot be read has some.
func rowsOf(stream []byte) int64 {
	if len(stream) == 0 {
		return 0
	}
	r, err := ipc.NewReader(bytes.NewReader(stream))
	if err != nil {
		return 1
	}
	defer r.Release()
	rows := int64(0)
	for r.Next() {
		rows += r.RecordBatch().NumRows()
	}
	if r.Err() != nil {
		return 1
	}
	return rows
}
