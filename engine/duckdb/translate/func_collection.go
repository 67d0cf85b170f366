package translate

// This file holds functions on arrays, maps and structs.

import (
	"strconv"
	"strings"

	"shoal/plan"
)

var collectionFuncs = funcs{
	"array":        build(array),
	"named_struct": build(namedStruct),
	"struct":       build(namedStruct),

	"get_struct_field":        build(getField),
	"get_array_struct_fields": build(arrayStructFields),
	"get_array_item":          build(arrayItem),
	"get_map_value":           tmpl("$1[$2]"),
	"get":                     tmpl("CASE WHEN $2 >= 0 THEN $1[$2 + 1] END"),
	"element_at":              build(elementAt),
	"try_element_at":          build(elementAt),

	"size":       build(size),
	"array_size": typed(same("len")),

	"array_contains":  build(arrayContains),
	"array_position":  tmpl("CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN CAST(COALESCE(list_position($1, $2), 0) AS BIGINT) END"),
	"array_remove":    build(arrayRemove),
	"array_append":    build(arrayAppend),
	"array_prepend":   tmpl("CASE WHEN $1 IS NOT NULL THEN list_prepend($2, $1) END"),
	"array_insert":    build(arrayInsert),
	"array_repeat":    build(arrayRepeat),
	"array_compact":   build(func(c *call) string { return c.filtered(c.arg(0), func(x string) string { return x + " IS NOT NULL" }) }),
	"array_distinct":  setOf("shoal_distinct($1)"),
	"array_union":     setOf("shoal_distinct($1 || $2)"),
	"array_intersect": setOf("shoal_intersect($1, $2)"),
	"array_except":    setOf("shoal_except($1, $2)"),
	"arrays_overlap":  tmpl("shoal_overlap($1, $2)"),
	"array_max":       same("list_max"),
	"array_min":       same("list_min"),
	"array_join":      build(arrayJoin),
	"arrays_zip":      build(arraysZip),
	"flatten":         tmpl("CASE WHEN list_count($1) = len($1) THEN flatten($1) END"),
	"slice":           build(slice),
	"sort_array":      build(sortArray),
	"sequence":        build(sequence),
	"shuffle":         build(shuffle),
}

// setOf is a function that compares the elements of its arrays.
func setOf(text string) renderer {
	pieces := parseTemplate(text)
	return func(c *call) string {
		var b strings.Builder
		for _, p := range pieces {
			p.write(&b, c)
		}
		return c.t.normalZeros(b.String(), c.result())
	}
}

func array(c *call) string {
	return "CAST([" + strings.Join(c.args(), ", ") + "] AS " + c.physical() + ")"
}

// namedStruct has name, value, name, value ...
func namedStruct(c *call) string {
	typ, ok := c.result().(plan.Struct)
	if !ok || 2*len(typ.Fields) != c.n() {
		return c.unsupported("a struct with computed field names")
	}
	fields := FieldNames(typ)
	for i := range fields {
		fields[i] = quoteName(fields[i]) + " := " + c.arg(2*i+1)
	}
	return "struct_pack(" + strings.Join(fields, ", ") + ")"
}

func getField(c *call) string {
	typ, _ := c.typ(0).(plan.Struct)
	return "struct_extract(" + c.arg(0) + ", " + c.fieldName(typ) + ")"
}

// fieldName is the name that the second argument, a constant, has in DuckDB.
func (c *call) fieldName(t plan.Struct) string {
	name, _ := c.text(1)
	n := 0
	for _, f := range t.Fields {
		if f.Name == name {
			n++
		}
	}
	if n > 1 {
		return c.unsupported("one of two fields named %q", name)
	}
	for i, f := range t.Fields {
		if f.Name == name {
			name = FieldNames(t)[i]
		}
	}
	return quoteText(name)
}

// arrayStructFields takes a field of each of an array's structs.
func arrayStructFields(c *call) string {
	typ, _ := c.typ(0).(plan.Array).Elem.(plan.Struct)
	x := c.fresh("x")
	return "list_transform(" + c.arg(0) + ", lambda " + x + ": struct_extract(" + x + ", " + c.fieldName(typ) + "))"
}

// arrayItem is a[i], from 0; outside the array it is an error, or NULL without ANSI.
func arrayItem(c *call) string {
	item := c.arg(0) + "[CAST(" + c.arg(1) + " AS BIGINT) + 1]"
	if !c.ansi() {
		return "CASE WHEN " + c.arg(1) + " >= 0 THEN " + item + " END"
	}
	return "CASE WHEN " + c.arg(1) + " < 0 OR " + c.arg(1) + " >= len(" + c.arg(0) + ") THEN " +
		c.outOfBounds("INVALID_ARRAY_INDEX") + " ELSE " + item + " END"
}

