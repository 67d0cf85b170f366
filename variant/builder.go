package variant

// This file writes values.

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// ErrTooLarge is a value above [MaxSize].
var ErrTooLarge = errors.New("a variant larger than 16 MiB")

// ErrDuplicate is an object with two fields of one name.
var ErrDuplicate = errors.New("an object with two fields of one name")

// MaxSize bounds a value's bytes, and those of its dictionary.
const MaxSize = 1 << 24

// maxDepth bounds nesting when values are read that somebody else wrote.
const maxDepth = 1000

// Builder writes one value. Between Begin and End of an object or array stand its parts.
type Builder struct {
	// Duplicates lets the last of several fields of one name win.
	Duplicates bool

	bytes []byte
	names []string
	ids   map[string]int
}

// Parts are the fields of an object, or the elements of an array, while they are written.
type Parts struct {
	start  int
	fields []part
}

type part struct {
	name string
	id   int
	at   int
}

// Reset forgets everything but the memory.
func (b *Builder) Reset() {
	b.bytes, b.names = b.bytes[:0], b.names[:0]
	clear(b.ids)
}

func (b *Builder) primitive(kind int) { b.bytes = append(b.bytes, byte(kind<<2)) }

// Null writes the variant's own null, which is not SQL's.
func (b *Builder) Null() { b.primitive(primNull) }

// Bool writes a Boolean.
func (b *Builder) Bool(x bool) {
	if x {
		b.primitive(primTrue)
		return
	}
	b.primitive(primFalse)
}

// Long writes an integer in as few bytes as hold it.
func (b *Builder) Long(n int64) {
	switch {
	case n == int64(int8(n)):
		b.bytes = append(b.bytes, primInt8<<2, byte(n))
	case n == int64(int16(n)):
		b.primitive(primInt16)
		b.bytes = binary.LittleEndian.AppendUint16(b.bytes, uint16(n))
	case n == int64(int32(n)):
		b.int32(primInt32, n)
	default:
		b.int64(primInt64, n)
	}
}

func (b *Builder) int32(kind int, n int64) {
	b.primitive(kind)
	b.bytes = binary.LittleEndian.AppendUint32(b.bytes, uint32(n))
}

func (b *Builder) int64(kind int, n int64) {
	b.primitive(kind)
	b.bytes = binary.LittleEndian.AppendUint64(b.bytes, uint64(n))
}

// Date writes a day, Timestamp an instant, TimestampNTZ a wall clock's reading.
func (b *Builder) Date(days int64)           { b.int32(primDate, days) }
func (b *Builder) Timestamp(micros int64)    { b.int64(primTimestamp, micros) }
func (b *Builder) TimestampNTZ(micros int64) { b.int64(primTimestampNTZ, micros) }

// Double writes a double, Float a float: Java has one NaN of each.
func (b *Builder) Double(f float64) {
	bits := math.Float64bits(f)
	if math.IsNaN(f) {
		bits = 0x7ff8 << 48
	}
	b.int64(primDouble, int64(bits))
}

func (b *Builder) Float(f float32) {
	bits := math.Float32bits(f)
	if math.IsNaN(float64(f)) {
		bits = 0x7fc0 << 16
	}
	b.int32(primFloat, int64(bits))
}

// Decimal writes unscaled / 10^scale, which has 38 digits at most.
func (b *Builder) Decimal(unscaled *big.Int, scale int) {
	digits := max(len(new(big.Int).Abs(unscaled).String()), scale)
	switch {
	case digits <= 9:
		b.bytes = append(b.bytes, primDecimal4<<2, byte(scale))
		b.bytes = binary.LittleEndian.AppendUint32(b.bytes, uint32(unscaled.Int64()))
	case digits <= 18:
		b.bytes = append(b.bytes, primDecimal8<<2, byte(scale))
		b.bytes = binary.LittleEndian.AppendUint64(b.bytes, uint64(unscaled.Int64()))
	default:
		b.bytes = append(b.bytes, primDecimal16<<2, byte(scale))
		n := new(big.Int).Set(unscaled)
		if n.Sign() < 0 {
			n.Add(n, new(big.Int).Lsh(big.NewInt(1), 128))
		}
		big := n.FillBytes(make([]byte, 16))
		slices.Reverse(big)
		b.bytes = append(b.bytes, big...)
	}
}

// String writes a text.
func (b *Builder) String(s string) {
	if len(s) <= maxShortString {
		b.bytes = append(b.bytes, byte(len(s)<<2|basicShortString))
	} else {
		b.int32(primLongString, int64(len(s)))
	}
	b.bytes = append(b.bytes, s...)
}

// Binary writes bytes.
func (b *Builder) Binary(s []byte) {
	b.int32(primBinary, int64(len(s)))
	b.bytes = append(b.bytes, s...)
}

// Begin starts an object or array.
func (b *Builder) Begin() Parts { return Parts{start: len(b.bytes)} }

// Field says that the next value is an object's field.
func (b *Builder) Field(p *Parts, name string) {
	id, ok := b.ids[name]
	if !ok {
		if b.ids == nil {
			b.ids = map[string]int{}
		}
		id = len(b.names)
		b.ids[name] = id
		b.names = append(b.names, name)
	}
	p.fields = append(p.fields, part{name, id, len(b.bytes) - p.start})
}

