package translate

// This file holds arithmetic on dates, timestamps and intervals, under the names the analyzer
// gives the operators. Days and months move a session's local clock, hours do not.

import (
	"shoal/plan"
	"strings"
)

var intervalFuncs = funcs{
	"date_add_ym":            tmpl("CAST($1 + to_months($2) AS DATE)"),
	"subtract_dates":         tmpl("($1 - $2) * 86400000000"),
	"subtract_timestamps":    build(subtractTimestamps),
	"timestamp_add_ym":       build(timestampAddMonths),
	"timestamp_add_dt":       build(timestampAddMicros),
	"timestamp_add_calendar": build(timestampAddCalendar),
	"multiply_ym":            build(multiplyInterval),
	"multiply_dt":            build(multiplyInterval),
	"multiply_calendar":      build(multiplyCalendar),
	"divide_calendar":        build(divideCalendar),
	"divide_ym":              build(divideInterval),
	"divide_dt":              build(divideInterval),
}

const microsPerDay = "86400000000"

// movesClock computes on the local time of a timestamp argument and goes back to the instant.
func (c *call) movesClock(move func(local string) string) string {
	local := move(c.local(0))
	if c.result() == plan.Timestamp {
		return c.t.instant(local)
	}
	return local
}

func subtractTimestamps(c *call) string {
	return "(epoch_us(" + c.local(0) + ") - epoch_us(" + c.local(1) + "))"
}

func timestampAddMonths(c *call) string {
	months := c.arg(1)
	return c.movesClock(func(local string) string { return "(" + local + " + to_months(" + months + "))" })
}

func timestampAddMicros(c *call) string {
	micros := c.arg(1)
	if c.result() == plan.TimestampNTZ || c.utc() {
		return "(" + c.local(0) + " + to_microseconds(" + micros + "))"
	}
	return c.let(micros, func(micros string) string {
		days := "to_days(CAST(" + micros + " // " + microsPerDay + " AS INTEGER))"
		moved := c.movesClock(func(local string) string { return "(" + local + " + " + days + ")" })
		return "(" + moved + " + to_microseconds(" + micros + " % " + microsPerDay + "))"
	})
}

func timestampAddCalendar(c *call) string {
	interval := c.arg(1)
	if c.result() == plan.TimestampNTZ || c.utc() {
		return "(" + c.local(0) + " + " + interval + ")"
	}
	return c.let(interval, func(i string) string {
		days := "to_months(CAST(datepart('year', " + i + ") * 12 + datepart('month', " + i + ") AS INTEGER)) + to_days(CAST(datepart('day', " + i + ") AS INTEGER))"
		moved := c.movesClock(func(local string) string { return "(" + local + " + " + days + ")" })
		return "(" + moved + " + to_microseconds(datepart('hour', " + i + ") * 3600000000 + datepart('minute', " + i +
			") * 60000000 + datepart('microsecond', " + i + ")))"
	})
}

// multiplyInterval rounds half up; integers stay exact.
func multiplyInterval(c *call) string {
	interval, n := 0, 1
	if isNumber(c.typ(0)) {
		interval, n = 1, 0
	}
	c.t.traits |= overflows // a product of wide decimals
	product := "round(" + c.arg(interval) + " * " + c.arg(n) + ")"
	if isIntegral(c.typ(n)) {
		product = "CAST(" + c.arg(interval) + " AS HUGEINT) * " + c.arg(n)
	}
	return c.fitted(product, isFloating(c.typ(n)), c.t.javaOverflow(c.result()))
}

