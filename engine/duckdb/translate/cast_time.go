package translate

// This file holds casts between dates, timestamps and numbers.

import (
	"shoal/plan"
)

func isTemporal(t plan.Type) bool {
	return t == plan.Date || t == plan.Timestamp || t == plan.TimestampNTZ
}

// localOf is a date or timestamp as a local TIMESTAMP.
func (t *translator) localOf(sql string, typ plan.Type) string {
	switch typ {
	case plan.Timestamp:
		return t.local(sql)
	case plan.Date:
		return "CAST(" + sql + " AS TIMESTAMP)"
	}
	return sql
}

func (t *translator) convertTime(sql string, from, to plan.Type, mode plan.CastMode) (string, bool) {
	switch {
	case isTemporal(from) && isTemporal(to):
		return t.betweenTimes(sql, from, to), true
	case from == plan.Date && isNumeric(to) && mode == plan.CastLegacy:
		return t.value(nil, to), true
	case from == plan.Timestamp && to == plan.Boolean && mode == plan.CastLegacy:
		return "(epoch_us(" + sql + ") <> 0)", true
	case from == plan.Timestamp && isNumber(to):
		return t.timestampToNumber(sql, to, mode)
	case to == plan.Timestamp && isNumeric(from):
		return t.numberToTimestamp(sql, from, mode)
	}
	return "", false
}

func (t *translator) betweenTimes(sql string, from, to plan.Type) string {
	local := t.localOf(sql, from)
	switch to {
	case plan.Date:
		return "CAST(" + local + " AS DATE)"
	case plan.Timestamp:
		return t.instant(local)
	}
	return local
}

// timestampToNumber counts seconds since 1970, rounded down; floats and decimals keep micros.
func (t *translator) timestampToNumber(sql string, to plan.Type, mode plan.CastMode) (string, bool) {
	switch {
	case to == plan.Long:
		return "shoal_seconds(" + sql + ")", true
	case isIntegral(to):
		return t.orOverflow("TRY_CAST(shoal_seconds("+sql+") AS "+t.physical(to)+")", sql, plan.Timestamp, to, mode), true
	case isFloating(to):
		return "CAST(epoch_us(" + sql + ") / 1e6 AS " + t.physical(to) + ")", true
	}
	exact := plan.Decimal{Precision: 25, Scale: 6}
	micros := "(CAST(epoch_us(" + sql + ") AS DECIMAL(19,0)) * CAST(0.000001 AS DECIMAL(6,6)))"
	return t.convertNumber(micros, exact, to, mode)
}

// numberToTimestamp takes seconds since 1970.
func (t *translator) numberToTimestamp(sql string, from plan.Type, mode plan.CastMode) (string, bool) {
	t.traits |= overflows
	switch {
	case from == plan.Boolean:
		return "make_timestamp(CAST(" + sql + " AS BIGINT))", mode == plan.CastLegacy
	case isIntegral(from):
		if integralDigits(from) < integralDigits(plan.Long) {
			return "make_timestamp(CAST(" + sql + " AS BIGINT) * 1000000)", true
		}
		return t.let(sql, func(sql string) string {
			return "make_timestamp(CASE WHEN abs(CAST(" + sql + " AS HUGEINT)) < 9223372036854 THEN " + sql + " * 1000000 WHEN " +
				sql + " IS NOT NULL THEN " + t.farTimestamp() + " END)"
		}), true
	case isFloating(from):
		micros := "TRY_CAST(trunc(CAST(" + sql + " AS DOUBLE) * 1e6) AS BIGINT)"
		if mode != plan.CastANSI {
			return "make_timestamp(CASE WHEN isfinite(" + sql + ") THEN COALESCE(" + micros + ", " + t.farTimestamp() + ") END)", true
		}
		noNumber := t.raise("CAST_INVALID_INPUT", "expression", t.floatToText(sql, from), "sourceType", `'"DOUBLE"'`,
			"targetType", quotedType(plan.Timestamp), "ansiConfig", ansiConf)
		return "make_timestamp(CASE WHEN isfinite(" + sql + ") THEN " + t.orOverflow(micros, "(CAST("+sql+" AS DOUBLE) * 1e6)", plan.Double, plan.Long, mode) +
			" WHEN " + sql + " IS NOT NULL THEN CAST(" + noNumber + " AS BIGINT) END)", true
	}
	return "make_timestamp(CASE WHEN abs(" + sql + ") < 9223372036854 THEN CAST(trunc(" + sql + " * 1000000) AS BIGINT) WHEN " +
		sql + " IS NOT NULL THEN " + t.farTimestamp() + " END)", true
}

// farTimestamp refuses an instant beyond DuckDB's: Java's arithmetic saturates or wraps there.
func (t *translator) farTimestamp() string {
	return "CAST(" + t.raiseNowhere("UNSUPPORTED_FEATURE", "reason", quoteText("a timestamp so far away")) + " AS BIGINT)"
}
