package java

// This file reads escapes and character classes of Java patterns.

import (
	"strconv"
	"strings"
	"unicode"
)

// predefined are Java's classes as the inside of a Go class: ASCII, unlike Unicode's.
var predefined = map[rune]string{
	'd': `0-9`,
	's': `\t\n\x0B\f\r `,
	'w': `a-zA-Z_0-9`,
	'h': ` \t\x{A0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}`,
	'v': `\n\x0B\f\r\x{85}\x{2028}\x{2029}`,
}

// posix are the properties of ASCII characters.
var posix = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7F`, "Alpha": `a-zA-Z`, "Digit": `0-9`, "Alnum": `a-zA-Z0-9`,
	"Punct": "!-/:-@\\[-`{-~", "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`, "Cntrl": `\x00-\x1F\x7F`,
	"XDigit": `0-9a-fA-F`, "Space": `\t\n\x0B\f\r `,
}

// categories are the general categories that may stand in \p.
const categories = " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp "

// escaped reads an escape outside classes.
func (p *regexpParser) escaped() (regexpNode, error) {
	p.at++
	r := p.peek(0)
	switch r {
	case 'A':
		p.at++
		p.begins = true
		return regexpNode{text: beginText, empty: true, fixed: true}, nil
	case 'z':
		p.at++
		return regexpNode{text: `\z`, empty: true, fixed: true}, nil
	case 'Z':
		p.at++
		p.count++
		p.ends = append(p.ends, p.count)
		return regexpNode{text: endText, empty: true, ends: true, fixed: true}, nil
	case 'b', 'B':
		p.at++
		p.boundary = true
		return regexpNode{text: `\` + string(r), empty: true, fixed: true}, nil
	}
	set, literal, err := p.escape()
	if set != "" {
		return regexpNode{text: "[" + set + "]"}, err
	}
	return regexpNode{text: p.literal(literal)}, err
}

// escape reads what follows a backslash: a set, as the inside of a Go class, or a character.
func (p *regexpParser) escape() (set string, literal rune, err error) {
	r := p.peek(0)
	p.at++
	switch r {
	case -1:
		return "", 0, p.malformed("a backslash at the end")
	case 'd', 's', 'w', 'h', 'v':
		return predefined[r], 0, nil
	case 'D', 'S', 'W', 'H', 'V':
		return complement(predefined[unicode.ToLower(r)]), 0, nil
	case 'p', 'P':
		set, err = p.property(r == 'P')
		return set, 0, err
	case 't':
		return "", '\t', nil
	case 'n':
		return "", '\n', nil
	case 'r':
		return "", '\r', nil
	case 'f':
		return "", '\f', nil
	case 'a':
		return "", 7, nil
	case 'e':
		return "", 27, nil
	case '0':
		literal, err = p.octal()
		return "", literal, err
	case 'x', 'u':
		literal, err = p.hexadecimal(r)
		return "", literal, err
	}
	switch {
	case strings.ContainsRune("123456789ABbGkNRXZzcQE", r):
		return "", 0, p.unserved(`\` + string(r))
	case isAlpha(r):
		return "", 0, p.malformed(`\` + string(r))
	}
	return "", r, nil
}

// complement is a set's complement as the inside of a class: of ranges only, so that it can
// stand in one.
func complement(set string) string {
	switch set {
	case predefined['d']:
		return `\x00-/:-\x{10FFFF}`
	case predefined['s']:
		return `\x00-\x08\x0E-\x1F!-\x{10FFFF}`
	case predefined['w']:
		return "\\x00-/:-@\\[-\\^`{-\\x{10FFFF}"
	case predefined['v']:
		return `\x00-\x09\x0E-\x{84}\x{86}-\x{2027}\x{202a}-\x{10FFFF}`
	}
	return `\x00-\x08\x0A-\x1F!-\x{9F}\x{A1}-\x{167f}\x{1681}-\x{180d}\x{180f}-\x{1fff}\x{200b}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{10FFFF}`
}

