package sparksql

// This file takes what users keep to themselves out of SQL text.

import (
	"strings"

	"shoal/plan"
)

const (
	// maxRedacted is how much of a text Redact reads; what follows is left out.
	maxRedacted = 64 << 10
	// maxConstants is how many constants in a row stay apart.
	maxConstants = 3

	hidden = "?"
	left   = "..." // for what was left out
)

// Redact gives a text on one line without comments and with ? in place of each constant: it may be shown to others, and is
// equal for texts that ask the same of other constants. A list of many constants becomes a short one. What cannot be cut into
// tokens is left out, from its first character on. Names stay, but for those that are addresses with a password in them.
func Redact(text string) string {
	r := &redactor{text: text[:min(len(text), maxRedacted)]}
	toks, err := tokenize(&plan.Source{Text: r.text})
	if err != nil {
		return left
	}
	values := freeText(r.text, toks)
	for i, t := range toks {
		switch {
		case t.kind == tEOF && len(text) == len(r.text):
			return r.out.String()
		case t.kind == tEOF || t.kind == tInvalid:
			r.add(t, left)
			return r.out.String()
		case i == values:
			r.add(t, hidden)
			return r.out.String()
		}
		r.token(t)
	}
	return r.out.String()
}

// freeText finds where a statement goes on with text that is no SQL: behind SET key = and ADD JAR. It is -1 where none does.
func freeText(text string, toks []token) int {
	word := func(i int) string {
		if i >= len(toks) {
			return ""
		}
		return strings.ToLower(text[toks[i].start:toks[i].end])
	}
	switch {
	case word(0) == "add" || word(0) == "list" || word(0) == "delete" && word(1) != "from":
		return 2
	case word(0) != "set" || word(1) == "variable" || word(1) == "var" || word(1) == "session":
		return -1
	}
	for i, t := range toks {
		if t.kind == tEq {
			return i + 1
		}
	}
	return -1
}

// redactor writes tokens. Commas between constants wait until it is known what follows them.
type redactor struct {
	text      string
	out       strings.Builder
	end       int32 // of the token before
	constants int   // so many constants, with commas between, are the last that was written
	comma     bool  // and a comma, which was not written yet
}

func (r *redactor) token(t token) {
	word := r.text[t.start:t.end]
	switch {
	case t.kind.isString() || t.kind.isNumber():
		r.constant(t)
	case t.kind == tComma && r.constants > 0 && !r.comma:
		r.comma = true
		r.end = t.end
	case t.kind == tQuoted && strings.Contains(word, "://") && strings.ContainsAny(word, "@?"):
		r.add(t, hidden)
	default:
		r.add(t, word)
	}
}

// constant writes ?, unless there are enough of them. Texts that stand beside each other are one.
func (r *redactor) constant(t token) {
	if r.constants > 0 && !r.comma {
		r.end = t.end
		return
	}
	n := r.constants
	switch {
	case n < maxConstants:
		r.add(t, hidden)
	case n == maxConstants:
		r.add(t, left)
	default:
		r.end, r.comma = t.end, false
	}
	r.constants = n + 1
}

// add writes a token, one blank before it if there were any.
func (r *redactor) add(t token, as string) {
	if r.comma {
		r.out.WriteByte(',')
	}
	if t.start > r.end && r.out.Len() > 0 {
		r.out.WriteByte(' ')
	}
	r.out.WriteString(as)
	r.end, r.constants, r.comma = t.end, 0, false
}
