package translate

// This file makes maps and takes them apart. Keys are never NULL and never twice.

import (
	"strings"

	"shoal/plan"
)

var mapFuncs = funcs{
	"map":              build(mapOf),
	"map_keys":         same("map_keys"),
	"map_values":       same("map_values"),
	"map_entries":      typed(same("map_entries")),
	"map_contains_key": same("map_contains"),
	"map_from_arrays":  build(mapFromArrays),
	"map_from_entries": build(mapFromEntries),
	"map_concat":       build(mapConcat),
}

// newMap makes a map of lists of keys and values, with Spark's errors for keys.
func (c *call) newMap(keys, values string) string {
	keys = c.plainKeys(keys)
	null := c.raise("NULL_MAP_KEY")
	if policy, ok := c.t.settings.Get("spark.sql.mapKeyDedupPolicy"); ok && !strings.EqualFold(policy, "EXCEPTION") {
		return c.lastWins(keys, values, null)
	}
	x, i := c.fresh("x"), c.fresh("i")
	return c.let(keys, func(keys string) string {
		twice := c.raise("DUPLICATED_MAP_KEY", "key", "CAST(list_filter("+keys+", lambda "+x+", "+i+": list_position("+keys+", "+x+
			") < "+i+")[1] AS VARCHAR)", "mapKeyDedupPolicy", quoteText(`"spark.sql.mapKeyDedupPolicy"`))
		return "CASE WHEN list_count(" + keys + ") < len(" + keys + ") THEN " + null + " WHEN list_unique(" + keys + ") < len(" + keys +
			") THEN " + twice + " ELSE map(" + keys + ", " + values + ") END"
	})
}

// lastWins makes a map that has each key where it first stands, with the last of its values.
func (c *call) lastWins(keys, values, null string) string {
	x, i, y := c.fresh("x"), c.fresh("i"), c.fresh("y")
	return c.let(keys, func(keys string) string {
		return c.let(values, func(values string) string {
			first := "list_filter(" + keys + ", lambda " + x + ", " + i + ": list_position(" + keys + ", " + x + ") = " + i + ")"
			last := "list_transform(" + first + ", lambda " + y + ": list_extract(" + values + ", len(" + keys +
				") + 1 - list_position(list_reverse(" + keys + "), " + y + ")))"
			return "CASE WHEN list_count(" + keys + ") < len(" + keys + ") THEN " + null + " ELSE map(" + first + ", " + last + ") END"
		})
	})
}

// plainKeys turns keys of -0.0 into 0.0, as Spark does where it puts a map together entry by entry.
func (c *call) plainKeys(keys string) string {
	m, ok := c.result().(plan.Map)
	if !ok || !isFloating(m.Key) || c.f.Name == "map_from_arrays" || c.f.Name == "transform_keys" {
		return keys
	}
	return c.t.normalZeros(keys, plan.Array{Elem: m.Key})
}

// mapOf has key, value, key, value ...
func mapOf(c *call) string {
	typ := c.result().(plan.Map)
	keys, values := make([]string, 0, c.n()/2), make([]string, 0, c.n()/2)
	seen, certain := map[any]bool{}, true
	for i := 0; i+1 < c.n(); i += 2 {
		keys, values = append(keys, c.arg(i)), append(values, c.arg(i+1))
		l, ok := c.literal(i)
		certain = certain && ok && simpleKey(l.Value) && !seen[l.Value]
		if certain {
			seen[l.Value] = true
		}
	}
	k := "CAST([" + strings.Join(keys, ", ") + "] AS " + c.t.physical(typ.Key) + "[])"
	v := "CAST([" + strings.Join(values, ", ") + "] AS " + c.t.physical(typ.Value) + "[])"
	if certain || len(keys) == 1 && !plan.Nullable(c.f.Args[0]) {
		return "map(" + c.plainKeys(k) + ", " + v + ")"
	}
	return c.newMap(k, v)
}

// simpleKey tells that a constant is no NULL and that Go compares it as Spark does.
func simpleKey(v any) bool {
	switch v.(type) {
	case string, bool, int8, int16, int32, int64:
		return true
	}
	return false
}

func mapFromArrays(c *call) string {
	fail := c.raise("_LEGACY_ERROR_TEMP_2128")
	return "CASE WHEN len(" + c.arg(0) + ") <> len(" + c.arg(1) + ") THEN " + fail + " WHEN " + c.arg(1) + " IS NOT NULL THEN " +
		c.newMap(c.arg(0), c.arg(1)) + " END"
}

// mapFromEntries takes an array of structs of two fields; NULL if one of them is NULL.
func mapFromEntries(c *call) string {
	elem, ok := c.typ(0).(plan.Array).Elem.(plan.Struct)
	if !ok || len(elem.Fields) != 2 {
		return c.unsupported("map_from_entries of %s", c.typ(0))
	}
	field := func(i int) string {
		e := c.fresh("e")
		return "list_transform(" + c.arg(0) + ", lambda " + e + ": " + structField(e, i) + ")"
	}
	return "CASE WHEN list_count(" + c.arg(0) + ") = len(" + c.arg(0) + ") THEN " + c.newMap(field(0), field(1)) + " END"
}

// mapConcat joins maps; a key in two of them is an error.
func mapConcat(c *call) string {
	typ := c.result().(plan.Map)
	if c.n() == 0 {
		return "map(CAST([] AS " + c.t.physical(typ.Key) + "[]), CAST([] AS " + c.t.physical(typ.Value) + "[]))"
	}
	keys, values := make([]string, c.n()), make([]string, c.n())
	for i := range keys {
		keys[i], values[i] = "map_keys("+c.arg(i)+")", "map_values("+c.arg(i)+")"
	}
	return c.newMap(strings.Join(keys, " || "), strings.Join(values, " || "))
}
