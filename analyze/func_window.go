package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds the functions that need OVER. The analyzer checks their frames in window.go.

var windowFuncs = funcs{
	"row_number":   ranking(plan.Int),
	"rank":         rankOf(plan.Int).shown("RANK"),
	"dense_rank":   rankOf(plan.Int).shown("DENSE_RANK"),
	"percent_rank": rankOf(plan.Double).shown("PERCENT_RANK"),
	"cume_dist":    fn().returns(plan.Double).never().windowOnly(toCurrentRange),
	"ntile":        fn(tInt).defaults(lit(1)).returns(plan.Int).never().windowOnly(toCurrentRow).strict().constant(0).arguments("buckets").check(positiveBuckets),
	"lag":          offsetFunc(),
	"lead":         offsetFunc(),
	"nth_value":    nthValue(),
}

var (
	toCurrentRow   = &plan.Frame{Rows: true, Start: plan.Bound{Kind: plan.UnboundedPreceding}, End: plan.Bound{Kind: plan.CurrentRow}}
	toCurrentRange = &plan.Frame{Start: plan.Bound{Kind: plan.UnboundedPreceding}, End: plan.Bound{Kind: plan.CurrentRow}}
)

func ranking(t plan.Type) sig { return fn().returns(t).never().windowOnly(toCurrentRow) }

// rankOf takes any arguments, and has none: the window's order takes their place.
func rankOf(t plan.Type) sig {
	s := fn(tAny).variadic().min(0).returns(t).never().windowOnly(toCurrentRow)
	s.build = func(c *call) (plan.Expr, error) {
		c.args = nil
		return c.make(t, false), nil
	}
	return s
}

// offsetFunc is lag and lead: value, offset, default.
func offsetFunc() sig {
	s := fn(tAny, tInt, tAny).defaults(lit(nil), lit(1), lit(nil)).windowOnly(nil).coerce(offsetArgs).constant(1)
	return s.arguments("input", "offset", "default").returnsArg(0).nullIf(func(c *call) bool { return c.nulls(0) || c.nulls(2) })
}

// offsetArgs: the offset is an INT; the default must be of the value's type, or NULL.
func offsetArgs(c *call) error {
	if to := c.a.implicit(c.typ(1), tInt); to != nil {
		c.cast(1, to)
	}
	if c.typ(1) != plan.Int {
		return c.wrongType(1, tInt)
	}
	if to := c.a.implicitTo(c.typ(2), c.typ(0)); to != nil {
		c.cast(2, to)
	}
	if !sameType(c.typ(2), c.typ(0)) && c.typ(2) != plan.Null {
		return c.wrongType(2, concrete(c.typ(0)))
	}
	return nil
}

func positiveBuckets(c *call) error {
	if n, ok := intLiteral(c.args[0]); ok && n <= 0 {
		return c.outOfRange("buckets", "(0, 2147483647]", itoa(int(n)))
	}
	return nil
}

func positiveOffset(c *call) error {
	if n, ok := intLiteral(c.args[1]); ok && n <= 0 {
		return c.outOfRange("offset", "(0, 9223372036854775807]", itoa(int(n))+"L")
	}
	return nil
}

func (c *call) outOfRange(name, wanted, value string) error {
	return c.mismatch("VALUE_OUT_OF_RANGE", "exprName", name, "valueRange", wanted, "currentValue", value)
}

// nthValue has a third argument in DataFrame code: whether to ignore NULLs.
func nthValue() sig {
	s := fn(tAny, tInt, tBool).min(2).returnsArg(0).always().windowOnly(nil).constant(1).check(positiveOffset)
	s.build = func(c *call) (plan.Expr, error) {
		ignore := false
		if len(c.args) > 2 {
			l, ok := c.args[2].(*plan.Literal)
			if !ok {
				return nil, fault.Unsupported("nth_value with a flag that is not constant").At(c.pos)
			}
			ignore, c.args = l.Value == true, c.args[:2:2]
		}
		if err := positiveOffset(c); err != nil {
			return nil, err
		}
		f := c.make(c.typ(0), true).(*plan.Func)
		f.IgnoreNulls = ignore
		return f, nil
	}
	return s
}