// property reads a property's name behind \p.
func (p *regexpParser) property(negative bool) (string, error) {
	name := string(p.peek(0))
	p.at++
	if name == "{" {
		start := p.at
		for p.peek(0) != '}' {
			if p.at == len(p.src) {
				return "", p.malformed("a property that is not closed")
			}
			p.at++
		}
		name = string(p.src[start:p.at])
		p.at++
	}
	if p.flags.fold {
		return "", p.unserved("a property with the flag i")
	}
	if set, ok := posix[name]; ok && !negative {
		return set, nil
	}
	if name = strings.TrimPrefix(name, "Is"); !strings.Contains(categories, " "+name+" ") {
		return "", p.unserved("the property " + name)
	}
	if negative {
		return `\P{` + name + `}`, nil
	}
	return `\p{` + name + `}`, nil
}

// octal is up to three digits, at most 0377.
func (p *regexpParser) octal() (rune, error) {
	n, digits := rune(0), 0
	for ; digits < 3; digits++ {
		d := p.peek(0) - '0'
		if d < 0 || d > 7 || n*8+d > 0o377 {
			break
		}
		n = n*8 + d
		p.at++
	}
	if digits == 0 {
		return 0, p.malformed("an octal escape without digits")
	}
	return n, nil
}

// hexadecimal is what follows \x or \u.
func (p *regexpParser) hexadecimal(kind rune) (rune, error) {
	n := 2
	if kind == 'u' {
		n = 4
	}
	braces := kind == 'x' && p.accept("{")
	start := p.at
	for braces && p.peek(0) >= 0 && p.peek(0) != '}' {
		p.at++
	}
	if !braces {
		p.at = min(p.at+n, len(p.src))
	}
	digits := string(p.src[start:p.at])
	if braces && !p.accept("}") || !braces && len(digits) != n {
		return 0, p.malformed("a hexadecimal escape")
	}
	code, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || code > unicode.MaxRune {
		return 0, p.malformed("a hexadecimal escape")
	}
	if code >= 0xD800 && code < 0xE000 {
		return 0, p.unserved("a surrogate")
	}
	return rune(code), nil
}

// class reads a class behind its opening bracket.
func (p *regexpParser) class() (string, error) {
	open := "["
	if p.accept("^") {
		open = "[^"
	}
	var items strings.Builder
	for {
		switch r := p.peek(0); {
		case r < 0:
			return "", p.malformed("a class that is not closed")
		case r == ']' && items.Len() > 0:
			p.at++
			return open + items.String() + "]", nil
		case r == '[', r == '&' && p.peek(1) == '&':
			return "", p.unserved("a class of classes")
		}
		set, low, err := p.classAtom()
		if err != nil {
			return "", err
		}
		if set != "" {
			items.WriteString(set)
			continue
		}
		high := low
		if end := p.peek(1); p.peek(0) == '-' && end >= 0 && end != ']' && end != '[' {
			p.at++
			if set, high, err = p.classAtom(); err != nil {
				return "", err
			}
			if set != "" {
				return "", p.unserved("a range up to a class")
			}
		}
		if high < low {
			return "", p.malformed("a range whose ends are the wrong way round")
		}
		p.writeRange(&items, low, high)
	}
}

// classAtom is a character, or a set.
func (p *regexpParser) classAtom() (set string, literal rune, err error) {
	if p.accept(`\`) {
		return p.escape()
	}
	p.at++
	return "", p.src[p.at-1], nil
}

// writeRange adds characters to a class, with the other case of ASCII letters where that is asked.
func (p *regexpParser) writeRange(b *strings.Builder, low, high rune) {
	add := func(low, high rune) {
		if low <= high {
			b.WriteString(`\x{` + strconv.FormatInt(int64(low), 16) + `}-\x{` + strconv.FormatInt(int64(high), 16) + `}`)
		}
	}
	add(low, high)
	if p.flags.fold {
		const toLower = 'a' - 'A'
		add(max(low, 'a')-toLower, min(high, 'z')-toLower)
		add(max(low, 'A')+toLower, min(high, 'Z')+toLower)
	}
}
