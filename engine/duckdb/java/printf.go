package java

// This file formats values as java.util.Formatter does, for the values Spark hands it.

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Argument is a value for Printf: nil, bool, Whole, float64, or string. Opaque values can only
// be printed as text.
type Argument any

// Whole is an integer of so many bits.
type Whole struct {
	Value int64
	Bits  int
}

// Opaque is a value that is neither number nor text to Java: a decimal, a date.
type Opaque string

// PrintfError is a format that Java would not take.
type PrintfError string

func (e PrintfError) Error() string { return string(e) }

// ErrPrintfUnknown is a format that Java takes and we do not.
type ErrPrintfUnknown string

func (e ErrPrintfUnknown) Error() string { return "the format " + string(e) }

// directive is one %...x of a format.
type directive struct {
	index     int // 0: the next argument, -1: the last one used
	flags     string
	width     int // -1: none
	precision int // -1: none
	verb      byte
	text      string
}

func (d *directive) has(flag byte) bool { return strings.IndexByte(d.flags, flag) >= 0 }

// maxPrinted is the widest a value is printed: wider ones would not fit the memory, with many rows.
const maxPrinted = 1 << 20

// Printf formats values. The error is a PrintfError, or ErrPrintfUnknown.
func Printf(b []byte, format string, args []Argument) ([]byte, error) {
	next, last := 0, -1
	for {
		i := strings.IndexByte(format, '%')
		if i < 0 {
			return append(b, format...), nil
		}
		b = append(b, format[:i]...)
		d, rest, err := parseDirective(format[i:])
		if err != nil {
			return b, err
		}
		format = rest
		switch d.verb {
		case 'n':
			b = append(b, '\n')
			continue
		case '%':
			b = d.pad(b, []byte("%"))
			continue
		}
		switch {
		case d.index > 0:
			last = d.index - 1
		case d.index == 0:
			last = next
			next++
		}
		if last < 0 || last >= len(args) {
			return b, PrintfError("Format specifier '" + d.text + "'")
		}
		if b, err = d.print(b, args[last]); err != nil {
			return b, err
		}
	}
}

func parseDirective(s string) (d directive, rest string, err error) {
	d = directive{width: -1, precision: -1}
	p := scanner{s: s, i: 1}
	if n, count := p.digits(); count > 0 && p.take("$") && s[1] != '0' {
		d.index = n
	} else {
		p.i = 1
	}
	for p.i < len(s) && strings.IndexByte("-#+ 0,(<", s[p.i]) >= 0 {
		if s[p.i] == '<' {
			d.index = -1
		} else {
			d.flags += s[p.i : p.i+1]
		}
		p.i++
	}
	if n, count := p.digits(); count > 0 {
		d.width = n
	}
	if p.take(".") {
		n, count := p.digits()
		if count == 0 {
			return d, "", PrintfError("Conversion = '.'")
		}
		d.precision = n
	}
	if p.end() {
		return d, "", PrintfError("Conversion = '%'")
	}
	d.verb = s[p.i]
	d.text = s[:p.i+1]
	if d.width > maxPrinted || d.precision > maxPrinted {
		return d, "", ErrPrintfUnknown(d.text)
	}
	for i := range len(d.flags) {
		if strings.IndexByte(d.flags[i+1:], d.flags[i]) >= 0 {
			return d, "", PrintfError("Flags = '" + d.flags[i:i+1] + "'")
		}
	}
	if (d.has('-') || d.has('0')) && d.width < 0 && d.verb != 'n' {
		return d, "", PrintfError(d.text)
	}
	if d.has('-') && d.has('0') || d.has('+') && d.has(' ') {
		return d, "", PrintfError("Flags = '" + d.flags + "'")
	}
	return d, s[p.i+1:], nil
}

// print writes one value.
func (d *directive) print(b []byte, arg Argument) ([]byte, error) {
	upper := d.verb >= 'A' && d.verb <= 'Z'
	text, err := d.value(arg)
	if err != nil {
		return b, err
	}
	if upper {
		text = []byte(Upper(string(text)))
	}
	return d.pad(b, text), nil
}

