package java

// This file reads and writes dates and times as Spark's casts do.

import (
	"math"
	"strconv"
	"time"
)

const (
	dayMicros  = 86400 * second
	hourMicros = 3600 * second
	minMicros  = 60 * second
)

// daysOf is the day number since 1970-01-01 of a date in the proleptic Gregorian calendar.
func daysOf(year, month, day int) int64 {
	y := int64(year)
	if month <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	doy := int64((153*((month+9)%12)+2)/5 + day - 1)
	return era*146097 + yoe*365 + yoe/4 - yoe/100 + doy - 719468
}

// dateOf is daysOf's inverse.
func dateOf(days int64) (year, month, day int) {
	days += 719468
	era := floorDiv(days, 146097)
	doe := days - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp+2)%12 + 1
	year = int(yoe + era*400)
	if month <= 2 {
		year++
	}
	return year, month, day
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

func isLeap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

func monthDays(year, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func validDate(year, month, day int) bool {
	return month >= 1 && month <= 12 && day >= 1 && day <= monthDays(year, month)
}

// scanner reads a text from left to right.
type scanner struct {
	s string
	i int
}

func (p *scanner) end() bool { return p.i == len(p.s) }

func (p *scanner) take(chars string) bool {
	for j := range len(chars) {
		if p.i < len(p.s) && p.s[p.i] == chars[j] {
			p.i++
			return true
		}
	}
	return false
}

// digits reads a run of digits: its value, and how many there were.
func (p *scanner) digits() (n, count int) {
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		if n < 1e8 {
			n = n*10 + int(p.s[p.i]-'0')
		}
		p.i++
		count++
	}
	return n, count
}

// pair reads one or two digits.
func (p *scanner) pair() (int, bool) {
	n, count := p.digits()
	return n, count == 1 || count == 2
}

// ParseDate reads [+-]yyyy[yyy][-[m]m[-[d]d]], and ignores what follows a day and a blank or T.
func ParseDate(s string) (days int32, ok bool) {
	p := scanner{s: TrimAll(s)}
	sign := 1
	if p.take("-") {
		sign = -1
	} else {
		p.take("+")
	}
	year, n := p.digits()
	if n < 4 || n > 7 {
		return 0, false
	}
	month, day := 1, 1
	if p.take("-") {
		if month, ok = p.pair(); !ok {
			return 0, false
		}
		if p.take("-") {
			if day, ok = p.pair(); !ok || !p.end() && !p.take(" T") {
				return 0, false
			}
			p.i = len(p.s)
		}
	}
	if !p.end() || !validDate(sign*year, month, day) {
		return 0, false
	}
	count := daysOf(sign*year, month, day)
	return int32(count), count >= math.MinInt32 && count <= math.MaxInt32
}

// timeText is a timestamp's text taken apart.
type timeText struct {
	year, month, day     int
	hour, minute, second int
	micros               int
	justTime             bool
	zone                 string // as written, "" if there is none
}

// scanTime reads [+-]yyyy[yy][-[m]m[-[d]d[ |T][h]h[:[m]m[:[s]s[.fraction][zone]]]]]] or a time alone.
func scanTime(s string) (t timeText, ok bool) {
	t = timeText{year: 1, month: 1, day: 1}
	p := scanner{s: TrimAll(s)}
	if p.take("T") {
		t.justTime = true
		return t, p.clock(&t, false)
	}
	signed := p.take("-")
	negative := signed
	signed = signed || p.take("+")
	n, count := p.digits()
	if !signed && (count == 1 || count == 2) && p.i < len(p.s) && p.s[p.i] == ':' {
		t.justTime, t.hour = true, n
		return t, p.clock(&t, true)
	}
	if count < 4 || count > 6 {
		return t, false
	}
	if t.year = n; negative {
		t.year = -n
	}
	if !p.take("-") {
		return t, p.end()
	}
	if t.month, ok = p.pair(); !ok {
		return t, false
	}
	if !p.take("-") {
		return t, p.end()
	}
	if t.day, ok = p.pair(); !ok {
		return t, false
	}
	if !p.take(" T") {
		return t, p.end()
	}
	return t, p.clock(&t, false)
}

