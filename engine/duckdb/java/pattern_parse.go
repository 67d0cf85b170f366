package java

// This file parses times by a pattern, strictly, and fills in what a text leaves out as Spark does.

import (
	"math"
	"strings"
)

// parsed is what was read so far.
type parsed struct {
	values [fieldCount]int64
	has    [fieldCount]bool
	zone   *Zone
}

func (r *parsed) set(f field, n int64) bool {
	if r.has[f] && r.values[f] != n {
		return false
	}
	r.has[f], r.values[f] = true, n
	return true
}

// Parse reads a text as an instant; the clock's zone holds where the text names none. Without a clock
// it is what a clock shows, whatever zone the text names.
func (p *Pattern) Parse(s string, c *Clock) (instant int64, ok bool) {
	r := parsed{}
	end := p.parse(s, 0, 0, len(p.elements), &r)
	if end != len(s) {
		return 0, false
	}
	local, ok := r.local()
	if !ok {
		return 0, false
	}
	if c == nil {
		return local, true
	}
	if r.zone != nil {
		c = r.zone.Clock()
	}
	return c.Instant(local), true
}

// parse reads elements [from, to) at s[i:] and gives where they end, or -1.
func (p *Pattern) parse(s string, i, from, to int, r *parsed) int {
	for at := from; at < to; at++ {
		e := &p.elements[at]
		if e.kind == kOptional {
			attempt := *r
			if end := p.parse(s, i, at+1, e.to, &attempt); end >= 0 {
				i, *r = end, attempt
			}
			at = e.to - 1
			continue
		}
		if i = e.parse(s, i, r); i < 0 {
			return -1
		}
	}
	return i
}

func (e *element) parse(s string, i int, r *parsed) int {
	switch e.kind {
	case kLiteral:
		if end := i + len(e.text); end <= len(s) && strings.EqualFold(s[i:end], e.text) {
			return end
		}
		return -1
	case kNumber, kReduced:
		return e.parseNumber(s, i, r)
	case kFraction:
		return e.parseFraction(s, i, r)
	case kText:
		return e.parseText(s, i, r)
	case kOffset, kLocalizedOffset:
		return e.parseOffset(s, i, r)
	case kZoneID, kZoneName:
		return parseZone(s, i, r)
	}
	return -1
}

// parseNumber reads digits by Java's rules: how many may be there depends on the sign's style
// and on the fixed-width numbers right behind.
func (e *element) parseNumber(s string, i int, r *parsed) int {
	negative, positive := false, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		negative, positive = s[i] == '-', s[i] == '+'
		if e.sign == signNever || positive && e.sign == signNormal {
			return -1
		}
		i++
	}
	limit := e.max + max(e.subsequent, 0)
	end := i
	for end < len(s) && end-i < limit && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if e.subsequent > 0 {
		end = i + min(max(e.min, end-i-e.subsequent), end-i)
	}
	count := end - i
	if count < e.min || count > 18 {
		return -1
	}
	n := int64(0)
	for _, c := range []byte(s[i:end]) {
		n = n*10 + int64(c-'0')
	}
	switch {
	case negative && n == 0:
		return -1
	case negative:
		n = -n
	case e.sign == signExceedsPad && positive != (count > e.min):
		return -1
	}
	if e.kind == kReduced {
		n += 2000
	}
	if !r.set(e.field, n) {
		return -1
	}
	return end
}

func (e *element) parseFraction(s string, i int, r *parsed) int {
	end, n := i, int64(0)
	for end < len(s) && end-i < e.max && s[end] >= '0' && s[end] <= '9' {
		n = n*10 + int64(s[end]-'0')
		end++
	}
	if end-i < e.min {
		return -1
	}
	for range 9 - (end - i) {
		n *= 10
	}
	if !r.set(fNano, n) {
		return -1
	}
	return end
}

func (e *element) parseText(s string, i int, r *parsed) int {
	var names []string
	base := int64(0)
	switch e.field {
	case fMonth:
		names, base = months[:], 1
	case fAmPm:
		names = halves[:]
	case fEra:
		names = eras[:]
		if e.full {
			names = erasFull[:]
		}
	}
	for n, name := range names {
		if !e.full && e.field == fMonth {
			name = name[:shortNames]
		}
		if end := i + len(name); end <= len(s) && strings.EqualFold(s[i:end], name) && r.set(e.field, int64(n)+base) {
			return end
		}
	}
	return -1
}

// parseOffset reads an offset in the pattern's own form.
func (e *element) parseOffset(s string, i int, r *parsed) int {
	form, zero := e.text, e.zero
	if e.kind == kLocalizedOffset {
		if i+3 > len(s) || !strings.EqualFold(s[i:i+3], "GMT") {
			return -1
		}
		if i += 3; i == len(s) || s[i] != '+' && s[i] != '-' {
			r.zone = fixedZone(0)
			return i
		}
		form, zero = "+HH:MM:ss", ""
		if !e.full {
			return parseShortOffset(s, i, r)
		}
	}
	if zero != "" && i+len(zero) <= len(s) && strings.EqualFold(s[i:i+len(zero)], zero) {
		r.zone = fixedZone(0)
		return i + len(zero)
	}
	if i == len(s) || s[i] != '+' && s[i] != '-' {
		return -1
	}
	negative, total, unit := s[i] == '-', int64(0), int64(3600)
	i++
	for n, part := range strings.Split(strings.NewReplacer("HH", "HH ", "MM", "MM ", "mm", "mm ", "ss", "ss ").Replace(form[1:]), " ") {
		if part == "" {
			break
		}
		end := i
		if part[0] == ':' {
			if end < len(s) && s[end] == ':' {
				end++
			} else if strings.HasSuffix(part, "ss") {
				break
			} else {
				return -1
			}
		}
		v, ok := twoDigits(s, end)
		if !ok || n > 0 && v > 59 {
			if strings.ToLower(part) == part && (part == "mm" || strings.HasSuffix(part, "ss")) {
				break // optional
			}
			return -1
		}
		total += v * unit
		unit /= 60
		i = end + 2
	}
	return setOffset(r, negative, total, i)
}

