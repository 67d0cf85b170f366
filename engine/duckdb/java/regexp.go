package java

// This file serves java.util.regex.Pattern with Go's engine: regexp_parse.go writes a Java pattern
// as RE2 does, and what follows finds matches in Java's order. Both engines prefer the leftmost
// match and, there, the first alternative.

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Regexp is a Java pattern. It is safe for use by many goroutines.
type Regexp struct {
	text  string
	first *regexp.Regexp // searches from the beginning of a text
	rest  *regexp.Regexp // searches behind a match: ^ matches nothing there
	// group is where Java's groups are among those of first; those of rest follow one more group
	// where a character of context goes before.
	group []int
	names map[string]int
	// ends are the groups that hold the line terminator $ may leave out.
	ends     []int
	empty    bool // may match nothing
	boundary bool // has \b or \B, which look at the character before
}

// A RegexpError says why a pattern is not served. Malformed ones are none of Java's either.
type RegexpError struct {
	Pattern, Reason string
	Malformed       bool
}

func (e *RegexpError) Error() string {
	return fmt.Sprintf("regular expression %q: %s", e.Pattern, e.Reason)
}

// CompileRegexp reads a Java pattern.
func CompileRegexp(pattern string) (*Regexp, error) {
	p := &regexpParser{text: pattern, src: []rune(unquoteRegexp(pattern)), groups: []int{0}, names: map[string]int{}}
	first, err := p.parse()
	if err != nil {
		return nil, err
	}
	x := &Regexp{text: pattern, group: p.groups, names: p.names, ends: p.ends, empty: first.empty, boundary: p.boundary}
	if x.first, err = p.compile(first.text); err != nil {
		return nil, err
	}
	switch {
	case p.boundary:
		x.rest, err = p.compile(`\A(?s:.)(?s:.*?)(` + strings.ReplaceAll(first.text, beginText, nothingText) + `)`)
	case p.begins:
		x.rest, err = p.compile(strings.ReplaceAll(first.text, beginText, nothingText))
	default:
		x.rest = x.first
	}
	return x, err
}

// Groups is how many groups the pattern has, without the whole.
func (x *Regexp) Groups() int { return len(x.group) - 1 }

// String is the pattern.
func (x *Regexp) String() string { return x.text }

// refuse tells of a text that RE2 does not search as Java does.
func (x *Regexp) refuse(reason string) error {
	return &RegexpError{Pattern: x.text, Reason: reason}
}

// check refuses what depends on the text: Java counts letters of all scripts as parts of words.
func (x *Regexp) check(s string) error {
	if x.boundary && !onlyASCII(s) {
		return x.refuse(`\b in a text that is not ASCII`)
	}
	return nil
}

// Matches tells whether the pattern is found anywhere in s.
func (x *Regexp) Matches(s string) (bool, error) {
	if err := x.check(s); err != nil {
		return false, err
	}
	if len(x.ends) == 0 {
		return x.first.MatchString(s), nil
	}
	loc, err := x.find(s, 0)
	return loc != nil, err
}

// Find is the first match: begin and end of the whole and of each group, -1 for one without match.
func (x *Regexp) Find(s string) ([]int, error) {
	if err := x.check(s); err != nil {
		return nil, err
	}
	return x.find(s, 0)
}

// FindAll gives every match to yield, in order, until that returns false. As in Java an empty
// match may follow right behind another.
func (x *Regexp) FindAll(s string, yield func(loc []int) bool) error {
	if err := x.check(s); err != nil {
		return err
	}
	for pos := 0; pos <= len(s); {
		loc, err := x.find(s, pos)
		if err != nil || loc == nil || !yield(loc) {
			return err
		}
		pos = loc[1]
		if loc[0] < loc[1] {
			continue
		}
		r, n := utf8.DecodeRuneInString(s[pos:])
		if r > 0xFFFF {
			return x.refuse("an empty match before a character outside the basic plane")
		}
		pos += max(n, 1)
	}
	return nil
}

