package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file holds the functions of arrays and maps that need no lambda.

var arrayFuncs = funcs{
	"array_size":      fn(tArray).returns(plan.Int).strict(),
	"array_contains":  fn(tArray, tAny).coerce(elementArg).returns(plan.Boolean).nullIf(containsNull).check(comparesElements),
	"array_position":  fn(tArray, tAny).coerce(elementArg).returns(plan.Long).check(comparesElements),
	"array_remove":    fn(tArray, tAny).coerce(elementArg).returnsArg(0).check(comparesElements),
	"array_append":    fn(tArray, tAny).coerce(elementArg).returnsBy(appendedType).nullIf(firstNull),
	"array_prepend":   fn(tArray, tAny).coerce(elementArg).returnsBy(appendedType).nullIf(firstNull),
	"array_insert":    fn(tArray, tInt, tAny).coerce(insertArgs).returnsBy(insertedType).nullIf(func(c *call) bool { return c.nulls(0) || c.nulls(1) }),
	"array_repeat":    fn(tAny, tInt).strict().returnsBy(repeatedType).nullIf(func(c *call) bool { return c.nulls(1) }),
	"array_distinct":  fn(tArray).returnsArg(0).strict().check(comparesElements),
	"array_compact":   fn(tArray).returnsBy(compactType).strict(),
	"array_max":       fn(tArray).returnsBy(elemType).always().strict().check(comparesElements),
	"array_min":       fn(tArray).returnsBy(elemType).always().strict().check(comparesElements),
	"array_join":      fn(arrayOf(tString), tString, tString).min(2).returns(plan.String),
	"array_union":     fn(tArray, tArray).coerce(sameArrays).returnsBy(unionType).check(comparesElements),
	"array_except":    fn(tArray, tArray).coerce(sameArrays).returnsArg(0).check(comparesElements),
	"array_intersect": fn(tArray, tArray).coerce(sameArrays).returnsBy(intersectType).check(comparesElements),
	"arrays_overlap":  fn(tArray, tArray).coerce(sameArrays).returns(plan.Boolean).nullIf(overlapNull).check(comparesElements),
	"flatten":         fn(arrayOf(tArray)).returnsBy(flatType).nullIf(flatNull).strict(),
	"slice":           fn(tArray, tInt, tInt).returnsArg(0),
	"sort_array":      fn(tArray, tBool).defaults(lit(true)).returnsArg(0).strict().check(sortsElements),
	"shuffle":         fn(tArray, tLong).min(1).check(unseededShuffle).returnsArg(0).nondeterministic().showing(1),
	"arrays_zip":      fn(tArray).variadic().min(0).strict().seeing(structNames).returnsBy(zippedType),
	"get":             fn(tArray, tInt).returnsBy(elemType).nullIf(func(c *call) bool { return c.mayMiss(0) }),
	"sequence":        fn(tAny, tAny, tAny).min(2).coerce(sequenceArgs).returnsBy(func(c *call) plan.Type { return plan.Array{Elem: c.typ(0)} }),

	"map_keys":         fn(tMap).strict().returnsBy(mapKeysType),
	"map_values":       fn(tMap).strict().returnsBy(mapValuesType),
	"map_entries":      fn(tMap).strict().returnsBy(entriesType),
	"map_contains_key": fn(tMap, tAny).coerce(keyArg).returns(plan.Boolean).always(),
	"map_from_arrays":  fn(tArray, tArray).strict().returnsBy(zippedMapType),
	"map_from_entries": fn(arrayOf(tStruct)).strict().returnsBy(entriesMapType).nullIf(flatNull),
	"map_concat":       fn(tMap).variadic().min(0).coerce(sameMaps).returnsBy(mapConcatType),
}

// unseededShuffle: with a seed the order is Spark's own.
func unseededShuffle(c *call) error {
	if len(c.args) > 1 {
		return fault.Unsupported("%s with a seed: its order depends on Spark's partitions", c.name).At(c.pos)
	}
	return nil
}

// zippedType is an array of structs, whose fields are called as the arrays are, or by their places.
func zippedType(c *call) plan.Type {
	var s plan.Struct
	for i := range c.args {
		name := itoa(i)
		if i < len(c.fieldNames) && c.fieldNames[i] != "" {
			name = c.fieldNames[i]
		}
		s.Fields = append(s.Fields, plan.Field{Name: name, Type: elem(c, i).Elem, Nullable: true})
	}
	return plan.Array{Elem: s}
}

