package translate

// This file renders expressions other than function calls and casts.

import (
	"slices"

	"shoal/plan"
)

// expr is e as SQL of exactly the physical type of its Spark type.
func (t *translator) expr(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Literal:
		return t.literal(e)
	case *plan.Column:
		return t.column(e)
	case *plan.OuterColumn:
		t.traits |= borrows
		return t.column(e.Column)
	case *plan.Alias:
		return t.expr(e.Expr)
	case *plan.Cast:
		return t.castExpr(e)
	case *plan.Func:
		return t.function(e, "")
	case *plan.LambdaVar:
		if f, ok := t.cols[e.ID]; ok {
			return t.use(f)
		}
		t.reads |= lambdaReads
		return lambdaName(e.ID)
	case *plan.Window:
		return t.window(e)
	case *plan.Subquery:
		return t.subquery(e)
	case *plan.PythonUDF:
		return t.unsupported("Python function %s", e.Name)
	default:
		return t.unsupported("an unresolved expression (%T)", e)
	}
}

func (t *translator) column(c *plan.Column) string {
	f, ok := t.cols[c.ID]
	if !ok {
		return t.unsupported("a reference to %s from outside its query", c.Name)
	}
	return t.use(f)
}

// function renders a call; over is the OVER clause of a window.
func (t *translator) function(f *plan.Func, over string) string {
	render, ok := t.funcs[f.Name]
	if !ok {
		return t.unsupported("function %s", f.Name)
	}
	if l, ok := foldIntegers(f); ok {
		return t.literal(l)
	}
	place := t.place
	t.place = f.Pos
	out := t.capture(func() string {
		sql := render(&call{t: t, f: f, over: over})
		if f.Kind == plan.ScalarFunc && slices.ContainsFunc(f.Args, isNullCollection) { // some functions of DuckDB's take its NULL for the type
			sql = "CAST(" + sql + " AS " + t.physical(f.Type) + ")"
		}
		return sql
	})
	t.place = place
	if out.reads == 0 && out.traits == overflows && !t.folding {
		out.traits = 0 // a constant: DuckDB computes it once, before the first row
	}
	return t.use(out)
}

// isNullCollection tells a list, map or struct that is a constant NULL.
func isNullCollection(e plan.Expr) bool { return isNullValue(e) && nested(typeOf(e)) }

// lambdaReads marks that a fragment reads a lambda's variable, and so is no constant.
const lambdaReads = 1 << 63

// foldIntegers computes a sum, difference or product of constants, unless it overflows.
func foldIntegers(f *plan.Func) (*plan.Literal, bool) {
	if len(f.Args) != 2 || !isIntegral(f.Type) {
		return nil, false
	}
	a, ok1 := constant(f.Args[0])
	b, ok2 := constant(f.Args[1])
	if !ok1 || !ok2 {
		return nil, false
	}
	x, ok1 := integerOf(a)
	y, ok2 := integerOf(b)
	const half = 1 << 31
	if !ok1 || !ok2 || x < -half || x >= half || y < -half || y >= half {
		return nil, false
	}
	switch f.Name {
	case "+":
		x += y
	case "-":
		x -= y
	case "*":
		x *= y
	default:
		return nil, false
	}
	unused := 64 - integralBits(f.Type)
	if x<<unused>>unused != x {
		return nil, false
	}
	return integerLiteral(x, f.Type), true
}

// constant is e's value where e is a literal, perhaps behind casts that change nothing about
// strings and integers.
func constant(e plan.Expr) (*plan.Literal, bool) {
	switch e := e.(type) {
	case *plan.Literal:
		return e, true
	case *plan.Alias:
		return constant(e.Expr)
	case *plan.Func:
		return foldIntegers(e)
	case *plan.Cast:
		l, ok := constant(e.Expr)
		if !ok {
			return nil, false
		}
		if l.Value == nil {
			return &plan.Literal{Type: e.To}, true
		}
		if l.Type == e.To {
			return l, true
		}
		return widened(l, e.To)
	}
	return nil, false
}

// widened is an integer literal as a wider integer type.
func widened(l *plan.Literal, to plan.Type) (*plan.Literal, bool) {
	var v int64
	switch n := l.Value.(type) {
	case int8:
		v = int64(n)
	case int16:
		v = int64(n)
	case int32:
		v = int64(n)
	default:
		return nil, false
	}
	switch to {
	case plan.Int:
		return &plan.Literal{Value: int32(v), Type: to}, true
	case plan.Long:
		return &plan.Literal{Value: v, Type: to}, true
	}
	return nil, false
}
