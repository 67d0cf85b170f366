package translate

// This file holds functions that take lambdas.

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"shoal/plan"
)

var lambdaFuncs = funcs{
	"transform":        build(transform),
	"filter":           build(filter),
	"exists":           build(func(c *call) string { return "shoal_any(" + transform(c) + ")" }),
	"forall":           build(func(c *call) string { return "shoal_every(" + transform(c) + ")" }),
	"aggregate":        build(reduce),
	"reduce":           build(reduce),
	"zip_with":         build(zipWith),
	"map_filter":       build(mapFilter),
	"transform_keys":   build(transformKeys),
	"transform_values": build(transformValues),
	"map_zip_with":     build(mapZipWith),
	"array_sort":       build(arraySort),

	lambdaIndex: tmpl("CAST($1 - 1 AS INTEGER)"),
}

// lambdaIndex is a name of ours: a place in a list, which DuckDB counts from 1 and Spark from 0.
const lambdaIndex = "shoal lambda index"

// body renders a lambda whose parameters have the given names.
func (c *call) body(i int, names ...string) string {
	l, ok := c.f.Args[i].(*plan.Lambda)
	if !ok || len(l.Params) > len(names) {
		return c.unsupported("%s without a lambda of %d parameters", c.f.Name, len(names))
	}
	sql := c.t.expr(l.Body)
	for j := len(l.Params) - 1; j >= 0; j-- {
		sql = "list_transform([" + names[j] + "], lambda " + lambdaName(l.Params[j].ID) + ": " + sql + ")[1]"
	}
	return sql
}

// indexed is argument i, a lambda whose second parameter, if any, is the place of the element.
func (c *call) indexed(i int) string {
	l, ok := c.f.Args[i].(*plan.Lambda)
	if !ok || len(l.Params) < 2 {
		return c.lambda(i)
	}
	place := l.Params[1].ID
	body, err := plan.MapExpr(l.Body, func(e plan.Expr) (plan.Expr, error) {
		if v, ok := e.(*plan.LambdaVar); ok && v.ID == place {
			return &plan.Func{Name: lambdaIndex, Args: []plan.Expr{v}, Type: plan.Int}, nil
		}
		return e, nil
	})
	if err != nil {
		return c.unsupported("%v", err)
	}
	return "lambda " + lambdaName(l.Params[0].ID) + ", " + lambdaName(place) + ": " + c.t.expr(body)
}

func transform(c *call) string { return "list_transform(" + c.arg(0) + ", " + c.indexed(1) + ")" }

func filter(c *call) string { return "list_filter(" + c.arg(0) + ", " + c.indexed(1) + ")" }

// reduce folds a list. DuckDB wants the start to have the elements' type: both travel in a struct. So
// does what the merge reads from outside: list_reduce (DuckDB 1.5) gives its lambda another row's
// values of those once the lists of some rows have come to their end.
func reduce(c *call) string {
	merge, ok := c.f.Args[2].(*plan.Lambda)
	if !ok || len(merge.Params) != 2 {
		return c.unsupported("%s without a lambda of 2 parameters", c.f.Name)
	}
	elem := c.typ(0).(plan.Array).Elem
	x, s, e := c.fresh("x"), c.fresh("s"), c.fresh("e")
	acc, item := c.t.physical(c.typ(1)), c.t.physical(elem)
	carried, nulls, bound := c.carried(merge, e)
	pack := func(a, b, others string) string { return "struct_pack(a := " + a + ", x := " + b + others + ")" }
	merged := c.within(bound, func() string { return "CAST(" + c.body(2, s+".a", e+".x") + " AS " + acc + ")" })
	folded := "list_reduce(list_transform(" + c.arg(0) + ", lambda " + x + ": " + pack("CAST(NULL AS "+acc+")", x, carried) + "), lambda " +
		s + ", " + e + ": " + pack(merged, e+".x", nulls) + ", " + pack("CAST("+c.arg(1)+" AS "+acc+")", "CAST(NULL AS "+item+")", nulls) + ").a"
	if !c.has(3) {
		return folded
	}
	return "CASE WHEN " + c.arg(0) + " IS NOT NULL THEN " + c.body(3, folded) + " END"
}

