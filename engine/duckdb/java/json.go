package java

// This file reads JSON as Jackson does for Spark: text in single quotes and control characters in
// texts are fine, what stands behind the first value does not matter.

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errJSON = errors.New("malformed JSON")
	// errJSONEnd is JSON that ends too early.
	errJSONEnd = fmt.Errorf("%w: it ends too early", errJSON)
	// ErrSurrogate is half a pair of UTF-16's units, which Java's strings may hold and ours not.
	ErrSurrogate = errors.New("half a surrogate pair in JSON")
)

const (
	maxJSONDepth  = 1000 // Jackson's limits
	maxJSONNumber = 1000
)

// jsonReader reads one value after the other.
type jsonReader struct {
	s     string
	at    int
	depth int
	// syntax is what is allowed besides JSON.
	syntax JSONSyntax
	// half tells that the last text held half a surrogate pair, written as U+FFFD.
	half bool
}

// JSONSyntax says what a parser takes besides JSON.
type JSONSyntax struct {
	SingleQuotes, UnquotedNames, Comments, LeadingZeros, AnyEscape, NonNumeric, ControlChars bool
}

// lenient is the syntax of get_json_object.
var lenient = JSONSyntax{SingleQuotes: true, ControlChars: true}

// peek is the next character that is no blank, 0 at the end.
func (r *jsonReader) peek() byte {
	for ; r.at < len(r.s); r.at++ {
		switch b := r.s[r.at]; b {
		case ' ', '\t', '\n', '\r':
		case '/':
			if !r.syntax.Comments || !r.comment() {
				return b
			}
			r.at--
		default:
			return b
		}
	}
	return 0
}

// comment goes past a comment.
func (r *jsonReader) comment() bool {
	end := "\n"
	switch {
	case strings.HasPrefix(r.s[r.at:], "/*"):
		end = "*/"
	case !strings.HasPrefix(r.s[r.at:], "//"):
		return false
	}
	n := strings.Index(r.s[r.at+2:], end)
	if n < 0 {
		r.at = len(r.s)
		return true
	}
	r.at += 2 + n + len(end)
	return true
}

func (r *jsonReader) expect(b byte) error {
	if r.peek() != b {
		return errJSON
	}
	r.at++
	return nil
}

// array calls item at the beginning of each element.
func (r *jsonReader) array(item func() error) error { return r.items('[', ']', item) }

// object calls field at the beginning of each value.
func (r *jsonReader) object(field func(name string) error) error {
	return r.items('{', '}', func() error {
		if q := r.peek(); q != '"' && q != '\'' {
			return errJSON
		}
		name, err := r.text()
		if err != nil {
			return err
		}
		if err := r.expect(':'); err != nil {
			return err
		}
		return field(name)
	})
}

func (r *jsonReader) items(open, end byte, item func() error) error {
	if err := r.expect(open); err != nil {
		return err
	}
	if r.depth++; r.depth > maxJSONDepth {
		return errJSON
	}
	defer func() { r.depth-- }()
	if r.peek() == end {
		r.at++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if r.peek() == end {
			r.at++
			return nil
		}
		if err := r.expect(','); err != nil {
			return err
		}
	}
}

// text reads a string in quotes of either kind.
func (r *jsonReader) text() (string, error) {
	quote := r.s[r.at]
	r.half = false
	r.at++
	start := r.at
	for r.at < len(r.s) && r.s[r.at] != quote && r.s[r.at] != '\\' {
		r.at++
	}
	b := []byte(nil)
	for r.at < len(r.s) {
		switch c := r.s[r.at]; c {
		case quote:
			r.at++
			if b == nil {
				return r.s[start : r.at-1], nil
			}
			return string(b), nil
		case '\\':
			if b == nil {
				b = append(make([]byte, 0, r.at-start+16), r.s[start:r.at]...)
			}
			r.at++
			var err error
			if b, err = r.escape(b); err != nil {
				return "", err
			}
		default:
			b = append(b, c)
			r.at++
		}
	}
	return "", errJSONEnd
}

// escape reads what follows a backslash.
func (r *jsonReader) escape(b []byte) ([]byte, error) {
	if r.at == len(r.s) {
		return nil, errJSON
	}
	c := r.s[r.at]
	r.at++
	if c == 'u' {
		return r.unicode(b)
	}
	const from, to = `"\/'bfnrt`, "\"\\/'\b\f\n\r\t"
	k := strings.IndexByte(from, c)
	switch {
	case k >= 0:
		return append(b, to[k]), nil
	case r.syntax.AnyEscape:
		return append(b, c), nil
	}
	return nil, errJSON
}

func (r *jsonReader) unicode(b []byte) ([]byte, error) {
	first, err := r.hexadecimal()
	if err != nil || !utf16.IsSurrogate(first) {
		return utf8.AppendRune(b, first), err
	}
	pair, behind := rune(utf8.RuneError), r.at
	if strings.HasPrefix(r.s[r.at:], `\u`) {
		r.at += 2
		second, err := r.hexadecimal()
		if err != nil {
			return nil, err
		}
		pair = utf16.DecodeRune(first, second)
	}
	if pair == utf8.RuneError {
		r.half, r.at = true, behind
	}
	return utf8.AppendRune(b, pair), nil
}

func (r *jsonReader) hexadecimal() (rune, error) {
	if r.at+4 > len(r.s) {
		return 0, errJSON
	}
	n, err := strconv.ParseUint(r.s[r.at:r.at+4], 16, 16)
	if err != nil {
		return 0, errJSON
	}
	r.at += 4
	return rune(n), nil
}

