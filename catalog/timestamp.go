package catalog

// This file tells text that Spark casts to a timestamp.

import (
	"regexp"
	"strings"
	"time"
)

// isTimestamp accepts year[-month[-day]], then after a space or T hour[:minute[:second[.fraction] [zone]]];
// or a time of day alone, which means today.
func isTimestamp(text string) bool {
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	date, clock := text, ""
	if i := strings.IndexAny(text, " T"); i >= 0 {
		date, clock = text[:i], text[i+1:]
		if clock == "" {
			return false
		}
		if date == "" {
			return text[0] == 'T' && strings.Contains(clock, ":") && isClock(clock)
		}
	} else if strings.Contains(text, ":") {
		return isClock(text)
	}
	if !isLooseDate(date) {
		return false
	}
	return clock == "" || strings.Count(date, "-") >= 2 && isClock(clock)
}

// isLooseDate takes a sign, four to six digits of year, one or two for month and day.
func isLooseDate(s string) bool {
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	year, rest, hasMonth := strings.Cut(s, "-")
	y, ok := digitsIn(year, 4, 6)
	if !ok || !hasMonth {
		return ok
	}
	month, day, hasDay := strings.Cut(rest, "-")
	m, ok := digitsIn(month, 1, 2)
	if !ok || m < 1 || m > 12 || !hasDay {
		return ok && m >= 1 && m <= 12
	}
	d, ok := digitsIn(day, 1, 2)
	return ok && d >= 1 && d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// digitsIn reads a number of least to most digits.
func digitsIn(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for _, ch := range []byte(s) {
		if ch < '0' || ch > '9' {
			return 0, false
		}
		n = n*10 + int(ch-'0')
	}
	return n, true
}

// isClock takes hour, hour:minute or hour:minute:second with fraction and zone.
func isClock(s string) bool {
	hour, rest, more := strings.Cut(s, ":")
	if h, ok := digitsIn(hour, 1, 2); !ok || h > 23 || !more {
		return ok && h <= 23
	}
	minute, rest, more := strings.Cut(rest, ":")
	if m, ok := digitsIn(minute, 1, 2); !ok || m > 59 || !more {
		return ok && m <= 59
	}
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	if sec, ok := digitsIn(rest[:n], 1, 2); !ok || sec > 59 {
		return false
	}
	rest = rest[n:]
	if strings.HasPrefix(rest, ".") {
		rest = strings.TrimLeft(rest[1:], "0123456789")
	}
	return rest == "" || isZone(strings.TrimSpace(rest))
}

var (
	offsetForm = regexp.MustCompile(`^(UTC|GMT|UT)?([+-](\d{1,2}(:\d{1,2}(:\d{2})?)?|\d{4}|\d{6}))?$`)
	// oldZones are the three-letter ids Java still maps to regions.
	oldZones = " ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST EST MST HST "
)

func isZone(s string) bool {
	if s == "Z" || s != "" && offsetForm.MatchString(s) || strings.Contains(oldZones, " "+s+" ") {
		return true
	}
	if !strings.Contains(s, "/") || strings.Contains(s, "..") {
		return false
	}
	_, err := time.LoadLocation(s)
	return err == nil
}
