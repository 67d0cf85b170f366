package translate

// This file holds date and time functions. Fields of a timestamp are those of its local time.

import (
	"strings"

	"shoal/plan"
)

var datetimeFuncs = funcs{
	"year":          typed(same("year")),
	"yearofweek":    typed(same("isoyear")),
	"quarter":       typed(same("quarter")),
	"month":         typed(same("month")),
	"day":           typed(same("day")),
	"dayofweek":     tmpl("CAST(dayofweek($1) + 1 AS INTEGER)"),
	"dayofweek_iso": typed(same("isodow")),
	"dayofyear":     typed(same("dayofyear")),
	"weekday":       tmpl("CAST(isodow($1) - 1 AS INTEGER)"),
	"weekofyear":    typed(same("weekofyear")),
	"dayname":       tmpl("left(dayname($1), 3)"),
	"monthname":     tmpl("left(monthname($1), 3)"),
	"hour":          clock("CAST(hour($t) AS INTEGER)"),
	"minute":        clock("CAST(minute($t) AS INTEGER)"),
	"second":        clock("CAST(second($t) AS INTEGER)"),
	"seconds_fraction": clock(`CAST(CAST(microsecond($t) AS DECIMAL(18,0)) *
		CAST(0.000001 AS DECIMAL(6,6)) AS DECIMAL(8,6))`),

	"current_timestamp": tmpl(transactionStart),
	"current_date":      build(func(c *call) string { return "CAST(" + c.t.local(transactionStart) + " AS DATE)" }),
	"localtimestamp":    build(func(c *call) string { return c.t.local(transactionStart) }),
	"current_timezone":  tmpl("$zone"),

	"date_add":       fallible(tmpl("$1 + CAST($2 AS INTEGER)")),
	"date_sub":       fallible(tmpl("$1 - CAST($2 AS INTEGER)")),
	"datediff":       tmpl("CAST($1 - $2 AS INTEGER)"),
	"add_months":     fallible(tmpl("CAST($1 + to_months($2) AS DATE)")),
	"months_between": build(monthsBetween),
	"last_day":       same("last_day"),
	"next_day":       build(nextDay),
	"trunc":          build(truncDate),
	"date_trunc":     build(truncTimestamp),
	"timestampadd":   build(timestampAdd),
	"timestampdiff":  build(timestampDiff),

	"to_date":           build(toDate),
	"to_timestamp":      build(toTimestamp),
	"to_timestamp_ltz":  build(toTimestamp),
	"to_timestamp_ntz":  build(toTimestamp),
	"try_to_date":       build(toDate),
	"try_to_timestamp":  build(toTimestamp),
	"date_format":       byPattern("shoal_date_format($1, $2, $zone)"),
	"from_unixtime":     byPattern("shoal_date_format(make_timestamp(shoal_micros($1)), $2, $zone)"),
	"unix_timestamp":    build(unixTimestamp),
	"to_unix_timestamp": build(unixTimestamp),

	"unix_date":           tmpl("CAST($1 - DATE '1970-01-01' AS INTEGER)"),
	"unix_seconds":        tmpl("shoal_seconds($1)"),
	"unix_millis":         tmpl("(epoch_us($1) - CASE WHEN epoch_us($1) < 0 THEN 999 ELSE 0 END) // 1000"),
	"unix_micros":         tmpl("epoch_us($1)"),
	"date_from_unix_date": fallible(tmpl("DATE '1970-01-01' + $1")),
	"timestamp_seconds":   build(secondsToTimestamp),
	"timestamp_millis":    build(millisToTimestamp),
	"timestamp_micros":    fallible(tmpl("make_timestamp(CAST($1 AS BIGINT))")),

	"make_date":          build(makeDate),
	"make_timestamp":     build(makeTimestamp),
	"make_timestamp_ntz": build(makeTimestamp),

	"make_ym_interval":        makeInterval("CAST($1 AS HUGEINT) * 12 + $2"),
	"make_dt_interval":        makeInterval(`((CAST($1 AS HUGEINT) * 24 + $2) * 60 + $3) * 60000000 + CAST(CAST($4 AS DECIMAL(38,6)) * 1000000 AS HUGEINT)`),
	"make_interval":           build(makeCalendar),
	"extractansiintervaldays": tmpl("CAST($1 // 86400000000 AS INTEGER)"),
	"date_add_calendar":       build(dateAddCalendar),

	"from_utc_timestamp": fallible(tmpl("shoal_localtime($1, $2)")),
	"to_utc_timestamp":   fallible(tmpl("shoal_instant($1, $2)")),
	"convert_timezone":   fallible(tmpl("shoal_localtime(shoal_instant($3, $1), $2)")),
}

