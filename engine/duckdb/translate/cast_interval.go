package translate

// This file holds casts between interval types of one family: they hold the same number, cut to
// the last field.

import (
	"fmt"

	"shoal/plan"
)

func isInterval(t plan.Type) bool {
	switch t.(type) {
	case plan.YearMonthInterval, plan.DayTimeInterval:
		return true
	}
	return false
}

// fieldUnits is how many months or microseconds a field counts.
var fieldUnits = map[plan.IntervalField]int64{
	plan.Year: 12, plan.Month: 1,
	plan.Day: 86400e6, plan.Hour: 3600e6, plan.Minute: 60e6, plan.Second: 1,
}

func convertInterval(sql string, from, to plan.Type) (string, bool) {
	last := func(t plan.Type) (plan.IntervalField, bool) {
		switch t := t.(type) {
		case plan.YearMonthInterval:
			return t.To, true
		case plan.DayTimeInterval:
			return t.To, false
		}
		return 0, false
	}
	a, months := last(from)
	b, alsoMonths := last(to)
	unit := fieldUnits[b]
	switch {
	case months != alsoMonths:
		return "", false
	case fieldUnits[a] >= unit:
		return sql, true
	}
	return fmt.Sprintf("(%s - %s %% %d)", sql, sql, unit), true
}
