package translate

// This file holds aggregate functions; aggregate.go has what surrounds them.

import (
	"fmt"
	"strconv"
	"strings"

	"shoal/plan"
)

var aggregateFuncs = funcs{
	"count":    build(count),
	"count_if": build(func(c *call) string { return c.apply("count", "CASE WHEN "+c.arg(0)+" THEN 1 END") }),
	"sum":      build(sum),
	"try_sum":  build(sum),
	"avg":      build(average),
	"try_avg":  build(average),
	"product":  moment("product"),
	"min":      extremeOf("min"),
	"max":      extremeOf("max"),
	"min_by":   build(func(c *call) string { return c.apply("arg_min_null", c.arg(0), c.t.comparable(c.arg(1), c.typ(1))) }),
	"max_by":   build(func(c *call) string { return c.apply("arg_max_null", c.arg(0), c.t.comparable(c.arg(1), c.typ(1))) }),
	"bool_and": same("bool_and"),
	"every":    same("bool_and"),
	"bool_or":  same("bool_or"),
	"some":     same("bool_or"),
	"any":      same("bool_or"),
	"bit_and":  same("bit_and"),
	"bit_or":   same("bit_or"),
	"bit_xor":  same("bit_xor"),

	"first":        build(firstValue),
	"first_value":  build(firstValue),
	"any_value":    build(firstValue),
	"last":         build(lastValue),
	"last_value":   build(lastValue),
	"collect_list": build(collectList),
	"array_agg":    build(collectList),
	"collect_set":  build(collectSet),
	"freq_items":   build(frequentItems),
	"listagg":      build(listAgg),

	"stddev":      sampleMoment("stddev_samp"),
	"stddev_samp": sampleMoment("stddev_samp"),
	"stddev_pop":  moment("stddev_pop"),
	"variance":    sampleMoment("var_samp"),
	"var_samp":    sampleMoment("var_samp"),
	"var_pop":     moment("var_pop"),
	"covar_samp":  sampleMoment("covar_samp"),
	"covar_pop":   moment("covar_pop"),
	"kurtosis":    standardMoment("kurtosis"),
	"skewness":    standardMoment("skewness"),
	"corr":        build(correlation),

	"regr_count": build(func(c *call) string { // DuckDB's own is NULL in a subquery that finds no rows
		return c.apply("count", "CASE WHEN "+c.arg(0)+" IS NOT NULL AND "+c.arg(1)+" IS NOT NULL THEN 1 END")
	}),
	"regr_avgx":      build(func(c *call) string { return c.apply("avg", c.paired(1)) }),
	"regr_avgy":      build(func(c *call) string { return c.apply("avg", c.paired(0)) }),
	"regr_sxx":       build(func(c *call) string { return c.spread(1) }),
	"regr_syy":       build(func(c *call) string { return c.spread(0) }),
	"regr_sxy":       moment("regr_sxy"),
	"regr_slope":     regression("regr_slope"),
	"regr_intercept": regression("regr_intercept"),
	"regr_r2":        build(determination),

	"median":            build(median),
	"percentile":        build(percentile),
	"percentile_cont":   build(percentileInOrder),
	"percentile_disc":   build(percentileInOrder),
	"percentile_approx": build(approxPercentile),
	"mode":              build(mode),

	"grouping":    build(grouping),
	"grouping_id": build(grouping),
}

// count counts rows, or those where no argument is NULL.
func count(c *call) string {
	if c.n() == 0 {
		return c.apply("count", "*")
	}
	if l, ok := c.literal(0); ok && c.n() == 1 && l.Value != nil && !c.f.Distinct {
		return c.apply("count", "*")
	}
	if c.n() == 1 && !c.f.Distinct && !plan.Nullable(c.f.Args[0]) {
		return c.apply("count", "*") // as Spark's optimizer has it: the argument is never looked at
	}
	args := c.args()
	if len(args) == 1 {
		return c.apply("count", args[0])
	}
	return c.apply("count", "CASE WHEN "+allPresent(args)+" THEN row("+strings.Join(args, ", ")+") END")
}

func allPresent(args []string) string {
	present := make([]string, len(args))
	for i, a := range args {
		present[i] = a + " IS NOT NULL"
	}
	return strings.Join(present, " AND ")
}