func divideInterval(c *call) string {
	floating := !isIntegral(c.typ(1))
	c.t.traits |= overflows
	quotient := "round(" + c.arg(0) + " / " + c.arg(1) + ")"
	fail := c.t.javaOverflow(c.result())
	if !floating {
		quotient = c.t.quotient("CAST("+c.arg(0)+" AS HUGEINT)", "CAST("+c.arg(1)+" AS HUGEINT)", 0)
		fail = c.raise("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "functionName", "'`try_divide`'")
	}
	result := c.fitted(quotient, floating, fail)
	if nonZero(c.f.Args[1]) {
		return result
	}
	guard := ""
	if plan.Nullable(c.f.Args[0]) {
		guard = " AND " + c.arg(0) + " IS NOT NULL"
	}
	return "CASE WHEN " + c.arg(1) + " = 0" + guard + " THEN " + c.orNull(c.raise("INTERVAL_DIVIDED_BY_ZERO")) + " ELSE " + result + " END"
}

// overflowing says what becomes of a calendar interval that is too large: see udf_list.go.
func (c *call) overflowing() string {
	switch {
	case c.t.tried == c.f:
		return "2"
	case !c.ansi():
		return "0"
	}
	c.t.mayRaise(c.result())
	return "1"
}

func makeCalendar(c *call) string {
	return "shoal_make_interval(" + strings.Join(c.args()[:6], ", ") + ", CAST(CAST(" + c.arg(6) + " AS DECIMAL(38,6)) * 1000000 AS BIGINT), " + c.overflowing() + ")"
}

func multiplyCalendar(c *call) string {
	return "shoal_interval_times(" + c.arg(0) + ", " + c.arg(1) + ", " + c.overflowing() + ")"
}

func divideCalendar(c *call) string {
	zero := "NULL"
	if c.ansi() {
		zero = c.orNull(c.raise("INTERVAL_DIVIDED_BY_ZERO"))
	}
	return "CASE WHEN " + c.arg(1) + " = 0 AND " + c.arg(0) + " IS NOT NULL THEN " + zero + " ELSE shoal_interval_by(" + c.arg(0) + ", " + c.arg(1) +
		", " + c.overflowing() + ") END"
}

// fitted brings a wider number to the interval type of the result, or fails.
func (c *call) fitted(value string, floating bool, fail string) string {
	fail = c.orNull(fail)
	return c.let(value, func(x string) string {
		return "CASE WHEN " + inRange(x, c.physical(), floating) + " THEN CAST(" + x + " AS " + c.physical() + ") WHEN " + x +
			" IS NOT NULL THEN " + fail + " END"
	})
}

// orNull is fail, or NULL within a try_ function.
func (c *call) orNull(fail string) string {
	if c.t.tried == c.f || c.t.triedBelow {
		return "NULL"
	}
	return fail
}

// inRange tells whether a number fits INTEGER or BIGINT; NaN does not.
func inRange(x, physical string, floating bool) string {
	switch {
	case physical == "INTEGER":
		return "(" + x + " BETWEEN -2147483648 AND 2147483647)"
	case floating:
		return "(" + x + " >= -9223372036854775808e0 AND " + x + " < 9223372036854775808e0)"
	}
	return "(" + x + " BETWEEN -9223372036854775808 AND 9223372036854775807)"
}

// addIntervals is + or - on two intervals of one family.
func (c *call) addIntervals(op string) string {
	fail := c.t.raiseNowhere("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "functionName", quoteText("`"+tolerant[op]+"`"))
	return c.fitted("CAST("+c.arg(0)+" AS HUGEINT) "+op+" "+c.arg(1), false, fail)
}

// intervalTotal is the sum of a group's intervals, as its SQL is and as the type holds it.
func (c *call) intervalTotal() string {
	fail := "NULL"
	if c.f.Name == "sum" || c.f.Name == "avg" {
		fail = c.t.raiseNowhere("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION", "functionName", "'`try_add`'")
	}
	return c.fitted(c.apply("sum", c.arg(0)), false, fail)
}

// makeInterval makes an interval of its parts.
func makeInterval(value string) renderer {
	return func(c *call) string {
		return c.fitted(tmpl(value)(c), false, c.raise("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION"))
	}
}
