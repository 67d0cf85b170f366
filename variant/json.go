package variant

// This file reads and writes JSON.

import (
	"encoding/base64"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"

	"shoal/engine/duckdb/java"
)

// Parse reads JSON; what stands behind the first value does not matter.
func (b *Builder) Parse(text string) error {
	var p java.JSONTokens
	p.Reset(text, java.JSONSyntax{})
	t, err := p.Next()
	if err != nil {
		return err
	}
	if t == java.JSONNone {
		return errEmpty
	}
	return b.From(&p, t)
}

var errEmpty = errors.New("no JSON")

// From reads the value whose first token is t, to its last one.
func (b *Builder) From(p *java.JSONTokens, t java.JSONToken) error {
	switch t {
	case java.JSONStartObject:
		return b.object(p)
	case java.JSONStartArray:
		return b.array(p)
	case java.JSONText:
		b.String(p.Text)
	case java.JSONWhole, java.JSONFraction:
		b.number(p.Text)
	case java.JSONTrue, java.JSONFalse:
		b.Bool(t == java.JSONTrue)
	default:
		b.Null()
	}
	return nil
}

func (b *Builder) object(p *java.JSONTokens) error {
	parts := b.Begin()
	for {
		t, err := p.Next()
		if err != nil {
			return err
		}
		if t == java.JSONEndObject {
			return b.EndObject(parts)
		}
		name, _ := p.Name()
		b.Field(&parts, name)
		if t, err = p.Next(); err != nil {
			return err
		}
		if err := b.From(p, t); err != nil {
			return err
		}
	}
}

func (b *Builder) array(p *java.JSONTokens) error {
	parts := b.Begin()
	for {
		t, err := p.Next()
		if err != nil {
			return err
		}
		if t == java.JSONEndArray {
			b.EndArray(parts)
			return nil
		}
		b.Element(&parts)
		if err := b.From(p, t); err != nil {
			return err
		}
	}
}

// number writes an integer, else a decimal if it is written without exponent and has 38 digits at most, else
// a double.
func (b *Builder) number(text string) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		b.Long(n)
		return
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if !strings.ContainsAny(text, "eE") && len(fraction) <= maxDecimal {
		if n, ok := new(big.Int).SetString(whole+fraction, 10); ok && len(new(big.Int).Abs(n).String()) <= maxDecimal {
			b.Decimal(n, len(fraction))
			return
		}
	}
	f, _ := strconv.ParseFloat(text, 64) // beyond its range it is infinite
	b.Double(f)
}

// AppendJSON writes the value as JSON, instants as the clock shows them.
func (v Value) AppendJSON(b []byte, clock *java.Clock) ([]byte, error) {
	return v.appendJSON(b, clock, 0)
}

func (v Value) appendJSON(b []byte, clock *java.Clock, depth int) ([]byte, error) {
	kind, err := v.Kind()
	if err != nil {
		return b, err
	}
	switch kind {
	case Object, Array:
		return v.appendNested(b, clock, kind, depth)
	case Null:
		return append(b, "null"...), nil
	case String:
		s, err := v.Text()
		return java.AppendJSONText(b, string(s)), err
	case Binary:
		s, err := v.Text()
		b = append(b, '"')
		return append(base64.StdEncoding.AppendEncode(b, s), '"'), err
	case Date, Timestamp, TimestampNTZ:
		b, err = v.AppendText(append(b, '"'), clock)
		if kind == Timestamp {
			b = appendOffset(b, clock.Offset(v.Long()))
		}
		return append(b, '"'), err
	case Double, Float:
		if f := v.Double(); math.IsNaN(f) || math.IsInf(f, 0) {
			b, err = v.AppendText(append(b, '"'), clock)
			return append(b, '"'), err
		}
	}
	return v.AppendText(b, clock)
}

func (v Value) appendNested(b []byte, clock *java.Clock, kind Kind, depth int) ([]byte, error) {
	n, err := v.Open()
	if err != nil || depth > maxDepth {
		return b, errors.Join(ErrMalformed, err)
	}
	open, end := byte('['), byte(']')
	if kind == Object {
		open, end = '{', '}'
	}
	b = append(b, open)
	err = n.Each(func(i int, name string, part Value) (err error) {
		if i > 0 {
			b = append(b, ',')
		}
		if kind == Object {
			b = append(java.AppendJSONText(b, name), ':')
		}
		b, err = part.appendJSON(b, clock, depth+1)
		return err
	})
	return append(b, end), err
}

// AppendText writes a value that is no object, array or null as its cast to STRING has it.
func (v Value) AppendText(b []byte, clock *java.Clock) ([]byte, error) {
	kind, err := v.Kind()
	if err != nil {
		return b, err
	}
	switch kind {
	case Boolean:
		return strconv.AppendBool(b, v.Bool()), nil
	case Long:
		return strconv.AppendInt(b, v.Long(), 10), nil
	case Double:
		return java.AppendDouble(b, v.Double()), nil
	case Float:
		return java.AppendFloat(b, float32(v.Double())), nil
	case Decimal:
		n, scale, err := v.Decimal()
		if err != nil {
			return b, err
		}
		return appendPlain(b, n, scale), nil
	case Date:
		return java.AppendDate(b, v.Long()), nil
	case Timestamp:
		return java.AppendTimestamp(b, clock.Local(v.Long())), nil
	case TimestampNTZ:
		return java.AppendTimestamp(b, v.Long()), nil
	}
	s, err := v.Text()
	return append(b, s...), err
}

// appendPlain writes a decimal without exponent.
func appendPlain(b []byte, n *big.Int, scale int) []byte {
	digits := new(big.Int).Abs(n).String()
	if n.Sign() < 0 {
		b = append(b, '-')
	}
	if len(digits) <= scale {
		digits = strings.Repeat("0", scale+1-len(digits)) + digits
	}
	b = append(b, digits[:len(digits)-scale]...)
	if scale > 0 {
		b = append(append(b, '.'), digits[len(digits)-scale:]...)
	}
	return b
}

// appendOffset writes an offset as +hh:mm.
func appendOffset(b []byte, micros int64) []byte {
	sign := byte('+')
	if micros < 0 {
		sign, micros = '-', -micros
	}
	minutes := micros / 60e6
	h, m := minutes/60, minutes%60
	return append(b, sign, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10))
}
