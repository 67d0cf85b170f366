package translate

// This file gives the rows of small data the order they have in Spark where nobody asked for one, so
// that examples look the same: an outer or cross join goes through one side row by row, window functions
// leave each partition's rows together. Of large data it would cost a sort.

import (
	"slices"

	"shoal/plan"
)

const (
	smallRows  = 1000
	smallBytes = 64 << 10
)

// natural finds the joins and projections between the root and its data whose order shows.
func natural(root plan.Relation) map[plan.Relation]bool {
	if !littleData(root) {
		return nil
	}
	marked := map[plan.Relation]bool{}
	var down func(r plan.Relation)
	down = func(r plan.Relation) {
		switch r := r.(type) {
		case *plan.Project:
			marked[r] = holds(r.Exprs, isWindow)
			down(r.Input)
		case *plan.Filter:
			down(r.Input)
		case *plan.Limit:
			down(r.Input)
		case *plan.Join:
			if r.Type == plan.LeftOuterJoin || r.Type == plan.RightOuterJoin || r.Cond == nil && (r.Type == plan.InnerJoin || r.Type == plan.CrossJoin) {
				marked[r] = true
				down(r.Left)
				down(r.Right)
			}
		}
	}
	down(root)
	return marked
}

// littleData tells that a plan reads nothing but a little data that came with it, and asks no second query.
func littleData(root plan.Relation) bool {
	fits := true
	plan.WalkRelations(root, func(r plan.Relation) bool {
		switch r := r.(type) {
		case *plan.LocalData:
			fits = fits && len(r.Arrow) <= smallBytes && len(r.Out) > 0
		case *plan.Values:
			fits = fits && len(r.Rows) <= smallRows
		case *plan.Range:
			fits = fits && r.Start <= r.End && r.End-r.Start <= smallRows
		case *plan.OneRow, *plan.Project, *plan.Filter, *plan.Limit, *plan.Sort, *plan.Aggregate, *plan.Distinct:
		case *plan.Join:
			fits = fits && !r.Lateral
		default:
			fits = false
		}
		for _, e := range plan.Exprs(r) {
			fits = fits && !holds([]plan.Expr{e}, isQuery)
		}
		return fits
	})
	return fits
}

func isQuery(e plan.Expr) bool {
	_, ok := e.(*plan.Subquery)
	return ok
}

// rowByRow has a join go through one side in its order, and for each row through the other: backwards where
// Spark finds the rows by their keys, for its tables of a key's rows have the latest first.
func (t *translator) rowByRow(r *plan.Join, left, right *block) (*block, *block, []orderKey) {
	left, first := t.rowNumbered(left)
	right, second := t.rowNumbered(right)
	outer, inner := orderKey{sql: first}, orderKey{sql: second}
	if r.Type == plan.RightOuterJoin || r.Cond == nil && r.Type != plan.LeftOuterJoin && sizeOf(r.Right) > sizeOf(r.Left) {
		outer, inner = inner, outer
	}
	if r.Cond != nil && holds([]plan.Expr{r.Cond}, isEquality) {
		inner.tail = " DESC"
	}
	return left, right, []orderKey{outer, inner}
}

func isEquality(e plan.Expr) bool {
	f, ok := e.(*plan.Func)
	return ok && (f.Name == "=" || f.Name == "<=>")
}

// sizeOf is Spark's guess of a small plan's bytes, by which it chooses the side of a cross join to keep.
func sizeOf(r plan.Relation) int {
	switch r := r.(type) {
	case *plan.LocalData:
		return int(rowsOf(r.Arrow)) * rowSize(r.Out)
	case *plan.Values:
		return len(r.Rows) * rowSize(r.Out)
	case *plan.Range:
		return 8 * int((r.End-r.Start)/max(r.Step, 1))
	case *plan.Join:
		return sizeOf(r.Left) * sizeOf(r.Right)
	case *plan.Project:
		return sizeOf(r.Input) * rowSize(r.Out) / rowSize(plan.Output(r.Input))
	}
	size := 1
	for _, in := range plan.Inputs(r) {
		size *= sizeOf(in)
	}
	return size
}

func rowSize(cols []*plan.Column) int {
	size := 8
	for _, c := range cols {
		switch typ := c.Type.(type) {
		case plan.Decimal:
			size += 8
			if typ.Precision > 18 {
				size += 8
			}
		case plan.Basic:
			size += defaultSizes[typ]
		default:
			size += 20
		}
	}
	return size
}

// defaultSizes are how many bytes Spark takes a value for.
var defaultSizes = map[plan.Basic]int{plan.Null: 1, plan.Boolean: 1, plan.Byte: 1, plan.Short: 2, plan.Int: 4, plan.Long: 8, plan.Float: 4,
	plan.Double: 8, plan.String: 20, plan.Binary: 100, plan.Date: 4, plan.Timestamp: 8, plan.TimestampNTZ: 8, plan.CalendarInterval: 16}

// rowNumbered is a block with a column of the rows' numbers.
func (t *translator) rowNumbered(b *block) (*block, string) {
	var items []string
	written := map[plan.ColumnID]bool{}
	for _, c := range b.out {
		if t.live[c.ID] && !written[c.ID] {
			written[c.ID] = true
			items = append(items, b.behindFilter(t.cols[c.ID])+" AS "+columnName(c.ID))
		}
	}
	name := t.fresh("n")
	items = append(items, "row_number() OVER () AS "+name)
	if len(b.order) > 0 || b.limited() || b.distinct { // numbers come before all these
		b = t.nest(b)
		return t.rowNumbered(b)
	}
	out, alias := t.fromQueryAs(t.renderItems(b, items, nil), b.out)
	return out, t.columnOf(alias, name).sql
}

// inWindowOrder sorts a projection's rows as its last window leaves them.
func (t *translator) inWindowOrder(b *block, exprs []plan.Expr) {
	var last *plan.Window
	for _, e := range exprs {
		plan.Walk(e, func(e plan.Expr) bool {
			if w, ok := e.(*plan.Window); ok {
				last = w
			}
			return true
		})
	}
	if len(last.Partition) == 0 || len(b.order) > 0 || b.limited() || b.distinct {
		return
	}
	var order []plan.SortOrder
	for _, p := range last.Partition {
		order = append(order, plan.SortOrder{Expr: p, NullsFirst: true})
	}
	for _, k := range t.orderKeys(slices.Concat(order, last.Order)) {
		k.id = 0
		b.order = append(b.order, k)
	}
	for _, e := range exprs { // rows of equal keys, as they were numbered
		if a, ok := e.(*plan.Alias); ok && isRowNumber(a.Expr) {
			b.order = append(b.order, orderKey{id: a.ID, sql: t.cols[a.ID].sql})
		}
	}
}

func isRowNumber(e plan.Expr) bool {
	w, ok := e.(*plan.Window)
	if !ok {
		return false
	}
	f, ok := w.Func.(*plan.Func)
	return ok && f.Name == "row_number"
}
