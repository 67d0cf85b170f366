package translate

// This file holds functions of binaries, and those that read and write by a pattern.

import (
	"strconv"
	"strings"

	"shoal/plan"
)

var binaryFuncs = funcs{
	"to_number":     build(toNumber),
	"try_to_number": build(toNumber),
	"to_char":       tmpl("shoal_to_char(CAST($1 AS VARCHAR), $2)"),
	"to_binary":     build(toBinary),
	"try_to_binary": build(toBinary),

	"aes_encrypt":     fallible(build(aesEncrypt)),
	"aes_decrypt":     fallible(tmpl("shoal_aes_decrypt($1, $2, $3, $4, $5, TRUE)")),
	"try_aes_decrypt": tmpl("shoal_aes_decrypt($1, $2, $3, $4, $5, FALSE)"),

	// A VARCHAR is always valid.
	"is_valid_utf8":     build(ofBytes("shoal_is_utf8($1)", "CASE WHEN $1 IS NOT NULL THEN TRUE END")),
	"validate_utf8":     fallible(build(ofBytes("shoal_utf8($1, 0)", "$1"))),
	"try_validate_utf8": build(ofBytes("shoal_utf8($1, 1)", "$1")),
	"make_valid_utf8":   build(ofBytes("shoal_utf8($1, 2)", "$1")),
}

func toNumber(c *call) string {
	strict := c.f.Name == "to_number"
	if strict {
		c.t.traits |= raises
	}
	return "CAST(shoal_to_number(" + c.arg(0) + ", " + c.arg(1) + ", " + boolText(strict) + ") AS " + c.physical() + ")"
}

func toBinary(c *call) string {
	if format, _ := c.text(1); format == "utf-8" {
		return "encode(" + c.arg(0) + ")"
	}
	strict := c.f.Name == "to_binary"
	if strict {
		c.t.traits |= raises
	}
	return "shoal_to_binary(" + c.arg(0) + ", " + c.arg(1) + ", " + boolText(strict) + ")"
}

// aesEncrypt draws a vector where none is given.
func aesEncrypt(c *call) string {
	c.t.traits |= volatile
	return "shoal_aes_encrypt(" + strings.Join(c.args(), ", ") + ")"
}

// padBinary pads with a binary.
func (c *call) padBinary(name string) string {
	return "shoal_blob_pad(" + strings.Join(c.args(), ", ") + ", " + strconv.FormatBool(name == "lpad") + ")"
}

// overlayBinary replaces a piece of a binary; a negative length means as much as the replacement has.
func (c *call) overlayBinary() string {
	if c.typ(1) != plan.Binary {
		return c.unsupported("overlay of a binary with a string")
	}
	text, with, from, n := c.arg(0), c.arg(1), c.arg(2), c.arg(3)
	count := "CASE WHEN " + n + " < 0 THEN CAST(octet_length(" + with + ") AS INTEGER) ELSE " + n + " END"
	return "(shoal_blob_substring(" + text + ", 1, " + from + " - 1) || " + with + " || shoal_blob_substring(" + text + ", " + from + " + " +
		count + ", 2147483647))"
}

// ofBytes chooses by whether the argument is a binary.
func ofBytes(binary, text string) func(c *call) string {
	b, t := tmpl(binary), typed(tmpl(text))
	return func(c *call) string {
		if c.typ(0) == plan.Binary {
			return b(c)
		}
		return t(c)
	}
}
