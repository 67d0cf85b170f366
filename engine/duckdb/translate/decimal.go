package translate

// This file computes with decimals. DuckDB holds up to 18 digits in 64 bits and up to 38 in
// 128; the wide ones are some 8 times slower. DuckDB gives a product of two narrow decimals 18
// digits and fails if they do not suffice. Under an aggregate we let it: Translation.Narrow.

import (
	"fmt"

	"shoal/plan"
)

const narrowDigits = 18

// decimal is SQL of the DuckDB type DECIMAL(digits, scale), which may be narrower or wider than
// the Spark type of the expression, never of another scale.
type decimal struct {
	sql           string
	digits, scale int
}

// decimal renders an expression of a decimal type without casting it to that type.
func (t *translator) decimal(e plan.Expr) decimal {
	typ, ok := typeOf(e).(plan.Decimal)
	if !ok {
		return decimal{t.unsupported("decimal arithmetic on %s", typeOf(e)), 18, 0}
	}
	if f, is := e.(*plan.Func); is && len(f.Args) == 2 {
		switch f.Name {
		case "+", "-":
			return t.decimalSum(f, typ)
		case "*":
			return t.decimalProduct(f, typ)
		}
	}
	return decimal{t.expr(e), typ.Precision, typ.Scale}
}

// exactly is d as SQL of exactly the Spark type.
func (t *translator) exactly(d decimal, typ plan.Decimal) string {
	if d.digits == typ.Precision && d.scale == typ.Scale {
		return d.sql
	}
	return t.cast(d.sql, typ)
}

// narrow tells whether 18 digits may be tried.
func (t *translator) narrow() bool { return !t.wide && !t.streams && t.blocking > 0 }

func (t *translator) decimalSum(f *plan.Func, typ plan.Decimal) decimal {
	a, b := t.decimal(f.Args[0]), t.decimal(f.Args[1])
	scale := max(a.scale, b.scale)
	digits := max(a.digits-a.scale, b.digits-b.scale) + scale + 1
	fits := max(a.digits, b.digits) <= narrowDigits
	switch {
	case fits && digits > narrowDigits && t.narrow():
		t.narrowed = true
		digits = narrowDigits
	case fits && digits > narrowDigits:
		a = t.widen(a)
		digits = max(a.digits-a.scale, b.digits-b.scale) + scale + 1
	}
	sum := decimal{"(" + a.sql + " " + f.Name + " " + b.sql + ")", min(digits, 38), scale}
	return t.rescale(sum, typ, f)
}

func (t *translator) decimalProduct(f *plan.Func, typ plan.Decimal) decimal {
	a, b := t.decimal(f.Args[0]), t.decimal(f.Args[1])
	scale := a.scale + b.scale
	if scale > 38 {
		return decimal{t.unsupported("a product of decimals with %d decimal places", scale), 38, typ.Scale}
	}
	digits := a.digits + b.digits
	if digits > 38 && scale > typ.Scale { // rounding needs the exact product
		units := fmt.Sprintf("shoal_decimal_product(%s, %s, %d, %d, %d, %s)", wide(a), wide(b), scale-typ.Scale, typ.Precision, typ.Scale, boolText(f.ANSI))
		if f.ANSI {
			t.mayRaise(typ)
		}
		return decimal{t.cast(scaled(units, typ.Scale), typ), typ.Precision, typ.Scale}
	}
	fits := max(a.digits, b.digits) <= narrowDigits
	switch {
	case fits && digits > narrowDigits && scale < narrowDigits && scale == typ.Scale && t.narrow():
		t.narrowed = true
		digits = narrowDigits
	case fits && digits > narrowDigits:
		a = t.widen(a)
		digits = a.digits + b.digits
	}
	product := decimal{"(" + a.sql + " * " + b.sql + ")", min(digits, 38), scale}
	return t.rescale(product, typ, f)
}

// widen makes DuckDB compute in 128 bits.
func (t *translator) widen(d decimal) decimal {
	const wide = narrowDigits + 1
	return decimal{fmt.Sprintf("CAST(%s AS DECIMAL(%d,%d))", d.sql, wide, d.scale), wide, d.scale}
}

// rescale rounds to the scale of the Spark type where that has fewer decimal places than the
// exact result, and watches results that may need more than 38 digits: an error, or NULL.
func (t *translator) rescale(d decimal, typ plan.Decimal, f *plan.Func) decimal {
	if d.digits == 38 && typ.Precision == 38 {
		t.mayOverflow(f.Name, typ)
		if !f.ANSI {
			d.sql = "TRY(" + d.sql + ")"
		}
	}
	if d.scale == typ.Scale {
		return d
	}
	return decimal{t.cast(d.sql, typ), typ.Precision, typ.Scale}
}

