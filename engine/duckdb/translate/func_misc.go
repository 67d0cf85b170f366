package translate

// This file holds functions of no other family: hashes, the session.

import "strings"

var miscFuncs = funcs{
	"hash":     same("shoal_hash"),
	"xxhash64": same("shoal_xxhash64"),
	"crc32":    same("shoal_crc32"),
	"md5":      same("md5"),
	"sha1":     same("sha1"),
	"sha2":     build(sha2),
	"uuid":     build(func(c *call) string { c.t.traits |= volatile; return "CAST(uuid() AS VARCHAR)" }),

	"equal_null": tmpl("$1 IS NOT DISTINCT FROM $2"),
	"unwrap_udt": tmpl("$1"),
	"typeof":     build(func(c *call) string { return quoteText(c.typ(0).String()) }),
}

// sha2 is NULL for a number of bits it does not know.
func sha2(c *call) string {
	if bits, ok := c.integer(1); ok && (bits == 256 || bits == 0) {
		return "sha256(" + c.arg(0) + ")"
	}
	return "shoal_sha2(" + strings.Join(c.args(), ", ") + ")"
}
