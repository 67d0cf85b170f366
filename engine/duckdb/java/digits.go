package java

// This file finds the decimal digits that Double.toString and Float.toString of Java 17 write. They
// are not always the shortest that read back (JDK-4511638): the interval they stay in is narrower at powers of two,
// excludes a bound that rounding to even would include, and at least two digits are made where an exponent follows.

import (
	"math"
	"math/big"
	"math/bits"
)

// bitForm is a positive number taken apart: fraction has its highest bit at position 52, the value is fraction × 2^(exponent-52).
type bitForm struct {
	fraction    uint64
	exponent    int
	significant int // bits the format keeps of this number: fewer below the normal ones
}

func bitsOf(d float64, floatBits int) bitForm {
	exact := math.Float64bits(d)
	b := bitForm{exact&(1<<52-1) | 1<<52, int(exact>>52&0x7ff) - 1023, 53}
	if exact>>52&0x7ff == 0 { // below the normal ones
		shift := bits.LeadingZeros64(exact&(1<<52-1)) - 11
		b = bitForm{exact & (1<<52 - 1) << shift, -1022 - shift, 53 - shift}
	}
	if floatBits == 32 {
		b.significant = min(24, b.exponent+150)
	}
	return b
}

// shortest tells that Java writes the fewest digits that read back: of all numbers with a fraction but
// powers of two, and those that keep fewer bits than the format has. strconv finds them much faster.
func (b bitForm) shortest() bool {
	fractional := b.exponent < 0 || b.exponent < 52 && b.fraction<<(12+b.exponent) != 0
	return fractional && b.fraction != 1<<52 && b.significant >= 24 && b.exponent >= -1022
}

// appendDigits appends the digits of b without a point; exponent is that of the first.
func (b bitForm) appendDigits(room []byte) (digits []byte, exponent int) {
	tail := bits.TrailingZeros64(b.fraction)
	width := 53 - tail
	tiny := max(0, width-b.exponent-1)
	if tiny == 0 && b.exponent <= 62 && b.exponent >= -21 {
		return b.wholeDigits(room)
	}
	exponent = b.estimate()
	s := scales{fraction: b.fraction >> tail, value5: max(0, -exponent), unit5: max(0, exponent)}
	s.value2, s.unit2 = s.value5+tiny+b.exponent, s.unit5+tiny
	s.margin2 = s.value2 - b.significant
	s.value2 -= width - 1
	common := min(s.value2, s.unit2)
	s.shift(-common)
	if width == 1 { // the next smaller number is nearer than the next larger
		s.margin2--
	}
	if s.margin2 < 0 {
		s.shift(-s.margin2)
	}
	valueBits := width + s.value2 + fiveBits(s.value5)
	unitBits := s.unit2 + 1 + fiveBits(s.unit5+1)
	if valueBits < 64 && unitBits < 64 {
		return s.smallDigits(room, exponent)
	}
	return s.largeDigits(room, exponent)
}

// estimate is the decimal exponent, or one more.
func (b bitForm) estimate() int {
	mantissa := math.Float64frombits(1023<<52 | b.fraction&(1<<52-1))
	scaled := float64((mantissa - 1.5) * 0.289529654)
	return int(math.Floor(float64(scaled+0.176091259) + float64(float64(b.exponent)*0.301029995663981)))
}

// wholeDigits are those of a whole number below 2^63, without what lies below its precision.
func (b bitForm) wholeDigits(room []byte) ([]byte, int) {
	n := b.fraction
	if b.exponent >= 52 {
		n <<= b.exponent - 52
	} else {
		n >>= 52 - b.exponent
	}
	dropped, unit := 0, uint64(1)
	if p := b.exponent - b.significant - 1; p > 1 {
		for limit := uint64(1) << p; limit/unit >= 10; unit *= 10 {
			dropped++
		}
	}
	rest := n % unit
	if n /= unit; dropped > 0 && rest >= unit/2 {
		n++
	}
	for n%10 == 0 {
		n, dropped = n/10, dropped+1
	}
	var text [20]byte
	i := len(text)
	for ; n > 0; n /= 10 {
		i--
		text[i] = byte('0' + n%10)
	}
	return append(room, text[i:]...), len(text) - i - 1 + dropped
}

// scales hold three numbers, each a product of powers of two and five: value = fraction × 2^value2 ×
// 5^value5, unit = 2^unit2 × 5^unit5, margin = 2^margin2 × 5^value5.
type scales struct {
	fraction              uint64
	value2, value5        int
	unit2, unit5, margin2 int
}

