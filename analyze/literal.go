package analyze

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"shoal/engine/duckdb/java"
	"shoal/plan"
)

// This file writes literals as Spark's column names show them, and evaluates constants.

func prettyLiteral(l *plan.Literal, s plan.Settings) string {
	switch v := l.Value.(type) {
	case nil:
		return "NULL"
	case bool:
		return strconv.FormatBool(v)
	case int8, int16, int32, int64:
		return fmt.Sprint(v)
	case float32:
		return string(java.AppendFloat(nil, v))
	case float64:
		return string(java.AppendDouble(nil, v))
	case string:
		return v
	case []byte:
		return hexLiteral(v)
	case plan.Unscaled:
		return javaDecimal(v, l.Type.(plan.Decimal).Scale)
	case plan.Days:
		return "DATE '" + dateText(int64(v)) + "'"
	case plan.Months:
		return yearMonthText(int64(v), l.Type.(plan.YearMonthInterval))
	case plan.Micros:
		switch t := l.Type.(type) {
		case plan.DayTimeInterval:
			return dayTimeText(int64(v), t)
		default:
			if t == plan.TimestampNTZ {
				return "TIMESTAMP_NTZ '" + timestampText(int64(v), time.UTC) + "'"
			}
			return "TIMESTAMP '" + timestampText(int64(v), location(s.TimeZone)) + "'"
		}
	case plan.CalendarValue:
		return "INTERVAL '" + calendarText(v) + "'"
	}
	return fmt.Sprint(l.Value)
}

// javaDecimal is BigDecimal.toString: scientific for very small numbers.
func javaDecimal(u plan.Unscaled, scale int) string {
	digits := len(strings.TrimPrefix(u.String(), "-"))
	exponent := digits - 1 - scale
	if exponent >= -6 {
		return u.Text(scale)
	}
	s := strings.TrimPrefix(u.String(), "-")
	if len(s) > 1 {
		s = s[:1] + "." + s[1:]
	}
	if u.Sign() < 0 {
		s = "-" + s
	}
	return s + "E" + strconv.Itoa(exponent)
}

func dateText(days int64) string {
	return yearText(time.Unix(days*86400, 0).UTC().Format("2006-01-02"))
}

// yearText puts the sign Java gives to years beyond four digits.
func yearText(s string) string {
	if year, _, _ := strings.Cut(s, "-"); len(year) > 4 && s[0] != '-' {
		return "+" + s
	}
	return s
}

func timestampText(micros int64, zone *time.Location) string {
	t := time.UnixMicro(micros).In(zone)
	s := yearText(t.Format("2006-01-02 15:04:05"))
	return s + fraction(int64(t.Nanosecond()/1000))
}

func fraction(micros int64) string {
	if micros == 0 {
		return ""
	}
	return "." + strings.TrimRight(fmt.Sprintf("%06d", micros), "0")
}

// location is the session's time zone; an unknown one counts as UTC (setting it has been refused before).
func location(zone string) *time.Location {
	if loc, err := time.LoadLocation(zone); err == nil {
		return loc
	}
	if t, err := time.Parse("-07:00", strings.TrimPrefix(zone, "GMT")); err == nil {
		return t.Location()
	}
	return time.UTC
}

func yearMonthText(months int64, t plan.YearMonthInterval) string {
	sign := ""
	if months < 0 {
		sign, months = "-", -months
	}
	var body string
	switch {
	case t.From == plan.Year && t.To == plan.Year:
		body = fmt.Sprint(months / 12)
	case t.From == plan.Month:
		body = fmt.Sprint(months)
	default:
		body = fmt.Sprintf("%d-%d", months/12, months%12)
	}
	return intervalText(sign+body, t.From, t.To)
}

func intervalText(body string, from, to plan.IntervalField) string {
	s := "INTERVAL '" + body + "' " + strings.ToUpper(from.String())
	if to != from {
		s += " TO " + strings.ToUpper(to.String())
	}
	return s
}

// dayTimeText writes the fields from t.From to t.To; the first one takes all that is above it.
func dayTimeText(micros int64, t plan.DayTimeInterval) string {
	sign := ""
	u := uint64(micros)
	if micros < 0 {
		sign, u = "-", -uint64(micros)
	}
	const second, minute, hour, day = 1e6, 60e6, 3600e6, 86400e6
	var b strings.Builder
	for f := t.From; f <= t.To; f++ {
		width := 2
		switch {
		case f == plan.Day:
			width = 1
		case f == t.From:
		case f == plan.Hour:
			b.WriteByte(' ')
		default:
			b.WriteByte(':')
		}
		switch f {
		case plan.Day:
			fmt.Fprintf(&b, "%0*d", width, u/day)
			u %= day
		case plan.Hour:
			fmt.Fprintf(&b, "%0*d", width, u/hour)
			u %= hour
		case plan.Minute:
			fmt.Fprintf(&b, "%0*d", width, u/minute)
			u %= minute
		case plan.Second:
			fmt.Fprintf(&b, "%0*d%s", width, u/second, fraction(int64(u%second)))
		}
	}
	return intervalText(sign+b.String(), t.From, t.To)
}

func calendarText(v plan.CalendarValue) string {
	var parts []string
	add := func(n int64, unit string) {
		if n != 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, unit))
		}
	}
	add(int64(v.Months/12), "years")
	add(int64(v.Months%12), "months")
	add(int64(v.Days), "days")
	add(v.Micros/3600e6, "hours")
	add(v.Micros%3600e6/60e6, "minutes")
	if rest := v.Micros % 60e6; rest != 0 {
		sign := ""
		if rest < 0 {
			sign, rest = "-", -rest
		}
		parts = append(parts, fmt.Sprintf("%s%d%s seconds", sign, rest/1e6, fraction(rest%1e6)))
	}
	if len(parts) == 0 {
		return "0 seconds"
	}
	return strings.Join(parts, " ")
}