// transactionStart is one instant for the whole query.
const transactionStart = "make_timestamp(epoch_us(now()))"

// clock fills $t with the argument's local time.
func clock(text string) renderer {
	return func(c *call) string { return strings.ReplaceAll(text, "$t", c.local(0)) }
}

// monthsBetween works on local times; fractions count in months of 31 days.
func monthsBetween(c *call) string {
	return "shoal_months_between(" + c.elapsed(0) + ", " + c.elapsed(1) + ", " + c.arg(2) + ")"
}

// elapsed is a local time that counts what passed since midnight, other than the clock after an
// offset changed that day. A day's 25th hour would be the next day's first.
func (c *call) elapsed(i int) string {
	if _, fixed := fixedOffset(c.t.settings.TimeZone); fixed || c.t.utc() || c.typ(i) != plan.Timestamp {
		return c.local(i)
	}
	midnight := "date_trunc('day', " + c.local(i) + ")"
	since := "(epoch_us(" + c.arg(i) + ") - epoch_us(" + c.t.instant(midnight) + "))"
	return "CASE WHEN " + since + " < 86400000000 THEN " + midnight + " + to_microseconds(" + since + ") WHEN " + since + " IS NOT NULL THEN CAST(" +
		c.unsupportedAtRun("months_between after 24 hours of a day") + " AS TIMESTAMP) END"
}

func nextDay(c *call) string {
	if c.ansi() {
		c.t.traits |= raises
	}
	return "shoal_next_day(" + c.arg(0) + ", " + c.arg(1) + ", " + boolText(c.ansi()) + ")"
}

// truncUnits maps Spark's names of units to DuckDB's, from the longest.
var truncUnits = map[string]string{
	"YEAR": "year", "YYYY": "year", "YY": "year", "QUARTER": "quarter",
	"MONTH": "month", "MON": "month", "MM": "month", "WEEK": "week",
}

var truncTimes = map[string]string{
	"DAY": "day", "DD": "day", "HOUR": "hour", "MINUTE": "minute", "SECOND": "second",
	"MILLISECOND": "milliseconds", "MICROSECOND": "microseconds",
}

func truncUnit(name string, times bool) (string, bool) {
	unit, ok := truncUnits[strings.ToUpper(name)]
	if !ok && times {
		unit, ok = truncTimes[strings.ToUpper(name)]
	}
	return unit, ok
}

// truncDate cuts a date at a unit; an unknown unit gives NULL.
func truncDate(c *call) string {
	if l, ok := c.literal(1); ok {
		name, _ := l.Value.(string)
		unit, known := truncUnit(name, false)
		if !known {
			return "CAST(NULL AS DATE)"
		}
		return "CAST(date_trunc('" + unit + "', " + c.arg(0) + ") AS DATE)"
	}
	return c.unsupported("trunc with a unit that is not constant")
}

// truncTimestamp cuts the local time at a unit.
func truncTimestamp(c *call) string {
	l, ok := c.literal(0)
	if !ok {
		return c.unsupported("date_trunc with a unit that is not constant")
	}
	name, _ := l.Value.(string)
	unit, known := truncUnit(name, true)
	if !known {
		return "CAST(NULL AS TIMESTAMP)"
	}
	if _, elapsed := truncTimes[strings.ToUpper(name)]; elapsed && unit != "day" {
		// an hour that the clock shows twice stays the one it is
		local := c.local(1)
		return "(" + c.arg(1) + " - (" + local + " - date_trunc('" + unit + "', " + local + ")))"
	}
	return c.t.instant("date_trunc('" + unit + "', " + c.local(1) + ")")
}

// addUnits maps the units of TIMESTAMPADD to DuckDB's interval functions. Days and longer ones
// count on the calendar of the session's zone.
var addUnits = map[string]string{
	"YEAR": "to_years", "QUARTER": "to_quarters", "MONTH": "to_months", "WEEK": "to_weeks",
	"DAY": "to_days", "DAYOFYEAR": "to_days",
	"HOUR": "to_hours", "MINUTE": "to_minutes", "SECOND": "to_seconds",
	"MILLISECOND": "to_milliseconds", "MICROSECOND": "to_microseconds",
}

