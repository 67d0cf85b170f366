package translate

// This file holds string functions. Those of regular expressions are in func_regexp.go.

import (
	"strconv"
	"strings"

	"shoal/plan"
)

var stringFuncs = funcs{
	"upper":        same("shoal_upper"),
	"lower":        same("shoal_lower"),
	"initcap":      same("shoal_initcap"),
	"length":       build(length),
	"bit_length":   build(func(c *call) string { return "CAST(8 * " + c.bytes() + " AS INTEGER)" }),
	"octet_length": build(func(c *call) string { return "CAST(" + c.bytes() + " AS INTEGER)" }),
	"ascii":        typed(same("ascii")),
	"char":         tmpl("CASE WHEN $1 < 0 THEN '' ELSE chr(CAST($1 & 255 AS INTEGER)) END"),
	"space":        build(func(c *call) string { return "repeat(' ', " + c.textLength(0) + ")" }),
	"repeat":       build(repeated),
	"quote":        typed(tmpl(`'''' || replace($1, '''', '\''') || ''''`)),

	"concat":          typed(build(concat)),
	"concat_ws":       build(concatWS),
	"substring":       build(substring),
	"left":            build(left),
	"right":           tmpl("CASE WHEN $2 <= 0 AND $1 IS NOT NULL THEN '' ELSE right($1, $2) END"),
	"substring_index": same("shoal_substring_index"),
	"split_part":      build(splitPart),
	"overlay":         typed(build(overlay)),
	"elt":             build(elt),
	"lpad":            build(pad("lpad")),
	"rpad":            build(pad("rpad")),
	"reverse":         build(reverse),
	"replace":         same("replace"),
	"translate":       same("shoal_translate"),

	"trim":  build(trim("trim", 1)),
	"ltrim": build(trim("ltrim", 1)),
	"rtrim": build(trim("rtrim", 1)),
	"btrim": build(trim("trim", 0)),

	"contains":    build(eitherWay("contains")),
	"startswith":  build(eitherWay("starts_with")),
	"endswith":    build(eitherWay("ends_with")),
	"instr":       typed(same("instr")),
	"locate":      build(locate),
	"find_in_set": same("shoal_find_in_set"),
	"levenshtein": same("shoal_levenshtein"),
	"soundex":     same("shoal_soundex"),
	"luhn_check":  same("shoal_luhn_check"),
	"mask":        build(mask),

	"base64":         same("shoal_base64"),
	"unbase64":       fallible(same("shoal_unbase64")),
	"unhex":          same("shoal_unhex"),
	"encode":         build(charset("encode")),
	"decode":         build(charset("decode")),
	"url_encode":     same("shoal_url_encode"),
	"url_decode":     fallible(same("shoal_url_decode")),
	"try_url_decode": same("shoal_try_url_decode"),
	"parse_url":      build(func(c *call) string { return parseURL(c, c.ansi()) }),
	"try_parse_url":  build(func(c *call) string { return parseURL(c, false) }),
	"format_number":  build(formatNumber),
	"format_string":  fallible(same("shoal_format_string")),
}

// eitherWay is a function of two texts or two binaries.
func eitherWay(name string) func(c *call) string {
	return func(c *call) string {
		if c.typ(0) == plan.Binary && c.typ(1) == plan.Binary {
			return c.apply("shoal_blob_"+name, c.args()...)
		}
		if c.typ(0) == plan.Binary || c.typ(1) == plan.Binary {
			return c.unsupported("%s of a binary and a string", c.f.Name)
		}
		return c.apply(name, c.args()...)
	}
}

// length counts code points of text and bytes of a binary.
func length(c *call) string {
	if c.typ(0) == plan.Binary {
		return "CAST(octet_length(" + c.arg(0) + ") AS INTEGER)"
	}
	return "CAST(length(" + c.arg(0) + ") AS INTEGER)"
}

func (c *call) bytes() string {
	if c.typ(0) == plan.Binary {
		return "octet_length(" + c.arg(0) + ")"
	}
	return "strlen(" + c.arg(0) + ")"
}

// concat joins texts, binaries or arrays; NULL if any is.
func concat(c *call) string {
	if c.n() == 0 {
		return "''"
	}
	if c.f.Type == plan.String {
		return joined(c.all(mergedTexts(members(c.f, "concat"))), " || ")
	}
	return joined(c.args(), " || ")
}

