package connect

// This file decodes literals: first the type, then the value by that type. Nested ones have
// two encodings: types inside array, map and struct (clients before 4.1), or data_type outside.

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
)

func (d *decoder) literal(l *sparkpb.Expression_Literal) *plan.Literal {
	t := d.literalType(l)
	if d.err != nil {
		return nil
	}
	v := d.literalValue(l, t)
	if d.err != nil {
		return nil
	}
	return &plan.Literal{Value: v, Type: t}
}

func (d *decoder) literals(in []*sparkpb.Expression_Literal) []*plan.Literal {
	out := make([]*plan.Literal, len(in))
	for i, l := range in {
		out[i] = d.literal(l)
	}
	return out
}

// literalType is what the client says, or what the kind of the literal implies. size: one case per node
func (d *decoder) literalType(l *sparkpb.Expression_Literal) plan.Type {
	if l.GetDataType() != nil && l.GetLiteralType() != nil {
		return d.dataType(l.GetDataType())
	}
	switch x := l.GetLiteralType().(type) {
	case *sparkpb.Expression_Literal_Null:
		return d.dataType(x.Null)
	case *sparkpb.Expression_Literal_Binary:
		return plan.Binary
	case *sparkpb.Expression_Literal_Boolean:
		return plan.Boolean
	case *sparkpb.Expression_Literal_Byte:
		return plan.Byte
	case *sparkpb.Expression_Literal_Short:
		return plan.Short
	case *sparkpb.Expression_Literal_Integer:
		return plan.Int
	case *sparkpb.Expression_Literal_Long:
		return plan.Long
	case *sparkpb.Expression_Literal_Float:
		return plan.Float
	case *sparkpb.Expression_Literal_Double:
		return plan.Double
	case *sparkpb.Expression_Literal_Decimal_:
		return d.decimalType(x.Decimal)
	case *sparkpb.Expression_Literal_String_:
		return plan.String
	case *sparkpb.Expression_Literal_Date:
		return plan.Date
	case *sparkpb.Expression_Literal_Timestamp:
		return plan.Timestamp
	case *sparkpb.Expression_Literal_TimestampNtz:
		return plan.TimestampNTZ
	case *sparkpb.Expression_Literal_CalendarInterval_:
		return plan.CalendarInterval
	case *sparkpb.Expression_Literal_YearMonthInterval:
		return plan.YearMonthInterval{From: plan.Year, To: plan.Month}
	case *sparkpb.Expression_Literal_DayTimeInterval:
		return plan.DayTimeInterval{From: plan.Day, To: plan.Second}
	case *sparkpb.Expression_Literal_Array_:
		return plan.Array{Elem: d.dataType(x.Array.GetElementType()), ContainsNull: true}
	case *sparkpb.Expression_Literal_Map_:
		return plan.Map{Key: d.dataType(x.Map.GetKeyType()), Value: d.dataType(x.Map.GetValueType()), ValueContainsNull: true}
	case *sparkpb.Expression_Literal_Struct_:
		return d.dataType(x.Struct.GetStructType())
	case *sparkpb.Expression_Literal_Time_:
		d.fail(fault.Unsupported("TIME literals"))
	default:
		d.bad("a literal of unknown kind %q", setField(l, "literal_type"))
	}
	return nil
}

// literalValue reads the value as one of type t. size: one case per node
func (d *decoder) literalValue(l *sparkpb.Expression_Literal, t plan.Type) any {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	switch x := l.GetLiteralType().(type) {
	case *sparkpb.Expression_Literal_Null:
		return nil
	case *sparkpb.Expression_Literal_Binary:
		return when(d, l, t == plan.Binary, x.Binary)
	case *sparkpb.Expression_Literal_Boolean:
		return when(d, l, t == plan.Boolean, x.Boolean)
	case *sparkpb.Expression_Literal_Byte:
		return when(d, l, t == plan.Byte, int8(x.Byte)) // wraps around, as in Spark
	case *sparkpb.Expression_Literal_Short:
		return when(d, l, t == plan.Short, int16(x.Short))
	case *sparkpb.Expression_Literal_Integer:
		return when(d, l, t == plan.Int, x.Integer)
	case *sparkpb.Expression_Literal_Long:
		return when(d, l, t == plan.Long, x.Long)
	case *sparkpb.Expression_Literal_Float:
		return when(d, l, t == plan.Float, x.Float)
	case *sparkpb.Expression_Literal_Double:
		return when(d, l, t == plan.Double, x.Double)
	case *sparkpb.Expression_Literal_Decimal_:
		return d.decimalValue(l, x.Decimal.GetValue(), t)
	case *sparkpb.Expression_Literal_String_:
		return when(d, l, isText(t), x.String_)
	case *sparkpb.Expression_Literal_Date:
		return when(d, l, t == plan.Date, plan.Days(x.Date))
	case *sparkpb.Expression_Literal_Timestamp:
		return when(d, l, t == plan.Timestamp, plan.Micros(x.Timestamp))
	case *sparkpb.Expression_Literal_TimestampNtz:
		return when(d, l, t == plan.TimestampNTZ, plan.Micros(x.TimestampNtz))
	case *sparkpb.Expression_Literal_CalendarInterval_:
		i := x.CalendarInterval
		return when(d, l, t == plan.CalendarInterval,
			plan.CalendarValue{Months: i.GetMonths(), Days: i.GetDays(), Micros: i.GetMicroseconds()})
	case *sparkpb.Expression_Literal_YearMonthInterval:
		_, ok := t.(plan.YearMonthInterval)
		return when(d, l, ok, plan.Months(x.YearMonthInterval))
	case *sparkpb.Expression_Literal_DayTimeInterval:
		_, ok := t.(plan.DayTimeInterval)
		return when(d, l, ok, plan.Micros(x.DayTimeInterval))
	case *sparkpb.Expression_Literal_Array_:
		return d.arrayValue(l, x.Array, t)
	case *sparkpb.Expression_Literal_Map_:
		return d.mapValue(l, x.Map, t)
	case *sparkpb.Expression_Literal_Struct_:
		return d.structValue(l, x.Struct, t)
	default:
		return when[any](d, l, false, nil)
	}
}

