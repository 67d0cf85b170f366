package translate

// This file holds aggregate functions; aggregate.go has what surrounds them.

import (
	"strings"

	"shoal/plan"
)

var aggregateFuncs = funcs{
	"count":    build(count),
	"sum":      build(sum),
	"avg":      build(average),
	"mean":     build(average),
	"min":      same("min"),
	"max":      same("max"),
	"bool_and": same("bool_and"),
	"every":    same("bool_and"),
	"bool_or":  same("bool_or"),
	"some":     same("bool_or"),
	"any":      same("bool_or"),

	"grouping":    typed(same("grouping")),
	"grouping_id": typed(same("grouping")),
}

// count counts rows, or those where no argument is NULL.
func count(c *call) string {
	if c.n() == 0 {
		return c.apply("count", "*")
	}
	if l, ok := c.literal(0); ok && c.n() == 1 && l.Value != nil && !c.f.Distinct {
		return c.apply("count", "*")
	}
	args := c.args()
	if len(args) == 1 {
		return c.apply("count", args[0])
	}
	present := make([]string, len(args))
	for i, a := range args {
		present[i] = a + " IS NOT NULL"
	}
	return c.apply("count", "CASE WHEN "+strings.Join(present, " AND ")+" THEN row("+strings.Join(args, ", ")+") END")
}

// sum of integers is BIGINT in Spark: an error or wrap-around beyond; HUGEINT in DuckDB.
func sum(c *call) string {
	switch typ := c.typ(0).(type) {
	case plan.Decimal:
		d := c.t.decimal(c.f.Args[0])
		return c.t.exactly(decimal{c.apply("sum", d.sql), 38, typ.Scale}, c.result().(plan.Decimal))
	case plan.YearMonthInterval, plan.DayTimeInterval:
		c.t.traits |= overflows
		return "CAST(" + c.apply("sum", c.arg(0)) + " AS " + c.physical() + ")"
	}
	if isFloating(c.typ(0)) {
		return c.apply("sum", c.t.cast(c.arg(0), plan.Double))
	}
	if !c.ansi() {
		return wrap(c.apply("sum", c.arg(0)), plan.Long)
	}
	c.t.traits |= overflows
	return "CAST(" + c.apply("sum", c.arg(0)) + " AS BIGINT)"
}

// average of decimals divides the exact sum, rounded half up; of other numbers it is a double.
func average(c *call) string {
	d, ok := c.result().(plan.Decimal)
	if !ok {
		return c.apply("avg", c.arg(0))
	}
	x := c.t.decimal(c.f.Args[0])
	total := decimal{c.apply("sum", x.sql), 38, x.scale}
	n := "CAST(" + c.apply("count", x.sql) + " AS HUGEINT)"
	c.t.traits |= overflows
	return c.t.cast(scaled(c.t.quotient(unscaled(total), n, d.Scale-x.scale), d.Scale), d)
}
