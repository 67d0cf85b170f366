package java

import (
	"math"
	"math/rand"
	"strconv"
	"testing"
)

// The fast way is taken only where it writes what Java's own algorithm does; that one is compared with
// real Spark by sparktest/corpus/casts/floats.txt.
func TestShortestDigitsAreJavas(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 200_000 {
		check(t, math.Float64frombits(r.Uint64()), 64)
		check(t, float64(math.Float32frombits(r.Uint32())), 32)
		check(t, r.Float64()*math.Pow(10, float64(r.Intn(30)-15)), 64)
		check(t, float64(float32(r.Float64()*math.Pow(10, float64(r.Intn(20)-8)))), 32)
	}
}

func check(t *testing.T, d float64, bits int) {
	t.Helper()
	if math.IsNaN(d) || math.IsInf(d, 0) || d == 0 {
		return
	}
	text := string(appendFloat(nil, d, bits))
	digits, exponent := bitsOf(math.Abs(d), bits).appendDigits(nil)
	if want := string(layout(nil, d < 0, digits, exponent)); text != want {
		t.Fatalf("%x: %s, Java's algorithm gives %s", math.Float64bits(d), text, want)
	}
	if back, err := strconv.ParseFloat(text, bits); err != nil || back != d {
		t.Fatalf("%s reads back as %v, %v", text, back, err)
	}
}