func setOffset(r *parsed, negative bool, seconds int64, end int) int {
	if seconds > 18*3600 {
		return -1
	}
	if negative {
		seconds = -seconds
	}
	r.zone = fixedZone(seconds * second)
	return end
}

// parseShortOffset reads +1 or +1:30.
func parseShortOffset(s string, i int, r *parsed) int {
	p := scanner{s: s, i: i}
	negative := p.take("-")
	if !negative {
		p.take("+")
	}
	h, ok := p.pair()
	if !ok {
		return -1
	}
	total := int64(h) * 3600
	if m, ok := twoDigits(s, p.i+1); ok && s[p.i] == ':' && m < 60 {
		total += m * 60
		p.i += 3
	}
	return setOffset(r, negative, total, p.i)
}

func twoDigits(s string, i int) (int64, bool) {
	if i+2 > len(s) || !allDigits(s[i:i+2]) {
		return 0, false
	}
	return int64(s[i]-'0')*10 + int64(s[i+1]-'0'), true
}

// parseZone reads the longest zone id at s[i:].
func parseZone(s string, i int, r *parsed) int {
	end := i
	for end < len(s) && strings.IndexByte("/_+-:", s[end]) >= 0 || end < len(s) && isWord(s[end]) {
		end++
	}
	for ; end > i; end-- {
		if z, err := LoadZone(s[i:end]); err == nil {
			r.zone = z
			return end
		}
	}
	return -1
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

var ranges = [fieldCount][2]int64{
	fYear: {-999_999_999, 999_999_999}, fYearOfEra: {1, 999_999_999}, fEra: {0, 1}, fQuarter: {1, 4},
	fMonth: {1, 12}, fDay: {1, 31}, fDayOfYear: {1, 366}, fWeekday: {1, 7}, fWeekdayInMonth: {1, 7}, fAmPm: {0, 1},
	fHour: {0, 23}, fHourFrom1: {1, 24}, fHourOfHalf: {0, 11}, fHourOfHalfOf1: {1, 12}, fMinute: {0, 59},
	fSecond: {0, 59}, fNano: {0, 999_999_999},
}

// local puts the clock reading together: 1970-01-01 00:00:00 where the text says nothing.
func (r *parsed) local() (int64, bool) {
	for f, has := range r.has {
		if has && (r.values[f] < ranges[f][0] || r.values[f] > ranges[f][1]) {
			return 0, false
		}
	}
	days, ok := r.date()
	if !ok {
		return 0, false
	}
	hour, ok := r.hour()
	if !ok {
		return 0, false
	}
	return addDays(days, hour*hourMicros+r.or(fMinute, 0)*minMicros+r.or(fSecond, 0)*second+r.or(fNano, 0)/1000)
}

func (r *parsed) or(f field, missing int64) int64 {
	if r.has[f] {
		return r.values[f]
	}
	return missing
}

func (r *parsed) date() (days int64, ok bool) {
	if r.has[fYearOfEra] {
		year := r.values[fYearOfEra]
		if !r.has[fEra] {
			return 0, false
		}
		if r.values[fEra] == 0 {
			year = 1 - year
		}
		if !r.set(fYear, year) {
			return 0, false
		}
	}
	year := r.or(fYear, 1970)
	month, day := int(r.or(fMonth, 1)), int(r.or(fDay, 1))
	if r.has[fDayOfYear] {
		days = daysOf(int(year), 1, 1) + r.values[fDayOfYear] - 1
		y, m, d := dateOf(days)
		return days, y == int(year) && (!r.has[fMonth] || m == month) && (!r.has[fDay] || d == day)
	}
	if year > math.MaxInt32 || !validDate(int(year), month, day) {
		return 0, false
	}
	return daysOf(int(year), month, day), true
}

// hour finds the hour of the day; a twelve-hour clock without AM or PM means the morning.
func (r *parsed) hour() (int64, bool) {
	hour, half := int64(-1), int64(-1)
	if r.has[fHour] {
		hour = r.values[fHour]
	}
	if r.has[fHourFrom1] {
		h := r.values[fHourFrom1] % 24
		if hour >= 0 && h != hour {
			return 0, false
		}
		hour = h
	}
	if r.has[fHourOfHalf] {
		half = r.values[fHourOfHalf]
	}
	if r.has[fHourOfHalfOf1] {
		h := r.values[fHourOfHalfOf1] % 12
		if half >= 0 && h != half {
			return 0, false
		}
		half = h
	}
	if half >= 0 {
		h := half
		if r.has[fAmPm] {
			h += 12 * r.values[fAmPm]
		}
		if hour < 0 {
			return h, true
		}
		return hour, hour%12 == half && (!r.has[fAmPm] || hour == h)
	}
	if hour >= 0 {
		return hour, !r.has[fAmPm] || hour/12 == r.values[fAmPm]
	}
	return 12 * r.or(fAmPm, 0), true
}
