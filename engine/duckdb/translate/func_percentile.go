package translate

// This file holds median, percentile and percentile_approx. The last one's answer here is exact, which is within the error Spark allows
// itself; where the group has no more values than the accuracy, Spark's is exact, too.

import (
	"math"
	"strconv"
	"strings"

	"shoal/plan"
)

func median(c *call) string {
	if isInterval(c.typ(0)) {
		return c.quantile(quantile{of: c.f.Args[0]}, []string{"0.5"}, false)
	}
	return c.interpolated([]string{"0.5"}, false)
}

// percentile interpolates; percentages may be an array.
func percentile(c *call) string {
	if c.has(2) {
		if n, ok := c.integer(2); !ok || n != 1 {
			return c.unsupported("percentile with frequencies")
		}
	}
	if c.t.fragment(c.f.Args[1]).reads != 0 {
		return c.unsupported("%s with a percentage that is not a constant", c.f.Name)
	}
	numbers, several, ok := c.percentages()
	if ok && several && len(numbers) == 0 {
		return "CAST(NULL AS " + c.physical() + ")"
	}
	if !ok && isInterval(c.typ(0)) {
		return c.unsupported("percentile of intervals with a percentage that is not a literal")
	}
	if !ok {
		return c.aggregate(aggregateCall{name: "quantile_cont", args: []string{c.t.cast(c.arg(0), plan.Double), c.arg(1)}})
	}
	if isInterval(c.typ(0)) {
		return c.quantile(quantile{of: c.f.Args[0]}, doubles(numbers), several)
	}
	return c.interpolated(doubles(numbers), several)
}

func doubles(numbers []float64) []string {
	texts := make([]string, len(numbers))
	for i, x := range numbers {
		texts[i] = strconv.FormatFloat(x, 'f', -1, 64)
	}
	return texts
}

// interpolated are the values at shares of the count. DuckDB sorts -0.0 beside 0.0, Spark before it.
func (c *call) interpolated(shares []string, several bool) string {
	x := c.t.cast(c.arg(0), plan.Double)
	share := "[" + strings.Join(shares, ", ") + "]"
	if !several {
		share = shares[0]
	}
	found := c.aggregate(aggregateCall{name: "quantile_cont", args: []string{x, share}})
	if !isFloating(c.typ(0)) || c.f.Distinct {
		return found
	}
	below := c.apply("count", "CASE WHEN "+x+" < 0 THEN 1 END")
	signed := c.apply("count", "CASE WHEN signbit("+x+") AND NOT isnan("+x+") THEN 1 END")
	pick := func(found, share string) string {
		rank := "floor(" + share + " * (" + c.apply("count", x) + " - 1))"
		return "CASE WHEN " + found + " = 0 AND " + below + " < " + signed + " THEN CASE WHEN " + rank + " >= " + below + " AND " +
			rank + " < " + signed + " THEN CAST('-0.0' AS DOUBLE) ELSE 0.0 END ELSE " + found + " END"
	}
	if !several {
		return pick(found, share)
	}
	picks := make([]string, len(shares))
	for i, p := range shares {
		picks[i] = pick(found+"["+strconv.Itoa(i+1)+"]", p)
	}
	return "CASE WHEN " + found + " IS NOT NULL THEN [" + strings.Join(picks, ", ") + "] END"
}

