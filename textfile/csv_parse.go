package textfile

// This file parts CSV text into values. Its rules, odd ones included, are those of the parser
// Spark uses.

import (
	"errors"
	"strings"

	"shoal/fault"
)

// records parts text into records and these into values. A value is a piece of the text where it
// can be.
type records struct {
	*CSV
	lineEnds
	text string
	at   int  // behind ch
	ch   byte // the current character
	end  bool // it ends the record
	prev byte // the one before, where it matters
	out  []string
	buf  []byte // the value being gathered
	odd  bool   // an unescaped quote was seen in this value

	quoted  bool // inside of quotes
	trimEnd bool
	err     error
}

// values parts one line into its values; they are valid until the next call.
func (r *records) values(line string) ([]string, error) {
	r.text, r.at = line, 0
	r.record()
	return r.out, r.err
}

// record parses the record that begins at r.at. It tells whether the text ended with it: a record
// that goes on behind the text cannot be told from one that ends there.
func (r *records) record() (atEnd bool) {
	r.out, r.buf, r.err, r.odd = r.out[:0], r.buf[:0], nil, false
	r.ch, r.end, r.prev, r.quoted, r.trimEnd = 0, false, 0, false, false
	start := r.at
	if r.next() && r.fields() {
		return false
	}
	r.finish(r.at > start)
	return true
}

// next reads a character; false at the end of the text.
func (r *records) next() bool {
	if r.at >= len(r.text) {
		return false
	}
	ch := r.text[r.at]
	r.at++
	switch {
	case r.quoted && r.raw:
	case ch == '\r' && r.crlf && r.at < len(r.text) && r.text[r.at] == '\n':
		r.at++
		r.ch, r.end = '\n', true
		return true
	case ch == '\r' && r.cr, ch == r.separator && r.separator != 0:
		r.ch, r.end = '\n', true
		return true
	}
	r.ch, r.end = ch, ch == '\n' && r.separator == 0
	return true
}

// delimits tells whether the delimiter begins at the current character.
func (r *records) delimits() bool {
	return r.ch == r.Delimiter[0] && (len(r.Delimiter) == 1 || strings.HasPrefix(r.text[r.at-1:], r.Delimiter))
}

// skipDelimiter goes past the delimiter's first character.
func (r *records) skipDelimiter() { r.at += len(r.Delimiter) - 1 }

func (r *records) add(value string) { r.out = append(r.out, value) }

// fields reads to the record's end; false at the end of the text.
func (r *records) fields() bool {
	for first := true; first || !r.end; first = false {
		for r.TrimLeft && r.ch <= ' ' && !r.end && !r.delimits() && r.ch != r.Quote {
			if !r.next() {
				return false
			}
		}
		switch {
		case r.end && first:
			return true
		case r.end || r.delimits():
			r.add(r.NullValue)
		case r.ch == r.Quote:
			if !r.quotedField() {
				return false
			}
		default:
			if !r.plainField() {
				return false
			}
		}
		if !r.end {
			r.skipDelimiter()
			if !r.next() {
				return false
			}
			if r.end {
				r.add(r.NullValue)
			}
		}
	}
	return true
}

// plainField reads a value without quotes around it.
func (r *records) plainField() bool {
	r.odd, r.prev = false, 0
	start := r.at - 1
	end := r.plainEnd(start)
	if end < 0 {
		r.trimEnd = r.TrimRight && len(r.Delimiter) == 1
		r.buf = append(r.buf[:0], r.text[start:]...)
		r.at, r.end = len(r.text), false
		if len(r.Delimiter) > 1 { // read one by one: finish looks at the last character
			r.ch = r.text[len(r.text)-1]
		}
		return false
	}
	value := r.text[start:end]
	if r.TrimRight {
		value = strings.TrimRight(value, blanks)
		if value == "" && start == 0 && len(r.Delimiter) == 1 { // the parser runs past its buffer's beginning
			r.err = errBlank
			return false
		}
	}
	if value == "" {
		value = r.NullValue
	}
	r.add(value)
	r.at = end
	return r.next()
}

// errBlank is what ignoreTrailingWhiteSpace alone makes of a blank first value.
var errBlank = errors.New("a blank first value")

