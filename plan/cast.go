package plan

// castMayFail is Spark's Cast.forceNullable: whether a legacy cast can turn a
// value into NULL. Source: org.apache.spark.sql.catalyst.expressions.Cast.
func castMayFail(c *Cast) bool {
	if c.Mode == CastANSI {
		return false
	}
	return forceNullable(TypeOf(c.Expr), c.To)
}

func forceNullable(from, to Type) bool {
	switch {
	case from == Null:
		return false // follows the child, which is nullable anyway
	case Equal(from, to):
		return false
	case from == String && (to == Binary || to == String):
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
	case from == Date:
		return to != Timestamp && to != TimestampNTZ
	case to == Date:
		return from != Timestamp && from != TimestampNTZ
	case to == CalendarInterval:
		return true
	}
	if d, ok := to.(Decimal); ok {
		if isIntegral(from) || from == Boolean {
			return d.Precision-d.Scale < integralDigits(from)
		}
		if f, ok := from.(Decimal); ok {
			return !(d.Precision-d.Scale >= f.Precision-f.Scale && d.Scale >= f.Scale)
		}
		return true
	}
	return false
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
