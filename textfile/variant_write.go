package textfile

// This file makes variants of typed values.

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
	"shoal/variant"
)

// ToVariant is row of a column as a value of type VARIANT.
func ToVariant(b *variant.Builder, a arrow.Array, t plan.Type, row int) (Value, error) {
	return variantValue(b, func(b *variant.Builder) error { return variantOf(b, a, t, row) })
}

// variantOf writes row of a column as a variant.
//
// size: one case per type
func variantOf(b *variant.Builder, a arrow.Array, t plan.Type, row int) error {
	if isNull(a, row) {
		b.Null()
		return nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		b.Bool(a.Value(row))
	case *array.Int8:
		b.Long(int64(a.Value(row)))
	case *array.Int16:
		b.Long(int64(a.Value(row)))
	case *array.Int32:
		b.Long(int64(a.Value(row)))
	case *array.Int64:
		b.Long(a.Value(row))
	case *array.Float32:
		b.Float(a.Value(row))
	case *array.Float64:
		b.Double(a.Value(row))
	case *array.Decimal128:
		b.Decimal(a.Value(row).BigInt(), t.(plan.Decimal).Scale)
	case *array.String:
		b.String(a.Value(row))
	case *array.Binary:
		b.Binary(a.Value(row))
	case *array.Date32:
		b.Date(int64(a.Value(row)))
	case *array.Timestamp:
		if t == plan.Timestamp {
			b.Timestamp(int64(a.Value(row)))
		} else {
			b.TimestampNTZ(int64(a.Value(row)))
		}
	case *array.Struct:
		if t == plan.Variant {
			return b.Value(variantAt(a, row))
		}
		return objectOf(b, a, t.(plan.Struct), row)
	case *array.Map:
		return mapOf(b, a, t.(plan.Map), row)
	case *array.List:
		from, to := a.ValueOffsets(row)
		p := b.Begin()
		for i := from; i < to; i++ {
			b.Element(&p)
			if err := variantOf(b, a.ListValues(), t.(plan.Array).Elem, int(i)); err != nil {
				return err
			}
		}
		b.EndArray(p)
	default:
		return fault.Unsupported("%s as a variant", t)
	}
	return nil
}

// variantAt is a variant in a column.
func variantAt(a *array.Struct, row int) variant.Value {
	return variant.Value{Bytes: a.Field(0).(*array.Binary).Value(row), Meta: a.Field(1).(*array.Binary).Value(row)}
}

// VariantText shows a variant as JSON, instants in UTC.
func VariantText(a *array.Struct, row int) (string, error) {
	zone, err := java.LoadZone("UTC")
	if err != nil {
		return "", err
	}
	text, err := variantAt(a, row).AppendJSON(nil, zone.Clock())
	return string(text), variantError(err)
}

func objectOf(b *variant.Builder, a *array.Struct, t plan.Struct, row int) error {
	p := b.Begin()
	for i, f := range t.Fields {
		b.Field(&p, f.Name)
		if err := variantOf(b, a.Field(i), f.Type, row); err != nil {
			return err
		}
	}
	return b.EndObject(p)
}

func mapOf(b *variant.Builder, a *array.Map, t plan.Map, row int) error {
	from, to := a.ValueOffsets(row)
	keys, ok := a.Keys().(*array.String)
	if !ok {
		return fault.Unsupported("%s as a variant", t)
	}
	p := b.Begin()
	for i := int(from); i < int(to); i++ {
		b.Field(&p, keys.Value(i))
		if err := variantOf(b, a.Items(), t.Value, i); err != nil {
			return err
		}
	}
	return b.EndObject(p)
}