func (s *scales) shift(n int) { s.value2, s.unit2, s.margin2 = s.value2+n, s.unit2+n, s.margin2+n }

// fiveBits is how many bits 5^n has; from 27 on Java takes an upper bound.
func fiveBits(n int) int {
	if n >= 27 {
		return 3 * n
	}
	if n == 0 {
		return 0
	}
	return bits.Len64(fives[n])
}

// fives are the powers of five that fit 64 bits.
var fives = func() (f [28]uint64) {
	f[0] = 1
	for i := 1; i < len(f); i++ {
		f[i] = f[i-1] * 5
	}
	return f
}()

// smallDigits computes in 64 bits.
func (s *scales) smallDigits(room []byte, exponent int) ([]byte, int) {
	value := int64(s.fraction*fives[s.value5]) << s.value2
	unit := int64(fives[s.unit5]) << s.unit2
	margin := int64(fives[s.value5]) << s.margin2
	ten := unit * 10
	digit := value / unit
	value, margin = 10*(value%unit), margin*10
	low, high := value < margin, value+margin > ten
	if digit == 0 && !high {
		exponent--
	} else {
		room = append(room, byte('0'+digit))
	}
	if exponent < -3 || exponent >= 8 {
		low, high = false, false
	}
	for !low && !high {
		digit = value / unit
		value, margin = 10*(value%unit), margin*10
		if margin > 0 {
			low, high = value < margin, value+margin > ten
		} else { // too large for 64 bits
			low, high = true, true
		}
		room = append(room, byte('0'+digit))
	}
	return rounded(room, exponent, low, high, value<<1-ten)
}

// largeDigits computes with as many bits as it takes.
func (s *scales) largeDigits(room []byte, exponent int) ([]byte, int) {
	value := product(new(big.Int).SetUint64(s.fraction), s.value5, s.value2)
	unit := product(big.NewInt(1), s.unit5, s.unit2)
	margin := product(big.NewInt(10), s.value5, s.margin2)
	ten := product(big.NewInt(10), s.unit5, s.unit2)
	base, digit, sum := big.NewInt(10), new(big.Int), new(big.Int)
	next := func() {
		digit.QuoRem(value, unit, value)
		value.Mul(value, base)
	}
	var low, high bool
	look := func() { low, high = value.Cmp(margin) < 0, ten.Cmp(sum.Add(value, margin)) <= 0 }
	next()
	look()
	if digit.Sign() == 0 && !high {
		exponent--
	} else {
		room = append(room, byte('0'+digit.Uint64()))
	}
	if exponent < -3 || exponent >= 8 {
		low, high = false, false
	}
	for !low && !high {
		next()
		margin.Mul(margin, base)
		look()
		room = append(room, byte('0'+digit.Uint64()))
	}
	return rounded(room, exponent, low, high, int64(value.Lsh(value, 1).Cmp(ten)))
}

func product(n *big.Int, five, two int) *big.Int {
	power := new(big.Int).Exp(big.NewInt(5), big.NewInt(int64(five)), nil)
	return n.Lsh(n.Mul(n, power), uint(two))
}

// rounded raises the last digit where that is nearer; beyond is the rest's distance from a half.
func rounded(digits []byte, exponent int, low, high bool, beyond int64) ([]byte, int) {
	last := len(digits) - 1
	if !high || low && (beyond < 0 || beyond == 0 && digits[last]&1 == 0) {
		return digits, exponent
	}
	for last > 0 && digits[last] == '9' {
		digits[last] = '0'
		last--
	}
	if digits[last] == '9' {
		digits[last] = '1'
		return digits, exponent + 1
	}
	digits[last]++
	return digits, exponent
}

// layout writes digits as Java does: with an exponent outside a thousandth to ten millions.
func layout(b []byte, negative bool, digits []byte, exponent int) []byte {
	if exponent < -3 || exponent >= 7 {
		return appendScientific(b, negative, digits, exponent)
	}
	if negative {
		b = append(b, '-')
	}
	if exponent < 0 {
		b = append(append(b, "0.00"[:1-exponent]...), digits...)
		return b
	}
	for i := range exponent + 1 {
		if i < len(digits) {
			b = append(b, digits[i])
		} else {
			b = append(b, '0')
		}
	}
	if b = append(b, '.'); len(digits) <= exponent+1 {
		return append(b, '0')
	}
	return append(b, digits[exponent+1:]...)
}
