package textfile

// This file writes values as JSON, as Spark does.

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
)

// JSONWriter writes JSON. It belongs to one goroutine.
type JSONWriter struct {
	keepNulls        bool
	stamp, ntz, date *java.Pattern // nil for a date: yyyy-MM-dd
	at, utc          *java.Clock
	// Interval writes intervals; nil: they are refused.
	Interval func(a arrow.Array, row int, t plan.Type) (string, error)
}

// NewJSONWriter reads Spark's options; skipNulls is the session's default of ignoreNullFields.
func NewJSONWriter(o Options, zone string, skipNulls bool) (*JSONWriter, error) {
	for _, name := range []string{"pretty", "writenonasciicharacterascodepoint"} {
		if strings.EqualFold(o[name], "true") {
			return nil, fault.Unsupported("writing JSON with the option %s", name)
		}
	}
	skip, err := o.flag("ignoreNullFields", skipNulls)
	if err != nil {
		return nil, err
	}
	t, err := Options{"timezone": o.text("timezone", zone), "locale": o["locale"]}.newTimes(zone, false)
	if err != nil {
		return nil, err
	}
	w := &JSONWriter{keepNulls: !skip, at: t.zone.Clock(), utc: t.clock().utc}
	if w.stamp, err = printer(o.text("timestampformat", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]")); err != nil {
		return nil, err
	}
	if w.ntz, err = printer(o.text("timestampntzformat", "yyyy-MM-dd'T'HH:mm:ss[.SSS]")); err != nil {
		return nil, err
	}
	if text, ok := o["dateformat"]; ok {
		w.date, err = printer(text)
	}
	return w, err
}

func printer(pattern string) (*java.Pattern, error) {
	p, err := java.CompilePattern(pattern, false)
	if err != nil {
		return nil, badPattern(pattern, err)
	}
	return p, nil
}

// CheckJSON refuses types that cannot be written as JSON here.
func (w *JSONWriter) CheckJSON(t plan.Type) error {
	switch t := t.(type) {
	case plan.Array:
		return w.CheckJSON(t.Elem)
	case plan.Map:
		if err := mapKey(t.Key); err != nil {
			return err
		}
		return w.CheckJSON(t.Value)
	case plan.Struct:
		for _, f := range t.Fields {
			if err := w.CheckJSON(f.Type); err != nil {
				return err
			}
		}
	case plan.YearMonthInterval, plan.DayTimeInterval:
		if w.Interval == nil {
			return fault.Unsupported("intervals as JSON")
		}
	case plan.Unsupported:
		return fault.Unsupported("%s as JSON", t)
	case plan.Basic:
		if t == plan.CalendarInterval {
			return fault.Unsupported("%s as JSON", t)
		}
	}
	return nil
}

// mapKey refuses keys whose text is an object's address in Java, and those not built.
func mapKey(t plan.Type) error {
	switch t {
	case plan.String, plan.Boolean, plan.Byte, plan.Short, plan.Int, plan.Long, plan.Date, plan.Timestamp, plan.TimestampNTZ, plan.Float, plan.Double:
		return nil
	}
	return fault.Unsupported("a map with keys of type %s as JSON", t)
}

