// Package arrowtype maps Spark types to Arrow types and back, as Spark Connect writes and reads
// them: names of nested fields and nested nullability included.
package arrowtype

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
	"shoal/plan"
)

// Check says whether results of type t can be sent: a *fault.Error if some part of it is a type
// we can only name.
func Check(t plan.Type) error {
	switch t := t.(type) {
	case plan.Unsupported:
		return fault.Unsupported("the type %s", t.Name)
	case plan.Array:
		return Check(t.Elem)
	case plan.Map:
		if err := Check(t.Key); err != nil {
			return err
		}
		return Check(t.Value)
	case plan.Struct:
		for _, f := range t.Fields {
			if err := Check(f.Type); err != nil {
				return err
			}
		}
	}
	return nil
}

// Schema is the Arrow schema of a result with these columns.
func Schema(cols []*plan.Column, timeZone string) *arrow.Schema {
	fields := make([]arrow.Field, len(cols))
	for i, c := range cols {
		fields[i] = field(c.Name, c.Type, c.Nullable, timeZone)
	}
	return arrow.NewSchema(fields, nil)
}

// field is Arrow's form of a column or a struct's field. VOID has only NULLs, and is nullable always.
func field(name string, t plan.Type, nullable bool, timeZone string) arrow.Field {
	return arrow.Field{Name: name, Type: ToArrow(t, timeZone), Nullable: nullable || t == plan.Null}
}

// ToArrow is Arrow's form of t; instants carry the session's time zone. A type that fails [Check] has none
// and becomes Arrow's null.
func ToArrow(t plan.Type, timeZone string) arrow.DataType {
	switch t := t.(type) {
	case plan.Basic:
		return basicToArrow(t, timeZone)
	case plan.UDT:
		return ToArrow(t.SQLType, timeZone)
	case plan.Decimal:
		return &arrow.Decimal128Type{Precision: int32(t.Precision), Scale: int32(t.Scale)}
	case plan.Char, plan.Varchar:
		return arrow.BinaryTypes.String
	case plan.YearMonthInterval:
		return arrow.FixedWidthTypes.MonthInterval
	case plan.DayTimeInterval:
		return arrow.FixedWidthTypes.Duration_us
	case plan.Array:
		return arrow.ListOfField(field("element", t.Elem, t.ContainsNull, timeZone))
	case plan.Map:
		key := arrow.Field{Name: "key", Type: ToArrow(t.Key, timeZone)}
		return arrow.MapOfFields(key, field("value", t.Value, t.ValueContainsNull, timeZone))
	case plan.Struct:
		fields := make([]arrow.Field, len(t.Fields))
		for i, name := range fieldNames(t) {
			f := t.Fields[i]
			fields[i] = field(name, f.Type, f.Nullable, timeZone)
		}
		return arrow.StructOf(fields...)
	default:
		return arrow.Null
	}
}

// fieldNames are the names of a struct's fields in Arrow: those of the same name are numbered, for
// clients make dictionaries of them.
func fieldNames(t plan.Struct) []string {
	names, count := make([]string, len(t.Fields)), make(map[string]int, len(t.Fields))
	for _, f := range t.Fields {
		count[f.Name]++
	}
	next := map[string]int{}
	for i, f := range t.Fields {
		names[i] = f.Name
		if count[f.Name] > 1 {
			names[i] = fmt.Sprintf("%s_%d", f.Name, next[f.Name])
			next[f.Name]++
		}
	}
	return names
}

func basicToArrow(t plan.Basic, timeZone string) arrow.DataType {
	switch t {
	case plan.Boolean:
		return arrow.FixedWidthTypes.Boolean
	case plan.Byte:
		return arrow.PrimitiveTypes.Int8
	case plan.Short:
		return arrow.PrimitiveTypes.Int16
	case plan.Int:
		return arrow.PrimitiveTypes.Int32
	case plan.Long:
		return arrow.PrimitiveTypes.Int64
	case plan.Float:
		return arrow.PrimitiveTypes.Float32
	case plan.Double:
		return arrow.PrimitiveTypes.Float64
	case plan.String:
		return arrow.BinaryTypes.String
	case plan.Binary:
		return arrow.BinaryTypes.Binary
	case plan.Date:
		return arrow.FixedWidthTypes.Date32
	case plan.Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: timeZone}
	case plan.TimestampNTZ:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case plan.CalendarInterval:
		return arrow.FixedWidthTypes.MonthDayNanoInterval
	case plan.Variant:
		return arrow.StructOf(
			arrow.Field{Name: "value", Type: arrow.BinaryTypes.Binary},
			arrow.Field{Name: "metadata", Type: arrow.BinaryTypes.Binary, Metadata: variantMark})
	default:
		return arrow.Null
	}
}

