package java

import "math"

// This file holds the logarithm as Java's StrictMath specifies it: by fdlibm's method, whose last bits
// differ from the C library's.

const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// Log is the natural logarithm of a number. x = 2^k (1+f) with sqrt(2)/2 < 1+f < sqrt(2), and
// log(1+f) = 2s + s R(s²) for s = f / (2+f), by a polynomial.
// Source: fdlibm, e_log; java.lang.StrictMath.
func Log(x float64) float64 {
	if x <= 0 || math.IsNaN(x) || math.IsInf(x, 1) {
		return math.Log(x)
	}
	m, exponent := math.Frexp(x) // 0.5 <= m < 1
	bits := math.Float64bits(2 * m)
	high := int32(bits>>32) & 0xfffff
	up := (high + 0x95f64) & 0x100000
	k := float64(exponent - 1 + int(up>>20))
	f := math.Float64frombits(uint64(high|(up^0x3ff00000))<<32|bits&0xffffffff) - 1
	if 0xfffff&(2+high) < 3 { // |f| < 2^-20
		if f == 0 {
			return float64(k*ln2High) + float64(k*ln2Low)
		}
		r := float64(f * f * (0.5 - float64(0.33333333333333333*f)))
		return float64(k*ln2High) - ((r - float64(k*ln2Low)) - f)
	}
	s := f / (2 + f)
	r := logPolynomial(s)
	if 0x6147a <= high && high <= 0x6b851 {
		half := float64(0.5 * f * f)
		if k == 0 {
			return f - (half - float64(s*(half+r)))
		}
		return float64(k*ln2High) - ((half - (float64(s*(half+r)) + float64(k*ln2Low))) - f)
	}
	if k == 0 {
		return f - float64(s*(f-r))
	}
	return float64(k*ln2High) - ((float64(s*(f-r)) - float64(k*ln2Low)) - f)
}

func logPolynomial(s float64) float64 {
	const (
		l1 = 6.666666666666735130e-01
		l2 = 3.999999999940941908e-01
		l3 = 2.857142874366239149e-01
		l4 = 2.222219843214978396e-01
		l5 = 1.818357216161805012e-01
		l6 = 1.531383769920937332e-01
		l7 = 1.479819860511658591e-01
	)
	z := float64(s * s)
	w := float64(z * z)
	even := float64(w * (l2 + float64(w*(l4+float64(w*l6)))))
	odd := float64(z * (l1 + float64(w*(l3+float64(w*(l5+float64(w*l7)))))))
	return odd + even
}