// Element says that the next value is an array's element.
func (b *Builder) Element(p *Parts) { p.fields = append(p.fields, part{at: len(b.bytes) - p.start}) }

// EndArray closes an array.
func (b *Builder) EndArray(p Parts) {
	size := len(b.bytes) - p.start
	width := widthOf(size)
	large := large(len(p.fields))
	head := append(make([]byte, 0, 16), byte(basicArray|(width-1)<<2|large<<4))
	head = appendLittle(head, len(p.fields), 1+3*large)
	for _, f := range p.fields {
		head = appendLittle(head, f.at, width)
	}
	b.bytes = slices.Insert(b.bytes, p.start, appendLittle(head, size, width)...)
}

// EndObject closes an object: its fields are sorted, the values stay where they are.
func (b *Builder) EndObject(p Parts) error {
	slices.SortStableFunc(p.fields, func(x, y part) int { return compareJava(x.name, y.name) })
	for i := 1; i < len(p.fields); i++ {
		if p.fields[i-1].id == p.fields[i].id {
			if !b.Duplicates {
				return ErrDuplicate
			}
			p.fields = b.withoutDuplicates(p)
			break
		}
	}
	size := len(b.bytes) - p.start
	maxID := 0
	for _, f := range p.fields {
		maxID = max(maxID, f.id)
	}
	width, idWidth, large := widthOf(size), widthOf(maxID), large(len(p.fields))
	head := append(make([]byte, 0, 16), byte(basicObject|(width-1)<<2|(idWidth-1)<<4|large<<6))
	head = appendLittle(head, len(p.fields), 1+3*large)
	for _, f := range p.fields {
		head = appendLittle(head, f.id, idWidth)
	}
	for _, f := range p.fields {
		head = appendLittle(head, f.at, width)
	}
	b.bytes = slices.Insert(b.bytes, p.start, appendLittle(head, size, width)...)
	return nil
}

// withoutDuplicates keeps the last of the fields of one name, in the place of the first: the values that
// are left close up, in the order of their fields' first places.
func (b *Builder) withoutDuplicates(p Parts) []part {
	data := slices.Clone(b.bytes[p.start:])
	kept := []part{}
	for _, f := range p.fields {
		if n := len(kept); n > 0 && kept[n-1].id == f.id {
			kept[n-1].at = max(kept[n-1].at, f.at)
			continue
		}
		kept = append(kept, f)
	}
	order := make([]int, len(kept))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return kept[x].at - kept[y].at })
	b.bytes = b.bytes[:p.start]
	for _, i := range order {
		v := Value{Bytes: data[kept[i].at:]}
		size, _ := v.size() // it was just written
		kept[i].at = len(b.bytes) - p.start
		b.bytes = append(b.bytes, v.Bytes[:size]...)
	}
	return kept
}

// Value writes another value again, with the names it needs.
func (b *Builder) Value(v Value) error { return b.value(v, 0) }

func (b *Builder) value(v Value, depth int) error {
	kind, err := v.Kind()
	if err != nil {
		return err
	}
	if kind != Object && kind != Array {
		size, err := v.size()
		if err == nil {
			b.bytes = append(b.bytes, v.Bytes[:size]...)
		}
		return err
	}
	n, err := v.Open()
	if err != nil || depth > maxDepth {
		return errors.Join(ErrMalformed, err)
	}
	p := b.Begin()
	err = n.Each(func(_ int, name string, part Value) error {
		if kind == Object {
			b.Field(&p, name)
		} else {
			b.Element(&p)
		}
		return b.value(part, depth+1)
	})
	if err != nil {
		return err
	}
	if kind == Object {
		return b.EndObject(p)
	}
	b.EndArray(p)
	return nil
}

// Result is the value written; its bytes are the builder's until Reset.
func (b *Builder) Result() (Value, error) {
	text := 0
	for _, s := range b.names {
		text += len(s)
	}
	if len(b.bytes) > MaxSize || text > MaxSize {
		return Value{}, ErrTooLarge
	}
	width := widthOf(max(text, len(b.names)))
	meta := append(make([]byte, 0, 1+width*(2+len(b.names))+text), byte(1|(width-1)<<6))
	meta = appendLittle(meta, len(b.names), width)
	at := 0
	for _, s := range b.names {
		meta = appendLittle(meta, at, width)
		at += len(s)
	}
	meta = appendLittle(meta, at, width)
	for _, s := range b.names {
		meta = append(meta, s...)
	}
	return Value{b.bytes, meta}, nil
}

func large(n int) int {
	if n > math.MaxUint8 {
		return 1
	}
	return 0
}

// widthOf is how many bytes a number takes.
func widthOf(n int) int {
	width := 1
	for ; n > math.MaxUint8; n >>= 8 {
		width++
	}
	return width
}

func appendLittle(b []byte, n, width int) []byte {
	for range width {
		b = append(b, byte(n))
		n >>= 8
	}
	return b
}

// compareJava orders texts by UTF-16's units.
func compareJava(a, b string) int {
	for len(a) > 0 && len(b) > 0 {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if x != y {
			return firstUnit(x, y)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

func firstUnit(x, y rune) int {
	if (x > 0xFFFF) == (y > 0xFFFF) {
		return int(x) - int(y)
	}
	unit := func(r rune) int {
		if r > 0xFFFF {
			high, _ := utf16.EncodeRune(r)
			return int(high)
		}
		return int(r)
	}
	return unit(x) - unit(y)
}
