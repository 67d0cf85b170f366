package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds what fits nowhere else: hashes, JSON, session functions, and functions only the
// analyzer itself calls.

// partitionTransform is one of the functions that only the partitioning of a table can hold.
func partitionTransform() sig {
	return custom(func(c *call) (plan.Expr, error) {
		return nil, fault.New("PARTITION_TRANSFORM_EXPRESSION_NOT_IN_PARTITIONED_BY", "expression", quoteSQL(c.show+"(boundreference())"))
	}).inner()
}

var miscFuncs = funcs{
	"years": partitionTransform(), "months": partitionTransform(), "days": partitionTransform(), "hours": partitionTransform(),
	"bucket": partitionTransform(), "unwrap_udt": fn(tUDT).uncast().returnsBy(unwrapped).inner(),

	"distributed_sequence_id": custom(sequenceID).inner(), // pandas on Spark asks for it

	"hash":     fn(tAny).variadic().min(1).returns(plan.Int).never().check(hashesNoMaps),
	"xxhash64": fn(tAny).variadic().min(1).returns(plan.Long).never().check(hashesNoMaps),
	"typeof":   fn(tAny).returns(plan.String).never(),

	"date_add":                fn(tDate, oneOf(tInt, tShort, tByte)).returns(plan.Date).coerce(dateAddArgs),
	"dateadd":                 fn(tDate, oneOf(tInt, tShort, tByte)).returns(plan.Date).coerce(dateAddArgs).is("date_add").shown("date_add"),
	"date_sub":                fn(tDate, oneOf(tInt, tShort, tByte)).returns(plan.Date).coerce(dateAddArgs),
	"extractansiintervaldays": fn(tDayTime).returns(plan.Int).inner(),
	"timestamp_add_ym":        fn(tAnyTimestamp, tYearMonth).returnsArg(0).inner(),
	"timestamp_add_dt":        fn(tAnyTimestamp, tDayTime).returnsArg(0).inner(),
	"timestamp_add_calendar":  fn(tAnyTimestamp, tCalendar).returnsArg(0).inner(),
	"date_add_ym":             fn(tDate, tYearMonth).returns(plan.Date).inner(),
	"date_add_calendar":       fn(tDate, tCalendar).returns(plan.Date).inner(),
	"subtract_dates":          fn(tDate, tDate).returns(plan.DayTimeInterval{From: plan.Day, To: plan.Day}).inner(),
	"subtract_timestamps":     fn(tAnyTimestamp, tAnyTimestamp).returns(dayTime).coerce(subtractTimestampArgs).inner(),
	"multiply_ym":             fn(tYearMonth, tNumeric).returns(yearMonth).inner(),
	"multiply_dt":             fn(tDayTime, tNumeric).returns(dayTime).inner(),
	"multiply_calendar":       fn(tCalendar, tDouble).returns(plan.CalendarInterval).always().inner(),
	"divide_ym":               fn(tYearMonth, tNumeric).returns(yearMonth).inner(),
	"divide_dt":               fn(tDayTime, tNumeric).returns(dayTime).inner(),
	"divide_calendar":         fn(tCalendar, tDouble).returns(plan.CalendarInterval).always().inner(),
}

var tUDT = family("UDT", plan.Null, func(t plan.Type) bool { _, ok := t.(plan.UDT); return ok })

// unwrapped is what the values of a user-defined type are.
func unwrapped(c *call) plan.Type { return c.typ(0).(plan.UDT).SQLType }

// hashesNoMaps: equal maps may be in another order.
func hashesNoMaps(c *call) error {
	allowed, _ := c.a.settings.Get("spark.sql.legacy.allowHashOnMapType")
	for _, t := range c.types() {
		if hasMap(t) && allowed != "true" {
			return c.mismatch("HASH_MAP_TYPE", "functionName", plan.Quote(c.show))
		}
		if hasVariant(t) {
			return c.mismatch("HASH_VARIANT_TYPE", "functionName", plan.Quote(c.show))
		}
	}
	return nil
}

// sequenceID numbers the rows from 0, in the order they come in.
func sequenceID(c *call) (plan.Expr, error) {
	if len(c.args) > 0 {
		return nil, c.wrongCount("0")
	}
	number := &plan.Window{Pos: c.pos, Func: &plan.Func{Name: "row_number", Kind: plan.WindowFunc, Type: plan.Int},
		Frame: &plan.Frame{Rows: true, End: plan.Bound{Kind: plan.CurrentRow}}}
	one := &plan.Literal{Value: int64(1), Type: plan.Long}
	e := &plan.Func{Pos: c.pos, Name: "-", Args: []plan.Expr{c.a.castTo(number, plan.Long), one}, Type: plan.Long}
	return c.a.remember(e, c), nil
}
