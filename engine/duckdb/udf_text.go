package duckdb

// This file holds functions of text whose meaning is in package java.

import (
	"strings"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var textFuncs = []udf{
	textToText("shoal_upper", java.Upper),
	textToText("shoal_lower", java.Lower),
	textToText("shoal_initcap", java.InitCap),
	textToText("shoal_soundex", java.Soundex),
	{name: "shoal_levenshtein", params: []sqlType{tText, tText}, returns: tInt32, call: levenshteinFunc},
	{name: "shoal_levenshtein", params: []sqlType{tText, tText, tInt32}, returns: tInt32, call: levenshteinFunc},
	{name: "shoal_translate", params: []sqlType{tText, tText, tText}, returns: tText, call: translateFunc},
	{name: "shoal_conv", params: []sqlType{tText, tInt32, tInt32, tBool}, returns: tText, call: convFunc},
}

// levenshteinFunc gives -1 for distances above the threshold, if there is one.
func levenshteinFunc(c *call) error {
	a, b, out := arg[text](c, 0), arg[text](c, 1), result[int32](c)
	for i := range c.live {
		n := int32(java.Levenshtein(a[i].str(), b[i].str()))
		if len(c.args) == 3 && n > arg[int32](c, 2)[i] {
			n = -1
		}
		out[i] = n
	}
	return nil
}

func translateFunc(c *call) error {
	in, from, to := arg[text](c, 0), arg[text](c, 1), arg[text](c, 2)
	var out texts
	for i := range c.live {
		out.set(i, java.Translate(in[i].str(), from[i].str(), to[i].str()))
	}
	out.store(c.out, c.n)
	return nil
}

func convFunc(c *call) error {
	in, from, to, strict := arg[text](c, 0), arg[int32](c, 1), arg[int32](c, 2), arg[bool](c, 3)
	var out texts
	for i := range c.live {
		s, how := java.Conv(strings.Trim(in[i].str(), " "), int(from[i]), int(to[i]))
		switch {
		case how == java.ConvNone:
			c.setNull(i)
		case how == java.ConvOverflow && strict[i]:
			return fault.New("ARITHMETIC_OVERFLOW", "message", "Overflow in function conv()", "alternative", "",
				"config", `"spark.sql.ansi.enabled"`)
		default:
			out.set(i, s)
		}
	}
	out.store(c.out, c.n)
	return nil
}
