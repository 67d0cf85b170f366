package java

// This file reads the date patterns of java.time.format.DateTimeFormatter, with what Spark
// forbids and changes in them. Printing is in pattern_print.go, parsing in pattern_parse.go.

import (
	"fmt"
	"strings"
)

// field is what a number or text in a pattern stands for.
type field uint8

const (
	fYear field = iota
	fYearOfEra
	fEra
	fQuarter
	fMonth
	fDay
	fDayOfYear
	fWeekday
	fWeekdayInMonth
	fAmPm
	fHour          // 0-23
	fHourFrom1     // 1-24
	fHourOfHalf    // 0-11
	fHourOfHalfOf1 // 1-12
	fMinute
	fSecond
	fNano
	fieldCount
)

// signs says how a number's sign is written.
type signs uint8

const (
	signNormal     signs = iota // only -
	signNever                   // none: of fixed width
	signExceedsPad              // + when there are more digits than the pattern has letters
)

type kind uint8

const (
	kLiteral kind = iota
	kNumber
	kReduced  // two digits of a year from 2000 on
	kFraction // digits after the point
	kText
	kOffset          // +01:00
	kLocalizedOffset // GMT+1
	kZoneID
	kZoneName
	kOptional // ends at element to
)

// element is a piece of a pattern.
type element struct {
	kind     kind
	field    field
	min, max int
	sign     signs
	// subsequent is how many digits fixed-width numbers right behind need; -1 says that this
	// number is one of them.
	subsequent int
	full       bool   // long text
	text       string // a literal; an offset's pattern
	zero       string // how an offset of zero is written
	to         int
}

// Pattern is a date pattern. It is safe for use by many goroutines.
type Pattern struct {
	text     string
	elements []element
}

// A PatternError says why a pattern is none, or none that Spark takes.
type PatternError struct {
	Pattern, Reason string
	How             PatternFault
	Letter          string // of PatternIllegal and PatternWeek
}

// PatternFault is what is wrong with a pattern.
type PatternFault uint8

// The faults of patterns: not one of Java's; a letter Spark forbids; a letter that counts weeks;
// right, but not done here; right for Spark 2 only, whatever else is wrong.
const (
	PatternMalformed PatternFault = iota
	PatternIllegal
	PatternWeek
	PatternUnknown
	PatternLegacy
)

func (e *PatternError) Error() string { return fmt.Sprintf("date pattern %q: %s", e.Pattern, e.Reason) }

var letterFields = map[byte]field{
	'u': fYear, 'y': fYearOfEra, 'G': fEra, 'Q': fQuarter, 'q': fQuarter, 'M': fMonth, 'L': fMonth, 'd': fDay,
	'D': fDayOfYear, 'E': fWeekday, 'F': fWeekdayInMonth, 'a': fAmPm, 'H': fHour, 'k': fHourFrom1,
	'K': fHourOfHalf, 'h': fHourOfHalfOf1, 'm': fMinute, 's': fSecond, 'S': fNano,
}

// CompilePattern reads a pattern for printing, or for parsing.
func CompilePattern(text string, parsing bool) (*Pattern, error) {
	c := compiler{text: text, parsing: parsing, active: -1}
	c.hasEra = strings.ContainsRune(unquoted(text), 'G')
	if err := c.run(); err != nil {
		if err.How != PatternUnknown && legacyPattern(text) {
			err.How = PatternLegacy
		}
		return nil, err
	}
	return &Pattern{text: strings.Clone(text), elements: c.out}, nil
}

// unquoted is a pattern without its quoted pieces.
func unquoted(text string) string {
	var b strings.Builder
	for i, part := range strings.Split(text, "'") {
		if i%2 == 0 {
			b.WriteString(part)
		}
	}
	return b.String()
}

type compiler struct {
	text    string
	parsing bool
	hasEra  bool
	out     []element
	open    []int // optional sections that have begun
	active  int   // the number before a row of fixed-width numbers, -1: none
}

// legacyPattern tells whether java.text.SimpleDateFormat takes a pattern.
func legacyPattern(text string) bool {
	if strings.Count(text, "'")%2 == 1 || strings.Contains(text, "XXXX") {
		return false
	}
	for _, b := range []byte(unquoted(text)) {
		if isLetter(b) && strings.IndexByte("GyYMLwWDdFEuaHkKhmsSzZX", b) < 0 {
			return false
		}
	}
	return true
}

func isLetter(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }

func (c *compiler) fail(format string, args ...any) *PatternError {
	return &PatternError{Pattern: c.text, Reason: fmt.Sprintf(format, args...)}
}

func (c *compiler) failLetter(how PatternFault, b byte) *PatternError {
	return &PatternError{Pattern: c.text, Reason: "the letter " + string(b), How: how, Letter: string(b)}
}

// forbidden finds letters Java takes and Spark does not.
func (c *compiler) forbidden() *PatternError {
	for _, b := range []byte(unquoted(c.text)) {
		if strings.IndexByte("YWwuec", b) >= 0 {
			return c.failLetter(PatternWeek, b)
		}
		if strings.IndexByte("ABnNp", b) >= 0 || c.parsing && strings.IndexByte("EFqQ", b) >= 0 {
			return c.failLetter(PatternIllegal, b)
		}
	}
	return nil
}

