package translate

// This file holds sketches: what they compute is done in Go, for DuckDB's are others.

import "shoal/plan"

var sketchFuncs = funcs{
	"kll_sketch_agg_bigint": fallible(build(kllAgg("BIGINT"))),
	"kll_sketch_agg_float":  fallible(build(kllAgg("FLOAT"))),
	"kll_sketch_agg_double": fallible(build(kllAgg("DOUBLE"))),
	"kll_merge_agg_bigint":  fallible(build(kllAgg("BLOB"))),
	"kll_merge_agg_float":   fallible(build(kllAgg("BLOB"))),
	"kll_merge_agg_double":  fallible(build(kllAgg("BLOB"))),

	"kll_sketch_merge_bigint": fallible(same("shoal_kll_sketch_merge_bigint")),
	"kll_sketch_merge_float":  fallible(same("shoal_kll_sketch_merge_float")),
	"kll_sketch_merge_double": fallible(same("shoal_kll_sketch_merge_double")),

	"kll_sketch_get_n_bigint": fallible(same("shoal_kll_sketch_get_n_bigint")),
	"kll_sketch_get_n_float":  fallible(same("shoal_kll_sketch_get_n_float")),
	"kll_sketch_get_n_double": fallible(same("shoal_kll_sketch_get_n_double")),

	"kll_sketch_to_string_bigint": fallible(same("shoal_kll_sketch_to_string_bigint")),
	"kll_sketch_to_string_float":  fallible(same("shoal_kll_sketch_to_string_float")),
	"kll_sketch_to_string_double": fallible(same("shoal_kll_sketch_to_string_double")),

	"kll_sketch_get_quantile_bigint": fallible(build(kllLook)),
	"kll_sketch_get_quantile_float":  fallible(build(kllLook)),
	"kll_sketch_get_quantile_double": fallible(build(kllLook)),

	"kll_sketch_get_rank_bigint": fallible(build(kllLook)),
	"kll_sketch_get_rank_float":  fallible(build(kllLook)),
	"kll_sketch_get_rank_double": fallible(build(kllLook)),
}

// listOf is the list of a group's values; of no rows it is empty.
func (c *call) listOf(elem string) string {
	list := c.aggregate(aggregateCall{name: "list", args: []string{"CAST(" + c.arg(0) + " AS " + elem + ")"}, where: c.arg(0) + " IS NOT NULL"})
	return "COALESCE(" + list + ", CAST([] AS " + elem + "[]))"
}

// kllAgg makes or merges sketches. Outside of windows Spark makes a part first, and merges that.
func kllAgg(elem string) func(c *call) string {
	return func(c *call) string {
		size := "200"
		switch {
		case c.has(1):
			size = c.arg(1)
		case elem == "BLOB":
			size = "0"
		}
		return "shoal_" + c.f.Name + "(" + c.listOf(elem) + ", " + size + ", " + boolText(c.over == "") + ")"
	}
}

// kllLook asks a sketch about one value, or about those of an array, where NULL counts as 0.
func kllLook(c *call) string {
	sketch, about := c.arg(0), c.arg(1)
	if _, several := c.typ(1).(plan.Array); !several {
		return "shoal_" + c.f.Name + "(" + sketch + ", " + about + ")"
	}
	x := c.fresh("x")
	each := "list_transform(" + about + ", lambda " + x + ": shoal_" + c.f.Name + "(" + sketch + ", COALESCE(" + x + ", 0)))"
	return "CASE WHEN " + sketch + " IS NOT NULL THEN " + each + " END"
}
