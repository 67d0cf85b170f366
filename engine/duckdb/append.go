package duckdb

// This file writes Arrow arrays into DuckDB's vectors.

/*
#include "udf.h"
*/
import "C"

import (
	"fmt"
	"unicode/utf8"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
	"shoal/plan"
)

// chunkRows is DuckDB's vector size.
const chunkRows = 2048

// appender moves record batches into a table.
type appender struct {
	app   bind.Appender
	data  *plan.LocalData
	types []bind.LogicalType
	chunk bind.DataChunk
	vecs  []vector
}

func newAppender(app bind.Appender, data *plan.LocalData) *appender {
	a := &appender{app: app, data: data, vecs: make([]vector, len(data.Out))}
	for i := range data.Out {
		a.types = append(a.types, bind.AppenderColumnType(app, bind.IdxT(i)))
	}
	a.chunk = bind.CreateDataChunk(a.types)
	return a
}

func (a *appender) close() {
	bind.DestroyDataChunk(&a.chunk)
	for i := range a.types {
		bind.DestroyLogicalType(&a.types[i])
	}
}

func (a *appender) append(b arrow.RecordBatch) error {
	for from := 0; from < int(b.NumRows()); from += chunkRows {
		n := min(chunkRows, int(b.NumRows())-from)
		bind.DataChunkReset(a.chunk)
		chunkVectors(a.chunk.Ptr, a.vecs)
		for i, c := range a.data.Out {
			if err := fill(a.vecs[i], 0, c.Type, b.Column(i), from, n); err != nil {
				return fault.Unsupported("column %s of the local data: %v", c.Name, err)
			}
		}
		bind.DataChunkSetSize(a.chunk, bind.IdxT(n))
		if bind.AppendDataChunk(a.app, a.chunk) != bind.StateSuccess {
			return fault.Internalf("duckdb: %s", bind.AppenderError(a.app))
		}
	}
	return nil
}

// fill writes rows [from, from+n) of an array to rows [at, at+n) of a vector of the physical type
// of t.
func fill(v vector, at int, t plan.Type, arr arrow.Array, from, n int) error {
	if n == 0 {
		return nil
	}
	fillNulls(v, at, arr, from, n)
	if arr.DataType().ID() == arrow.NULL {
		return nil
	}
	switch t := t.(type) {
	case plan.UDT:
		return fill(v, at, t.SQLType, arr, from, n)
	case plan.Decimal:
		return fillDecimal(v, at, t, arr, from, n)
	case plan.Array:
		return fillList(v, at, t, arr, from, n)
	case plan.Map:
		return fillMap(v, at, t, arr, from, n)
	case plan.Struct:
		return fillStruct(v, at, t, arr, from, n)
	case plan.Char, plan.Varchar:
		return fillText(v, at, arr, from, n)
	}
	switch t {
	case plan.Boolean:
		return fillBools(v, at, arr, from, n)
	case plan.String, plan.Binary:
		return fillText(v, at, arr, from, n)
	case plan.Timestamp, plan.TimestampNTZ:
		return fillTimestamps(v, at, arr, from, n)
	case plan.CalendarInterval:
		return fillIntervals(v, at, arr, from, n)
	case plan.Variant:
		return fillStruct(v, at, plan.VariantParts(), arr, from, n)
	}
	want, err := sameBytes(t)
	if err != nil {
		return err
	}
	if arr.DataType().ID() != want {
		return mismatch(t, arr)
	}
	width := arr.DataType().(arrow.FixedWidthDataType).Bytes()
	src := arr.Data().Buffers()[1].Bytes()[(arr.Data().Offset()+from)*width:][:n*width]
	copy(unsafe.Slice((*byte)(unsafe.Add(v.data, at*width)), n*width), src)
	return nil
}

