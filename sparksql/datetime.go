package sparksql

import (
	"math"
	"strconv"
	"strings"
	"time"

	"shoal/plan"
)

// This file holds DATE, TIMESTAMP and TIMESTAMP_NTZ literals.

const (
	microsPerSecond = int64(1_000_000)
	microsPerMinute = 60 * microsPerSecond
	microsPerHour   = 60 * microsPerMinute
	microsPerDay    = 24 * microsPerHour
)

func (p *parser) dateLiteral(start int, text string) plan.Expr {
	switch special := specialDay(text); special {
	case "epoch":
		return &plan.Literal{Pos: p.pos(start), Value: plan.Days(0), Type: plan.Date}
	case "now", "today", "yesterday", "tomorrow":
		return p.wordOfTime(start, special, plan.Date)
	}
	days, rest, ok := parseDate(strings.TrimFunc(text, isBlank))
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != 'T' {
		return nil
	}
	return &plan.Literal{Pos: p.pos(start), Value: plan.Days(days), Type: plan.Date}
}

// wordOfTime is a literal such as DATE 'today': what it means the analyzer knows, who has the session's zone.
func (p *parser) wordOfTime(start int, word string, t plan.Type) plan.Expr {
	pos := p.pos(start)
	return &plan.Cast{Pos: pos, Expr: &plan.Literal{Pos: pos, Value: word, Type: plan.String}, To: t, Implicit: true}
}

// timestampLiteral is an instant if the text names a zone. Without one the session's zone decides, which
// a parser does not know: then it is an implicit cast of a TIMESTAMP_NTZ literal, to be done by the
// analyzer.
func (p *parser) timestampLiteral(start int, text string) plan.Expr {
	pos := p.pos(start)
	switch special := specialDay(text); special {
	case "epoch":
		return &plan.Literal{Pos: pos, Value: plan.Micros(0), Type: plan.Timestamp}
	case "now", "today", "yesterday", "tomorrow":
		return p.wordOfTime(start, special, plan.Timestamp)
	}
	local, zone, ok := parseTimestamp(text)
	switch {
	case !ok && isTimeOnly(text):
		return &plan.Opaque{Pos: pos, What: "a TIMESTAMP literal without a date"}
	case !ok:
		return nil
	case zone == "":
		ntz := &plan.Literal{Pos: pos, Value: plan.Micros(local), Type: plan.TimestampNTZ}
		return &plan.Cast{Pos: pos, Expr: ntz, To: plan.Timestamp, Implicit: true}
	}
	loc, ok := parseZone(zone)
	if !ok {
		return nil
	}
	return &plan.Literal{Pos: pos, Value: plan.Micros(toUTC(local, loc)), Type: plan.Timestamp}
}

// timestampNTZLiteral ignores a zone in the text.
func (p *parser) timestampNTZLiteral(start int, text string) plan.Expr {
	switch special := specialDay(text); special {
	case "epoch":
		return &plan.Literal{Pos: p.pos(start), Value: plan.Micros(0), Type: plan.TimestampNTZ}
	case "now", "today", "yesterday", "tomorrow":
		return p.wordOfTime(start, special, plan.TimestampNTZ)
	}
	local, zone, ok := parseTimestamp(text)
	if ok && zone != "" {
		_, ok = parseZone(zone)
	}
	if !ok {
		return nil
	}
	return &plan.Literal{Pos: p.pos(start), Value: plan.Micros(local), Type: plan.TimestampNTZ}
}

// specialDay is the word in lower case if the text is one of those Spark knows. A zone may follow all
// but now, and changes nothing.
func specialDay(text string) string {
	text = strings.TrimFunc(text, isBlank)
	for _, word := range []string{"epoch", "now", "today", "yesterday", "tomorrow"} {
		if len(text) < len(word) || !strings.EqualFold(text[:len(word)], word) {
			continue
		}
		if zone := strings.TrimLeft(text[len(word):], " \t"); zone != "" {
			if _, ok := parseZone(zone); !ok || word == "now" {
				return ""
			}
		}
		return word
	}
	return ""
}

func isBlank(r rune) bool { return r <= ' ' || r == 0x7f }

