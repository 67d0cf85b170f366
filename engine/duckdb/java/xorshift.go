package java

// This file holds Spark's own random generator, by which rand, randn and their kin are drawn.

import (
	"encoding/binary"
	"math"
)

// XORShift is Spark's generator with what java.util.Random adds to it.
type XORShift struct {
	state uint64
	saved float64 // the second of a pair of normal numbers
	half  bool    // saved is still to be given
}

// NewXORShift is the generator with a seed, of which Spark takes a hash.
func NewXORShift(seed int64) *XORShift {
	const arraySeed = 0x3c074a61 // of Scala's MurmurHash3
	b := binary.BigEndian.AppendUint64(nil, uint64(seed))
	low := scalaHash(b, arraySeed)
	return &XORShift{state: uint64(scalaHash(b, low))<<32 | uint64(low)}
}

// scalaHash is MurmurHash3 of 32 bits over whole words.
func scalaHash(b []byte, h uint32) uint32 {
	size := uint32(len(b))
	for ; len(b) > 0; b = b[4:] {
		h = mixH(h, mixK(binary.LittleEndian.Uint32(b)))
	}
	return uint32(murmurEnd(h, size))
}

// Next is so many bits.
func (r *XORShift) Next(bits int) int32 {
	x := r.state ^ r.state<<21
	x ^= x >> 35
	r.state = x ^ x<<4
	return int32(r.state & (1<<bits - 1))
}

// Double is from 0 up to 1.
func (r *XORShift) Double() float64 {
	high := int64(r.Next(26)) << 27
	return float64(high+int64(r.Next(27))) / (1 << 53)
}

// Gaussian has the mean 0 and the deviation 1: Marsaglia's polar method, which yields two at a time.
func (r *XORShift) Gaussian() float64 {
	if r.half {
		r.half = false
		return r.saved
	}
	for {
		x, y := 2*r.Double()-1, 2*r.Double()-1
		s := x*x + y*y
		if s >= 1 || s == 0 {
			continue
		}
		size := math.Sqrt(-2 * Log(s) / s)
		r.saved, r.half = y*size, true
		return x * size
	}
}

// Text is so many digits and letters.
func (r *XORShift) Text(n int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	b := make([]byte, n)
	for i := range b {
		at := r.Next(32) % int32(len(letters))
		b[i] = letters[max(at, -at)]
	}
	return string(b)
}
