package analyze

import (
	"math"

	"shoal/fault"
	"shoal/plan"
)

// This file holds sketches: summaries of many values in a binary.

var sketchFuncs = funcs{
	"kll_sketch_agg_bigint": kllAgg(oneOf(tByte, tInt, tLong, tShort)),
	"kll_sketch_agg_float":  kllAgg(tFloat),
	"kll_sketch_agg_double": kllAgg(oneOf(tFloat, tDouble)),
	"kll_merge_agg_bigint":  kllAgg(tBinary),
	"kll_merge_agg_float":   kllAgg(tBinary),
	"kll_merge_agg_double":  kllAgg(tBinary),

	"kll_sketch_merge_bigint": fn(tBinary, tBinary).returns(plan.Binary),
	"kll_sketch_merge_float":  fn(tBinary, tBinary).returns(plan.Binary),
	"kll_sketch_merge_double": fn(tBinary, tBinary).returns(plan.Binary),

	"kll_sketch_get_n_bigint": fn(tBinary).returns(plan.Long),
	"kll_sketch_get_n_float":  fn(tBinary).returns(plan.Long),
	"kll_sketch_get_n_double": fn(tBinary).returns(plan.Long),

	"kll_sketch_to_string_bigint": fn(tBinary).returns(plan.String),
	"kll_sketch_to_string_float":  fn(tBinary).returns(plan.String),
	"kll_sketch_to_string_double": fn(tBinary).returns(plan.String),

	"kll_sketch_get_quantile_bigint": kllLook("rank", tDouble, plan.Long),
	"kll_sketch_get_quantile_float":  kllLook("rank", tDouble, plan.Float),
	"kll_sketch_get_quantile_double": kllLook("rank", tDouble, plan.Double),

	"kll_sketch_get_rank_bigint": kllLook("quantile", tLong, plan.Double),
	"kll_sketch_get_rank_float":  kllLook("quantile", tFloat, plan.Double),
	"kll_sketch_get_rank_double": kllLook("quantile", tDouble, plan.Double),

	"hll_sketch_agg":      fn(oneOf(tInt, tLong, tString, tBinary), tInt).defaults(lit(12)).strict().check(sketchSize).returns(plan.Binary).never().aggregate(),
	"hll_sketch_estimate": fn(tBinary).strict().returns(plan.Long),
	"hll_union":           fn(tBinary, tBinary, tBool).defaults(lit(false)).strict().check(sketchSize).returns(plan.Binary),
	"hll_union_agg":       fn(tBinary, tBool).defaults(lit(false)).strict().check(sketchSize).returns(plan.Binary).never().aggregate(),

	"theta_sketch_agg":       fn(oneOf(arrayOf(tInt), arrayOf(tLong), tBinary, tDouble, tFloat, tInt, tLong, tString), tInt).defaults(lit(12)).strict().check(sketchSize).returns(plan.Binary).never().aggregate(),
	"theta_sketch_estimate":  fn(tBinary).strict().returns(plan.Long),
	"theta_union":            fn(tBinary, tBinary, tInt).defaults(lit(12)).strict().check(sketchSize).returns(plan.Binary),
	"theta_intersection":     fn(tBinary, tBinary).strict().returns(plan.Binary),
	"theta_difference":       fn(tBinary, tBinary).strict().returns(plan.Binary),
	"theta_union_agg":        fn(tBinary, tInt).defaults(lit(12)).strict().check(sketchSize).returns(plan.Binary).never().aggregate(),
	"theta_intersection_agg": fn(tBinary).strict().returns(plan.Binary).never().aggregate(),

	"count_min_sketch": fn(oneOf(tIntegral, tString, tBinary), tDouble, tDouble, oneOf(tInt, tLong)).strict().arguments("column", "eps", "confidence", "seed").
		constant(1).constant(2).constant(3).check(countMinArgs).returns(plan.Binary).never().aggregate(),

	"approx_count_distinct": fn(tAny, tDouble).min(1).check(distinctError).returns(plan.Long).never().aggregate().showing(1),
}

// sketchSize: what the last argument says of the sketch's size is a literal.
func sketchSize(c *call) error {
	if _, ok := bareLiteral(c.args[len(c.args)-1]); !ok {
		return fault.Unsupported("%s with a last argument that is no literal", c.name).At(c.pos)
	}
	return nil
}

// countMinArgs: neither the error nor the confidence nor the seed is NULL, and they are in their ranges.
func countMinArgs(c *call) error {
	for i, name := range c.sig.argNames {
		l, ok := bareLiteral(c.args[i])
		if i == 0 {
			continue
		}
		if !ok {
			return fault.Unsupported("%s with %s that is no literal", c.name, name).At(c.pos)
		}
		if l.Value == nil {
			return c.mismatch("UNEXPECTED_NULL", "exprName", name)
		}
		x, isDouble := l.Value.(float64)
		most, shown := math.MaxFloat64, "1.7976931348623157E308"
		if name == "confidence" {
			most, shown = 1, "1.0"
		}
		if isDouble && !(x > 0 && x <= most) {
			return c.mismatch("VALUE_OUT_OF_RANGE", "exprName", name, "valueRange", "(0.0, "+shown+"]", "currentValue", c.a.pretty(c.args[i])+"D")
		}
	}
	return nil
}

// kllAgg makes or merges KLL sketches, of a size that is a constant.
func kllAgg(of param) sig {
	return fn(of, tInt).min(1).strict().check(kllSize).returns(plan.Binary).never().aggregate()
}

// The sizes that KLL sketches may have.
const kllLeast, kllMost = 8, 65535

func kllSize(c *call) error {
	if len(c.args) < 2 {
		return nil
	}
	if !isFoldable(c.args[1]) {
		return c.mismatch("NON_FOLDABLE_INPUT", "inputName", "k", "inputType", "int", "inputExpr", c.a.pretty(c.args[1]))
	}
	l, ok := bareLiteral(c.args[1])
	if ok && l.Value == nil {
		return c.mismatch("UNEXPECTED_NULL", "exprName", "k")
	}
	k, ok := intLiteral(c.args[1])
	if !ok {
		return fault.Unsupported("%s with a size that is no literal", c.name).At(c.pos)
	}
	if k < kllLeast || k > kllMost {
		why := fault.New("KLL_SKETCH_K_OUT_OF_RANGE", "functionName", plan.Quote(c.name), "k", itoa(int(k)))
		return c.mismatch("TYPE_CHECK_FAILURE_WITH_HINT", "msg", why.Error(), "hint", "")
	}
	return nil
}

// kllLook asks a sketch about one value or an array of them; they are constants.
func kllLook(name string, about param, answer plan.Type) sig {
	return fn(tBinary, oneOf(about, arrayOf(about))).arguments("sketch", name).constant(1).returnsBy(func(c *call) plan.Type {
		if isArray(c.typ(1)) {
			return plan.Array{Elem: answer}
		}
		return answer
	})
}

// distinctError: how far approx_count_distinct may be off is a constant.
func distinctError(c *call) error {
	if len(c.args) > 1 && !isFoldable(c.args[1]) {
		return fault.New("_LEGACY_ERROR_TEMP_1104").At(c.pos)
	}
	return nil
}
