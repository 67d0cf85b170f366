package translate

// This file holds casts from and to strings and binaries.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"shoal/plan"
)

// toText prints a value as Spark does. Functions named shoal_ are in Go: see
// engine/duckdb/udf_list.go.
func (t *translator) toText(sql string, from plan.Type, mode plan.CastMode) (string, bool) {
	switch typ := from.(type) {
	case plan.Decimal:
		if typ.Scale == typ.Precision && typ.Scale < 38 { // DuckDB would leave out the zero before the point
			typ.Precision++
			sql = "CAST(" + sql + fmt.Sprintf(" AS DECIMAL(%d,%d))", typ.Precision, typ.Scale)
		}
		if mode == plan.CastLegacy && typ.Scale > 6 {
			return t.decimalToText(sql, typ), true
		}
		return "CAST(" + sql + " AS VARCHAR)", true
	case plan.YearMonthInterval, plan.DayTimeInterval:
		return t.intervalToText(sql, from), true
	case plan.Array, plan.Map, plan.Struct:
		return t.nestedToText(sql, from, mode)
	}
	switch from {
	case plan.Boolean, plan.Byte, plan.Short, plan.Int, plan.Long:
		return "CAST(" + sql + " AS VARCHAR)", true
	case plan.Float, plan.Double:
		return t.floatToText(sql, from), true
	case plan.Date:
		return "shoal_date_to_string(" + sql + ")", true
	case plan.Timestamp:
		return "shoal_timestamp_to_string(" + sql + ", " + quoteText(t.settings.TimeZone) + ")", true
	case plan.TimestampNTZ:
		return "shoal_timestamp_to_string(" + sql + ", 'UTC')", true
	case plan.CalendarInterval:
		return t.calendarToText(sql), true
	case plan.Binary:
		t.traits |= overflows
		return "decode(" + sql + ")", true
	}
	return "", false
}

// decimalToText is Java's BigDecimal.toString: numbers below a millionth have an exponent.
func (t *translator) decimalToText(sql string, typ plan.Decimal) string {
	return t.let(sql, func(x string) string {
		text := "CAST(" + x + " AS VARCHAR)"
		digits := "COALESCE(nullif(ltrim(replace(replace(" + text + ", '-', ''), '.', ''), '0'), ''), '0')"
		tiny := fmt.Sprintf("CASE WHEN %s < 0 THEN '-' ELSE '' END || %s[1] || CASE WHEN len(%s) > 1 THEN '.' || %s[2:] ELSE '' END || 'E' || CAST(len(%s) - 1 - %d AS VARCHAR)",
			x, digits, digits, digits, digits, typ.Scale)
		return "CASE WHEN abs(" + x + ") < 0.000001 THEN " + tiny + " ELSE " + text + " END"
	})
}

func (t *translator) floatToText(sql string, from plan.Type) string {
	if from == plan.Float {
		return "shoal_float_to_string(" + sql + ")"
	}
	return "shoal_double_to_string(" + sql + ")"
}

// fromText reads a string as Spark does.
func (t *translator) fromText(sql string, to plan.Type, mode plan.CastMode) (string, bool) {
	var read string
	switch typ := to.(type) {
	case plan.Decimal:
		strict := strings.ToUpper(strconv.FormatBool(mode == plan.CastANSI))
		if mode == plan.CastANSI {
			t.mayRaise(to)
		}
		return t.cast(fmt.Sprintf("shoal_cast_string_to_decimal(%s, %d, %d, %s)", sql, typ.Precision, typ.Scale, strict), to), true
	case plan.Basic:
		switch typ {
		case plan.Binary:
			return "encode(" + sql + ")", true
		case plan.Boolean, plan.Byte, plan.Short, plan.Int, plan.Long, plan.Float, plan.Double, plan.Date:
			read = "shoal_cast_string_to_" + typ.String() + "(" + wholeText(sql, typ, mode) + ", FALSE)"
		case plan.Timestamp:
			read = "shoal_cast_string_to_timestamp(" + sql + ", " + quoteText(t.settings.TimeZone) + ", FALSE)"
		case plan.TimestampNTZ:
			read = "shoal_cast_string_to_timestamp_ntz(" + sql + ", FALSE)"
		default:
			return "", false
		}
	default:
		return "", false
	}
	if mode != plan.CastANSI {
		return read, true
	}
	return t.let(sql, func(sql string) string {
		return t.orRaise(read, sql, "CAST_INVALID_INPUT", "expression", textInMessage(sql),
			"sourceType", quotedType(plan.String), "targetType", quotedType(to), "ansiConfig", ansiConf)
	}), true
}

