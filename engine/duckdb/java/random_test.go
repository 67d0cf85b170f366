package java

import (
	"slices"
	"testing"
)

// TestRandom compares with what real Spark 4.1.4 draws: rand, randn, randstr, shuffle with seeds, in one row each of a partition.
func TestRandom(t *testing.T) {
	if got := NewXORShift(42).Double(); got != 0.619189370225301 {
		t.Errorf("rand(42): %v", got)
	}
	r := NewXORShift(42)
	for _, want := range []float64{2.384479054241165, 0.1920934041293524, 0.7337336533286575, -0.5224480195716871} {
		if got := r.Gaussian(); got != want {
			t.Errorf("randn(42): %v, not %v", got, want)
		}
	}
	if got := NewXORShift(0).Text(5); got != "ceV0P" {
		t.Errorf("randstr(5, 0): %s", got)
	}
	if got := NewTwister(1).Shuffled(5); !slices.Equal(got, []int{1, 0, 4, 3, 2}) {
		t.Errorf("shuffle(1): %v", got)
	}
}
