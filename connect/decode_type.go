package connect

// This file turns the protocol's data types into plan's and back.

import (
	"fmt"
	"strconv"

	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/sparksql"
)

// decodeType decodes a data type, or gives a *fault.Error.
func decodeType(t *sparkpb.DataType) (plan.Type, error) {
	var d decoder
	out := d.dataType(t)
	if err := d.take(); err != nil {
		return nil, err
	}
	return out, nil
}

// dataType decodes any type. size: one case per node
func (d *decoder) dataType(t *sparkpb.DataType) plan.Type {
	if !d.enter() {
		return nil
	}
	defer d.leave()
	switch x := t.GetKind().(type) {
	case nil:
		d.bad("a data type is missing")
		return nil
	case *sparkpb.DataType_Decimal_:
		return d.decimalOf(x.Decimal)
	case *sparkpb.DataType_String_:
		if c := x.String_.GetCollation(); c != "" && c != binaryCollation {
			return collated(c)
		}
		return plan.String
	case *sparkpb.DataType_Char_:
		return plan.Char{Length: int(x.Char.GetLength())}
	case *sparkpb.DataType_VarChar_:
		return plan.Varchar{Length: int(x.VarChar.GetLength())}
	case *sparkpb.DataType_YearMonthInterval_:
		from, to := intervalFields(x.YearMonthInterval.StartField, x.YearMonthInterval.EndField, 1)
		if from > to || to > 1 {
			d.bad("a year-month interval from field %d to %d", from, to)
		}
		return plan.YearMonthInterval{From: plan.Year + plan.IntervalField(from), To: plan.Year + plan.IntervalField(to)}
	case *sparkpb.DataType_DayTimeInterval_:
		from, to := intervalFields(x.DayTimeInterval.StartField, x.DayTimeInterval.EndField, 3)
		if from > to || to > 3 {
			d.bad("a day-time interval from field %d to %d", from, to)
		}
		return plan.DayTimeInterval{From: plan.Day + plan.IntervalField(from), To: plan.Day + plan.IntervalField(to)}
	case *sparkpb.DataType_Array_:
		return plan.Array{Elem: d.dataType(x.Array.GetElementType()), ContainsNull: x.Array.GetContainsNull()}
	case *sparkpb.DataType_Map_:
		return plan.Map{Key: d.dataType(x.Map.GetKeyType()), Value: d.dataType(x.Map.GetValueType()),
			ValueContainsNull: x.Map.GetValueContainsNull()}
	case *sparkpb.DataType_Struct_:
		return d.structOf(x.Struct)
	case *sparkpb.DataType_Unparsed_:
		out, err := sparksql.ParseType(x.Unparsed.GetDataTypeString())
		if err != nil {
			d.fail(err)
		}
		return out
	case *sparkpb.DataType_Time_:
		return timeOf(x.Time)
	case *sparkpb.DataType_Udt:
		return typejson.KnownUDT(plan.UDT{SQLType: d.dataType(x.Udt.GetSqlType()), Class: x.Udt.GetJvmClass(),
			PyClass: x.Udt.GetPythonClass(), Pickled: x.Udt.GetSerializedPythonClass()})
	default:
		name := setField(t, "kind")
		if basic, ok := basicKinds[name]; ok {
			return basic
		}
		return named(name) // geometry, geography
	}
}

// timeOf is the time of a day, of which the engine knows no more than the name.
func timeOf(t *sparkpb.DataType_Time) plan.Type {
	precision := 6
	if t != nil && t.Precision != nil {
		precision = int(*t.Precision)
	}
	return named(fmt.Sprintf("time(%d)", precision))
}

// basicKinds maps the protocol's field names to types without parameters.
var basicKinds = map[string]plan.Basic{
	"null": plan.Null, "boolean": plan.Boolean, "byte": plan.Byte, "short": plan.Short, "integer": plan.Int,
	"long": plan.Long, "float": plan.Float, "double": plan.Double, "binary": plan.Binary, "date": plan.Date,
	"timestamp": plan.Timestamp, "timestamp_ntz": plan.TimestampNTZ, "calendar_interval": plan.CalendarInterval,
	"variant": plan.Variant,
}

// binaryCollation is the collation of plain strings.
const binaryCollation = "UTF8_BINARY"

func collated(collation string) plan.Type { return named("string collate " + collation) }

func named(name string) plan.Type {
	return plan.Unsupported{Name: name, JSON: strconv.Quote(name)}
}

func (d *decoder) decimalOf(t *sparkpb.DataType_Decimal) plan.Type {
	out := plan.Decimal{Precision: 10}
	if t != nil && t.Precision != nil {
		out.Precision = int(*t.Precision)
	}
	out.Scale = int(t.GetScale())
	if out.Precision < 1 || out.Precision > maxPrecision || out.Scale < 0 || out.Scale > out.Precision {
		d.bad("a type %v cannot be", out)
	}
	return out
}

// intervalFields applies the defaults: from the first field, to the last one or where it started.
func intervalFields(start, end *int32, last int32) (from, to int32) {
	to = last
	if start != nil {
		from, to = max(*start, 0), *start
	}
	if end != nil {
		to = *end
	}
	return from, to
}

func (d *decoder) structOf(s *sparkpb.DataType_Struct) plan.Struct {
	out := plan.Struct{Fields: make([]plan.Field, len(s.GetFields()))}
	for i, f := range s.GetFields() {
		out.Fields[i] = plan.Field{Name: f.GetName(), Type: d.dataType(f.GetDataType()), Nullable: f.GetNullable(),
			Metadata: f.GetMetadata()}
	}
	return out
}
