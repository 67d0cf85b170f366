package duckdb

// This file divides decimals, which DuckDB does in floating point only, and in 128-bit integers
// slowly.

import (
	"math/big"
	"math/bits"
	"strconv"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
	"shoal/plan"
)

var tHuge = sqlType{id: bind.TypeHugeInt}

var decimalFuncs = []udf{
	{name: "shoal_decimal_quotient", params: []sqlType{tAny, tAny, tInt32, tInt32, tInt32, tBool}, returns: tHuge, call: decimalQuotient},
	{name: "shoal_decimal_product", params: []sqlType{tAny, tAny, tInt32, tInt32, tInt32, tBool}, returns: tHuge, call: decimalProduct},
}

// int128 is DuckDB's HUGEINT, and any DECIMAL of more than 18 digits.
type int128 struct {
	lo uint64
	hi int64
}

func (x int128) abs() (v uint128, negative bool) {
	v = uint128{x.lo, uint64(x.hi)}
	if x.hi < 0 {
		return v.negated(), true
	}
	return v, false
}

type uint128 struct{ lo, hi uint64 }

func (x uint128) negated() uint128 {
	lo, borrow := bits.Sub64(0, x.lo, 0)
	hi, _ := bits.Sub64(0, x.hi, borrow)
	return uint128{lo, hi}
}

func (x uint128) big() *big.Int {
	v := new(big.Int).SetUint64(x.hi)
	return v.Lsh(v, 64).Or(v, new(big.Int).SetUint64(x.lo))
}

// decimalQuotient is a × 10^shift / b, rounded half away from zero. A zero divisor gives NULL; a
// result of more than precision digits too, or Spark's error when strict: it is a decimal of the
// given scale.
func decimalQuotient(c *call) error {
	a, b, out := arg[int128](c, 0), arg[int128](c, 1), result[int128](c)
	shift, precision, scale, strict := arg[int32](c, 2), arg[int32](c, 3), arg[int32](c, 4), arg[bool](c, 5)
	for i := range c.live {
		if b[i] == (int128{}) {
			c.setNull(i)
			continue
		}
		x, minus := a[i].abs()
		y, flip := b[i].abs()
		q, ok := quotientFast(x, y, int(shift[i]))
		if !ok {
			if q, ok = quotientExact(x, y, int(shift[i])); !ok {
				if strict[i] {
					return outOfRange(x, y, int(shift[i]), int(precision[i]), int(scale[i]), minus != flip)
				}
				c.setNull(i)
				continue
			}
		}
		if !q.fits(int(precision[i])) {
			if strict[i] {
				return outOfRange(x, y, int(shift[i]), int(precision[i]), int(scale[i]), minus != flip)
			}
			c.setNull(i)
			continue
		}
		if minus != flip {
			q = q.negated()
		}
		out[i] = int128{q.lo, int64(q.hi)}
	}
	return nil
}

// powers10 are the powers of ten below 2^64.
var powers10 = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// times is x × y where that has at most 128 bits.
func (x uint128) times(y uint64) (uint128, bool) {
	hi, lo := bits.Mul64(x.lo, y)
	over, top := bits.Mul64(x.hi, y)
	sum, carry := bits.Add64(hi, top, 0)
	return uint128{lo, sum}, over == 0 && carry == 0
}

// quotientFast serves divisors of 64 bits and dividends of 128.
func quotientFast(x, y uint128, shift int) (uint128, bool) {
	if y.hi != 0 || shift < 0 {
		return uint128{}, false
	}
	for ok := true; shift > 0; {
		step := min(shift, len(powers10)-1)
		if x, ok = x.times(powers10[step]); !ok {
			return uint128{}, false
		}
		shift -= step
	}
	q := uint128{hi: x.hi / y.lo}
	var rest uint64
	q.lo, rest = bits.Div64(x.hi%y.lo, x.lo, y.lo)
	if rest >= y.lo-rest { // twice the rest reaches the divisor
		var carry uint64
		q.lo, carry = bits.Add64(q.lo, 1, 0)
		q.hi += carry
	}
	return q, true
}

