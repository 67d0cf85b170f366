package java

// This file reads Java patterns and writes them for Go's engine. Whatever could mean anything
// else there is refused.

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

const (
	beginText   = `(?:\A)`
	nothingText = `[^\x00-\x{10FFFF}]`
	// endText is $: the end, or before the last line terminator, which its group takes.
	endText     = `(\r\n|[\n\r\x{85}\x{2028}\x{2029}]|)\z`
	dotText     = `[^\n\r\x{85}\x{2028}\x{2029}]`
	maxRepeat   = 1000 // RE2's
	anyRuneText = `(?s:.)`
)

type regexpParser struct {
	text     string
	src      []rune
	at       int
	groups   []int // Java's groups in Go's numbering
	count    int   // Go's groups
	names    map[string]int
	ends     []int
	flags    regexpFlags
	begins   bool
	boundary bool
}

type regexpFlags struct{ fold, dotAll, multiline bool }

// regexpNode is a written piece of a pattern.
type regexpNode struct {
	text  string
	empty bool // may match nothing
	ends  bool // has a $ at its end: nothing may follow
	fixed bool // an assertion or a flag: it takes no quantifier
}

func (p *regexpParser) malformed(reason string) error {
	return &RegexpError{Pattern: p.text, Reason: reason, Malformed: true}
}

func (p *regexpParser) unserved(reason string) error {
	return &RegexpError{Pattern: p.text, Reason: reason}
}

func (p *regexpParser) compile(text string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, p.unserved("RE2 does not take it: " + err.Error())
	}
	return re, nil
}

