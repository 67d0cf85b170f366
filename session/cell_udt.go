package session

// This file writes values of user-defined types as their classes do.

import (
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine/duckdb/java"
	"shoal/fault"
	"shoal/plan"
)

// object writes a value of a user-defined type. Of those written in Python, Spark shows what they are stored as.
func (c *cells) object(a arrow.Array, i int, t plan.UDT) (string, error) {
	if t.Class == "" {
		return c.text(a, i, t.SQLType)
	}
	switch a := a.(type) {
	case *array.List:
		if t.String() == "examplepoint" {
			return "(" + numberList(a, i, ", ") + ")", nil
		}
	case *array.Struct:
		if t.String() == "vector" {
			return vectorText(a, i), nil
		}
	}
	return "", fault.Unsupported("values of %s as text", t.Class)
}

// vectorText writes a dense vector as [1.0,2.0], a sparse one as (size,[indices],[values]).
func vectorText(a *array.Struct, i int) string {
	values := "[" + numberList(a.Field(3).(*array.List), i, ",") + "]"
	if a.Field(0).(*array.Int8).Value(i) == 1 {
		return values
	}
	size := strconv.Itoa(int(a.Field(1).(*array.Int32).Value(i)))
	return "(" + size + ",[" + numberList(a.Field(2).(*array.List), i, ",") + "]," + values + ")"
}

// numberList writes a list of numbers.
func numberList(a *array.List, i int, separator string) string {
	from, to := a.ValueOffsets(i)
	var parts []string
	for j := int(from); j < int(to); j++ {
		switch n := a.ListValues().(type) {
		case *array.Float64:
			parts = append(parts, string(java.AppendDouble(nil, n.Value(j))))
		case *array.Int32:
			parts = append(parts, strconv.Itoa(int(n.Value(j))))
		}
	}
	return strings.Join(parts, separator)
}
