package java

// This file reads JSON token by token, as Jackson does: also where it stands after an error.

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// JSONToken is a kind of token.
type JSONToken uint8

// The tokens. JSONNone is the end, and what Jackson has after a field whose value is malformed.
const (
	JSONNone JSONToken = iota
	JSONStartObject
	JSONEndObject
	JSONStartArray
	JSONEndArray
	JSONField
	JSONText
	JSONWhole
	JSONFraction
	JSONTrue
	JSONFalse
	JSONNull
)

// JSONTokens reads a JSON text token by token.
type JSONTokens struct {
	Token JSONToken
	// Text is a string's or a number's text, valid as long as the JSON is.
	Text string
	// Start is where the token begins.
	Start int

	r       jsonReader
	stack   []level
	pending JSONToken // a field's value, which is read with its name
}

// level is an object or array that is open.
type level struct {
	object bool
	name   string // of the current field
	count  int
}

// Reset begins with another text.
func (p *JSONTokens) Reset(text string, syntax JSONSyntax) {
	*p = JSONTokens{r: jsonReader{s: text, syntax: syntax}, stack: p.stack[:0]}
}

// Name is the current field's, "" and false where there is none.
func (p *JSONTokens) Name() (string, bool) {
	if len(p.stack) == 0 || !p.stack[len(p.stack)-1].object {
		return "", false
	}
	top := p.stack[len(p.stack)-1]
	return top.name, top.count > 0
}

// current is the innermost open object or array.
func (p *JSONTokens) current() *level {
	if len(p.stack) == 0 {
		return nil
	}
	return &p.stack[len(p.stack)-1]
}

// Next reads the next token.
func (p *JSONTokens) Next() (JSONToken, error) {
	if p.Token == JSONField {
		t := p.pending
		p.pending = JSONNone
		p.enter(t)
		p.Token = t
		return t, nil
	}
	top := p.current()
	ch := p.r.peek()
	if ch == 0 && p.r.at >= len(p.r.s) {
		if top != nil {
			return p.Token, errJSONEnd
		}
		p.Token = JSONNone
		return JSONNone, nil
	}
	p.Start = p.r.at
	if top != nil && (ch == '}' || ch == ']') {
		p.r.at++
		if top.object != (ch == '}') {
			return p.Token, errJSON
		}
		p.stack = p.stack[:len(p.stack)-1]
		if p.Token = JSONEndArray; ch == '}' {
			p.Token = JSONEndObject
		}
		return p.Token, nil
	}
	if top != nil && top.count > 0 {
		if ch != ',' {
			p.r.at++
			return p.Token, errJSON
		}
		p.r.at++
		if ch = p.r.peek(); ch == 0 && p.r.at >= len(p.r.s) {
			return p.Token, errJSONEnd
		}
		p.Start = p.r.at
	}
	if top == nil || !top.object {
		if top != nil {
			top.count++
		}
		t, err := p.value(ch)
		if err != nil {
			return p.Token, err
		}
		p.enter(t)
		p.Token = t
		return t, nil
	}
	return p.field(top, ch)
}

func (p *JSONTokens) enter(t JSONToken) {
	switch t {
	case JSONStartObject:
		p.stack = append(p.stack, level{object: true})
	case JSONStartArray:
		p.stack = append(p.stack, level{})
	}
}

// field reads a name, the colon and the value's first token.
func (p *JSONTokens) field(top *level, ch byte) (JSONToken, error) {
	name, err := p.name(ch)
	if err != nil {
		return p.Token, err
	}
	top.name = name
	top.count++
	p.Token, p.pending = JSONField, JSONNone
	if ch = p.r.peek(); ch != ':' {
		if ch == 0 {
			return p.Token, errJSONEnd
		}
		p.r.at++
		return p.Token, errJSON
	}
	p.r.at++
	if ch = p.r.peek(); ch == 0 && p.r.at >= len(p.r.s) {
		return p.Token, errJSONEnd
	}
	p.Start = p.r.at
	p.pending, err = p.value(ch)
	return p.Token, err
}