// carried lists the columns and variables that a lambda reads from outside as further fields of a
// struct, the same fields as NULLs, and what those reads become where the struct has the given name.
func (c *call) carried(l *plan.Lambda, name string) (fields, nulls string, bound map[plan.ColumnID]fragment) {
	own, bound := map[plan.ColumnID]bool{}, map[plan.ColumnID]fragment{}
	plan.Walk(l, func(e plan.Expr) bool {
		if inner, ok := e.(*plan.Lambda); ok {
			for _, p := range inner.Params {
				own[p.ID] = true
			}
		}
		id, ok := variable(e)
		if !ok || own[id] || bound[id].sql != "" {
			return true
		}
		field := "c" + strconv.Itoa(len(bound))
		typ := c.t.physical(typeOf(e))
		fields += ", " + field + " := CAST(" + c.t.expr(e) + " AS " + typ + ")"
		nulls += ", " + field + " := CAST(NULL AS " + typ + ")"
		bound[id] = fragment{sql: name + "." + field, reads: lambdaReads}
		return true
	})
	return fields, nulls, bound
}

// variable is what an expression that differs from row to row is known by.
func variable(e plan.Expr) (plan.ColumnID, bool) {
	switch e := e.(type) {
	case *plan.Column:
		return e.ID, true
	case *plan.OuterColumn:
		return e.Column.ID, true
	case *plan.LambdaVar:
		return e.ID, true
	}
	return 0, false
}

// within renders with columns and variables that stand for something else.
func (c *call) within(bound map[plan.ColumnID]fragment, render func() string) string {
	outer := c.t.cols
	c.t.cols = maps.Clone(outer)
	maps.Copy(c.t.cols, bound)
	defer func() { c.t.cols = outer }()
	return render()
}

// zipWith goes to the end of the longer list.
func zipWith(c *call) string {
	i := c.fresh("i")
	return "CASE WHEN " + c.arg(0) + " IS NOT NULL AND " + c.arg(1) + " IS NOT NULL THEN list_transform(range(1, greatest(len(" +
		c.arg(0) + "), len(" + c.arg(1) + ")) + 1), lambda " + i + ": " + c.body(2, c.arg(0)+"["+i+"]", c.arg(1)+"["+i+"]") + ") END"
}

// entries are a map's, one by one: each has a key and a value.
func mapFilter(c *call) string {
	e := c.fresh("e")
	return "map_from_entries(list_filter(map_entries(" + c.arg(0) + "), lambda " + e + ": " + c.body(1, e+".key", e+".value") + "))"
}

func transformValues(c *call) string {
	e := c.fresh("e")
	return "map(map_keys(" + c.arg(0) + "), list_transform(map_entries(" + c.arg(0) + "), lambda " + e + ": " +
		c.body(1, e+".key", e+".value") + "))"
}

func transformKeys(c *call) string {
	e := c.fresh("e")
	keys := "list_transform(map_entries(" + c.arg(0) + "), lambda " + e + ": " + c.body(1, e+".key", e+".value") + ")"
	return c.newMap(keys, "map_values("+c.arg(0)+")")
}

