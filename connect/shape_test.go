package connect

import (
	"testing"

	"shoal/internal/sparkpb"
)

func TestShape(t *testing.T) {
	sql := func(text string) uint64 {
		r := &sparkpb.Relation{Common: &sparkpb.RelationCommon{}, RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
		return shape((&sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: r}}).ProtoReflect())
	}
	filtered := func(id int64, value int32, rows int64) uint64 {
		number := &sparkpb.Expression{ExprType: &sparkpb.Expression_Literal_{Literal: &sparkpb.Expression_Literal{
			LiteralType: &sparkpb.Expression_Literal_Integer{Integer: value}}}}
		input := &sparkpb.Relation{Common: &sparkpb.RelationCommon{PlanId: &id}, RelType: &sparkpb.Relation_Range{Range: &sparkpb.Range{End: rows, Step: 1}}}
		r := &sparkpb.Relation{RelType: &sparkpb.Relation_Filter{Filter: &sparkpb.Filter{Input: input, Condition: number}}}
		return shape((&sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: r}}).ProtoReflect())
	}
	for _, pair := range [][2]uint64{
		{sql("SELECT * FROM t WHERE a = 'x' AND b = 12"), sql(`SELECT * FROM t WHERE a = 'it\'s' AND b = 34`)},
		{filtered(1, 5, 10), filtered(2, 70_000, 99)},
	} {
		if pair[0] != pair[1] {
			t.Error("another shape for other constants")
		}
	}
	for _, pair := range [][2]uint64{
		{sql("SELECT * FROM t1"), sql("SELECT * FROM t2")},
		{sql("SELECT * FROM range(10)"), sql("SELECT * FROM range(10000000)")},
		{sql("SELECT 'a'"), sql("SELECT 'a', 'b'")},
		{filtered(1, 5, 10), filtered(1, 5, 1_000_000)},
	} {
		if pair[0] == pair[1] {
			t.Error("one shape for what asks for something else")
		}
	}
}
