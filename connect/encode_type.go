package connect

// This file turns plan's types into the protocol's data types.

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

// encodeType is the protocol's form of t, as Spark's server sends it. size: one case per node
func encodeType(t plan.Type) *sparkpb.DataType {
	switch t := t.(type) {
	case plan.Basic:
		return encodeBasic(t)
	case plan.Decimal:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Decimal_{Decimal: &sparkpb.DataType_Decimal{
			Precision: proto.Int32(int32(t.Precision)), Scale: proto.Int32(int32(t.Scale))}}}
	case plan.Char:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Char_{Char: &sparkpb.DataType_Char{Length: int32(t.Length)}}}
	case plan.Varchar:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_VarChar_{VarChar: &sparkpb.DataType_VarChar{Length: int32(t.Length)}}}
	case plan.YearMonthInterval:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_YearMonthInterval_{YearMonthInterval: &sparkpb.DataType_YearMonthInterval{
			StartField: field(t.From - plan.Year), EndField: field(t.To - plan.Year)}}}
	case plan.DayTimeInterval:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_DayTimeInterval_{DayTimeInterval: &sparkpb.DataType_DayTimeInterval{
			StartField: field(t.From - plan.Day), EndField: field(t.To - plan.Day)}}}
	case plan.Array:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Array_{Array: &sparkpb.DataType_Array{
			ElementType: encodeType(t.Elem), ContainsNull: t.ContainsNull}}}
	case plan.Map:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Map_{Map: &sparkpb.DataType_Map{
			KeyType: encodeType(t.Key), ValueType: encodeType(t.Value), ValueContainsNull: t.ValueContainsNull}}}
	case plan.Struct:
		return encodeStruct(t)
	case plan.UDT:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Udt{Udt: encodeUDT(t)}}
	case plan.Unsupported:
		if c, ok := strings.CutPrefix(t.Name, "string collate "); ok {
			return encodeString(c)
		}
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Unparsed_{Unparsed: &sparkpb.DataType_Unparsed{DataTypeString: t.Name}}}
	default:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Null{Null: &sparkpb.DataType_NULL{}}}
	}
}

func encodeUDT(t plan.UDT) *sparkpb.DataType_UDT {
	out := &sparkpb.DataType_UDT{Type: "udt", PythonClass: proto.String(t.PyClass), SqlType: encodeType(t.SQLType)}
	if t.Class != "" {
		out.JvmClass = proto.String(t.Class)
	} else {
		out.SerializedPythonClass = proto.String(t.Pickled)
	}
	return out
}

func field(f plan.IntervalField) *int32 { return proto.Int32(int32(f)) }

func encodeStruct(t plan.Struct) *sparkpb.DataType {
	fields := make([]*sparkpb.DataType_StructField, len(t.Fields))
	for i, f := range t.Fields {
		fields[i] = &sparkpb.DataType_StructField{Name: f.Name, DataType: encodeType(f.Type), Nullable: f.Nullable}
		if f.Metadata != "" && f.Metadata != "{}" {
			fields[i].Metadata = proto.String(f.Metadata)
		}
	}
	return &sparkpb.DataType{Kind: &sparkpb.DataType_Struct_{Struct: &sparkpb.DataType_Struct{Fields: fields}}}
}

func encodeString(collation string) *sparkpb.DataType {
	return &sparkpb.DataType{Kind: &sparkpb.DataType_String_{String_: &sparkpb.DataType_String{Collation: collation}}}
}

// encodeBasic has a line for each type. size: one case per node
func encodeBasic(t plan.Basic) *sparkpb.DataType {
	switch t {
	case plan.Boolean:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Boolean_{Boolean: &sparkpb.DataType_Boolean{}}}
	case plan.Byte:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Byte_{Byte: &sparkpb.DataType_Byte{}}}
	case plan.Short:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Short_{Short: &sparkpb.DataType_Short{}}}
	case plan.Int:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Integer_{Integer: &sparkpb.DataType_Integer{}}}
	case plan.Long:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Long_{Long: &sparkpb.DataType_Long{}}}
	case plan.Float:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Float_{Float: &sparkpb.DataType_Float{}}}
	case plan.Double:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Double_{Double: &sparkpb.DataType_Double{}}}
	case plan.String:
		return encodeString(binaryCollation)
	case plan.Binary:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Binary_{Binary: &sparkpb.DataType_Binary{}}}
	case plan.Date:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Date_{Date: &sparkpb.DataType_Date{}}}
	case plan.Timestamp:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Timestamp_{Timestamp: &sparkpb.DataType_Timestamp{}}}
	case plan.TimestampNTZ:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_TimestampNtz{TimestampNtz: &sparkpb.DataType_TimestampNTZ{}}}
	case plan.CalendarInterval:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_CalendarInterval_{CalendarInterval: &sparkpb.DataType_CalendarInterval{}}}
	case plan.Variant:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Variant_{Variant: &sparkpb.DataType_Variant{}}}
	default:
		return &sparkpb.DataType{Kind: &sparkpb.DataType_Null{Null: &sparkpb.DataType_NULL{}}}
	}
}
