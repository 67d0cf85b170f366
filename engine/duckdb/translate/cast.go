package translate

// This file holds casts between types, by their mode: ANSI fails, legacy wraps or gives NULL,
// try gives NULL.

import (
	"shoal/plan"
)

// castExpr renders a cast.
func (t *translator) castExpr(c *plan.Cast) string {
	from := plan.TypeOf(c.Expr)
	if plan.SameIgnoringNulls(from, c.To) || sameText(from) && sameText(c.To) {
		return t.expr(c.Expr)
	}
	if from == plan.Null || isConstantNull(c.Expr) {
		return t.value(nil, c.To)
	}
	return t.convert(t.expr(c.Expr), from, c.To, c.Mode)
}

func sameText(t plan.Type) bool {
	switch t.(type) {
	case plan.Char, plan.Varchar:
		return true
	}
	return t == plan.String
}

// convert writes the conversion of SQL of one type to another.
func (t *translator) convert(sql string, from, to plan.Type, mode plan.CastMode) string {
	switch {
	case isIntegral(from) && (isFloating(to) || isIntegral(to) && integralDigits(to) >= integralDigits(from)):
		return t.cast(sql, to)
	case isIntegral(from) && isIntegral(to):
		return t.narrowInteger(sql, to, mode)
	case from == plan.Float && to == plan.Double:
		return t.cast(sql, to)
	case from == plan.Double && to == plan.Float:
		return t.cast(sql, to)
	case from == plan.Boolean && (isIntegral(to) || isFloating(to)):
		return t.cast(sql, to)
	case to == plan.Boolean && (isIntegral(from) || isFloating(from)):
		return "(" + sql + " <> 0)"
	}
	if d, ok := to.(plan.Decimal); ok {
		return t.toDecimal(sql, from, d, mode)
	}
	if _, ok := from.(plan.Decimal); ok && isFloating(to) {
		return t.cast(sql, to)
	}
	return t.unsupported("a cast from %s to %s", from, to)
}

// narrowInteger drops digits: an error of DuckDB's, Java's wrap-around, or NULL.
func (t *translator) narrowInteger(sql string, to plan.Type, mode plan.CastMode) string {
	switch mode {
	case plan.CastANSI:
		t.traits |= overflows
		return t.cast(sql, to)
	case plan.CastTry:
		return "TRY_CAST(" + sql + " AS " + t.physical(to) + ")"
	}
	return wrap("CAST("+sql+" AS HUGEINT)", to)
}

func (t *translator) toDecimal(sql string, from plan.Type, to plan.Decimal, mode plan.CastMode) string {
	switch f := from.(type) {
	case plan.Decimal:
		if to.Precision-to.Scale >= f.Precision-f.Scale && to.Scale >= f.Scale {
			return t.cast(sql, to)
		}
	default:
		if isIntegral(from) && to.Precision-to.Scale >= integralDigits(from) {
			return t.cast(sql, to)
		}
		if !isIntegral(from) && from != plan.Boolean {
			return t.unsupported("a cast from %s to %s", from, to)
		}
	}
	if mode == plan.CastANSI {
		t.traits |= overflows
		return t.cast(sql, to)
	}
	return "TRY_CAST(" + sql + " AS " + t.physical(to) + ")"
}
