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
	fit := func(uid string) uint64 {
		f := &sparkpb.MlCommand_Fit{Estimator: &sparkpb.MlOperator{Name: "org.apache.spark.ml.classification.LogisticRegression", Uid: uid}}
		c := &sparkpb.Command{CommandType: &sparkpb.Command_MlCommand{MlCommand: &sparkpb.MlCommand{Command: &sparkpb.MlCommand_Fit_{Fit: f}}}}
		return shape((&sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: c}}).ProtoReflect())
	}
	for _, pair := range [][2]uint64{
		{sql("SELECT * FROM t WHERE a = 'x' AND b = 12"), sql(`SELECT * FROM t WHERE a = 'it\'s' AND b = 34`)},
		{sql("SELECT * FROM t WHERE a = 5"), sql("SELECT *\nFROM t -- the same\nWHERE a = 12345")},
		{sql("SELECT * FROM t WHERE a IN (1, 2, 3, 4, 5)"), sql("SELECT * FROM t WHERE a IN (10, 20, 30, 40, 50, 60)")},
		{sql(`SELECT * FROM t WHERE a = "x"`), sql(`SELECT * FROM t WHERE a = "1234567"`)},
		{filtered(1, 5, 10), filtered(2, 70_000, 99)},
		{fit("LogisticRegression_1a2b"), fit("LogisticRegression_3c4d")},
	} {
		if pair[0] != pair[1] {
			t.Error("another shape for other constants")
		}
	}
	for _, pair := range [][2]uint64{
		{sql("SELECT * FROM t1"), sql("SELECT * FROM t2")},
		{sql("SELECT * FROM range(10)"), sql("SELECT * FROM range(10000000)")},
		{sql("SELECT 'a'"), sql("SELECT 'a', 'b'")},
		{sql("SELECT € 1"), sql("SELECT € 1, 2")}, // no SQL
		{filtered(1, 5, 10), filtered(1, 5, 1_000_000)},
	} {
		if pair[0] == pair[1] {
			t.Error("one shape for what asks for something else")
		}
	}
}

// BenchmarkShape is what it costs each query of SQL text.
func BenchmarkShape(b *testing.B) {
	text := "SELECT l_returnflag, sum(l_quantity) FROM lineitem WHERE l_shipdate <= DATE '1998-09-02' AND l_tax IN (1, 2, 3) GROUP BY l_returnflag"
	r := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
	p := (&sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: r}}).ProtoReflect()
	for b.Loop() {
		shape(p)
	}
}
