package connect

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
)

func tenRows() *sparkpb.Relation {
	return &sparkpb.Relation{RelType: &sparkpb.Relation_Range{Range: &sparkpb.Range{End: 10, Step: 1}}}
}

func selecting(e *sparkpb.Expression) *sparkpb.Relation {
	return &sparkpb.Relation{RelType: &sparkpb.Relation_Project{Project: &sparkpb.Project{Input: tenRows(), Expressions: []*sparkpb.Expression{e}}}}
}

func lit(l *sparkpb.Expression_Literal) *sparkpb.Expression {
	return &sparkpb.Expression{ExprType: &sparkpb.Expression_Literal_{Literal: l}}
}

func attribute(name string) *sparkpb.Expression {
	return &sparkpb.Expression{ExprType: &sparkpb.Expression_UnresolvedAttribute_{
		UnresolvedAttribute: &sparkpb.Expression_UnresolvedAttribute{UnparsedIdentifier: name}}}
}

func decimalLit(text string) *sparkpb.Expression {
	return lit(&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Decimal_{
		Decimal: &sparkpb.Expression_Literal_Decimal{Value: text}}})
}

// malformed has the conditions real Spark 4.1.4 gave for the same messages, except INTERNAL_ERROR
// where Spark let a Java exception through.
var malformed = []struct {
	name, want string
	relation   *sparkpb.Relation
}{
	{"nil", "INTERNAL_ERROR", nil},
	{"empty relation", "INTERNAL_ERROR", &sparkpb.Relation{}},
	{"empty expression", "INTERNAL_ERROR", selecting(&sparkpb.Expression{})},
	{"nil expression", "INTERNAL_ERROR", selecting(nil)},
	{"filter without condition", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Filter{Filter: &sparkpb.Filter{Input: tenRows()}}}},
	{"join without right side", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Join{Join: &sparkpb.Join{Left: tenRows()}}}},
	{"join without type", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Join{Join: &sparkpb.Join{Left: tenRows(), Right: tenRows()}}}},
	{"set operation without type", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_SetOp{
		SetOp: &sparkpb.SetOperation{LeftInput: tenRows(), RightInput: tenRows()}}}},
	{"aggregate without type", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Aggregate{Aggregate: &sparkpb.Aggregate{Input: tenRows()}}}},
	{"pivot without column", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Aggregate{
		Aggregate: &sparkpb.Aggregate{Input: tenRows(), GroupType: sparkpb.Aggregate_GROUP_TYPE_PIVOT}}}},
	{"deduplicate by nothing", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Deduplicate{Deduplicate: &sparkpb.Deduplicate{Input: tenRows()}}}},
	{"no local data", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_LocalRelation{LocalRelation: &sparkpb.LocalRelation{}}}},
	{"bad schema", "PARSE_SYNTAX_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_LocalRelation{
		LocalRelation: &sparkpb.LocalRelation{Schema: proto.String("a int,")}}}},
	{"bad JSON schema", "PARSE_SYNTAX_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_LocalRelation{
		LocalRelation: &sparkpb.LocalRelation{Schema: proto.String(`{"type":"strct","fields":[]}`)}}}},
	{"unknown artifact", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_CachedLocalRelation{CachedLocalRelation: &sparkpb.CachedLocalRelation{Hash: "x"}}}},
	{"fillna without value", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_FillNa{FillNa: &sparkpb.NAFill{Input: tenRows()}}}},
	{"schema that is no struct", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_ToSchema{
		ToSchema: &sparkpb.ToSchema{Input: tenRows(), Schema: encodeType(plan.Int)}}}},
	{"read of nothing", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Read{Read: &sparkpb.Read{}}}},
	{"bad table name", "PARSE_SYNTAX_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Read{Read: &sparkpb.Read{
		ReadType: &sparkpb.Read_NamedTable_{NamedTable: &sparkpb.Read_NamedTable{UnparsedIdentifier: "a b"}}}}}},
	{"bad SQL", "PARSE_SYNTAX_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: "selec 1"}}}},
	{"empty SQL", "PARSE_EMPTY_STATEMENT", &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{}}}},
	{"catalog without call", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Catalog{Catalog: &sparkpb.Catalog{}}}},
	{"step 0", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_Range{Range: &sparkpb.Range{End: 1}}}},
	{"withColumns without name", "INTERNAL_ERROR", &sparkpb.Relation{RelType: &sparkpb.Relation_WithColumns{
		WithColumns: &sparkpb.WithColumns{Input: tenRows(), Aliases: []*sparkpb.Expression_Alias{{}}}}}},
	{"literal of no kind", "INTERNAL_ERROR", selecting(lit(&sparkpb.Expression_Literal{}))},
	{"NULL of no type", "INTERNAL_ERROR", selecting(lit(&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Null{}}))},
	{"decimal NaN", "INTERNAL_ERROR", selecting(decimalLit("NaN"))},
	{"decimal of 39 digits", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", selecting(decimalLit(strings.Repeat("1", 39)))},
	{"decimal of a billion digits", "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION", selecting(decimalLit("1E999999999"))},
	{"array of no type", "INTERNAL_ERROR", selecting(lit(&sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Array_{
		Array: &sparkpb.Expression_Literal_Array{}}}))},
	{"map with a key too many", "INTERNAL_ERROR", selecting(lit(&sparkpb.Expression_Literal{DataType: encodeType(plan.Map{Key: plan.Int, Value: plan.Int}),
		LiteralType: &sparkpb.Expression_Literal_Map_{Map: &sparkpb.Expression_Literal_Map{Keys: []*sparkpb.Expression_Literal{{}}}}}))},
	{"struct without its field", "INTERNAL_ERROR", selecting(lit(&sparkpb.Expression_Literal{DataType: encodeType(plan.Struct{Fields: []plan.Field{{Name: "x", Type: plan.Int}}}),
		LiteralType: &sparkpb.Expression_Literal_Struct_{Struct: &sparkpb.Expression_Literal_Struct{}}}))},
	{"name with an empty part", "INVALID_ATTRIBUTE_NAME_SYNTAX", selecting(attribute("a..b"))},
	{"name with an open quote", "INVALID_ATTRIBUTE_NAME_SYNTAX", selecting(attribute("`a"))},
	{"name that is a dot", "INVALID_ATTRIBUTE_NAME_SYNTAX", selecting(attribute("."))},
	{"name with a quote inside", "INVALID_ATTRIBUTE_NAME_SYNTAX", selecting(attribute("a`b`"))},
	{"bad expression text", "PARSE_SYNTAX_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_ExpressionString_{
		ExpressionString: &sparkpb.Expression_ExpressionString{Expression: "1 +"}}})},
	{"star of a column", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_UnresolvedStar_{
		UnresolvedStar: &sparkpb.Expression_UnresolvedStar{UnparsedTarget: proto.String("a")}}})},
	{"cast to nothing", "PARSE_EMPTY_STATEMENT", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_Cast_{
		Cast: &sparkpb.Expression_Cast{Expr: attribute("id")}}})},
	{"lambda without parameter", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_LambdaFunction_{
		LambdaFunction: &sparkpb.Expression_LambdaFunction{Function: attribute("id")}}})},
	{"window without function", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_Window_{Window: &sparkpb.Expression_Window{}}})},
	{"frame without bounds", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_Window_{Window: &sparkpb.Expression_Window{
		WindowFunction: attribute("id"), FrameSpec: &sparkpb.Expression_Window_WindowFrame{FrameType: sparkpb.Expression_Window_WindowFrame_FRAME_TYPE_ROW}}}})},
	{"frame of a bad literal", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_Window_{Window: &sparkpb.Expression_Window{
		WindowFunction: attribute("id"), FrameSpec: &sparkpb.Expression_Window_WindowFrame{FrameType: sparkpb.Expression_Window_WindowFrame_FRAME_TYPE_ROW,
			Lower: &sparkpb.Expression_Window_WindowFrame_FrameBoundary{Boundary: &sparkpb.Expression_Window_WindowFrame_FrameBoundary_Value{
				Value: lit(&sparkpb.Expression_Literal{})}}}}}})},
	{"function without body", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_CommonInlineUserDefinedFunction{
		CommonInlineUserDefinedFunction: &sparkpb.CommonInlineUserDefinedFunction{}}})},
	{"subquery of no kind", "INTERNAL_ERROR", selecting(&sparkpb.Expression{ExprType: &sparkpb.Expression_SubqueryExpression{
		SubqueryExpression: &sparkpb.SubqueryExpression{}}})},
}

