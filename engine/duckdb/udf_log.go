package duckdb

import "math"

// This file holds logarithms and cosh as Java's StrictMath specifies them: by fdlibm's methods, whose
// last bits differ from the C library's.

const (
	ln2High = 6.93147180369123816490e-01
	ln2Low  = 1.90821492927058770002e-10
)

// log is the natural logarithm of a number. x = 2^k (1+f) with sqrt(2)/2 < 1+f < sqrt(2), and
// log(1+f) = 2s + s R(s²) for s = f / (2+f), by a polynomial.
// Source: fdlibm, e_log; java.lang.StrictMath.
func log(x float64) float64 {
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

// log10 is log(2^n m) = n log10(2) + log(m) / ln(10). Source: fdlibm, e_log10.
func log10(x float64) float64 {
	if x <= 0 || math.IsNaN(x) || math.IsInf(x, 1) {
		return math.Log10(x)
	}
	const (
		inverseLn10 = 4.34294481903251816668e-01
		log2High    = 3.01029995663611771306e-01
		log2Low     = 3.69423907715893078616e-13
	)
	m, exponent := math.Frexp(x)
	k := exponent - 1
	n := 0
	if k < 0 {
		n = 1
	}
	y := float64(k + n)
	z := float64(y*log2Low) + float64(inverseLn10*log(math.Ldexp(2*m, -n)))
	return z + float64(y*log2High)
}

// cosh is (e^x + e^-x) / 2. Source: fdlibm, e_cosh.
func cosh(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 0.5*math.Ln2:
		t := math.Expm1(x)
		return 1 + float64(t*t)/(2*(1+t))
	case x < 22:
		t := exp(x)
		return float64(0.5*t) + 0.5/t
	case x < 709.782712893384:
		return 0.5 * exp(x)
	default: // also where e^x overflows and its half does not
		t := exp(0.5 * x)
		return float64(0.5*t) * t
	}
}