// sum of integers is BIGINT in Spark, with an error or wrap-around beyond; HUGEINT in DuckDB.
func sum(c *call) string {
	switch typ := c.typ(0).(type) {
	case plan.Decimal:
		d := c.t.decimal(c.f.Args[0])
		return c.decimalTotal(decimal{c.exactSum(d), 38, typ.Scale}, d.digits)
	case plan.YearMonthInterval, plan.DayTimeInterval:
		return c.intervalTotal()
	}
	switch {
	case isFloating(c.typ(0)):
		return c.apply("sum", c.t.cast(c.arg(0), plan.Double))
	case c.f.Name == "try_sum":
		return "TRY_CAST(" + c.apply("sum", c.arg(0)) + " AS BIGINT)"
	case !c.ansi():
		return wrap(c.apply("sum", c.arg(0)), plan.Long)
	}
	c.t.traits |= overflows
	return "CAST(" + c.apply("sum", c.arg(0)) + " AS BIGINT)"
}

// tolerant tells that an overflow is NULL.
func (c *call) tolerant() bool { return !c.ansi() || strings.HasPrefix(c.f.Name, "try_") }

// safeDigits are those of decimals of which no number of rows can overflow 128 bits.
const safeDigits = 28

// exactSum adds decimals up. Where DuckDB may overflow, and that must be NULL, it adds the upper and
// the lower digits apart; of distinct values that cannot be done.
func (c *call) exactSum(d decimal) string {
	if d.digits <= safeDigits {
		return c.apply("sum", d.sql)
	}
	if c.tolerant() && !c.f.Distinct {
		units := "shoal_decimal_quotient(" + d.sql + ", CAST(1 AS DECIMAL(38,0)), 0, 38, 0, FALSE)"
		unit := powerOfTen(20)
		high, low := c.apply("sum", "CAST("+units+" // "+unit+" AS BIGINT)"), c.apply("sum", units+" % "+unit)
		return scaled("shoal_total("+high+", "+low+")", d.scale)
	}
	name := strings.TrimPrefix(c.f.Name, "try_")
	if c.tolerant() {
		name = triedSum
	}
	c.t.operations = append(c.t.operations, operation{name, c.result(), c.t.place})
	total := c.apply("sum", d.sql)
	if c.f.Distinct {
		return total
	}
	// DuckDB does not look when it adds the sums of two threads: a rough sum tells.
	fail := c.raise("ARITHMETIC_OVERFLOW", "message", "'Overflow in sum of decimals'", "alternative",
		quoteText(" Use 'try_"+name+"' to tolerate overflow and return NULL instead."), "config", ansiConf)
	return fmt.Sprintf("CASE WHEN abs(%s) > 1.5e%d THEN %s ELSE %s END", c.apply("sum", "CAST("+d.sql+" AS DOUBLE)"), 38-d.scale, fail, total)
}

// decimalTotal brings a sum from 38 digits to its Spark type. DuckDB's own limit is 128 bits,
// which is a little more than 38 digits; only sums of very wide decimals get there.
func (c *call) decimalTotal(total decimal, digits int) string {
	typ := c.result().(plan.Decimal)
	if digits <= safeDigits {
		return c.t.exactly(total, typ)
	}
	most := "CAST('" + allNines(38-typ.Scale, typ.Scale) + "' AS " + c.physical() + ")"
	fits := "abs(" + total.sql + ") <= " + most
	if c.tolerant() {
		return "CASE WHEN " + fits + " THEN " + total.sql + " END"
	}
	fail := c.raise("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", "CAST("+total.sql+" AS VARCHAR)",
		"precision", "'38'", "scale", quoteText(strconv.Itoa(typ.Scale)), "config", ansiConf)
	return "CASE WHEN " + total.sql + " IS NULL OR " + fits + " THEN " + total.sql + " ELSE " + fail + " END"
}

// allNines is the largest decimal with so many digits before and after the point.
func allNines(whole, fraction int) string {
	text := strings.Repeat("9", whole)
	if fraction > 0 {
		text += "." + strings.Repeat("9", fraction)
	}
	return text
}