func (d *directive) pad(b, text []byte) []byte {
	fill := d.width - UTF16Length(string(text))
	if !d.has('-') {
		for ; fill > 0; fill-- {
			b = append(b, ' ')
		}
	}
	b = append(b, text...)
	for ; fill > 0; fill-- {
		b = append(b, ' ')
	}
	return b
}

func (d *directive) value(arg Argument) ([]byte, error) {
	switch d.verb | 0x20 {
	case 's':
		return d.general(show(arg), "#")
	case 'b':
		if x, is := arg.(bool); arg == nil || is && !x {
			return d.general("false", "")
		}
		return d.general("true", "")
	case 'c':
		return d.character(arg)
	case 'd', 'o', 'x':
		if d.verb == 'D' || d.verb == 'O' {
			break
		}
		return d.whole(arg)
	case 'e', 'f', 'g':
		if d.verb == 'F' {
			break
		}
		return d.floating(arg)
	case 'h', 'a', 't':
		return nil, ErrPrintfUnknown(d.text)
	}
	return nil, PrintfError("Conversion = '" + string(d.verb) + "'")
}

// show is a value as %s prints it.
func show(arg Argument) string {
	switch x := arg.(type) {
	case nil:
		return "null"
	case Whole:
		return strconv.FormatInt(x.Value, 10)
	case float64:
		return string(AppendDouble(nil, x))
	case float32:
		return string(AppendFloat(nil, x))
	default:
		return fmt.Sprint(x)
	}
}

// general is text, cut to the precision; only - and perhaps # may be among the flags.
func (d *directive) general(s, forbidden string) ([]byte, error) {
	if strings.Trim(d.flags, "-") != "" {
		return nil, PrintfError("Conversion = " + string(d.verb) + ", Flags = " + forbidden)
	}
	if d.precision >= 0 && d.precision < UTF16Length(s) {
		at, whole := UTF16Index(s, d.precision)
		if !whole {
			return nil, ErrPrintfUnknown(d.text + " of half a character")
		}
		s = s[:at]
	}
	return []byte(s), nil
}

func (d *directive) character(arg Argument) ([]byte, error) {
	if d.precision >= 0 || strings.Trim(d.flags, "-") != "" {
		return nil, PrintfError(d.text)
	}
	switch x := arg.(type) {
	case nil:
		return []byte("null"), nil
	case Whole:
		if x.Bits < 64 && x.Value >= 0 && x.Value <= 0x10ffff {
			return []byte(string(rune(x.Value))), nil
		}
	}
	return nil, d.mismatch(arg)
}

func (d *directive) mismatch(arg Argument) error {
	return PrintfError(fmt.Sprintf("%c != the type of %v", d.verb, show(arg)))
}

func (d *directive) whole(arg Argument) ([]byte, error) {
	if d.precision >= 0 {
		return nil, PrintfError(strconv.Itoa(d.precision))
	}
	if arg == nil {
		return []byte("null"), nil
	}
	x, ok := arg.(Whole)
	if !ok {
		return nil, d.mismatch(arg)
	}
	if d.verb != 'd' {
		if strings.ContainsAny(d.flags, "+ ,(") {
			return nil, PrintfError("Conversion = " + string(d.verb) + ", Flags = " + d.flags)
		}
		base, lead := 16, "0x"
		if d.verb == 'o' {
			base, lead = 8, "0"
		}
		digits := strconv.FormatUint(uint64(x.Value)&(1<<(x.Bits-1)<<1-1), base)
		if d.has('#') {
			digits = lead + digits
		}
		for d.has('0') && len(digits) < d.width {
			at := 0
			if d.has('#') {
				at = len(lead)
			}
			digits = digits[:at] + "0" + digits[at:]
		}
		return []byte(digits), nil
	}
	if d.has('#') {
		return nil, PrintfError("Conversion = d, Flags = #")
	}
	digits := strconv.FormatInt(x.Value, 10)
	digits, negative := strings.CutPrefix(digits, "-")
	return d.signed(negative, digits), nil
}

