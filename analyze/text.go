package analyze

import (
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds small helpers for messages.

func itoa(n int) string { return strconv.Itoa(n) }

// quoteSQL is how Spark's messages quote expressions and types.
func quoteSQL(text string) string { return `"` + text + `"` }

// typeChoice lists types as ("INT" or "STRING").
func typeChoice(types []plan.Type) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = plan.QuotedSQL(t)
	}
	return "(" + strings.Join(names, " or ") + ")"
}

// fieldList is a struct's fields, quoted.
func fieldList(t plan.Struct) string {
	names := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		names[i] = plan.Quote(f.Name)
	}
	return strings.Join(names, ", ")
}

func ambiguousFields(a *analyzer, t plan.Struct, name *plan.Literal, pos plan.Pos) error {
	n := 0
	for _, f := range t.Fields {
		if a.sameName(f.Name, name.Value.(string)) {
			n++
		}
	}
	return fault.New("AMBIGUOUS_REFERENCE_TO_FIELDS", "field", plan.Quote(name.Value.(string)), "count", itoa(n)).At(pos)
}

// concrete is the parameter for one type.
func concrete(t plan.Type) param {
	return param{accepts: func(x plan.Type) bool { return sameType(x, t) }, concrete: t, exact: true}
}

// implicitTo is the type t is cast to where the type to is wanted; nil if it cannot be.
func (a *analyzer) implicitTo(t, to plan.Type) plan.Type {
	p := concrete(to)
	if arr, ok := to.(plan.Array); ok {
		elem := concrete(arr.Elem)
		p.elem = &elem
	}
	return a.implicit(t, p)
}
