package translate

// This file holds arithmetic on numbers other than decimals; decimal.go has those.

import (
	"shoal/plan"
)

func plus(c *call) string  { return c.additive("+") }
func minus(c *call) string { return c.additive("-") }

func (c *call) additive(op string) string {
	switch typ := c.result().(type) {
	case plan.Decimal:
		return c.t.exactly(c.t.decimal(c.f), typ)
	case plan.DayTimeInterval, plan.YearMonthInterval:
		return c.addIntervals(op)
	}
	if c.result() == plan.CalendarInterval {
		return "(" + c.arg(0) + " " + op + " " + c.arg(1) + ")"
	}
	return c.machine(op)
}

// machine is + - * on integers and floats of one type. DuckDB fails on overflow, as ANSI Spark
// does; without ANSI Java's wrap-around is computed in a wider type.
func (c *call) machine(op string) string {
	a, b := c.arg(0), c.arg(1)
	if isFloating(c.result()) {
		return "(" + a + " " + op + " " + b + ")"
	}
	if !isIntegral(c.result()) {
		return c.unsupported("%s on %s", op, c.result())
	}
	if c.ansi() {
		c.t.mayOverflow(op, c.result())
		return "(" + a + " " + op + " " + b + ")"
	}
	return wrap("CAST("+a+" AS HUGEINT) "+op+" "+b, c.result())
}

// wrap takes a HUGEINT modulo the width of an integral type, as Java's arithmetic does.
func wrap(sql string, typ plan.Type) string {
	switch typ {
	case plan.Byte:
		return "shoal_wrap8(" + sql + ")"
	case plan.Short:
		return "shoal_wrap16(" + sql + ")"
	case plan.Int:
		return "shoal_wrap32(" + sql + ")"
	default:
		return "shoal_wrap64(" + sql + ")"
	}
}

func times(c *call) string {
	if d, ok := c.result().(plan.Decimal); ok {
		return c.t.exactly(c.t.decimal(c.f), d)
	}
	return c.machine("*")
}

// divide is /: on doubles and decimals only, the analyzer casts the rest.
func divide(c *call) string {
	if d, ok := c.result().(plan.Decimal); ok {
		return c.decimalDivide(d)
	}
	return c.guardZero("/", c.t.divideByZero)
}

func remainder(c *call) string {
	if d, ok := c.result().(plan.Decimal); ok {
		return c.t.exactly(c.decimalRemainder(), d)
	}
	return c.guardZero("%", c.t.remainderByZero)
}

// integralDivide is div: BIGINT, truncated toward zero.
func integralDivide(c *call) string {
	if _, ok := c.typ(0).(plan.Decimal); ok {
		return c.decimalIntegralDivide()
	}
	if _, ok := c.typ(0).(plan.Basic); !ok {
		return c.unsupported("div on %s", c.typ(0))
	}
	if !c.ansi() {
		return c.wrappedDivide()
	}
	c.t.mayOverflow("div", c.typ(0)) // the smallest BIGINT div -1
	return "CAST(" + c.guardZero("//", c.t.divideByZero) + " AS BIGINT)"
}

// wrappedDivide is div as Java has it: the smallest BIGINT div -1 is itself.
func (c *call) wrappedDivide() string {
	a, b := c.arg(0), c.arg(1)
	return "CASE WHEN " + b + " = -1 THEN " + wrap("-CAST("+a+" AS HUGEINT)", plan.Long) +
		" ELSE CAST(" + a + " // nullif(" + b + ", 0) AS BIGINT) END"
}

// guardZero is a division whose zero divisor is an error under ANSI, unless the dividend is
// NULL; else NULL.
func (c *call) guardZero(op string, zero func() string) string {
	a, b := c.arg(0), c.arg(1)
	if nonZero(c.f.Args[1]) {
		return "(" + a + " " + op + " " + b + ")"
	}
	if !c.ansi() {
		return "(" + a + " " + op + " nullif(" + b + ", 0))"
	}
	guard := ""
	if plan.Nullable(c.f.Args[0]) {
		guard = " AND " + a + " IS NOT NULL"
	}
	fail := zero()
	return c.let(b, func(b string) string {
		return "CASE WHEN " + b + " = 0" + guard + " THEN " + fail + " ELSE " + a + " " + op + " " + b + " END"
	})
}

// nonZero tells that e is a constant other than zero.
func nonZero(e plan.Expr) bool {
	if c, ok := e.(*plan.Cast); ok && c.Mode != plan.CastTry {
		return isNumber(typeOf(c.Expr)) && isNumber(c.To) && nonZero(c.Expr) && !shrinks(c)
	}
	l, ok := e.(*plan.Literal)
	if !ok || l.Value == nil {
		return false
	}
	switch v := l.Value.(type) {
	case int8:
		return v != 0
	case int16:
		return v != 0
	case int32:
		return v != 0
	case int64:
		return v != 0
	case float32:
		return v != 0
	case float64:
		return v != 0
	case plan.Unscaled:
		return v.Sign() != 0
	}
	return false
}

func isNumber(t plan.Type) bool {
	_, decimal := t.(plan.Decimal)
	return decimal || isIntegral(t) || isFloating(t)
}

// shrinks tells that a cast may make zero of a number that is not.
func shrinks(c *plan.Cast) bool {
	from := typeOf(c.Expr)
	if isFloating(c.To) || isIntegral(from) && isIntegral(c.To) {
		return false
	}
	if d, ok := c.To.(plan.Decimal); ok && isIntegral(from) {
		return d.Scale < 0
	} else if f, isDec := from.(plan.Decimal); ok && isDec {
		return d.Scale < f.Scale
	}
	return true
}

func negative(c *call) string {
	if d, ok := c.result().(plan.Decimal); ok && d.Precision > 34 && d.Precision-d.Scale <= 34 {
		// Spark rounds it to 34 digits
		return c.let(c.arg(0), func(x string) string {
			return "CASE WHEN abs(" + x + ") < 1" + zeros(34-d.Scale) + " THEN -" + x + " WHEN " + x + " IS NOT NULL THEN CAST(" +
				c.unsupportedAtRun("the negative of a decimal of more than 34 digits") + " AS " + c.physical() + ") END"
		})
	}
	if isDecimal(c.result()) { // which DuckDB makes an INTEGER of NULL
		return "CAST(-" + c.arg(0) + " AS " + c.physical() + ")"
	}
	if isFloating(c.result()) {
		return "(-" + c.arg(0) + ")"
	}
	if c.result() == plan.CalendarInterval {
		return "(-" + c.arg(0) + ")"
	}
	if isIntegral(c.result()) && !c.ansi() {
		return wrap("-CAST("+c.arg(0)+" AS HUGEINT)", c.result())
	}
	if isInterval(c.result()) {
		return c.fitted("-CAST("+c.arg(0)+" AS HUGEINT)", false, c.t.raiseNowhere("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION"))
	}
	c.t.mayOverflow("negative", c.result())
	return "(-" + c.arg(0) + ")"
}