// unquoteRegexp writes \Q...\E with single escapes.
func unquoteRegexp(s string) string {
	if !strings.Contains(s, `\Q`) {
		return s
	}
	var b strings.Builder
	for s != "" {
		quoted, isQuote := strings.CutPrefix(s, `\Q`)
		if !isQuote {
			n := 1
			if s[0] == '\\' && len(s) > 1 {
				n = 2
			}
			b.WriteString(s[:n])
			s = s[n:]
			continue
		}
		quoted, s, _ = strings.Cut(quoted, `\E`)
		for _, r := range quoted {
			if r < 0x80 && !isAlnum(r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

func isAlnum(r rune) bool { return isAlpha(r) || r >= '0' && r <= '9' }
func isAlpha(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// peek is the next character, -1 at the end.
func (p *regexpParser) peek(ahead int) rune {
	if p.at+ahead >= len(p.src) {
		return -1
	}
	return p.src[p.at+ahead]
}

func (p *regexpParser) accept(s string) bool {
	for k, r := range s {
		if p.peek(k) != r {
			return false
		}
	}
	p.at += len(s)
	return true
}

func (p *regexpParser) parse() (regexpNode, error) {
	n, err := p.alternatives()
	if err == nil && p.at < len(p.src) {
		err = p.malformed("a closing parenthesis without an opening one")
	}
	return n, err
}

func (p *regexpParser) alternatives() (regexpNode, error) {
	n, err := p.sequence()
	for err == nil && p.accept("|") {
		var m regexpNode
		m, err = p.sequence()
		n = regexpNode{text: n.text + "|" + m.text, empty: n.empty || m.empty, ends: n.ends || m.ends}
	}
	return n, err
}

func (p *regexpParser) sequence() (regexpNode, error) {
	n := regexpNode{empty: true}
	for p.at < len(p.src) && p.peek(0) != '|' && p.peek(0) != ')' {
		m, err := p.atom()
		if err != nil {
			return n, err
		}
		if m, err = p.quantified(m); err != nil {
			return n, err
		}
		if n.ends && m.text != "" {
			return n, p.unserved("$ before the end of the pattern")
		}
		n = regexpNode{text: n.text + m.text, empty: n.empty && m.empty, ends: n.ends || m.ends}
	}
	return n, nil
}

func (p *regexpParser) atom() (regexpNode, error) {
	r := p.src[p.at]
	switch r {
	case '(':
		return p.parenthesis()
	case '[':
		p.at++
		text, err := p.class()
		return regexpNode{text: text}, err
	case '\\':
		return p.escaped()
	case '*', '+', '?':
		return regexpNode{}, p.malformed("a quantifier of nothing")
	case '{':
		return regexpNode{}, p.malformed("a repetition of nothing")
	}
	p.at++
	switch r {
	case '.':
		if p.flags.dotAll {
			return regexpNode{text: anyRuneText}, nil
		}
		return regexpNode{text: dotText}, nil
	case '^':
		return p.begin()
	case '$':
		return p.end()
	}
	return regexpNode{text: p.literal(r)}, nil
}

func (p *regexpParser) begin() (regexpNode, error) {
	if p.flags.multiline {
		return regexpNode{}, p.unserved("^ with the flag m")
	}
	p.begins = true
	return regexpNode{text: beginText, empty: true, fixed: true}, nil
}

func (p *regexpParser) end() (regexpNode, error) {
	if p.flags.multiline {
		return regexpNode{}, p.unserved("$ with the flag m")
	}
	p.count++
	p.ends = append(p.ends, p.count)
	return regexpNode{text: endText, empty: true, ends: true, fixed: true}, nil
}

// literal is a character; without regard to case it is that of ASCII letters only.
func (p *regexpParser) literal(r rune) string {
	if p.flags.fold && isAlpha(r) {
		return "[" + string(unicode.ToUpper(r)) + string(unicode.ToLower(r)) + "]"
	}
	return regexp.QuoteMeta(string(r))
}

// quantified reads a quantifier behind an atom.
func (p *regexpParser) quantified(n regexpNode) (regexpNode, error) {
	text, many, err := p.quantifier()
	if text == "" || err != nil {
		return n, err
	}
	switch next := p.peek(0); {
	case next == '+':
		return n, p.unserved("a possessive quantifier")
	case next == '?':
		p.at++
		text += "?"
		next = p.peek(0)
		fallthrough
	default:
		if next == '*' || next == '+' || next == '?' {
			return n, p.malformed("a quantifier of a quantifier")
		}
		if next == '{' {
			return n, p.unserved("a quantifier of a quantifier")
		}
	}
	switch {
	case n.fixed:
		return n, p.unserved("a quantifier of an assertion")
	case many && n.empty:
		return n, p.unserved("repetition of what may be empty")
	case many && n.ends:
		return n, p.unserved("repetition of $")
	}
	n.empty = n.empty || text[0] == '*' || text[0] == '?' || strings.HasPrefix(text, "{0")
	n.text = "(?:" + n.text + ")" + text
	return n, nil
}

// quantifier is *, +, ? or {n,m}; many tells that it may repeat.
func (p *regexpParser) quantifier() (text string, many bool, err error) {
	switch r := p.peek(0); r {
	case '*', '+', '?':
		p.at++
		return string(r), r != '?', nil
	case '{':
	default:
		return "", false, nil
	}
	p.at++
	low, ok := p.number()
	if !ok {
		return "", false, p.malformed("a repetition without a number")
	}
	text = "{" + strconv.Itoa(low)
	high := low
	if p.accept(",") {
		text += ","
		if high, ok = p.number(); ok {
			text += strconv.Itoa(high)
		} else {
			high = low
		}
	}
	switch {
	case !p.accept("}"):
		return "", false, p.malformed("a repetition that is not closed")
	case high < low:
		return "", false, p.malformed("a repetition whose bounds are the wrong way round")
	case high > maxRepeat:
		return "", false, p.unserved("more than a thousand repetitions")
	}
	return text + "}", true, nil
}

func (p *regexpParser) number() (n int, ok bool) {
	for r := p.peek(0); r >= '0' && r <= '9'; r = p.peek(0) {
		n, ok = min(10*n+int(r-'0'), maxRepeat+1), true
		p.at++
	}
	return n, ok
}

// parenthesis reads a group, or flags.
func (p *regexpParser) parenthesis() (regexpNode, error) {
	outer := p.flags
	open := "("
	switch {
	case !p.accept("(?"):
		p.at++
		p.capture()
	case p.accept(":"):
		open = "(?:"
	case p.peek(0) == '<' && isAlpha(p.peek(1)):
		p.at++
		name, err := p.groupName()
		if err != nil {
			return regexpNode{}, err
		}
		p.names[name] = len(p.groups)
		p.capture()
	case strings.ContainsRune("=!<>", p.peek(0)):
		return regexpNode{}, p.unserved("look-around or an atomic group")
	default:
		if err := p.setFlags(); err != nil {
			return regexpNode{}, err
		}
		if p.accept(")") { // they hold to the end of the group around
			return regexpNode{empty: true, fixed: true}, nil
		}
		p.at++ // the colon
		open = "(?:"
	}
	n, err := p.alternatives()
	if err == nil && !p.accept(")") {
		err = p.malformed("a group that is not closed")
	}
	p.flags = outer
	n.text, n.fixed = open+n.text+")", false
	return n, err
}

func (p *regexpParser) capture() {
	p.count++
	p.groups = append(p.groups, p.count)
}

func (p *regexpParser) groupName() (string, error) {
	start := p.at
	for isAlnum(p.peek(0)) {
		p.at++
	}
	name := string(p.src[start:p.at])
	if _, twice := p.names[name]; twice {
		return "", p.malformed("two groups of one name")
	}
	if !p.accept(">") {
		return "", p.malformed("a group's name that is not closed")
	}
	return name, nil
}

// setFlags reads flags up to the colon or parenthesis behind.
func (p *regexpParser) setFlags() error {
	on := true
	for {
		switch r := p.peek(0); r {
		case 'i':
			p.flags.fold = on
		case 's':
			p.flags.dotAll = on
		case 'm':
			p.flags.multiline = on
		case '-':
			if !on {
				return p.malformed("flags")
			}
			on = false
		case 'd', 'u', 'x', 'U':
			return p.unserved("the flag " + string(r))
		case ':', ')':
			return nil
		default:
			return p.malformed("an unknown flag")
		}
		p.at++
	}
}