// when gives v if the literal fits its type, else an error.
func when[T any](d *decoder, l *sparkpb.Expression_Literal, fits bool, v T) any {
	if !fits {
		d.bad("a literal of kind %q does not have the type it claims", setField(l, "literal_type"))
		return nil
	}
	return v
}

func isText(t plan.Type) bool {
	switch t.(type) {
	case plan.Char, plan.Varchar:
		return true
	}
	return t == plan.String
}

func (d *decoder) arrayValue(l *sparkpb.Expression_Literal, a *sparkpb.Expression_Literal_Array, t plan.Type) any {
	array, ok := t.(plan.Array)
	if !ok {
		return when[any](d, l, false, nil)
	}
	out := make([]any, len(a.GetElements()))
	for i, e := range a.GetElements() {
		out[i] = d.literalValue(e, array.Elem)
	}
	return out
}

func (d *decoder) mapValue(l *sparkpb.Expression_Literal, m *sparkpb.Expression_Literal_Map, t plan.Type) any {
	typ, ok := t.(plan.Map)
	if !ok || len(m.GetKeys()) != len(m.GetValues()) {
		return when[any](d, l, false, nil)
	}
	out := make([]plan.Entry, len(m.GetKeys()))
	for i, k := range m.GetKeys() {
		out[i] = plan.Entry{Key: d.literalValue(k, typ.Key), Value: d.literalValue(m.GetValues()[i], typ.Value)}
	}
	return out
}

func (d *decoder) structValue(l *sparkpb.Expression_Literal, s *sparkpb.Expression_Literal_Struct, t plan.Type) any {
	typ, ok := t.(plan.Struct)
	if !ok || len(typ.Fields) != len(s.GetElements()) {
		return when[any](d, l, false, nil)
	}
	out := make([]any, len(typ.Fields))
	for i, e := range s.GetElements() {
		out[i] = d.literalValue(e, typ.Fields[i].Type)
	}
	return out
}

// maxPrecision is the most digits a Spark decimal has.
const maxPrecision = 38

// decimalType is the type of the text, widened to what the client asked for.
func (d *decoder) decimalType(l *sparkpb.Expression_Literal_Decimal) plan.Type {
	_, precision, scale := d.decimal(l.GetValue())
	precision = max(precision, int(l.GetPrecision()))
	scale = max(scale, int(l.GetScale()))
	if precision = max(precision, scale); precision > maxPrecision {
		d.fail(fault.New("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
			"precision", strconv.Itoa(precision), "maxPrecision", strconv.Itoa(maxPrecision)))
	}
	return plan.Decimal{Precision: precision, Scale: scale}
}

func (d *decoder) decimalValue(l *sparkpb.Expression_Literal, text string, t plan.Type) any {
	to, ok := t.(plan.Decimal)
	if !ok {
		return when[any](d, l, false, nil)
	}
	unscaled, _, scale := d.decimal(text)
	if d.err != nil {
		return nil
	}
	if scale > to.Scale || len(digits(unscaled))+to.Scale-scale > to.Precision && unscaled.Sign() != 0 {
		d.fail(fault.New("NUMERIC_VALUE_OUT_OF_RANGE.WITHOUT_SUGGESTION", "roundedValue", text, "originalValue", text,
			"precision", strconv.Itoa(to.Precision), "scale", strconv.Itoa(to.Scale)))
		return nil
	}
	return plan.Unscaled{Int: unscaled.Mul(unscaled, pow10(to.Scale-scale))}
}

// decimalText is what java.math.BigDecimal reads.
var decimalText = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,9})?$`)

// decimal parses a text into unscaled value, precision and a scale that is not negative.
func (d *decoder) decimal(text string) (unscaled *big.Int, precision, scale int) {
	if !decimalText.MatchString(text) {
		d.bad("a decimal literal is no number")
		return nil, 0, 0
	}
	mantissa, exponent := text, 0
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, _ = strconv.Atoi(text[i+1:]) // the pattern bounds it
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	scale = len(fraction) - exponent
	if len(mantissa) > 1000 || scale > 1000 || scale < -1000 {
		d.fail(fault.New("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
			"precision", strconv.Itoa(max(len(mantissa), scale, -scale)), "maxPrecision", strconv.Itoa(maxPrecision)))
		return nil, 0, 0
	}
	unscaled, _ = new(big.Int).SetString(whole+fraction, 10)
	if scale < 0 {
		unscaled.Mul(unscaled, pow10(-scale))
		scale = 0
	}
	return unscaled, max(len(digits(unscaled)), scale), scale
}

func digits(n *big.Int) string { return new(big.Int).Abs(n).String() }

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func negateUnscaled(v plan.Unscaled) plan.Unscaled {
	return plan.Unscaled{Int: new(big.Int).Neg(v.Int)}
}