// concatWS joins texts and the elements of arrays, leaving NULLs out.
func concatWS(c *call) string {
	if c.n() == 1 {
		return "CASE WHEN " + c.arg(0) + " IS NOT NULL THEN '' END"
	}
	lists, plainArgs := make([]string, 0, c.n()), true
	for i := 1; i < c.n(); i++ {
		if _, ok := c.typ(i).(plan.Array); ok {
			plainArgs = false
			lists = append(lists, "COALESCE("+c.arg(i)+", []::VARCHAR[])")
		} else {
			lists = append(lists, "["+c.arg(i)+"]")
		}
	}
	if plainArgs {
		return "concat_ws(" + strings.Join(c.args(), ", ") + ")"
	}
	if _, constant := c.literal(0); !constant { // array_to_string takes no other separator
		x := c.fresh("x")
		all := "list_filter(" + strings.Join(lists, " || ") + ", lambda " + x + ": " + x + " IS NOT NULL)"
		joined := "list_reduce(" + all + ", lambda " + x + ", y" + x + ": " + x + " || " + c.arg(0) + " || y" + x + ")"
		return "CASE WHEN " + c.arg(0) + " IS NULL THEN NULL WHEN len(" + all + ") = 0 THEN '' ELSE " + joined + " END"
	}
	return "CASE WHEN " + c.arg(0) + " IS NOT NULL THEN COALESCE(array_to_string(" + strings.Join(lists, " || ") +
		", " + c.arg(0) + "), '') END"
}

// substring: positions count from 1, negative ones from the end, and 0 is like 1.
func substring(c *call) string {
	if c.typ(0) == plan.Binary {
		return c.apply("shoal_blob_substring", c.args()...)
	}
	from, constant := c.integer(1)
	n, bounded := c.integer(2)
	if constant && bounded && from >= 0 && n >= 0 {
		return "substring(" + c.arg(0) + ", " + strconv.FormatInt(max(from, 1), 10) + ", " + strconv.FormatInt(n, 10) + ")"
	}
	return c.piece(c.arg(0), c.arg(1), c.arg(2))
}

func (c *call) piece(text, from, n string) string {
	return "shoal_substring(" + text + ", " + from + ", " + n + ")"
}

func left(c *call) string {
	if c.typ(0) == plan.Binary {
		return c.apply("shoal_blob_substring", c.arg(0), "1", c.arg(1))
	}
	return leftmost(c.arg(0), c.arg(1))
}

// leftmost guards against negative numbers; DuckDB's greatest would skip a NULL.
func leftmost(text, n string) string {
	return "left(" + text + ", CASE WHEN " + n + " < 0 THEN 0 ELSE " + n + " END)"
}

// splitPart counts parts from 1, or from the end; part 0 is an error, ANSI or not.
func splitPart(c *call) string {
	part := "CASE WHEN " + c.arg(1) + " = '' THEN CASE WHEN " + c.arg(2) + " IN (1, -1) THEN " + c.arg(0) +
		" ELSE '' END ELSE split_part(" + c.arg(0) + ", " + c.arg(1) + ", " + c.arg(2) + ") END"
	if n, ok := c.integer(2); ok && n != 0 {
		return part
	}
	return "CASE WHEN " + c.arg(2) + " = 0 THEN " + c.raise("INVALID_INDEX_OF_ZERO") + " ELSE " + part + " END"
}

// overlay replaces a piece of text; a negative length means as much as the replacement has.
func overlay(c *call) string {
	if c.typ(0) == plan.Binary {
		return c.overlayBinary()
	}
	text, with, from, n := c.arg(0), c.arg(1), c.arg(2), c.arg(3)
	return "(" + c.piece(text, "1", from+" - 1") + " || " + with + " || " +
		c.piece(text, from+" + CASE WHEN "+n+" < 0 THEN CAST(length("+with+") AS INTEGER) ELSE "+n+" END", "2147483647") + ")"
}

