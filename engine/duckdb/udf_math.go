package duckdb

// This file holds numeric functions: those DuckDB lacks, and those where Java rounds otherwise.
// Go's math package and Java's StrictMath both descend from fdlibm.

import (
	"math"
	"math/big"
	"strconv"

	"shoal/engine/duckdb/java"
)

var mathFuncs = []udf{
	oneDouble("shoal_exp", exp),
	oneDouble("shoal_cbrt", math.Cbrt),
	oneDouble("shoal_log", java.Log),
	oneDouble("shoal_log10", log10),
	oneDouble("shoal_cosh", cosh),
	oneDouble("shoal_log1p", math.Log1p),
	oneDouble("shoal_expm1", math.Expm1),
	oneDouble("shoal_asinh", asinh),
	oneDouble("shoal_acosh", acosh),
	oneDouble("shoal_atanh", func(x float64) float64 { return 0.5 * (math.Log1p(x) - math.Log1p(-x)) }),
	twoDoubles("shoal_hypot", hypot),
	twoDoubles("shoal_pow", javaPow),
	{name: "shoal_round", params: []sqlType{tDouble, tInt32}, returns: tDouble, call: rounder(roundHalfUp)},
	{name: "shoal_bround", params: []sqlType{tDouble, tInt32}, returns: tDouble, call: rounder(roundHalfEven)},
}

func oneDouble(name string, f func(float64) float64) udf {
	return udf{name: name, params: []sqlType{tDouble}, returns: tDouble, call: func(c *call) error {
		in, out := arg[float64](c, 0), result[float64](c)
		for i := range c.live {
			out[i] = f(in[i])
		}
		return nil
	}}
}

func twoDoubles(name string, f func(x, y float64) float64) udf {
	return udf{name: name, params: []sqlType{tDouble, tDouble}, returns: tDouble, call: func(c *call) error {
		x, y, out := arg[float64](c, 0), arg[float64](c, 1), result[float64](c)
		for i := range c.live {
			out[i] = f(x[i], y[i])
		}
		return nil
	}}
}

// asinh is Spark's: log(x + sqrt(x² + 1)), with the sign apart.
// Source: org.apache.spark.sql.catalyst.expressions.Asinh.
func asinh(x float64) float64 {
	if math.IsInf(x*x, 1) {
		return math.Copysign(java.Log(math.Abs(x))+math.Ln2, x)
	}
	return java.Log(x + math.Sqrt(float64(x*x)+1))
}

// acosh is Spark's: log(x + sqrt(x² - 1)), unless x² overflows.
func acosh(x float64) float64 {
	if math.IsInf(x*x, 1) {
		return java.Log(x) + math.Ln2 // NaN below zero
	}
	return java.Log(x + math.Sqrt(float64(x*x)-1))
}

// javaPow is Java's: unlike C's, 1^NaN and (±1)^(±Infinity) are NaN.
func javaPow(x, y float64) float64 {
	if y != 0 && (math.IsNaN(x) || math.IsNaN(y)) || math.Abs(x) == 1 && math.IsInf(y, 0) {
		return math.NaN()
	}
	return math.Pow(x, y)
}

func rounder(round func(x float64, digits int) float64) func(*call) error {
	return func(c *call) error {
		in, digits, out := arg[float64](c, 0), arg[int32](c, 1), result[float64](c)
		for i := range c.live {
			out[i] = round(in[i], int(digits[i]))
		}
		return nil
	}
}

// roundHalfUp rounds the shortest decimal that stands for x, ties away from zero, as
// BigDecimal(Double.toString(x)).setScale(digits, HALF_UP) does.
func roundHalfUp(x float64, digits int) float64 {
	if r, ok := roundFast(x, digits); ok {
		return r
	}
	return roundExact(x, digits, func(cmpHalf int, _ bool) bool { return cmpHalf >= 0 })
}

// roundHalfEven is the same with ties to the even neighbour.
func roundHalfEven(x float64, digits int) float64 {
	if r, ok := roundFast(x, digits); ok {
		return r
	}
	return roundExact(x, digits, func(cmpHalf int, odd bool) bool { return cmpHalf > 0 || cmpHalf == 0 && odd })
}

var powersOfTen = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// roundFast handles what is clearly not near a tie, where scaling in binary cannot go wrong.
func roundFast(x float64, digits int) (float64, bool) {
	if digits < 0 || digits >= len(powersOfTen) {
		return 0, false
	}
	scaled := x * powersOfTen[digits]
	if !(math.Abs(scaled) < 1e12) {
		return 0, false
	}
	r := math.Round(scaled)
	if off := math.Abs(math.Abs(scaled-r) - 0.5); off < 1e-3 || r == 0 {
		return 0, false
	}
	return r / powersOfTen[digits], true
}

