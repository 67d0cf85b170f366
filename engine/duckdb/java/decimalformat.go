package java

// This file groups and rounds numbers as java.text.DecimalFormat does.

import (
	"math"
	"strconv"
	"strings"
)

// A DecimalFormat is how to write numbers: the part of DecimalFormat's patterns that has no
// exponent, no quotes and no form of its own for negative numbers.
type DecimalFormat struct {
	prefix, suffix   string
	minInt           int
	minFrac, maxFrac int
	group            int // digits in a group, 0: none
	shift            int // 2 for percent
}

// FixedFormat is #,##0.00 with so many digits after the point.
func FixedFormat(digits int) *DecimalFormat {
	return &DecimalFormat{minInt: 1, minFrac: digits, maxFrac: digits, group: 3}
}

// CompileDecimalFormat reads a pattern; ok is false for one it does not know.
func CompileDecimalFormat(pattern string) (f *DecimalFormat, ok bool) {
	f = &DecimalFormat{}
	start := strings.IndexAny(pattern, "#0,.")
	if start < 0 || strings.ContainsAny(pattern, "';E¤‰-+") {
		return nil, false
	}
	end := start
	for end < len(pattern) && strings.IndexByte("#0,.", pattern[end]) >= 0 {
		end++
	}
	f.prefix, f.suffix = pattern[:start], pattern[end:]
	if strings.ContainsAny(f.suffix, "#0,.") {
		return nil, false
	}
	if strings.Contains(f.prefix+f.suffix, "%") {
		f.shift = 2
	}
	whole, fraction, point := strings.Cut(pattern[start:end], ".")
	if strings.ContainsAny(fraction, ",.") || strings.HasSuffix(whole, ",") ||
		strings.Contains(whole, "0#") || strings.Contains(fraction, "#0") || whole+fraction == "" {
		return nil, false
	}
	if comma := strings.LastIndexByte(whole, ','); comma >= 0 {
		f.group = len(whole) - comma - 1
	}
	f.minInt = strings.Count(whole, "0")
	f.minFrac, f.maxFrac = strings.Count(fraction, "0"), len(fraction)
	if point && f.minInt == 0 && f.minFrac == 0 && whole != "" {
		f.minInt = 1 // Java writes 0.5 for #.##
	}
	return f, true
}

// AppendDouble writes a double; what it rounds, it rounds half even on the exact value.
func (f *DecimalFormat) AppendDouble(b []byte, x float64) []byte {
	switch {
	case math.IsNaN(x):
		return append(b, "NaN"...)
	case math.IsInf(x, 0):
		if x < 0 {
			b = append(b, '-')
		}
		return append(append(append(b, f.prefix...), "∞"...), f.suffix...)
	}
	if f.shift > 0 {
		x *= 100
	}
	text := strconv.FormatFloat(math.Abs(x), 'f', -1, 64) // Java pads the shortest digits with zeros
	if _, fraction, _ := strings.Cut(text, "."); len(fraction) > f.maxFrac {
		text = strconv.FormatFloat(math.Abs(x), 'f', f.maxFrac, 64)
	}
	return f.append(b, math.Signbit(x), text)
}

// AppendDecimal writes a number given by its digits, rounded half even.
func (f *DecimalFormat) AppendDecimal(b []byte, number string) []byte {
	number, negative := strings.CutPrefix(number, "-")
	whole, fraction, _ := strings.Cut(number, ".")
	whole = "0" + whole // DuckDB writes .5
	for range f.shift {
		if fraction == "" {
			fraction = "0"
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	rest := ""
	if len(fraction) > f.maxFrac {
		fraction, rest = fraction[:f.maxFrac], fraction[f.maxFrac:]
	}
	digits := []byte(whole + fraction)
	if rest != "" && (rest[0] > '5' || rest[0] == '5' && (strings.Trim(rest[1:], "0") != "" || (digits[len(digits)-1]-'0')%2 == 1)) {
		digits = increment(digits)
	}
	at := len(digits) - len(fraction)
	return f.append(b, negative, string(digits[:at])+"."+string(digits[at:]))
}

// append writes the digits of a rounded number.
func (f *DecimalFormat) append(b []byte, negative bool, text string) []byte {
	whole, fraction, _ := strings.Cut(text, ".")
	whole = strings.TrimLeft(whole, "0")
	for len(whole) < f.minInt {
		whole = "0" + whole
	}
	for len(fraction) > f.minFrac && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	for len(fraction) < f.minFrac {
		fraction += "0"
	}
	if whole == "" && fraction == "" {
		whole = "0"
	}
	if negative {
		b = append(b, '-')
	}
	b = append(b, f.prefix...)
	for i := range len(whole) {
		if left := len(whole) - i; f.group > 0 && i > 0 && left%f.group == 0 {
			b = append(b, ',')
		}
		b = append(b, whole[i])
	}
	if fraction != "" {
		b = append(append(b, '.'), fraction...)
	}
	return append(b, f.suffix...)
}
