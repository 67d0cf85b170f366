package translate

// This file holds arithmetic on dates, timestamps and intervals, under the names the analyzer
// gives the operators. Days and months move a session's local clock, hours do not.

import (
	"shoal/plan"
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
	c.t.traits |= overflows
	interval, n := 0, 1
	if isNumber(c.typ(0)) {
		interval, n = 1, 0
	}
	if isIntegral(c.typ(n)) {
		return c.t.cast("CAST("+c.arg(interval)+" AS HUGEINT) * "+c.arg(n), c.result())
	}
	return c.t.cast("round("+c.arg(interval)+" * "+c.arg(n)+")", c.result())
}

func divideInterval(c *call) string {
	c.t.traits |= overflows
	result := "CAST(round(" + c.arg(0) + " / " + c.arg(1) + ") AS " + c.physical() + ")"
	if isIntegral(c.typ(1)) {
		result = c.t.cast(c.t.quotient("CAST("+c.arg(0)+" AS HUGEINT)", "CAST("+c.arg(1)+" AS HUGEINT)", 0), c.result())
	}
	if nonZero(c.f.Args[1]) {
		return result
	}
	guard := ""
	if plan.Nullable(c.f.Args[0]) {
		guard = " AND " + c.arg(0) + " IS NOT NULL"
	}
	return "CASE WHEN " + c.arg(1) + " = 0" + guard + " THEN " + c.raise("INTERVAL_DIVIDED_BY_ZERO") + " ELSE " + result + " END"
}
