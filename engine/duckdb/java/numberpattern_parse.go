package java

// This file reads and writes numbers by a pattern.

import (
	"strings"
	"unicode"
)

// Parse reads a number; ok is false for text that does not match the pattern.
func (p *NumberPattern) Parse(s string) (decimal string, ok bool) {
	r := numberReader{rest: s}
	for _, t := range p.tokens {
		if !r.token(t) {
			return "", false
		}
	}
	if r.rest != "" || r.opened != r.closed || len(r.whole)+len(r.fraction) == 0 {
		return "", false
	}
	sign := ""
	if r.negative {
		sign = "-"
	}
	whole := string(r.whole)
	if whole == "" {
		whole = "0"
	}
	if p.scale == 0 {
		return sign + whole, true
	}
	return sign + whole + "." + string(r.fraction) + strings.Repeat("0", max(p.scale-len(r.fraction), 0)), true
}

// numberReader is what was read so far.
type numberReader struct {
	rest              string
	whole, fraction   []byte
	pointed, negative bool
	opened, closed    bool
}

// skip takes a character if it is there.
func (r *numberReader) skip(c byte) bool {
	if r.rest == "" || r.rest[0] != c {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// token takes what a token describes. Signs, brackets and the point may be missing, and the dollar at the
// end of the text.
func (r *numberReader) token(t numberToken) bool {
	switch t.kind {
	case '#':
		return r.digits(t.groups)
	case '.':
		r.pointed = r.skip('.') || r.pointed
	case '$':
		return r.rest == "" || r.skip('$')
	case 'S', 'M':
		if t.kind == 'S' && r.skip('+') {
			return true
		}
		if r.skip('-') {
			r.negative = !r.negative
		}
	case '<':
		r.opened = r.skip('<') || r.opened
	case '>':
		if strings.HasPrefix(r.rest, ">") && !r.opened {
			return false
		}
		if r.skip('>') {
			r.closed, r.negative = true, !r.negative
		}
	}
	return true
}

// digits takes digits and separators and compares their groups with the pattern's, from the right: groups
// on the left may be missing.
func (r *numberReader) digits(groups []digitGroup) bool {
	sizes, current := []int{}, 0
	for r.rest != "" {
		c := []rune(firstRune(r.rest))[0]
		if c == ',' {
			sizes, current = append(sizes, current), 0
		} else if c >= '0' && c <= '9' {
			current++
			if r.pointed {
				r.fraction = append(r.fraction, byte(c))
			} else {
				r.whole = append(r.whole, byte(c))
			}
		} else if !unicode.IsSpace(c) {
			break
		}
		r.rest = r.rest[len(string(c)):]
	}
	sizes = append(sizes, current)
	at := len(sizes)
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g.separator {
			continue
		}
		n := 0
		if at--; at >= 0 {
			n = sizes[at]
		}
		if n > g.n || g.exact && n != g.n {
			return false
		}
	}
	return at <= 0
}

// Format writes a decimal number, given in digits without exponent. What the pattern has no room for becomes #.
func (p *NumberPattern) Format(decimal string) string {
	w := numberWriter{}
	number, negative := strings.CutPrefix(decimal, "-")
	w.whole, w.fraction, _ = strings.Cut(number, ".")
	w.whole, w.fraction = strings.TrimLeft(w.whole, "0"), strings.TrimRight(w.fraction, "0")
	w.negative = negative && w.whole+w.fraction != ""
	whole, fraction := p.width()
	if len(w.whole) > whole || len(w.fraction) > fraction {
		w.whole, w.fraction = strings.Repeat("#", whole), strings.Repeat("#", fraction)
	}
	w.whole = strings.Repeat(" ", whole-len(w.whole)) + w.whole
	w.fraction += strings.Repeat("0", fraction-len(w.fraction))
	for _, t := range p.tokens {
		w.token(t)
	}
	w.dropLonePoint()
	if s := string(w.out); s != "" && s != "+" && s != "-" {
		return s
	}
	return "0"
}

type numberWriter struct {
	out             []byte
	whole, fraction string // digits that were not written yet
	negative        bool
	pointed         bool
}

func (w *numberWriter) token(t numberToken) {
	switch t.kind {
	case '#':
		for _, g := range t.groups {
			w.group(g)
		}
	case '.':
		if n := len(w.out); n > 0 && w.out[n-1] == ' ' {
			w.out[n-1] = '0'
		}
		w.out, w.pointed = append(w.out, '.'), true
	case '$':
		w.out = append(w.out, '$')
	case 'S':
		w.dropLonePoint()
		if w.negative {
			w.beforeSpaces('-')
		} else {
			w.beforeSpaces('+')
		}
	case 'M':
		w.sign('-', " ")
	case '<':
		if w.negative {
			w.out = append(w.out, '<')
		}
	case '>':
		w.dropLonePoint()
		w.sign('>', "  ")
	}
}

// sign marks a negative number, or leaves room.
func (w *numberWriter) sign(mark byte, room string) {
	if !w.negative {
		w.out = append(w.out, room...)
		return
	}
	w.dropLonePoint()
	w.beforeSpaces(mark)
}

func (w *numberWriter) group(g digitGroup) {
	switch {
	case g.separator && len(w.out) > 0 && w.out[len(w.out)-1] >= '0' && w.out[len(w.out)-1] <= '9':
		w.out = append(w.out, ',')
	case g.separator:
		w.spaceBeforeSign()
	case w.pointed:
		w.out = append(w.out, w.fraction[:g.n]...)
		w.fraction = w.fraction[g.n:]
	default:
		for _, c := range []byte(w.whole[:g.n]) {
			switch {
			case c != ' ':
				w.out = append(w.out, c)
			case g.exact:
				w.out = append(w.out, '0')
			default:
				w.spaceBeforeSign()
			}
		}
		w.whole = w.whole[g.n:]
	}
}

// beforeSpaces puts a mark behind what is written, but before spaces.
func (w *numberWriter) beforeSpaces(mark byte) {
	w.out = append(w.out, mark)
	for i := len(w.out) - 1; i >= 1 && w.out[i-1] == ' '; i-- {
		w.out[i], w.out[i-1] = ' ', mark
	}
}

// spaceBeforeSign writes a space, but keeps a sign next to the digits that follow.
func (w *numberWriter) spaceBeforeSign() {
	w.out = append(w.out, ' ')
	for i := len(w.out) - 1; i >= 1 && strings.IndexByte("+-<", w.out[i-1]) >= 0; i-- {
		w.out[i], w.out[i-1] = w.out[i-1], ' '
	}
}

// dropLonePoint makes a space of a decimal point without digits behind it.
func (w *numberWriter) dropLonePoint() {
	i := strings.IndexByte(string(w.out), '.')
	if i >= 0 && (i == len(w.out)-1 || w.out[i+1] == ' ') {
		w.out[i] = ' '
	}
}
