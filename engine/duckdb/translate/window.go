package translate

// This file renders OVER clauses. The window functions are in func_window.go.

import (
	"strings"

	"shoal/plan"
)

// window renders f OVER (...). Spark's frame is always written out.
func (t *translator) window(w *plan.Window) string {
	f, ok := w.Func.(*plan.Func)
	if !ok {
		return t.unsupported("a window over something other than a function")
	}
	if nestedWindow(w) {
		return t.unsupported("a window function inside the window of another")
	}
	t.traits |= windowed
	var parts []string
	if len(w.Partition) > 0 {
		keys := make([]string, len(w.Partition))
		for i, p := range w.Partition {
			keys[i] = t.normalZeros(t.expr(p), typeOf(p))
		}
		parts = append(parts, "PARTITION BY "+strings.Join(keys, ", "))
	}
	if len(w.Order) > 0 {
		parts = append(parts, "ORDER BY "+t.orderBy(w.Order))
	}
	if w.Frame != nil && framed(f) {
		parts = append(parts, t.frame(w))
	}
	return t.function(f, "("+strings.Join(parts, " ")+")")
}

// nestedWindow tells whether a part of w's definition is itself computed over a window.
func nestedWindow(w *plan.Window) bool {
	found := false
	for _, part := range plan.Children(w) {
		plan.Walk(part, func(e plan.Expr) bool {
			_, isWindow := e.(*plan.Window)
			found = found || isWindow
			return !found
		})
	}
	return found
}

// framed tells whether a function looks at its frame.
func framed(f *plan.Func) bool {
	switch f.Name {
	case "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead":
		return false
	}
	return true
}

func (t *translator) frame(w *plan.Window) string {
	unit := "RANGE"
	if w.Frame.Rows {
		unit = "ROWS"
	}
	if start, end := w.Frame.Start.Kind, w.Frame.End.Kind; start > end {
		return t.unsupported("a window frame that ends before it begins")
	}
	return unit + " BETWEEN " + t.bound(w, w.Frame.Start) + " AND " + t.bound(w, w.Frame.End)
}

func (t *translator) bound(w *plan.Window, b plan.Bound) string {
	switch b.Kind {
	case plan.UnboundedPreceding:
		return "UNBOUNDED PRECEDING"
	case plan.UnboundedFollowing:
		return "UNBOUNDED FOLLOWING"
	case plan.CurrentRow:
		return "CURRENT ROW"
	}
	word := " PRECEDING"
	if b.Kind == plan.Following {
		word = " FOLLOWING"
	}
	return t.distance(w, b.Expr) + word
}

// distance is how far a bound is from the current row: rows, or a difference of the one key.
func (t *translator) distance(w *plan.Window, e plan.Expr) string {
	sql := t.expr(e)
	if w.Frame.Rows || len(w.Order) == 0 {
		return sql
	}
	key := typeOf(w.Order[0].Expr)
	switch typeOf(e).(type) {
	case plan.DayTimeInterval:
		if key == plan.Timestamp || key == plan.TimestampNTZ || key == plan.Date {
			return "to_microseconds(" + sql + ")"
		}
	case plan.YearMonthInterval:
		if key == plan.Timestamp || key == plan.TimestampNTZ || key == plan.Date {
			return "to_months(" + sql + ")"
		}
	}
	if key == plan.Date {
		return "to_days(CAST(" + sql + " AS INTEGER))"
	}
	return sql
}
