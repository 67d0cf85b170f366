package sparksql

import (
	"encoding/hex"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"shoal/plan"
)

// This file holds strings, numbers and binary literals.

// stringLit: (STRING_LITERAL | DOUBLEQUOTED_STRING)+, joined
func (p *parser) stringLiteral() string {
	if !p.kind().isString() {
		p.syntaxError("")
	}
	value := unquote(p.text())
	p.advance()
	if !p.kind().isString() {
		return value
	}
	var b strings.Builder
	b.WriteString(value)
	for p.kind().isString() {
		b.WriteString(unquote(p.text()))
		p.advance()
	}
	return b.String()
}

// unquote is the value of one string token: raw, or with backslash escapes and doubled quotes.
func unquote(text string) string {
	if text[0] == 'r' || text[0] == 'R' {
		return text[2 : len(text)-1]
	}
	quote, body := text[0], text[1:len(text)-1]
	if strings.IndexByte(body, '\\') < 0 && strings.IndexByte(body, quote) < 0 {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); i++ {
		switch {
		case body[i] == quote:
			i++
			b.WriteByte(quote)
		case body[i] == '\\' && i+1 < len(body):
			i += unescape(&b, body[i+1:])
		default:
			b.WriteByte(body[i])
		}
	}
	return b.String()
}

// unescape writes what a backslash before s means and returns how many bytes of s it took.
func unescape(b *strings.Builder, s string) int {
	switch c := s[0]; c {
	case 'u', 'U':
		n := 4
		if c == 'U' {
			n = 8
		}
		if len(s) > n {
			if code, err := strconv.ParseUint(s[1:1+n], 16, 32); err == nil {
				b.WriteRune(rune(code))
				return 1 + n
			}
		}
		b.WriteByte(c)
		return 1
	case '0', '1':
		if len(s) >= 3 && isOctal(s[1]) && isOctal(s[2]) {
			b.WriteByte((c-'0')<<6 | (s[1]-'0')<<3 | (s[2] - '0'))
			return 3
		}
		if c == '0' {
			b.WriteByte(0)
		} else {
			b.WriteByte(c)
		}
		return 1
	case 'b':
		b.WriteByte('\b')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'Z':
		b.WriteByte(0x1a)
	case '%', '_': // kept for LIKE
		b.WriteByte('\\')
		b.WriteByte(c)
	default:
		_, size := utf8.DecodeRuneInString(s)
		b.WriteString(s[:size])
		return size
	}
	return 1
}

func isOctal(c byte) bool { return '0' <= c && c <= '7' }

// number: MINUS? a numeric token
func (p *parser) number() plan.Expr {
	start := p.start()
	sign := ""
	if p.accept(tMinus) {
		sign = "-"
	}
	k, text := p.kind(), p.text()
	p.advance()
	l := &plan.Literal{Pos: p.pos(start)}
	switch k {
	case tInteger:
		p.integer(l, sign+text)
	case tBigint:
		l.Value, l.Type = p.ranged(start, sign, text[:len(text)-1], 64, "bigint"), plan.Long
	case tSmallint:
		l.Value, l.Type = int16(p.ranged(start, sign, text[:len(text)-1], 16, "smallint")), plan.Short
	case tTinyint:
		l.Value, l.Type = int8(p.ranged(start, sign, text[:len(text)-1], 8, "tinyint")), plan.Byte
	case tExponent:
		l.Value, l.Type = p.float(start, sign, text, math.MaxFloat64, "double"), plan.Double
	case tDouble:
		l.Value, l.Type = p.float(start, sign, text[:len(text)-1], math.MaxFloat64, "double"), plan.Double
	case tFloat:
		l.Value, l.Type = float32(p.float(start, sign, text[:len(text)-1], math.MaxFloat32, "float")), plan.Float
	case tBigDecimal:
		p.decimal(l, sign+text[:len(text)-2])
	default:
		p.decimal(l, sign+text)
	}
	return l
}

// integer gives l the smallest of INT, BIGINT and DECIMAL that holds the number.
func (p *parser) integer(l *plan.Literal, text string) {
	v, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		p.decimal(l, text)
	case v == int64(int32(v)):
		l.Value, l.Type = int32(v), plan.Int
	default:
		l.Value, l.Type = v, plan.Long
	}
}