// clock reads a time of day; hasHour says that the hour was read before.
func (p *scanner) clock(t *timeText, hasHour bool) (ok bool) {
	if !hasHour {
		if t.hour, ok = p.pair(); !ok {
			return false
		}
	}
	if !p.take(":") {
		return p.end()
	}
	if t.minute, ok = p.pair(); !ok {
		return false
	}
	if !p.take(":") {
		return p.end()
	}
	if t.second, ok = p.pair(); !ok {
		return false
	}
	if p.take(".") {
		start := p.i
		p.digits()
		digits := p.s[start:min(p.i, start+6)]
		t.micros, _ = strconv.Atoi((digits + "000000")[:6])
	}
	t.zone = p.s[p.i:]
	return true
}

func (t timeText) valid() bool {
	return validDate(t.year, t.month, t.day) && t.hour < 24 && t.minute < 60 && t.second < 60
}

// local is the clock reading in microseconds; ok is false beyond what 64 bits hold.
func (t timeText) local() (micros int64, ok bool) {
	return addDays(daysOf(t.year, t.month, t.day),
		int64(t.hour)*hourMicros+int64(t.minute)*minMicros+int64(t.second)*second+int64(t.micros))
}

func addDays(days, micros int64) (int64, bool) {
	if days < 0 { // negative days reach further than whole ones
		days, micros = days+1, micros-dayMicros
	}
	if days < math.MinInt64/dayMicros || days > math.MaxInt64/dayMicros {
		return 0, false
	}
	sum := days*dayMicros + micros
	return sum, micros < 0 && sum < 0 || micros >= 0 && sum >= 0
}

// ParseTimestamp reads an instant; the clock's zone holds where the text names none. now serves
// times without date.
func ParseTimestamp(s string, clock *Clock, now time.Time) (micros int64, ok bool) {
	t, ok := scanTime(s)
	if !ok {
		return 0, false
	}
	if t.zone != "" {
		z, err := LoadZone(TrimAll(t.zone))
		if err != nil {
			return 0, false
		}
		clock = z.Clock()
	}
	if t.justTime {
		t.year, t.month, t.day = dateOf(floorDiv(clock.Local(now.UnixMicro()), dayMicros))
	}
	if !t.valid() {
		return 0, false
	}
	local, ok := t.local()
	return clock.Instant(local), ok
}

// ParseTimestampNTZ reads a clock reading; a zone in the text must be one, and is ignored.
func ParseTimestampNTZ(s string) (micros int64, ok bool) {
	t, ok := scanTime(s)
	if !ok || t.justTime || !t.valid() {
		return 0, false
	}
	if t.zone != "" {
		if _, err := LoadZone(TrimAll(t.zone)); err != nil {
			return 0, false
		}
	}
	return t.local()
}

// AppendDate writes a day number as yyyy-mm-dd, with a sign outside the years 0 to 9999.
func AppendDate(b []byte, days int64) []byte {
	year, month, day := dateOf(days)
	b = appendYear(b, year)
	b = append(b, '-', byte('0'+month/10), byte('0'+month%10))
	return append(b, '-', byte('0'+day/10), byte('0'+day%10))
}

func appendYear(b []byte, year int) []byte {
	switch {
	case year < 0:
		b, year = append(b, '-'), -year
	case year > 9999:
		b = append(b, '+')
	}
	return appendPadded(b, year, 4)
}

// appendPadded writes a number with zeros before it.
func appendPadded(b []byte, n, width int) []byte {
	for limit, w := 10, 1; w < width; w++ {
		if n < limit {
			b = append(b, '0')
		}
		limit *= 10
	}
	return strconv.AppendInt(b, int64(n), 10)
}

// AppendTimestamp writes a clock reading as yyyy-mm-dd hh:mm:ss[.ffffff], without zeros at the end.
func AppendTimestamp(b []byte, local int64) []byte {
	days := floorDiv(local, dayMicros)
	rest := local - days*dayMicros
	b = AppendDate(b, days)
	h, m, s, f := int(rest/hourMicros), int(rest/minMicros%60), int(rest/second%60), int(rest%second)
	b = append(b, ' ', byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10), ':', byte('0'+s/10), byte('0'+s%10))
	if f == 0 {
		return b
	}
	b = appendPadded(append(b, '.'), f, 6)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}
