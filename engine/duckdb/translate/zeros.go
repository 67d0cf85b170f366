package translate

// This file holds what Spark does with -0.0: equal to 0.0, and turned into it where rows are grouped.

import (
	"slices"
	"strings"

	"shoal/plan"
)

// holdsFloats tells whether a value is a floating-point number, or holds some.
func holdsFloats(typ plan.Type) bool {
	switch typ := typ.(type) {
	case plan.UDT:
		return holdsFloats(typ.SQLType)
	case plan.Array:
		return holdsFloats(typ.Elem)
	case plan.Struct:
		return slices.ContainsFunc(typ.Fields, func(f plan.Field) bool { return holdsFloats(f.Type) })
	}
	return isFloating(typ)
}

// normalZeros turns -0.0 into 0.0, inside arrays and structs too.
func (t *translator) normalZeros(sql string, typ plan.Type) string {
	typ = plan.Stored(typ)
	if !holdsFloats(typ) {
		return sql
	}
	switch typ := typ.(type) {
	case plan.Array:
		return t.mapList(sql, func(x string) string { return t.normalZeros(x, typ.Elem) })
	case plan.Struct:
		parts := FieldNames(typ)
		for i, f := range typ.Fields {
			parts[i] = quoteName(parts[i]) + " := " + t.normalZeros(structField(sql, i), f.Type)
		}
		return "CASE WHEN " + sql + " IS NOT NULL THEN struct_pack(" + strings.Join(parts, ", ") + ") END"
	}
	return "(" + sql + " + 0)"
}

// atMostOne tells that a relation has one row, or none, whatever the data: Spark does not group those.
func atMostOne(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.OneRow:
		return true
	case *plan.Values:
		return len(r.Rows) <= 1
	case *plan.LocalData:
		return len(r.Arrow) < 1<<14 && rowsOf(r.Arrow) <= 1
	case *plan.Limit:
		n, ok := constant(r.Count)
		return ok && n.Value == int32(1) || atMostOne(r.Input)
	case *plan.Aggregate:
		return r.Kind != plan.GroupSets && (len(r.Group) == 0 || atMostOne(r.Input))
	case *plan.Project:
		return atMostOne(r.Input)
	case *plan.Filter:
		return atMostOne(r.Input)
	case *plan.Sort:
		return atMostOne(r.Input)
	case *plan.Distinct:
		return atMostOne(r.Input)
	case *plan.Join:
		return (r.Type == plan.InnerJoin || r.Type == plan.CrossJoin) && atMostOne(r.Left) && atMostOne(r.Right)
	}
	return false
}
