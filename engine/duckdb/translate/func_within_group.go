package translate

// This file holds the aggregates over an ordering, which look at all values of a group: percentiles,
// mode, listagg.

import (
	"strings"

	"shoal/plan"
)

// quantile is what percentiles are taken of, and how.
type quantile struct {
	of       plan.Expr
	desc     bool
	discrete bool // a value that is there, rather than one between two of them
	floating bool // the sorted list holds structs
}

// percentileInOrder is percentile_cont and percentile_disc.
func percentileInOrder(c *call) string {
	shares, several, ok := constantShares(c.f.Args[0])
	if !ok {
		return c.unsupported("%s with a percentage that is not a literal", c.f.Name)
	}
	if c.f.Name == "percentile_disc" && c.set("spark.sql.legacy.percentileDiscCalculation", "true") {
		return c.unsupported("percentile_disc as it was computed of old")
	}
	if several && len(shares) == 0 {
		return "CAST(NULL AS " + c.physical() + ")"
	}
	o := c.f.OrderBy[0]
	q := quantile{of: o.Expr, desc: o.Desc, discrete: c.f.Name == "percentile_disc"}
	return c.quantile(q, doubles(shares), several)
}

// quantile sorts the values and takes, or interpolates, as Spark computes it: in DOUBLEs.
func (c *call) quantile(q quantile, shares []string, several bool) string {
	x := c.t.expr(q.of)
	direction := ""
	if q.desc {
		direction = " DESC"
	}
	a := aggregateCall{name: "list", args: []string{c.t.cast(x, plan.Double)}, where: x + " IS NOT NULL", order: x + direction}
	q.floating = isFloating(typeOf(q.of))
	if q.floating { // Spark has -0.0 before 0.0; DuckDB gives back 0.0 for both, unless they are in a struct
		a.args[0] = "{'v': " + a.args[0] + "}"
		a.order += ", NOT signbit(" + x + ")" + direction
	}
	values := c.aggregate(a)
	l := c.fresh("l")
	picks := make([]string, len(shares))
	for i, p := range shares {
		picks[i] = c.fromDouble(q.pick(l, "CAST("+p+" AS DOUBLE)"), elementType(c.result()))
	}
	result := picks[0]
	if several {
		result = "[" + strings.Join(picks, ", ") + "]"
	}
	return "list_transform([" + values + "], lambda " + l + ": CASE WHEN len(" + l + ") > 0 THEN " + result + " END)[1]"
}

func elementType(t plan.Type) plan.Type {
	if a, ok := t.(plan.Array); ok {
		return a.Elem
	}
	return t
}

// pick is the value at a share of a sorted list.
func (q quantile) pick(l, share string) string {
	value := func(at string) string {
		if q.floating {
			return l + "[" + at + "].v"
		}
		return l + "[" + at + "]"
	}
	if q.discrete {
		return value("greatest(1, CAST(ceil(" + share + " * len(" + l + ")) AS BIGINT))")
	}
	at := "(" + share + " * (len(" + l + ") - 1))"
	low, high := value("CAST(floor("+at+") AS BIGINT) + 1"), value("CAST(ceil("+at+") AS BIGINT) + 1")
	return "CASE WHEN " + low + " = " + high + " THEN " + low + " ELSE (ceil(" + at + ") - " + at + ") * " + low + " + (" + at +
		" - floor(" + at + ")) * " + high + " END"
}

// fromDouble cuts the fraction where the result counts months or microseconds.
func (c *call) fromDouble(x string, t plan.Type) string {
	if isInterval(t) {
		return "CAST(trunc(" + x + ") AS " + c.t.physical(t) + ")"
	}
	return x
}

// mode is a most frequent value; an ordering chooses among those that are equally frequent.
func mode(c *call) string {
	if len(c.f.OrderBy) == 0 {
		return c.apply("mode", c.arg(0))
	}
	x := c.t.expr(c.f.OrderBy[0].Expr)
	a := aggregateCall{name: "mode", args: []string{x}, order: x}
	if c.f.OrderBy[0].Desc {
		a.order += " DESC"
	}
	if _, isMap := typeOf(c.f.OrderBy[0].Expr).(plan.Map); isMap {
		return c.unsupported("mode of maps in an order")
	}
	return c.aggregate(a)
}

// listAgg joins texts; binaries are joined as hexadecimal digits.
func listAgg(c *call) string {
	x, delimiter := c.arg(0), "''"
	if !isConstantNull(c.f.Args[1]) {
		delimiter = c.arg(1)
	}
	order := ""
	if len(c.f.OrderBy) > 0 {
		order = c.t.orderBy(c.f.OrderBy)
	}
	if c.f.Distinct && order == "" && c.result() != plan.Binary { // any order is Spark's: the same each time
		order = x
	}
	if c.result() != plan.Binary {
		return c.aggregate(aggregateCall{name: "string_agg", args: []string{x, delimiter}, order: order})
	}
	if c.f.Distinct && order != "" {
		return c.unsupported("%s of distinct binaries in an order", c.f.Name)
	}
	digits := "hex(" + x + ")"
	if c.f.Distinct {
		order = digits
	}
	return "unhex(" + c.aggregate(aggregateCall{name: "string_agg", args: []string{digits, "hex(" + delimiter + ")"}, order: order}) + ")"
}
