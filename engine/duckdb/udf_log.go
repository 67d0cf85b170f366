package duckdb

import (
	"math"

	"shoal/engine/duckdb/java"
)

// This file holds the logarithm to base 10 and cosh as Java's StrictMath specifies them: by fdlibm's methods, whose
// last bits differ from the C library's.

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
	z := float64(y*log2Low) + float64(inverseLn10*java.Log(math.Ldexp(2*m, -n)))
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
