package translate

// This file holds casts between arrays, maps and structs, and prints them.

import (
	"fmt"
	"strings"

	"shoal/plan"
)

// convertNested converts element by element, entry by entry, field by field (by position).
func (t *translator) convertNested(sql string, from, to plan.Type, mode plan.CastMode) (string, bool) {
	switch f := from.(type) {
	case plan.Array:
		to, ok := to.(plan.Array)
		if !ok {
			return "", false
		}
		return t.mapList(sql, func(x string) string { return t.convert(x, f.Elem, to.Elem, mode) }), true
	case plan.Map:
		to, ok := to.(plan.Map)
		if !ok {
			return "", false
		}
		keys := t.mapList("map_keys("+sql+")", func(x string) string { return t.convert(x, f.Key, to.Key, mode) })
		values := t.mapList("map_values("+sql+")", func(x string) string { return t.convert(x, f.Value, to.Value, mode) })
		return "MAP(" + keys + ", " + values + ")", true
	case plan.Struct:
		to, ok := to.(plan.Struct)
		if !ok || len(to.Fields) != len(f.Fields) {
			return "", false
		}
		return t.convertStruct(sql, f, to, mode), true
	}
	return "", false
}

// mapList applies body to each element.
func (t *translator) mapList(list string, body func(x string) string) string {
	x := t.fresh("v")
	text := body(x)
	if text == x {
		return list
	}
	return "list_transform(" + list + ", lambda " + x + ": " + text + ")"
}

func (t *translator) convertStruct(sql string, from, to plan.Struct, mode plan.CastMode) string {
	fields := make([]string, len(from.Fields))
	for i, f := range from.Fields {
		fields[i] = t.convert(structField(sql, i), f.Type, to.Fields[i].Type, mode)
	}
	return "CASE WHEN " + sql + " IS NOT NULL THEN " + t.cast("row("+strings.Join(fields, ", ")+")", to) + " END"
}

// structField is a field by its position.
func structField(sql string, i int) string { return fmt.Sprintf("struct_extract_at(%s, %d)", sql, i+1) }

// nestedToText prints [a, b], {k -> v} and {a, b}; NULL inside is null.
func (t *translator) nestedToText(sql string, from plan.Type, mode plan.CastMode) (string, bool) {
	ok := true
	inner := func(x string, typ plan.Type) string {
		if isText(typ) {
			return "COALESCE(" + x + ", 'null')"
		}
		if typ == plan.Null {
			return "'null'"
		}
		if typ == plan.Variant {
			return "COALESCE(" + variantToText(x) + ", 'null')"
		}
		text, can := t.toText(x, typ, mode)
		ok = ok && can
		return "COALESCE(" + text + ", 'null')"
	}
	var out string
	switch typ := from.(type) {
	case plan.Array:
		items := t.mapList(sql, func(x string) string { return inner(x, typ.Elem) })
		out = "('[' || array_to_string(" + items + ", ', ') || ']')"
	case plan.Map:
		items := t.mapList("map_entries("+sql+")", func(x string) string {
			return inner(x+".key", typ.Key) + " || ' -> ' || " + inner(x+".value", typ.Value)
		})
		out = "('{' || array_to_string(" + items + ", ', ') || '}')"
	case plan.Struct:
		fields := make([]string, len(typ.Fields))
		for i, f := range typ.Fields {
			fields[i] = inner(structField(sql, i), f.Type)
		}
		out = "CASE WHEN " + sql + " IS NOT NULL THEN '{' || " + strings.Join(fields, " || ', ' || ") + " || '}' END"
	}
	return out, ok
}
