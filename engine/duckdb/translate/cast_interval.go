package translate

// This file holds casts of intervals: between ranges of fields, to numbers and back, to text.

import (
	"fmt"
	"math"
	"strings"

	"shoal/plan"
)

func isInterval(t plan.Type) bool {
	switch t.(type) {
	case plan.YearMonthInterval, plan.DayTimeInterval:
		return true
	}
	return false
}

// intervalFields are the first and last field of an interval type.
func intervalFields(t plan.Type) (from, to plan.IntervalField) {
	switch t := t.(type) {
	case plan.YearMonthInterval:
		return t.From, t.To
	case plan.DayTimeInterval:
		return t.From, t.To
	}
	return 0, 0
}

// fieldUnits is how many months or microseconds a field counts.
var fieldUnits = map[plan.IntervalField]int64{
	plan.Year: 12, plan.Month: 1,
	plan.Day: 86400e6, plan.Hour: 3600e6, plan.Minute: 60e6, plan.Second: 1e6,
}

// convertInterval casts between interval types of one family, which hold the same number cut to
// the last field, and between an interval of one field and numbers.
func (t *translator) convertInterval(sql string, from, to plan.Type, mode plan.CastMode) (string, bool) {
	first, last := intervalFields(from)
	_, target := intervalFields(to)
	switch {
	case isInterval(from) && isInterval(to):
		if (first <= plan.Month) != (target <= plan.Month) {
			return "", false
		}
		if fieldUnits[last] <= fieldUnits[target] && target != plan.Second && last != target {
			return fmt.Sprintf("(%s - %s %% %d)", sql, sql, fieldUnits[target]), true
		}
		return sql, true
	case isIntegral(to) && first == last:
		count := fmt.Sprintf("CAST(%s // %d AS BIGINT)", sql, fieldUnits[last])
		return t.convertNumber(count, plan.Long, to, mode)
	case isIntegral(from):
		return t.let(sql, func(n string) string {
			most := int64(math.MaxInt64)
			if target <= plan.Month {
				most = math.MaxInt32
			}
			fits := fmt.Sprintf("%s BETWEEN %d AND %d", n, -most/fieldUnits[target], most/fieldUnits[target])
			fail := "NULL"
			if mode != plan.CastTry {
				fail = t.raiseNowhere("CAST_OVERFLOW", "value", t.numberInMessage(n, from), "sourceType", quotedType(from), "targetType", quotedType(to), "ansiConfig", ansiConf)
			}
			return fmt.Sprintf("CASE WHEN %s THEN CAST(%s * CAST(%d AS BIGINT) AS %s) WHEN %s IS NOT NULL THEN %s END", fits, n, fieldUnits[target], t.physical(to), n, fail)
		}), true
	}
	return "", false
}

// intervalToText writes INTERVAL '1 02:03:04.5' DAY TO SECOND.
func (t *translator) intervalToText(sql string, typ plan.Type) string {
	from, to := intervalFields(typ)
	label := strings.ToUpper(from.String())
	if from != to {
		label += " TO " + strings.ToUpper(to.String())
	}
	return t.let(sql, func(x string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "('INTERVAL ' || chr(39) || CASE WHEN %s < 0 THEN '-' ELSE '' END", x)
		for f := from; f <= to; f++ {
			switch {
			case f == from:
			case f == plan.Month:
				b.WriteString(" || '-'")
			case f == plan.Hour:
				b.WriteString(" || ' '")
			default:
				b.WriteString(" || ':'")
			}
			b.WriteString(" || " + fieldText(x, f, f == from))
		}
		return b.String() + " || chr(39) || ' " + label + "')"
	})
}

// fieldText is one field of an interval's absolute value; the first holds all above it.
func fieldText(x string, f plan.IntervalField, first bool) string {
	count := fmt.Sprintf("(abs(%s) // %d)", x, fieldUnits[f])
	if !first {
		count = fmt.Sprintf("(%s %% %d)", count, map[plan.IntervalField]int{plan.Month: 12, plan.Hour: 24, plan.Minute: 60, plan.Second: 60}[f])
	}
	text := "CAST(" + count + " AS VARCHAR)"
	if f >= plan.Hour {
		text = "CASE WHEN " + count + " < 10 THEN '0' ELSE '' END || " + text
	}
	if f == plan.Second {
		fraction := fmt.Sprintf("(abs(%s) %% 1000000)", x)
		text += " || CASE WHEN " + fraction + " = 0 THEN '' ELSE '.' || rtrim(lpad(CAST(" + fraction + " AS VARCHAR), 6, '0'), '0') END"
	}
	return text
}

// calendarToText lists the parts of a legacy interval that are not zero.
func (t *translator) calendarToText(sql string) string {
	return t.let(sql, func(x string) string {
		var parts []string
		for _, unit := range []string{"year", "month", "day", "hour", "minute"} {
			n := "datepart('" + unit + "', " + x + ")"
			parts = append(parts, "CASE WHEN "+n+" <> 0 THEN CAST("+n+" AS VARCHAR) || ' "+unit+"s' END")
		}
		micros := "datepart('microsecond', " + x + ")"
		seconds := "rtrim(rtrim(CAST(CAST(" + micros + " AS DECIMAL(12,0)) * CAST(0.000001 AS DECIMAL(6,6)) AS VARCHAR), '0'), '.')"
		parts = append(parts, "CASE WHEN "+micros+" <> 0 THEN "+seconds+" || ' seconds' END")
		text := "COALESCE(nullif(concat_ws(' ', " + strings.Join(parts, ", ") + "), ''), '0 seconds')"
		return "CASE WHEN " + x + " IS NOT NULL THEN " + text + " END"
	})
}
