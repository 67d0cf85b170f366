package java

// This file holds java.util.Random.

// Random is java.util.Random: a linear congruential generator of 48 bits.
type Random struct{ state uint64 }

const (
	randomStep = 0x5DEECE66D
	randomMask = 1<<48 - 1
)

// NewRandom is the generator with a seed.
func NewRandom(seed int64) *Random { return &Random{(uint64(seed) ^ randomStep) & randomMask} }

// Next is so many bits.
func (r *Random) Next(bits int) int32 {
	r.state = (r.state*randomStep + 0xB) & randomMask
	return int32(r.state >> (48 - bits))
}

// Intn is from 0 up to n.
func (r *Random) Intn(n int32) int32 { return intn(r, n) }

// bitSource is what Java's random generators differ in.
type bitSource interface{ Next(bits int) int32 }

// intn is nextInt(n): without a bias, and for powers of two from the upper bits.
func intn(r bitSource, n int32) int32 {
	x := r.Next(31)
	if n&(n-1) == 0 {
		return int32(int64(n) * int64(x) >> 31)
	}
	for ; ; x = r.Next(31) {
		if m := x % n; x-m+(n-1) >= 0 {
			return m
		}
	}
}
