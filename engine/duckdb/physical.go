package duckdb

// This file holds the pairs of DuckDB type and Arrow type that mean the same Spark type.

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/memory"
	bind "github.com/duckdb/duckdb-go-bindings"
)

// plainTypes are the types whose values have the same bytes in DuckDB and Arrow.
var plainTypes = map[arrow.Type]bind.Type{
	arrow.INT8:            bind.TypeTinyInt,
	arrow.INT16:           bind.TypeSmallInt,
	arrow.INT32:           bind.TypeInteger,
	arrow.INT64:           bind.TypeBigInt,
	arrow.FLOAT32:         bind.TypeFloat,
	arrow.FLOAT64:         bind.TypeDouble,
	arrow.DATE32:          bind.TypeDate,
	arrow.TIMESTAMP:       bind.TypeTimestamp,
	arrow.INTERVAL_MONTHS: bind.TypeInteger,
	arrow.DURATION:        bind.TypeBigInt,
}

// newColumn makes the column that reads vectors of DuckDB type lt as Arrow type dt, or says why
// the two do not fit: the translator's mistake.
func newColumn(dt arrow.DataType, lt bind.LogicalType, mem memory.Allocator) (column, error) {
	n := nulls{dt: dt, bits: buffer{mem: mem}}
	data := buffer{mem: mem}
	id := bind.GetTypeId(lt)
	misfit := fmt.Errorf("DuckDB's type %s for %s", typeName(lt), dt)
	if want, ok := plainTypes[dt.ID()]; ok {
		if id != want && id == bind.TypeInteger {
			return &nullColumn{dt: dt}, nil
		}
		if id != want {
			return nil, misfit
		}
		return &fixedColumn{nulls: n, width: dt.(arrow.FixedWidthDataType).Bytes(), data: data}, nil
	}
	var want bind.Type
	var make func() (column, error)
	switch dt := dt.(type) {
	case *arrow.NullType:
		return &voidColumn{}, nil
	case *arrow.BooleanType:
		want, make = bind.TypeBoolean, func() (column, error) { return &boolColumn{n, data}, nil }
	case *arrow.StringType:
		want, make = bind.TypeVarchar, func() (column, error) { return newText(n, mem), nil }
	case *arrow.BinaryType:
		want, make = bind.TypeBlob, func() (column, error) { return newText(n, mem), nil }
	case *arrow.MonthDayNanoIntervalType:
		want, make = bind.TypeInterval, func() (column, error) { return &intervalColumn{n, data}, nil }
	case *arrow.Decimal128Type:
		want, make = bind.TypeDecimal, func() (column, error) { return newDecimal(n, dt, lt) }
	case *arrow.ListType:
		want, make = bind.TypeList, func() (column, error) { return newList(n, dt.Elem(), lt, mem) }
	case *arrow.MapType:
		want, make = bind.TypeMap, func() (column, error) { return newMap(n, dt, lt, mem) }
	case *arrow.StructType:
		want, make = bind.TypeStruct, func() (column, error) { return newStruct(n, dt, lt, mem) }
	}
	if id == bind.TypeInteger && make != nil {
		return &nullColumn{dt: dt}, nil
	}
	if make == nil || id != want {
		return nil, misfit
	}
	return make()
}

// newText makes a column of texts. Their bytes are not recycled: Arrow hands out strings that
// point into them, which users keep.
func newText(n nulls, mem memory.Allocator) column {
	return &textColumn{nulls: n, offsets: buffer{mem: mem}, data: buffer{mem: memory.DefaultAllocator}}
}

func newDecimal(n nulls, dt *arrow.Decimal128Type, lt bind.LogicalType) (column, error) {
	width, scale := bind.DecimalWidth(lt), bind.DecimalScale(lt)
	if int32(width) != dt.Precision || int32(scale) != dt.Scale {
		return nil, fmt.Errorf("DuckDB's type %s for %s", typeName(lt), dt)
	}
	data := buffer{mem: n.bits.mem}
	switch bind.DecimalInternalType(lt) {
	case bind.TypeSmallInt:
		return &decimalColumn[int16]{n, data}, nil
	case bind.TypeInteger:
		return &decimalColumn[int32]{n, data}, nil
	case bind.TypeBigInt:
		return &decimalColumn[int64]{n, data}, nil
	default: // HUGEINT has decimal128's layout
		return &fixedColumn{nulls: n, width: 16, data: data}, nil
	}
}