// signed writes a number with its sign, groups and zeros.
func (d *directive) signed(negative bool, digits string) []byte {
	whole, tail := digits, ""
	if i := strings.IndexAny(digits, ".e"); i >= 0 {
		whole, tail = digits[:i], digits[i:]
	}
	if d.has(',') {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + "," + whole[i:]
		}
	}
	before, after := "", ""
	switch {
	case negative && d.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case d.has('+'):
		before = "+"
	case d.has(' '):
		before = " "
	}
	for d.has('0') && len(before)+len(whole)+len(tail)+len(after) < d.width {
		whole = "0" + whole
	}
	return []byte(before + whole + tail + after)
}

func (d *directive) floating(arg Argument) ([]byte, error) {
	var x float64
	switch v := arg.(type) {
	case nil:
		return []byte("null")[:min(uint(d.precision), 4)], nil
	case float64:
		x = v
	case float32:
		x = float64(v)
	default:
		return nil, d.mismatch(arg)
	}
	verb := d.verb | 0x20
	if verb == 'e' && d.has(',') || verb == 'g' && d.has('#') {
		return nil, PrintfError("Conversion = " + string(d.verb) + ", Flags = " + d.flags)
	}
	text := string(AppendDouble(nil, x))
	text, negative := strings.CutPrefix(text, "-")
	if text == "NaN" || text == "Infinity" {
		plain := *d
		plain.flags = strings.NewReplacer("0", "", ",", "").Replace(d.flags)
		return plain.signed(negative && text != "NaN", text), nil
	}
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	digits, exponent := decimalOf(text)
	switch verb {
	case 'f':
		return d.signed(negative, plainDigits(digits, exponent, precision)), nil
	case 'e':
		return d.signed(negative, scientificDigits(digits, exponent, precision)), nil
	}
	precision = max(precision, 1)
	if x == 0 {
		return d.signed(negative, plainDigits("0", 0, precision-1)), nil
	}
	_, rounded := roundDigits(digits, exponent, precision)
	if rounded < -4 || rounded >= precision {
		return d.signed(negative, scientificDigits(digits, exponent, precision-1)), nil
	}
	return d.signed(negative, plainDigits(digits, exponent, precision-1-rounded)), nil
}

// decimalOf is the digits of Double.toString's text, and the first one's exponent.
func decimalOf(text string) (digits string, exponent int) {
	mantissa, e, _ := strings.Cut(text, "E")
	exponent, _ = strconv.Atoi(e)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits = whole + fraction
	exponent += len(whole) - 1
	for len(digits) > 1 && digits[0] == '0' {
		digits, exponent = digits[1:], exponent-1
	}
	if digits == "0" {
		exponent = 0
	}
	return digits, exponent
}

// roundDigits keeps n digits, rounded half up.
func roundDigits(digits string, exponent, n int) (string, int) {
	if n < 0 {
		return "", exponent
	}
	if n >= len(digits) {
		return digits, exponent
	}
	kept, up := []byte(digits[:n]), digits[n] >= '5'
	if up {
		kept = increment(kept)
		if len(kept) > n {
			return string(bytes.TrimRight(kept, "0")) + strings.Repeat("0", max(n-1, 0)), exponent + 1
		}
	}
	return string(kept), exponent
}

// plainDigits writes a number with so many digits after the point.
func plainDigits(digits string, exponent, after int) string {
	digits, exponent = roundDigits(digits, exponent, exponent+1+after)
	for ; exponent < 0; exponent++ {
		digits = "0" + digits
	}
	for len(digits) < exponent+1+after {
		digits += "0"
	}
	digits = digits[:exponent+1+after]
	if after == 0 {
		return digits
	}
	return digits[:exponent+1] + "." + digits[exponent+1:]
}

// scientificDigits writes d.ddde+dd.
func scientificDigits(digits string, exponent, after int) string {
	digits, exponent = roundDigits(digits, exponent, after+1)
	for len(digits) < after+1 {
		digits += "0"
	}
	out := digits[:1]
	if after > 0 {
		out += "." + digits[1:after+1]
	}
	sign := '+'
	if exponent < 0 {
		sign, exponent = '-', -exponent
	}
	return fmt.Sprintf("%se%c%02d", out, sign, exponent)
}
