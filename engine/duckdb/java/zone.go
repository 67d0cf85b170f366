package java

// This file holds time zones: between the instant and what a clock on the wall shows.

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the same zones on every machine
)

// Zone is a time zone. It is safe for use by many goroutines.
type Zone struct {
	ID    string // as given
	fixed bool
	// periods lists when which offset holds; a zone with rules for ever has them until lastYear.
	periods []period
	starts  index          // of periods by instant
	locals  index          // of periods by local time
	loc     *time.Location // for what lies outside periods; nil when fixed

	once             sync.Once // makes the tables
	byStart, byLocal table
}

// period is a stretch of time with one offset. All numbers are microseconds.
type period struct {
	start  int64 // instant; the first period's is the smallest number
	local  int64 // local time from which the period counts: in a gap or overlap the earlier one does
	offset int64
}

const (
	second    = 1_000_000
	firstYear = 1800 // zones have no earlier transitions
	lastYear  = 2200
)

// shortIDs are the three letter names Java knows beside the zone database's.
var shortIDs = map[string]string{
	"ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
	"ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
	"CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
	"EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "IET": "America/Indiana/Indianapolis",
	"IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia", "NET": "Asia/Yerevan",
	"NST": "Pacific/Auckland", "PLT": "Asia/Karachi", "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico",
	"PST": "America/Los_Angeles", "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
	"EST": "-05:00", "MST": "-07:00", "HST": "-10:00",
}

var zones sync.Map // id -> *Zone

// LoadZone finds a zone by an id as Spark takes it: a region, an offset, or UTC with an offset.
func LoadZone(id string) (*Zone, error) {
	if z, ok := zones.Load(id); ok {
		return z.(*Zone), nil
	}
	z, err := loadZone(id)
	if err != nil {
		return nil, err
	}
	z.ID = strings.Clone(id) // it may lie in somebody's buffer
	zones.Store(z.ID, z)
	return z, nil
}

func loadZone(id string) (*Zone, error) {
	name := id
	if long, ok := shortIDs[name]; ok {
		name = long
	}
	for _, prefix := range []string{"UTC", "GMT", "UT", ""} {
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		if rest == "" && prefix != "" || rest == "Z" && prefix == "" {
			return fixedZone(0), nil
		}
		if offset, ok := parseOffset(rest); ok {
			return fixedZone(offset), nil
		}
	}
	if name == "" || name == "Local" || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("unknown time zone %q", id)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q", id)
	}
	p := periodsOf(loc)
	return &Zone{loc: loc, periods: p, starts: newIndex(p, period.byStart), locals: newIndex(p, period.byLocal)}, nil
}

func fixedZone(offset int64) *Zone {
	p := []period{{start: math.MinInt64, local: math.MinInt64, offset: offset}}
	return &Zone{fixed: true, periods: p, starts: newIndex(p, period.byStart), locals: newIndex(p, period.byLocal)}
}

// parseOffset reads +h, +hh, +hh:mm, +h:mm, +hh:m, +hhmm, +hh:mm:ss and +hhmmss.
func parseOffset(s string) (micros int64, ok bool) {
	if len(s) < 2 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	var parts []string
	if body := s[1:]; strings.Contains(body, ":") {
		parts = strings.Split(body, ":")
	} else {
		if len(body)%2 == 1 && len(body) != 1 {
			return 0, false
		}
		for len(body) > 2 {
			parts, body = append(parts, body[:2]), body[2:]
		}
		parts = append(parts, body)
	}
	if len(parts) > 3 {
		return 0, false
	}
	total, unit := 0, 3600
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) > 2 || i > 0 && n > 59 || i == 2 && len(p) != 2 {
			return 0, false
		}
		total += int(n) * unit
		unit /= 60
	}
	if total > 18*3600 {
		return 0, false
	}
	if s[0] == '-' {
		total = -total
	}
	return int64(total) * second, true
}

// periodsOf walks through a location's transitions.
func periodsOf(loc *time.Location) []period {
	t := time.Date(firstYear, 1, 1, 0, 0, 0, 0, time.UTC).In(loc)
	_, offset := t.Zone()
	list := []period{{start: math.MinInt64, local: math.MinInt64, offset: int64(offset) * second}}
	for {
		begin, end := t.ZoneBounds()
		_, offset := t.Zone()
		before, after := list[len(list)-1].offset, int64(offset)*second
		if before != after {
			start := begin.UnixMicro()
			list = append(list, period{start: start, local: start + max(before, after), offset: after})
		}
		if end.IsZero() || end.Year() > lastYear {
			return list
		}
		if !end.After(t) { // happens at the turn of a year in some zones
			end = t.Add(time.Hour)
		}
		t = end
	}
}

func (p period) byStart() int64 { return p.start }
func (p period) byLocal() int64 { return p.local }

// index finds the period of a time: buckets of 51 days between firstIndexed and the last period
// say where to begin.
type index struct {
	keys    []int64 // when each period begins
	buckets []uint16
}