// rounded is x × 10^shift / y.
func rounded(x, y uint128, shift int) *big.Int {
	dividend, divisor := x.big(), y.big()
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(shift, -shift))), nil)
	if shift >= 0 {
		dividend.Mul(dividend, power)
	} else {
		divisor.Mul(divisor, power)
	}
	q, rest := new(big.Int).QuoRem(dividend, divisor, new(big.Int))
	if rest.Lsh(rest, 1).Cmp(divisor) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

func quotientExact(x, y uint128, shift int) (uint128, bool) {
	q := rounded(x, y, shift)
	if q.BitLen() > 127 {
		return uint128{}, false
	}
	return uint128{q.Uint64(), new(big.Int).Rsh(q, 64).Uint64()}, true
}

// fits tells whether x has at most so many decimal digits.
func (x uint128) fits(digits int) bool {
	if x.hi == 0 && digits >= 20 {
		return true
	}
	if x.hi == 0 && digits < len(powers10) {
		return x.lo < powers10[digits]
	}
	limit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)), nil)
	return x.big().Cmp(limit) < 0
}

func outOfRange(x, y uint128, shift, precision, scale int, negative bool) error {
	q := rounded(x, y, shift)
	if negative {
		q.Neg(q)
	}
	return notDecimal(q, precision, scale)
}

func notDecimal(q *big.Int, precision, scale int) error {
	return fault.New("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", plan.Unscaled{Int: q}.Text(scale),
		"precision", strconv.Itoa(precision), "scale", strconv.Itoa(scale), "config", `"spark.sql.ansi.enabled"`)
}

// decimalProduct is a × b / 10^drop, rounded half away from zero: the exact product may need
// more than 128 bits. A result of too many digits is treated as decimalQuotient does.
func decimalProduct(c *call) error {
	a, b, out := arg[int128](c, 0), arg[int128](c, 1), result[int128](c)
	drop, precision, scale, strict := arg[int32](c, 2), arg[int32](c, 3), arg[int32](c, 4), arg[bool](c, 5)
	for i := range c.live {
		x, minus := a[i].abs()
		y, flip := b[i].abs()
		q, ok := productFast(x, y, int(drop[i]))
		if !ok {
			exact := productExact(x, y, int(drop[i]))
			if exact.BitLen() > 127 || !uint128Of(exact).fits(int(precision[i])) {
				if strict[i] {
					if minus != flip {
						exact.Neg(exact)
					}
					return notDecimal(exact, int(precision[i]), int(scale[i]))
				}
				c.setNull(i)
				continue
			}
			q = uint128Of(exact)
		}
		if minus != flip {
			q = q.negated()
		}
		out[i] = int128{q.lo, int64(q.hi)}
	}
	return nil
}

// productFast serves products of 64 bits.
func productFast(x, y uint128, drop int) (uint128, bool) {
	hi, lo := bits.Mul64(x.lo, y.lo)
	if x.hi != 0 || y.hi != 0 || hi != 0 || drop >= len(powers10) {
		return uint128{}, false
	}
	q, rest := lo/powers10[drop], lo%powers10[drop]
	if rest >= powers10[drop]-rest {
		q++
	}
	return uint128{lo: q}, true
}

func productExact(x, y uint128, drop int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(drop)), nil)
	q, rest := new(big.Int).QuoRem(new(big.Int).Mul(x.big(), y.big()), unit, new(big.Int))
	if rest.Lsh(rest, 1).Cmp(unit) >= 0 {
		q.Add(q, big.NewInt(1))
	}
	return q
}

func uint128Of(x *big.Int) uint128 {
	lo := new(big.Int).And(x, new(big.Int).SetUint64(1<<64-1))
	return uint128{lo.Uint64(), new(big.Int).Rsh(x, 64).Uint64()}
}
