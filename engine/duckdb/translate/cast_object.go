package translate

// This file prints values of user-defined types of the JVM, as their classes do.

import "shoal/plan"

// objectIn is a user-defined type of the JVM that t is or holds.
func objectIn(t plan.Type) (found plan.UDT) {
	switch t := t.(type) {
	case plan.UDT:
		if t.Class != "" {
			return t
		}
	case plan.Array:
		return objectIn(t.Elem)
	case plan.Map:
		if found = objectIn(t.Key); found.Class == "" {
			found = objectIn(t.Value)
		}
	case plan.Struct:
		for _, f := range t.Fields {
			if found = objectIn(f.Type); found.Class != "" {
				return found
			}
		}
	}
	return found
}

// objectToText prints an object; those within other values are not printed.
func (t *translator) objectToText(c *plan.Cast, u plan.UDT) string {
	doubles := func(list, separator string) string {
		return "array_to_string(" + t.mapList(list, func(x string) string { return t.floatToText(x, plan.Double) }) + ", '" + separator + "')"
	}
	_, alone := plan.TypeOf(c.Expr).(plan.UDT)
	switch name := u.String(); {
	case alone && name == "examplepoint":
		return "('(' || " + doubles(t.expr(c.Expr), ", ") + " || ')')"
	case alone && name == "vector":
		return t.let(t.expr(c.Expr), func(v string) string {
			values := "'[' || " + doubles(v+`."values"`, ",") + " || ']'"
			return "CASE " + v + `."type" WHEN 1 THEN ` + values + " WHEN 0 THEN '(' || " + v + ".size || ',[' || array_to_string(" + v +
				".indices, ',') || '],' || " + values + " || ')' END"
		})
	}
	return t.unsupported("values of %s as text", u.Class)
}
