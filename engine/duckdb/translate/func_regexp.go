package translate

// This file holds functions of Java's regular expressions; RLIKE is in pattern.go.

import "strings"

var regexpFuncs = funcs{
	"split":              build(split),
	"regexp_replace":     raising("shoal_regexp_replace"),
	"regexp_extract":     raising("shoal_regexp_extract"),
	"regexp_extract_all": raising("shoal_regexp_extract_all"),
}

// raising calls a function in Go that may fail with one of Spark's errors.
func raising(name string) renderer {
	return func(c *call) string {
		c.t.traits |= raises
		return c.apply(name, c.args()...)
	}
}

// split is DuckDB's own for plain text, which no character makes a regular expression.
func split(c *call) string {
	text, ok := c.text(1)
	limit, fixed := c.integer(2)
	if ok && fixed && limit <= 0 && text != "" && !strings.ContainsAny(text, `\^$.|?*+()[]{}`) {
		return "string_split(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
	c.t.traits |= raises
	return "shoal_split(" + strings.Join(c.args(), ", ") + ")"
}
