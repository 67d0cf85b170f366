package java

// This file reads and writes numbers as Java does, and as Spark's casts of strings do.

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// AppendDouble writes a double as Double.toString of Java 17 does.
func AppendDouble(b []byte, d float64) []byte { return appendFloat(b, d, 64) }

// AppendFloat writes a float as Float.toString of Java 17 does.
func AppendFloat(b []byte, f float32) []byte { return appendFloat(b, float64(f), 32) }

func appendFloat(b []byte, d float64, bits int) []byte {
	switch {
	case math.IsNaN(d):
		return append(b, "NaN"...)
	case math.IsInf(d, 1):
		return append(b, "Infinity"...)
	case math.IsInf(d, -1):
		return append(b, "-Infinity"...)
	case d == 0:
		if math.Signbit(d) {
			b = append(b, '-')
		}
		return append(b, "0.0"...)
	}
	var room [32]byte
	form := bitsOf(math.Abs(d), bits)
	if !form.shortest() {
		digits, exponent := form.appendDigits(room[:0])
		return layout(b, d < 0, digits, exponent)
	}
	if a := math.Abs(d); a >= 1e-3 && a < 1e7 {
		return strconv.AppendFloat(b, d, 'f', -1, bits)
	}
	text := strconv.AppendFloat(room[:0], math.Abs(d), 'e', -1, bits) // 1.5e-07
	e := bytes.IndexByte(text, 'e')
	exponent, _ := strconv.Atoi(string(text[e+1:]))
	digits := append(text[:1], text[min(2, e):e]...)
	return appendScientific(b, d < 0, digits, exponent)
}

// appendScientific writes d.dddEn.
func appendScientific(b []byte, negative bool, digits []byte, exponent int) []byte {
	if negative {
		b = append(b, '-')
	}
	b = append(b, digits[0], '.')
	if len(digits) == 1 {
		b = append(b, '0')
	}
	b = append(b, digits[1:]...)
	return strconv.AppendInt(append(b, 'E'), int64(exponent), 10)
}

// TrimAll cuts white space and control characters (ASCII ones) off both ends.
func TrimAll(s string) string {
	for len(s) > 0 && blank(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && blank(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func blank(c byte) bool { return c <= ' ' || c == 0x7f }

// ParseLong reads an integer; a fraction is cut off if allowed, else wrong.
func ParseLong(s string, fraction bool) (n int64, ok bool) {
	s = TrimAll(s)
	if s == "" {
		return 0, false
	}
	negative := s[0] == '-'
	if negative || s[0] == '+' {
		if s = s[1:]; s == "" {
			return 0, false
		}
	}
	for i := range len(s) { // negative, for the range is larger there
		c := s[i]
		if c == '.' && fraction {
			if !allDigits(s[i+1:]) {
				return 0, false
			}
			break
		}
		if c < '0' || c > '9' || n < math.MinInt64/10 {
			return 0, false
		}
		if n = n*10 - int64(c-'0'); n > 0 {
			return 0, false
		}
	}
	if negative {
		return n, true
	}
	return -n, n != math.MinInt64
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// ParseDouble reads what Double.parseDouble takes, and Spark's names for what is no number.
// bits is 64 or, for a float, 32.
func ParseDouble(s string, bits int) (float64, bool) {
	t := strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
	if f, ok := plainDouble(t, bits); ok {
		return f, true
	}
	switch strings.ToLower(t) {
	case "inf", "+inf", "infinity", "+infinity":
		return math.Inf(1), true
	case "-inf", "-infinity":
		return math.Inf(-1), true
	case "nan":
		return math.NaN(), true
	}
	return 0, false
}

func plainDouble(s string, bits int) (float64, bool) {
	if s == "" {
		return 0, false
	}
	switch s {
	case "NaN", "+NaN", "-NaN":
		return math.NaN(), true
	}
	body := s
	if body[0] == '+' || body[0] == '-' {
		body = body[1:]
	}
	hex := strings.HasPrefix(body, "0x") || strings.HasPrefix(body, "0X")
	if n := len(s); n > 1 && strings.ContainsRune("dDfF", rune(s[n-1])) && (!hex || strings.ContainsAny(s, "pP")) {
		s, body = s[:n-1], body[:len(body)-1] // Java's suffixes
	}
	if body == "" || body[0] != '.' && (body[0] < '0' || body[0] > '9') || strings.ContainsRune(body, '_') {
		return 0, false // strconv takes inf, nan and 1_000
	}
	if hex && !strings.ContainsAny(s, "pP") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, bits)
	if err != nil && err.(*strconv.NumError).Err != strconv.ErrRange {
		return 0, false
	}
	return f, true
}

// ParseBool reads Spark's words for true and false.
func ParseBool(s string) (value, ok bool) {
	switch strings.ToLower(TrimAll(s)) {
	case "t", "true", "y", "yes", "1":
		return true, true
	case "f", "false", "n", "no", "0":
		return false, true
	}
	return false, false
}

// DecimalResult says how reading a decimal went.
type DecimalResult int

// DecimalMalformed is no number; DecimalTooLarge does not fit the type, DecimalBeyond fits none.
const (
	DecimalOK DecimalResult = iota
	DecimalMalformed
	DecimalTooLarge
	DecimalBeyond
)

// AppendDecimal reads a decimal number and appends it with scale digits after the point, rounded
// half up.
func AppendDecimal(b []byte, s string, precision, scale int) ([]byte, DecimalResult) {
	negative, digits, point, ok := splitNumber(TrimAll(s))
	if !ok {
		return b, DecimalMalformed
	}
	for len(digits) > 0 && digits[0] == '0' {
		digits, point = digits[1:], point-1
	}
	if len(digits) == 0 {
		point = 0
	}
	if point > 38 {
		return b, DecimalBeyond
	}
	// Keep the digits before position point+scale; the next one decides the rounding.
	keep := point + scale
	up := keep >= 0 && keep < len(digits) && digits[keep] >= '5'
	kept := make([]byte, 0, 80)
	for i := range max(keep, 0) {
		c := byte('0')
		if i < len(digits) {
			c = digits[i]
		}
		kept = append(kept, c)
	}
	if up {
		kept = increment(kept)
	}
	if len(kept) > precision {
		return b, DecimalTooLarge
	}
	for len(kept) <= scale {
		kept = append([]byte{'0'}, kept...)
	}
	if negative {
		b = append(b, '-')
	}
	b = append(b, kept[:len(kept)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), kept[len(kept)-scale:]...)
	}
	return b, DecimalOK
}

// increment adds one to a number in digits.
func increment(d []byte) []byte {
	for i := len(d) - 1; i >= 0; i-- {
		if d[i] != '9' {
			d[i]++
			return d
		}
		d[i] = '0'
	}
	return append([]byte{'1'}, d...)
}

// splitNumber takes a number apart: its digits, and how many of them stand before the point.
func splitNumber(s string) (negative bool, digits []byte, point int, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative, s = s[0] == '-', s[1:]
	}
	mantissa, exponent, scientific := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent, scientific = s[:i], s[i+1:], true
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole == "" && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return false, nil, 0, false
	}
	shift := 0
	if scientific {
		n, err := strconv.ParseInt(exponent, 10, 32)
		if err != nil {
			return false, nil, 0, false
		}
		shift = int(n)
	}
	return negative, []byte(whole + fraction), len(whole) + shift, true
}
