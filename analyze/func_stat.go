package analyze

import (
	"strconv"

	"shoal/plan"
)

// This file holds the aggregate functions of statistics: percentiles, regression, lists of text.

var statFuncs = funcs{
	"percentile":        fn(tPercentile, oneOf(tDouble, arrayOf(tDouble)), tLong).defaults(lit(1)).constant(1).check(percentageInRange).returnsBy(percentileType).always().aggregate(),
	"median":            fn(tPercentile).returnsBy(percentileType).always().aggregate(),
	"percentile_approx": fn(oneOf(tNumeric, tDate, tTimestamp, tTimestampNTZ, tYearMonth, tDayTime), oneOf(tDouble, arrayOf(tDouble)), tIntegral).defaults(lit(10000)).arguments("input", "percentage", "accuracy").constant(1).constant(2).check(approxArgs).returnsBy(approxType).always().aggregate(),
	"approx_percentile": fn(oneOf(tNumeric, tDate, tTimestamp, tTimestampNTZ, tYearMonth, tDayTime), oneOf(tDouble, arrayOf(tDouble)), tIntegral).defaults(lit(10000)).arguments("input", "percentage", "accuracy").constant(1).constant(2).check(approxArgs).returnsBy(approxType).always().aggregate().is("percentile_approx"),
	"try_sum":           fn(tSummable).returnsBy(sumType).always().aggregate().coerce(averageArgs),
	"try_avg":           fn(tSummable).returnsBy(averageType).always().aggregate().coerce(averageArgs),

	"regr_count":     fn(tDouble, tDouble).returns(plan.Long).never().aggregate(),
	"regr_avgx":      pairwise(),
	"regr_avgy":      pairwise(),
	"regr_sxx":       pairwise(),
	"regr_syy":       pairwise(),
	"regr_sxy":       pairwise(),
	"regr_slope":     pairwise(),
	"regr_intercept": pairwise(),
	"regr_r2":        pairwise(),
}

// percentileType is DOUBLE, or the interval's own type, for one percentage; an array for several.
func percentileType(c *call) plan.Type {
	var t plan.Type = plan.Double
	switch {
	case isYearMonth(c.typ(0)):
		t = yearMonth
	case isDayTime(c.typ(0)):
		t = dayTime
	}
	return perPercentage(c, t)
}

func approxType(c *call) plan.Type { return perPercentage(c, c.typ(0)) }

func perPercentage(c *call, t plan.Type) plan.Type {
	if len(c.args) > 1 && isArray(c.typ(1)) {
		return plan.Array{Elem: t}
	}
	return t
}

// approxArgs: neither the percentage nor the accuracy is NULL, and the accuracy is positive.
func approxArgs(c *call) error {
	for i, name := range []string{1: "percentage", 2: "accuracy"} {
		if name == "" {
			continue
		}
		if l, ok := bareLiteral(c.args[i]); ok && l.Value == nil {
			return c.mismatch("UNEXPECTED_NULL", "exprName", name)
		}
	}
	if n, ok := intLiteral(c.args[2]); ok && (n <= 0 || n > maxInt) {
		return c.mismatch("VALUE_OUT_OF_RANGE", "exprName", "accuracy", "valueRange", "(0, "+itoa(maxInt)+"]", "currentValue", strconv.FormatInt(n, 10)+"L")
	}
	return percentageInRange(c)
}

// bareLiteral is a literal, perhaps in a cast.
func bareLiteral(e plan.Expr) (*plan.Literal, bool) {
	if k, ok := e.(*plan.Cast); ok {
		e = k.Expr
	}
	l, ok := e.(*plan.Literal)
	return l, ok
}

// percentageInRange: a constant percentage lies between 0 and 1.
func percentageInRange(c *call) error {
	e := c.args[1]
	if k, ok := e.(*plan.Cast); ok {
		e = k.Expr
	}
	l, ok := e.(*plan.Literal)
	if !ok || l.Value == nil {
		return nil
	}
	p, ok := toFloat(l)
	if !ok || p >= 0 && p <= 1 {
		return nil
	}
	return c.mismatch("VALUE_OUT_OF_RANGE", "exprName", "percentage", "valueRange", "[0.0, 1.0]",
		"currentValue", strconv.FormatFloat(p, 'f', 1, 64)+"D")
}

// toFloat is a numeric literal's value.
func toFloat(l *plan.Literal) (float64, bool) {
	switch v := l.Value.(type) {
	case int32:
		return float64(v), true
	case int64:
		return float64(v), true
	case float32:
		return float64(v), true
	case float64:
		return v, true
	case plan.Unscaled:
		f, err := strconv.ParseFloat(v.Text(l.Type.(plan.Decimal).Scale), 64)
		return f, err == nil
	}
	return 0, false
}
