// This file holds the JSON scanner: a cursor over one line that looks only at the fields asked for.

package eventlog

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
)

// A cursor reads one JSON value from left to right without building anything. It does not check
// what it skips beyond strings and brackets; a line it cannot follow makes it bad, and from then on
// it answers nothing, so that loops over it end.
type cursor struct {
	b   []byte
	i   int
	bad bool
}

// peek returns the next byte that is no white space, 0 at the end.
func (c *cursor) peek() byte {
	for c.i < len(c.b) {
		ch := c.b[c.i]
		if ch > ' ' {
			return ch
		}
		c.i++
	}
	return 0
}

func (c *cursor) fail() { c.bad, c.i = true, len(c.b) }

// take consumes the byte want.
func (c *cursor) take(want byte) bool {
	if c.peek() != want {
		c.fail()
		return false
	}
	c.i++
	return true
}

// object enters an object. A value of another kind is skipped and answers false.
func (c *cursor) object() bool { return c.enter('{') }

// array enters an array. A value of another kind is skipped and answers false.
func (c *cursor) array() bool { return c.enter('[') }

func (c *cursor) enter(open byte) bool {
	if c.peek() != open {
		c.skip()
		return false
	}
	c.i++
	return true
}

// key returns the next key of the object entered, or nil at its end, which it consumes.
// The caller reads or skips the value before it asks again.
func (c *cursor) key() []byte {
	switch c.peek() {
	case ',':
		c.i++
		if c.peek() != '"' {
			c.fail()
			return nil
		}
	case '}':
		c.i++
		return nil
	case '"':
	default:
		c.fail()
		return nil
	}
	k := c.rawString()
	if !c.take(':') {
		return nil
	}
	return k
}

// element says whether the array entered has one more element; at its end it consumes the bracket.
func (c *cursor) element() bool {
	switch c.peek() {
	case ']':
		c.i++
		return false
	case ',':
		c.i++
		return c.peek() != 0
	case 0:
		c.fail()
		return false
	}
	return true
}

// rawString returns the bytes between the quotes, escapes untouched. They are part of the line.
// A value that is no string is skipped and answers nil.
func (c *cursor) rawString() []byte {
	if c.peek() != '"' {
		c.skip()
		return nil
	}
	start := c.i + 1
	end := stringEnd(c.b, start)
	if end < 0 {
		c.fail()
		return nil
	}
	c.i = end + 1
	return c.b[start:end]
}

// text returns a string value with its escapes resolved.
func (c *cursor) text() string {
	raw := c.rawString()
	for _, ch := range raw {
		if ch == '\\' {
			return unescape(raw)
		}
	}
	return string(raw)
}

func unescape(raw []byte) string {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		return string(raw)
	}
	return s
}

// number returns an integer value; fractions are cut off, and what is no number answers 0.
func (c *cursor) number() int64 {
	ch := c.peek()
	negative := ch == '-'
	i := c.i
	if negative {
		i++
	}
	if i >= len(c.b) || c.b[i]-'0' > 9 {
		c.skip()
		return 0
	}
	var n uint64
	for ; i < len(c.b) && c.b[i]-'0' <= 9; i++ {
		if n > (1<<63-10)/10 {
			c.skip()
			return 0
		}
		n = n*10 + uint64(c.b[i]-'0')
	}
	if i < len(c.b) && (c.b[i] == '.' || c.b[i]|0x20 == 'e') {
		return c.real()
	}
	c.i = i
	if negative {
		return -int64(n)
	}
	return int64(n)
}

// Bounds of what a log may say: a time before 2109, and a petabyte or thirteen days in nanoseconds.
// Beyond them a value is damaged and counts as 0, so that sums of damaged logs stay meaningful.
const (
	maxTime   = 1 << 42
	maxAmount = 1 << 50
)

// time returns milliseconds since 1970.
func (c *cursor) time() int64 { return c.upTo(maxTime) }

// amount returns a size, a duration or a count.
func (c *cursor) amount() int64 { return c.upTo(maxAmount) }

func (c *cursor) upTo(most int64) int64 {
	if n := c.number(); n >= 0 && n <= most {
		return n
	}
	return 0
}

// real reads a number written with a point or an exponent.
func (c *cursor) real() int64 {
	start := c.i
	c.skip()
	var f float64
	if json.Unmarshal(c.b[start:c.i], &f) != nil || f > 1<<62 || f < -(1<<62) {
		return 0
	}
	return int64(f)
}

// truth returns a boolean value.
func (c *cursor) truth() bool {
	yes := c.peek() == 't'
	c.skip()
	return yes
}

// skip passes over one value of any kind.
func (c *cursor) skip() {
	switch ch := c.peek(); ch {
	case '{', '[':
		c.i = groupEnd(c.b, c.i+1)
	case '"':
		c.i = stringEnd(c.b, c.i+1)
		if c.i >= 0 {
			c.i++
		}
	case 0, '}', ']', ',', ':':
		c.fail()
	default:
		for c.i < len(c.b) && isScalar(c.b[c.i]) {
			c.i++
		}
	}
	if c.i < 0 {
		c.fail()
	}
}

func isScalar(ch byte) bool {
	return ch != ',' && ch != '}' && ch != ']' && ch > ' ' && ch != '"'
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// has marks with its high bit each byte of w that is zero. Only the lowest mark is sure.
func has(w uint64) uint64 { return (w - ones) &^ w & highs }

// stringEnd returns the index of the quote that ends the string whose first byte is at i, or -1.
func stringEnd(b []byte, i int) int {
	for {
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			if m := has(w^ones*'"') | has(w^ones*'\\'); m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		for ; i < len(b); i++ {
			if b[i] == '"' {
				return i
			}
			if b[i] == '\\' {
				break
			}
		}
		if i+1 >= len(b) {
			return -1
		}
		i += 2 // the backslash and what it escapes
	}
}

// groupEnd returns the index after the bracket that closes the group whose inside begins at i, or -1.
// Both kinds of bracket count alike: whether they match is left to those who read the value.
func groupEnd(b []byte, i int) int {
	depth := 1
	for i < len(b) {
		if i+8 <= len(b) {
			// '[' and '{', ']' and '}' differ in the bit 0x20 only.
			w := binary.LittleEndian.Uint64(b[i:])
			folded := w | ones*0x20
			m := has(w^ones*'"') | has(folded^ones*'{') | has(folded^ones*'}')
			if m == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(m) >> 3
		}
		switch b[i] {
		case '"':
			if i = stringEnd(b, i+1); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return -1
}
