package textfile

// This file holds values between text and columns.

import (
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/plan"
	"shoal/plan/arrowtype"
)

// Value is one value of a plan.Type that was read. The zero Value is NULL.
type Value struct {
	set  bool
	n    int64  // booleans, integers, dates, times, intervals; the bits of floats
	text string // strings and binaries
	dec  decimal128.Num
	list []Value // elements; fields; keys and values in turn
}

func number(n int64) Value     { return Value{set: true, n: n} }
func float(f float64) Value    { return Value{set: true, n: int64(math.Float64bits(f))} }
func words(s string) Value     { return Value{set: true, text: s} }
func several(vs []Value) Value { return Value{set: true, list: vs} }
func truth(b bool) (v Value) {
	if v.set = true; b {
		v.n = 1
	}
	return v
}

// Columns gathers rows of values as Arrow columns.
type Columns struct {
	types    []plan.Type
	builders []array.Builder
	rows     int
}

// NewColumns makes room for columns of these types.
func NewColumns(types []plan.Type) *Columns {
	c := &Columns{types: types}
	for _, t := range types {
		c.builders = append(c.builders, array.NewBuilder(memory.DefaultAllocator, arrowtype.ToArrow(t, "UTC")))
	}
	return c
}

// Add appends a row.
func (c *Columns) Add(row []Value) {
	for i, v := range row {
		appendValue(c.builders[i], c.types[i], v)
	}
	c.rows++
}

// Rows is how many rows were added since the last Take.
func (c *Columns) Rows() int { return c.rows }

// Take gives the columns gathered so far; the caller releases them.
func (c *Columns) Take() []arrow.Array {
	out := make([]arrow.Array, len(c.builders))
	for i, b := range c.builders {
		out[i] = b.NewArray()
	}
	c.rows = 0
	return out
}

// Release frees what was gathered.
func (c *Columns) Release() {
	for _, b := range c.builders {
		b.Release()
	}
}

// appendValue writes one value.
//
// size: one case per type
func appendValue(b array.Builder, t plan.Type, v Value) {
	if !v.set {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(v.n != 0)
	case *array.Int8Builder:
		b.Append(int8(v.n))
	case *array.Int16Builder:
		b.Append(int16(v.n))
	case *array.Int32Builder:
		b.Append(int32(v.n))
	case *array.Int64Builder:
		b.Append(v.n)
	case *array.Float32Builder:
		b.Append(float32(math.Float64frombits(uint64(v.n))))
	case *array.Float64Builder:
		b.Append(math.Float64frombits(uint64(v.n)))
	case *array.Decimal128Builder:
		b.Append(v.dec)
	case *array.StringBuilder:
		b.Append(v.text)
	case *array.BinaryBuilder:
		b.AppendString(v.text)
	case *array.Date32Builder:
		b.Append(arrow.Date32(v.n))
	case *array.TimestampBuilder:
		b.Append(arrow.Timestamp(v.n))
	case *array.ListBuilder:
		b.Append(true)
		for _, e := range v.list {
			appendValue(b.ValueBuilder(), t.(plan.Array).Elem, e)
		}
	case *array.MapBuilder:
		b.Append(true)
		m := t.(plan.Map)
		for i := 0; i+1 < len(v.list); i += 2 {
			appendValue(b.KeyBuilder(), m.Key, v.list[i])
			appendValue(b.ItemBuilder(), m.Value, v.list[i+1])
		}
	case *array.StructBuilder:
		b.Append(true)
		if t == plan.Variant {
			t = plan.VariantParts()
		}
		for i, f := range t.(plan.Struct).Fields {
			appendValue(b.FieldBuilder(i), f.Type, v.list[i])
		}
	default:
		b.AppendNull()
	}
}

// show is a value as a message shows it.
func (v Value) show() string {
	switch {
	case !v.set:
		return "null"
	case v.text != "":
		return v.text
	}
	return strconv.FormatInt(v.n, 10)
}
