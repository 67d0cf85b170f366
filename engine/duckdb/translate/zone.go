package translate

// This file converts between instants and the session's local time. A timestamp is held as its
// UTC instant; functions that look at a clock's hands convert first. UTC costs nothing, a fixed
// offset one addition, other zones a function in Go.

import (
	"fmt"
	"strconv"
	"strings"

	"shoal/engine/duckdb/java"
)

func (t *translator) utc() bool { return isUTC(t.settings.TimeZone) }

// local is what a clock in the session's zone shows at an instant.
func (t *translator) local(instant string) string {
	if t.utc() {
		return instant
	}
	if _, fixed := fixedOffset(t.settings.TimeZone); !fixed {
		instant = asStored(instant)
	}
	return t.inZone(instant, "shoal_localtime", '+')
}

// asStored is a bare column of a file as the file has it: shoal_localtime takes either type, and a
// fifth of its time would go into the conversion (see stored).
func asStored(instant string) string {
	inner, ok := strings.CutPrefix(instant, "make_timestamp(epoch_us(")
	if column, end := strings.CutSuffix(inner, "))"); ok && end && !strings.ContainsAny(column, "()") {
		return column
	}
	return instant
}

// instant is when a clock in the session's zone shows a local time.
func (t *translator) instant(local string) string {
	return t.inZone(local, "shoal_instant", '-')
}

// onClock is the instant at which the session's clock shows a local time.
func (t *translator) onClock(local int64) (int64, bool) {
	if t.utc() {
		return local, true
	}
	zone, err := java.LoadZone(t.settings.TimeZone)
	if err != nil {
		return 0, false
	}
	return zone.Clock().Instant(local), true
}

func (t *translator) inZone(sql, convert string, sign byte) string {
	if t.utc() {
		return sql
	}
	if seconds, ok := fixedOffset(t.settings.TimeZone); ok {
		return fmt.Sprintf("(%s %c to_seconds(%d))", sql, sign, seconds)
	}
	return convert + "(" + sql + ", " + quoteText(t.settings.TimeZone) + ")"
}

// fixedOffset reads a zone written ±HH:MM, also behind UTC or GMT.
func fixedOffset(zone string) (seconds int, ok bool) {
	zone = strings.TrimPrefix(strings.TrimPrefix(zone, "UTC"), "GMT")
	if len(zone) != 6 || zone[3] != ':' || zone[0] != '+' && zone[0] != '-' {
		return 0, false
	}
	hours, err1 := strconv.Atoi(zone[1:3])
	minutes, err2 := strconv.Atoi(zone[4:])
	if err1 != nil || err2 != nil {
		return 0, false
	}
	seconds = hours*3600 + minutes*60
	if zone[0] == '-' {
		seconds = -seconds
	}
	return seconds, true
}

// local is an argument of a timestamp type as local time; a timestamp_ntz is that already.
func (c *call) local(i int) string { return c.t.localOf(c.arg(i), c.typ(i)) }
