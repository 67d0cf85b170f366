package translate

// This file renders literals.

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"shoal/plan"
)

func (t *translator) literal(l *plan.Literal) string {
	return t.value(l.Value, l.Type)
}

// value renders a Go value as plan/value.go lists them.
func (t *translator) value(v any, typ plan.Type) string {
	if v == nil {
		return "CAST(NULL AS " + t.physical(typ) + ")"
	}
	switch v := v.(type) {
	case bool:
		return strings.ToUpper(strconv.FormatBool(v))
	case int8:
		return fmt.Sprintf("CAST(%d AS TINYINT)", v)
	case int16:
		return fmt.Sprintf("CAST(%d AS SMALLINT)", v)
	case int32:
		return integerText(int64(v))
	case int64:
		return bigintText(v)
	case float32:
		return "CAST(" + floatText(float64(v), 32) + " AS FLOAT)"
	case float64:
		return floatText(v, 64)
	case string:
		return quoteText(v)
	case []byte:
		return "unhex('" + hex.EncodeToString(v) + "')"
	case plan.Unscaled:
		return t.decimalText(v, typ)
	case plan.Days:
		return dateText(int64(v))
	case plan.Months:
		return integerText(int64(v))
	case plan.Micros:
		if _, ok := typ.(plan.DayTimeInterval); ok {
			return bigintText(int64(v))
		}
		return timestampText(int64(v))
	case plan.CalendarValue:
		return fmt.Sprintf("(to_months(%d) + to_days(%d) + to_microseconds(%s))", v.Months, v.Days, bigintText(v.Micros))
	default:
		return t.nestedValue(v, typ)
	}
}

func (t *translator) nestedValue(v any, typ plan.Type) string {
	switch typ := typ.(type) {
	case plan.Array:
		items, _ := v.([]any)
		return t.cast("["+t.values(items, typ.Elem)+"]", typ)
	case plan.Struct:
		items, _ := v.([]any)
		fields := make([]string, len(items))
		for i, x := range items {
			fields[i] = t.value(x, typ.Fields[i].Type)
		}
		return t.cast("row("+strings.Join(fields, ", ")+")", typ)
	case plan.Map:
		entries, _ := v.([]plan.Entry)
		keys, values := make([]any, len(entries)), make([]any, len(entries))
		for i, e := range entries {
			keys[i], values[i] = e.Key, e.Value
		}
		return t.cast("MAP(["+t.values(keys, typ.Key)+"], ["+t.values(values, typ.Value)+"])", typ)
	}
	return t.unsupported("a literal of type %s", typ)
}

func (t *translator) values(items []any, typ plan.Type) string {
	texts := make([]string, len(items))
	for i, x := range items {
		texts[i] = t.value(x, typ)
	}
	return strings.Join(texts, ", ")
}

func (t *translator) decimalText(v plan.Unscaled, typ plan.Type) string {
	d, ok := typ.(plan.Decimal)
	if !ok {
		return t.unsupported("a decimal literal of type %s", typ)
	}
	return "CAST('" + v.Text(d.Scale) + "' AS " + t.physical(typ) + ")"
}

func integerText(v int64) string {
	switch {
	case v == math.MinInt32:
		return "CAST(-2147483648 AS INTEGER)"
	case v < 0:
		return "(" + strconv.FormatInt(v, 10) + ")"
	}
	return strconv.FormatInt(v, 10)
}

func bigintText(v int64) string {
	if v == math.MinInt64 {
		return "CAST('-9223372036854775808' AS BIGINT)"
	}
	return "CAST(" + strconv.FormatInt(v, 10) + " AS BIGINT)"
}

// floatText writes the shortest text that reads back as the same number.
func floatText(v float64, bits int) string {
	switch {
	case math.IsNaN(v):
		return "CAST('NaN' AS DOUBLE)"
	case math.IsInf(v, 0):
		return "CAST('" + map[bool]string{true: "Infinity", false: "-Infinity"}[v > 0] + "' AS DOUBLE)"
	case math.Signbit(v):
		return "(" + strconv.FormatFloat(v, 'e', -1, bits) + ")"
	}
	return strconv.FormatFloat(v, 'e', -1, bits)
}

// daysOfPlainDates are the dates with four-digit years AD, which literals can write.
const (
	minPlainDay = -719162 // 0001-01-01
	maxPlainDay = 2932896 // 9999-12-31
)

func dateText(days int64) string {
	if days < minPlainDay || days > maxPlainDay {
		return fmt.Sprintf("(DATE '1970-01-01' + CAST(%d AS INTEGER))", days)
	}
	return "DATE '" + time.Unix(days*86400, 0).UTC().Format("2006-01-02") + "'"
}

func timestampText(micros int64) string {
	day := new(big.Int).Div(big.NewInt(micros), big.NewInt(86400e6)).Int64()
	if day < minPlainDay || day > maxPlainDay {
		return "make_timestamp(" + bigintText(micros) + ")"
	}
	text := time.UnixMicro(micros).UTC().Format("2006-01-02 15:04:05.999999")
	return "TIMESTAMP '" + text + "'"
}