// elt picks argument n.
func elt(c *call) string {
	var s strings.Builder
	s.WriteString("CASE " + c.arg(0))
	for i := 1; i < c.n(); i++ {
		s.WriteString(" WHEN " + strconv.Itoa(i) + " THEN " + c.arg(i))
	}
	if c.ansi() {
		s.WriteString(" ELSE CASE WHEN " + c.arg(0) + " IS NOT NULL THEN " + c.raise("INVALID_ARRAY_INDEX",
			"indexValue", "CAST("+c.arg(0)+" AS VARCHAR)", "arraySize", quoteText(strconv.Itoa(c.n()-1))) + " END")
	}
	return s.String() + " END"
}

// pad cuts what is longer; nothing to pad with leaves text as it is.
func pad(name string) func(c *call) string {
	return func(c *call) string {
		if c.typ(0) == plan.Binary {
			return c.padBinary(name)
		}
		if p, ok := c.text(2); ok && p != "" {
			return name + "(" + c.arg(0) + ", " + c.textLength(1) + ", " + c.arg(2) + ")"
		}
		return "CASE WHEN " + c.arg(2) + " = '' THEN " + leftmost(c.arg(0), c.arg(1)) + " ELSE " +
			name + "(" + c.arg(0) + ", " + c.textLength(1) + ", " + c.arg(2) + ") END"
	}
}

// reverse turns code points around, where DuckDB keeps grapheme clusters.
func reverse(c *call) string {
	if _, ok := c.typ(0).(plan.Array); ok {
		return "list_reverse(" + c.arg(0) + ")"
	}
	return "shoal_reverse(" + c.arg(0) + ")"
}

// trim removes spaces, or the given characters. With two arguments the text is argument at.
func trim(name string, at int) func(c *call) string {
	return func(c *call) string {
		if c.n() == 1 {
			return name + "(" + c.arg(0) + ", ' ')"
		}
		return name + "(" + c.arg(at) + ", " + c.arg(1-at) + ")"
	}
}

// locate looks from a position on; before the first there is nothing, not even for NULL text.
func locate(c *call) string {
	if from, ok := c.integer(2); ok && from == 1 {
		return "CAST(instr(" + c.arg(1) + ", " + c.arg(0) + ") AS INTEGER)"
	}
	sub, text, from := c.arg(0), c.arg(1), c.arg(2)
	return "CASE WHEN " + from + " IS NULL THEN 0 WHEN " + sub + " IS NULL OR " + text + " IS NULL THEN NULL WHEN " +
		from + " < 1 THEN 0 WHEN " + sub + " = '' THEN 1 WHEN instr(substring(" + text + ", " + from + "), " + sub +
		") = 0 THEN 0 ELSE CAST(instr(substring(" + text + ", " + from + "), " + sub + ") + " + from + " - 1 AS INTEGER) END"
}

// mask replaces letters and digits; a NULL replacement keeps them.
func mask(c *call) string {
	for i := 1; i < c.n(); i++ {
		if _, ok := c.literal(i); !ok {
			return c.unsupported("mask with replacements that are not constant")
		}
	}
	return "shoal_mask(" + strings.Join(c.args(), ", ") + ")"
}

// charset converts between text and bytes.
func charset(name string) func(c *call) string {
	return func(c *call) string {
		for _, old := range []string{"spark.sql.legacy.javaCharsets", "spark.sql.legacy.codingErrorAction"} {
			if c.set(old, "true") {
				return c.unsupported("%s with %s", name, old)
			}
		}
		c.t.traits |= raises
		return "shoal_" + name + "(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
}

// parseURL gives NULL for what is no URL, or fails if strict. A key is a regular expression.
func parseURL(c *call, strict bool) string {
	c.t.traits |= raises
	return "shoal_parse_url(" + strings.Join(c.args(), ", ") + ", " + boolText(strict) + ")"
}

// formatNumber groups thousands, or goes by a pattern. A number of digits below 0 gives NULL.
func formatNumber(c *call) string {
	x := c.arg(0)
	if !isFloating(c.typ(0)) {
		x = "CAST(" + x + " AS VARCHAR)"
	} else if c.typ(0) == plan.Float {
		x = "CAST(" + x + " AS DOUBLE)"
	}
	c.t.traits |= raises
	return "shoal_format_number(" + x + ", " + c.arg(1) + ")"
}