func (c *call) outOfBounds(class string) string {
	return c.raise(class, "indexValue", "CAST("+c.arg(1)+" AS VARCHAR)",
		"arraySize", "CAST(len("+c.arg(0)+") AS VARCHAR)")
}

// elementAt counts from 1, or from the end; of a map it is the entry, NULL where there is none.
func elementAt(c *call) string {
	if _, ok := c.typ(0).(plan.Map); ok {
		return c.arg(0) + "[" + c.arg(1) + "]"
	}
	zero := c.raise("INVALID_INDEX_OF_ZERO")
	item := c.arg(0) + "[" + c.arg(1) + "]"
	if c.f.Name == "element_at" && c.ansi() {
		item = "CASE WHEN abs(" + c.arg(1) + ") > len(" + c.arg(0) + ") THEN " +
			c.outOfBounds("INVALID_ARRAY_INDEX_IN_ELEMENT_AT") + " ELSE " + item + " END"
	}
	if i, ok := c.integer(1); ok && i != 0 {
		return item
	}
	return "CASE WHEN " + c.arg(1) + " = 0 AND " + c.arg(0) + " IS NOT NULL THEN " + zero + " ELSE " + item + " END"
}

// size of NULL is -1 without ANSI, by a conf of old.
func size(c *call) string {
	n := "CAST(len(" + c.arg(0) + ") AS INTEGER)"
	if _, ok := c.typ(0).(plan.Map); ok {
		n = "CAST(cardinality(" + c.arg(0) + ") AS INTEGER)"
	}
	if c.ansi() {
		return n
	}
	return "COALESCE(" + n + ", -1)"
}

// arrayContains is NULL where the value is not found among elements some of which are NULL.
func arrayContains(c *call) string {
	if a, ok := c.typ(0).(plan.Array); ok && !a.ContainsNull {
		return "list_contains(" + c.arg(0) + ", " + c.arg(1) + ")"
	}
	return "CASE WHEN list_contains(" + c.arg(0) + ", " + c.arg(1) + ") THEN TRUE WHEN list_count(" + c.arg(0) +
		") = len(" + c.arg(0) + ") AND " + c.arg(1) + " IS NOT NULL THEN FALSE END"
}

// filtered keeps the elements for which keep's condition holds.
func (c *call) filtered(list string, keep func(x string) string) string {
	x := c.fresh("x")
	return "list_filter(" + list + ", lambda " + x + ": " + keep(x) + ")"
}

func arrayRemove(c *call) string {
	kept := c.filtered(c.arg(0), func(x string) string { return x + " IS DISTINCT FROM " + c.arg(1) })
	return "CASE WHEN " + c.arg(1) + " IS NOT NULL THEN " + kept + " END"
}

// arrayInsert puts a value at a position from 1, or from the end; a gap is filled with NULLs.
func arrayInsert(c *call) string {
	at, ok := c.integer(1)
	a, v := c.arg(0), c.arg(2)
	if isConstantNull(c.f.Args[1]) {
		return "CAST(NULL AS " + c.physical() + ")"
	}
	if at < 0 && c.set(insertsBefore, "true") {
		return c.insertBeforeLast(a, v, -at)
	}
	var sql string
	switch {
	case !ok:
		return c.unsupported("array_insert at a position that is not a constant")
	case at == 0:
		sql = c.raise("INVALID_INDEX_OF_ZERO")
	case at > 0:
		n := strconv.FormatInt(at-1, 10)
		sql = "list_resize(" + a + "[1:" + n + "], " + n + ") || [" + v + "] || " + a + "[" + strconv.FormatInt(at, 10) + ":]"
	case at == -1:
		sql = a + " || [" + v + "]"
	default:
		tail := strconv.FormatInt(-at-1, 10)
		sql = "CASE WHEN len(" + a + ") >= " + tail + " THEN " + a + "[1:len(" + a + ") - " + tail + "] || [" + v + "] || " +
			a + "[len(" + a + ") - " + tail + " + 1:] ELSE [" + v + "] || list_resize(" + a + "[1:0], " + tail + " - len(" + a + ")) || " + a + " END"
	}
	return "CASE WHEN " + a + " IS NOT NULL THEN " + sql + " END"
}

// insertsBefore is the conf that gives array_insert its old meaning of negative positions.
const insertsBefore = "spark.sql.legacy.negativeIndexInArrayInsert"