// sameBytes is the Arrow type that holds t's values as DuckDB does.
func sameBytes(t plan.Type) (arrow.Type, error) {
	switch t.(type) {
	case plan.YearMonthInterval:
		return arrow.INTERVAL_MONTHS, nil
	case plan.DayTimeInterval:
		return arrow.DURATION, nil
	}
	switch t {
	case plan.Byte:
		return arrow.INT8, nil
	case plan.Short:
		return arrow.INT16, nil
	case plan.Int:
		return arrow.INT32, nil
	case plan.Long:
		return arrow.INT64, nil
	case plan.Float:
		return arrow.FLOAT32, nil
	case plan.Double:
		return arrow.FLOAT64, nil
	case plan.Date:
		return arrow.DATE32, nil
	}
	return 0, fmt.Errorf("type %s", t)
}

func mismatch(t plan.Type, arr arrow.Array) error {
	return fmt.Errorf("arrow's %s for %s", arr.DataType(), t)
}

func fillNulls(v vector, at int, arr arrow.Array, from, n int) {
	if arr.NullN() == 0 {
		return
	}
	mask := writable(v.handle, at+n)
	dst := unsafe.Slice((*byte)(unsafe.Pointer(&mask[0])), len(mask)*8)
	if arr.DataType().ID() == arrow.NULL {
		bitutil.SetBitsTo(dst, int64(at), int64(n), false)
		return
	}
	if bits := arr.NullBitmapBytes(); len(bits) > 0 {
		bitutil.CopyBitmap(bits, arr.Data().Offset()+from, n, dst, at)
	}
}

func fillBools(v vector, at int, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.Boolean)
	if !ok {
		return mismatch(plan.Boolean, arr)
	}
	dst := rows[bool](v, at+n)[at:]
	for i := range dst {
		dst[i] = a.Value(from + i)
	}
	return nil
}

func fillTimestamps(v vector, at int, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.Timestamp)
	if !ok {
		return mismatch(plan.Timestamp, arr)
	}
	dst := rows[int64](v, at+n)[at:]
	unit := a.DataType().(*arrow.TimestampType).Unit
	for i := range dst {
		x := int64(a.Value(from + i))
		switch unit {
		case arrow.Second:
			x *= 1e6
		case arrow.Millisecond:
			x *= 1e3
		case arrow.Nanosecond: // rounded down
			x = (x - (x%1000+1000)%1000) / 1000
		}
		dst[i] = x
	}
	return nil
}

func fillIntervals(v vector, at int, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.MonthDayNanoInterval)
	if !ok {
		return mismatch(plan.CalendarInterval, arr)
	}
	dst := rows[calendarInterval](v, at+n)[at:]
	for i := range dst {
		x := a.Value(from + i)
		dst[i] = calendarInterval{x.Months, x.Days, x.Nanoseconds / 1000}
	}
	return nil
}

func fillDecimal(v vector, at int, t plan.Decimal, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.Decimal128)
	if !ok || int(a.DataType().(*arrow.Decimal128Type).Scale) != t.Scale {
		return mismatch(t, arr)
	}
	for i := range n {
		x := a.Value(from + i)
		if a.IsNull(from + i) {
			continue
		}
		if !x.FitsInPrecision(int32(t.Precision)) {
			return fmt.Errorf("%s does not fit %s", x.ToString(int32(t.Scale)), t)
		}
		switch {
		case t.Precision <= 4:
			rows[int16](v, at+n)[at+i] = int16(x.LowBits())
		case t.Precision <= 9:
			rows[int32](v, at+n)[at+i] = int32(x.LowBits())
		case t.Precision <= 18:
			rows[int64](v, at+n)[at+i] = int64(x.LowBits())
		default:
			rows[[2]uint64](v, at+n)[at+i] = [2]uint64{x.LowBits(), uint64(x.HighBits())}
		}
	}
	return nil
}