// roundExact rounds in decimal. up decides, by how the dropped digits compare with a half and
// whether the last kept digit is odd, to round away from zero.
func roundExact(x float64, digits int, up func(cmpHalf int, odd bool) bool) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	if x == 0 {
		return 0 // decimals have no negative zero
	}
	// mantissa × 10^exp is the shortest decimal of |x|
	text := strconv.FormatFloat(math.Abs(x), 'e', -1, 64)
	mantissa, exp := splitDecimal(text)
	drop := -exp - digits
	if drop <= 0 {
		return x
	}
	if drop > len(mantissa) {
		return 0
	}
	kept, rest := mantissa[:len(mantissa)-drop], mantissa[len(mantissa)-drop:]
	n := new(big.Int)
	if kept != "" {
		n.SetString(kept, 10)
	}
	if up(compareHalf(rest), n.Bit(0) == 1) {
		n.Add(n, big.NewInt(1))
	}
	r, _ := strconv.ParseFloat(n.String()+"e"+strconv.Itoa(-digits), 64)
	if x < 0 && r != 0 {
		r = -r
	}
	return r
}

// splitDecimal reads d.ddde±xx as digits and the exponent of the last one.
func splitDecimal(text string) (digits string, exp int) {
	for i := range len(text) {
		if text[i] == 'e' {
			exp, _ = strconv.Atoi(text[i+1:])
			text = text[:i]
			break
		}
	}
	digits = text[:1]
	if len(text) > 2 {
		digits += text[2:]
	}
	return digits, exp - (len(digits) - 1)
}

// compareHalf compares 0.rest with 0.5.
func compareHalf(rest string) int {
	switch {
	case rest[0] < '5':
		return -1
	case rest[0] > '5':
		return 1
	}
	for i := 1; i < len(rest); i++ {
		if rest[i] != '0' {
			return 1
		}
	}
	return 0
}

// exp is e^x as Java's StrictMath specifies it: by fdlibm's method, whose last bit differs from the C
// library's. x = k ln2 + r with |r| <= ln2/2; e^r = 1 + 2r / (R - r), R(r²) by a polynomial of degree 5.
// Source: S. Ng's fdlibm, e_exp; java.lang.StrictMath.
func exp(x float64) float64 {
	const (
		ln2Hi = 6.93147180369123816490e-01
		ln2Lo = 1.90821492927058770002e-10
	)
	switch {
	case math.IsNaN(x) || math.IsInf(x, 1):
		return x
	case math.IsInf(x, -1) || x < -7.45133219101941108420e+02:
		return 0
	case x > 7.09782712893383973096e+02:
		return math.Inf(1)
	}
	var hi, lo float64
	k := 0
	switch size := math.Abs(x); {
	case size > 1.5*math.Ln2:
		k = int(x/math.Ln2 + math.Copysign(0.5, x))
		hi, lo = x-float64(float64(k)*ln2Hi), float64(float64(k)*ln2Lo)
	case size > 0.5*math.Ln2:
		k = int(math.Copysign(1, x))
		hi, lo = x-float64(float64(k)*ln2Hi), float64(float64(k)*ln2Lo)
	case size < 1.0/(1<<28):
		return 1 + x
	default:
		hi = x
	}
	r := hi - lo
	y := expPolynomial(r, hi, lo, k == 0)
	return math.Ldexp(y, k)
}

// expPolynomial is e^r for the reduced argument r = hi - lo.
func expPolynomial(r, hi, lo float64, whole bool) float64 {
	const (
		p1 = 1.66666666666666019037e-01
		p2 = -2.77777777770155933842e-03
		p3 = 6.61375632143793436117e-05
		p4 = -1.65339022054652515390e-06
		p5 = 4.13813679705723846039e-08
	)
	t := r * r
	c := r - float64(t*(p1+float64(t*(p2+float64(t*(p3+float64(t*(p4+float64(t*p5)))))))))
	if whole {
		return 1 - (float64(float64(r*c)/(c-2)) - r)
	}
	return 1 - ((lo - float64(float64(r*c)/(2-c))) - hi)
}

// hypot is sqrt(x² + y²) within an ulp, as Java's StrictMath has it: the larger number is split so that
// its square is exact. Source: fdlibm, e_hypot.
func hypot(x, y float64) float64 {
	if math.IsInf(x, 0) || math.IsInf(y, 0) {
		return math.Inf(1)
	}
	a, b := math.Abs(x), math.Abs(y)
	if b > a {
		a, b = b, a
	}
	if !(a/b < 1<<60) { // also NaN, and b = 0
		return a + b
	}
	scale := 0
	if a > 0x1p500 {
		scale = 600
	} else if b < 0x1p-450 {
		scale = -600
	}
	a, b = math.Ldexp(a, -scale), math.Ldexp(b, -scale)
	high := func(v float64) float64 { return math.Float64frombits(math.Float64bits(v) &^ (1<<32 - 1)) }
	var sum float64
	if w := a - b; w > b {
		t1 := high(a)
		t2 := a - t1
		sum = float64(t1*t1) - (float64(b*(-b)) - float64(t2*(a+t1)))
	} else {
		a2 := a + a
		y1 := high(b)
		y2 := b - y1
		t1 := high(a2)
		t2 := a2 - t1
		sum = float64(t1*y1) - (float64(w*(-w)) - (float64(t1*y2) + float64(t2*b)))
	}
	return math.Ldexp(math.Sqrt(sum), scale)
}
