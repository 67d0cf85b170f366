package textfile

// This file reads CSV values in quotes.

import "errors"

// errQuote is an unescaped quote where none may be.
var errQuote = errors.New("an unescaped quote")

// inQuotes reads a value behind its opening quote up to what ends it; false at the end of the text.
//
// size: the parser's states, in one place
func (r *records) inQuotes() bool {
	if r.prev != 0 && (r.unescaped == stopAtDelimiter || r.unescaped == skipValue || r.unescaped == backToDelimiter) {
		return r.pastQuotes()
	}
	if !r.next() {
		return false
	}
	for {
		if r.prev == r.Quote && (r.ch <= ' ' || r.delimits() || r.end) {
			break
		}
		if r.ch != r.Quote && r.ch != r.Escape {
			if r.prev == r.Quote {
				return r.unescapedQuote()
			}
			if r.prev == r.Escape && r.Escape != 0 {
				r.buf = append(r.buf, r.Escape)
			}
			if !r.appendUntilQuote() {
				return false
			}
			r.prev = r.ch
			if !r.next() {
				return false
			}
			continue
		}
		if !r.escaped() {
			return false
		}
		r.prev = r.ch
		if !r.next() {
			return false
		}
		if r.odd && (r.delimits() || r.end) {
			return true
		}
	}
	return r.behindQuotes()
}

// appendUntilQuote takes characters up to a quote or an escape.
func (r *records) appendUntilQuote() bool {
	first := r.ch
	for r.ch != r.Quote && r.ch != r.Escape && r.ch != r.escapeEscape {
		r.buf = append(r.buf, r.ch)
		if !r.next() {
			r.ch = first // what finish goes by
			return false
		}
	}
	return true
}

// pastQuotes reads a value with an unescaped quote up to the delimiter, opening quote included.
func (r *records) pastQuotes() bool {
	if r.unescaped == skipValue {
		r.buf = r.buf[:0]
	} else {
		r.buf = append([]byte{r.Quote}, r.buf...)
		if !r.next() {
			return false
		}
		r.trimEnd = r.TrimRight
	}
	first := r.ch
	for !r.delimits() && !r.end {
		if r.unescaped != skipValue {
			r.buf = append(r.buf, r.ch)
		}
		if !r.next() {
			if len(r.Delimiter) == 1 {
				r.ch = first // what finish goes by
			}
			return false
		}
	}
	return true
}

// behindQuotes reads what stands between the closing quote and the delimiter.
func (r *records) behindQuotes() bool {
	if r.delimits() || r.end {
		return true
	}
	var blank []byte
	for r.ch <= ' ' {
		blank = append(blank, r.ch)
		if !r.next() {
			return false
		}
		if r.end {
			return true
		}
		if r.delimits() {
			break
		}
	}
	if r.delimits() {
		return true
	}
	if r.unescaped == raiseError || len(r.Delimiter) > 1 {
		return r.fail()
	}
	r.buf = append(append(r.buf, r.Quote), blank...)
	untilDelimiter := r.unescaped != stopAtClosingQuote
	if untilDelimiter || r.ch != r.Quote && r.ch != r.Escape {
		r.buf = append(r.buf, r.ch)
	}
	r.prev = r.ch
	return r.inQuotes()
}

// escaped handles a quote or an escape inside of quotes.
func (r *records) escaped() bool {
	switch {
	case r.ch == r.Escape && r.prev == r.escapeEscape && r.escapeEscape != 0:
		r.buf = append(r.buf, r.Escape)
		r.ch = 0
	case r.prev == r.Escape:
		if r.ch == r.Quote {
			r.buf = append(r.buf, r.Quote)
			r.ch = 0
		} else {
			r.buf = append(r.buf, r.prev)
		}
	case r.ch == r.Quote && r.prev == r.Quote:
		r.buf = append(r.buf, r.Quote)
	case r.prev == r.Quote:
		return r.quoteInValue()
	}
	return true
}

// unescapedQuote goes on behind a quote that neither ends the value nor is escaped.
func (r *records) unescapedQuote() bool {
	r.odd = true
	if len(r.Delimiter) > 1 {
		return r.fail()
	}
	switch r.unescaped {
	case backToDelimiter:
		r.splitBack()
		r.buf = append(r.buf, r.ch)
		r.prev = 0
		return r.inQuotes()
	case stopAtDelimiter, stopAtClosingQuote:
		r.buf = append(r.buf, r.Quote, r.ch)
		r.prev = r.ch
		return r.inQuotes()
	case skipValue:
		return r.pastQuotes()
	}
	return r.fail()
}

// fail ends the record at a quote that may not be there.
func (r *records) fail() bool {
	if r.err = errQuote; len(r.Delimiter) > 1 {
		r.err = errOdd
	}
	return false
}

// splitBack makes values of what was gathered up to the last delimiter.
func (r *records) splitBack() {
	for i := 0; i < len(r.buf); i++ {
		if r.buf[i] == '\n' || r.buf[i] == r.Delimiter[0] && string(r.buf[i:min(len(r.buf), i+len(r.Delimiter))]) == r.Delimiter {
			r.add(string(r.buf[:i]))
			n := 1
			if r.buf[i] != '\n' {
				n = len(r.Delimiter)
			}
			r.buf = append(r.buf[:0], r.buf[i+n:]...)
			i = -1
		}
	}
}

// quoteInValue is unescapedQuote for one that an escape follows.
func (r *records) quoteInValue() bool {
	switch {
	case r.unescaped == raiseError || len(r.Delimiter) > 1:
		return r.fail()
	case r.unescaped == skipValue:
		return r.pastQuotes()
	}
	r.buf = append(r.buf, r.Quote)
	r.prev = r.ch
	for !r.delimits() && !r.end {
		if r.ch != r.Quote && r.ch != r.Escape {
			if r.prev == r.Quote {
				return r.quoteInValue()
			}
			r.buf = append(r.buf, r.ch)
		} else if !r.escaped() {
			return false
		}
		r.prev = r.ch
		if !r.next() {
			return false
		}
	}
	return true
}