// errOdd is a text that we do not know how Spark reads.
var errOdd = fault.Unsupported("CSV with a separator of several characters and an quote in an odd place")

// blanks are the characters Java's trim cuts off.
const blanks = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "

// plainEnd is where a value without quotes ends, -1 at the end of the text.
func (r *records) plainEnd(from int) int {
	s := r.text[from:]
	end := strings.Index(s, r.Delimiter)
	if end >= 0 {
		s = s[:end]
	}
	line := -1
	switch {
	case r.crlf:
		line = strings.Index(s, "\r\n")
	case r.cr:
		line = strings.IndexByte(s, '\r')
	case r.separator != 0:
		line = strings.IndexByte(s, r.separator)
	default:
		line = strings.IndexByte(s, '\n')
	}
	if line >= 0 {
		end = line
	}
	if end < 0 {
		return -1
	}
	return from + end
}

// quotedField reads a value that begins with a quote.
func (r *records) quotedField() bool {
	r.odd, r.prev = false, 0
	if value, end, ok := r.plainQuoted(r.at); ok {
		if value == "" {
			value = r.emptyValue
		}
		if r.blankInQuotes(value) {
			return false
		}
		r.add(value)
		r.at = end
		return r.next()
	}
	r.buf, r.quoted, r.trimEnd = r.buf[:0], true, false
	ok := r.inQuotes()
	if !ok || r.err != nil {
		return false
	}
	if !(r.odd && r.unescaped == backToDelimiter && len(r.buf) == 0) {
		r.take()
	}
	r.quoted = false
	return r.err == nil
}

// plainQuoted reads a value in quotes that is a piece of the text, closing quote and delimiter included.
func (r *records) plainQuoted(from int) (value string, end int, ok bool) {
	if len(r.Delimiter) > 1 {
		return "", 0, false
	}
	for i := from; i+1 < len(r.text); i++ {
		next := r.text[i+1]
		switch ch := r.text[i]; {
		case ch == r.Quote:
			return r.text[from:i], i + 1, r.text[i-1] != r.Escape && (next == r.Delimiter[0] || next == '\n' && r.separator == 0)
		case ch == r.Escape && (next == r.Quote || next == r.escapeEscape):
			return "", 0, false
		case ch == '\r' && (r.cr || r.crlf && next == '\n') || ch == r.separator && r.separator != 0:
			return "", 0, false
		}
	}
	return "", 0, false
}

// take makes the gathered text a value.
func (r *records) take() {
	b := r.buf
	if r.trimEnd {
		for len(b) > 0 && b[len(b)-1] <= ' ' {
			b = b[:len(b)-1]
		}
	}
	if len(b) == 0 {
		r.add(r.emptyValue)
	} else if value := string(b); !r.quoted || !r.blankInQuotes(value) {
		r.add(value)
	}
	r.buf = r.buf[:0]
}

// blankInQuotes tells what ignoreTrailingWhiteSpace alone fails at.
func (r *records) blankInQuotes(value string) bool {
	if value == "" || !r.TrimRight || r.TrimLeft || strings.Trim(value, blanks) != "" {
		return false
	}
	r.err = fault.Unsupported("CSV with ignoreTrailingWhiteSpace alone and a blank value in quotes")
	return true
}

// finish ends the record at the end of the text.
func (r *records) finish(any bool) {
	if r.err != nil {
		return
	}
	holds := r.prev != 0 && !r.end && !(r.ch == r.Delimiter[0] && len(r.Delimiter) == 1)
	if r.ch == r.Quote {
		if r.prev == r.Quote {
			holds = true
		} else if !r.odd {
			r.buf = append(r.buf, r.Quote)
		}
	}
	switch {
	case len(r.out) > 0 || holds:
		if len(r.buf) > 0 || holds {
			r.take()
		} else {
			r.add(r.NullValue)
		}
	case len(r.buf) > 0:
		r.take()
	case any:
		r.add(r.NullValue)
	}
}

// reader makes a parser of single lines.
func (c *CSV) reader() *records {
	r := &records{CSV: c}
	if len(c.LineSep) == 1 && c.LineSep != "\n" && c.LineSep != "\r" {
		r.separator = c.LineSep[0] // other line ends are text
	}
	return r
}