func elem(c *call, i int) plan.Array { return c.typ(i).(plan.Array) }

// mayMiss tells whether an element taken at a position counted from first may be NULL: Spark looks into
// array(...) for a constant position, and does not trust any other array that it is there.
func (c *call) mayMiss(first int64) bool {
	made, ok := c.args[0].(*plan.Func)
	at, constant := intLiteral(c.args[1])
	if !ok || made.Name != "array" || !constant {
		return true
	}
	if at < 0 && first == 1 {
		at += int64(len(made.Args)) + 1
	}
	at -= first
	return at < 0 || at >= int64(len(made.Args)) || plan.Nullable(made.Args[at])
}

func elemType(c *call) plan.Type { return elem(c, 0).Elem }

// comparesElements refuses arrays of maps, which Spark cannot compare.
func comparesElements(c *call) error {
	if a, ok := c.typ(0).(plan.Array); ok {
		return c.ordered(a.Elem)
	}
	return nil
}

func sortsElements(c *call) error { return c.ordered(c.typ(0)) }

// containsNull: NULL elements make "not found" unknown.
func containsNull(c *call) bool { return c.anyNull() || elem(c, 0).ContainsNull }

func appendedType(c *call) plan.Type {
	return plan.Array{Elem: elem(c, 0).Elem, ContainsNull: true}
}

func insertedType(c *call) plan.Type { return plan.Array{Elem: elem(c, 0).Elem, ContainsNull: true} }

func repeatedType(c *call) plan.Type { return plan.Array{Elem: c.typ(0), ContainsNull: c.nulls(0)} }

func compactType(c *call) plan.Type { return plan.Array{Elem: elem(c, 0).Elem} }

func unionType(c *call) plan.Type {
	return plan.Array{Elem: elem(c, 0).Elem, ContainsNull: elem(c, 0).ContainsNull || elem(c, 1).ContainsNull}
}

func intersectType(c *call) plan.Type {
	return plan.Array{Elem: elem(c, 0).Elem, ContainsNull: elem(c, 0).ContainsNull && elem(c, 1).ContainsNull}
}

func overlapNull(c *call) bool {
	return c.anyNull() || elem(c, 0).ContainsNull || elem(c, 1).ContainsNull
}

func flatType(c *call) plan.Type { return elem(c, 0).Elem }

func flatNull(c *call) bool { return c.anyNull() || elem(c, 0).ContainsNull }

// mapKeysType: Spark does not tell that keys are never NULL.
func mapKeysType(c *call) plan.Type {
	return plan.Array{Elem: c.typ(0).(plan.Map).Key, ContainsNull: true}
}

func mapValuesType(c *call) plan.Type {
	return plan.Array{Elem: c.typ(0).(plan.Map).Value, ContainsNull: true} // whatever the map's values are
}

func entriesType(c *call) plan.Type {
	m := c.typ(0).(plan.Map)
	return plan.Array{Elem: plan.Struct{Fields: []plan.Field{
		{Name: "key", Type: m.Key},
		{Name: "value", Type: m.Value, Nullable: m.ValueContainsNull},
	}}}
}

func zippedMapType(c *call) plan.Type {
	return plan.Map{Key: elem(c, 0).Elem, Value: elem(c, 1).Elem, ValueContainsNull: elem(c, 1).ContainsNull}
}

func entriesMapType(c *call) plan.Type {
	s := elem(c, 0).Elem.(plan.Struct)
	if len(s.Fields) != 2 {
		return plan.Map{Key: plan.Null, Value: plan.Null}
	}
	return plan.Map{Key: s.Fields[0].Type, Value: s.Fields[1].Type, ValueContainsNull: s.Fields[1].Nullable}
}

func mapConcatType(c *call) plan.Type {
	if len(c.args) == 0 {
		return plan.Map{Key: plan.String, Value: plan.String, ValueContainsNull: true}
	}
	m := c.typ(0).(plan.Map)
	for i := range c.args {
		m.ValueContainsNull = m.ValueContainsNull || c.typ(i).(plan.Map).ValueContainsNull
	}
	return m
}

