package duckdb

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// TestQuotient compares the short division with the long one.
func TestQuotient(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := uint128{rapid.Uint64().Draw(t, "lo"), rapid.Uint64().Draw(t, "hi") >> rapid.IntRange(1, 64).Draw(t, "bits")}
		y := uint128{lo: rapid.Uint64Min(1).Draw(t, "y") >> rapid.IntRange(0, 63).Draw(t, "ybits")}
		if y.lo == 0 {
			y.lo = 1
		}
		shift := rapid.IntRange(0, 20).Draw(t, "shift")
		got, ok := quotientFast(x, y, shift)
		if !ok {
			return
		}
		if want := rounded(x, y, shift); got.big().Cmp(want) != 0 {
			t.Fatalf("got %v, want %v", got.big(), want)
		}
	})
}

func TestQuotientFits(t *testing.T) {
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(20), nil)
	q := uint128{limit.Uint64(), new(big.Int).Rsh(limit, 64).Uint64()}
	if q.fits(20) || !q.fits(21) || !(uint128{lo: 999}).fits(3) || (uint128{lo: 1000}).fits(3) {
		t.Error("10^20 has 21 digits, 999 has 3")
	}
}
