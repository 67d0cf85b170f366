package connect

import (
	"bytes"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
	"shoal/plan"
)

func intLit(v int32) *sparkpb.Expression_Literal {
	return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Integer{Integer: v}}
}

func textLit(v string) *sparkpb.Expression_Literal {
	return &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_String_{String_: v}}
}

var (
	intArray  = plan.Array{Elem: plan.Int, ContainsNull: true}
	intText   = plan.Map{Key: plan.Int, Value: plan.String}
	xOfInt    = plan.Struct{Fields: []plan.Field{{Name: "x", Type: plan.Int}}}
	nullOfInt = &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Null{Null: encodeType(plan.Int)}}
)

// TestLiterals has the types real Spark 4.1.4 gave the same messages.
func TestLiterals(t *testing.T) {
	ints := []*sparkpb.Expression_Literal{intLit(1), nullOfInt}
	for _, c := range []struct {
		literal *sparkpb.Expression_Literal
		want    string
	}{
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Byte{Byte: 300}}, "Literal{Value:44 Type:tinyint}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Short{Short: 70000}}, "Literal{Value:4464 Type:smallint}"},
		{decimalLit("1.50").GetLiteral(), "Literal{Value:Unscaled{Int:150} Type:decimal(3,2)}"},
		{decimalLit("0.001").GetLiteral(), "Literal{Value:Unscaled{Int:1} Type:decimal(3,3)}"},
		{decimalLit("1E3").GetLiteral(), "Literal{Value:Unscaled{Int:1000} Type:decimal(4,0)}"},
		{decimalLit("-0.00").GetLiteral(), "Literal{Value:Unscaled{Int:0} Type:decimal(2,2)}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Decimal_{Decimal: &sparkpb.Expression_Literal_Decimal{
			Value: "1E+3", Precision: proto.Int32(10), Scale: proto.Int32(0)}}}, "Literal{Value:Unscaled{Int:1000} Type:decimal(10,0)}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_YearMonthInterval{YearMonthInterval: 14}}, "Literal{Value:14 Type:interval year to month}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_CalendarInterval_{
			CalendarInterval: &sparkpb.Expression_Literal_CalendarInterval{Months: 14}}}, "Literal{Value:CalendarValue{Months:14} Type:interval}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Array_{Array: &sparkpb.Expression_Literal_Array{
			ElementType: encodeType(plan.Int), Elements: ints}}}, "Literal{Value:[1 nil] Type:array<int>}"},
		{&sparkpb.Expression_Literal{DataType: encodeType(intArray), LiteralType: &sparkpb.Expression_Literal_Array_{
			Array: &sparkpb.Expression_Literal_Array{Elements: ints}}}, "Literal{Value:[1 nil] Type:array<int>}"},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Map_{Map: &sparkpb.Expression_Literal_Map{KeyType: encodeType(plan.Int),
			ValueType: encodeType(plan.String), Keys: []*sparkpb.Expression_Literal{intLit(1)}, Values: []*sparkpb.Expression_Literal{textLit("a")}}}},
			`Literal{Value:[Entry{Key:1 Value:"a"}] Type:map<int,string>}`},
		{&sparkpb.Expression_Literal{DataType: encodeType(intText), LiteralType: &sparkpb.Expression_Literal_Map_{Map: &sparkpb.Expression_Literal_Map{
			Keys: []*sparkpb.Expression_Literal{intLit(1)}, Values: []*sparkpb.Expression_Literal{textLit("a")}}}},
			`Literal{Value:[Entry{Key:1 Value:"a"}] Type:map<int,string>}`},
		{&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Struct_{Struct: &sparkpb.Expression_Literal_Struct{
			StructType: encodeType(xOfInt), Elements: []*sparkpb.Expression_Literal{intLit(1)}}}}, "Literal{Value:[1] Type:struct<x:int>}"},
		{&sparkpb.Expression_Literal{DataType: encodeType(xOfInt), LiteralType: &sparkpb.Expression_Literal_Struct_{
			Struct: &sparkpb.Expression_Literal_Struct{Elements: []*sparkpb.Expression_Literal{intLit(1)}}}}, "Literal{Value:[1] Type:struct<x:int>}"},
		{&sparkpb.Expression_Literal{DataType: encodeType(plan.Int), LiteralType: &sparkpb.Expression_Literal_Null{}}, "Literal{Value:nil Type:int}"},
	} {
		var d decoder
		e, err := d.decodeExpr(lit(c.literal))
		if err != nil {
			t.Errorf("%v: %v", c.literal, err)
			continue
		}
		if got := dump(e); got != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.literal, got, c.want)
		}
	}
}

// stream is an Arrow stream of one INT column.
func stream(t *testing.T, values ...int32) []byte {
	t.Helper()
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int32}}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	b.Field(0).(*array.Int32Builder).AppendValues(values, nil)
	batch := b.NewRecordBatch()
	defer batch.Release()
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	if err := w.Write(batch); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestUploadedData(t *testing.T) {
	inner, err := proto.Marshal(&sparkpb.LocalRelation{Data: stream(t, 1), Schema: proto.String("a INT")})
	if err != nil {
		t.Fatal(err)
	}
	uploads := map[string][]byte{"whole": inner, "one": stream(t, 1, 2), "two": stream(t, 3), "schema": []byte("a INT"), "junk": []byte("junk")}
	d := decoder{artifact: func(hash string) ([]byte, bool) { data, ok := uploads[hash]; return data, ok }}

	got, err := d.decodeRelation(&sparkpb.Relation{RelType: &sparkpb.Relation_CachedLocalRelation{
		CachedLocalRelation: &sparkpb.CachedLocalRelation{Hash: "whole"}}})
	if err != nil || !bytes.Equal(got.(*plan.LocalData).Arrow, uploads["one"]) && len(got.(*plan.LocalData).Schema.Fields) != 1 {
		t.Errorf("whole: got %v, %v", got, err)
	}
	got, err = d.decodeRelation(&sparkpb.Relation{RelType: &sparkpb.Relation_ChunkedCachedLocalRelation{
		ChunkedCachedLocalRelation: &sparkpb.ChunkedCachedLocalRelation{DataHashes: []string{"one", "two"}, SchemaHash: proto.String("schema")}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := ipc.NewReader(bytes.NewReader(got.(*plan.LocalData).Arrow))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	var all []int32
	for r.Next() {
		all = append(all, r.RecordBatch().Column(0).(*array.Int32).Int32Values()...)
	}
	if len(all) != 3 || all[0] != 1 || all[2] != 3 {
		t.Errorf("chunks hold %v, want [1 2 3]", all)
	}
	if _, err := d.decodeRelation(&sparkpb.Relation{RelType: &sparkpb.Relation_LocalRelation{LocalRelation: &sparkpb.LocalRelation{Data: []byte("junk")}}}); err == nil {
		t.Error("junk was taken for local data")
	}
	for _, hashes := range [][]string{nil, {"absent"}, {"one", "junk"}} {
		if got, err := d.decodeRelation(&sparkpb.Relation{RelType: &sparkpb.Relation_ChunkedCachedLocalRelation{
			ChunkedCachedLocalRelation: &sparkpb.ChunkedCachedLocalRelation{DataHashes: hashes}}}); err == nil {
			t.Errorf("chunks %v: got %v, want an error", hashes, got)
		}
	}
}
