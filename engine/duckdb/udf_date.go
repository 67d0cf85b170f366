package duckdb

// This file holds calendar arithmetic that DuckDB does otherwise than Spark.

import (
	"math"
	"strings"
	"time"

	"shoal/fault"
)

var dateFuncs = []udf{
	{name: "shoal_months_between", params: []sqlType{tTimestamp, tTimestamp, tBool}, returns: tDouble, call: monthsBetween},
	{name: "shoal_next_day", params: []sqlType{tDate, tText, tBool}, returns: tDate, call: nextDay},
	{name: "shoal_timestampdiff", params: []sqlType{tText, tTimestamp, tTimestamp}, returns: tInt64, call: timestampDiff},
}

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86_400 * microsPerSecond
)

func utcTime(micros int64) time.Time { return time.UnixMicro(micros).UTC() }

// monthsBetween is the number of months from the second to the first local time. It is whole where
// both are the same day of the month or the last one; else a fraction in months of 31 days.
// Source: org.apache.spark.sql.catalyst.util.DateTimeUtils.monthsBetween.
func monthsBetween(c *call) error {
	x, y, round, out := arg[int64](c, 0), arg[int64](c, 1), arg[bool](c, 2), result[float64](c)
	for i := range c.live {
		a, b := utcTime(x[i]), utcTime(y[i])
		months := float64((a.Year()-b.Year())*12 + int(a.Month()) - int(b.Month()))
		if a.Day() == b.Day() || lastDay(a) && lastDay(b) {
			out[i] = months
			continue
		}
		seconds := float64((a.Day()-b.Day())*86_400 + secondOfDay(a) - secondOfDay(b))
		out[i] = months + seconds/(31*86_400)
		if round[i] {
			out[i] = math.Floor(out[i]*1e8+0.5) / 1e8
		}
	}
	return nil
}

func lastDay(t time.Time) bool    { return t.AddDate(0, 0, 1).Day() == 1 }
func secondOfDay(t time.Time) int { h, m, s := t.Clock(); return h*3600 + m*60 + s }

// weekdays are the names next_day knows, by their number since Thursday, 1 January 1970.
var weekdays = map[string]int32{
	"TH": 0, "THU": 0, "THURSDAY": 0, "FR": 1, "FRI": 1, "FRIDAY": 1, "SA": 2, "SAT": 2, "SATURDAY": 2,
	"SU": 3, "SUN": 3, "SUNDAY": 3, "MO": 4, "MON": 4, "MONDAY": 4, "TU": 5, "TUE": 5, "TUESDAY": 5,
	"WE": 6, "WED": 6, "WEDNESDAY": 6,
}

// nextDay is the first date after the given one that is a weekday.
func nextDay(c *call) error {
	in, name, strict, out := arg[int32](c, 0), arg[text](c, 1), arg[bool](c, 2), result[int32](c)
	for i := range c.live {
		day, ok := weekdays[strings.ToUpper(strings.TrimSpace(name[i].str()))]
		if !ok {
			if strict[i] {
				return fault.New("ILLEGAL_DAY_OF_WEEK", "string", name[i].str())
			}
			c.setNull(i)
			continue
		}
		out[i] = in[i] + 1 + ((day-in[i]-1)%7+7)%7
	}
	return nil
}

// unitMicros are the units of fixed length.
var unitMicros = map[string]int64{
	"MICROSECOND": 1, "MILLISECOND": 1000, "SECOND": microsPerSecond, "MINUTE": 60 * microsPerSecond,
	"HOUR": 3600 * microsPerSecond, "DAY": microsPerDay, "DAYOFYEAR": microsPerDay, "WEEK": 7 * microsPerDay,
}

var unitMonths = map[string]int64{"MONTH": 1, "QUARTER": 3, "YEAR": 12}

// timestampDiff counts the whole units from the second to the third argument, as java.time's
// ChronoUnit.between does.
func timestampDiff(c *call) error {
	unit, from, to, out := arg[text](c, 0), arg[int64](c, 1), arg[int64](c, 2), result[int64](c)
	for i := range c.live {
		name := unit[i].str()
		if m := unitMicros[name]; m > 0 {
			distance, fits := unitsBetween(from[i], to[i], m)
			if !fits {
				return fault.Overflowed("long")
			}
			out[i] = distance
			continue
		}
		out[i] = wholeMonths(from[i], to[i]) / unitMonths[name]
	}
	return nil
}

// unitsBetween is (to - from) / unit, of which the difference need not fit 64 bits.
func unitsBetween(from, to, unit int64) (n int64, fits bool) {
	if to >= from {
		count := (uint64(to) - uint64(from)) / uint64(unit)
		return int64(count), count <= math.MaxInt64
	}
	count := (uint64(from) - uint64(to)) / uint64(unit)
	return -int64(count), count <= math.MaxInt64
}

// wholeMonths counts months; a day and time of the month not reached yet takes one off.
func wholeMonths(from, to int64) int64 {
	a, b := utcTime(from), utcTime(to)
	months := int64((b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month()))
	rest := func(t time.Time, micros int64) int64 {
		return int64(t.Day())*microsPerDay + floorMod(micros, microsPerDay)
	}
	switch ra, rb := rest(a, from), rest(b, to); {
	case months > 0 && rb < ra:
		months--
	case months < 0 && rb > ra:
		months++
	}
	return months
}

func floorMod(x, m int64) int64 { return (x%m + m) % m }