// wholeText hides numbers with a point from casts to integers, which only Java's legacy way takes.
func wholeText(sql string, to plan.Type, mode plan.CastMode) string {
	if !isIntegral(to) || mode == plan.CastLegacy {
		return sql
	}
	return "CASE WHEN NOT contains(" + sql + ", '.') THEN " + sql + " END"
}

// textInMessage quotes a string as Spark's messages do.
func textInMessage(sql string) string {
	return `'''' || replace(replace(` + sql + `, '\', '\\'), '''', '\''') || ''''`
}

// foldCast converts the constants that people write instead of typed literals: with the
// constant known, DuckDB can push a comparison into the scan. Only the plainest forms.
func (t *translator) foldCast(l *plan.Literal, to plan.Type) (string, bool) {
	s, ok := l.Value.(string)
	if !ok {
		return t.foldNumber(l, to)
	}
	if isTemporal(to) {
		if word, special := dateWord(s); special {
			return t.wordAsTime(word, to), true
		}
	}
	switch to {
	case plan.Byte, plan.Short, plan.Int, plan.Long:
		n, err := strconv.ParseInt(s, 10, integralBits(to))
		if err != nil {
			return "", false
		}
		return t.literal(integerLiteral(n, to)), true
	case plan.Double:
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || strings.Trim(s, "0123456789.") != "" {
			return "", false
		}
		return floatText(n, 64), true
	case plan.Date:
		d, err := time.Parse("2006-01-02", s)
		if err != nil || d.Year() < 1 {
			return "", false
		}
		return "DATE '" + s + "'", true
	case plan.Timestamp, plan.TimestampNTZ:
		return t.foldTimestamp(s, to)
	}
	return "", false
}

func (t *translator) foldTimestamp(s string, to plan.Type) (string, bool) {
	clock := *t
	if to == plan.TimestampNTZ {
		clock.settings.TimeZone = "UTC"
	}
	micros, ok := clock.parseInstant(s)
	if !ok {
		return "", false
	}
	return timestampText(micros), true
}

func integralBits(t plan.Type) int {
	switch t {
	case plan.Byte:
		return 8
	case plan.Short:
		return 16
	case plan.Int:
		return 32
	default:
		return 64
	}
}

func integerLiteral(n int64, typ plan.Type) *plan.Literal {
	switch typ {
	case plan.Byte:
		return &plan.Literal{Value: int8(n), Type: typ}
	case plan.Short:
		return &plan.Literal{Value: int16(n), Type: typ}
	case plan.Int:
		return &plan.Literal{Value: int32(n), Type: typ}
	default:
		return &plan.Literal{Value: n, Type: plan.Long}
	}
}

// foldNumber writes an integer constant as a literal of another numeric type.
func (t *translator) foldNumber(l *plan.Literal, to plan.Type) (string, bool) {
	if d, ok := l.Value.(plan.Unscaled); ok {
		return t.foldDecimal(d, l.Type, to)
	}
	n, ok := integerOf(l)
	if !ok {
		return "", false
	}
	switch typ := to.(type) {
	case plan.Decimal:
		text := strconv.FormatInt(n, 10)
		if len(strings.TrimPrefix(text, "-")) > typ.Precision-typ.Scale {
			return "", false
		}
		return "CAST(" + text + " AS " + t.physical(typ) + ")", true
	case plan.Basic:
		switch {
		case typ == plan.Double && n > -1<<53 && n < 1<<53:
			return floatText(float64(n), 64), true
		case isIntegral(typ) && n == n<<(64-integralBits(typ))>>(64-integralBits(typ)):
			return t.literal(integerLiteral(n, typ)), true
		}
	}
	return "", false
}

// foldDecimal adds decimal places to a decimal constant.
func (t *translator) foldDecimal(v plan.Unscaled, from, to plan.Type) (string, bool) {
	f, ok1 := from.(plan.Decimal)
	d, ok2 := to.(plan.Decimal)
	if !ok1 || !ok2 || d.Scale < f.Scale || d.Precision-d.Scale < f.Precision-f.Scale {
		return "", false
	}
	return "CAST('" + v.Text(f.Scale) + "' AS " + t.physical(d) + ")", true
}

func integerOf(l *plan.Literal) (int64, bool) {
	switch v := l.Value.(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	}
	return 0, false
}
