package textfile

// This file makes rows of CSV records.

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// csvRows converts records to rows of the columns that are wanted. It belongs to one goroutine.
type csvRows struct {
	*CSV
	converters []func(string) (Value, bool)
	take       []int // the value each column is made of; -1: the corrupt record
	columns    int   // how many values a whole record has
	pruned     bool  // some values are not looked at: how many there are does not matter
	row        []Value
}

// newRows prepares for a schema of which the columns in wanted are read.
func (c *CSV) newRows(schema plan.Struct, wanted []int) (*csvRows, error) {
	r := &csvRows{CSV: c, row: make([]Value, len(wanted))}
	corrupt := c.corruptIn(schema)
	r.columns = len(schema.Fields)
	if corrupt >= 0 {
		r.columns--
	}
	k := c.times.clock()
	read := 0
	for _, i := range wanted {
		at := i
		if corrupt >= 0 && i > corrupt {
			at--
		}
		if i == corrupt {
			at = -1
		} else {
			read++
		}
		convert, err := c.converter(schema.Fields[i], &k)
		if err != nil {
			return nil, err
		}
		r.take, r.converters = append(r.take, at), append(r.converters, convert)
	}
	r.pruned = read < r.columns
	return r, nil
}

// corruptIn is the place of the column for malformed records, -1 if there is none.
func (c *CSV) corruptIn(schema plan.Struct) int {
	for i, f := range schema.Fields {
		if f.Name == c.corrupt {
			return i
		}
	}
	return -1
}

// converter makes the function that reads a column's values.
//
// size: one case per type
func (c *CSV) converter(f plan.Field, k *clock) (func(string) (Value, bool), error) {
	switch t := f.Type.(type) {
	case plan.Decimal:
		return func(s string) (Value, bool) {
			unscaled, scale, ok := ParseDecimal(strings.ReplaceAll(s, ",", ""))
			if !ok {
				return Value{}, false
			}
			n, ok := fitDecimal(unscaled, scale, t)
			return Value{set: true, dec: n}, ok
		}, nil
	case plan.Char, plan.Varchar:
		return func(s string) (Value, bool) { return words(s), true }, nil
	}
	integer := func(bits int) (func(string) (Value, bool), error) {
		return func(s string) (Value, bool) {
			n, ok := ParseInteger(s, bits)
			return number(n), ok
		}, nil
	}
	switch f.Type {
	case plan.String, plan.Binary:
		return func(s string) (Value, bool) { return words(s), true }, nil
	case plan.Boolean:
		return func(s string) (Value, bool) {
			yes := strings.EqualFold(s, "true")
			return truth(yes), yes || strings.EqualFold(s, "false")
		}, nil
	case plan.Byte:
		return integer(8)
	case plan.Short:
		return integer(16)
	case plan.Int:
		return integer(32)
	case plan.Long:
		return integer(64)
	case plan.Float:
		return c.floating(32), nil
	case plan.Double:
		return c.floating(64), nil
	case plan.Date:
		return func(s string) (Value, bool) {
			n, ok := k.parseDate(s)
			return number(int64(n)), ok
		}, nil
	case plan.Timestamp:
		return func(s string) (Value, bool) {
			n, ok := k.parseTime(s)
			return number(n), ok
		}, nil
	case plan.TimestampNTZ:
		return func(s string) (Value, bool) {
			n, ok := k.parseLocal(s)
			return number(n), ok
		}, nil
	}
	return nil, fault.Unsupported("reading %s from this CSV file", f.Type)
}

func (c *CSV) floating(bits int) func(string) (Value, bool) {
	return func(s string) (Value, bool) {
		switch s {
		case c.nan:
			s = "NaN"
		case c.negativeInf:
			s = "-Infinity"
		case c.positiveInf:
			s = "Infinity"
		}
		f, ok := ParseDouble(s, bits)
		return float(f), ok
	}
}

// convert makes a row of a record's values; ok is false if the record is malformed. The row is
// valid until the next call.
func (r *csvRows) convert(values []string, record string) (row []Value, ok bool) {
	ok = r.pruned || len(values) == r.columns
	for i, at := range r.take {
		r.row[i] = Value{}
		if at < 0 || at >= len(values) || values[at] == r.NullValue {
			continue
		}
		if v, fine := r.converters[i](values[at]); fine {
			r.row[i] = v
		} else {
			ok = false
		}
	}
	if ok {
		return r.row, true
	}
	for i, at := range r.take {
		if at < 0 {
			r.row[i] = words(strings.TrimRight(record, "\r\n"))
		}
	}
	return r.row, false
}
