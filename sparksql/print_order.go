package sparksql

import (
	"strings"

	"shoal/plan"
)

// This file writes orders, windows and data types.

func (w *printer) sortItems(order []plan.SortOrder) {
	list(w, order, ", ", func(o plan.SortOrder) {
		w.expr(o.Expr, precOr)
		if o.Desc {
			w.puts(" DESC")
		}
		switch {
		case o.NullsFirst && o.Desc:
			w.puts(" NULLS FIRST")
		case !o.NullsFirst && !o.Desc:
			w.puts(" NULLS LAST")
		}
	})
}

// windowSpec writes what follows OVER, or AS in a WINDOW clause.
func (w *printer) windowSpec(win *plan.Window) {
	if win.Ref != "" {
		w.ident(win.Ref)
		return
	}
	var clauses []func()
	if len(win.Partition) > 0 {
		clauses = append(clauses, func() { w.puts("PARTITION BY "); w.exprs(win.Partition) })
	}
	if len(win.Order) > 0 {
		clauses = append(clauses, func() { w.puts("ORDER BY "); w.sortItems(win.Order) })
	}
	if f := win.Frame; f != nil {
		clauses = append(clauses, func() {
			w.puts(map[bool]string{true: "ROWS", false: "RANGE"}[f.Rows], " BETWEEN ")
			w.bound(f.Start)
			w.puts(" AND ")
			w.bound(f.End)
		})
	}
	w.puts("(")
	list(w, clauses, " ", func(write func()) { write() })
	w.puts(")")
}

func (w *printer) bound(b plan.Bound) {
	switch b.Kind {
	case plan.UnboundedPreceding:
		w.puts("UNBOUNDED PRECEDING")
	case plan.UnboundedFollowing:
		w.puts("UNBOUNDED FOLLOWING")
	case plan.CurrentRow:
		w.puts("CURRENT ROW")
	default:
		w.expr(b.Expr, precNot)
		w.puts(map[bool]string{true: " PRECEDING", false: " FOLLOWING"}[b.Kind == plan.Preceding])
	}
}

// dataType writes a type; unlike plan.SQL it keeps comments.
func (w *printer) dataType(t plan.Type) {
	switch t := t.(type) {
	case plan.Array:
		w.puts("ARRAY<")
		w.dataType(t.Elem)
		w.puts(">")
	case plan.Map:
		w.puts("MAP<")
		w.dataType(t.Key)
		w.puts(", ")
		w.dataType(t.Value)
		w.puts(">")
	case plan.Struct:
		w.puts("STRUCT<")
		list(w, t.Fields, ", ", func(f plan.Field) { w.field(f, ": ") })
		w.puts(">")
	default:
		w.puts(strings.ToUpper(t.String()))
	}
}

// field writes a field or column with its type; separator stands between the two.
func (w *printer) field(f plan.Field, separator string) {
	w.ident(f.Name)
	w.puts(separator)
	w.dataType(f.Type)
	if !f.Nullable {
		w.puts(" NOT NULL")
	}
	if comment, ok := fieldComment(f); ok {
		w.puts(" COMMENT ")
		w.quote(comment)
	}
}
