package translate

// This file holds the casts between numbers, and dispatches the others: text in cast_text.go,
// dates and timestamps in cast_time.go, nested types in cast_nested.go.

import (
	"fmt"

	"shoal/plan"
)

// castExpr renders a cast.
func (t *translator) castExpr(c *plan.Cast) string {
	from := typeOf(c.Expr)
	if u := objectIn(plan.TypeOf(c.Expr)); u.Class != "" && isText(c.To) {
		return t.objectToText(c, u)
	}
	if plan.HasUDT(c.To) {
		stored := *c
		stored.To = plan.Stored(c.To)
		c = &stored
	}
	switch {
	case plan.SameIgnoringNulls(from, c.To) || isText(from) && isText(c.To):
		return t.expr(c.Expr)
	case from == plan.Null || isConstantNull(c.Expr):
		return t.value(nil, c.To)
	}
	if l, ok := constant(c.Expr); ok {
		if sql, done := t.foldCast(l, c.To); done {
			return sql
		}
	}
	sql := t.expr(c.Expr)
	place := t.place
	if !c.Implicit { // Spark blames an implicit cast on the function that asked for it
		t.place = c.Pos
	}
	out := t.withWords(c.Expr, sql, c.To, t.convert(sql, from, c.To, c.Mode))
	t.place = place
	return out
}

func isText(t plan.Type) bool {
	switch t.(type) {
	case plan.Char, plan.Varchar:
		return true
	}
	return t == plan.String
}

// convert writes the conversion of SQL of one type to another: an error under CastANSI, Java's
// way or NULL under CastLegacy, NULL under CastTry.
func (t *translator) convert(sql string, from, to plan.Type, mode plan.CastMode) string {
	if plan.SameIgnoringNulls(from, to) {
		return sql
	}
	var out string
	var ok bool
	switch {
	case from == plan.Null:
		return t.value(nil, to)
	case from == plan.Variant:
		out, ok = t.fromVariant(sql, to, mode), true
	case to == plan.Variant:
		out, ok = t.toVariant(sql, from), true
	case isText(to):
		out, ok = t.toText(sql, from, mode)
	case isText(from):
		out, ok = t.fromText(sql, to, mode)
	case nested(from) || nested(to):
		out, ok = t.convertNested(sql, from, to, mode)
	case isTemporal(from) || isTemporal(to):
		out, ok = t.convertTime(sql, from, to, mode)
	case isInterval(from) || isInterval(to):
		out, ok = t.convertInterval(sql, from, to, mode)
	default:
		out, ok = t.convertNumber(sql, from, to, mode)
	}
	if !ok {
		return t.unsupported("a cast from %s to %s", from, to)
	}
	return out
}

func isNumeric(t plan.Type) bool { return isNumber(t) || t == plan.Boolean }

func (t *translator) convertNumber(sql string, from, to plan.Type, mode plan.CastMode) (string, bool) {
	if !isNumeric(from) || !isNumeric(to) {
		return "", false
	}
	_, fromDecimal := from.(plan.Decimal)
	toDecimal, isDecimal := to.(plan.Decimal)
	switch {
	case to == plan.Boolean:
		return "(" + sql + " <> 0)", true
	case isDecimal:
		return t.toDecimal(sql, from, toDecimal, mode), true
	case from == plan.Boolean:
		return t.cast(sql, to), true
	case fromDecimal && isFloating(to):
		return t.decimalToDouble(sql, from.(plan.Decimal), to), true
	case from == plan.Double && to == plan.Float:
		return "shoal_to_float(" + sql + ")", true
	case isFloating(to):
		return t.cast(sql, to), true
	case isFloating(from), fromDecimal:
		return t.truncate(sql, from, to, mode), true
	case integralDigits(to) >= integralDigits(from):
		return t.cast(sql, to), true
	case mode == plan.CastLegacy:
		return wrap("CAST("+sql+" AS HUGEINT)", to), true
	default:
		return t.orOverflow("TRY_CAST("+sql+" AS "+t.physical(to)+")", sql, from, to, mode), true
	}
}

// orOverflow adds ANSI's CAST_OVERFLOW to a conversion that gives NULL for what does not fit.
func (t *translator) orOverflow(converted, sql string, from, to plan.Type, mode plan.CastMode) string {
	if mode != plan.CastANSI {
		return converted
	}
	value := t.numberInMessage(sql, from)
	return t.orElse(converted, sql, t.raiseNowhere("CAST_OVERFLOW", "value", value,
		"sourceType", quotedType(from), "targetType", quotedType(to), "ansiConfig", ansiConf))
}