// fillText writes strings and binaries, all in one call.
func fillText(v vector, at int, arr arrow.Array, from, n int) error {
	a, ok := arr.(array.BinaryLike)
	if !ok {
		return mismatch(plan.String, arr)
	}
	isText := arr.DataType().ID() == arrow.STRING || arr.DataType().ID() == arrow.LARGE_STRING
	start := a.ValueOffset64(from)
	data := a.ValueBytes()[start-a.ValueOffset64(0):]
	ends := make([]uint64, n)
	for i := range ends {
		end := uint64(a.ValueOffset64(from+i) + int64(a.ValueLen(from+i)) - start)
		if isText && end < uint64(len(data)) && !utf8.RuneStart(data[end]) {
			return fmt.Errorf("invalid UTF-8")
		}
		ends[i] = end
	}
	data = data[:ends[n-1]]
	if isText && !utf8.Valid(data) {
		return fmt.Errorf("invalid UTF-8")
	}
	C.shoal_assign(v.handle, C.uint64_t(at), C.uint64_t(n), (*C.char)(unsafe.Pointer(unsafe.SliceData(data))),
		(*C.uint64_t)(unsafe.Pointer(&ends[0])))
	return nil
}

func fillStruct(v vector, at int, t plan.Struct, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.Struct)
	if !ok || a.NumField() != len(t.Fields) {
		return mismatch(t, arr)
	}
	for i, f := range t.Fields {
		// Field applies the struct's own offset.
		if err := fill(v.field(i), at, f.Type, a.Field(i), from, n); err != nil {
			return fmt.Errorf("field %s: %w", f.Name, err)
		}
	}
	var nulls []int
	if a.NullN() > 0 {
		for i := range n {
			if a.IsNull(from + i) {
				nulls = append(nulls, at+i)
			}
		}
	}
	clearFields(v, t, nulls)
	return nil
}

// clearFields makes the fields of NULL structs NULL: Arrow leaves what lies there open, DuckDB reads it.
func clearFields(v vector, t plan.Struct, nulls []int) {
	if len(nulls) == 0 {
		return
	}
	for i, f := range t.Fields {
		field := v.field(i)
		mask := writable(field.handle, nulls[len(nulls)-1]+1)
		for _, row := range nulls {
			mask[row/64] &^= 1 << (row % 64)
		}
		if inner, ok := f.Type.(plan.Struct); ok {
			clearFields(field, inner, nulls)
		}
	}
}

func fillList(v vector, at int, t plan.Array, arr arrow.Array, from, n int) error {
	a, ok := arr.(array.ListLike)
	if !ok {
		return mismatch(t, arr)
	}
	child, base, start, end := fillEntries(v, at, a, from, n)
	if err := fill(child, base, t.Elem, a.ListValues(), start, end-start); err != nil {
		return fmt.Errorf("element: %w", err)
	}
	return nil
}

// fillEntries writes a list vector's entries and makes room for their elements: rows [start, end)
// of the array's values go to the child from row base on.
func fillEntries(v vector, at int, a array.ListLike, from, n int) (child vector, base, start, end int) {
	first, _ := a.ValueOffsets(from)
	_, last := a.ValueOffsets(from + n - 1)
	base = int(bind.ListVectorGetSize(bind.Vector{Ptr: v.handle}))
	if at == 0 {
		base = 0
	}
	start, end = int(first), int(last)
	entries := rows[listEntry](v, at+n)[at:]
	for i := range entries {
		s, e := a.ValueOffsets(from + i)
		entries[i] = listEntry{uint64(base) + uint64(s-first), uint64(e - s)}
	}
	C.shoal_list_room(v.handle, C.uint64_t(base+end-start))
	child, _ = v.list()
	return child, base, start, end
}

func fillMap(v vector, at int, t plan.Map, arr arrow.Array, from, n int) error {
	a, ok := arr.(*array.Map)
	if !ok {
		return mismatch(t, arr)
	}
	child, base, start, end := fillEntries(v, at, a, from, n)
	if err := fill(child.field(0), base, t.Key, a.Keys(), start, end-start); err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if err := fill(child.field(1), base, t.Value, a.Items(), start, end-start); err != nil {
		return fmt.Errorf("value: %w", err)
	}
	return nil
}
