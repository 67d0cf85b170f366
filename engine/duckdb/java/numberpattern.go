package java

// This file holds the patterns of Spark's to_number and to_char: 'S$99,990.99', '999D9PR'.

import (
	"slices"
	"strings"
)

// A NumberPattern says how a number is written.
type NumberPattern struct {
	tokens           []numberToken
	precision, scale int
}

// numberToken is one part of a pattern, by kind:
//
//	'#' digits with separators between them · '.' the decimal point · '$' · 'S' a sign · 'M' a minus ·
//	'<' and '>' the brackets that PR stands for · '?' anything else
type numberToken struct {
	kind   byte
	groups []digitGroup // of '#'
	text   string       // of '?'
	tidy   bool         // of '#': each separator stands between digits
}

// digitGroup is a sequence of digits, or a separator.
type digitGroup struct {
	separator bool
	n         int
	exact     bool // as many digits, no fewer: the sequence begins with 0
}

// CompileNumberPattern reads a pattern, in any case.
func CompileNumberPattern(pattern string) *NumberPattern {
	p := &NumberPattern{}
	rest, fraction := strings.ToUpper(pattern), false
	for rest != "" {
		n := 1
		switch c := rest[0]; {
		case c == '0' || c == '9':
			n = len(rest) - len(strings.TrimLeft(rest, "09"))
			p.addGroup(digitGroup{n: n, exact: c == '0' && !fraction})
			p.precision += n
			if fraction {
				p.scale += n
			}
		case c == ',' || c == 'G':
			p.addGroup(digitGroup{separator: true})
		case c == '.' || c == 'D':
			p.tokens = append(p.tokens, numberToken{kind: '.'})
			fraction = true
		case c == '$' || c == 'S':
			p.tokens = append(p.tokens, numberToken{kind: c})
		case strings.HasPrefix(rest, "MI"):
			n = 2
			p.tokens = append(p.tokens, numberToken{kind: 'M'})
		case strings.HasPrefix(rest, "PR"):
			n = 2
			p.tokens = append(append([]numberToken{{kind: '<'}}, p.tokens...), numberToken{kind: '>'})
		default:
			n = len(firstRune(rest))
			p.tokens = append(p.tokens, numberToken{kind: '?', text: rest[:n]})
		}
		rest = rest[n:]
	}
	for i := range p.tokens {
		p.tokens[i].tidy = tidyGroups(p.tokens[i].groups)
	}
	return p
}

func firstRune(s string) string {
	for i := range s {
		if i > 0 {
			return s[:i]
		}
	}
	return s
}

func (p *NumberPattern) addGroup(g digitGroup) {
	if n := len(p.tokens); n == 0 || p.tokens[n-1].kind != '#' {
		p.tokens = append(p.tokens, numberToken{kind: '#'})
	}
	last := &p.tokens[len(p.tokens)-1]
	last.groups = append(last.groups, g)
}

func tidyGroups(groups []digitGroup) bool {
	for i, g := range groups {
		if g.separator && (i == 0 || i == len(groups)-1 || groups[i-1].separator || groups[i+1].separator) {
			return false
		}
	}
	return true
}

// Size is the precision and scale of the numbers the pattern describes.
func (p *NumberPattern) Size() (precision, scale int) { return p.precision, p.scale }

// Problem is the sub-condition of Spark's INVALID_FORMAT for a pattern that is none, and the token it names;
// "" for a good one.
func (p *NumberPattern) Problem() (sub, token string) {
	digits, dollar, point := p.first('#'), p.first('$'), p.first('.')
	switch {
	case len(p.tokens) == 0:
		return "EMPTY", ""
	case digits < 0:
		return "WRONG_NUM_DIGIT", ""
	case digits < dollar:
		return "CUR_MUST_BEFORE_DIGIT", ""
	case point >= 0 && point < dollar:
		return "CUR_MUST_BEFORE_DEC", ""
	}
	for i, t := range p.tokens {
		if t.kind == '#' && (point < 0 || i < point) && !t.tidy {
			return "CONT_THOUSANDS_SEPS", ""
		}
	}
	for i, t := range p.tokens {
		if t.kind == '#' && point >= 0 && i > point && slices.ContainsFunc(t.groups, func(g digitGroup) bool { return g.separator }) {
			return "THOUSANDS_SEPS_MUST_BEFORE_DEC", ""
		}
	}
	for _, kind := range []byte(".SM$>") {
		if p.count(kind) > 1 {
			return "WRONG_NUM_TOKEN", numberToken{kind: kind}.String()
		}
	}
	return p.misplaced()
}

// numberOrder is where each kind of token may stand.
var numberOrder = []string{"<", "MS", "$", "#", ".", "#", "$", "MS>"}

func (p *NumberPattern) misplaced() (sub, token string) {
	i := 0
	for _, kinds := range numberOrder {
		if i < len(p.tokens) && strings.IndexByte(kinds, p.tokens[i].kind) >= 0 {
			i++
		}
	}
	if i < len(p.tokens) {
		return "UNEXPECTED_TOKEN", p.tokens[i].String()
	}
	return "", ""
}

func (p *NumberPattern) first(kind byte) int {
	return slices.IndexFunc(p.tokens, func(t numberToken) bool { return t.kind == kind })
}

func (p *NumberPattern) count(kind byte) int {
	n := 0
	for _, t := range p.tokens {
		if t.kind == kind {
			n++
		}
	}
	return n
}

// String names a token as Spark's messages do.
func (t numberToken) String() string {
	switch t.kind {
	case '#':
		return "digit sequence"
	case '.':
		return ". or D"
	case 'M':
		return "MI"
	case '<', '>':
		return "PR"
	case '?':
		return "character '" + t.text + "''"
	}
	return string(t.kind)
}

// width is the number of digits the pattern has before and after the point.
func (p *NumberPattern) width() (whole, fraction int) { return p.precision - p.scale, p.scale }