// Row appends an object of a row's columns.
func (w *JSONWriter) Row(b []byte, cols []arrow.Array, fields []plan.Field, row int) ([]byte, error) {
	b = append(b, '{')
	first := true
	for i, f := range fields {
		null := isNull(cols[i], row)
		if null && !w.keepNulls {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(java.AppendJSONText(b, f.Name), ':')
		if null {
			b = append(b, "null"...)
			continue
		}
		var err error
		if b, err = w.Value(b, cols[i], f.Type, row); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// isNull tells a NULL; a column of nothing else has no bits for it.
func isNull(a arrow.Array, row int) bool { return a.DataType().ID() == arrow.NULL || a.IsNull(row) }

// Value appends one value.
//
// size: one case per type
func (w *JSONWriter) Value(b []byte, a arrow.Array, t plan.Type, row int) ([]byte, error) {
	if isNull(a, row) {
		return append(b, "null"...), nil
	}
	switch a := a.(type) {
	case *array.Struct:
		if t == plan.Variant {
			b, err := variantAt(a, row).AppendJSON(b, w.at)
			return b, variantError(err)
		}
		cols := make([]arrow.Array, a.NumField())
		for i := range cols {
			cols[i] = a.Field(i)
		}
		return w.Row(b, cols, t.(plan.Struct).Fields, row)
	case *array.Map:
		return w.object(b, a, t.(plan.Map), row)
	case *array.List:
		from, to := a.ValueOffsets(row)
		b = append(b, '[')
		for i := from; i < to; i++ {
			if i > from {
				b = append(b, ',')
			}
			var err error
			if b, err = w.Value(b, a.ListValues(), t.(plan.Array).Elem, int(i)); err != nil {
				return b, err
			}
		}
		return append(b, ']'), nil
	case *array.String:
		return java.AppendJSONText(b, a.Value(row)), nil
	case *array.Binary:
		b = append(b, '"')
		return append(base64.StdEncoding.AppendEncode(b, a.Value(row)), '"'), nil
	case *array.Timestamp, *array.Date32:
		b = append(b, '"')
		b, err := w.time(b, a, t, row)
		return append(b, '"'), err
	case *array.Decimal128:
		return appendBigDecimal(b, a.Value(row).BigInt().String(), int(a.DataType().(*arrow.Decimal128Type).Scale)), nil
	case *array.MonthInterval, *array.Duration:
		s, err := w.Interval(a, row, t)
		return java.AppendJSONText(b, s), err
	}
	return appendPlain(b, a, row, true)
}

// appendPlain writes numbers and booleans; those JSON does not have stand in quotes if asked for.
func appendPlain(b []byte, a arrow.Array, row int, quotes bool) ([]byte, error) {
	quoted := func(f float64, text []byte) []byte {
		if quotes && (math.IsNaN(f) || math.IsInf(f, 0)) {
			return append(append(append(b, '"'), text...), '"')
		}
		return append(b, text...)
	}
	switch a := a.(type) {
	case *array.Boolean:
		return strconv.AppendBool(b, a.Value(row)), nil
	case *array.Int8:
		return strconv.AppendInt(b, int64(a.Value(row)), 10), nil
	case *array.Int16:
		return strconv.AppendInt(b, int64(a.Value(row)), 10), nil
	case *array.Int32:
		return strconv.AppendInt(b, int64(a.Value(row)), 10), nil
	case *array.Int64:
		return strconv.AppendInt(b, a.Value(row), 10), nil
	case *array.Float32:
		return quoted(float64(a.Value(row)), java.AppendFloat(nil, a.Value(row))), nil
	case *array.Float64:
		return quoted(a.Value(row), java.AppendDouble(nil, a.Value(row))), nil
	}
	return b, fault.Unsupported("%s as JSON", a.DataType())
}

// time writes dates and times by their formats.
func (w *JSONWriter) time(b []byte, a arrow.Array, t plan.Type, row int) ([]byte, error) {
	switch a := a.(type) {
	case *array.Date32:
		if w.date == nil {
			return java.AppendDate(b, int64(a.Value(row))), nil
		}
		return w.date.Append(b, int64(a.Value(row))*86400e6, w.utc)
	case *array.Timestamp:
		if t == plan.TimestampNTZ {
			return w.ntz.Append(b, int64(a.Value(row)), w.utc)
		}
		return w.stamp.Append(b, int64(a.Value(row)), w.at)
	}
	return b, nil
}

// object writes a map; keys are written as Java shows the values inside of Spark.
func (w *JSONWriter) object(b []byte, a *array.Map, t plan.Map, row int) ([]byte, error) {
	from, to := a.ValueOffsets(row)
	b = append(b, '{')
	for i := int(from); i < int(to); i++ {
		if i > int(from) {
			b = append(b, ',')
		}
		var err error
		switch keys := a.Keys().(type) {
		case *array.String:
			b = java.AppendJSONText(b, keys.Value(i))
		case *array.Date32:
			b = append(strconv.AppendInt(append(b, '"'), int64(keys.Value(i)), 10), '"')
		case *array.Timestamp:
			b = append(strconv.AppendInt(append(b, '"'), int64(keys.Value(i)), 10), '"')
		default:
			if b, err = appendPlain(append(b, '"'), keys, i, false); err != nil {
				return b, err
			}
			b = append(b, '"')
		}
		b = append(b, ':')
		if b, err = w.Value(b, a.Items(), t.Value, i); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

// appendBigDecimal is Java's BigDecimal.toString of digits with a scale.
func appendBigDecimal(b []byte, digits string, scale int) []byte {
	if strings.HasPrefix(digits, "-") {
		b, digits = append(b, '-'), digits[1:]
	}
	if exponent := len(digits) - 1 - scale; exponent < -6 {
		b = append(b, digits[0])
		if len(digits) > 1 {
			b = append(append(b, '.'), digits[1:]...)
		}
		return strconv.AppendInt(append(b, 'E'), int64(exponent), 10)
	}
	for len(digits) <= scale {
		digits = "0" + digits
	}
	b = append(b, digits[:len(digits)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), digits[len(digits)-scale:]...)
	}
	return b
}
