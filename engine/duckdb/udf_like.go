package duckdb

// This file holds LIKE with patterns that are no constants, or are wrong.

import (
	"unicode/utf8"

	"shoal/fault"
)

func likeFunc(c *call) error {
	in, patterns, escapes, out := arg[text](c, 0), arg[text](c, 1), arg[text](c, 2), result[bool](c)
	var pattern []rune
	var last, lastEscape string
	known := false
	for i := range c.live {
		if p, e := patterns[i].str(), escapes[i].str(); !known || p != last || e != lastEscape {
			var err error
			if pattern, err = likePattern(p, e); err != nil {
				return err
			}
			last, lastEscape, known = p, e, true
		}
		out[i] = likeMatch(in[i].str(), pattern)
	}
	return nil
}

// The wildcards in a pattern read by likePattern.
const (
	anyText      rune = -1
	anyCharacter rune = -2
)

// likePattern reads a pattern. Only a wildcard or the escape itself may be escaped.
func likePattern(pattern, escape string) ([]rune, error) {
	var out []rune
	escaped := false
	for _, r := range pattern {
		wild := r == '%' || r == '_'
		switch {
		case escaped && !wild && string(r) != escape:
			return nil, fault.New("INVALID_FORMAT.ESC_IN_THE_MIDDLE", "format", quoted(pattern), "char", quoted(string(r)))
		case escaped:
			out = append(out, r)
			escaped = false
		case string(r) == escape:
			escaped = true
		case r == '%':
			out = append(out, anyText)
		case r == '_':
			out = append(out, anyCharacter)
		default:
			out = append(out, r)
		}
	}
	if escaped {
		return nil, fault.New("INVALID_FORMAT.ESC_AT_THE_END", "format", quoted(pattern))
	}
	return out, nil
}

// likeMatch goes back to the last % only: an earlier one cannot do better.
func likeMatch(s string, pattern []rune) bool {
	at, star, resume := 0, -1, 0
	for k := 0; k < len(s); {
		r, n := utf8.DecodeRuneInString(s[k:])
		switch {
		case at < len(pattern) && pattern[at] == anyText:
			star, resume = at, k
			at++
		case at < len(pattern) && (pattern[at] == anyCharacter || pattern[at] == r):
			at++
			k += n
		case star >= 0:
			_, n := utf8.DecodeRuneInString(s[resume:])
			resume += n
			at, k = star+1, resume
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == anyText {
		at++
	}
	return at == len(pattern)
}
