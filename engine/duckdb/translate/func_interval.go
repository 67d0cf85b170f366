package translate

// This file holds interval arithmetic. Year-month intervals are INTEGER months, day-time intervals
// BIGINT microseconds, calendar intervals DuckDB's own.

import (
	"shoal/plan"
)

const dayMicros = "86400000000"

var intervalFuncs = funcs{
	"make_ym_interval": fallible(tmpl("$1 * 12 + $2")),
	"make_dt_interval": fallible(tmpl(`CAST(((CAST($1 AS HUGEINT) * 24 + $2) * 60 + $3) * 60000000
		+ CAST($4 * 1000000 AS BIGINT) AS BIGINT)`)),
	"make_interval": fallible(tmpl(`to_months(CAST($1 * 12 + $2 AS INTEGER)) + to_days(CAST($3 * 7 + $4 AS INTEGER))
		+ to_microseconds(CAST((CAST($5 AS BIGINT) * 60 + $6) * 60000000 + CAST($7 * 1000000 AS BIGINT) AS BIGINT))`)),
	"extractansiintervaldays": tmpl("CAST($1 // " + dayMicros + " AS INTEGER)"),

	"date_add_ym":            fallible(tmpl("CAST($1 + to_months($2) AS DATE)")),
	"date_add_calendar":      fallible(tmpl("CAST($1 + $2 AS DATE)")),
	"timestamp_add_ym":       build(addMonths),
	"timestamp_add_dt":       build(addMicros),
	"timestamp_add_calendar": build(addCalendar),
	"subtract_dates":         tmpl("CAST($1 - $2 AS BIGINT) * " + dayMicros),
	"subtract_timestamps":    build(func(c *call) string { return "(epoch_us(" + c.local(0) + ") - epoch_us(" + c.local(1) + "))" }),

	"multiply_ym": build(scale(true)),
	"multiply_dt": build(scale(true)),
	"divide_ym":   build(scale(false)),
	"divide_dt":   build(scale(false)),
}

// back turns a computed local time into what argument 0 is.
func (c *call) back(local string) string {
	if c.typ(0) == plan.Timestamp {
		return c.t.instant(local)
	}
	return local
}

func addMonths(c *call) string {
	c.t.traits |= overflows
	return c.back("(" + c.local(0) + " + to_months(" + c.arg(1) + "))")
}

// addMicros: whole days count on the calendar, the rest in elapsed time.
func addMicros(c *call) string {
	c.t.traits |= overflows
	if c.typ(0) != plan.Timestamp || c.utc() {
		return "(" + c.arg(0) + " + to_microseconds(" + c.arg(1) + "))"
	}
	days, rest := "to_days(CAST("+c.arg(1)+" // "+dayMicros+" AS INTEGER))", "to_microseconds("+c.arg(1)+" % "+dayMicros+")"
	return "(" + c.t.instant("("+c.local(0)+" + "+days+")") + " + " + rest + ")"
}

// addCalendar: months, then days on the calendar, then elapsed time.
func addCalendar(c *call) string {
	c.t.traits |= overflows
	if c.typ(0) != plan.Timestamp || c.utc() {
		return "(" + c.arg(0) + " + " + c.arg(1) + ")"
	}
	return c.unsupported("adding a legacy interval in a time zone other than UTC")
}

// scale multiplies or divides an interval by a number, rounded half up.
func scale(times bool) func(c *call) string {
	return func(c *call) string {
		c.t.traits |= overflows
		x, n := c.arg(0), c.arg(1)
		var sql string
		switch {
		case isIntegral(c.typ(1)) && times:
			sql = "CAST(" + x + " AS HUGEINT) * " + n
		case isIntegral(c.typ(1)):
			sql = "shoal_quotient(CAST(" + x + " AS HUGEINT), CAST(" + n + " AS HUGEINT), 0)"
		case isFloating(c.typ(1)) && times:
			sql = "shoal_round(CAST(" + x + " AS DOUBLE) * " + n + ", 0)"
		case isFloating(c.typ(1)):
			sql = "shoal_round(CAST(" + x + " AS DOUBLE) / " + n + ", 0)"
		case times:
			sql = "round(" + x + " * " + n + ", 0)"
		default:
			return c.unsupported("dividing an interval by a decimal")
		}
		sql = "CAST(" + sql + " AS " + c.physical() + ")"
		if times {
			return sql
		}
		return "CASE WHEN " + n + " = 0 THEN " + c.raise("INTERVAL_DIVIDED_BY_ZERO") + " ELSE " + sql + " END"
	}
}
