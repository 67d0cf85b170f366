package analyze

import (
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
