package duckdb

// This file holds string functions that work on code points or in ways DuckDB does not.

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"shoal/fault"
)

var stringFuncs = []udf{
	textToText("shoal_reverse", reversed),
	textToText("shoal_url_encode", urlEncode),
	{name: "shoal_url_decode", params: []sqlType{tText}, returns: tText, call: urlDecode},
	{name: "shoal_try_url_decode", params: []sqlType{tText}, returns: tText, call: tryURLDecode},
	{name: "shoal_substring_index", params: []sqlType{tText, tText, tInt32}, returns: tText, call: substringIndex},
	{name: "shoal_find_in_set", params: []sqlType{tText, tText}, returns: tInt32, call: findInSet},
	{name: "shoal_luhn_check", params: []sqlType{tText}, returns: tBool, call: luhnCheck},
	{name: "shoal_mask", params: []sqlType{tText, tText, tText, tText, tText}, returns: tText, special: true, call: mask},
	{name: "shoal_base64", params: []sqlType{tBlob}, returns: tText, call: toBase64},
	{name: "shoal_unbase64", params: []sqlType{tText}, returns: tBlob, call: unbase64},
	{name: "shoal_unhex", params: []sqlType{tText}, returns: tBlob, call: unhex},
}

// javaQuery changes what Go's query escaping leaves or escapes and Java's does not.
var javaQuery = strings.NewReplacer("~", "%7E", "%2A", "*")

func urlEncode(s string) string { return javaQuery.Replace(url.QueryEscape(s)) }

func textToText(name string, f func(string) string) udf {
	return udf{name: name, params: []sqlType{tText}, returns: tText, call: func(c *call) error {
		in := arg[text](c, 0)
		var out texts
		for i := range c.live {
			out.set(i, f(in[i].str()))
		}
		out.store(c.out, c.n)
		return nil
	}}
}

func reversed(s string) string {
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		_, n := utf8.DecodeLastRuneInString(s)
		out = append(out, s[len(s)-n:]...)
		s = s[:len(s)-n]
	}
	return string(out)
}

func urlDecode(c *call) error {
	in := arg[text](c, 0)
	var out texts
	for i := range c.live {
		s, err := url.QueryUnescape(in[i].str())
		if err != nil {
			return fault.New("CANNOT_DECODE_URL", "url", in[i].str()).Because(err)
		}
		out.set(i, s)
	}
	out.store(c.out, c.n)
	return nil
}

func tryURLDecode(c *call) error {
	in := arg[text](c, 0)
	var out texts
	for i := range c.live {
		s, err := url.QueryUnescape(in[i].str())
		if err != nil {
			c.setNull(i)
			continue
		}
		out.set(i, s)
	}
	out.store(c.out, c.n)
	return nil
}

// substringIndex is what stands before the count-th delimiter, or behind it counted from the end.
func substringIndex(c *call) error {
	in, delim, count := arg[text](c, 0), arg[text](c, 1), arg[int32](c, 2)
	var out texts
	for i := range c.live {
		out.set(i, beforeDelimiter(in[i].str(), delim[i].str(), int(count[i])))
	}
	out.store(c.out, c.n)
	return nil
}

func beforeDelimiter(s, delim string, count int) string {
	if delim == "" || count == 0 {
		return ""
	}
	if count > 0 {
		at := 0
		for ; count > 0; count-- {
			j := strings.Index(s[at:], delim)
			if j < 0 {
				return s
			}
			if count == 1 {
				return s[:at+j]
			}
			at += j + 1
		}
	}
	end := len(s)
	for ; count < 0; count++ {
		j := strings.LastIndex(s[:end], delim)
		if j < 0 {
			return s
		}
		if count == -1 {
			return s[j+len(delim):]
		}
		end = j + len(delim) - 1
	}
	return s
}

// findInSet is the place of a word in a comma-separated list, 0 where it is not.
func findInSet(c *call) error {
	word, list, out := arg[text](c, 0), arg[text](c, 1), result[int32](c)
	for i := range c.live {
		out[i] = 0
		w := word[i].str()
		if strings.Contains(w, ",") {
			continue
		}
		place := int32(0)
		for item := range strings.SplitSeq(list[i].str(), ",") {
			place++
			if item == w {
				out[i] = place
				break
			}
		}
	}
	return nil
}

func luhnCheck(c *call) error {
	in, out := arg[text](c, 0), result[bool](c)
	for i := range c.live {
		out[i] = luhn(in[i].str())
	}
	return nil
}

func luhn(s string) bool {
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if k%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return s != "" && sum%10 == 0
}

// mask replaces upper-case letters, lower-case letters, digits and everything else by the given
// characters; NULL keeps them.
func mask(c *call) error {
	var out texts
	in := arg[text](c, 0)
	for i := range c.n {
		if c.args[0].isNull(i) {
			c.setNull(i)
			continue
		}
		var with [4]string
		var set [4]bool
		for k := range with {
			if a := c.args[k+1]; !a.isNull(i) {
				with[k], set[k] = arg[text](c, k+1)[i].str(), true
			}
		}
		var b strings.Builder
		for _, r := range in[i].str() {
			k := 3
			switch {
			case unicode.IsUpper(r):
				k = 0
			case unicode.IsLower(r):
				k = 1
			case unicode.IsDigit(r):
				k = 2
			}
			if set[k] {
				b.WriteString(with[k])
			} else {
				b.WriteRune(r)
			}
		}
		out.set(i, b.String())
	}
	out.store(c.out, c.n)
	return nil
}

// toBase64 breaks lines after 76 characters, as MIME wants.
func toBase64(c *call) error {
	in := arg[text](c, 0)
	var out texts
	for i := range c.live {
		s := base64.StdEncoding.EncodeToString(in[i].view())
		for len(s) > 76 {
			out.upTo(i)
			out.bytes = append(append(out.bytes, s[:76]...), "\r\n"...)
			s = s[76:]
		}
		out.set(i, s)
	}
	out.store(c.out, c.n)
	return nil
}

// unbase64 decodes as Java's MIME decoder does: other characters are skipped, padding may miss.
func unbase64(c *call) error {
	in := arg[text](c, 0)
	var out texts
	for i := range c.live {
		clean := strings.Map(base64Alphabet, in[i].str())
		b, err := base64.RawStdEncoding.DecodeString(clean)
		if err != nil {
			return fault.Illegal("the last unit of a base64 text has too few bits")
		}
		out.set(i, string(b))
	}
	out.store(c.out, c.n)
	return nil
}

func base64Alphabet(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/' {
		return r
	}
	return -1
}

// unhex reads pairs of hexadecimal digits; an odd first one stands alone. Other text gives NULL.
func unhex(c *call) error {
	in := arg[text](c, 0)
	var out texts
	for i := range c.live {
		s := in[i].str()
		if len(s)%2 == 1 {
			s = "0" + s
		}
		b, err := hex.DecodeString(s)
		if err != nil {
			c.setNull(i)
			continue
		}
		out.set(i, string(b))
	}
	out.store(c.out, c.n)
	return nil
}
