package catalog

// This file expands Hadoop's path patterns: * ? [a-z] [^a-z] {a,b} \c. A star does not cross a slash.

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"shoal/fault"
)

func isGlob(path string) bool { return strings.ContainsAny(path, `{}[]*?\`) }

// maxAlternatives bounds what braces may expand to.
const maxAlternatives = 10_000

// glob lists the existing paths that match an absolute pattern, sorted; each folder it looks into
// must be permitted.
func (c *Catalog) glob(pattern string) ([]string, error) {
	alternatives, err := expandBraces(pattern, maxAlternatives)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, a := range alternatives {
		matches, err := c.match(a)
		if err != nil {
			return nil, err
		}
		found = append(found, matches...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// match expands a pattern without braces, one component after the other. Nothing is looked at,
// not even for existence, that is not permitted.
func (c *Catalog) match(pattern string) ([]string, error) {
	paths := []string{"/"}
	fixed := true // no wildcard so far
	parts := strings.Split(strings.Trim(pattern, "/"), "/")
	for i, part := range parts {
		re, err := componentPattern(part)
		if err != nil {
			return nil, err
		}
		if re == nil && fixed && i < len(parts)-1 {
			paths[0] = filepath.Join(paths[0], unescape(part))
			continue
		}
		fixed = false
		if paths, err = c.step(paths, part, re); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// step goes from folders to their entries that match one component.
func (c *Catalog) step(folders []string, part string, re *regexp.Regexp) ([]string, error) {
	var next []string
	for _, folder := range folders {
		path := folder
		if re == nil {
			path = filepath.Join(folder, unescape(part))
		}
		if err := c.permit(path); err != nil {
			return nil, err
		}
		if re == nil {
			if _, err := os.Stat(path); err == nil {
				next = append(next, path)
			}
			continue
		}
		entries, _ := os.ReadDir(folder) // a file, or unreadable: matches nothing
		for _, e := range entries {
			if re.MatchString(e.Name()) {
				next = append(next, filepath.Join(folder, e.Name()))
			}
		}
	}
	return next, nil
}

func unescape(part string) string {
	var b strings.Builder
	for i := 0; i < len(part); i++ {
		if part[i] == '\\' && i+1 < len(part) {
			i++
		}
		b.WriteByte(part[i])
	}
	return b.String()
}

// componentPattern compiles one path component; nil means it is a plain name.
func componentPattern(part string) (*regexp.Regexp, error) {
	if !strings.ContainsAny(part, "*?[") {
		return nil, nil
	}
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(part); i++ {
		switch ch := part[i]; ch {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteString(".")
		case '\\':
			i++
			if i == len(part) {
				return nil, badPattern(part)
			}
			b.WriteString(regexp.QuoteMeta(part[i : i+1]))
		case '[':
			end := strings.IndexByte(part[i+1:], ']')
			if end < 1 {
				return nil, badPattern(part)
			}
			b.WriteString(class(part[i+1 : i+1+end]))
			i += end + 1
		default:
			n := i + 1
			for n < len(part) && !strings.ContainsRune(`*?\[`, rune(part[n])) {
				n++
			}
			b.WriteString(regexp.QuoteMeta(part[i:n]))
			i = n - 1
		}
	}
	b.WriteString(`\z`)
	re, err := regexp.Compile(b.String())
	if err != nil {
		return nil, badPattern(part)
	}
	return re, nil
}

// class is a bracket expression; ! and ^ both negate.
func class(body string) string {
	out := "["
	if body[0] == '^' || body[0] == '!' {
		out += "^"
		body = body[1:]
	}
	return out + strings.NewReplacer(`[`, `\[`, `&`, `\&`, `^`, `\^`).Replace(body) + "]"
}

func badPattern(pattern string) error {
	return &fault.Error{Class: "INTERNAL_ERROR", SQLState: "XX000", Kind: fault.Spark, Message: "the path pattern " + pattern + " is malformed"}
}

// expandBraces multiplies out {a,b}, nested ones too.
func expandBraces(pattern string, limit int) ([]string, error) {
	open := indexUnescaped(pattern, '{')
	if open < 0 {
		return []string{pattern}, nil
	}
	parts, end := alternatives(pattern[open+1:])
	if end < 0 {
		return nil, badPattern(pattern)
	}
	rest := pattern[open+1+end:]
	var out []string
	for _, part := range parts {
		expanded, err := expandBraces(pattern[:open]+part+rest, limit-len(out))
		if err != nil {
			return nil, err
		}
		if out = append(out, expanded...); len(out) > limit {
			return nil, badPattern(pattern)
		}
	}
	return out, nil
}

func indexUnescaped(s string, ch byte) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ch:
			return i
		}
	}
	return -1
}

// alternatives parts the text after an opening brace at its commas; end is just after the closing
// brace, or -1.
func alternatives(s string) (parts []string, end int) {
	depth, start := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '{':
			depth++
		case ',':
			if depth == 0 {
				parts = append(parts, s[start:i])
				start = i + 1
			}
		case '}':
			if depth == 0 {
				return append(parts, s[start:i]), i + 1
			}
			depth--
		}
	}
	return nil, -1
}