// word reads true, false or null.
func (r *jsonReader) word() (string, error) {
	for _, w := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(r.s[r.at:], w) {
			r.at += len(w)
			if next, _ := utf8.DecodeRuneInString(r.s[r.at:]); r.at < len(r.s) && (isAlnum(next) || next == '_' || next == '$' || next >= utf8.RuneSelf) {
				return "", errJSON
			}
			return w, nil
		}
	}
	return "", errJSON
}

// number reads a number; whole tells that it has neither fraction nor exponent.
func (r *jsonReader) number() (text string, whole bool, err error) {
	start := r.at
	r.accept("-")
	first := r.at
	n := r.digits()
	if n == 0 || n > 1 && r.s[first] == '0' && !r.syntax.LeadingZeros {
		return "", false, errJSON
	}
	whole = true
	if r.accept(".") {
		if whole = false; r.digits() == 0 {
			return "", false, errJSON
		}
	}
	if r.accept("eE") {
		r.accept("+-")
		if whole = false; r.digits() == 0 {
			return "", false, errJSON
		}
	}
	if r.at-start > maxJSONNumber {
		return "", false, errJSON
	}
	if r.depth == 0 && r.at < len(r.s) && r.s[r.at] > ' ' { // behind a number that stands alone
		return "", false, errJSON
	}
	return r.s[start:r.at], whole, nil
}

func (r *jsonReader) accept(any string) bool {
	if r.at < len(r.s) && strings.IndexByte(any, r.s[r.at]) >= 0 {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) digits() int {
	start := r.at
	for r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9' {
		r.at++
	}
	return r.at - start
}

// skip reads a value for its errors.
func (r *jsonReader) skip() (err error) {
	switch b := r.peek(); {
	case b == '{':
		return r.object(func(string) error { return r.skip() })
	case b == '[':
		return r.array(r.skip)
	case b == '"' || b == '\'':
		_, err = r.text()
	case b == '-' || b >= '0' && b <= '9':
		_, _, err = r.number()
	default:
		_, err = r.word()
	}
	return err
}

// jsonWriter writes compact JSON, commas by what stands before.
type jsonWriter struct {
	b     []byte
	start int
	pairs bool // characters outside the basic plane are written as escaped pairs
}

func (w *jsonWriter) separate() {
	if len(w.b) > w.start && strings.IndexByte("[{:", w.b[len(w.b)-1]) < 0 {
		w.b = append(w.b, ',')
	}
}

func (w *jsonWriter) raw(s string) {
	w.separate()
	w.b = append(w.b, s...)
}

// text writes a string with Jackson's escapes.
func (w *jsonWriter) text(s string) {
	w.separate()
	w.b = append(w.b, '"')
	for k := 0; k < len(s); {
		switch c := s[k]; {
		case c == '"' || c == '\\':
			w.b = append(w.b, '\\', c)
		case c < ' ':
			w.b = appendControl(w.b, c)
		case c >= 0xF0 && w.pairs:
			char, n := utf8.DecodeRuneInString(s[k:])
			high, low := utf16.EncodeRune(char)
			w.b = appendHexEscape(appendHexEscape(w.b, high), low)
			k += n
			continue
		default:
			w.b = append(w.b, c)
		}
		k++
	}
	w.b = append(w.b, '"')
}

func appendControl(b []byte, c byte) []byte {
	const named, letters = "\b\f\n\r\t", "bfnrt"
	if k := strings.IndexByte(named, c); k >= 0 {
		return append(b, '\\', letters[k])
	}
	return appendHexEscape(b, rune(c))
}

func appendHexEscape(b []byte, r rune) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}

// whole is the error of writing the text just read: Java cannot write half a pair as UTF-8.
func (r *jsonReader) whole(w *jsonWriter, err error) error {
	switch {
	case err != nil || !r.half:
		return err
	case w.pairs:
		return errJSON
	}
	return ErrSurrogate
}

// copy reads a value and writes it: numbers as Java prints them.
func (r *jsonReader) copy(w *jsonWriter) error {
	switch b := r.peek(); {
	case b == '{':
		w.raw("{")
		err := r.object(func(name string) error {
			if r.half {
				return ErrSurrogate
			}
			w.text(name)
			w.b = append(w.b, ':')
			return r.copy(w)
		})
		w.b = append(w.b, '}')
		return err
	case b == '[':
		w.raw("[")
		err := r.array(func() error { return r.copy(w) })
		w.b = append(w.b, ']')
		return err
	case b == '"' || b == '\'':
		s, err := r.text()
		w.text(s)
		return r.whole(w, err)
	case b == '-' || b >= '0' && b <= '9':
		s, whole, err := r.number()
		if err != nil {
			return err
		}
		w.separate()
		w.b = appendJSONNumber(w.b, s, whole)
		return nil
	}
	s, err := r.word()
	w.raw(s)
	return err
}

func appendJSONNumber(b []byte, s string, whole bool) []byte {
	if whole {
		n, _ := new(big.Int).SetString(s, 10) // it is digits
		return n.Append(b, 10)
	}
	d, err := strconv.ParseFloat(s, 64)
	if err != nil { // beyond what doubles hold: infinite, and so no number in JSON
		return append(AppendDouble(append(b, '"'), d), '"')
	}
	return AppendDouble(b, d)
}

// AppendJSONText appends a string in quotes, with Jackson's escapes.
func AppendJSONText(b []byte, s string) []byte {
	w := jsonWriter{b: b, start: len(b)}
	w.text(s)
	return w.b
}