// approxPercentile finds the value whose rank is the percentage of the count, rounded up. Spark
// multiplies DOUBLEs for that, which may end just above a whole number: so it asks DuckDB, which
// computes exactly, for the next rank as well.
func approxPercentile(c *call) string {
	shares, several, ok := c.percentages()
	if !ok {
		return c.unsupported("percentile_approx with percentages that are not literals")
	}
	if several && len(shares) == 0 {
		return "CAST(NULL AS " + c.physical() + ")"
	}
	accuracy, ok := c.integer(2)
	if !ok {
		return c.unsupported("percentile_approx with an accuracy that is not a literal")
	}
	x := c.arg(0)
	var wanted []string
	for _, p := range shares {
		wanted = append(wanted, wantedShares(p, 1/float64(accuracy))...)
	}
	found := c.aggregate(aggregateCall{name: "quantile_disc", args: []string{x, "[" + strings.Join(wanted, ", ") + "]"}})
	count := c.apply("count", x)
	picks := make([]string, len(shares))
	for i, p := range shares {
		text := strconv.FormatFloat(p, 'f', -1, 64)
		// whole: the exact product is the whole number below the DOUBLEs' product
		later := "ceil(CAST(" + text + " AS DOUBLE) * " + count + ") > ceil(CAST('" + text + "' AS DECIMAL(19,18)) * CAST(" + count + " AS DECIMAL(19,0)))"
		picks[i] = "CASE WHEN " + later + " THEN " + found + "[" + strconv.Itoa(2*i+2) + "] ELSE " + found + "[" + strconv.Itoa(2*i+1) + "] END"
		if len(text) > 20 || wanted[2*i] == wanted[2*i+1] {
			picks[i] = found + "[" + strconv.Itoa(2*i+1) + "]"
		}
		picks[i] = c.throughDouble(picks[i])
	}
	out := picks[0]
	if several {
		out = "CASE WHEN " + count + " > 0 THEN [" + strings.Join(picks, ", ") + "] END"
	}
	if !isFloating(c.typ(0)) {
		return out
	}
	once := *c
	f := *c.f
	f.Distinct = false
	once.f = &f
	return "CASE WHEN " + once.apply("bool_or", "isnan("+x+")") + " THEN CAST(" +
		c.unsupportedAtRun("percentile_approx of NaN, which depends on Spark's partitions") + " AS " + c.physical() + ") ELSE " + out + " END"
}

// wantedShares are a percentage as DuckDB is asked for it, and one that is a little larger. Within
// Spark's error of an end it takes the end.
func wantedShares(p, within float64) []string {
	switch {
	case p <= within:
		return []string{"0.0", "0.0"}
	case p >= 1-within:
		return []string{"1.0", "1.0"}
	}
	text := strconv.FormatFloat(p, 'f', -1, 64)
	return []string{text, strconv.FormatFloat(math.Min(p+1e-12, 1), 'f', -1, 64)}
}

// throughDouble does to a value what Spark's sketch of DOUBLEs does.
func (c *call) throughDouble(x string) string {
	double := "CAST(" + x + " AS DOUBLE)"
	switch t := c.typ(0).(type) {
	case plan.DayTimeInterval:
		return "shoal_float_to_bigint(" + double + ")"
	case plan.Decimal:
		if t.Precision > 15 {
			sql, _ := c.t.convertNumber(c.t.decimalToDouble(x, t, plan.Double), plan.Double, t, plan.CastLegacy)
			return sql
		}
	}
	switch c.typ(0) {
	case plan.Long:
		return "shoal_float_to_bigint(" + double + ")"
	case plan.Timestamp, plan.TimestampNTZ:
		return "make_timestamp(shoal_float_to_bigint(CAST(epoch_us(" + x + ") AS DOUBLE)))"
	}
	return x
}

// percentages are the constants of the second argument.
func (c *call) percentages() (shares []float64, several, ok bool) { return constantShares(c.f.Args[1]) }

func constantShares(e plan.Expr) (shares []float64, several, ok bool) {
	e = withoutCast(e)
	list := []plan.Expr{e}
	if f, is := e.(*plan.Func); is && f.Name == "array" {
		list, several = f.Args, true
	}
	for _, e := range list {
		l, is := constant(withoutCast(e))
		if !is || l.Value == nil {
			return nil, several, false
		}
		p, is := numberOf(l)
		if !is {
			return nil, several, false
		}
		shares = append(shares, p)
	}
	return shares, several, true
}

func withoutCast(e plan.Expr) plan.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok {
			return e
		}
		e = c.Expr
	}
}

// numberOf is a constant number, or text of one, as a DOUBLE.
func numberOf(l *plan.Literal) (float64, bool) {
	var text string
	switch v := l.Value.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case string:
		text = v
	case plan.Unscaled:
		text = v.Text(l.Type.(plan.Decimal).Scale)
	default:
		n, ok := integerOf(l)
		return float64(n), ok
	}
	p, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return p, err == nil
}
