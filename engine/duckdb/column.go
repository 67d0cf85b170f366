package duckdb

// This file turns vectors into Arrow arrays: one column per result column or nested part, which
// gathers rows of many chunks until a batch is full.

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// A column gathers rows [from, from+n) of vectors; finish makes them an array and starts again.
type column interface {
	add(v vector, from, n int)
	rows() int
	// weigh is about how many bytes rows of v will take.
	weigh(v vector, from, n int) int
	// size is about how many bytes the rows take.
	size() int
	finish() arrow.ArrayData
	// drop gives back the memory of rows that nobody will ask for.
	drop()
}

// buffer is a growing piece of memory of an allocator.
type buffer struct {
	mem  memory.Allocator
	b    []byte
	hint int // how large it was last time
}

// extend makes room for n more bytes and returns that room, not zeroed.
func (b *buffer) extend(n int) []byte {
	at := len(b.b)
	if at+n > cap(b.b) {
		grown := b.mem.Allocate(max(at+n, 2*at, b.hint, 4096))
		copy(grown, b.b)
		b.free()
		b.b = grown[:at]
	}
	b.b = b.b[:at+n]
	return b.b[at:]
}

// cells is a piece of memory as values.
func cells[T any](b []byte) []T {
	var t T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(t)))
}

func (b *buffer) free() {
	if b.b != nil {
		b.mem.Free(b.b)
		b.b = nil
	}
}

// take hands the memory over to an Arrow buffer.
func (b *buffer) take() *memory.Buffer {
	out := memory.NewBufferWithAllocator(b.b, b.mem)
	b.hint = len(b.b)
	b.b = nil
	return out
}

// nulls is what all columns share: the type, the row count and which rows are NULL.
type nulls struct {
	dt   arrow.DataType
	n    int
	bits buffer
	any  bool
}

func (c *nulls) rows() int { return c.n }

// note records the validity of n more rows of v.
func (c *nulls) note(v vector, from, n int) {
	if v.valid == nil && !c.any {
		c.n += n
		return
	}
	if !c.any {
		c.any = true
		c.grow(c.n)
		bitutil.SetBitsTo(c.bits.b, 0, int64(c.n), true)
	}
	c.grow(c.n + n)
	if v.valid == nil {
		bitutil.SetBitsTo(c.bits.b, int64(c.n), int64(n), true)
	} else {
		bitutil.CopyBitmap(v.bits(from+n), from, n, c.bits.b, c.n)
	}
	c.n += n
}

func (c *nulls) grow(n int) {
	if need := (n + 7) / 8; need > len(c.bits.b) {
		c.bits.extend(need - len(c.bits.b))
	}
}

// done makes the array data of the gathered rows and forgets them.
func (c *nulls) done(buffers []*memory.Buffer, children []arrow.ArrayData) arrow.ArrayData {
	count := 0
	all := make([]*memory.Buffer, 1, 1+len(buffers))
	if c.any {
		count = c.n - bitutil.CountSetBits(c.bits.b, 0, c.n)
		if count > 0 {
			all[0] = c.bits.take()
		}
		c.bits.free()
	}
	all = append(all, buffers...)
	data := array.NewData(c.dt, c.n, all, children, count, 0)
	for _, b := range all {
		if b != nil {
			b.Release()
		}
	}
	for _, d := range children {
		d.Release()
	}
	c.n, c.any = 0, false
	return data
}

func (c *nulls) drop() {
	c.bits.free()
	c.n, c.any = 0, false
}

// fixedColumn copies values whose bytes are the same on both sides.
type fixedColumn struct {
	nulls
	width int
	data  buffer
}

func (c *fixedColumn) add(v vector, from, n int) {
	c.note(v, from, n)
	copy(c.data.extend(n*c.width), unsafe.Slice((*byte)(unsafe.Add(v.data, from*c.width)), n*c.width))
}

func (c *fixedColumn) size() int { return len(c.data.b) }

func (c *fixedColumn) weigh(_ vector, _, n int) int { return n * c.width }

func (c *fixedColumn) finish() arrow.ArrayData { return c.done([]*memory.Buffer{c.data.take()}, nil) }

func (c *fixedColumn) drop() {
	c.nulls.drop()
	c.data.free()
}

// decimalColumn widens DuckDB's 2, 4 or 8 byte decimals to 16.
type decimalColumn[T int16 | int32 | int64] struct {
	nulls
	data buffer
}

func (c *decimalColumn[T]) add(v vector, from, n int) {
	c.note(v, from, n)
	out := cells[[2]int64](c.data.extend(n * 16))
	for i, x := range rows[T](v, from+n)[from:] {
		out[i] = [2]int64{int64(x), int64(x) >> 63}
	}
}

func (c *decimalColumn[T]) size() int { return len(c.data.b) }

func (c *decimalColumn[T]) weigh(_ vector, _, n int) int { return n * 16 }

