package engine

import (
	"math"
	"testing"
)

func TestExperience(t *testing.T) {
	var x Experience
	if _, runs := x.Expected("duckdb", 1); runs != 0 {
		t.Error("nothing was remembered")
	}
	for i := range 20 {
		x.Add("duckdb", 1, Took{Latency: float64(i + 1), PeakMemory: int64(i), CPUSeconds: 2})
	}
	took, runs := x.Expected("duckdb", 1)
	if took != (Took{Latency: 19, PeakMemory: 18, CPUSeconds: 2}) || runs != maxRecent {
		t.Errorf("nine of ten of the last %d took %+v", runs, took)
	}
	if _, runs := x.Expected("spark", 1); runs != 0 {
		t.Error("another engine knows what this one took")
	}
	for i := range uint64(2 * maxKnown) {
		x.Add("duckdb", i, Took{Latency: 1})
	}
	if len(x.known) != maxKnown {
		t.Errorf("%d kinds are remembered", len(x.known))
	}
	x = Experience{}
	if x.Add("duckdb", 0, Took{Latency: 1}); len(x.known) != 0 {
		t.Error("what has no fingerprint is remembered")
	}
}

func TestSettled(t *testing.T) {
	var x Experience
	add := func(seconds float64) float64 {
		x.Add("duckdb", 1, Took{CPUSeconds: seconds})
		mean, _ := x.Settled("duckdb", 1)
		return mean
	}
	add(9) // cold
	first := add(1)
	for range 2 * maxRecent {
		if got := add(1.2); got != first {
			t.Fatalf("%g s after %g s: it does not move for so little", got, first)
		}
	}
	for range maxRecent {
		add(2)
	}
	if got := add(2); math.Abs(got-2) > 2*settles {
		t.Errorf("%g s for what takes 2", got)
	}
	x.Add("duckdb", 2, Took{Latency: 1})
	if _, known := x.Settled("duckdb", 2); known {
		t.Error("CPU seconds that nobody measured")
	}
}

func TestKey(t *testing.T) {
	if Key(0, 1e6) != 0 {
		t.Error("nothing is remembered where there is no fingerprint")
	}
	if Key(1, 1000) != Key(1, 1010) || Key(1, 1000) == Key(1, 3000) || Key(1, 1000) == Key(2, 1000) {
		t.Error("queries are told apart by what they ask, and by magnitude")
	}
}
