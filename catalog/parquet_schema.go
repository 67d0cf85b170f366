package catalog

// This file converts Parquet schemas as Spark does, and merges them.

import (
	"fmt"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/schema"

	"shoal/fault"
	"shoal/plan"
)

// convertSchema turns a file's schema into Spark's; what a file holds is always nullable.
func convertSchema(root *schema.GroupNode) (plan.Struct, error) {
	s, err := convertGroup(root)
	if err != nil {
		return plan.Struct{}, err
	}
	return plan.AsNullable(s).(plan.Struct), nil
}

func convertGroup(g *schema.GroupNode) (plan.Struct, error) {
	out := plan.Struct{Fields: make([]plan.Field, g.NumFields())}
	for i := range g.NumFields() {
		n := g.Field(i)
		t, err := convertNode(n)
		if err != nil {
			return plan.Struct{}, err
		}
		if n.RepetitionType() == parquet.Repetitions.Repeated {
			t = plan.Array{Elem: t} // repeated outside of a LIST
		}
		out.Fields[i] = plan.Field{Name: n.Name(), Type: t}
	}
	return out, nil
}

// readable refuses what DuckDB takes for a type of its own, whatever Spark's schema says of it.
func readable(n schema.Node) error {
	if _, ok := n.LogicalType().(schema.VariantLogicalType); ok {
		return fault.Unsupported("VARIANT columns in Parquet files")
	}
	g, ok := n.(*schema.GroupNode)
	for i := 0; ok && i < g.NumFields(); i++ {
		if err := readable(g.Field(i)); err != nil {
			return err
		}
	}
	return nil
}

func convertNode(n schema.Node) (plan.Type, error) {
	if p, ok := n.(*schema.PrimitiveNode); ok {
		return convertPrimitive(p)
	}
	g := n.(*schema.GroupNode)
	switch n.LogicalType().(type) {
	case schema.ListLogicalType:
		return convertList(g)
	case schema.MapLogicalType:
		return convertMap(g)
	case schema.VariantLogicalType:
		return nil, readable(n)
	}
	if n.ConvertedType() == schema.ConvertedTypes.MapKeyValue {
		return convertMap(g)
	}
	return convertGroup(g)
}

// convertList knows lists of three levels and the older ones of two.
func convertList(g *schema.GroupNode) (plan.Type, error) {
	if g.NumFields() != 1 || g.Field(0).RepetitionType() != parquet.Repetitions.Repeated {
		return nil, illegal(g)
	}
	elem := g.Field(0)
	if inner, ok := elem.(*schema.GroupNode); ok && !isElement(inner, g.Name()) {
		elem = inner.Field(0)
	}
	t, err := convertNode(elem)
	return plan.Array{Elem: t, ContainsNull: true}, err
}

// isElement tells a repeated group that is the element itself from one that wraps it.
func isElement(repeated *schema.GroupNode, list string) bool {
	return repeated.NumFields() != 1 || repeated.Name() == "array" || repeated.Name() == list+"_tuple" ||
		repeated.Field(0).RepetitionType() == parquet.Repetitions.Repeated
}

func convertMap(g *schema.GroupNode) (plan.Type, error) {
	if g.NumFields() != 1 {
		return nil, illegal(g)
	}
	entry, ok := g.Field(0).(*schema.GroupNode)
	if !ok || entry.NumFields() != 2 || entry.RepetitionType() != parquet.Repetitions.Repeated {
		return nil, illegal(g)
	}
	key, err := convertNode(entry.Field(0))
	if err != nil {
		return nil, err
	}
	value, err := convertNode(entry.Field(1))
	return plan.Map{Key: key, Value: value, ValueContainsNull: true}, err
}

// convertPrimitive is the table of Spark's reader. size: one case per node
func convertPrimitive(n *schema.PrimitiveNode) (plan.Type, error) {
	switch n.PhysicalType() {
	case parquet.Types.Boolean:
		return plan.Boolean, nil
	case parquet.Types.Float:
		return plan.Float, nil
	case parquet.Types.Double:
		return plan.Double, nil
	case parquet.Types.Int96:
		return plan.Timestamp, nil
	case parquet.Types.Int32, parquet.Types.Int64:
		return convertInteger(n)
	default:
		return convertBytes(n)
	}
}

func convertInteger(n *schema.PrimitiveNode) (plan.Type, error) {
	wide := n.PhysicalType() == parquet.Types.Int64
	switch l := n.LogicalType().(type) {
	case schema.IntLogicalType:
		return intType(int(l.BitWidth()), l.IsSigned()), nil
	case schema.DecimalLogicalType:
		return plan.Decimal{Precision: int(l.Precision()), Scale: int(l.Scale())}, nil
	case schema.DateLogicalType:
		return plan.Date, nil
	case schema.TimestampLogicalType:
		switch {
		case !wide || l.TimeUnit() == schema.TimeUnitNanos:
			return nil, illegal(n)
		case l.IsAdjustedToUTC():
			return plan.Timestamp, nil
		default:
			return plan.TimestampNTZ, nil
		}
	case schema.TimeLogicalType:
		if wide && l.TimeUnit() == schema.TimeUnitMicros {
			return nil, fault.New("UNSUPPORTED_TIME_TYPE")
		}
		return nil, illegal(n)
	}
	if wide {
		return plan.Long, nil
	}
	return plan.Int, nil
}

// intType widens unsigned integers to the next type that holds them.
func intType(bits int, signed bool) plan.Type {
	if !signed {
		if bits == 64 {
			return plan.Decimal{Precision: 20}
		}
		bits *= 2
	}
	switch bits {
	case 8:
		return plan.Byte
	case 16:
		return plan.Short
	case 32:
		return plan.Int
	default:
		return plan.Long
	}
}

