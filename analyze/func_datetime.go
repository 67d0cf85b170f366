package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the date and time functions; arithmetic on them is in coerce_datetime.go.

var datetimeFuncs = funcs{
	"year":             fn(tDate).returns(plan.Int),
	"quarter":          fn(tDate).returns(plan.Int),
	"month":            fn(tDate).returns(plan.Int),
	"day":              fn(tDate).returns(plan.Int),
	"dayofmonth":       fn(tDate).returns(plan.Int).is("day"),
	"dayofweek":        fn(tDate).returns(plan.Int),
	"dayofyear":        fn(tDate).returns(plan.Int),
	"weekday":          fn(tDate).returns(plan.Int),
	"weekofyear":       fn(tDate).returns(plan.Int),
	"dayname":          fn(tDate).returns(plan.String),
	"monthname":        fn(tDate).returns(plan.String),
	"hour":             fn(tAnyTimestamp).returns(plan.Int),
	"minute":           fn(tAnyTimestamp).returns(plan.Int),
	"second":           fn(tAnyTimestamp).returns(plan.Int),
	"seconds_fraction": fn(tAnyTimestamp).returns(plan.Decimal{Precision: 8, Scale: 6}).inner(),
	"dayofweek_iso":    fn(tDate).returns(plan.Int).inner(),
	"yearofweek":       fn(tDate).returns(plan.Int).inner(),
	"date_part":        fn(tString, tAny).constant(0).rewrite(datePart),
	"datepart":         fn(tString, tAny).constant(0).rewrite(datePart),
	"extract":          fn(tString, tAny).constant(0).rewrite(datePart),

	"current_date":      fn().returns(plan.Date).never(),
	"curdate":           fn().returns(plan.Date).never().is("current_date").shown("current_date"),
	"current_timestamp": fn().returns(plan.Timestamp).never(),
	"now":               fn().returns(plan.Timestamp).never().is("current_timestamp"),
	"localtimestamp":    fn().returns(plan.TimestampNTZ).never(),
	"current_timezone":  fn().returns(plan.String).never(),

	"datediff":       fn(tDate, tDate).returns(plan.Int),
	"date_diff":      fn(tDate, tDate).returns(plan.Int).is("datediff"),
	"add_months":     fn(tDate, tInt).returns(plan.Date),
	"months_between": fn(tTimestamp, tTimestamp, tBool).defaults(lit(true)).returns(plan.Double),
	"last_day":       fn(tDate).returns(plan.Date),
	"next_day":       fn(tDate, tString).returns(plan.Date).always(),
	"trunc":          fn(tDate, tString).returns(plan.Date).always(),
	"date_trunc":     fn(tString, tTimestamp).returns(plan.Timestamp).always(),
	"timestampadd":   fn(tString, tLong, tAnyTimestamp).constant(0).returnsArg(2),
	"timestampdiff":  fn(tString, tTimestamp, tTimestamp).constant(0).returns(plan.Long),

	"to_date":          fn(tAny, tString).min(1).coerce(parsedText).returns(plan.Date).nullIf(parsedNull),
	"to_timestamp":     fn(tAny, tString).min(1).coerce(parsedText).returns(plan.Timestamp).nullIf(parsedNull),
	"to_timestamp_ltz": fn(tAny, tString).min(1).coerce(parsedText).returns(plan.Timestamp).nullIf(parsedNull),
	"to_timestamp_ntz": fn(tAny, tString).min(1).coerce(parsedText).returns(plan.TimestampNTZ).nullIf(parsedNull),
	"try_to_timestamp": fn(tAny, tString).min(1).coerce(parsedText).returns(plan.Timestamp).always(),
	"try_to_date":      fn(tAny, tString).min(1).coerce(parsedText).returns(plan.Date).always(),
	"date_format":      fn(tTimestamp, tString).returns(plan.String),
	"from_unixtime":    fn(tLong, tString).defaults(lit(isoPattern)).returns(plan.String).always(),
	"unix_timestamp": fn(oneOf(tString, tDate, tTimestamp, tTimestampNTZ), tString).strict().
		defaults(&plan.Func{Name: "current_timestamp", Type: plan.Timestamp}, lit(isoPattern)).returns(plan.Long).orErrors(),
	"to_unix_timestamp": fn(oneOf(tString, tDate, tTimestamp, tTimestampNTZ), tString).strict().
		defaults(lit(isoPattern)).returns(plan.Long).orErrors(),

	"unix_date":           fn(tDate).strict().returns(plan.Int),
	"unix_seconds":        fn(tTimestamp).strict().returns(plan.Long),
	"unix_millis":         fn(tTimestamp).strict().returns(plan.Long),
	"unix_micros":         fn(tTimestamp).strict().returns(plan.Long),
	"date_from_unix_date": fn(tInt).returns(plan.Date),
	"timestamp_seconds":   fn(tNumeric).strict().returns(plan.Timestamp).nullIf(secondsNull),
	"timestamp_millis":    fn(tIntegral).strict().returns(plan.Timestamp),
	"timestamp_micros":    fn(tIntegral).strict().returns(plan.Timestamp),

	"make_date": fn(tInt, tInt, tInt).returns(plan.Date).orErrors(),
	"make_timestamp": fn(tInt, tInt, tInt, tInt, tInt, secondsParam, tString).min(6).
		returns(plan.Timestamp).orErrors(),
	"make_timestamp_ltz": fn(tInt, tInt, tInt, tInt, tInt, secondsParam, tString).min(6).
		returns(plan.Timestamp).orErrors().is("make_timestamp"),
	"make_timestamp_ntz": fn(tInt, tInt, tInt, tInt, tInt, secondsParam).returns(plan.TimestampNTZ).orErrors(),
	"make_dt_interval": fn(tInt, tInt, tInt, longSeconds).
		defaults(lit(0), lit(0), lit(0), zeroSeconds).returns(dayTime),
	"make_ym_interval": fn(tInt, tInt).defaults(lit(0), lit(0)).returns(yearMonth),
	"make_interval": fn(tInt, tInt, tInt, tInt, tInt, tInt, longSeconds).
		defaults(lit(0), lit(0), lit(0), lit(0), lit(0), lit(0), zeroSeconds).returns(plan.CalendarInterval).orErrors(),

	"from_utc_timestamp": fn(tTimestamp, tString).returns(plan.Timestamp),
	"to_utc_timestamp":   fn(tTimestamp, tString).returns(plan.Timestamp),
	"convert_timezone":   fn(tAny, tAny, tAny).min(2).coerce(convertedFrom).returns(plan.TimestampNTZ),

	"window":         left("time windows"),
	"window_time":    fn(tAny).rewrite(windowTime),
	"session_window": left("session windows"),
}