const (
	bucketBits   = 42
	firstIndexed = -70 * 365 * dayMicros // about 1900
)

func newIndex(periods []period, key func(period) int64) index {
	x := index{}
	for _, p := range periods {
		x.keys = append(x.keys, key(p))
	}
	for t, i := int64(firstIndexed), 0; t < x.keys[len(x.keys)-1]; t += 1 << bucketBits {
		for i+1 < len(x.keys) && x.keys[i+1] <= t {
			i++
		}
		x.buckets = append(x.buckets, uint16(i))
	}
	return x
}

// at is the last period that has begun.
func (x *index) at(t int64) int {
	last := len(x.keys) - 1
	switch {
	case t >= x.keys[last]:
		return last
	case t < firstIndexed:
		return sort.Search(len(x.keys), func(i int) bool { return x.keys[i] > t }) - 1
	}
	i := int(x.buckets[(t-firstIndexed)>>bucketBits])
	for i+1 < len(x.keys) && x.keys[i+1] <= t {
		i++
	}
	return i
}

// Clock converts times of one zone; it remembers the last period, so neighbouring times are fast.
// It is for one goroutine.
type Clock struct {
	zone                *Zone
	from, to, offset    int64 // instants in [from, to) have offset
	lfrom, lto, loffset int64 // local times likewise
}

// Clock gives a converter.
func (z *Zone) Clock() *Clock {
	c := &Clock{zone: z, from: 1, lfrom: 1}
	if z.fixed {
		o := z.periods[0].offset
		*c = Clock{z, math.MinInt64, math.MaxInt64, o, math.MinInt64, math.MaxInt64, o}
	}
	return c
}

// Zone is the clock's zone.
func (c *Clock) Zone() *Zone { return c.zone }

// Local is what a clock in the zone shows at an instant.
func (c *Clock) Local(instant int64) int64 {
	if instant < c.from || instant >= c.to {
		c.find(instant)
	}
	return instant + c.offset
}

// Instant is when a clock in the zone shows local: in a gap as if the clock had not been put
// forward yet, in an overlap the earlier time.
func (c *Clock) Instant(local int64) int64 {
	if local < c.lfrom || local >= c.lto {
		c.findLocal(local)
	}
	return local - c.loffset
}

// Offset is the zone's distance from UTC at an instant, in microseconds.
func (c *Clock) Offset(instant int64) int64 { return c.Local(instant) - instant }

func (c *Clock) find(instant int64) {
	p := c.zone.periods
	i := c.zone.starts.at(instant)
	c.from, c.to, c.offset = p[i].start, math.MaxInt64, p[i].offset
	if i+1 < len(p) {
		c.to = p[i+1].start
	} else if !c.zone.fixed {
		c.beyond(instant)
	}
}

func (c *Clock) findLocal(local int64) {
	p := c.zone.periods
	i := c.zone.locals.at(local)
	c.lfrom, c.lto, c.loffset = p[i].local, math.MaxInt64, p[i].offset
	if i+1 < len(p) {
		c.lto = p[i+1].local
	} else if !c.zone.fixed {
		// The transition around local, if there is one, ends the period of the day before.
		c.lfrom, c.lto = local, local+1
		c.find(local - c.loffset - 86400*second)
		before, end := c.offset, c.to
		c.find(end)
		if after := c.offset; local < end+max(before, after) {
			c.loffset = before
		} else {
			c.loffset = after
		}
	}
}

// beyond finds the offset of an instant after the last period, by the zone's rules.
func (c *Clock) beyond(instant int64) {
	start, end := time.UnixMicro(instant).In(c.zone.loc).ZoneBounds()
	_, offset := time.UnixMicro(instant).In(c.zone.loc).Zone()
	c.offset = int64(offset) * second
	if !start.IsZero() {
		c.from = max(c.from, start.UnixMicro())
	}
	if !end.IsZero() {
		c.to = end.UnixMicro()
	}
}

// Name is the zone's abbreviation at an instant: PST, CET. ok is false where there is none but
// an offset.
func (z *Zone) Name(instant int64) (name string, ok bool) {
	if z.fixed {
		return z.ID, slices.Contains([]string{"UTC", "GMT", "UT", "Z"}, z.ID)
	}
	name, _ = time.UnixMicro(instant).In(z.loc).Zone()
	return name, !strings.ContainsAny(name, "+-") && z.named(name)
}

// named tells whether a name is used today: Java knows no old ones, such as LMT.
func (z *Zone) named(name string) bool {
	for _, month := range []time.Month{time.January, time.July} {
		if now, _ := time.Date(2024, month, 1, 0, 0, 0, 0, z.loc).Zone(); now == name {
			return true
		}
	}
	return false
}

// Fixed tells whether the zone has one offset for ever.
func (z *Zone) Fixed() bool { return z.fixed }
