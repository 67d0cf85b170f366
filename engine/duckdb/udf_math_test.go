package duckdb

import (
	"math"
	"testing"
)

func TestRound(t *testing.T) {
	// Spark 4.1.4: SELECT round(x, n), bround(x, n) of doubles
	for _, c := range []struct {
		x        float64
		n        int
		up, even float64
	}{
		{2.675, 2, 2.68, 2.68},
		{1.005, 2, 1.01, 1.0},
		{2.5, 0, 3, 2},
		{-2.5, 0, -3, -2},
		{0.125, 2, 0.13, 0.12},
		{1234.567, -2, 1200, 1200},
		{1250, -2, 1300, 1200},
		{49, -2, 0, 0},
		{51, -2, 100, 100},
		{1e300, 2, 1e300, 1e300},
		{0.1 + 0.2, 3, 0.3, 0.3},
		{123.456789, 4, 123.4568, 123.4568},
		{-0.001, 2, 0, 0},
	} {
		if got := roundHalfUp(c.x, c.n); got != c.up {
			t.Errorf("round(%v, %d) = %v, want %v", c.x, c.n, got, c.up)
		}
		if got := roundHalfEven(c.x, c.n); got != c.even {
			t.Errorf("bround(%v, %d) = %v, want %v", c.x, c.n, got, c.even)
		}
	}
	if !math.IsNaN(roundHalfUp(math.NaN(), 1)) || !math.IsInf(roundHalfUp(math.Inf(1), 1), 1) {
		t.Error("NaN and Infinity must stay")
	}
}

// TestRoundFast: the short cut never differs from decimal rounding.
func TestRoundFast(t *testing.T) {
	for i := range 200_000 {
		x := float64(i*7919%1_000_003) / float64(i%977+1)
		for n := range 5 {
			r, ok := roundFast(x, n)
			if exact := roundExact(x, n, func(c int, _ bool) bool { return c >= 0 }); ok && r != exact {
				t.Fatalf("round(%v, %d): fast %v, exact %v", x, n, r, exact)
			}
		}
	}
}