// arraySort puts NULLs last, unless a comparison says otherwise. With one, an element's place is the
// number of those that go before it. Java compares a later element with an earlier one and asks only
// whether it is the smaller, in lists of up to 31; beyond, other pairs too, which must then agree.
// A comparison that gives two elements the same place puts them in a circle: the result is Java's secret.
func arraySort(c *call) string {
	l, ok := c.f.Args[1].(*plan.Lambda)
	if !ok || len(l.Params) != 2 {
		return c.unsupported("array_sort without a lambda of 2 parameters")
	}
	a := c.arg(0)
	if isNaturalOrder(l) {
		return c.sorted(a, "'ASC', 'NULLS LAST'")
	}
	i, j, e, place := c.fresh("i"), c.fresh("j"), c.fresh("e"), c.fresh("p")
	places := "range(1, len(" + a + ") + 1)"
	early, late := a+"[least("+i+", "+j+")]", a+"[greatest("+i+", "+j+")]"
	noOrder := c.t.raiseNowhere("UNSUPPORTED_FEATURE", "reason", "'array_sort by a comparison that is no order'")
	null := c.raise("COMPARATOR_RETURNS_NULL", "firstValue", "CAST("+late+" AS VARCHAR)", "secondValue", "CAST("+late+" AS VARCHAR)")
	agreed := func(found, larger string) string {
		return "CASE WHEN len(" + a + ") < 32 OR " + larger + " THEN " + found + " ELSE " + noOrder + " END"
	}
	larger := c.body(1, early, late) + " > 0"
	before := "list_filter(" + places + ", lambda " + j + ": CASE WHEN " + j + " = " + i + " THEN FALSE ELSE CASE " + c.body(1, late, early) + " < 0 WHEN TRUE THEN " +
		agreed(j+" > "+i, larger) + " WHEN FALSE THEN " + agreed(j+" < "+i, "NOT "+larger) + " ELSE " + null + " END END)"
	ranked := "list_transform(" + places + ", lambda " + i + ": struct_pack(r := len(" + before + "), v := " + a + "[" + i + "]))"
	return "list_transform(list_sort(" + ranked + "), lambda " + e + ", " + place + ": CASE WHEN " + e + ".r = " + place + " - 1 THEN " +
		e + ".v ELSE " + noOrder + " END)"
}

// naturalOrder is the comparison the analyzer gives array_sort when the query has none, in prefix form.
const naturalOrder = "if and isnull 0 isnull 1 # if isnull 0 # if isnull 1 # if < 0 1 # if > 0 1 # # "

func isNaturalOrder(l *plan.Lambda) bool {
	var form strings.Builder
	plan.Walk(l.Body, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Func:
			form.WriteString(e.Name + " ")
		case *plan.LambdaVar:
			for i, p := range l.Params {
				if p.ID == e.ID {
					fmt.Fprintf(&form, "%d ", i)
				}
			}
		case *plan.Literal:
			form.WriteString("# ")
		default:
			form.WriteString("? ")
		}
		return true
	})
	return form.String() == naturalOrder
}

// sorted sorts a list as its elements compare in Spark, where a NULL inside them comes first.
func (c *call) sorted(list, order string) string {
	of := c.typ(0).(plan.Array).Elem
	if of == plan.Null {
		return "CAST(" + list + " AS " + c.physical() + ")"
	}
	if !hidesNulls(of) {
		return "list_sort(" + list + ", " + order + ")"
	}
	e := c.fresh("e")
	pair := "struct_pack(k := " + c.t.comparable(e, of) + ", e := " + e + ")"
	return "list_transform(list_sort(list_transform(" + list + ", lambda " + e + ": CASE WHEN " + e + " IS NOT NULL THEN " + pair +
		" END), " + order + "), lambda " + e + ": " + e + ".e)"
}

// mapZipWith has the keys of the first map, then the others of the second.
func mapZipWith(c *call) string {
	k := c.fresh("k")
	keys := "shoal_distinct(map_keys(" + c.arg(0) + ") || map_keys(" + c.arg(1) + "))"
	values := c.let(keys, func(keys string) string {
		return "map(" + keys + ", list_transform(" + keys + ", lambda " + k + ": " + c.body(2, k, c.arg(0)+"["+k+"]", c.arg(1)+"["+k+"]") + "))"
	})
	return "CASE WHEN " + c.arg(0) + " IS NOT NULL AND " + c.arg(1) + " IS NOT NULL THEN " + values + " END"
}
