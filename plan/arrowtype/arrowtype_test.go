package arrowtype

import (
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/plan"
)

// cases were read off Spark 4.1.4: df._plan run through Connect, session zone Europe/Berlin.
var cases = []struct {
	spark plan.Type
	arrow string
}{
	{plan.Null, "null"},
	{plan.Boolean, "bool"},
	{plan.Byte, "int8"},
	{plan.Short, "int16"},
	{plan.Int, "int32"},
	{plan.Long, "int64"},
	{plan.Float, "float32"},
	{plan.Double, "float64"},
	{plan.String, "utf8"},
	{plan.Binary, "binary"},
	{plan.Date, "date32"},
	{plan.Timestamp, "timestamp[us, tz=Europe/Berlin]"},
	{plan.TimestampNTZ, "timestamp[us]"},
	{plan.CalendarInterval, "month_day_nano_interval"},
	{plan.Decimal{Precision: 38, Scale: 18}, "decimal(38, 18)"},
	{plan.YearMonthInterval{From: plan.Year, To: plan.Month}, "month_interval"},
	{plan.DayTimeInterval{From: plan.Day, To: plan.Second}, "duration[us]"},
	{plan.Array{Elem: plan.Int}, "list<element: int32>"},
	{plan.Array{Elem: plan.Int, ContainsNull: true}, "list<element: int32, nullable>"},
	{plan.Map{Key: plan.String, Value: plan.Int}, "map<utf8, int32, items_non_nullable>"},
	{plan.Map{Key: plan.String, Value: plan.Int, ValueContainsNull: true}, "map<utf8, int32, items_nullable>"},
	{plan.Struct{Fields: []plan.Field{{Name: "x", Type: plan.Int}, {Name: "y", Type: plan.String, Nullable: true}}},
		"struct<x: int32, y: utf8 nullable>"},
	{plan.Variant, "struct<value: binary, metadata: binary>"},
}

func TestBothWays(t *testing.T) {
	for _, c := range cases {
		got := ToArrow(c.spark, "Europe/Berlin")
		if got.String() != c.arrow {
			t.Errorf("ToArrow(%v) = %v, want %s", c.spark, got, c.arrow)
		}
		back, err := FromArrow(got)
		if err != nil || !plan.Equal(back, c.spark) {
			t.Errorf("FromArrow(%v) = %v, %v, want %v", got, back, err, c.spark)
		}
		if err := Check(c.spark); err != nil {
			t.Errorf("Check(%v): %v", c.spark, err)
		}
	}
}

func TestSchemaNullability(t *testing.T) {
	s := Schema([]*plan.Column{
		{Name: "void", Type: plan.Null},
		{Name: "required", Type: plan.Map{Key: plan.String, Value: plan.Struct{Fields: []plan.Field{{Name: "q", Type: plan.Int}}}}},
		{Name: "optional", Type: plan.Int, Nullable: true},
	}, "UTC")
	if !s.Field(0).Nullable || s.Field(1).Nullable || !s.Field(2).Nullable {
		t.Errorf("nullability of columns is wrong: %v", s)
	}
	m := s.Field(1).Type.(*arrow.MapType)
	entries := m.ElemField()
	if entries.Name != "entries" || entries.Nullable || m.KeyField().Name != "key" || m.KeyField().Nullable ||
		m.ItemField().Name != "value" || m.ItemField().Nullable || m.ItemType().(*arrow.StructType).Field(0).Nullable {
		t.Errorf("nested nullability or names are wrong: %v", m)
	}
}

func TestRefused(t *testing.T) {
	udt := plan.Unsupported{Name: "udt"}
	for _, typ := range []plan.Type{udt, plan.Array{Elem: udt}, plan.Map{Key: plan.Int, Value: udt},
		plan.Struct{Fields: []plan.Field{{Name: "a", Type: udt}}}} {
		if Check(typ) == nil {
			t.Errorf("Check(%v): no error", typ)
		}
	}
	for _, typ := range []arrow.DataType{arrow.PrimitiveTypes.Uint32, arrow.FixedWidthTypes.Timestamp_ns,
		arrow.FixedWidthTypes.Duration_ns, arrow.FixedWidthTypes.Float16, arrow.ListOf(arrow.PrimitiveTypes.Uint8)} {
		if got, err := FromArrow(typ); err == nil {
			t.Errorf("FromArrow(%v) = %v, want an error", typ, got)
		}
	}
}
