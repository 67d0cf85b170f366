package duckdb

// This file holds casts from and to strings.

import (
	"fmt"
	"math"
	"strings"
	"time"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var castFuncs = []udf{
	castFromText("boolean", tBool, func(s string, _ bool) (bool, bool) { return java.ParseBool(s) }),
	castFromText("tinyint", tInt8, parseInteger[int8](math.MinInt8, math.MaxInt8)),
	castFromText("smallint", tInt16, parseInteger[int16](math.MinInt16, math.MaxInt16)),
	castFromText("int", tInt32, parseInteger[int32](math.MinInt32, math.MaxInt32)),
	castFromText("bigint", tInt64, parseInteger[int64](math.MinInt64, math.MaxInt64)),
	castFromText("float", tFloat, func(s string, _ bool) (float32, bool) {
		f, ok := java.ParseDouble(s, 32)
		return float32(f), ok
	}),
	castFromText("double", tDouble, func(s string, _ bool) (float64, bool) { return java.ParseDouble(s, 64) }),
	castFromText("date", tDate, func(s string, _ bool) (int32, bool) { return java.ParseDate(s) }),
	castFromText("timestamp_ntz", tTimestamp, func(s string, _ bool) (int64, bool) { return java.ParseTimestampNTZ(s) }),
	{name: "shoal_cast_string_to_timestamp", params: []sqlType{tText, tText, tBool}, returns: tTimestamp, call: castTimestampFunc},
	{name: "shoal_cast_string_to_decimal", params: []sqlType{tText, tInt32, tInt32, tBool}, returns: tText, call: castDecimalFunc},
	{name: "shoal_double_to_string", params: []sqlType{tDouble}, returns: tText, call: floatText(java.AppendDouble)},
	{name: "shoal_float_to_string", params: []sqlType{tFloat}, returns: tText, call: floatText(java.AppendFloat)},
}

// parseInteger reads an integer within bounds; ANSI mode does not take a fraction.
func parseInteger[T int8 | int16 | int32 | int64](low, high int64) func(string, bool) (T, bool) {
	return func(s string, strict bool) (T, bool) {
		n, ok := java.ParseLong(s, !strict)
		return T(n), ok && n >= low && n <= high
	}
}

// castFromText is a function of a text and of whether malformed text is an error, or NULL.
func castFromText[T any](target string, to sqlType, parse func(s string, strict bool) (T, bool)) udf {
	run := func(c *call) error {
		in, strict, out := arg[text](c, 0), arg[bool](c, 1), result[T](c)
		for i := range c.live {
			x, ok := parse(in[i].str(), strict[i])
			if ok {
				out[i] = x
			} else if strict[i] {
				return invalidInput(in[i].str(), target)
			} else {
				c.setNull(i)
			}
		}
		return nil
	}
	return udf{name: "shoal_cast_string_to_" + target, params: []sqlType{tText, tBool}, returns: to, call: run}
}

// invalidInput is Spark's error for text that is not of a type.
func invalidInput(s, target string) error {
	return fault.New("CAST_INVALID_INPUT", "expression", quoted(s), "sourceType", `"STRING"`,
		"targetType", `"`+strings.ToUpper(target)+`"`)
}

// quoted is a string as Spark's messages show it.
func quoted(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func castTimestampFunc(c *call) error {
	in, zones, strict, out := arg[text](c, 0), newClocks(c, 1), arg[bool](c, 2), result[int64](c)
	now := time.Now()
	for i := range c.live {
		clock, err := zones.at(i)
		if err != nil {
			return err
		}
		x, ok := java.ParseTimestamp(in[i].str(), clock, now)
		if ok {
			out[i] = x
		} else if strict[i] {
			return invalidInput(in[i].str(), "timestamp")
		} else {
			c.setNull(i)
		}
	}
	return nil
}

func castDecimalFunc(c *call) error {
	in, precision, scale, strict := arg[text](c, 0), arg[int32](c, 1), arg[int32](c, 2), arg[bool](c, 3)
	var out texts
	for i := range c.live {
		p, s := int(precision[i]), int(scale[i])
		var how java.DecimalResult
		out.upTo(i)
		out.bytes, how = java.AppendDecimal(out.bytes, in[i].str(), p, s)
		switch {
		case how == java.DecimalOK:
			out.end()
		case !strict[i]:
			c.setNull(i)
		case how == java.DecimalMalformed:
			return invalidInput(in[i].str(), fmt.Sprintf("decimal(%d,%d)", p, s))
		case how == java.DecimalBeyond:
			return fault.New("NUMERIC_OUT_OF_SUPPORTED_RANGE", "value", in[i].str())
		default:
			return fault.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", strings.TrimSpace(in[i].str()),
				"precision", fmt.Sprint(p), "scale", fmt.Sprint(s), "config", `"spark.sql.ansi.enabled"`)
		}
	}
	out.store(c.out, c.n)
	return nil
}

// floatText is a cast of a floating-point type to STRING.
func floatText[T float32 | float64](appendTo func([]byte, T) []byte) func(*call) error {
	return func(c *call) error {
		in := arg[T](c, 0)
		var out texts
		for i := range c.live {
			out.upTo(i)
			out.bytes = appendTo(out.bytes, in[i])
			out.end()
		}
		out.store(c.out, c.n)
		return nil
	}
}
