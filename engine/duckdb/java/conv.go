package java

// This file changes the base of whole numbers, as Hive's conv does.

import (
	"math/bits"
	"strconv"
	"strings"
)

// ConvResult says how Conv went.
type ConvResult uint8

// The outcomes of Conv: a number; none because of the text or bases; more than 64 bits, for which
// the text is the greatest number.
const (
	ConvOK ConvResult = iota
	ConvNone
	ConvOverflow
)

// Conv reads digits of a base, as far as there are any, and writes the number in another base:
// unsigned, or signed for a negative base.
func Conv(s string, from, to int) (string, ConvResult) {
	width := max(to, -to)
	if s == "" || from < 2 || from > 36 || width < 2 || width > 36 {
		return "", ConvNone
	}
	digits, negative := strings.CutPrefix(s, "-")
	v, how := readDigits(digits, uint64(from))
	if negative && to > 0 {
		if int64(v) < 0 {
			v = ^uint64(0)
		} else {
			v = -v
		}
	}
	if to < 0 && int64(v) < 0 {
		v, negative = -v, true
	}
	out := strings.ToUpper(strconv.FormatUint(v, width))
	if negative && to < 0 {
		out = "-" + out
	}
	return out, how
}

func readDigits(s string, base uint64) (v uint64, how ConvResult) {
	for k := range len(s) {
		d, ok := digitValue(s[k])
		if !ok || d >= base {
			break
		}
		high, low := bits.Mul64(v, base)
		sum, carry := bits.Add64(low, d, 0)
		if high != 0 || carry != 0 {
			return ^uint64(0), ConvOverflow
		}
		v = sum
	}
	return v, ConvOK
}

func digitValue(b byte) (uint64, bool) {
	switch {
	case b >= '0' && b <= '9':
		return uint64(b - '0'), true
	case b|0x20 >= 'a' && b|0x20 <= 'z':
		return uint64(b|0x20-'a') + 10, true
	}
	return 0, false
}