// unscaled is a decimal's integer of units in the last place, as a HUGEINT.
func unscaled(d decimal) string {
	if d.scale == 0 {
		return "CAST(" + d.sql + " AS HUGEINT)"
	}
	if d.digits+d.scale <= 38 {
		return fmt.Sprintf("CAST(%s * %s AS HUGEINT)", d.sql, powerOfTen(d.scale))
	}
	return fmt.Sprintf("shoal_unscaled(%s, %d)", d.sql, d.scale)
}

// powerOfTen writes 10^n as a number literal DuckDB takes for an integer.
func powerOfTen(n int) string {
	text := []byte{'1'}
	for range n {
		text = append(text, '0')
	}
	return string(text)
}

// scaled is the inverse of unscaled: a HUGEINT of units as DECIMAL(38, scale).
func scaled(sql string, scale int) string {
	if scale == 0 {
		return "CAST(" + sql + " AS DECIMAL(38,0))"
	}
	unit := "0." + powerOfTen(scale)[1:len(powerOfTen(scale))-1] + "1"
	return fmt.Sprintf("(CAST(%s AS DECIMAL(38,0)) * CAST(%s AS DECIMAL(%d,%d)))", sql, unit, scale, scale)
}

// decimalDivide rounds half up at the scale of the result.
func (c *call) decimalDivide(typ plan.Decimal) string {
	a, b := c.t.decimal(c.f.Args[0]), c.t.decimal(c.f.Args[1])
	return c.guardDecimalZero(b.sql, c.t.decimalQuotient(a, b, typ, c.ansi()), c.t.divideByZero)
}

// decimalQuotient is a / b as a decimal type, rounded half up; NULL where b is zero.
func (t *translator) decimalQuotient(a, b decimal, typ plan.Decimal, ansi bool) string {
	strict := "FALSE"
	if ansi {
		t.mayRaise(typ)
		strict = "TRUE"
	}
	shift := typ.Scale + b.scale - a.scale
	units := fmt.Sprintf("shoal_decimal_quotient(%s, %s, %d, %d, %d, %s)", wide(a), wide(b), shift, typ.Precision, typ.Scale, strict)
	return t.cast(scaled(units, typ.Scale), typ)
}

// wide is a decimal in 128 bits.
func wide(d decimal) string {
	if d.digits > narrowDigits {
		return d.sql
	}
	return fmt.Sprintf("CAST(%s AS DECIMAL(38,%d))", d.sql, d.scale)
}

// quotient is a * 10^shift / b on HUGEINTs, rounded half up; NULL where b is zero.
func (t *translator) quotient(a, b string, shift int) string {
	if shift < 0 {
		b, shift = "("+b+" * "+powerOfTen(-shift)+")", 0
	}
	return fmt.Sprintf("shoal_quotient(%s, %s, %d)", a, b, shift)
}

// guardDecimalZero adds ANSI's error for a zero divisor.
func (c *call) guardDecimalZero(divisor, result string, zero func() string) string {
	if nonZero(c.f.Args[1]) || !c.ansi() {
		return result
	}
	guard := ""
	if plan.Nullable(c.f.Args[0]) {
		guard = " AND " + c.arg(0) + " IS NOT NULL"
	}
	return "CASE WHEN " + divisor + " = 0" + guard + " THEN " + zero() + " ELSE " + result + " END"
}

// decimalRemainder is % with the sign of the dividend.
func (c *call) decimalRemainder() decimal {
	a, b := c.t.decimal(c.f.Args[0]), c.t.decimal(c.f.Args[1])
	scale := max(a.scale, b.scale)
	digits := max(a.digits-a.scale, b.digits-b.scale) + scale
	if digits > 38 {
		return decimal{c.unsupported("%% on decimals of more than 38 digits"), 38, scale}
	}
	as := fmt.Sprintf("DECIMAL(%d,%d)", digits, scale)
	sql := fmt.Sprintf("CAST(CAST(%s AS %s) %% CAST(%s AS %s) AS %s)", a.sql, as, b.sql, as, as)
	return decimal{c.guardDecimalZero(b.sql, sql, c.t.remainderByZero), digits, scale}
}

// decimalIntegralDivide is div on decimals: the whole part of the quotient, as BIGINT.
func (c *call) decimalIntegralDivide() string {
	a, b := c.t.decimal(c.f.Args[0]), c.t.decimal(c.f.Args[1])
	scale := max(a.scale, b.scale)
	units := func(d decimal) string {
		if scale == d.scale {
			return unscaled(d)
		}
		return "(" + unscaled(d) + " * " + powerOfTen(scale-d.scale) + ")"
	}
	c.t.traits |= overflows
	sql := wrap(units(a)+" // "+units(b), plan.Long) // in either mode
	return c.guardDecimalZero(b.sql, sql, c.t.divideByZero)
}
