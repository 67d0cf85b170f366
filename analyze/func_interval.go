package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file takes intervals apart: EXTRACT(field FROM interval).

var intervalFuncs = funcs{
	"try_make_timestamp":     custom(tryMake("make_timestamp")),
	"try_make_timestamp_ltz": custom(tryMake("make_timestamp_ltz")),
	"try_make_timestamp_ntz": custom(tryMake("make_timestamp_ntz")),
	"try_make_interval":      custom(tryMake("make_interval")),

	"to_time":     timeOfDay(),
	"try_to_time": timeOfDay(),
	"make_time":   timeOfDay(),
	"time_diff":   timeOfDay(),
	"time_trunc":  timeOfDay(),
}

// timeOfDay is a function of the type TIME, which Spark 4.1 has switched off.
func timeOfDay() sig {
	return custom(func(c *call) (plan.Expr, error) {
		if on, _ := c.a.settings.Get("spark.sql.timeType.enabled"); strings.EqualFold(on, "true") {
			return nil, fault.Unsupported("%s: the type TIME", c.show).At(c.pos)
		}
		return nil, fault.New("UNSUPPORTED_TIME_TYPE")
	})
}

// intervalUnits are the fields of intervals by the functions that give them of dates.
var intervalUnits = map[string]plan.IntervalField{"year": plan.Year, "month": plan.Month, "day": plan.Day, "hour": plan.Hour,
	"minute": plan.Minute, "seconds_fraction": plan.Second}

// intervalPart is a field of an interval that has it; ok is false for one that has not.
func (c *call) intervalPart(part string) (plan.Expr, bool) {
	unit, known := intervalUnits[part]
	has := true
	switch t := c.typ(1).(type) {
	case plan.YearMonthInterval:
		has = t.From <= unit && unit <= t.To
	case plan.DayTimeInterval:
		has = t.From <= unit && unit <= t.To
	}
	if !known || !has {
		return nil, false
	}
	var t plan.Type = plan.Int
	switch unit {
	case plan.Month, plan.Hour, plan.Minute:
		t = plan.Byte
	case plan.Second:
		t = plan.Decimal{Precision: 8, Scale: 6}
	}
	return &plan.Func{Pos: c.pos, Name: "interval_part", Args: []plan.Expr{bare(unit.String()), c.args[1]}, Type: t,
		Nullable: c.nulls(1), ANSI: c.ansi()}, true
}

// tryMake is a function that makes a time or an interval, whose failure is NULL.
func tryMake(name string) func(c *call) (plan.Expr, error) {
	return func(c *call) (plan.Expr, error) {
		e, err := c.a.invoke(name, c.pos, c.args...)
		if err != nil {
			return nil, err
		}
		f, ok := e.(*plan.Func)
		if !ok {
			return nil, fault.Unsupported("%s of these arguments", c.name).At(c.pos)
		}
		lenient := *f
		lenient.ANSI, lenient.Nullable = false, true
		c.args = lenient.Args
		return c.a.remember(&lenient, c), nil
	}
}