// elementArg brings an array's elements and the second argument to one type.
func elementArg(c *call) error {
	a, ok := c.typ(0).(plan.Array)
	grows := c.name == "array_append" || c.name == "array_prepend"
	switch {
	case !grows && (c.typ(0) == plan.Null || c.typ(1) == plan.Null && c.name != "array_remove"):
		return c.mismatch("NULL_TYPE", "functionName", "`"+c.name+"`")
	case !ok:
		return c.wrongType(0, tArray)
	}
	t := c.a.tightest(a.Elem, c.typ(1))
	if t == nil {
		return c.mismatch("ARRAY_FUNCTION_DIFF_TYPES", append(c.bothTypes(), "dataType", `"ARRAY"`)...)
	}
	c.cast(0, plan.Array{Elem: t, ContainsNull: a.ContainsNull})
	c.cast(1, t)
	return nil
}

// bothTypes are the parameters of messages about two arguments that do not fit.
func (c *call) bothTypes() []string {
	return []string{"functionName", "`" + c.name + "`",
		"leftType", plan.QuotedSQL(c.typ(0)), "rightType", plan.QuotedSQL(c.typ(1))}
}

// insertArgs is elementArg for the third argument.
func insertArgs(c *call) error {
	a, ok := c.typ(0).(plan.Array)
	if !ok {
		return c.wrongType(0, tArray)
	}
	t := c.a.tightest(a.Elem, c.typ(2))
	if t == nil {
		return c.mismatch("ARRAY_FUNCTION_DIFF_TYPES", append(c.bothTypes(), "dataType", `"ARRAY"`)...)
	}
	c.cast(0, plan.Array{Elem: t, ContainsNull: a.ContainsNull})
	c.cast(1, plan.Int)
	c.cast(2, t)
	return nil
}

// keyArg brings a map's keys and the second argument to one type.
func keyArg(c *call) error {
	m, ok := c.typ(0).(plan.Map)
	if c.typ(0) == plan.Null || c.typ(1) == plan.Null {
		return c.mismatch("NULL_TYPE", "functionName", "`"+c.name+"`")
	}
	if !ok {
		return c.wrongType(0, tMap)
	}
	t := c.a.tightest(m.Key, c.typ(1))
	if t == nil {
		return c.mismatch("MAP_FUNCTION_DIFF_TYPES", append(c.bothTypes(), "dataType", `"MAP"`)...)
	}
	c.cast(0, plan.Map{Key: t, Value: m.Value, ValueContainsNull: m.ValueContainsNull})
	c.cast(1, t)
	return nil
}

// sameArrays brings the elements of two arrays to one type.
func sameArrays(c *call) error {
	a, ok := c.typ(0).(plan.Array)
	b, ok2 := c.typ(1).(plan.Array)
	if ok && ok2 {
		if t := c.a.tightest(a.Elem, b.Elem); t != nil {
			c.cast(0, plan.Array{Elem: t, ContainsNull: a.ContainsNull})
			c.cast(1, plan.Array{Elem: t, ContainsNull: b.ContainsNull})
			return nil
		}
	}
	return c.mismatch("BINARY_ARRAY_DIFF_TYPES", append(c.bothTypes(), "arrayType", `"ARRAY"`)...)
}

// sameMaps brings maps to one type.
func sameMaps(c *call) error {
	for i := range c.args {
		if !isMap(c.typ(i)) {
			return c.mismatch("MAP_CONCAT_DIFF_TYPES", "functionName", "`map_concat`", "dataType", plan.QuotedSQL(c.typ(i)))
		}
	}
	if len(c.args) == 0 {
		return nil
	}
	return widenArgs(c)
}

// sequenceArgs: numbers meet at their common type; dates and timestamps keep theirs.
func sequenceArgs(c *call) error {
	x, y := c.typ(0), c.typ(1)
	if isDatetime(x) || isDatetime(y) {
		t := c.a.tightest(x, y)
		if t == nil || !isDatetime(t) {
			return c.mismatch("SEQUENCE_WRONG_INPUT_TYPES", append(c.bothTypes(), "startType", "INTEGRAL, TIMESTAMP, DATE", "stepType", "INTERVAL", "otherStartType", "INTEGRAL")...)
		}
		c.cast(0, t)
		c.cast(1, t)
		return nil
	}
	if err := widenArgs(c); err != nil {
		return err
	}
	if !isIntegral(c.typ(0)) {
		return c.castArgs(tIntegral, tIntegral, tIntegral)
	}
	return nil
}
