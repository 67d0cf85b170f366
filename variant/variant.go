// Package variant is the binary form of VARIANT values: Parquet's Variant encoding, byte for byte as Spark writes it.
//
// A [Builder] makes values, [Parse] makes them of JSON; a [Value] is read in place. What SQL makes of
// them (functions, casts to columns) is for others.
package variant

import (
	"encoding/binary"
	"errors"
	"math"
	"math/big"
)

// Value is one variant: its bytes, and the dictionary of the names in them.
type Value struct{ Bytes, Meta []byte }

// ErrMalformed is bytes that are no variant.
var ErrMalformed = errors.New("malformed variant")

// Kind is what a value holds. Integers of any width are Long.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Boolean
	Long
	Double
	Decimal
	Date
	Timestamp
	TimestampNTZ
	Float
	Binary
	String
	Object
	Array
)

// Basic types: the lowest two bits of a value's first byte.
const (
	basicPrimitive = iota
	basicShortString
	basicObject
	basicArray
)

// Primitive types: the other six bits of a primitive's first byte.
const (
	primNull = iota
	primTrue
	primFalse
	primInt8
	primInt16
	primInt32
	primInt64
	primDouble
	primDecimal4
	primDecimal8
	primDecimal16
	primDate
	primTimestamp
	primTimestampNTZ
	primFloat
	primBinary
	primLongString
)

// maxShortString is the longest string whose length stands in its first byte.
const maxShortString = 63

var primitiveKinds = [...]Kind{
	primNull: Null, primTrue: Boolean, primFalse: Boolean, primInt8: Long, primInt16: Long, primInt32: Long, primInt64: Long,
	primDouble: Double, primDecimal4: Decimal, primDecimal8: Decimal, primDecimal16: Decimal, primDate: Date,
	primTimestamp: Timestamp, primTimestampNTZ: TimestampNTZ, primFloat: Float, primBinary: Binary, primLongString: String,
}

// primitiveSizes are the bytes behind the first one.
var primitiveSizes = [...]int{
	primNull: 0, primTrue: 0, primFalse: 0, primInt8: 1, primInt16: 2, primInt32: 4, primInt64: 8,
	primDouble: 8, primDecimal4: 5, primDecimal8: 9, primDecimal16: 17, primDate: 4,
	primTimestamp: 8, primTimestampNTZ: 8, primFloat: 4, primBinary: 4, primLongString: 4,
}

// header splits the first byte; a primitive has all its fixed bytes then.
func (v Value) header() (basic, rest int, err error) {
	if len(v.Bytes) == 0 {
		return 0, 0, ErrMalformed
	}
	basic, rest = int(v.Bytes[0]&3), int(v.Bytes[0]>>2)
	if basic == basicPrimitive && (rest >= len(primitiveSizes) || len(v.Bytes) < 1+primitiveSizes[rest]) {
		return 0, 0, ErrMalformed
	}
	return basic, rest, nil
}

// Kind says what the value holds.
func (v Value) Kind() (Kind, error) {
	basic, rest, err := v.header()
	switch {
	case err != nil:
		return Null, err
	case basic == basicShortString:
		return String, nil
	case basic == basicObject:
		return Object, nil
	case basic == basicArray:
		return Array, nil
	}
	return primitiveKinds[rest], nil
}

// Bool is a Boolean's value.
func (v Value) Bool() bool { return int(v.Bytes[0]>>2) == primTrue }

// Long is the value of a Long, a Date (days), a Timestamp or TimestampNTZ (microseconds).
func (v Value) Long() int64 {
	b := v.Bytes[1:]
	switch int(v.Bytes[0] >> 2) {
	case primInt8:
		return int64(int8(b[0]))
	case primInt16:
		return int64(int16(binary.LittleEndian.Uint16(b)))
	case primInt32, primDate:
		return int64(int32(binary.LittleEndian.Uint32(b)))
	}
	return int64(binary.LittleEndian.Uint64(b))
}

// Double is the value of a Double or a Float.
func (v Value) Double() float64 {
	if int(v.Bytes[0]>>2) == primFloat {
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(v.Bytes[1:])))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(v.Bytes[1:]))
}

// maxDecimal is the number of digits a Decimal may have.
const maxDecimal = 38

// Decimal is a Decimal's value without zeros at the end of its fraction.
func (v Value) Decimal() (unscaled *big.Int, scale int, err error) {
	unscaled, scale, err = v.written()
	ten, rest := big.NewInt(10), new(big.Int)
	for scale > 0 && err == nil {
		q, r := new(big.Int).QuoRem(unscaled, ten, rest)
		if r.Sign() != 0 {
			break
		}
		unscaled, scale = q, scale-1
	}
	return unscaled, scale, err
}

// written is a Decimal as it is encoded.
func (v Value) written() (unscaled *big.Int, scale int, err error) {
	scale = int(v.Bytes[1])
	b := v.Bytes[2 : 1+primitiveSizes[v.Bytes[0]>>2]]
	unscaled = fromLittle(b)
	if scale > maxDecimal || len(new(big.Int).Abs(unscaled).String()) > maxDecimal {
		return nil, 0, ErrMalformed
	}
	return unscaled, scale, nil
}

// fromLittle reads a two's complement number, its lowest byte first.
func fromLittle(b []byte) *big.Int {
	n := new(big.Int)
	for i := len(b) - 1; i >= 0; i-- {
		n.Lsh(n, 8).Or(n, big.NewInt(int64(b[i])))
	}
	if b[len(b)-1]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	return n
}

// Text is the bytes of a String or Binary, in place.
func (v Value) Text() ([]byte, error) {
	at, size := 1, int(v.Bytes[0]>>2)
	if v.Bytes[0]&3 != basicShortString {
		at, size = 5, int(binary.LittleEndian.Uint32(v.Bytes[1:]))
	}
	if size < 0 || size > len(v.Bytes)-at {
		return nil, ErrMalformed
	}
	return v.Bytes[at : at+size], nil
}

// name is an entry of the dictionary.
func (v Value) name(id int) (string, error) {
	if len(v.Meta) == 0 {
		return "", ErrMalformed
	}
	width := int(v.Meta[0]>>6) + 1
	count, ok := little(v.Meta, 1, width)
	if !ok || id >= count {
		return "", ErrMalformed
	}
	from, okFrom := little(v.Meta, 1+width*(1+id), width)
	to, okTo := little(v.Meta, 1+width*(2+id), width)
	base := 1 + width*(2+count)
	if !okFrom || !okTo || from > to || base+to > len(v.Meta) {
		return "", ErrMalformed
	}
	return string(v.Meta[base+from : base+to]), nil
}

// little reads an unsigned number of width bytes.
func little(b []byte, at, width int) (int, bool) {
	if at < 0 || at+width > len(b) {
		return 0, false
	}
	n := 0
	for i := width - 1; i >= 0; i-- {
		n = n<<8 | int(b[at+i])
	}
	return n, true
}