func timestampAdd(c *call) string {
	name, _ := c.text(0)
	unit := strings.ToUpper(name)
	add, ok := addUnits[unit]
	if !ok {
		return c.unsupported("timestampadd of %s", name)
	}
	c.t.traits |= overflows
	n := c.arg(1)
	switch unit {
	case "YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAYOFYEAR":
		n = "CAST(" + n + " AS INTEGER)"
	case "MILLISECOND":
		n, add = n+" * 1000", "to_microseconds"
	case "HOUR", "MINUTE", "SECOND", "MICROSECOND":
	}
	if c.typ(2) == plan.TimestampNTZ || strings.Contains("HOUR MINUTE SECOND MILLISECOND MICROSECOND", unit) {
		return "(" + c.arg(2) + " + " + add + "(" + n + "))"
	}
	return c.t.instant("(" + c.local(2) + " + " + add + "(" + n + "))")
}

// timestampDiff counts whole units between local times.
func timestampDiff(c *call) string {
	name, ok := c.text(0)
	if _, known := addUnits[strings.ToUpper(name)]; !ok || !known {
		return c.unsupported("timestampdiff in %s", name)
	}
	return "shoal_timestampdiff(" + quoteText(strings.ToUpper(name)) + ", " + c.local(1) + ", " + c.local(2) + ")"
}

// timePolicy is the conf that chooses Java's old date patterns, and calendar.
const timePolicy = "spark.sql.legacy.timeParserPolicy"

// byPattern writes a time by a date pattern.
func byPattern(text string) renderer {
	write := fallible(tmpl(text))
	return func(c *call) string {
		if c.set(timePolicy, "LEGACY") {
			return c.unsupported(timePolicy + " LEGACY")
		}
		return write(c)
	}
}

// parsed is argument 0, text, read by the pattern in argument 1: a local time if ntz, else an instant.
func (c *call) parsed(strict, ntz bool) string {
	if c.set(timePolicy, "LEGACY") {
		return c.unsupported(timePolicy + " LEGACY")
	}
	if strict {
		c.t.traits |= raises
	}
	zone := c.zone()
	if ntz {
		zone = ""
	}
	return "shoal_parse_timestamp(" + c.arg(0) + ", " + c.arg(1) + ", " + quoteText(zone) + ", " + boolText(strict) + ")"
}

// mode is how a cast inside the call fails.
func (c *call) mode() plan.CastMode {
	switch {
	case strings.HasPrefix(c.f.Name, "try_"):
		return plan.CastTry
	case c.ansi():
		return plan.CastANSI
	}
	return plan.CastLegacy
}

func toDate(c *call) string {
	if c.n() == 1 || c.typ(0) != plan.String {
		return c.castTime(plan.Date)
	}
	strict := c.mode() == plan.CastANSI
	if pattern, ok := c.text(1); ok && !strings.ContainsAny(pattern, "VzOXxZ") {
		return "CAST(" + c.parsed(strict, true) + " AS DATE)"
	}
	return "CAST(" + c.t.localOf(c.parsed(strict, false), plan.Timestamp) + " AS DATE)" // the day here of an instant elsewhere
}

// castTime is a cast of the first argument, which may be one of the words that stand for a day.
func (c *call) castTime(to plan.Type) string {
	if text, ok := c.text(0); ok {
		if word, special := dateWord(text); special {
			return c.t.wordAsTime(word, to)
		}
	}
	return c.t.withWords(c.f.Args[0], c.arg(0), to, c.t.convert(c.arg(0), c.typ(0), to, c.mode()))
}

func toTimestamp(c *call) string {
	if c.n() == 1 || c.typ(0) != plan.String {
		return c.castTime(c.result())
	}
	return c.parsed(c.mode() == plan.CastANSI, c.result() == plan.TimestampNTZ)
}

// unixTimestamp is seconds since 1970 of a date, a timestamp, or text in a pattern.
func unixTimestamp(c *call) string {
	if c.typ(0) == plan.String {
		return "shoal_seconds(" + c.parsed(c.ansi(), false) + ")"
	}
	// of a timestamp the seconds are cut towards zero, unlike those of a cast
	if c.typ(0) == plan.TimestampNTZ { // as if in UTC
		return "(epoch_us(" + c.arg(0) + ") // 1000000)"
	}
	return "(epoch_us(" + c.t.convert(c.arg(0), c.typ(0), plan.Timestamp, c.mode()) + ") // 1000000)"
}