const isoPattern = "yyyy-MM-dd HH:mm:ss"

var (
	secondsType  = plan.Decimal{Precision: 16, Scale: 6}
	secondsParam = secondsOf(secondsType)
	longSeconds  = secondsOf(plan.Decimal{Precision: 18, Scale: 6})
	zeroSeconds  = &plan.Literal{Value: plan.NewUnscaled(0), Type: plan.Decimal{Precision: 8, Scale: 6}}
)

// secondsNull: NaN and infinity give NULL.
func secondsNull(c *call) bool { return isFloating(c.typ(0)) || c.anyNull() }

// parsedText casts the pattern; the first argument is parsed from text or cast from a date or time.
func parsedText(c *call) error {
	if len(c.args) == 2 {
		return c.castArgs(oneOf(tString, tDate, tTimestamp, tTimestampNTZ), tString)
	}
	if isNumeric(c.typ(0)) && strings.Contains(c.name, "to_timestamp") {
		if c.typ(0) == plan.Float || c.typ(0) == plan.Double || c.name == "to_timestamp_ntz" || c.name == "try_to_timestamp" {
			return fault.Unsupported("%s of a number", c.name).At(c.pos)
		}
		c.cast(0, plan.Timestamp)
		return nil
	}
	return c.castArgs(oneOf(tString, tDate, tTimestamp, tTimestampNTZ))
}

// parsedNull: without a pattern the value is cast, with one parsed, which fails under ANSI only.
func parsedNull(c *call) bool {
	if len(c.args) == 1 && c.typ(0) != plan.String && c.name != "to_timestamp_ntz" {
		return c.anyNull()
	}
	return c.anyNull() || !c.ansi() || len(c.args) == 1
}

// partFuncs maps the fields of EXTRACT to functions, by every spelling Spark knows.
// Source: org.apache.spark.sql.catalyst.expressions.DatePart.
var partFuncs = map[string]string{
	"YEAR": "year", "Y": "year", "YEARS": "year", "YR": "year", "YRS": "year",
	"YEAROFWEEK": "yearofweek",
	"QUARTER":    "quarter", "QTR": "quarter",
	"MONTH": "month", "MON": "month", "MONS": "month", "MONTHS": "month",
	"WEEK": "weekofyear", "W": "weekofyear", "WEEKS": "weekofyear",
	"DAY": "day", "D": "day", "DAYS": "day",
	"DAYOFWEEK": "dayofweek", "DOW": "dayofweek",
	"DAYOFWEEK_ISO": "dayofweek_iso", "DOW_ISO": "dayofweek_iso",
	"DOY":  "dayofyear",
	"HOUR": "hour", "H": "hour", "HOURS": "hour", "HR": "hour", "HRS": "hour",
	"MINUTE": "minute", "M": "minute", "MIN": "minute", "MINS": "minute", "MINUTES": "minute",
	"SECOND": "seconds_fraction", "S": "seconds_fraction", "SEC": "seconds_fraction",
	"SECONDS": "seconds_fraction", "SECS": "seconds_fraction",
}

// datePart turns EXTRACT(field FROM source) into the field's own function.
func datePart(c *call) (plan.Expr, error) {
	field, _ := c.args[0].(*plan.Literal)
	text, ok := "", false
	if field != nil {
		text, ok = field.Value.(string)
	}
	if !ok {
		return nil, c.mismatch("NON_FOLDABLE_INPUT", "inputName", "`field`", "inputType", `"STRING"`, "inputExpr", quoteSQL(c.a.pretty(c.args[0])))
	}
	name := partFuncs[strings.ToUpper(text)]
	if isInterval(c.typ(1)) || c.typ(1) == plan.CalendarInterval {
		if part, ok := c.intervalPart(name); ok {
			return part, nil
		}
		name = ""
	}
	if name == "" {
		return nil, fault.New("INVALID_EXTRACT_FIELD", "field", "`"+text+"`", "expr", quoteSQL(c.a.pretty(c.args[1]))).At(c.pos)
	}
	return c.a.invoke(name, c.pos, c.args[1])
}

// convertedFrom: without a source zone convert_timezone starts from the session's.
func convertedFrom(c *call) error {
	if len(c.args) == 2 {
		zone, err := c.a.invoke("current_timezone", c.pos)
		if err != nil {
			return err
		}
		c.args = append([]plan.Expr{zone}, c.args...)
	}
	return c.castArgs(tString, tString, tTimestampNTZ)
}

func secondsOf(t plan.Decimal) param {
	return param{accepts: func(is plan.Type) bool { return is == plan.Type(t) }, concrete: t, exact: true}
}
