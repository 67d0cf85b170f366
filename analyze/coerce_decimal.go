package analyze

import (
	"math/big"

	"shoal/plan"
)

// This file holds the rules for decimals: Spark's DecimalPrecision and DecimalType.

const maxPrecision = 38

// systemDecimal is what a string becomes where a decimal is wanted.
var systemDecimal = plan.Decimal{Precision: 38, Scale: 18}

// decimalFor is the decimal that holds every value of a numeric type.
func decimalFor(t plan.Type) plan.Decimal {
	switch t {
	case plan.Byte:
		return plan.Decimal{Precision: 3}
	case plan.Short:
		return plan.Decimal{Precision: 5}
	case plan.Int:
		return plan.Decimal{Precision: 10}
	case plan.Long:
		return plan.Decimal{Precision: 20}
	case plan.Float:
		return plan.Decimal{Precision: 14, Scale: 7}
	case plan.Double:
		return plan.Decimal{Precision: 30, Scale: 15}
	case plan.Boolean, plan.Null:
		return plan.Decimal{Precision: 1}
	}
	if d, ok := t.(plan.Decimal); ok {
		return d
	}
	return systemDecimal
}

// decimalOfLiteral is the smallest decimal for an integer literal.
func decimalOfLiteral(l *plan.Literal) plan.Decimal {
	var v int64
	switch x := l.Value.(type) {
	case int8:
		return decimalFor(plan.Byte) // Spark forgot it
	case int16:
		v = int64(x)
	case int32:
		v = int64(x)
	case int64:
		v = x
	}
	digits := len(new(big.Int).Abs(big.NewInt(v)).String())
	return plan.Decimal{Precision: digits}
}

// holds tells whether the decimal has room for every value of an integral type.
func holds(d plan.Decimal, t plan.Type) bool {
	i := decimalFor(t)
	return d.Precision-d.Scale >= i.Precision-i.Scale && d.Scale >= i.Scale
}

// widerDecimal is the common type where at least one is a decimal; too wide a type is cut to fit.
func widerDecimal(x, y plan.Type) plan.Type {
	dx, isX := x.(plan.Decimal)
	dy, isY := y.(plan.Decimal)
	switch {
	case isX && isY:
		return unionDecimal(dx, dy)
	case isX && isIntegral(y):
		return unionDecimal(dx, decimalFor(y))
	case isY && isIntegral(x):
		return unionDecimal(decimalFor(x), dy)
	case isX && isFloating(y), isY && isFloating(x):
		return plan.Double
	}
	return nil
}

// unionDecimal holds the values of both, as far as 38 digits go.
func unionDecimal(x, y plan.Decimal) plan.Decimal {
	scale := max(x.Scale, y.Scale)
	digits := max(x.Precision-x.Scale, y.Precision-y.Scale)
	return boundedPreferringDigits(digits+scale, scale)
}

// boundedPreferringDigits keeps the integral digits when it must cut (Spark's boundedPreferIntegralDigits).
func boundedPreferringDigits(precision, scale int) plan.Decimal {
	if precision <= maxPrecision {
		return plan.Decimal{Precision: precision, Scale: scale}
	}
	over := precision - maxPrecision
	return plan.Decimal{Precision: maxPrecision, Scale: max(0, scale-over)}
}

// bounded cuts precision and scale to 38 each.
func bounded(precision, scale int) plan.Decimal {
	return plan.Decimal{Precision: min(precision, maxPrecision), Scale: min(scale, maxPrecision)}
}

// minimumScale is what allowPrecisionLoss keeps of the fraction.
const minimumScale = 6

// adjusted cuts a result type that is too wide, as allowPrecisionLoss says.
func adjusted(precision, scale int) plan.Decimal {
	if precision <= maxPrecision {
		return plan.Decimal{Precision: precision, Scale: scale}
	}
	digits := precision - scale
	minScale := min(scale, minimumScale)
	return plan.Decimal{Precision: maxPrecision, Scale: max(maxPrecision-digits, minScale)}
}

// decimalResult is the type of x op y for two decimals.
func (a *analyzer) decimalResult(op string, x, y plan.Decimal) plan.Decimal {
	fit := bounded
	lossy := a.allowPrecisionLoss()
	if lossy {
		fit = adjusted
	}
	p1, s1, p2, s2 := x.Precision, x.Scale, y.Precision, y.Scale
	switch op {
	case "+", "-":
		scale := max(s1, s2)
		return fit(max(p1-s1, p2-s2)+scale+1, scale)
	case "*":
		return fit(p1+p2+1, s1+s2)
	case "/":
		if lossy {
			scale := max(minimumScale, s1+p2+1)
			return adjusted(p1-s1+s2+scale, scale)
		}
		digits := min(maxPrecision, p1-s1+s2)
		scale := min(maxPrecision, max(minimumScale, s1+p2+1))
		if diff := digits + scale - maxPrecision; diff > 0 {
			scale -= diff/2 + 1
			digits = maxPrecision - scale
		}
		return bounded(digits+scale, scale)
	case "div":
		return fit(max(p1-s1+s2, 1), 0)
	default: // % and pmod
		scale := max(s1, s2)
		return fit(min(p1-s1, p2-s2)+scale, scale)
	}
}

func (a *analyzer) allowPrecisionLoss() bool {
	v, ok := a.settings.Get("spark.sql.decimalOperations.allowPrecisionLoss")
	return !ok || v != "false"
}
