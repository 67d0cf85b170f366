package plan

// castMayFail tells whether a cast can turn a value into NULL by what Spark declares: also under
// ANSI, where it raises an error instead. TRY_CAST is held to be safe for widening casts only.
// Source: org.apache.spark.sql.catalyst.expressions.Cast.
func castMayFail(c *Cast) bool {
	from := TypeOf(c.Expr)
	if from == Variant {
		return c.To != Variant
	}
	if c.Mode == CastTry {
		return !CanUpCast(from, c.To) && !(from == String && c.To == Binary)
	}
	return forceNullable(from, c.To)
}

// numberRank orders the numeric types that are no decimals; 0 for any other type.
func numberRank(t Type) int {
	if b, ok := t.(Basic); ok && b >= Byte && b <= Double {
		return int(b)
	}
	return 0
}

// CanUpCast tells whether every value of from has its exact counterpart in to (Spark's UpCastRule).
func CanUpCast(from, to Type) bool {
	switch {
	case from == Null, Equal(from, to):
		return true
	case numberRank(from) > 0 && numberRank(to) > 0:
		return numberRank(from) <= numberRank(to)
	case from == Long && to == Timestamp, from == Timestamp && to == Long:
		return true
	case (from == Date || from == TimestampNTZ) && to == Timestamp, (from == Date || from == Timestamp) && to == TimestampNTZ:
		return true
	case to == String:
		return !nested(from)
	}
	switch t := to.(type) {
	case Decimal:
		return isIntegral(from) && t.Precision-t.Scale >= integralDigits(from) || decimalFits(from, t)
	case YearMonthInterval:
		_, ok := from.(YearMonthInterval)
		return ok
	case DayTimeInterval:
		_, ok := from.(DayTimeInterval)
		return ok
	case Array:
		f, ok := from.(Array)
		return ok && (t.ContainsNull || !f.ContainsNull) && CanUpCast(f.Elem, t.Elem)
	case Map:
		f, ok := from.(Map)
		return ok && (t.ValueContainsNull || !f.ValueContainsNull) && CanUpCast(f.Key, t.Key) && CanUpCast(f.Value, t.Value)
	case Struct:
		return structUpCast(from, t)
	}
	return false
}

func nested(t Type) bool {
	switch t.(type) {
	case Array, Map, Struct:
		return true
	}
	return false
}

func decimalFits(from Type, t Decimal) bool {
	f, ok := from.(Decimal)
	return ok && t.Precision-t.Scale >= f.Precision-f.Scale && t.Scale >= f.Scale
}

func structUpCast(from Type, t Struct) bool {
	f, ok := from.(Struct)
	if !ok || len(f.Fields) != len(t.Fields) {
		return false
	}
	for i, x := range f.Fields {
		y := t.Fields[i]
		if x.Nullable && !y.Nullable || !CanUpCast(x.Type, y.Type) {
			return false
		}
	}
	return true
}

// forceNullable is Spark's method of this name.
func forceNullable(from, to Type) bool {
	switch {
	case from == Null, Equal(from, to): // NULL follows the child, which is nullable anyway
		return false
	case from == String && to == Binary:
		return false
	case from == String:
		return true
	case to == String:
		return false
	case (from == Float || from == Double) && to == Timestamp:
		return true
	case from == Timestamp && (to == Byte || to == Short || to == Int):
		return true
	case from == Timestamp && to == Date, from == Date && to == Timestamp:
		return false
	case to == Date, from == Date, to == CalendarInterval:
		return true
	case (from == Float || from == Double) && isIntegral(to):
		return true
	}
	if d, ok := to.(Decimal); ok {
		return !safeDecimal(from, d)
	}
	_, fromDecimal := from.(Decimal)
	return fromDecimal && isIntegral(to)
}

// safeDecimal tells whether a cast to a decimal cannot overflow.
func safeDecimal(from Type, to Decimal) bool {
	if f, ok := from.(Decimal); ok {
		return decimalFits(from, to) || to.Precision-to.Scale > f.Precision-f.Scale
	}
	return (isIntegral(from) || from == Boolean) && to.Precision-to.Scale >= integralDigits(from)
}

func isIntegral(t Type) bool { return t == Byte || t == Short || t == Int || t == Long }

func integralDigits(t Type) int {
	switch t {
	case Boolean:
		return 1
	case Byte:
		return 3
	case Short:
		return 5
	case Int:
		return 10
	default:
		return 20
	}
}
