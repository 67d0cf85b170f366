package connect

// This file encodes values of a result as the protocol's literals.

import (
	"math/big"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/session"
)

// encodeObservation writes an observation's row.
func encodeObservation(o session.Observation) (*sparkpb.ExecutePlanResponse_ObservedMetrics, error) {
	out := &sparkpb.ExecutePlanResponse_ObservedMetrics{Name: o.Name, PlanId: o.PlanID}
	for i, c := range o.Out {
		value, err := encodeLiteral(o.Row.Column(i), 0, c.Type)
		if err != nil {
			return nil, err
		}
		out.Keys, out.Values = append(out.Keys, c.Name), append(out.Values, value)
	}
	return out, nil
}

// encodeLiteral writes a value as clients of all versions read it: the types of nested values are inside.
func encodeLiteral(a arrow.Array, i int, t plan.Type) (*sparkpb.Expression_Literal, error) {
	if a.IsNull(i) {
		return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Null{Null: encodeType(t)}}, nil
	}
	switch a := a.(type) {
	case *array.List:
		return literalOfArray(a, i, t.(plan.Array))
	case *array.Map:
		return literalOfMap(a, i, t.(plan.Map))
	case *array.Struct:
		return literalOfStruct(a, i, t.(plan.Struct))
	}
	out := &sparkpb.Expression_Literal{}
	//size: one case per type
	switch a := a.(type) {
	case *array.Boolean:
		out.LiteralType = &sparkpb.Expression_Literal_Boolean{Boolean: a.Value(i)}
	case *array.Int8:
		out.LiteralType = &sparkpb.Expression_Literal_Byte{Byte: int32(a.Value(i))}
	case *array.Int16:
		out.LiteralType = &sparkpb.Expression_Literal_Short{Short: int32(a.Value(i))}
	case *array.Int32:
		out.LiteralType = &sparkpb.Expression_Literal_Integer{Integer: a.Value(i)}
	case *array.Int64:
		out.LiteralType = &sparkpb.Expression_Literal_Long{Long: a.Value(i)}
	case *array.Float32:
		out.LiteralType = &sparkpb.Expression_Literal_Float{Float: a.Value(i)}
	case *array.Float64:
		out.LiteralType = &sparkpb.Expression_Literal_Double{Double: a.Value(i)}
	case *array.String:
		out.LiteralType = &sparkpb.Expression_Literal_String_{String_: strings.Clone(a.Value(i))}
	case *array.Binary:
		out.LiteralType = &sparkpb.Expression_Literal_Binary{Binary: append([]byte{}, a.Value(i)...)}
	case *array.Decimal128:
		out.LiteralType = &sparkpb.Expression_Literal_Decimal_{Decimal: encodeDecimal(a.Value(i).BigInt(), t.(plan.Decimal))}
	case *array.Date32:
		out.LiteralType = &sparkpb.Expression_Literal_Date{Date: int32(a.Value(i))}
	case *array.Timestamp:
		if t == plan.TimestampNTZ {
			out.LiteralType = &sparkpb.Expression_Literal_TimestampNtz{TimestampNtz: int64(a.Value(i))}
		} else {
			out.LiteralType = &sparkpb.Expression_Literal_Timestamp{Timestamp: int64(a.Value(i))}
		}
	case *array.Duration:
		out.LiteralType = &sparkpb.Expression_Literal_DayTimeInterval{DayTimeInterval: int64(a.Value(i))}
	case *array.MonthInterval:
		out.LiteralType = &sparkpb.Expression_Literal_YearMonthInterval{YearMonthInterval: int32(a.Value(i))}
	default:
		return nil, fault.Unsupported("an observed value of type %s", t)
	}
	return out, nil
}

func encodeDecimal(unscaled *big.Int, t plan.Decimal) *sparkpb.Expression_Literal_Decimal {
	return &sparkpb.Expression_Literal_Decimal{Value: plan.Unscaled{Int: unscaled}.Text(t.Scale),
		Precision: proto.Int32(int32(t.Precision)), Scale: proto.Int32(int32(t.Scale))}
}

// encodeAll writes the values from start up to end.
func encodeAll(a arrow.Array, start, end int, t plan.Type) ([]*sparkpb.Expression_Literal, error) {
	out := make([]*sparkpb.Expression_Literal, 0, end-start)
	for i := start; i < end; i++ {
		value, err := encodeLiteral(a, i, t)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	return out, nil
}

func literalOfArray(a *array.List, i int, t plan.Array) (*sparkpb.Expression_Literal, error) {
	start, end := a.ValueOffsets(i)
	elements, err := encodeAll(a.ListValues(), int(start), int(end), t.Elem)
	return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Array_{
		Array: &sparkpb.Expression_Literal_Array{ElementType: encodeType(t.Elem), Elements: elements},
	}}, err
}

func literalOfMap(a *array.Map, i int, t plan.Map) (*sparkpb.Expression_Literal, error) {
	start, end := a.ValueOffsets(i)
	keys, err := encodeAll(a.Keys(), int(start), int(end), t.Key)
	if err != nil {
		return nil, err
	}
	values, err := encodeAll(a.Items(), int(start), int(end), t.Value)
	return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Map_{
		Map: &sparkpb.Expression_Literal_Map{KeyType: encodeType(t.Key), ValueType: encodeType(t.Value), Keys: keys, Values: values},
	}}, err
}

func literalOfStruct(a *array.Struct, i int, t plan.Struct) (*sparkpb.Expression_Literal, error) {
	elements := make([]*sparkpb.Expression_Literal, len(t.Fields))
	for j, f := range t.Fields {
		var err error
		if elements[j], err = encodeLiteral(a.Field(j), i, f.Type); err != nil {
			return nil, err
		}
	}
	return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Struct_{
		Struct: &sparkpb.Expression_Literal_Struct{StructType: encodeType(t), Elements: elements},
	}}, nil
}
