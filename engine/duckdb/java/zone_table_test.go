package java

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Chunks are converted as single times are, which TestClock holds against java.time.
func TestWholeChunksOfTimes(t *testing.T) {
	for _, id := range []string{"America/New_York", "Africa/Casablanca", "Asia/Pyongyang", "Pacific/Apia", "Europe/Dublin", "+05:30", "Asia/Kolkata"} {
		z, err := LoadZone(id)
		if err != nil {
			t.Fatal(err)
		}
		times := []int64{0, -1, 1, math.MinInt64 / 2, math.MaxInt64 / 2, lastSlot, lastSlot - 1}
		for _, p := range z.periods[1:] {
			for _, d := range []int64{-3600 * second, -1, 0, 1, 3600 * second} {
				times = append(times, p.start+d, p.local+d)
			}
		}
		for range 10_000 {
			times = append(times, rand.Int64N(400*365*dayMicros)-150*365*dayMicros)
		}
		locals, instants := make([]int64, len(times)), make([]int64, len(times))
		z.Locals(locals, times)
		z.Instants(instants, times)
		for i, x := range times {
			if want := z.Clock().Local(x); locals[i] != want {
				t.Fatalf("%s: local time of %d is %d, not %d", id, x, locals[i], want)
			}
			if want := z.Clock().Instant(x); instants[i] != want {
				t.Fatalf("%s: instant of %d is %d, not %d", id, x, instants[i], want)
			}
		}
	}
}