// average of decimals divides the exact sum, rounded half up; of intervals too. Of other
// numbers it is a double.
func average(c *call) string {
	switch typ := c.result().(type) {
	case plan.Decimal:
		x := c.t.decimal(c.f.Args[0])
		total := decimal{c.exactSum(x), 38, x.scale}
		n := decimal{"CAST(" + c.apply("count", x.sql) + " AS DECIMAL(19,0))", 19, 0}
		return c.t.decimalQuotient(total, n, typ, !c.tolerant())
	case plan.YearMonthInterval, plan.DayTimeInterval:
		total := "CAST(" + c.intervalTotal() + " AS HUGEINT)"
		n := "CAST(" + c.apply("count", c.arg(0)) + " AS HUGEINT)"
		return c.t.cast(c.t.quotient(total, n, 0), typ)
	}
	switch typeOf(c.f.Args[0]) {
	case plan.Byte, plan.Short, plan.Int: // the sum of four million of them is exact, there and here, and exact ones are quicker here
		return c.apply("avg", c.arg(0))
	}
	// Spark adds up DOUBLEs, also of integers: their sum loses digits beyond 2^53, and never overflows.
	return c.apply("avg", c.t.cast(c.arg(0), plan.Double))
}

// skipsNulls tells whether first, last and their kin were told to ignore NULLs.
func (c *call) skipsNulls() bool {
	if c.f.IgnoreNulls {
		return true
	}
	l, ok := c.literal(1)
	return ok && l.Value == true
}

func firstValue(c *call) string { return c.edge("first") }
func lastValue(c *call) string  { return c.edge("last") }

// edge is the first or last value of a group or frame.
func (c *call) edge(name string) string {
	x := c.arg(0)
	switch {
	case c.over != "":
		return c.aggregate(aggregateCall{name: name + "_value", args: []string{x}, ignoreNulls: c.skipsNulls()})
	case c.skipsNulls():
		return c.aggregate(aggregateCall{name: name, args: []string{x}, where: x + " IS NOT NULL"})
	}
	return c.apply(name, x)
}

// collectList skips NULLs, and is empty rather than NULL.
func collectList(c *call) string {
	return c.collect(aggregateCall{name: "list", args: []string{c.arg(0)}})
}

func collectSet(c *call) string {
	return c.collect(aggregateCall{name: "list", args: []string{c.arg(0)}, distinct: true})
}

func (c *call) collect(a aggregateCall) string {
	a.where = a.args[0] + " IS NOT NULL"
	if len(c.f.OrderBy) > 0 {
		a.order = c.t.orderBy(c.f.OrderBy)
	}
	return "COALESCE(" + c.aggregate(a) + ", CAST([] AS " + c.physical() + "))"
}

// frequentItems is df.stat.freqItems: NULL is a value there. Spark counts each NaN as another value.
func frequentItems(c *call) string {
	x := c.arg(0)
	values, nulls := c.apply("histogram", x), c.apply("count", "CASE WHEN "+x+" IS NULL THEN 1 END")
	null := "CASE WHEN " + nulls + " > 0 THEN "
	counts := "array_to_string(list_concat(COALESCE(map_values(" + values + "), []), " + null + "[" + nulls + "] ELSE [] END), ',')"
	items := "list_concat(COALESCE(map_keys(" + values + "), []), " + null + "[NULL] ELSE [] END)"
	kept := "list_select(" + items + ", CAST(shoal_frequent(" + counts + ", " + c.arg(1) + ") AS BIGINT[]))"
	kept = "CAST(CASE WHEN " + counts + " = '' THEN [] ELSE " + kept + " END AS " + c.physical() + ")"
	if !isFloating(c.typ(0)) {
		return kept
	}
	refused := c.raise("UNSUPPORTED_FEATURE", "reason", "'freqItems of NaN'")
	return "CASE WHEN " + c.apply("bool_or", "isnan("+x+")") + " THEN " + refused + " ELSE " + kept + " END"
}

// moment is a statistic that is NaN when it meets NaN or infinity; DuckDB fails there.
func moment(name string) renderer {
	return func(c *call) string {
		return c.finite(1, func(args []string) string { return c.apply(name, args...) })
	}
}

// sampleMoment is a moment that Spark divides by n - 1: it is NULL of one row, whatever that holds.
func sampleMoment(name string) renderer {
	return func(c *call) string {
		return c.finite(2, func(args []string) string { return c.apply(name, args...) })
	}
}