// makeDate makes a date of its parts.
func makeDate(c *call) string {
	return c.fromParts(c.nearYear("shoal_make_date(" + strings.Join(c.args(), ", ") + ")"))
}

// nearYear refuses years beyond those that DuckDB can make dates of.
func (c *call) nearYear(date string) string {
	if y, ok := c.integer(0); ok && y > -290000 && y < 290000 {
		return date
	}
	y := "abs(CAST(" + c.arg(0) + " AS BIGINT))"
	return "CASE WHEN " + y + " > 290000 AND " + y + " < 1000000000 THEN CAST(" + c.unsupportedAtRun("a date so far away") + " AS DATE) ELSE " + date + " END"
}

// fromParts fails, under ANSI, where parts were given but make no date.
func (c *call) fromParts(made string) string {
	if !c.ansi() {
		return made
	}
	given := make([]string, c.n())
	for i := range given {
		given[i] = c.arg(i) + " IS NOT NULL"
	}
	fail := c.raise("DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION", "rangeMessage", "'Invalid date or time'", "ansiConfig", ansiConf)
	return c.let(made, func(made string) string {
		return "CASE WHEN " + made + " IS NULL AND " + strings.Join(given, " AND ") + " THEN " + fail + " ELSE " + made + " END"
	})
}

// makeTimestamp makes a timestamp of its local parts. 60 seconds are the next minute.
func makeTimestamp(c *call) string {
	seconds := c.arg(5)
	made := "shoal_make_local(" + c.nearYear("shoal_make_date("+strings.Join(c.args()[:3], ", ")+")") + ", " + strings.Join(c.args()[3:5], ", ") +
		", CAST(" + seconds + " * 1000000 AS BIGINT))"
	made = c.fromParts(made)
	if c.ansi() {
		made = "CASE WHEN trunc(" + seconds + ") = 60 AND " + seconds + " > 60 THEN CAST(" + c.t.raiseNowhere("INVALID_FRACTION_OF_SECOND",
			"secAndMicros", "rtrim(CAST("+seconds+" AS VARCHAR), '0')") + " AS TIMESTAMP) ELSE " + made + " END"
	}
	switch {
	case c.result() == plan.TimestampNTZ && c.has(6):
		return "CASE WHEN " + c.arg(6) + " IS NOT NULL THEN " + made + " END" // a zone that does not matter
	case c.result() == plan.TimestampNTZ:
		return made
	case c.has(6):
		c.t.traits |= overflows
		return "shoal_instant(" + made + ", " + c.arg(6) + ")"
	}
	return c.t.instant(made)
}

// dateAddCalendar moves a date by months and days; a time of the day in the interval is an error.
func dateAddCalendar(c *call) string {
	d, i := c.arg(0), c.arg(1)
	c.t.traits |= overflows
	moved := "CAST(" + d + " + " + i + " AS DATE)"
	if !c.ansi() {
		return moved
	}
	return "CASE WHEN date_part('hour', " + i + ") <> 0 OR date_part('minute', " + i + ") <> 0 OR date_part('microsecond', " + i +
		") <> 0 THEN " + c.raise("INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION") + " ELSE " + moved + " END"
}

func millisToTimestamp(c *call) string {
	c.t.traits |= overflows
	return c.let(c.arg(0), func(ms string) string {
		return "make_timestamp(CASE WHEN " + ms + " BETWEEN -9223372036854775 AND 9223372036854775 THEN CAST(" + ms + " AS BIGINT) * 1000 WHEN " + ms +
			" IS NOT NULL THEN CAST(" + c.t.javaOverflow(plan.Long) + " AS BIGINT) END)"
	})
}

// secondsToTimestamp converts as casts without ANSI do, but fails on digits beyond microseconds.
func secondsToTimestamp(c *call) string {
	if d, ok := c.typ(0).(plan.Decimal); ok && d.Scale > 6 {
		return c.unsupported("timestamp_seconds of more than microseconds")
	}
	return c.t.convert(c.arg(0), c.typ(0), plan.Timestamp, plan.CastLegacy)
}