// parseDate reads [+-]yyyy[-[m]m[-[d]d]] at the beginning of s.
func parseDate(s string) (days int64, rest string, ok bool) {
	sign := 1
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	year, s, ok := number(s, 4, 7)
	if !ok {
		return 0, "", false
	}
	month, day := 1, 1
	if strings.HasPrefix(s, "-") {
		if month, s, ok = number(s[1:], 1, 2); !ok {
			return 0, "", false
		}
		if strings.HasPrefix(s, "-") {
			if day, s, ok = number(s[1:], 1, 2); !ok {
				return 0, "", false
			}
		} else if s != "" {
			return 0, "", false
		}
	} else if s != "" {
		return 0, "", false
	}
	t := time.Date(sign*year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if int(t.Month()) != month || t.Day() != day {
		return 0, "", false
	}
	days = t.Unix() / 86400
	return days, s, days >= math.MinInt32 && days <= math.MaxInt32
}

// number reads between least and most digits at the beginning of s.
func number(s string, least, most int) (n int, rest string, ok bool) {
	i := 0
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i < least || i > most {
		return 0, "", false
	}
	n, _ = strconv.Atoi(s[:i])
	return n, s[i:], true
}

// parseTimestamp reads a date, then perhaps [ |T]h[:m[:s[.fraction]]] and a zone.
func parseTimestamp(text string) (micros int64, zone string, ok bool) {
	s := strings.TrimFunc(text, isBlank)
	days, s, ok := parseDate(s)
	if !ok {
		return 0, "", false
	}
	micros = days * microsPerDay
	if days > math.MaxInt64/microsPerDay || days < math.MinInt64/microsPerDay {
		return 0, "", false
	}
	if s == "" {
		return micros, "", true
	}
	if s[0] != ' ' && s[0] != 'T' {
		return 0, "", false
	}
	ofDay, s, ok := parseTime(s[1:])
	if !ok {
		return 0, "", false
	}
	return micros + ofDay, strings.TrimSpace(s), true
}

// parseTime reads [h]h[:[m]m[:[s]s[.fraction]]] at the beginning of s.
func parseTime(s string) (micros int64, rest string, ok bool) {
	var parts [3]int
	for i, limit := range [...]int{24, 60, 60} {
		if i > 0 {
			if !strings.HasPrefix(s, ":") {
				break
			}
			s = s[1:]
		}
		if parts[i], s, ok = number(s, 1, 2); !ok || parts[i] >= limit {
			return 0, "", false
		}
		if i == 2 && strings.HasPrefix(s, ".") {
			digits := s[1:]
			n := 0
			for n < len(digits) && isDigit(digits[n]) {
				n++
			}
			fraction, _ := strconv.ParseInt((digits[:n] + "000000")[:6], 10, 64)
			micros += fraction
			s = digits[n:]
		}
	}
	micros += int64(parts[0])*microsPerHour + int64(parts[1])*microsPerMinute + int64(parts[2])*microsPerSecond
	return micros, s, true
}

func isTimeOnly(text string) bool {
	s := strings.TrimPrefix(strings.TrimFunc(text, isBlank), "T")
	_, zone, ok := parseTime(s)
	if ok && strings.TrimSpace(zone) != "" {
		_, ok = parseZone(strings.TrimSpace(zone))
	}
	return ok && strings.Contains(s, ":")
}

// shortZones are the names of three letters that java.time knows (ZoneId.SHORT_IDS).
var shortZones = map[string]string{
	"EST": "-05:00", "MST": "-07:00", "HST": "-10:00", "ACT": "Australia/Darwin", "AET": "Australia/Sydney",
	"AGT": "America/Argentina/Buenos_Aires", "ART": "Africa/Cairo", "AST": "America/Anchorage",
	"BET": "America/Sao_Paulo", "BST": "Asia/Dhaka", "CAT": "Africa/Harare", "CNT": "America/St_Johns",
	"CST": "America/Chicago", "CTT": "Asia/Shanghai", "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris",
	"IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia",
	"NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix",
	"PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
}

// parseZone knows Z, offsets, UTC, GMT and UT with such an offset, short names and regions.
func parseZone(zone string) (*time.Location, bool) {
	switch zone {
	case "Z", "UTC", "GMT", "UT":
		return time.UTC, true
	case "Local":
		return nil, false
	}
	if long, ok := shortZones[zone]; ok {
		zone = long
	}
	offset := zone
	for _, prefix := range []string{"UTC", "GMT", "UT"} {
		if rest, ok := strings.CutPrefix(zone, prefix); ok && rest != "" {
			offset = rest
			break
		}
	}
	if offset[0] == '+' || offset[0] == '-' {
		return parseOffset(offset)
	}
	loc, err := time.LoadLocation(zone)
	return loc, err == nil
}

// parseOffset reads ±h[h][:[m]m[:[s]s]], ±hhmm and ±hhmmss.
func parseOffset(s string) (*time.Location, bool) {
	sign, digits := 1, s[1:]
	if s[0] == '-' {
		sign = -1
	}
	parts := strings.Split(digits, ":")
	if len(parts) == 1 && (len(digits) == 4 || len(digits) == 6) {
		parts = parts[:0]
		for ; digits != ""; digits = digits[2:] {
			parts = append(parts, digits[:2])
		}
	}
	seconds, unit := 0, 3600
	for i, part := range parts {
		n, rest, ok := number(part, 1, 2)
		if !ok || rest != "" || i > 2 || i > 0 && n > 59 {
			return nil, false
		}
		seconds += n * unit
		unit /= 60
	}
	if seconds > 18*3600 {
		return nil, false
	}
	return time.FixedZone(s, sign*seconds), true
}

// toUTC is the instant at which a clock in loc shows local. Around a change of the clock it takes the
// offset before the change, as java.time does: a reading jumped over moves on, of two the earlier counts.
func toUTC(local int64, loc *time.Location) int64 {
	wanted := floorDiv(local, microsPerSecond)
	wall := time.Unix(wanted, 0).UTC()
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, loc)
	_, offset := t.Zone()
	if since, _ := t.ZoneBounds(); !since.IsZero() {
		_, before := since.Add(-time.Second).Zone()
		skipped := t.Unix()+int64(offset) != wanted
		twice := wanted-int64(before) < since.Unix()
		if twice || skipped && t.Unix()+int64(offset) > wanted {
			offset = before
		}
	}
	return (wanted-int64(offset))*microsPerSecond + local - wanted*microsPerSecond
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
