package translate

// This file holds LIKE, ILIKE and RLIKE.

import (
	"strings"

	"shoal/engine/duckdb/java"
)

// like is DuckDB's own for a constant pattern: without escapes it knows prefixes, suffixes and
// infixes. Other patterns go to a function in Go.
func like(c *call) string { return c.likePattern(c.arg(0), false) }

// ilike compares lower-case texts, as Spark does.
func ilike(c *call) string { return c.likePattern("shoal_lower("+c.arg(0)+")", true) }

func (c *call) likePattern(value string, lower bool) string {
	escape := `\`
	if c.has(2) {
		e, ok := c.text(2)
		if !ok {
			return c.unsupported("LIKE with an escape that is not a literal")
		}
		escape = e
	}
	pattern, ok := c.text(1)
	if !ok {
		p := c.arg(1)
		if lower {
			p = "shoal_lower(" + p + ")"
		}
		c.t.traits |= raises
		return "shoal_like(" + value + ", " + p + ", " + quoteText(escape) + ")"
	}
	if lower {
		pattern = java.Lower(pattern)
	}
	if strings.Contains(pattern, escape) && !escapesWell(pattern, escape) {
		c.t.traits |= raises
		return "shoal_like(" + value + ", " + quoteText(pattern) + ", " + quoteText(escape) + ")"
	}
	tail := ""
	if strings.Contains(pattern, escape) {
		tail = " ESCAPE " + quoteText(escape)
	}
	return "(" + value + " LIKE " + quoteText(pattern) + tail + ")"
}

// escapesWell tells that each escape stands before a wildcard or itself.
func escapesWell(pattern, escape string) bool {
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		if string(runes[i]) != escape {
			continue
		}
		i++
		if i == len(runes) || runes[i] != '%' && runes[i] != '_' && string(runes[i]) != escape {
			return false
		}
	}
	return true
}

// rlike finds a Java regular expression anywhere in the text. DuckDB's own engine serves the
// plain ones; the others go to Go, which refuses what it cannot do as Java does.
func rlike(c *call) string {
	pattern, ok := c.text(1)
	if ok && plainRegexp(pattern) {
		return "regexp_matches(" + c.arg(0) + ", " + quoteText(pattern) + ")"
	}
	c.servePattern(1)
	return "shoal_rlike(" + c.arg(0) + ", " + c.arg(1) + ")"
}

// plainRegexp tells that a pattern means the same to Java and to RE2: letters, digits, blanks,
// classes of such, groups, alternatives and greedy repetition.
func plainRegexp(p string) bool {
	for i := range len(p) {
		ch := p[i]
		switch {
		case ch >= 'a' && ch <= 'z', ch >= 'A' && ch <= 'Z', ch >= '0' && ch <= '9', ch == ' ', ch == '_', ch == '@', ch == ':', ch == '/', ch == '%', ch == ',':
		case ch == '-', ch == '|', ch == '^' && i == 0, ch == ')', ch == ']':
		case ch == '(':
			if i+1 < len(p) && p[i+1] == '?' {
				return false
			}
		case ch == '[':
			if i+1 < len(p) && (p[i+1] == '^' || p[i+1] == '[' || p[i+1] == ']') {
				return false
			}
		case ch == '*', ch == '+', ch == '?':
			if i == 0 || strings.IndexByte("*+?(|^", p[i-1]) >= 0 {
				return false
			}
		default:
			return false
		}
	}
	return balanced(p)
}

func balanced(p string) bool {
	depth, class := 0, false
	for i := range len(p) {
		switch p[i] {
		case '(', ')':
			if class {
				return false
			}
			if p[i] == '(' {
				depth++
			} else if depth--; depth < 0 {
				return false
			}
		case '[':
			if class {
				return false
			}
			class = true
		case ']':
			if !class {
				return false
			}
			class = false
		}
	}
	return depth == 0 && !class
}
