package java

// This file prints times by a pattern.

import (
	"strconv"
)

var (
	months     = [...]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
	weekdays   = [...]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	halves     = [...]string{"AM", "PM"}
	eras       = [...]string{"BC", "AD"}
	erasFull   = [...]string{"Before Christ", "Anno Domini"}
	quarters   = [...]string{"1st quarter", "2nd quarter", "3rd quarter", "4th quarter"}
	shortNames = 3
)

// moment is a time taken apart.
type moment struct {
	year, month, day int
	days             int64
	rest             int64 // microseconds of the day
	offset           int64 // microseconds
	instant          int64
	zone             *Zone
}

// Append prints an instant as a clock in the zone shows it.
func (p *Pattern) Append(b []byte, instant int64, c *Clock) ([]byte, error) {
	local := c.Local(instant)
	m := moment{days: floorDiv(local, dayMicros), instant: instant, offset: local - instant, zone: c.zone}
	m.rest = local - m.days*dayMicros
	m.year, m.month, m.day = dateOf(m.days)
	for i := range p.elements {
		var err error
		if b, err = p.print(b, &p.elements[i], &m); err != nil {
			return b, err
		}
	}
	return b, nil
}

func (p *Pattern) print(b []byte, e *element, m *moment) ([]byte, error) {
	switch e.kind {
	case kLiteral:
		return append(b, e.text...), nil
	case kNumber:
		return appendNumber(b, m.get(e.field), e)
	case kReduced:
		return appendPadded(b, int(abs(m.get(e.field))%100), 2), nil
	case kFraction:
		digits := strconv.AppendInt(nil, 1e9+m.rest%second*1000, 10)[1:]
		return append(b, digits[:e.max]...), nil
	case kText:
		return append(b, m.text(e)...), nil
	case kOffset:
		return appendOffset(b, m.offset/second, e.text, e.zero), nil
	case kLocalizedOffset:
		return appendLocalizedOffset(b, m.offset/second, e.full), nil
	case kZoneID:
		return append(b, m.zone.canonical()...), nil
	case kZoneName:
		name, ok := m.zone.Name(m.instant)
		if e.full && ok {
			name, ok = zoneNames[name]
		}
		if !ok {
			return b, &PatternError{Pattern: p.text, Reason: "the name of zone " + m.zone.ID, How: PatternUnknown}
		}
		return append(b, name...), nil
	}
	return b, nil // the beginning of an optional section: all of it can be printed
}

// zoneNames are the long names of common zones.
var zoneNames = map[string]string{
	"UTC": "Coordinated Universal Time", "GMT": "Greenwich Mean Time", "PST": "Pacific Standard Time",
	"PDT": "Pacific Daylight Time", "MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time",
	"CST": "Central Standard Time", "CDT": "Central Daylight Time", "EST": "Eastern Standard Time",
	"EDT": "Eastern Daylight Time", "CET": "Central European Standard Time", "CEST": "Central European Summer Time",
}

func abs(n int64) int64 { return max(n, -n) }

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// get is a field's number.
func (m *moment) get(f field) int64 {
	hour := m.rest / hourMicros
	switch f {
	case fYear:
		return int64(m.year)
	case fYearOfEra:
		if m.year <= 0 {
			return int64(1 - m.year)
		}
		return int64(m.year)
	case fQuarter:
		return int64((m.month-1)/3 + 1)
	case fMonth:
		return int64(m.month)
	case fDay:
		return int64(m.day)
	case fDayOfYear:
		return m.days - daysOf(m.year, 1, 1) + 1
	case fWeekdayInMonth:
		return int64((m.day-1)%7 + 1)
	case fHour:
		return hour
	case fHourFrom1:
		return (hour+23)%24 + 1
	case fHourOfHalf:
		return hour % 12
	case fHourOfHalfOf1:
		return (hour+11)%12 + 1
	case fMinute:
		return m.rest / minMicros % 60
	default:
		return m.rest / second % 60
	}
}

func (m *moment) text(e *element) string {
	var long string
	switch e.field {
	case fMonth:
		long = months[m.month-1]
	case fWeekday:
		long = weekdays[floorMod(m.days+3, 7)]
	case fAmPm:
		return halves[m.rest/hourMicros/12]
	case fEra:
		list := eras
		if e.full {
			list = erasFull
		}
		if m.year <= 0 {
			return list[0]
		}
		return list[1]
	case fQuarter:
		n := (m.month - 1) / 3
		if !e.full {
			return "Q" + strconv.Itoa(n+1)
		}
		return quarters[n]
	}
	if e.full {
		return long
	}
	return long[:shortNames]
}

// appendNumber writes a number by Java's rules for width and sign.
func appendNumber(b []byte, n int64, e *element) ([]byte, error) {
	if e.min == 2 && n >= 0 && n < 100 {
		return append(b, byte('0'+n/10), byte('0'+n%10)), nil
	}
	if e.min == 4 && n >= 1000 && n < 10000 {
		return strconv.AppendInt(b, n, 10), nil
	}
	digits := strconv.AppendInt(nil, abs(n), 10)
	if len(digits) > e.max {
		return b, &PatternError{Reason: "a number has more digits than its pattern"}
	}
	switch {
	case n < 0:
		b = append(b, '-')
	case e.sign == signExceedsPad && len(digits) > e.min:
		b = append(b, '+')
	}
	for range e.min - len(digits) {
		b = append(b, '0')
	}
	return append(b, digits...), nil
}

// appendOffset writes an offset of so many seconds.
func appendOffset(b []byte, seconds int64, form, zero string) []byte {
	if seconds == 0 {
		return append(b, zero...)
	}
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	h, m, s := int(seconds/3600), int(seconds/60%60), int(seconds%60)
	colon := form == "+HH:MM" || form == "+HH:MM:ss"
	b = appendPadded(append(b, sign), h, 2)
	if form == "+HHmm" && m == 0 {
		return b
	}
	if colon {
		b = append(b, ':')
	}
	b = appendPadded(b, m, 2)
	if (form == "+HHMMss" || form == "+HH:MM:ss") && s != 0 {
		if colon {
			b = append(b, ':')
		}
		b = appendPadded(b, s, 2)
	}
	return b
}

// appendLocalizedOffset writes GMT+1, or GMT+01:00.
func appendLocalizedOffset(b []byte, seconds int64, full bool) []byte {
	b = append(b, "GMT"...)
	if seconds == 0 {
		return b
	}
	if full {
		return appendOffset(b, seconds, "+HH:MM:ss", "")
	}
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	b = strconv.AppendInt(append(b, sign), seconds/3600, 10)
	if m, s := int(seconds/60%60), int(seconds%60); m != 0 || s != 0 {
		b = appendPadded(append(b, ':'), m, 2)
		if s != 0 {
			b = appendPadded(append(b, ':'), s, 2)
		}
	}
	return b
}

// canonical is the zone's id as Java writes it.
func (z *Zone) canonical() string {
	id := z.ID
	if long, ok := shortIDs[id]; ok {
		id = long
	}
	if !z.fixed {
		return id
	}
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if len(id) >= len(prefix) && id[:len(prefix)] == prefix {
			return prefix + string(appendOffset(nil, z.periods[0].offset/second, "+HH:MM:ss", ""))
		}
	}
	return string(appendOffset(nil, z.periods[0].offset/second, "+HH:MM:ss", "Z"))
}