// find is the first match from pos on.
func (x *Regexp) find(s string, pos int) ([]int, error) {
	re, base, shift := x.first, pos, 0
	if pos > 0 {
		re = x.rest
		if x.boundary {
			base, shift = pos-1, 1 // the text is ASCII
		}
	}
	found := re.FindStringSubmatchIndex(s[base:])
	if found == nil {
		return nil, nil
	}
	loc := make([]int, 2*len(x.group))
	for g, at := range x.group {
		at += shift
		loc[2*g], loc[2*g+1] = found[2*at], found[2*at+1]
		if loc[2*g] >= 0 {
			loc[2*g] += base
			loc[2*g+1] += base
		}
	}
	return loc, x.leaveEnd(s, base, shift, found, loc)
}

// leaveEnd takes the last line terminator out of what matched, if $ looked past it.
func (x *Regexp) leaveEnd(s string, base, shift int, found, loc []int) error {
	for _, g := range x.ends {
		begin, end := found[2*(g+shift)], found[2*(g+shift)+1]
		if begin < 0 || begin == end {
			continue
		}
		begin += base
		if s[begin] == '\n' && begin > 0 && s[begin-1] == '\r' {
			return x.refuse(`$ between \r and \n`)
		}
		for k := range loc {
			loc[k] = min(loc[k], begin)
		}
	}
	return nil
}

// Split is String.split: the pieces of s between matches, at most limit where that is positive.
// Empty pieces at the end stay.
func (x *Regexp) Split(s string, limit int) ([]string, error) {
	var pieces []string
	at := 0
	err := x.FindAll(s, func(loc []int) bool {
		if limit > 0 && len(pieces) == limit-1 {
			return false
		}
		if at == 0 && loc[1] == 0 { // nothing matched at the beginning
			return true
		}
		pieces = append(pieces, s[at:loc[0]])
		at = loc[1]
		return true
	})
	return append(pieces, s[at:]), err
}

// Replace appends s to b with each match replaced.
func (x *Regexp) Replace(b []byte, s string, with *Replacement) ([]byte, error) {
	at := 0
	err := x.FindAll(s, func(loc []int) bool {
		b = append(b, s[at:loc[0]]...)
		b = with.expand(b, s, loc)
		at = loc[1]
		return true
	})
	return append(b, s[at:]...), err
}

// Replacement is a replacement string: $1 and ${name} stand for groups, \ for the next character.
type Replacement struct{ parts []replacementPart }

type replacementPart struct {
	text  string
	group int // -1: the text
}

// Replacement reads a replacement for matches of x; false if it is none.
func (x *Regexp) Replacement(text string) (*Replacement, bool) {
	r := &Replacement{}
	var plain strings.Builder
	for k := 0; k < len(text); {
		switch {
		case text[k] == '\\' && k+1 < len(text):
			_, n := utf8.DecodeRuneInString(text[k+1:])
			plain.WriteString(text[k+1 : k+1+n])
			k += 1 + n
		case text[k] == '\\':
			return nil, false
		case text[k] == '$':
			group, n := x.reference(text[k+1:])
			if n == 0 {
				return nil, false
			}
			r.parts = append(r.parts, replacementPart{plain.String(), -1}, replacementPart{group: group})
			plain.Reset()
			k += 1 + n
		default:
			plain.WriteByte(text[k])
			k++
		}
	}
	r.parts = append(r.parts, replacementPart{plain.String(), -1})
	return r, true
}

// reference reads what follows a $: as many digits as still name a group, or {name}.
func (x *Regexp) reference(s string) (group, length int) {
	if name, ok := strings.CutPrefix(s, "{"); ok {
		name, _, closed := strings.Cut(name, "}")
		group, known := x.names[name]
		if !closed || !known {
			return 0, 0
		}
		return group, len(name) + 2
	}
	for k := 0; k < len(s) && s[k] >= '0' && s[k] <= '9'; k++ {
		longer := 10*group + int(s[k]-'0')
		if longer > x.Groups() {
			break
		}
		group, length = longer, k+1
	}
	return group, length
}

func (r *Replacement) expand(b []byte, s string, loc []int) []byte {
	for _, p := range r.parts {
		if p.group < 0 {
			b = append(b, p.text...)
		} else if begin := loc[2*p.group]; begin >= 0 {
			b = append(b, s[begin:loc[2*p.group+1]]...)
		}
	}
	return b
}
