package duckdb

// This file holds to_number and to_char.

import (
	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var numberFuncs = []udf{
	{name: "shoal_to_number", params: []sqlType{tText, tText, tBool}, returns: tText, call: toNumber},
	{name: "shoal_to_char", params: []sqlType{tText, tText}, returns: tText, call: toChar},
}

var numberPatterns = compiled[*java.NumberPattern]{compile: func(s string) (*java.NumberPattern, error) {
	return java.CompileNumberPattern(s), nil
}}

// toNumber reads a number by a pattern: its digits, to be cast to a decimal.
func toNumber(c *call) error {
	in, patterns, strict := arg[text](c, 0), newConstant(c, 1, &numberPatterns), arg[bool](c, 2)
	var out texts
	for i := range c.live {
		p, err := patterns.at(i)
		if err != nil {
			return err
		}
		number, ok := p.Parse(in[i].str())
		switch {
		case ok:
			out.set(i, number)
		case strict[i]:
			return fault.New("INVALID_FORMAT.MISMATCH_INPUT", "inputType", `"STRING"`, "input", in[i].str(),
				"format", arg[text](c, 1)[i].str())
		default:
			c.setNull(i)
		}
	}
	out.store(c.out, c.n)
	return nil
}

// toChar writes a decimal, given as text, by a pattern.
func toChar(c *call) error {
	in, patterns := arg[text](c, 0), newConstant(c, 1, &numberPatterns)
	var out texts
	for i := range c.live {
		p, err := patterns.at(i)
		if err != nil {
			return err
		}
		out.set(i, p.Format(in[i].str()))
	}
	out.store(c.out, c.n)
	return nil
}
