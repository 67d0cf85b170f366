package connect

// This file decodes sort orders and windows.

import (
	"shoal/internal/sparkpb"
	"shoal/plan"
)

func (d *decoder) orders(in []*sparkpb.Expression_SortOrder) []plan.SortOrder {
	if len(in) == 0 {
		return nil
	}
	out := make([]plan.SortOrder, len(in))
	for i, o := range in {
		out[i] = plan.SortOrder{
			Expr:       d.expr(o.GetChild()),
			Desc:       o.GetDirection() != sparkpb.Expression_SortOrder_SORT_DIRECTION_ASCENDING,
			NullsFirst: o.GetNullOrdering() == sparkpb.Expression_SortOrder_SORT_NULLS_FIRST,
		}
	}
	return out
}

func (d *decoder) window(pos plan.Pos, w *sparkpb.Expression_Window) plan.Expr {
	if w.GetWindowFunction() == nil {
		d.bad("a window needs a function")
		return nil
	}
	return &plan.Window{Pos: pos, Func: d.expr(w.GetWindowFunction()), Partition: d.exprs(w.GetPartitionSpec()),
		Order: d.orders(w.GetOrderSpec()), Frame: d.frame(w.GetFrameSpec())}
}

// frame decodes a frame; none means Spark's default.
func (d *decoder) frame(f *sparkpb.Expression_Window_WindowFrame) *plan.Frame {
	if f == nil {
		return nil
	}
	out := &plan.Frame{Rows: f.GetFrameType() == sparkpb.Expression_Window_WindowFrame_FRAME_TYPE_ROW}
	if !out.Rows && f.GetFrameType() != sparkpb.Expression_Window_WindowFrame_FRAME_TYPE_RANGE {
		d.bad("unknown type of window frame %v", f.GetFrameType())
	}
	out.Start = d.bound(f.GetLower(), plan.UnboundedPreceding)
	out.End = d.bound(f.GetUpper(), plan.UnboundedFollowing)
	return out
}

func (d *decoder) bound(b *sparkpb.Expression_Window_WindowFrame_FrameBoundary, unbounded plan.BoundKind) plan.Bound {
	switch x := b.GetBoundary().(type) {
	case *sparkpb.Expression_Window_WindowFrame_FrameBoundary_CurrentRow:
		return plan.Bound{Kind: plan.CurrentRow}
	case *sparkpb.Expression_Window_WindowFrame_FrameBoundary_Unbounded:
		return plan.Bound{Kind: unbounded}
	case *sparkpb.Expression_Window_WindowFrame_FrameBoundary_Value:
		return offsetBound(d.expr(x.Value))
	default:
		d.bad("a window frame lacks a bound")
		return plan.Bound{}
	}
}

// offsetBound turns a signed offset into a direction and a positive distance. What is not a
// number is taken as it stands, after the current row.
func offsetBound(e plan.Expr) plan.Bound {
	lit, ok := e.(*plan.Literal)
	if !ok {
		return plan.Bound{Kind: plan.Following, Expr: e}
	}
	value, sign := negate(lit.Value)
	switch {
	case sign == 0:
		return plan.Bound{Kind: plan.CurrentRow}
	case sign > 0:
		return plan.Bound{Kind: plan.Following, Expr: lit}
	default:
		return plan.Bound{Kind: plan.Preceding, Expr: &plan.Literal{Pos: lit.Pos, Type: lit.Type, Value: value}}
	}
}

// negate gives -v and v's sign; a value without one counts as positive.
func negate(v any) (negated any, sign int) {
	switch v := v.(type) {
	case int8:
		return -v, signOf(v)
	case int16:
		return -v, signOf(v)
	case int32:
		return -v, signOf(v)
	case int64:
		return -v, signOf(v)
	case float32:
		return -v, signOf(v)
	case float64:
		return -v, signOf(v)
	case plan.Months:
		return -v, signOf(v)
	case plan.Micros:
		return -v, signOf(v)
	case plan.Unscaled:
		return negateUnscaled(v), v.Sign()
	default:
		return v, 1
	}
}

func signOf[T int8 | int16 | int32 | int64 | float32 | float64 | plan.Months | plan.Micros](v T) int {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	default:
		return 0
	}
}
