package textfile

// This file reads numbers as Java does.

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"shoal/plan"
)

// MaxPrecision is the most digits a decimal has.
const MaxPrecision = 38

// ParseInteger is Java's parseInt and parseLong: digits with a sign, nothing else.
func ParseInteger(text string, bits int) (int64, bool) {
	if text == "" || len(text) > 25 && strings.IndexByte(text, '_') >= 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, bits)
	return n, err == nil
}

var (
	decimalForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,9})?$`)
	// doubleForm is what Java's Double.parseDouble takes, spaces around trimmed.
	doubleForm = regexp.MustCompile(`^[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?|0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?\d+[fFdD]?)$`)
)

// ParseDecimal is java.math.BigDecimal: value = unscaled / 10^scale, scale may be negative.
func ParseDecimal(text string) (unscaled *big.Int, scale int, ok bool) {
	if !decimalForm.MatchString(text) {
		return nil, 0, false
	}
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, _ = strconv.Atoi(text[i+1:]) // the form bounds it
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	unscaled, ok = new(big.Int).SetString(whole+fraction, 10)
	return unscaled, len(fraction) - exponent, ok
}

// ParseDouble is Java's Double.parseDouble and, with 32 bits, Float.parseFloat.
func ParseDouble(text string, bits int) (float64, bool) {
	text = strings.Trim(text, blanks)
	if !plainNumber(text) {
		if !doubleForm.MatchString(text) {
			return 0, false
		}
		if n := len(text); n > 1 && !strings.ContainsAny(text, "NI") && strings.ContainsAny(text[n-1:], "fFdD") &&
			(strings.ContainsAny(text, "pP") || !strings.ContainsAny(text, "xX")) {
			text = text[:n-1]
		}
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil && f == 0 {
		return 0, false
	}
	return f, true // out of range is infinite
}

// plainNumber tells digits with at most one point, and a sign.
func plainNumber(s string) bool {
	digits, points := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case i > 0 || c != '-' && c != '+':
			return false
		}
	}
	return digits > 0 && points <= 1
}

// fitDecimal rounds half up to the type's scale; false if it has too many digits then.
func fitDecimal(unscaled *big.Int, scale int, t plan.Decimal) (decimal128.Num, bool) {
	n := new(big.Int).Set(unscaled)
	switch shift := t.Scale - scale; {
	case shift > MaxPrecision && n.Sign() != 0:
		return decimal128.Num{}, false
	case shift > 0 && n.Sign() != 0:
		n.Mul(n, power10(shift))
	case shift < 0 && -shift > len(n.String())+1:
		n.SetInt64(0)
	case shift < 0:
		n = divideHalfUp(n, power10(-shift))
	}
	if len(new(big.Int).Abs(n).String()) > t.Precision {
		return decimal128.Num{}, false
	}
	return decimal128.FromBigInt(n), true
}

func divideHalfUp(n, by *big.Int) *big.Int {
	quotient, rest := new(big.Int).QuoRem(n, by, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(by) >= 0 {
		quotient.Add(quotient, big.NewInt(int64(n.Sign())))
	}
	return quotient
}

func power10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }
