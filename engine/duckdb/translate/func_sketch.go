package translate

// This file holds sketches: what they compute is done in Go, for DuckDB's are others.

import (
	"math"
	"strconv"

	"shoal/plan"
)

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

	"hll_sketch_agg":      fallible(build(hllAgg)),
	"hll_sketch_estimate": fallible(same("shoal_hll_sketch_estimate")),
	"hll_union":           fallible(same("shoal_hll_union")),
	"hll_union_agg":       fallible(build(unionAgg("FALSE"))),

	"theta_sketch_agg":       fallible(build(thetaAgg)),
	"theta_sketch_estimate":  fallible(same("shoal_theta_sketch_estimate")),
	"theta_union":            fallible(build(thetaUnion)),
	"theta_intersection":     fallible(same("shoal_theta_intersection")),
	"theta_difference":       fallible(same("shoal_theta_difference")),
	"theta_union_agg":        fallible(build(unionAgg("0"))),
	"theta_intersection_agg": fallible(build(func(c *call) string { return "shoal_theta_intersection_agg(" + c.listOf("BLOB") + ")" })),

	"count_min_sketch":      fallible(build(countMin)),
	"approx_count_distinct": fallible(build(approxDistinct)),
}

// sketched is the DuckDB type that a sketch takes values of a type as.
func sketched(t plan.Type) string {
	switch {
	case t == plan.Float || t == plan.Double:
		return "DOUBLE"
	case t == plan.String:
		return "VARCHAR"
	case t == plan.Binary:
		return "BLOB"
	}
	if list, ok := t.(plan.Array); ok {
		if list.Elem == plan.Int {
			return "INTEGER[]"
		}
		return "BIGINT[]"
	}
	return "BIGINT"
}

func hllAgg(c *call) string {
	return "shoal_hll_sketch_agg(" + c.listOf(sketched(c.typ(0))) + ", COALESCE(" + c.arg(1) + ", 0))"
}

// unionAgg joins sketches; missing stands for a NULL beside them.
func unionAgg(missing string) func(c *call) string {
	return func(c *call) string {
		return "shoal_" + c.f.Name + "(" + c.listOf("BLOB") + ", COALESCE(" + c.arg(1) + ", " + missing + "))"
	}
}

func thetaUnion(c *call) string {
	return "shoal_theta_union(" + c.arg(0) + ", " + c.arg(1) + ", COALESCE(" + c.arg(2) + ", 0))"
}

// DuckDB keeps so many least values by itself.
const mostLeast = 1 << 19

// thetaAgg asks for one hash more than the sketch keeps: where it ends.
func thetaAgg(c *call) string {
	hash := "shoal_theta_hash(CAST(" + c.arg(0) + " AS " + sketched(c.typ(0)) + "))"
	call := aggregateCall{name: "list", args: []string{hash}, where: hash + " IS NOT NULL", distinct: true}
	if l, ok := c.literal(1); ok {
		if n, ok := l.Value.(int32); ok && n >= 0 && 1<<min(n, 30) < mostLeast {
			call.name, call.args = "min", []string{hash, strconv.Itoa(1<<n + 1)}
		}
	}
	return "shoal_theta_sketch_agg(COALESCE(" + c.aggregate(call) + ", CAST([] AS BIGINT[])), COALESCE(" + c.arg(1) + ", 0))"
}

func countMin(c *call) string {
	return "shoal_count_min(" + c.listOf(sketched(c.typ(0))) + ", " + c.arg(1) + ", " + c.arg(2) + ", CAST(" + wrap(c.arg(3), plan.Int) + " AS INTEGER))"
}

// The errors of approx_count_distinct, and the least number of bits that say which register a value belongs to.
const (
	distinctError = 0.05
	distinctLeast = 4
	distinctMost  = 24
)

// approxDistinct gathers the different things that registers are told: there are no more than 60 for each.
func approxDistinct(c *call) string {
	size := distinctError
	if c.has(1) {
		shares, _, ok := constantShares(c.f.Args[1])
		if !ok {
			return c.unsupported("approx_count_distinct with an error that is no literal")
		}
		size = shares[0]
	}
	bits := math.Ceil(2 * math.Log(1.106/size) / math.Log(2))
	if !(bits >= distinctLeast && bits <= distinctMost) {
		return c.unsupported("approx_count_distinct with this error")
	}
	p := strconv.Itoa(int(bits))
	register := "shoal_approx_register(shoal_xxhash64(" + c.arg(0) + "), " + p + ")"
	list := c.aggregate(aggregateCall{name: "list", args: []string{register}, where: c.arg(0) + " IS NOT NULL", distinct: true})
	return "shoal_approx_distinct(COALESCE(" + list + ", CAST([] AS INTEGER[])), " + p + ")"
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
