package duckdb

// This file makes calendar intervals of their parts, and multiplies and divides them.

import (
	"math"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

var tInterval = sqlType{id: bind.TypeInterval}

var intervalFuncs = []udf{
	{name: "shoal_make_interval", params: []sqlType{tInt32, tInt32, tInt32, tInt32, tInt32, tInt32, tInt64, tInt32}, returns: tInterval, call: makeInterval},
	{name: "shoal_interval_times", params: []sqlType{tInterval, tDouble, tInt32}, returns: tInterval, call: scaleInterval(func(x, by float64) float64 { return float64(x * by) })},
	{name: "shoal_interval_by", params: []sqlType{tInterval, tDouble, tInt32}, returns: tInterval, call: scaleInterval(func(x, by float64) float64 { return x / by })},
}

// What happens to an interval that is too large.
const (
	overflowIsCut int32 = iota
	overflowIsError
	overflowIsNull
)

// tooLarge is Java's exact arithmetic failing.
func tooLarge(java string) error {
	return fault.New("ARITHMETIC_OVERFLOW", "message", java+" overflow", "alternative", "", "config", `"spark.sql.ansi.enabled"`)
}

func makeInterval(c *call) error {
	var part [6][]int32 // years, months, weeks, days, hours, minutes
	for k := range part {
		part[k] = arg[int32](c, k)
	}
	seconds, how, out := arg[int64](c, 6), arg[int32](c, 7), result[calendarInterval](c)
	for i := range c.live {
		months, inMonths := inInt(int64(part[0][i])*12, int64(part[1][i]))
		days, inDays := inInt(int64(part[2][i])*7, int64(part[3][i]))
		clock := int64(part[4][i])*3_600_000_000 + int64(part[5][i])*60_000_000 // fits: hours alone are below 2^63
		micros := seconds[i] + clock
		inMicros := (micros > seconds[i]) == (clock > 0)
		switch {
		case inMonths && inDays && inMicros:
			out[i] = calendarInterval{months, days, micros}
		case how[i] != overflowIsError:
			c.setNull(i)
		case !inMonths || !inDays:
			return tooLarge("integer")
		default:
			return tooLarge("long")
		}
	}
	return nil
}

// inInt adds numbers; each, and the sum, must be an INT.
func inInt(a, b int64) (int32, bool) {
	sum := a + b
	return int32(sum), a == int64(int32(a)) && sum == int64(int32(sum))
}

// scaleInterval applies f to months, days and microseconds; what is less than a month is dropped, what is
// less than a day becomes microseconds.
func scaleInterval(f func(x, by float64) float64) func(c *call) error {
	return func(c *call) error {
		in, by, how, out := arg[calendarInterval](c, 0), arg[float64](c, 1), arg[int32](c, 2), result[calendarInterval](c)
		for i := range c.live {
			exact := how[i] != overflowIsCut
			allMonths := f(float64(in[i].months), by[i])
			months, inMonths := javaInt(allMonths, exact)
			allDays := f(float64(in[i].days), by[i])
			days, inDays := javaInt(allDays, exact)
			micros := javaRound(f(float64(in[i].fraction), by[i]) + float64((allDays-float64(days))*86_400_000_000))
			switch {
			case inMonths && inDays || !exact:
				out[i] = calendarInterval{int32(months), int32(days), micros}
			case how[i] == overflowIsNull:
				c.setNull(i)
			default:
				return tooLarge("integer")
			}
		}
		return nil
	}
}

// javaInt cuts off the fraction: of what fits LONG if exact, else of what fits INT. NaN is 0.
func javaInt(x float64, exact bool) (int64, bool) {
	n := javaLong(x)
	if exact {
		return n, n == int64(int32(n))
	}
	return max(math.MinInt32, min(n, math.MaxInt32)), true
}

func javaLong(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= 1<<63:
		return math.MaxInt64
	case x < -1<<63:
		return math.MinInt64
	}
	return int64(x)
}

// javaRound is Math.round: halves go up.
func javaRound(x float64) int64 {
	if floor := math.Floor(x); x-floor >= 0.5 {
		return javaLong(floor + 1)
	}
	return javaLong(math.Floor(x))
}