func (p *parser) ranged(start int, sign, digits string, bits int, typeName string) int64 {
	v, err := strconv.ParseInt(sign+digits, 10, bits)
	if err != nil {
		least := int64(-1) << (bits - 1)
		p.reject(start, "INVALID_NUMERIC_LITERAL_RANGE", "rawStrippedQualifier", sign+digits, "typeName", typeName,
			"minValue", strconv.FormatInt(least, 10), "maxValue", strconv.FormatInt(-(least+1), 10))
	}
	return v
}

func (p *parser) float(start int, sign, text string, limit float64, typeName string) float64 {
	v, _ := strconv.ParseFloat(sign+text, 64)
	if math.Abs(v) > limit {
		bound := javaDouble(limit)
		p.reject(start, "INVALID_NUMERIC_LITERAL_RANGE", "rawStrippedQualifier", sign+text, "typeName", typeName,
			"minValue", "-"+bound, "maxValue", bound)
	}
	if typeName == "float" {
		single, _ := strconv.ParseFloat(sign+text, 32)
		return single
	}
	return v
}

// javaDouble writes a huge number as java.math.BigDecimal does: 1.7976931348623157E+308.
func javaDouble(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'E', -1, 64), "E+", "E+", 1)
}

// decimal gives l a DECIMAL of as many digits as were written.
func (p *parser) decimal(l *plan.Literal, text string) {
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		n, err := strconv.Atoi(text[i+1:])
		if err != nil || n > math.MaxInt16 || n < math.MinInt16 {
			p.tooPrecise(l, math.MaxInt16)
			return
		}
		exponent = n
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(fraction) > math.MaxInt16 {
		p.tooPrecise(l, len(whole)+len(fraction))
		return
	}
	scale := len(fraction) - exponent
	unscaled := new(big.Int)
	unscaled.SetString(whole+fraction, 10)
	if scale < 0 {
		unscaled.Mul(unscaled, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(-scale)), nil))
		scale = 0
	}
	precision := max(len(new(big.Int).Abs(unscaled).String()), scale)
	if precision > 38 {
		p.tooPrecise(l, precision)
	}
	l.Value, l.Type = plan.Unscaled{Int: unscaled}, plan.Decimal{Precision: precision, Scale: scale}
}

func (p *parser) tooPrecise(l *plan.Literal, precision int) {
	p.reject(l.Start, "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", "precision", strconv.Itoa(precision), "maxPrecision", "38")
}

// typedLiteral: (DATE | TIMESTAMP | TIMESTAMP_LTZ | TIMESTAMP_NTZ | TIME | INTERVAL | X | identifier) string
func (p *parser) typedLiteral(start int) plan.Expr {
	word := strings.ToUpper(p.identifier())
	raw := p.text()
	value := unquote(raw)
	p.advance()
	var e plan.Expr
	switch word {
	case "DATE":
		e = p.dateLiteral(start, value)
	case "TIMESTAMP", "TIMESTAMP_LTZ":
		e = p.timestampLiteral(start, value)
	case "TIMESTAMP_NTZ":
		e = p.timestampNTZLiteral(start, value)
	case "INTERVAL":
		if l := p.intervalText(start, value); l != nil {
			e = l
		}
	case "X":
		padded := value
		if len(padded)%2 == 1 {
			padded = "0" + padded
		}
		if b, err := hex.DecodeString(padded); err == nil {
			e = &plan.Literal{Pos: p.pos(start), Value: b, Type: plan.Binary}
		}
	case "TIME":
		e = &plan.Opaque{Pos: p.pos(start), What: "the type TIME"}
	default:
		p.reject(start, "UNSUPPORTED_TYPED_LITERAL", "unsupportedType", `"`+word+`"`, "supportedTypes", typedLiterals)
	}
	if e == nil {
		p.reject(start, "INVALID_TYPED_LITERAL", "valueType", `"`+word+`"`, "value", "'"+value+"'")
		e = &plan.Literal{Pos: p.pos(start), Type: plan.Null}
	}
	return e
}

// typedLiterals are the words that may stand before a string, as Spark's message lists them.
const typedLiterals = `"DATE", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP", "INTERVAL", "X", "TIME"`