// variantMark is how a reader tells a VARIANT from an ordinary struct.
var variantMark = arrow.NewMetadata([]string{"variant"}, []string{"true"})

// FromArrow is the Spark type of Arrow data a client sent; *fault.Error for what Spark does not take.
func FromArrow(t arrow.DataType) (plan.Type, error) {
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		return plan.Decimal{Precision: int(t.Precision), Scale: int(t.Scale)}, nil
	case *arrow.TimestampType:
		return timestampFromArrow(t)
	case *arrow.DurationType:
		if t.Unit != arrow.Microsecond {
			return nil, unsupported(t)
		}
		return plan.DayTimeInterval{From: plan.Day, To: plan.Second}, nil
	case *arrow.MapType:
		return mapFromArrow(t)
	case *arrow.StructType:
		return structFromArrow(t)
	case arrow.ListLikeType: // list, large list, fixed-size list
		return listFromArrow(t)
	}
	if basic, ok := fromSimple[t.ID()]; ok {
		return basic, nil
	}
	return nil, unsupported(t)
}

var fromSimple = map[arrow.Type]plan.Type{
	arrow.NULL:                    plan.Null,
	arrow.BOOL:                    plan.Boolean,
	arrow.INT8:                    plan.Byte,
	arrow.INT16:                   plan.Short,
	arrow.INT32:                   plan.Int,
	arrow.INT64:                   plan.Long,
	arrow.FLOAT32:                 plan.Float,
	arrow.FLOAT64:                 plan.Double,
	arrow.STRING:                  plan.String,
	arrow.LARGE_STRING:            plan.String,
	arrow.BINARY:                  plan.Binary,
	arrow.LARGE_BINARY:            plan.Binary,
	arrow.DATE32:                  plan.Date,
	arrow.INTERVAL_MONTHS:         plan.YearMonthInterval{From: plan.Year, To: plan.Month},
	arrow.INTERVAL_MONTH_DAY_NANO: plan.CalendarInterval,
}

func timestampFromArrow(t *arrow.TimestampType) (plan.Type, error) {
	switch {
	case t.Unit != arrow.Microsecond:
		return nil, unsupported(t)
	case t.TimeZone == "":
		return plan.TimestampNTZ, nil
	default:
		return plan.Timestamp, nil
	}
}

func listFromArrow(t arrow.ListLikeType) (plan.Type, error) {
	if id := t.ID(); id != arrow.LIST && id != arrow.LARGE_LIST && id != arrow.FIXED_SIZE_LIST {
		return nil, unsupported(t)
	}
	elem, err := FromArrow(t.Elem())
	if err != nil {
		return nil, err
	}
	return plan.Array{Elem: elem, ContainsNull: t.ElemField().Nullable}, nil
}

func mapFromArrow(t *arrow.MapType) (plan.Type, error) {
	key, err := FromArrow(t.KeyType())
	if err != nil {
		return nil, err
	}
	value, err := FromArrow(t.ItemType())
	if err != nil {
		return nil, err
	}
	return plan.Map{Key: key, Value: value, ValueContainsNull: t.ItemField().Nullable}, nil
}

func structFromArrow(t *arrow.StructType) (plan.Type, error) {
	if isVariant(t) {
		return plan.Variant, nil
	}
	return Struct(t.Fields())
}

func isVariant(t *arrow.StructType) bool {
	if t.NumFields() != 2 || t.Field(0).Name != "value" || t.Field(1).Name != "metadata" {
		return false
	}
	mark, _ := t.Field(1).Metadata.GetValue("variant")
	return mark == "true"
}

// Struct is the Spark schema of Arrow fields.
func Struct(in []arrow.Field) (plan.Struct, error) {
	fields := make([]plan.Field, len(in))
	for i, f := range in {
		t, err := FromArrow(f.Type)
		if err != nil {
			return plan.Struct{}, err
		}
		fields[i] = plan.Field{Name: f.Name, Type: t, Nullable: f.Nullable}
	}
	return plan.Struct{Fields: fields}, nil
}

func unsupported(t arrow.DataType) error {
	return fault.New("UNSUPPORTED_ARROWTYPE", "typeName", fmt.Sprint(t))
}
