package textfile

// This file reads dates and times by the formats of the options.

import (
	"strings"
	"time"

	"shoal/engine/duckdb/java"
)

// clock converts between a zone's local time and instants; it belongs to one goroutine.
type clock struct {
	times
	at  *java.Clock
	utc *java.Clock
	now time.Time
}

func (t times) clock() clock {
	utc, _ := java.LoadZone("UTC") // it is always there
	return clock{times: t, at: t.zone.Clock(), utc: utc.Clock(), now: time.Now()}
}

// parseDate gives the day; without a format, as casts do.
func (c *clock) parseDate(s string) (int32, bool) {
	if c.date != nil {
		micros, ok := c.date.Parse(s, c.utc)
		if ok {
			return int32(floorDiv(micros, 86400e6)), true
		}
		if !c.fallback {
			return 0, false
		}
	}
	if c.fallbackSet && !c.fallback && !IsDate(s) {
		return 0, false
	}
	return java.ParseDate(strings.ReplaceAll(s, "GMT", ""))
}

// parseTime gives the instant in microseconds.
func (c *clock) parseTime(s string) (int64, bool) {
	if c.stamp != nil {
		micros, ok := c.stamp.Parse(s, c.at)
		if ok || !c.fallback {
			return micros, ok
		}
	}
	micros, ok := java.ParseTimestamp(s, c.at, c.now)
	if !ok && strings.Contains(s, "GMT") && !(c.fallbackSet && !c.fallback) {
		return java.ParseTimestamp(strings.ReplaceAll(s, "GMT", ""), c.at, c.now)
	}
	return micros, ok
}

// parseLocal reads a time without zone.
func (c *clock) parseLocal(s string) (int64, bool) {
	if c.ntz != nil {
		return c.ntz.Parse(s, c.utc)
	}
	if i := strings.IndexByte(s, ':'); i >= 0 && strings.ContainsAny(s[i:], "+-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		return 0, false
	}
	return java.ParseTimestampNTZ(s)
}

// IsDate tells a date written yyyy-MM-dd.
func IsDate(text string) bool {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return false
	}
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// inferTime reads an instant by the format, or as casts do.
func (c *clock) inferTime(s string) (int64, bool) {
	if c.stamp != nil {
		return c.stamp.Parse(s, c.at)
	}
	return java.ParseTimestamp(s, c.at, c.now)
}