func newList(n nulls, elem arrow.DataType, lt bind.LogicalType, mem memory.Allocator) (column, error) {
	child := bind.ListTypeChildType(lt)
	defer bind.DestroyLogicalType(&child)
	c, err := newColumn(elem, child, mem)
	if err != nil {
		return nil, fmt.Errorf("element: %w", err)
	}
	return &listColumn{nulls: n, offsets: buffer{mem: mem}, elem: c}, nil
}

func newMap(n nulls, dt *arrow.MapType, lt bind.LogicalType, mem memory.Allocator) (column, error) {
	key, value := bind.MapTypeKeyType(lt), bind.MapTypeValueType(lt)
	defer bind.DestroyLogicalType(&key)
	defer bind.DestroyLogicalType(&value)
	k, err := newColumn(dt.KeyType(), key, mem)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	v, err := newColumn(dt.ItemType(), value, mem)
	if err != nil {
		return nil, fmt.Errorf("value: %w", err)
	}
	entry := &structColumn{nulls: nulls{dt: dt.Elem(), bits: buffer{mem: mem}}, fields: []column{k, v}}
	return &listColumn{nulls: n, offsets: buffer{mem: mem}, elem: entry}, nil
}

func newStruct(n nulls, dt *arrow.StructType, lt bind.LogicalType, mem memory.Allocator) (column, error) {
	if int(bind.StructTypeChildCount(lt)) != dt.NumFields() {
		return nil, fmt.Errorf("DuckDB's type %s for %s", typeName(lt), dt)
	}
	fields := make([]column, dt.NumFields())
	for i := range fields {
		child := bind.StructTypeChildType(lt, bind.IdxT(i))
		c, err := newColumn(dt.Field(i).Type, child, mem)
		bind.DestroyLogicalType(&child)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", dt.Field(i).Name, err)
		}
		fields[i] = c
	}
	return &structColumn{nulls: n, fields: fields}, nil
}

var typeNames = map[bind.Type]string{
	bind.TypeBoolean: "BOOLEAN", bind.TypeTinyInt: "TINYINT", bind.TypeSmallInt: "SMALLINT",
	bind.TypeInteger: "INTEGER", bind.TypeBigInt: "BIGINT", bind.TypeHugeInt: "HUGEINT",
	bind.TypeUTinyInt: "UTINYINT", bind.TypeUSmallInt: "USMALLINT", bind.TypeUInteger: "UINTEGER",
	bind.TypeUBigInt: "UBIGINT", bind.TypeUHugeInt: "UHUGEINT",
	bind.TypeFloat: "FLOAT", bind.TypeDouble: "DOUBLE", bind.TypeVarchar: "VARCHAR", bind.TypeBlob: "BLOB",
	bind.TypeDate: "DATE", bind.TypeTime: "TIME", bind.TypeInterval: "INTERVAL",
	bind.TypeTimestamp: "TIMESTAMP", bind.TypeTimestampTZ: "TIMESTAMPTZ", bind.TypeTimestampNS: "TIMESTAMP_NS",
	bind.TypeList: "LIST", bind.TypeMap: "MAP", bind.TypeStruct: "STRUCT", bind.TypeArray: "ARRAY",
	bind.TypeSQLNull: "NULL",
}

// typeName is a DuckDB type for error messages.
func typeName(lt bind.LogicalType) string {
	id := bind.GetTypeId(lt)
	if id == bind.TypeDecimal {
		return fmt.Sprintf("DECIMAL(%d,%d)", bind.DecimalWidth(lt), bind.DecimalScale(lt))
	}
	if s, ok := typeNames[id]; ok {
		return s
	}
	return fmt.Sprintf("number %d", id)
}
