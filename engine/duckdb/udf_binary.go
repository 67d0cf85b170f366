package duckdb

// This file holds functions of binaries that DuckDB has for texts only, and conversions between texts and
// binaries that fail.

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"shoal/engine/duckdb/java"
	"shoal/fault"
)

var binaryFuncs = []udf{
	{name: "shoal_to_binary", params: []sqlType{tText, tText, tBool}, returns: tBlob, call: toBinary},
	{name: "shoal_blob_pad", params: []sqlType{tBlob, tInt32, tBlob, tBool}, returns: tBlob, call: padBlob},
	{name: "shoal_blob_substring", params: []sqlType{tBlob, tInt32, tInt32}, returns: tBlob, call: blobSubstring},
	{name: "shoal_is_utf8", params: []sqlType{tBlob}, returns: tBool, call: isUTF8},
	{name: "shoal_utf8", params: []sqlType{tBlob, tInt32}, returns: tText, call: asUTF8},
	blobTest("shoal_blob_contains", bytes.Contains),
	blobTest("shoal_blob_starts_with", bytes.HasPrefix),
	blobTest("shoal_blob_ends_with", bytes.HasSuffix),
}

func blobTest(name string, test func(a, b []byte) bool) udf {
	return udf{name: name, params: []sqlType{tBlob, tBlob}, returns: tBool, call: func(c *call) error {
		x, y, out := arg[text](c, 0), arg[text](c, 1), result[bool](c)
		for i := range c.live {
			out[i] = test(x[i].view(), y[i].view())
		}
		return nil
	}}
}

// toBinary reads a text in one of the formats hex and base64. What cannot be read is an error, or NULL.
func toBinary(c *call) error {
	in, formats, strict := arg[text](c, 0), arg[text](c, 1), arg[bool](c, 2)
	var out texts
	for i := range c.live {
		s, format := in[i].str(), formats[i].str()
		read := readHex
		if format == "base64" {
			read = readBase64
		}
		b, ok := read(s)
		switch {
		case ok:
			out.set(i, string(b))
		case strict[i]:
			return fault.New("CONVERSION_INVALID_INPUT", "str", quoted(s), "fmt", quoted(strings.ToUpper(format)),
				"targetType", `"BINARY"`, "suggestion", "`try_to_binary`")
		default:
			c.setNull(i)
		}
	}
	out.store(c.out, c.n)
	return nil
}

// readHex: an odd first digit stands alone.
func readHex(s string) ([]byte, bool) {
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s)
	return b, err == nil
}

// readBase64 takes white space anywhere, and a last group with or without its padding.
func readBase64(s string) ([]byte, bool) {
	var digits strings.Builder
	padding := 0
	for _, r := range s {
		switch {
		case r == '=':
			padding++
		case padding > 0:
			return nil, false
		case base64Alphabet(r) >= 0:
			digits.WriteRune(r)
		case !unicode.IsSpace(r):
			return nil, false
		}
	}
	rest := digits.Len() % 4
	if rest == 1 || padding > 0 && (rest == 0 || rest+padding != 4) {
		return nil, false
	}
	b, err := base64.RawStdEncoding.DecodeString(digits.String())
	return b, err == nil
}

// padBlob makes a binary n bytes long, with bytes of a pattern before or behind it, or cuts it.
func padBlob(c *call) error {
	in, sizes, pads, left := arg[text](c, 0), arg[int32](c, 1), arg[text](c, 2), arg[bool](c, 3)
	var out texts
	for i := range c.live {
		b, n, pad := in[i].view(), max(int(sizes[i]), 0), pads[i].view()
		if n > maxPadded {
			return fault.Unsupported("a binary of %d bytes", n)
		}
		out.upTo(i)
		switch {
		case len(b) >= n:
			out.bytes = append(out.bytes, b[:n]...)
		case len(pad) == 0:
			out.bytes = append(out.bytes, b...)
		case left[i]:
			out.bytes = append(append(out.bytes, repeated(pad, n-len(b))...), b...)
		default:
			out.bytes = append(append(out.bytes, b...), repeated(pad, n-len(b))...)
		}
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

const maxPadded = 1 << 28

func repeated(pad []byte, n int) []byte {
	return bytes.Repeat(pad, n/len(pad)+1)[:n]
}

// blobSubstring counts from 1, or from the end; 0 is like 1.
func blobSubstring(c *call) error {
	in, from, count := arg[text](c, 0), arg[int32](c, 1), arg[int32](c, 2)
	var out texts
	for i := range c.live {
		b := in[i].view()
		start := int64(from[i])
		switch {
		case start > 0:
			start--
		case start < 0:
			start += int64(len(b))
		}
		end := min(start+int64(count[i]), int64(len(b)))
		out.upTo(i)
		if start = max(start, 0); start < end {
			out.bytes = append(out.bytes, b[start:end]...)
		}
		out.end()
	}
	out.store(c.out, c.n)
	return nil
}

func isUTF8(c *call) error {
	in, out := arg[text](c, 0), result[bool](c)
	for i := range c.live {
		out[i] = utf8.Valid(in[i].view())
	}
	return nil
}

// What asUTF8 does with bytes that are no UTF-8.
const (
	utf8Fail = iota
	utf8Null
	utf8Replace
)

// asUTF8 makes a text of a binary.
func asUTF8(c *call) error {
	in, how := arg[text](c, 0), arg[int32](c, 1)
	var out texts
	for i := range c.live {
		b := in[i].view()
		switch {
		case utf8.Valid(b):
			out.set(i, string(b))
		case how[i] == utf8Null:
			c.setNull(i)
		case how[i] == utf8Replace:
			out.set(i, java.ReplaceInvalid(b))
		default:
			return fault.New("INVALID_UTF8_STRING", "str", java.EscapedBytes(b))
		}
	}
	out.store(c.out, c.n)
	return nil
}
