package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds bitmaps, and random values that no seed fixes.

var bitmapFuncs = funcs{
	"bitmap_bit_position":  fn(tLong).returns(plan.Long),
	"bitmap_bucket_number": fn(tLong).returns(plan.Long),
	"bitmap_count":         fn(tBinary).uncast().returns(plan.Long),
	"bitmap_construct_agg": fn(tLong).returns(plan.Binary).never().aggregate(),
	"bitmap_or_agg":        fn(tBinary).uncast().returns(plan.Binary).never().aggregate(),
	"bitmap_and_agg":       fn(tBinary).uncast().returns(plan.Binary).never().aggregate(),

	"randstr": fn(oneOf(tInt, tShort), tLong).min(1).constant(0).check(unseededSecond).returns(plan.String).never().nondeterministic(),
	"uniform": custom(uniform).nondeterministic(),

	"collation": fn(tString).strict().rewrite(collation),
	"collate":   left("collate: texts with a collation of their own"),
}

// unseededSecond: with a seed the answer depends on how Spark splits the data.
func unseededSecond(c *call) error {
	if len(c.args) > 1 {
		return fault.Unsupported("%s with a seed: its values depend on Spark's partitions", c.name).At(c.pos)
	}
	if n, ok := intLiteral(c.args[0]); !ok || n < 0 || n > 1<<20 {
		return fault.Unsupported("%s of this length", c.name).At(c.pos)
	}
	return nil
}

// uniform is a random number between two constants of one type.
func uniform(c *call) (plan.Expr, error) {
	switch len(c.args) {
	case 2:
	case 3:
		return nil, fault.Unsupported("%s with a seed: its values depend on Spark's partitions", c.name).At(c.pos)
	default:
		return nil, c.wrongCount("[2, 3]")
	}
	t := c.typ(0)
	switch {
	case t != c.typ(1), t != plan.Int && t != plan.Long && t != plan.Double && t != plan.Float, !isFoldable(c.args[0]), !isFoldable(c.args[1]):
		return nil, fault.Unsupported("%s between %s and %s that are no constants of one type", c.name, t, c.typ(1)).At(c.pos)
	}
	return c.make(t, c.anyNull()), nil
}

// binaryCollation compares texts byte by byte: the only collation this engine has.
const binaryCollation = "UTF8_BINARY"

func collation(c *call) (plan.Expr, error) {
	if _, isNull := bareLiteral(c.args[0]); isNull && c.nulls(0) {
		return nil, fault.Unsupported("collation of NULL").At(c.pos)
	}
	return bare("SYSTEM.BUILTIN." + binaryCollation), nil
}