// arrayAppend is array_insert at -1 to Spark, in the old meaning too.
func arrayAppend(c *call) string {
	if c.set(insertsBefore, "true") {
		return c.insertBeforeLast(c.arg(0), c.arg(1), 1)
	}
	return "CASE WHEN " + c.arg(0) + " IS NOT NULL THEN list_append(" + c.arg(0) + ", " + c.arg(1) + ") END"
}

// insertBeforeLast is array_insert as it was once: n elements stay behind the new one, and where there
// are fewer, a gap of one element more comes between.
func (c *call) insertBeforeLast(a, v string, n int64) string {
	k := strconv.FormatInt(n, 10)
	return "CASE WHEN len(" + a + ") >= " + k + " THEN " + a + "[1:len(" + a + ") - " + k + "] || [" + v + "] || " + a + "[len(" + a + ") - " + k +
		" + 1:] WHEN " + a + " IS NOT NULL THEN [" + v + "] || list_resize(" + a + "[1:0], " + k + " - len(" + a + ")) || " + a + " END"
}

// arrayJoin skips NULL elements, or writes the third argument for them.
func arrayJoin(c *call) string {
	list := c.arg(0)
	if c.has(2) {
		x := c.fresh("x")
		list = "list_transform(" + list + ", lambda " + x + ": COALESCE(" + x + ", " + c.arg(2) + "))"
	}
	given := make([]string, c.n())
	for i := range given {
		given[i] = c.arg(i) + " IS NOT NULL"
	}
	return "CASE WHEN " + strings.Join(given, " AND ") + " THEN COALESCE(array_to_string(" + list + ", " + c.arg(1) + "), '') END"
}

// arraysZip makes structs of elements at the same place, NULL beyond the end of a shorter array.
func arraysZip(c *call) string {
	elem, ok := c.result().(plan.Array).Elem.(plan.Struct)
	if !ok || c.n() == 0 {
		return "CAST([] AS " + c.physical() + ")"
	}
	i := c.fresh("i")
	fields, lens, given := FieldNames(elem), make([]string, c.n()), make([]string, c.n())
	for k := range fields {
		fields[k] = quoteName(fields[k]) + " := " + c.arg(k) + "[" + i + "]"
		lens[k] = "len(" + c.arg(k) + ")"
		given[k] = c.arg(k) + " IS NOT NULL"
	}
	return "CASE WHEN " + strings.Join(given, " AND ") + " THEN list_transform(range(1, greatest(" + strings.Join(lens, ", ") +
		") + 1), lambda " + i + ": struct_pack(" + strings.Join(fields, ", ") + ")) END"
}

// slice counts from 1, or from the end.
func slice(c *call) string {
	a, from, n := c.arg(0), c.arg(1), c.arg(2)
	zero := c.raise("INVALID_PARAMETER_VALUE.START", "functionName", "'`slice`'", "parameter", "'`start`'")
	negative := c.raise("INVALID_PARAMETER_VALUE.LENGTH", "functionName", "'`slice`'", "parameter", "'`length`'",
		"length", "CAST("+n+" AS VARCHAR)")
	begin := "CASE WHEN " + from + " < 0 THEN len(" + a + ") + " + from + " + 1 ELSE " + from + " END"
	return "CASE WHEN " + a + " IS NULL OR " + from + " IS NULL OR " + n + " IS NULL THEN NULL WHEN " + from + " = 0 THEN " + zero +
		" WHEN " + n + " < 0 THEN " + negative + " WHEN " + n + " = 0 OR " + begin + " < 1 THEN " + a + "[1:0] ELSE " +
		a + "[" + begin + ":" + begin + " + " + n + " - 1] END"
}

// sortArray puts NULLs first when ascending, last when descending.
func sortArray(c *call) string {
	l, ok := c.literal(1)
	if !ok || l.Value == nil {
		return c.unsupported("sort_array in an order that is not constant")
	}
	if l.Value == true {
		return c.sorted(c.arg(0), "'ASC', 'NULLS FIRST'")
	}
	return c.sorted(c.arg(0), "'DESC', 'NULLS LAST'")
}

