package connect

import (
	"testing"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

var everyType = plan.Struct{Fields: []plan.Field{
	{Name: "vd", Type: plan.Null, Nullable: true}, {Name: "b", Type: plan.Boolean}, {Name: "t", Type: plan.Byte}, {Name: "s", Type: plan.Short},
	{Name: "i", Type: plan.Int}, {Name: "l", Type: plan.Long}, {Name: "f", Type: plan.Float}, {Name: "d", Type: plan.Double},
	{Name: "de", Type: plan.Decimal{Precision: 2, Scale: 1}}, {Name: "str", Type: plan.String}, {Name: "bin", Type: plan.Binary},
	{Name: "dt", Type: plan.Date}, {Name: "ts", Type: plan.Timestamp}, {Name: "ntz", Type: plan.TimestampNTZ},
	{Name: "mo", Type: plan.YearMonthInterval{From: plan.Month, To: plan.Month}}, {Name: "dh", Type: plan.DayTimeInterval{From: plan.Day, To: plan.Hour}},
	{Name: "an", Type: plan.Array{Elem: plan.Int, ContainsNull: true}}, {Name: "m", Type: plan.Map{Key: plan.String, Value: plan.Int}},
	{Name: "st", Type: plan.Struct{Fields: []plan.Field{{Name: "x", Type: plan.Int}, {Name: "z", Type: plan.Array{
		Elem: plan.Struct{Fields: []plan.Field{{Name: "q", Type: plan.Int}}}}}}}},
	{Name: "v", Type: plan.Variant}, {Name: "mi", Type: plan.CalendarInterval},
}}

// everyTypeProto is what the server of Spark 4.1.4 answers for these columns.
const everyTypeProto = `struct {
	fields { name: "vd" data_type { null { } } nullable: true } fields { name: "b" data_type { boolean { } } }
	fields { name: "t" data_type { byte { } } } fields { name: "s" data_type { short { } } } fields { name: "i" data_type { integer { } } }
	fields { name: "l" data_type { long { } } } fields { name: "f" data_type { float { } } } fields { name: "d" data_type { double { } } }
	fields { name: "de" data_type { decimal { scale: 1 precision: 2 } } } fields { name: "str" data_type { string { collation: "UTF8_BINARY" } } }
	fields { name: "bin" data_type { binary { } } } fields { name: "dt" data_type { date { } } } fields { name: "ts" data_type { timestamp { } } }
	fields { name: "ntz" data_type { timestamp_ntz { } } } fields { name: "mo" data_type { year_month_interval { start_field: 1 end_field: 1 } } }
	fields { name: "dh" data_type { day_time_interval { start_field: 0 end_field: 1 } } }
	fields { name: "an" data_type { array { element_type { integer { } } contains_null: true } } }
	fields { name: "m" data_type { map { key_type { string { collation: "UTF8_BINARY" } } value_type { integer { } } } } }
	fields { name: "st" data_type { struct { fields { name: "x" data_type { integer { } } }
		fields { name: "z" data_type { array { element_type { struct { fields { name: "q" data_type { integer { } } } } } } } } } } }
	fields { name: "v" data_type { variant { } } } fields { name: "mi" data_type { calendar_interval { } } } }`

// everyTypeTree is what Spark 4.1.4 prints for them.
const everyTypeTree = `root
 |-- vd: void (nullable = true)
 |-- b: boolean (nullable = false)
 |-- t: byte (nullable = false)
 |-- s: short (nullable = false)
 |-- i: integer (nullable = false)
 |-- l: long (nullable = false)
 |-- f: float (nullable = false)
 |-- d: double (nullable = false)
 |-- de: decimal(2,1) (nullable = false)
 |-- str: string (nullable = false)
 |-- bin: binary (nullable = false)
 |-- dt: date (nullable = false)
 |-- ts: timestamp (nullable = false)
 |-- ntz: timestamp_ntz (nullable = false)
 |-- mo: interval month (nullable = false)
 |-- dh: interval day to hour (nullable = false)
 |-- an: array (nullable = false)
 |    |-- element: integer (containsNull = true)
 |-- m: map (nullable = false)
 |    |-- key: string
 |    |-- value: integer (valueContainsNull = false)
 |-- st: struct (nullable = false)
 |    |-- x: integer (nullable = false)
 |    |-- z: array (nullable = false)
 |    |    |-- element: struct (containsNull = false)
 |    |    |    |-- q: integer (nullable = false)
 |-- v: variant (nullable = false)
 |-- mi: interval (nullable = false)
`

func TestTypes(t *testing.T) {
	var want sparkpb.DataType
	if err := prototext.Unmarshal([]byte(everyTypeProto), &want); err != nil {
		t.Fatal(err)
	}
	got := encodeType(everyType)
	if !proto.Equal(got, &want) {
		t.Errorf("encodeType:\n got %v\nwant %v", got, &want)
	}
	back, err := decodeType(got)
	if err != nil || !plan.Equal(back, everyType) {
		t.Errorf("decodeType: got %v, %v", back, err)
	}
	if got := treeString(everyType, 0); got != everyTypeTree {
		t.Errorf("treeString:\n%s\nwant\n%s", got, everyTypeTree)
	}
	back, err = parseTypeJSON(typeJSON(everyType))
	if err != nil || !plan.Equal(back, everyType) {
		t.Errorf("parseTypeJSON: got %v, %v", back, err)
	}
}

// TestTreeLevels: Spark 4.1.4, df.printSchema(2) and (3).
func TestTreeLevels(t *testing.T) {
	deep := plan.Struct{Fields: []plan.Field{{Name: "deep", Type: plan.Array{Elem: plan.Array{Elem: plan.Struct{
		Fields: []plan.Field{{Name: "k", Type: plan.Int}}}}}}}}
	for level, want := range map[int]string{
		1: "root\n |-- deep: array (nullable = false)\n",
		2: "root\n |-- deep: array (nullable = false)\n |    |-- element: array (containsNull = false)\n",
		3: "root\n |-- deep: array (nullable = false)\n |    |-- element: array (containsNull = false)\n" +
			" |    |    |-- element: struct (containsNull = false)\n",
	} {
		if got := treeString(deep, level); got != want {
			t.Errorf("level %d:\n%s\nwant\n%s", level, got, want)
		}
	}
}