func (p *JSONTokens) name(ch byte) (string, error) {
	switch {
	case ch == '"', ch == '\'' && p.r.syntax.SingleQuotes:
		return p.text()
	case !p.r.syntax.UnquotedNames:
		p.r.at++
		return "", errJSON
	}
	n := strings.IndexFunc(p.r.s[p.r.at:], func(c rune) bool { return !identifier(c) })
	if n < 0 {
		n = len(p.r.s) - p.r.at
	}
	if n == 0 {
		p.r.at++
		return "", errJSON
	}
	name := p.r.s[p.r.at : p.r.at+n]
	p.r.at += n
	return name, nil
}

func identifier(c rune) bool {
	return c == '_' || c == '$' || unicode.IsLetter(c) || unicode.IsDigit(c)
}

// text reads a string; control characters are malformed unless the syntax has them.
func (p *JSONTokens) text() (string, error) {
	start := p.r.at
	s, err := p.r.text()
	if err == nil && !p.r.syntax.ControlChars {
		for _, c := range []byte(p.r.s[start:p.r.at]) {
			if c < ' ' {
				return "", errJSON
			}
		}
	}
	if err == nil && p.r.half {
		return "", ErrSurrogate
	}
	return s, err
}

// value reads a value's first token.
func (p *JSONTokens) value(ch byte) (JSONToken, error) {
	if len(p.stack) >= maxJSONDepth && (ch == '{' || ch == '[') {
		return JSONNone, errJSON
	}
	var err error
	switch {
	case ch == '{':
		p.r.at++
		return JSONStartObject, nil
	case ch == '[':
		p.r.at++
		return JSONStartArray, nil
	case ch == '"', ch == '\'' && p.r.syntax.SingleQuotes:
		p.Text, err = p.text()
		return JSONText, err
	case ch == '-' || ch >= '0' && ch <= '9' || ch == 'N' || ch == 'I' || ch == '+':
		return p.number(ch)
	}
	word, t := "", JSONNone
	switch ch {
	case 't':
		word, t = "true", JSONTrue
	case 'f':
		word, t = "false", JSONFalse
	case 'n':
		word, t = "null", JSONNull
	}
	if word != "" && strings.HasPrefix(p.r.s[p.r.at:], word) {
		p.r.at += len(word)
		if next, _ := utf8.DecodeRuneInString(p.r.s[p.r.at:]); p.r.at == len(p.r.s) || !identifier(next) {
			p.Text = word
			return t, nil
		}
	}
	return JSONNone, p.invalid()
}

// invalid is the error for what is no token: the parser goes past it.
func (p *JSONTokens) invalid() error {
	for p.r.at < len(p.r.s) {
		c, n := utf8.DecodeRuneInString(p.r.s[p.r.at:])
		p.r.at += n
		if !identifier(c) {
			break
		}
	}
	return errJSON
}

var notNumbers = [...]string{"NaN", "Infinity", "+Infinity", "+INF", "-Infinity", "-INF"}

func (p *JSONTokens) number(ch byte) (JSONToken, error) {
	for _, w := range notNumbers {
		if p.r.syntax.NonNumeric && strings.HasPrefix(p.r.s[p.r.at:], w) {
			p.r.at += len(w)
			p.Text = w
			return JSONFraction, nil
		}
	}
	if ch == 'N' || ch == 'I' || ch == '+' {
		return JSONNone, p.invalid()
	}
	p.r.depth = len(p.stack)
	text, whole, err := p.r.number()
	p.Text = text
	if whole {
		return JSONWhole, err
	}
	return JSONFraction, err
}

// Skip goes to the end of the object or array that the current token begins.
func (p *JSONTokens) Skip() error {
	if p.Token != JSONStartObject && p.Token != JSONStartArray {
		return nil
	}
	for open := 1; open > 0; {
		t, err := p.Next()
		if err != nil {
			return err
		}
		switch t {
		case JSONStartObject, JSONStartArray:
			open++
		case JSONEndObject, JSONEndArray:
			open--
		case JSONNone:
			return nil
		}
	}
	return nil
}

// Source is the text of the value whose first token is the current one; it goes to the value's end.
// Exact text is as written, other text as Java would write it again.
func (p *JSONTokens) Source(exact bool) (string, error) {
	start := p.Start
	if err := p.Skip(); err != nil {
		return "", err
	}
	if exact {
		return p.r.s[start:p.r.at], nil
	}
	r := jsonReader{s: p.r.s[start:p.r.at], syntax: p.r.syntax, depth: 1}
	w := &jsonWriter{}
	err := r.copy(w)
	return string(w.b), err
}
