package typejson

import "shoal/plan"

// This file knows the user-defined types of the JVM: Spark makes them by their name alone.

// jvmTypes are those in Spark itself.
var jvmTypes = map[string]plan.UDT{
	"org.apache.spark.sql.test.ExamplePointUDT": {PyClass: "pyspark.testing.objects.ExamplePointUDT", SQLType: plan.Array{Elem: plan.Double}},
	"org.apache.spark.ml.linalg.VectorUDT":      {PyClass: "pyspark.ml.linalg.VectorUDT", SQLType: vector},
	"org.apache.spark.mllib.linalg.VectorUDT":   {PyClass: "pyspark.mllib.linalg.VectorUDT", SQLType: vector},
	"org.apache.spark.ml.linalg.MatrixUDT":      {PyClass: "pyspark.ml.linalg.MatrixUDT", SQLType: matrix},
	"org.apache.spark.mllib.linalg.MatrixUDT":   {PyClass: "pyspark.mllib.linalg.MatrixUDT", SQLType: matrix},
}

var vector = plan.Struct{Fields: []plan.Field{{Name: "type", Type: plan.Byte}, {Name: "size", Type: plan.Int, Nullable: true},
	{Name: "indices", Type: plan.Array{Elem: plan.Int}, Nullable: true}, {Name: "values", Type: plan.Array{Elem: plan.Double}, Nullable: true}}}

var matrix = plan.Struct{Fields: []plan.Field{{Name: "type", Type: plan.Byte}, {Name: "numRows", Type: plan.Int}, {Name: "numCols", Type: plan.Int},
	{Name: "colPtrs", Type: plan.Array{Elem: plan.Int}, Nullable: true}, {Name: "rowIndices", Type: plan.Array{Elem: plan.Int}, Nullable: true},
	{Name: "values", Type: plan.Array{Elem: plan.Double}, Nullable: true}, {Name: "isTransposed", Type: plan.Boolean}}}

// KnownUDT is a type as Spark makes it: one of the JVM is what its class says, and one whose class is not in Spark
// cannot be worked with.
func KnownUDT(t plan.UDT) plan.Type {
	if t.Class == "" {
		return t
	}
	known, ok := jvmTypes[t.Class]
	if !ok {
		return plan.Unsupported{Name: "udt", JSON: formatUDT(t)}
	}
	known.Class = t.Class
	return known
}
