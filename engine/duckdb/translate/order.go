package translate

// This file orders values. Spark sorts NULLs inside arrays and structs first, DuckDB last: such
// values are compared by a key in which each part follows a flag that says it is not NULL.

import (
	"strings"

	"shoal/plan"
)

// hidesNulls tells whether values of a type may hold NULLs inside.
func hidesNulls(t plan.Type) bool {
	switch t := t.(type) {
	case plan.UDT:
		return hidesNulls(t.SQLType)
	case plan.Array:
		return t.ContainsNull || hidesNulls(t.Elem)
	case plan.Struct:
		for _, f := range t.Fields {
			if f.Nullable || hidesNulls(f.Type) {
				return true
			}
		}
	}
	return false
}

// comparable is a value that DuckDB compares as Spark compares sql.
func (t *translator) comparable(sql string, typ plan.Type) string {
	typ = plan.Stored(typ)
	if !hidesNulls(typ) {
		return sql
	}
	switch typ := typ.(type) {
	case plan.Array:
		return t.mapList(sql, func(x string) string { return "row(" + t.flagged(x, typ.Elem) + ")" })
	case plan.Struct:
		parts := make([]string, len(typ.Fields))
		for i, f := range typ.Fields {
			parts[i] = t.flagged(structField(sql, i), f.Type)
		}
		return "CASE WHEN " + sql + " IS NOT NULL THEN row(" + strings.Join(parts, ", ") + ") END"
	}
	return sql
}

// flagged is a part of a key: whether it is there, and the part.
func (t *translator) flagged(sql string, typ plan.Type) string {
	return sql + " IS NOT NULL, " + t.comparable(sql, typ)
}

// extremeOf is the smallest or largest value of a group.
func extremeOf(name string) renderer {
	return func(c *call) string {
		if !hidesNulls(c.typ(0)) {
			return c.apply(name, c.arg(0))
		}
		x := c.arg(0)
		return c.apply("arg_"+name, x, c.t.comparable(x, c.typ(0)))
	}
}

// orderTail is what follows the key of an ORDER BY item.
func orderTail(o plan.SortOrder) string {
	tail := ""
	if o.Desc {
		tail = " DESC"
	}
	if o.NullsFirst {
		return tail + " NULLS FIRST"
	}
	return tail + " NULLS LAST"
}

// orderBy renders ORDER BY items.
func (t *translator) orderBy(order []plan.SortOrder) string {
	keys := make([]string, len(order))
	for i, o := range order {
		keys[i] = t.sortKey(o.Expr) + orderTail(o)
	}
	return strings.Join(keys, ", ")
}

// sortKey is an expression to order by. An integer literal would be read as a position. A
// floating-point column is not its own key: DuckDB reads such columns back from the sorted keys, in
// which -0.0 and 0.0 are the same.
func (t *translator) sortKey(e plan.Expr) string {
	sql := t.expr(e)
	// DuckDB takes a bare number for a place, and refuses a bare text; a column may have become one.
	if _, ok := constant(e); ok || strings.ContainsAny(sql[:1], "'-0123456789") {
		sql = t.cast(sql, typeOf(e))
	}
	return t.comparable(t.normalZeros(sql, typeOf(e)), typeOf(e))
}