// orRaise fails where converted is NULL although sql is not.
func (t *translator) orRaise(converted, sql, class string, params ...string) string {
	return t.orElse(converted, sql, t.raise(class, params...))
}

// numberInMessage writes a number as Spark's messages do: 1L, 2.0D, NaN.
func (t *translator) numberInMessage(sql string, typ plan.Type) string {
	value := "CAST(" + sql + " AS VARCHAR)"
	switch typ {
	case plan.Timestamp:
		text, _ := t.toText(sql, typ, plan.CastANSI)
		return "'TIMESTAMP ' || chr(39) || " + text + " || chr(39)"
	case plan.Long:
		return value + " || 'L'"
	case plan.Short:
		return value + " || 'S'"
	case plan.Byte:
		return value + " || 'T'"
	case plan.Double, plan.Float:
		return t.floatToText(sql, typ) + " || CASE WHEN isfinite(" + sql + ") THEN 'D' ELSE '' END"
	}
	if _, ok := typ.(plan.Decimal); ok {
		return value + " || 'BD'"
	}
	return value
}

func (t *translator) orElse(converted, sql, fail string) string {
	return "COALESCE(" + converted + ", CASE WHEN " + sql + " IS NOT NULL THEN " + fail + " END)"
}

// quotedType is a type as Spark's messages have it, as a string literal.
func quotedType(t plan.Type) string { return quoteText(`"` + plan.SQL(t) + `"`) }

// truncate drops the fraction, toward zero. Java saturates floats and wraps decimals.
func (t *translator) truncate(sql string, from, to plan.Type, mode plan.CastMode) string {
	if mode != plan.CastLegacy {
		return t.orOverflow("TRY_CAST(trunc("+sql+") AS "+t.physical(to)+")", sql, from, to, mode)
	}
	if !isFloating(from) {
		return wrap("CAST(trunc("+sql+") AS HUGEINT)", to)
	}
	switch to {
	case plan.Long:
		return "shoal_float_to_bigint(" + sql + ")"
	case plan.Int:
		return "shoal_float_to_int(" + sql + ")"
	}
	return wrap("CAST(shoal_float_to_int("+sql+") AS HUGEINT)", to)
}

// decimalToDouble rounds once: up to 15 digits DuckDB's division is exact enough, longer ones
// are read from their text.
func (t *translator) decimalToDouble(sql string, from plan.Decimal, to plan.Type) string {
	if from.Precision <= 15 {
		return t.cast(sql, to)
	}
	return t.cast("CAST("+sql+" AS VARCHAR)", to)
}

func (t *translator) toDecimal(sql string, from plan.Type, to plan.Decimal, mode plan.CastMode) string {
	room := to.Precision - to.Scale
	switch f := from.(type) {
	case plan.Decimal:
		if room >= f.Precision-f.Scale && to.Scale >= f.Scale || room > f.Precision-f.Scale {
			return t.cast(sql, to)
		}
	default:
		if isIntegral(from) && room >= integralDigits(from) || from == plan.Boolean && room > 0 {
			return t.cast(sql, to)
		}
	}
	value := "CAST(" + sql + " AS VARCHAR)"
	source := sql
	if isFloating(from) {
		text := t.floatToText("CAST("+sql+" AS DOUBLE)", plan.Double) // Spark widens a float first
		source = fmt.Sprintf("shoal_cast_string_to_decimal(%s, %d, %d, FALSE)", text, to.Precision, to.Scale)
		value = "COALESCE(CASE WHEN " + sql + " = trunc(" + sql + ") THEN CAST(TRY_CAST(" + sql + " AS HUGEINT) AS VARCHAR) END, " + text + ")"
	}
	converted := "TRY_CAST(" + source + " AS " + t.physical(to) + ")"
	if mode != plan.CastANSI {
		return converted
	}
	if isFloating(from) { // NaN and infinity are NULL even so
		sql = "CASE WHEN isfinite(" + sql + ") THEN " + sql + " END"
	}
	return t.orRaise(converted, sql, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", "value", value,
		"precision", fmt.Sprintf("'%d'", to.Precision), "scale", fmt.Sprintf("'%d'", to.Scale), "config", ansiConf)
}
