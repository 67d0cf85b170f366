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
		size := math.Sqrt(-2 * strictLog(s) / s)
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

// strictLog is Java's StrictMath.log from 0 to 1: the steps of fdlibm, whose last digit Go's own does not always have.
func strictLog(x float64) float64 {
	const (
		ln2High = 6.93147180369123816490e-01
		ln2Low  = 1.90821492927058770002e-10
		l1      = 6.666666666666735130e-01
		l2      = 3.999999999940941908e-01
		l3      = 2.857142874366239149e-01
		l4      = 2.222219843214978396e-01
		l5      = 1.818357216161805012e-01
		l6      = 1.531383769920937332e-01
		l7      = 1.479819860511658591e-01
	)
	b := math.Float64bits(x)
	k := int32(b>>52) - 1023
	high := int32(b>>32) & 0xfffff
	i := (high + 0x95f64) & 0x100000
	x = math.Float64frombits(uint64(uint32(high|(i^0x3ff00000)))<<32 | b&0xffffffff)
	k += i >> 20
	f, dk := x-1, float64(k)
	if 0xfffff&(2+high) < 3 {
		r := f * f * (0.5 - 0.33333333333333333*f)
		return dk*ln2High - ((r - dk*ln2Low) - f)
	}
	s := f / (2 + f)
	z := s * s
	w := z * z
	r := float64(w*(l2+float64(w*(l4+float64(w*l6))))) + float64(z*(l1+float64(w*(l3+float64(w*(l5+float64(w*l7)))))))
	if (high-0x6147a)|(0x6b851-high) > 0 {
		half := 0.5 * f * f
		return dk*ln2High - ((half - (float64(s*(half+r)) + float64(dk*ln2Low))) - f)
	}
	return dk*ln2High - ((float64(s*(f-r)) - float64(dk*ln2Low)) - f)
}
