package translate

// This file holds functions of Java's regular expressions; RLIKE is in pattern.go.

import (
	"errors"
	"strings"

	"shoal/engine/duckdb/java"
)

var regexpFuncs = funcs{
	"split":              build(split),
	"regexp_replace":     ofPattern("shoal_regexp_replace"),
	"regexp_extract":     ofPattern("shoal_regexp_extract"),
	"regexp_extract_all": ofPattern("shoal_regexp_extract_all"),
	"regexp_count":       ofPattern("shoal_regexp_count"),
	"regexp_instr":       build(regexpInstr),
	"regexp_substr":      build(regexpSubstr),
	"str_to_map":         build(strToMap),
}

// ofPattern calls a function in Go whose second argument is a pattern.
func ofPattern(name string) renderer {
	return func(c *call) string {
		c.servePattern(1)
		return c.apply(name, c.args()...)
	}
}

// servePattern refuses argument i, a constant pattern, that Go's engine cannot search for. A malformed one
// fails when it runs, as in Spark.
func (c *call) servePattern(i int) {
	c.t.traits |= raises
	pattern, ok := c.text(i)
	if !ok {
		return
	}
	var e *java.RegexpError
	if _, err := java.CompileRegexp(pattern); errors.As(err, &e) && !e.Malformed {
		c.unsupported("%s", e.Error())
	}
}

// split is DuckDB's own for plain text, which no character makes a regular expression.
func split(c *call) string {
	text, ok := c.text(1)
	limit, fixed := c.integer(2)
	if ok && fixed && limit <= 0 && text != "" && !strings.ContainsAny(text, `\^$.|?*+()[]{}`) {
		return "string_split(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
	c.servePattern(1)
	return "shoal_split(" + strings.Join(c.args(), ", ") + ")"
}

// regexpInstr ignores the number of a group, but for its NULL.
func regexpInstr(c *call) string {
	c.servePattern(1)
	found := "shoal_regexp_instr(" + c.arg(0) + ", " + c.arg(1) + ")"
	if _, ok := c.integer(2); ok {
		return found
	}
	return "CASE WHEN " + c.arg(2) + " IS NOT NULL THEN " + found + " END"
}

// regexpSubstr is NULL where nothing matches, or nothing but an empty text.
func regexpSubstr(c *call) string {
	c.servePattern(1)
	return "NULLIF(shoal_regexp_extract(" + c.arg(0) + ", " + c.arg(1) + ", 0), '')"
}

// strToMap splits a text into pairs, and those into key and value; a missing value is NULL.
func strToMap(c *call) string {
	c.servePattern(1)
	c.servePattern(2)
	pair := c.fresh("x")
	half := func(pairs, n string) string {
		return "list_transform(" + pairs + ", lambda " + pair + ": shoal_split(" + pair + ", " + c.arg(2) + ", 2)[" + n + "])"
	}
	return c.let("shoal_split("+c.arg(0)+", "+c.arg(1)+", -1)", func(pairs string) string {
		return c.newMap(half(pairs, "1"), half(pairs, "2"))
	})
}