func (c *compiler) run() *PatternError {
	if err := c.forbidden(); err != nil {
		return err
	}
	for i := 0; i < len(c.text); {
		switch b := c.text[i]; {
		case isLetter(b):
			n := 1
			for i+n < len(c.text) && c.text[i+n] == b {
				n++
			}
			if err := c.letters(b, n); err != nil {
				return err
			}
			i += n
		case b == '\'':
			end := i + 1
			for ; end < len(c.text); end++ {
				if c.text[end] == '\'' {
					if end+1 == len(c.text) || c.text[end+1] != '\'' {
						break
					}
					end++
				}
			}
			if end >= len(c.text) {
				return c.fail("a quote without end")
			}
			if inner := c.text[i+1 : end]; inner == "" {
				c.literal("'")
			} else {
				c.literal(strings.ReplaceAll(inner, "''", "'"))
			}
			i = end + 1
		case b == '[':
			c.active = -1
			c.open = append(c.open, len(c.out))
			c.out = append(c.out, element{kind: kOptional})
			i++
		case b == ']':
			if len(c.open) == 0 {
				return c.fail("] without [")
			}
			c.active = -1
			c.out[c.open[len(c.open)-1]].to = len(c.out)
			c.open = c.open[:len(c.open)-1]
			i++
		case b == '{' || b == '}' || b == '#':
			return c.fail("the reserved character %c", b)
		default:
			c.literal(c.text[i : i+1])
			i++
		}
	}
	for _, o := range c.open {
		c.out[o].to = len(c.out)
	}
	return nil
}

func (c *compiler) literal(s string) { c.other(element{kind: kLiteral, text: s}) }

func (c *compiler) other(e element) {
	c.active = -1
	c.out = append(c.out, e)
}

// number appends a number; rows of them without anything between share their digits.
func (c *compiler) number(e element) {
	if c.active < 0 {
		c.active = len(c.out)
	} else if e.min == e.max && e.sign == signNever {
		c.out[c.active].subsequent += e.max
		e.subsequent = -1
	} else {
		c.out[c.active].subsequent = -1
		c.active = len(c.out)
	}
	c.out = append(c.out, e)
}

// letters appends what n equal letters mean.
func (c *compiler) letters(b byte, n int) *PatternError {
	//size: one case per letter
	if strings.IndexByte("GMLEQq", b) >= 0 && n >= 5 || b == 'y' && n >= 11 {
		return c.fail("too many letters %c", b)
	}
	if b == 'y' && !c.hasEra {
		b = 'u'
	}
	f := letterFields[b]
	tooMany := c.fail("too many letters %c", b)
	switch b {
	case 'u', 'y':
		switch {
		case n == 2:
			c.number(element{kind: kReduced, field: f, min: 2, max: 2, sign: signNever})
		case n < 4:
			c.number(element{kind: kNumber, field: f, min: n, max: 19})
		default:
			c.number(element{kind: kNumber, field: f, min: n, max: 19, sign: signExceedsPad})
		}
	case 'M', 'L', 'Q', 'q':
		if n <= 2 {
			c.plain(f, n)
		} else {
			c.other(element{kind: kText, field: f, full: n == 4})
		}
	case 'E', 'G':
		c.other(element{kind: kText, field: f, full: n == 4})
	case 'a':
		if n > 1 {
			return tooMany
		}
		c.other(element{kind: kText, field: f})
	case 'S':
		if n > 9 {
			return tooMany
		}
		if c.parsing { // Spark: any number of digits up to that
			c.other(element{kind: kFraction, field: f, min: 1, max: n})
		} else {
			c.number(element{kind: kFraction, field: f, min: n, max: n, sign: signNever})
		}
	case 'd', 'h', 'H', 'k', 'K', 'm', 's':
		if n > 2 {
			return tooMany
		}
		c.plain(f, n)
	case 'F':
		if n > 1 {
			return tooMany
		}
		c.plain(f, n)
	case 'D':
		if n > 3 {
			return tooMany
		}
		if n == 1 {
			c.plain(f, n)
		} else {
			c.number(element{kind: kNumber, field: f, min: n, max: 3, sign: signNever})
		}
	default:
		return c.zone(b, n)
	}
	return nil
}

// plain appends a number of one or more digits (one letter), or of two.
func (c *compiler) plain(f field, n int) {
	if n == 1 {
		c.number(element{kind: kNumber, field: f, min: 1, max: 19})
	} else {
		c.number(element{kind: kNumber, field: f, min: n, max: n, sign: signNever})
	}
}

// offsetForms are what X to XXXXX and x to xxxxx write; small letters only if not zero.
var offsetForms = [...]string{"", "+HHmm", "+HHMM", "+HH:MM", "+HHMMss", "+HH:MM:ss"}

func (c *compiler) zone(b byte, n int) *PatternError {
	tooMany := c.fail("too many letters %c", b)
	switch b {
	case 'z':
		if n > 4 {
			return tooMany
		}
		c.other(element{kind: kZoneName, full: n == 4})
	case 'V':
		if n != 2 {
			return c.fail("letter count of V must be 2")
		}
		c.other(element{kind: kZoneID})
	case 'O':
		if n != 1 && n != 4 {
			return c.fail("letter count of O must be 1 or 4")
		}
		c.other(element{kind: kLocalizedOffset, full: n == 4})
	case 'Z':
		switch {
		case n < 4:
			c.other(element{kind: kOffset, text: "+HHMM", zero: "+0000"})
		case n == 4:
			c.other(element{kind: kLocalizedOffset, full: true})
		case n == 5:
			c.other(element{kind: kOffset, text: "+HH:MM:ss", zero: "Z"})
		default:
			return tooMany
		}
	case 'X', 'x':
		if n > 5 {
			return tooMany
		}
		zero := "Z"
		if b == 'x' {
			zero = [...]string{"", "+00", "+0000", "+00:00", "+0000", "+00:00"}[n]
		}
		c.other(element{kind: kOffset, text: offsetForms[n], zero: zero})
	case 'v', 'g':
		return c.failLetter(PatternUnknown, b)
	default:
		return c.fail("unknown letter %c", b)
	}
	return nil
}