// finite has body compute from the finite rows. If there are others it is NaN; of fewer than so many rows it is NULL.
func (c *call) finite(least int, body func(args []string) string) string {
	args := c.args()
	var tests []string
	for i, a := range args {
		if !alwaysFinite(c.f.Args[i]) {
			tests = append(tests, "isfinite("+a+")")
		}
	}
	return c.finiteOf(args, tests, least, body)
}

// finiteOf is finite for what is made of the arguments, with the tests that a finite row passes.
func (c *call) finiteOf(args, tests []string, least int, body func(args []string) string) string {
	if len(tests) == 0 {
		return body(args)
	}
	test := strings.Join(tests, " AND ")
	kept := make([]string, len(args))
	for i, a := range args {
		kept[i] = "CASE WHEN " + test + " THEN " + a + " END"
	}
	if len(args) > 1 {
		test = "CASE WHEN " + allPresent(args) + " THEN " + test + " END"
	}
	once := *c
	f := *c.f
	f.Distinct = false
	once.f = &f
	nan := "CAST('NaN' AS DOUBLE)"
	if least > 1 {
		counted := args[0]
		if len(args) > 1 {
			counted = "CASE WHEN " + allPresent(args) + " THEN 1 END"
		}
		nan = "CASE WHEN " + c.apply("count", counted) + " >= " + strconv.Itoa(least) + " THEN " + nan + " END"
	}
	return "CASE WHEN NOT " + once.apply("bool_and", test) + " THEN " + nan + " ELSE " + body(kept) + " END"
}

// alwaysFinite tells that e was an integer or decimal.
func alwaysFinite(e plan.Expr) bool {
	if c, ok := e.(*plan.Cast); ok {
		from := typeOf(c.Expr)
		_, decimal := from.(plan.Decimal)
		return decimal || isIntegral(from)
	}
	return !isFloating(typeOf(e))
}

// standardMoment looks at all values in Go: DuckDB computes its own from sums of powers, which lose all digits
// far from zero.
func standardMoment(name string) renderer {
	return func(c *call) string {
		x := c.arg(0)
		return "shoal_" + name + "(" + c.aggregate(aggregateCall{name: "list", args: []string{x}, where: x + " IS NOT NULL"}) + ")"
	}
}

// correlation: Spark divides by the product of the deviations: zero is an error under ANSI.
func correlation(c *call) string {
	return c.finite(2, func(args []string) string {
		none := "NULL"
		if c.ansi() {
			none = c.t.divideByZero()
		}
		return "CASE WHEN " + c.apply("regr_count", args...) + " < 2 THEN NULL WHEN " + c.apply("regr_sxx", args...) + " = 0 OR " +
			c.apply("regr_syy", args...) + " = 0 THEN " + none + " ELSE " + c.apply("regr_sxy", args...) + " / sqrt(" + c.apply("regr_sxx", args...) + " * " +
			c.apply("regr_syy", args...) + ") END"
	})
}

// paired is an argument of a function of two, where the other one is not NULL.
func (c *call) paired(i int) string {
	args := c.args()
	return "CASE WHEN " + args[1-i] + " IS NOT NULL THEN CAST(" + args[i] + " AS DOUBLE) END"
}

// spread is the sum of the squared distances from the mean of an argument of a function of two; what the other one holds does not
// matter to it.
func (c *call) spread(i int) string {
	x := c.paired(i)
	var tests []string
	if !alwaysFinite(c.f.Args[i]) {
		tests = []string{"isfinite(" + x + ")"}
	}
	return c.finiteOf([]string{x}, tests, 1, func(args []string) string { return c.apply("regr_sxx", "1e0", args[0]) })
}

// determination is 1 when the dependent variable does not vary. Spark divides one by one.
func determination(c *call) string {
	return "CASE WHEN " + c.spread(1) + " = 0 THEN NULL WHEN " + c.spread(0) + " = 0 THEN 1e0 ELSE " + c.finite(1, func(args []string) string {
		sxx, syy, sxy := c.apply("regr_sxx", args...), c.apply("regr_syy", args...), c.apply("regr_sxy", args...)
		return sxy + " * " + sxy + " / " + sxx + " / " + syy
	}) + " END"
}

// regression is NULL when the independent variable does not vary.
func regression(name string) renderer {
	return func(c *call) string {
		return "CASE WHEN " + c.spread(1) + " = 0 THEN NULL ELSE " +
			c.finite(1, func(args []string) string { return c.apply(name, args...) }) + " END"
	}
}
