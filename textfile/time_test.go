package textfile

import "testing"

// TestInferTime: what a column of timestamps may hold.
func TestInferTime(t *testing.T) {
	// Real Spark 4.1.4: try_cast(text AS TIMESTAMP) IS NOT NULL.
	c, err := NewCSV(Options{}, "UTC", Corrupt)
	if err != nil {
		t.Fatal(err)
	}
	k := c.times.clock()
	for text, want := range map[string]bool{
		"2020-01-01 10:00Z": false, "2020-01-01T10Z": false, "10:00:00.5": true, "1:2:3": true, "2020-01-01 10:00:00.1234567890": true,
		"2020-01-01 10:00:00 +1": true, "2020-01-01 10:00:00UTC": true, "2020-01-01 10:00:00 UTC+1": true, "2020-01-01 10:00:00+01:00:30": true,
		"2020-01-01 10:00:00.": true, "2020-01-01 10:00:00 PST": true, "2020-01-01 10:00:60": false, "2020-1-1 1:1:1": true,
		"  2020-01-01 10:00:00": true, "2020-01-01  10:00:00": false, "-2020-01-01": true, "2020-01-01 10:00:00 -08": true, "12:61": false,
		"2020-01-01T10:00:00+0100": true, "0000-01-01": true, "1234567-01-01": false, "2020-00-01": false, "99:00": false, "5:": false,
		"2020-01-01 10:": false, "2020-01-01-": false, "2020-": false, "2020-02-30": false, "2020-01-01T": false, "10000-01-01": true,
	} {
		if _, got := k.inferTime(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}
