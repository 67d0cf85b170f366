package duckdb

// This file holds encode and decode.

import (
	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var charsetFuncs = []udf{
	{name: "shoal_encode", params: []sqlType{tText, tText}, returns: tBlob, call: charset("encode", func(b []byte, v *text, charset string) ([]byte, bool) {
		return java.Encode(b, v.str(), charset)
	})},
	{name: "shoal_decode", params: []sqlType{tBlob, tText}, returns: tText, call: charset("decode", func(b []byte, v *text, charset string) ([]byte, bool) {
		return java.Decode(b, v.view(), charset)
	})},
}

// charset converts by the charset of the second argument.
func charset(function string, convert func(b []byte, v *text, charset string) ([]byte, bool)) func(*call) error {
	return func(c *call) error {
		in, charsets := arg[text](c, 0), arg[text](c, 1)
		var out texts
		for i := range c.live {
			name := charsets[i].str()
			if !java.HasCharset(name) {
				return fault.New("INVALID_PARAMETER_VALUE.CHARSET", "functionName", "`"+function+"`", "parameter", "`charset`",
					"charset", name, "charsets", java.Charsets)
			}
			ok := false
			out.upTo(i)
			if out.bytes, ok = convert(out.bytes, &in[i], name); !ok {
				return fault.New("MALFORMED_CHARACTER_CODING", "function", "`"+function+"`", "charset", name)
			}
			out.end()
		}
		out.store(c.out, c.n)
		return nil
	}
}