// sequence runs from start to stop, both included; without a step towards stop.
func sequence(c *call) string {
	a, b := c.arg(0), c.arg(1)
	if isTemporal(c.typ(0)) {
		return c.sequenceOfTimes()
	}
	step, ok := int64(1), true
	if c.has(2) {
		step, ok = c.integer(2)
	}
	if !ok || step == 0 {
		return c.sequenceBy(c.arg(2))
	}
	end := b
	if !c.small(0) || !c.small(1) {
		n := "(abs(CAST(" + b + " AS HUGEINT) - " + a + ") // " + strconv.FormatInt(max(step, -step), 10) + " + 1)"
		end = c.listWithRoom(b, n, strconv.Itoa(leastBytes(plan.Long)))
	}
	if !c.has(2) {
		return "CAST(CASE WHEN " + a + " <= " + b + " THEN generate_series(" + a + ", " + end + ") ELSE generate_series(" + a + ", " +
			end + ", -1) END AS " + c.physical() + ")"
	}
	wrong := ">"
	if step < 0 {
		wrong = "<"
	}
	fail := c.raise("", "message", quoteText("the step of a sequence leads away from its stop"))
	return "CASE WHEN " + a + " " + wrong + " " + b + " THEN " + fail + " ELSE CAST(generate_series(" + a + ", " + end + ", " + c.arg(2) +
		") AS " + c.physical() + ") END"
}

// sequenceBy takes a step that each row has, 0 where there is one element only.
func (c *call) sequenceBy(step string) string {
	a, b := c.arg(0), c.arg(1)
	n := "(abs(CAST(" + b + " AS HUGEINT) - " + a + ") // greatest(abs(CAST(" + step + " AS HUGEINT)), 1) + 1)"
	fail := c.raise("", "message", quoteText("the step of a sequence leads away from its stop"))
	return c.let(step, func(step string) string {
		right := step + " > 0 AND " + a + " <= " + b + " OR " + step + " < 0 AND " + a + " >= " + b + " OR " + step + " = 0 AND " + a + " = " + b
		return "CASE WHEN " + right + " THEN CAST(generate_series(" + a + ", " + c.listWithRoom(b, n, strconv.Itoa(leastBytes(plan.Long))) +
			", CASE WHEN " + step + " = 0 THEN 1 ELSE " + step + " END) AS " + c.physical() + ") WHEN " + a + " IS NOT NULL AND " + b +
			" IS NOT NULL AND " + step + " IS NOT NULL THEN " + fail + " END"
	})
}

// sequenceOfTimes steps by a day unless told otherwise. The i-th element is start + i steps: months do not
// add up.
func (c *call) sequenceOfTimes() string {
	if c.typ(0) == plan.Timestamp && !c.utc() {
		return c.unsupported("sequence of timestamps in a time zone other than UTC")
	}
	a, b := c.arg(0), c.arg(1)
	unit, step, span := "to_days", "1", "CAST("+b+" AS TIMESTAMP) - CAST("+a+" AS TIMESTAMP)"
	count := "(epoch_us(" + span + ") // 86400000000)"
	if c.has(2) {
		l, ok := c.literal(2)
		if !ok {
			return c.unsupported("sequence with a step that is not constant")
		}
		switch v := l.Value.(type) {
		case plan.Months:
			unit, step = "to_months", strconv.Itoa(int(v))
			count = "(date_diff('month', " + a + ", " + b + ") // " + step + ")"
		case plan.Micros:
			unit, step = "to_microseconds", strconv.FormatInt(int64(v), 10)
			count = "(epoch_us(" + span + ") // " + step + ")"
		default:
			return c.unsupported("sequence with a legacy interval")
		}
		if strings.HasPrefix(step, "-") || step == "0" {
			return c.unsupported("sequence of times that goes back")
		}
	}
	i, x := c.fresh("i"), c.fresh("x")
	end := count + " + 1"
	end = c.listWithRoom(end, "("+end+")", strconv.Itoa(leastBytes(plan.Timestamp)))
	return "CASE WHEN " + a + " > " + b + " THEN " + c.unsupportedAtRun("a sequence of times that goes back") + " ELSE list_filter(list_transform(range(0, " + end + "), lambda " + i + ": CAST(" + a + " + " + unit + "(" +
		"CAST(" + i + " * " + step + " AS " + intervalCount(unit) + ")) AS " + c.t.physical(c.typ(0)) + ")), lambda " + x + ": " + x + " <= " + b + ") END"
}

func intervalCount(unit string) string {
	if unit == "to_microseconds" {
		return "BIGINT"
	}
	return "INTEGER"
}

// unsupportedAtRun refuses what only the data shows.
func (c *call) unsupportedAtRun(reason string) string {
	return c.raise("UNSUPPORTED_FEATURE", "reason", quoteText(reason))
}

// shuffle sorts by random numbers.
func shuffle(c *call) string {
	c.t.traits |= volatile
	x, e := c.fresh("x"), c.fresh("e")
	return "list_transform(list_sort(list_transform(" + c.arg(0) + ", lambda " + x + ": {'r': random(), 'v': " + x + "})), lambda " +
		e + ": " + e + ".v)"
}
