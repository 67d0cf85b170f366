package analyze

import (
	"strings"

	"shoal/plan"
)

// This file holds the vocabulary of parameter types: Spark's AbstractDataType.

// A param says which types an argument may have.
type param struct {
	accepts  func(t plan.Type) bool
	concrete plan.Type // what NULL becomes, and the target of casts (defaultConcreteType)
	exact    bool      // a concrete type, rather than a family such as NUMERIC
	label    string    // as messages name it, "" = the concrete type
	any      []param   // one of these (TypeCollection)
	elem     *param    // of an array
}

func exactly(t plan.Basic) param {
	return param{accepts: func(x plan.Type) bool { return x == plan.Type(t) }, concrete: t, exact: true}
}

func family(label string, concrete plan.Type, accepts func(plan.Type) bool) param {
	return param{accepts: accepts, concrete: concrete, label: label}
}

// The parameter types.
var (
	tAny          = family("ANY", plan.Null, func(plan.Type) bool { return true })
	tBool         = exactly(plan.Boolean)
	tByte         = exactly(plan.Byte)
	tShort        = exactly(plan.Short)
	tInt          = exactly(plan.Int)
	tLong         = exactly(plan.Long)
	tFloat        = exactly(plan.Float)
	tDouble       = exactly(plan.Double)
	tString       = exactly(plan.String)
	tBinary       = exactly(plan.Binary)
	tDate         = exactly(plan.Date)
	tTimestamp    = exactly(plan.Timestamp)
	tTimestampNTZ = exactly(plan.TimestampNTZ)
	tCalendar     = exactly(plan.CalendarInterval)

	tNumeric      = family("NUMERIC", plan.Double, isNumeric)
	tIntegral     = family("INTEGRAL", plan.Int, isIntegral)
	tDecimal      = family("DECIMAL", plan.Decimal{Precision: 10, Scale: 0}, isDecimal)
	tAnyTimestamp = family("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)", plan.Timestamp, isTimestamp)
	tYearMonth    = family("INTERVAL YEAR TO MONTH", yearMonth, isYearMonth)
	tDayTime      = family("INTERVAL DAY TO SECOND", dayTime, isDayTime)
	tArray        = family("ARRAY", plan.Array{Elem: plan.Null, ContainsNull: true}, isArray)
	tMap          = family("MAP", plan.Map{Key: plan.Null, Value: plan.Null, ValueContainsNull: true}, isMap)
	tStruct       = family("STRUCT", plan.Struct{}, isStruct)

	tStringOrBinary = oneOf(tString, tBinary)
)

var (
	yearMonth = plan.YearMonthInterval{From: plan.Year, To: plan.Month}
	dayTime   = plan.DayTimeInterval{From: plan.Day, To: plan.Second}
)

// oneOf accepts any of the given; what fits none is cast to the first that can be cast to.
func oneOf(of ...param) param {
	return param{
		any:      of,
		concrete: of[0].concrete,
		accepts: func(t plan.Type) bool {
			for _, p := range of {
				if p.accepts(t) {
					return true
				}
			}
			return false
		},
	}
}

// arrayOf accepts arrays whose elements fit.
func arrayOf(elem param) param {
	return param{
		elem:     &elem,
		concrete: plan.Array{Elem: elem.concrete, ContainsNull: true},
		accepts: func(t plan.Type) bool {
			a, ok := t.(plan.Array)
			return ok && elem.accepts(a.Elem)
		},
	}
}

// String is the parameter's type as messages write it: "INT", ("STRING" or "BINARY").
func (p param) String() string {
	if p.any == nil {
		return `"` + p.sql() + `"`
	}
	names := make([]string, len(p.any))
	for i, q := range p.any {
		names[i] = q.String()
	}
	return "(" + strings.Join(names, " or ") + ")"
}

func (p param) sql() string {
	switch {
	case p.label != "":
		return p.label
	case p.elem != nil:
		return "ARRAY<" + p.elem.sql() + ">"
	case p.any != nil:
		names := make([]string, len(p.any))
		for i, q := range p.any {
			names[i] = q.sql()
		}
		return "(" + strings.Join(names, " or ") + ")"
	default:
		return plan.SQL(p.concrete)
	}
}

func isIntegral(t plan.Type) bool {
	return t == plan.Byte || t == plan.Short || t == plan.Int || t == plan.Long
}
func isDecimal(t plan.Type) bool    { _, ok := t.(plan.Decimal); return ok }
func isFloating(t plan.Type) bool   { return t == plan.Float || t == plan.Double }
func isFractional(t plan.Type) bool { return isFloating(t) || isDecimal(t) }
func isNumeric(t plan.Type) bool    { return isIntegral(t) || isFractional(t) }
func isTimestamp(t plan.Type) bool  { return t == plan.Timestamp || t == plan.TimestampNTZ }
func isDatetime(t plan.Type) bool   { return isTimestamp(t) || t == plan.Date }
func isYearMonth(t plan.Type) bool  { _, ok := t.(plan.YearMonthInterval); return ok }
func isDayTime(t plan.Type) bool    { _, ok := t.(plan.DayTimeInterval); return ok }
func isInterval(t plan.Type) bool   { return isYearMonth(t) || isDayTime(t) }
func isArray(t plan.Type) bool      { _, ok := t.(plan.Array); return ok }
func isMap(t plan.Type) bool        { _, ok := t.(plan.Map); return ok }
func isStruct(t plan.Type) bool     { _, ok := t.(plan.Struct); return ok }

// isAtomic is Spark's AtomicType: everything but NULL, the nested types and the legacy interval.
func isAtomic(t plan.Type) bool {
	switch t := t.(type) {
	case plan.Basic:
		return t != plan.Null && t != plan.CalendarInterval
	case plan.Decimal, plan.YearMonthInterval, plan.DayTimeInterval, plan.Char, plan.Varchar:
		return true
	}
	return false
}

func typesOf(exprs []plan.Expr) []plan.Type {
	types := make([]plan.Type, len(exprs))
	for i, e := range exprs {
		types[i] = plan.TypeOf(e)
	}
	return types
}