func TestMalformed(t *testing.T) {
	for _, c := range malformed {
		t.Run(c.name, func(t *testing.T) {
			var d decoder
			got, err := d.decodeRelation(c.relation)
			var f *fault.Error
			if !errors.As(err, &f) || f.Class != c.want || got != nil {
				t.Errorf("got %v, %v, want %s", got, err, c.want)
			}
			if _, err := d.decodeRelation(tenRows()); err != nil {
				t.Errorf("the decoder is not usable again: %v", err)
			}
		})
	}
}

func TestTooDeep(t *testing.T) {
	relation, expr, typ := tenRows(), attribute("id"), encodeType(plan.Int)
	literal := &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Integer{Integer: 1}}
	for range 10_000 {
		relation = &sparkpb.Relation{RelType: &sparkpb.Relation_Limit{Limit: &sparkpb.Limit{Input: relation}}}
		expr = &sparkpb.Expression{ExprType: &sparkpb.Expression_UnresolvedFunction_{UnresolvedFunction: &sparkpb.Expression_UnresolvedFunction{
			FunctionName: "-", Arguments: []*sparkpb.Expression{expr}}}}
		typ = &sparkpb.DataType{Kind: &sparkpb.DataType_Array_{Array: &sparkpb.DataType_Array{ElementType: typ}}}
		literal = &sparkpb.Expression_Literal{LiteralType: &sparkpb.Expression_Literal_Array_{Array: &sparkpb.Expression_Literal_Array{
			ElementType: encodeType(plan.Int), Elements: []*sparkpb.Expression_Literal{literal}}}}
	}
	var d decoder
	if _, err := d.decodeRelation(relation); err == nil {
		t.Error("10,000 relations were decoded")
	}
	if _, err := d.decodeExpr(expr); err == nil {
		t.Error("10,000 expressions were decoded")
	}
	if _, err := d.decodeExpr(lit(literal)); err == nil {
		t.Error("10,000 literals were decoded")
	}
	if _, err := decodeType(typ); err == nil {
		t.Error("10,000 types were decoded")
	}
}

func FuzzDecode(f *testing.F) {
	files, err := captured.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := captured.ReadFile("testdata/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d := decoder{artifact: func(string) ([]byte, bool) { return data, true }}
		var r sparkpb.Relation
		if proto.Unmarshal(data, &r) == nil {
			if got, err := d.decodeRelation(&r); err == nil && got == nil {
				t.Error("neither a relation nor an error")
			}
		}
		var c sparkpb.Command
		if proto.Unmarshal(data, &c) == nil {
			if got, err := d.decodeCommand(&c); err == nil && got == nil {
				t.Error("neither a command nor an error")
			}
		}
	})
}