func convertBytes(n *schema.PrimitiveNode) (plan.Type, error) {
	fixed := n.PhysicalType() == parquet.Types.FixedLenByteArray
	switch l := n.LogicalType().(type) {
	case schema.DecimalLogicalType:
		return plan.Decimal{Precision: int(l.Precision()), Scale: int(l.Scale())}, nil
	case schema.StringLogicalType, schema.EnumLogicalType, schema.JSONLogicalType:
		if !fixed {
			return plan.String, nil
		}
	case schema.BSONLogicalType:
		if !fixed {
			return plan.Binary, nil
		}
	case schema.NoLogicalType, schema.UnknownLogicalType:
		return plan.Binary, nil
	case schema.IntervalLogicalType:
		return nil, fault.New("PARQUET_TYPE_NOT_SUPPORTED", "parquetType", parquetName(n))
	}
	return nil, illegal(n)
}

func illegal(n schema.Node) error {
	return fault.New("PARQUET_TYPE_ILLEGAL", "parquetType", parquetName(n))
}

// parquetName is a type as Parquet's own messages write it: INT64 (TIMESTAMP(NANOS,true)).
func parquetName(n schema.Node) string {
	p, ok := n.(*schema.PrimitiveNode)
	if !ok {
		return n.Name()
	}
	switch l := n.LogicalType().(type) {
	case schema.TimestampLogicalType:
		return fmt.Sprintf("%v (TIMESTAMP(%s,%t))", p.PhysicalType(), unitName(l.TimeUnit()), l.IsAdjustedToUTC())
	case schema.TimeLogicalType:
		return fmt.Sprintf("%v (TIME(%s,%t))", p.PhysicalType(), unitName(l.TimeUnit()), l.IsAdjustedToUTC())
	case schema.NoLogicalType, schema.UnknownLogicalType:
		return p.PhysicalType().String()
	case schema.IntervalLogicalType:
		return fmt.Sprintf("%v (INTERVAL)", p.PhysicalType())
	case schema.UUIDLogicalType:
		return fmt.Sprintf("%v (UUID)", p.PhysicalType())
	case schema.Float16LogicalType:
		return fmt.Sprintf("%v (FLOAT16)", p.PhysicalType())
	default:
		return fmt.Sprintf("%v (%v)", p.PhysicalType(), l)
	}
}

func unitName(u schema.TimeUnitType) string {
	switch u {
	case schema.TimeUnitMillis:
		return "MILLIS"
	case schema.TimeUnitMicros:
		return "MICROS"
	default:
		return "NANOS"
	}
}

// mergeSchemas is the union of two schemas by name; types must be equal, apart from decimals of one
// scale, where the wider one wins.
func mergeSchemas(a, b plan.Struct, caseSensitive bool) (plan.Struct, error) {
	merged, ok := mergeTypes(a, b, caseSensitive)
	if !ok {
		return plan.Struct{}, fault.New("CANNOT_MERGE_SCHEMAS", "left", `"`+plan.SQL(a)+`"`, "right", `"`+plan.SQL(b)+`"`)
	}
	return merged.(plan.Struct), nil
}

func mergeTypes(a, b plan.Type, caseSensitive bool) (plan.Type, bool) {
	switch a := a.(type) {
	case plan.Struct:
		b, ok := b.(plan.Struct)
		if !ok {
			return nil, false
		}
		return mergeFields(a, b, caseSensitive)
	case plan.Array:
		b, ok := b.(plan.Array)
		if !ok {
			return nil, false
		}
		elem, ok := mergeTypes(a.Elem, b.Elem, caseSensitive)
		return plan.Array{Elem: elem, ContainsNull: true}, ok
	case plan.Map:
		b, ok := b.(plan.Map)
		if !ok {
			return nil, false
		}
		key, okKey := mergeTypes(a.Key, b.Key, caseSensitive)
		value, ok := mergeTypes(a.Value, b.Value, caseSensitive)
		return plan.Map{Key: key, Value: value, ValueContainsNull: true}, ok && okKey
	case plan.Decimal:
		b, ok := b.(plan.Decimal)
		if !ok || a.Scale != b.Scale {
			return nil, false
		}
		return plan.Decimal{Precision: max(a.Precision, b.Precision), Scale: a.Scale}, true
	default:
		return a, plan.Equal(a, b)
	}
}

func mergeFields(a, b plan.Struct, caseSensitive bool) (plan.Type, bool) {
	out := plan.Struct{Fields: append([]plan.Field{}, a.Fields...)}
	for _, f := range b.Fields {
		i := indexField(a.Fields, f.Name, caseSensitive)
		if i < 0 {
			out.Fields = append(out.Fields, f)
			continue
		}
		t, ok := mergeTypes(a.Fields[i].Type, f.Type, caseSensitive)
		if !ok {
			return nil, false
		}
		out.Fields[i].Type = t
	}
	return out, true
}

// readsAs tells whether Spark's reader, and a cast, give values of type in as type as: equal types,
// and widenings that lose nothing.
func readsAs(in, as plan.Type) bool {
	if plan.SameIgnoringNulls(in, as) {
		return true
	}
	rank := map[plan.Type]int{plan.Byte: 1, plan.Short: 2, plan.Int: 3, plan.Long: 4}
	switch as {
	case plan.Short, plan.Int, plan.Long:
		return rank[in] > 0 && rank[in] < rank[as]
	case plan.Double:
		return in == plan.Float || rank[in] > 0 && rank[in] < rank[plan.Long]
	}
	from, okFrom := in.(plan.Decimal)
	to, okTo := as.(plan.Decimal)
	return okFrom && okTo && to.Scale >= from.Scale && to.Precision-to.Scale >= from.Precision-from.Scale
}