func (c *decimalColumn[T]) finish() arrow.ArrayData {
	return c.done([]*memory.Buffer{c.data.take()}, nil)
}

func (c *decimalColumn[T]) drop() {
	c.nulls.drop()
	c.data.free()
}

// boolColumn packs DuckDB's bytes into bits.
type boolColumn struct {
	nulls
	data buffer
}

func (c *boolColumn) add(v vector, from, n int) {
	at := c.n
	c.note(v, from, n)
	if need := (c.n + 7) / 8; need > len(c.data.b) {
		c.data.extend(need - len(c.data.b))
	}
	for i, x := range rows[byte](v, from+n)[from:] {
		bitutil.SetBitTo(c.data.b, at+i, x != 0)
	}
}

func (c *boolColumn) size() int { return len(c.data.b) }

func (c *boolColumn) weigh(_ vector, _, n int) int { return n / 8 }

func (c *boolColumn) finish() arrow.ArrayData { return c.done([]*memory.Buffer{c.data.take()}, nil) }

func (c *boolColumn) drop() {
	c.nulls.drop()
	c.data.free()
}

// textColumn gathers VARCHAR and BLOB: offsets and bytes.
type textColumn struct {
	nulls
	offsets, data buffer
}

func (c *textColumn) add(v vector, from, n int) {
	if len(c.offsets.b) == 0 {
		cells[int32](c.offsets.extend(4))[0] = 0
	}
	c.note(v, from, n)
	offsets := cells[int32](c.offsets.extend(n * 4))
	at := len(c.data.b)
	room := c.data.extend(c.weigh(v, from, n) - 4*n)
	values := rows[text](v, from+n)[from:]
	for i := range values {
		if !v.isNull(from + i) {
			size := copy(room, values[i].view())
			room = room[size:]
			at += size
		}
		offsets[i] = int32(at)
	}
}

func (c *textColumn) weigh(v vector, from, n int) int {
	bytes := 4 * n
	values := rows[text](v, from+n)[from:]
	for i := range values {
		if !v.isNull(from + i) {
			bytes += int(values[i].length)
		}
	}
	return bytes
}

func (c *textColumn) size() int { return len(c.offsets.b) + len(c.data.b) }

func (c *textColumn) finish() arrow.ArrayData {
	if len(c.offsets.b) == 0 {
		cells[int32](c.offsets.extend(4))[0] = 0
	}
	return c.done([]*memory.Buffer{c.offsets.take(), c.data.take()}, nil)
}

func (c *textColumn) drop() {
	c.nulls.drop()
	c.offsets.free()
	c.data.free()
}

// voidColumn is Spark's VOID: every value is NULL.
type voidColumn struct{ n int }

func (c *voidColumn) add(_ vector, _, n int)     { c.n += n }
func (c *voidColumn) rows() int                  { return c.n }
func (c *voidColumn) weigh(vector, int, int) int { return 0 }
func (c *voidColumn) size() int                  { return 0 }
func (c *voidColumn) drop()                      { c.n = 0 }
func (c *voidColumn) finish() arrow.ArrayData {
	data := array.NewData(arrow.Null, c.n, []*memory.Buffer{nil}, nil, c.n, 0)
	c.n = 0
	return data
}

// nullColumn is a column of NULLs to which DuckDB, which computed them beforehand, gives no type but INTEGER.
type nullColumn struct {
	voidColumn
	dt arrow.DataType
}

func (c *nullColumn) add(v vector, from, n int) {
	if n > 0 && (v.valid == nil || bitutil.CountSetBits(v.bits(from+n), from, n) > 0) {
		panic("DuckDB's type INTEGER for " + c.dt.String())
	}
	c.n += n
}

func (c *nullColumn) finish() arrow.ArrayData {
	all := array.MakeArrayOfNull(memory.DefaultAllocator, c.dt, c.n) // needs memory that is zero, which recycled memory is not
	defer all.Release()
	c.n = 0
	data := all.Data()
	data.Retain()
	return data
}

// calendarInterval is DuckDB's INTERVAL and Arrow's month-day-nano: microseconds become nanoseconds.
type calendarInterval struct {
	months, days int32
	fraction     int64
}

type intervalColumn struct {
	nulls
	data buffer
}

func (c *intervalColumn) add(v vector, from, n int) {
	c.note(v, from, n)
	out := cells[calendarInterval](c.data.extend(n * 16))
	for i, x := range rows[calendarInterval](v, from+n)[from:] {
		x.fraction *= 1000
		out[i] = x
	}
}

func (c *intervalColumn) size() int { return len(c.data.b) }

func (c *intervalColumn) weigh(_ vector, _, n int) int { return n * 16 }

func (c *intervalColumn) finish() arrow.ArrayData {
	return c.done([]*memory.Buffer{c.data.take()}, nil)
}

func (c *intervalColumn) drop() {
	c.nulls.drop()
	c.data.free()
}
