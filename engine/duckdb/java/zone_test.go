package java

import (
	"testing"
	"time"
)

// at is microseconds of a UTC clock reading.
func at(t *testing.T, s string) int64 {
	t.Helper()
	x, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		t.Fatal(err)
	}
	return x.UnixMicro()
}

// Values: java.time.ZonedDateTime.ofInstant and ofLocal's documented rule.
func TestClock(t *testing.T) {
	for _, c := range []struct{ zone, local, instant, back string }{
		{"America/New_York", "2024-01-01 00:00:00", "2024-01-01 05:00:00", ""},
		{"America/New_York", "2024-03-10 02:30:00", "2024-03-10 07:30:00", "2024-03-10 03:30:00"}, // gap
		{"America/New_York", "2024-11-03 01:30:00", "2024-11-03 05:30:00", ""},                    // overlap: earlier
		{"Europe/Berlin", "2500-07-01 12:00:00", "2500-07-01 10:00:00", ""},
		{"Europe/Berlin", "2500-03-28 02:30:00", "2500-03-28 01:30:00", "2500-03-28 03:30:00"},
		{"Europe/Berlin", "2500-10-31 02:30:00", "2500-10-31 00:30:00", ""},
		{"Asia/Kolkata", "2024-01-01 00:00:00", "2023-12-31 18:30:00", ""},
		{"+05:30", "2024-01-01 00:00:00", "2023-12-31 18:30:00", ""},
		{"UTC", "2024-01-01 00:00:00", "2024-01-01 00:00:00", ""},
		{"PST", "2024-07-01 00:00:00", "2024-07-01 07:00:00", ""},
		{"America/Los_Angeles", "1800-01-01 00:00:00", "1800-01-01 07:52:58", ""},
	} {
		z, err := LoadZone(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		clock := z.Clock()
		for range 2 { // the second time from what it remembers
			if got, want := clock.Instant(at(t, c.local)), at(t, c.instant); got != want {
				t.Errorf("%s %s: instant %v, want %v", c.zone, c.local, time.UnixMicro(got).UTC(), c.instant)
			}
			back := c.back
			if back == "" {
				back = c.local
			}
			if got, want := clock.Local(at(t, c.instant)), at(t, back); got != want {
				t.Errorf("%s %s: local %v, want %v", c.zone, c.instant, time.UnixMicro(got).UTC(), back)
			}
		}
	}
}

func TestZoneIDs(t *testing.T) {
	for _, id := range []string{"Z", "+1", "+01", "+01:0", "+0100", "-01:00:30", "UTC+1", "GMT-03:30", "UT", "Europe/Berlin", "EST", "CST"} {
		if _, err := LoadZone(id); err != nil {
			t.Error(err)
		}
	}
	for _, id := range []string{"", "Local", "Mars/Base", "+19:00", "+1:2:3:4", "++1", "../etc"} {
		if _, err := LoadZone(id); err == nil {
			t.Errorf("%q is no zone", id)
		}
	}
}

func BenchmarkLocalClustered(b *testing.B) {
	z, _ := LoadZone("America/New_York")
	c := z.Clock()
	t := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	for b.Loop() {
		t = c.Local(t) - c.offset
	}
}

func BenchmarkInstantScattered(b *testing.B) {
	z, _ := LoadZone("America/New_York")
	c := z.Clock()
	t, x := int64(0), int64(1)
	for b.Loop() {
		x = x * 6364136223846793005 % (1 << 51)
		t += c.Instant(x)
	}
	_ = t
}
