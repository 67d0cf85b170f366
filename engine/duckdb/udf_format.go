package duckdb

// This file holds functions that write numbers by a format.

import (
	"errors"
	"math/big"
	"strconv"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
)

var formatFuncs = []udf{
	{name: "shoal_format_number", params: []sqlType{tDouble, tInt32}, returns: tText, call: formatNumber(fixedFormat, appendDouble)},
	{name: "shoal_format_number", params: []sqlType{tText, tInt32}, returns: tText, call: formatNumber(fixedFormat, appendDecimal)},
	{name: "shoal_format_number", params: []sqlType{tDouble, tText}, returns: tText, call: formatNumber(patternFormat, appendDouble)},
	{name: "shoal_format_number", params: []sqlType{tText, tText}, returns: tText, call: formatNumber(patternFormat, appendDecimal)},
	{name: "shoal_format_string", params: []sqlType{tText}, varargs: true, returns: tText, special: true, call: formatStringFunc},
}

// formatter gives the format of a row: nil makes the result NULL.
type formatter func(row int) (*java.DecimalFormat, error)

// fixedFormat takes the number of digits after the point.
func fixedFormat(c *call) formatter {
	digits := arg[int32](c, 1)
	var last *java.DecimalFormat
	var lastDigits int32 = -1
	return func(row int) (*java.DecimalFormat, error) {
		if digits[row] < 0 {
			return nil, nil
		}
		if digits[row] != lastDigits {
			last, lastDigits = java.FixedFormat(int(digits[row])), digits[row]
		}
		return last, nil
	}
}

var decimalFormats = compiled[*java.DecimalFormat]{compile: func(s string) (*java.DecimalFormat, error) {
	f, ok := java.CompileDecimalFormat(s)
	if !ok {
		return nil, fault.Unsupported("the number format %q", s)
	}
	return f, nil
}}

// patternFormat takes one of java.text.DecimalFormat's patterns; an empty one means #,###,###,###,###,###,##0.
func patternFormat(c *call) formatter {
	patterns := newConstant(c, 1, &decimalFormats)
	return func(row int) (*java.DecimalFormat, error) {
		if patterns.texts[row].length == 0 {
			return java.FixedFormat(0), nil
		}
		return patterns.at(row)
	}
}

func appendDouble(c *call) func([]byte, int, *java.DecimalFormat) []byte {
	in := arg[float64](c, 0)
	return func(b []byte, row int, f *java.DecimalFormat) []byte { return f.AppendDouble(b, in[row]) }
}

func appendDecimal(c *call) func([]byte, int, *java.DecimalFormat) []byte {
	in := arg[text](c, 0)
	return func(b []byte, row int, f *java.DecimalFormat) []byte { return f.AppendDecimal(b, in[row].str()) }
}

func formatNumber(formats func(*call) formatter, values func(*call) func([]byte, int, *java.DecimalFormat) []byte) func(*call) error {
	return func(c *call) error {
		format, write := formats(c), values(c)
		var out texts
		for i := range c.live {
			f, err := format(i)
			if err != nil {
				return err
			}
			if f == nil {
				c.setNull(i)
				continue
			}
			out.upTo(i)
			out.bytes = write(out.bytes, i, f)
			out.end()
		}
		out.store(c.out, c.n)
		return nil
	}
}

// formatStringFunc is Spark's format_string: NULL arguments print as null.
func formatStringFunc(c *call) error {
	formats := arg[text](c, 0)
	readers := make([]func(int) java.Argument, len(c.args)-1)
	for i, v := range c.args[1:] {
		r, err := argumentReader(v)
		if err != nil {
			return err
		}
		readers[i] = r
	}
	args := make([]java.Argument, len(readers))
	var out texts
	for i := range c.n {
		if c.args[0].isNull(i) {
			c.setNull(i)
			continue
		}
		for k, read := range readers {
			args[k] = read(i)
		}
		out.upTo(i)
		b, err := java.Printf(out.bytes, formats[i].str(), args)
		if err != nil {
			return printfFault(err)
		}
		out.bytes = b
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

func printfFault(err error) error {
	if unknown := java.ErrPrintfUnknown(""); errors.As(err, &unknown) {
		return fault.Unsupported("%v", err)
	}
	return fault.Illegal("%v", err)
}

// argumentReader reads a vector's values as Java would see them.
func argumentReader(v vector) (func(int) java.Argument, error) {
	switch v.kind() {
	case bind.TypeBoolean:
		return readAs(v, func(x bool) java.Argument { return x }), nil
	case bind.TypeTinyInt:
		return readAs(v, func(x int8) java.Argument { return java.Whole{Value: int64(x), Bits: 8} }), nil
	case bind.TypeSmallInt:
		return readAs(v, func(x int16) java.Argument { return java.Whole{Value: int64(x), Bits: 16} }), nil
	case bind.TypeInteger, bind.TypeDate:
		return readAs(v, func(x int32) java.Argument { return java.Whole{Value: int64(x), Bits: 32} }), nil
	case bind.TypeBigInt, bind.TypeTimestamp:
		return readAs(v, func(x int64) java.Argument { return java.Whole{Value: x, Bits: 64} }), nil
	case bind.TypeFloat:
		return readAs(v, func(x float32) java.Argument { return x }), nil
	case bind.TypeDouble:
		return readAs(v, func(x float64) java.Argument { return x }), nil
	case bind.TypeVarchar:
		return readAs(v, func(x text) java.Argument { return string(x.view()) }), nil
	case bind.TypeDecimal:
		return decimalReader(v), nil
	case bind.TypeSQLNull:
		return func(int) java.Argument { return nil }, nil
	}
	return nil, fault.Unsupported("format_string of such a type")
}

func readAs[T any](v vector, as func(T) java.Argument) func(int) java.Argument {
	return func(row int) java.Argument {
		if v.isNull(row) {
			return nil
		}
		return as(rows[T](v, row+1)[row])
	}
}

// decimalReader reads decimals, which Java's formats know as text only.
func decimalReader(v vector) func(int) java.Argument {
	lt := bind.VectorGetColumnType(bind.Vector{Ptr: v.handle})
	defer bind.DestroyLogicalType(&lt)
	scale := int(bind.DecimalScale(lt))
	small := func(x int64) java.Argument { return javaDecimal(plan.NewUnscaled(x), scale) }
	switch bind.DecimalInternalType(lt) {
	case bind.TypeSmallInt:
		return readAs(v, func(x int16) java.Argument { return small(int64(x)) })
	case bind.TypeInteger:
		return readAs(v, func(x int32) java.Argument { return small(int64(x)) })
	case bind.TypeBigInt:
		return readAs(v, small)
	}
	return readAs(v, func(x [2]uint64) java.Argument { return javaDecimal(plan.Unscaled{Int: bigOf(x)}, scale) })
}

// javaDecimal is BigDecimal.toString: below a millionth it has an exponent.
func javaDecimal(x plan.Unscaled, scale int) java.Argument {
	digits, sign := new(big.Int).Abs(x.Int).String(), ""
	exponent := len(digits) - 1 - scale
	if exponent >= -6 {
		return java.Opaque(x.Text(scale))
	}
	if x.Sign() < 0 {
		sign = "-"
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	return java.Opaque(sign + digits + "E" + strconv.Itoa(exponent))
}
