package catalog

// This file parts one CSV record into values.

import "strings"

// parse appends the values of the record at the start of text; used is its length with the line's
// end. Outside of quotes a line's end ends the record.
func (d *dialect) parse(out []string, text string) (record []string, used int) {
	for at := 0; ; {
		value, end := d.value(text, at)
		out = append(out, value)
		if strings.HasPrefix(text[end:], d.delimiter) {
			at = end + len(d.delimiter)
			continue
		}
		return out, end + lineEnd(text[end:])
	}
}

func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s != "":
		return 1
	default:
		return 0
	}
}

// value reads one value from at; end is where the delimiter or the record's end stands.
func (d *dialect) value(text string, at int) (value string, end int) {
	start := at
	if d.trimLeft {
		start += blanks(text[at:])
	}
	if d.quote != 0 && start < len(text) && text[start] == d.quote {
		if value, end, ok := d.quoted(text, start+1); ok {
			return value, end
		}
	}
	end = at + d.unquotedEnd(text[at:])
	start = min(start, end)
	value = text[start:end]
	if d.trimRight {
		value = strings.TrimRight(value, " \t")
	}
	return value, end
}

// unquotedEnd is where a value without quotes ends.
func (d *dialect) unquotedEnd(s string) int {
	end := len(s)
	if i := strings.Index(s, d.delimiter); i >= 0 {
		end = i
	}
	if i := strings.IndexAny(s[:end], "\r\n"); i >= 0 {
		end = i
	}
	return end
}

func blanks(s string) int { return len(s) - len(strings.TrimLeft(s, " \t")) }

// quoted reads to the closing quote. A quote that neither ends the value nor is escaped makes the
// value an unquoted one: ok is false.
func (d *dialect) quoted(text string, from int) (value string, end int, ok bool) {
	var b strings.Builder
	plain := true // no escape so far
	for i := from; i < len(text); i++ {
		switch ch := text[i]; {
		case d.escape != 0 && ch == d.escape && i+1 < len(text) && text[i+1] == d.quote:
			if plain {
				b.WriteString(text[from:i])
				plain = false
			}
			b.WriteByte(d.quote)
			i++
		case ch == d.quote:
			after := i + 1 + blanks(text[i+1:])
			if rest := text[after:]; rest != "" && !strings.HasPrefix(rest, d.delimiter) && rest[0] != '\n' && rest[0] != '\r' {
				return "", 0, false
			}
			if plain {
				return text[from:i], after, true
			}
			return b.String(), after, true
		case !plain:
			b.WriteByte(ch)
		}
	}
	return "", 0, false
}
