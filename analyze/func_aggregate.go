package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds the aggregate functions. Each is also a window function when OVER follows.

var aggregateFuncs = funcs{
	"count":       fn(tAny).variadic().min(1).returns(plan.Long).never().aggregate(),
	"count_if":    fn(tBool).returns(plan.Long).never().aggregate(),
	"sum":         fn(tSummable).returnsBy(sumType).always().aggregate().coerce(averageArgs),
	"avg":         fn(tSummable).returnsBy(averageType).always().aggregate().coerce(averageArgs),
	"mean":        fn(tSummable).returnsBy(averageType).always().aggregate().coerce(averageArgs).is("avg"),
	"product":     fn(tDouble).returns(plan.Double).always().aggregate().inner(),
	"min":         fn(tAny).returnsArg(0).always().aggregate().check(orderedArg),
	"max":         fn(tAny).returnsArg(0).always().aggregate().check(orderedArg),
	"min_by":      fn(tAny, tAny).returnsArg(0).always().aggregate().check(orderedSecond),
	"max_by":      fn(tAny, tAny).returnsArg(0).always().aggregate().check(orderedSecond),
	"first":       firstLike("first"),
	"first_value": firstLike("first"),
	"last":        firstLike("last"),
	"last_value":  firstLike("last"),
	"any_value":   firstLike("any_value"),

	"stddev":      moment("stddev_samp"),
	"std":         moment("stddev_samp"),
	"stddev_samp": moment("stddev_samp"),
	"stddev_pop":  moment("stddev_pop"),
	"variance":    moment("var_samp"),
	"var_samp":    moment("var_samp"),
	"var_pop":     moment("var_pop"),
	"skewness":    moment("skewness"),
	"kurtosis":    moment("kurtosis"),
	"corr":        pairwise(),
	"covar_pop":   pairwise(),
	"covar_samp":  pairwise(),

	"collect_list": collect(),
	"freq_items": fn(tAny, tInt).never().aggregate().inner().returnsBy(func(c *call) plan.Type {
		return plan.Array{Elem: c.typ(0), ContainsNull: c.nulls(0)}
	}),
	"array_agg":   collect().is("collect_list").shown("collect_list"),
	"collect_set": collect().check(setElement),

	"bool_and": fn(tBool).returns(plan.Boolean).always().aggregate(),
	"every":    fn(tBool).returns(plan.Boolean).always().aggregate().is("bool_and"),
	"bool_or":  fn(tBool).returns(plan.Boolean).always().aggregate(),
	"some":     fn(tBool).returns(plan.Boolean).always().aggregate().is("bool_or"),
	"any":      fn(tBool).returns(plan.Boolean).always().aggregate().is("bool_or"),
	"bit_and":  fn(tIntegral).returnsArg(0).always().aggregate(),
	"bit_or":   fn(tIntegral).returnsArg(0).always().aggregate(),
	"bit_xor":  fn(tIntegral).returnsArg(0).always().aggregate(),

	"grouping":    custom(groupingCall).aggregate(),
	"grouping_id": custom(groupingCall).aggregate(),
}

// tSummable is what sum and avg take.
var tSummable = oneOf(tNumeric, tYearMonth, tDayTime)

// moment is a statistic of one DOUBLE.
func moment(name string) sig {
	return fn(tDouble).returns(plan.Double).always().aggregate().is(name)
}

// pairwise is a statistic of two DOUBLEs.
func pairwise() sig { return fn(tDouble, tDouble).returns(plan.Double).always().aggregate() }

// collect gathers values that are not NULL.
func collect() sig {
	return fn(tAny).never().aggregate().returnsBy(func(c *call) plan.Type {
		return plan.Array{Elem: c.typ(0)}
	})
}

func setElement(c *call) error {
	if hasMap(c.typ(0)) {
		return c.mismatch("UNSUPPORTED_INPUT_TYPE", "functionName", plan.Quote(c.show), "dataType", `"MAP" or "COLLATED STRING"`)
	}
	return nil
}

func hasMap(t plan.Type) bool {
	switch t := t.(type) {
	case plan.Map:
		return true
	case plan.UDT:
		return hasMap(t.SQLType)
	case plan.Array:
		return hasMap(t.Elem)
	case plan.Struct:
		for _, f := range t.Fields {
			if hasMap(f.Type) {
				return true
			}
		}
	}
	return false
}

func orderedArg(c *call) error    { return c.ordered(c.typ(0)) }
func orderedSecond(c *call) error { return c.ordered(c.typ(1)) }

// averageArgs: sum and avg take strings as DOUBLE, and timestamps too.
func averageArgs(c *call) error {
	if isTimestamp(c.typ(0)) {
		c.cast(0, plan.Double)
	}
	if to := c.a.implicit(c.typ(0), tSummable); to != nil {
		c.cast(0, to)
	}
	if t := c.typ(0); !isNumeric(t) && !isInterval(t) {
		return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(1), "requiredType", `"NUMERIC" or "ANSI INTERVAL"`,
			"inputSql", quoteSQL(c.a.pretty(c.args[0])), "inputType", plan.QuotedSQL(t))
	}
	return nil
}

// sumType: integers sum to BIGINT, decimals gain ten digits.
func sumType(c *call) plan.Type {
	switch t := c.typ(0).(type) {
	case plan.Decimal:
		return bounded(t.Precision+10, t.Scale)
	case plan.YearMonthInterval, plan.DayTimeInterval:
		return t
	default:
		if isIntegral(t) {
			return plan.Long
		}
		return plan.Double
	}
}

// averageType: decimals gain four digits on both sides of the point.
func averageType(c *call) plan.Type {
	switch t := c.typ(0).(type) {
	case plan.Decimal:
		return bounded(t.Precision+4, t.Scale+4)
	case plan.YearMonthInterval:
		return yearMonth
	case plan.DayTimeInterval:
		return dayTime
	}
	return plan.Double
}

// firstLike is first, last, any_value: a second argument TRUE ignores NULLs, as IGNORE NULLS does.
func firstLike(name string) sig {
	s := fn(tAny, tBool).min(1).aggregate().is(name)
	s.build = func(c *call) (plan.Expr, error) {
		ignore := false
		if len(c.args) == 2 {
			l, ok := c.args[1].(*plan.Literal)
			if !ok {
				return nil, fault.New("_LEGACY_ERROR_TEMP_1210", "funcName", c.show).At(c.pos)
			}
			ignore = l.Value == true
			c.args = c.args[:1]
		}
		f := c.make(c.typ(0), true).(*plan.Func)
		f.IgnoreNulls = ignore
		return f, nil
	}
	return s
}
