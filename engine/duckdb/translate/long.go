package translate

// This file makes long chains short: DuckDB takes seconds to optimise 10,000 ORs, and refuses expressions
// that nest 1,000 deep.

import (
	"slices"
	"strings"

	"shoal/plan"
)

// manyAlternatives is from how many on x = 1 OR x = 2 OR ... is written as x IN (1, 2, ...).
const manyAlternatives = 20

// gathered puts what a chain of ORs compares one column with into one IN.
func gathered(all []plan.Expr) []plan.Expr {
	if len(all) < manyAlternatives {
		return all
	}
	values := map[plan.ColumnID][]plan.Expr{}
	for _, e := range all {
		if id, args := alternative(e); args != nil {
			if values[id] == nil {
				values[id] = args[:1:1]
			}
			values[id] = append(values[id], args[1])
		}
	}
	var out []plan.Expr
	for _, e := range all {
		id, args := alternative(e)
		switch list := values[id]; {
		case args == nil || list != nil && len(list) <= manyAlternatives:
			out = append(out, e)
		case list != nil:
			f := *e.(*plan.Func)
			f.Name, f.Args = "in", list
			out = append(out, &f)
			values[id] = nil
		}
	}
	return out
}

// alternative is column = constant, of a type that has one text for each value.
func alternative(e plan.Expr) (plan.ColumnID, []plan.Expr) {
	f, ok := e.(*plan.Func)
	if !ok || f.Name != "=" {
		return 0, nil
	}
	args := f.Args
	c, ok := args[0].(*plan.Column)
	if !ok {
		args = []plan.Expr{args[1], args[0]}
		if c, ok = args[0].(*plan.Column); !ok {
			return 0, nil
		}
	}
	exact := []plan.Type{plan.Byte, plan.Short, plan.Int, plan.Long, plan.String, plan.Date}
	if l, ok := constant(args[1]); !ok || l.Value == nil || !slices.Contains(exact, c.Type) || typeOf(args[1]) != c.Type {
		return 0, nil
	}
	return c.ID, args
}

// joined is a chain of an associative operator as a tree that is not deep.
func joined(parts []string, op string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	if len(parts) <= 64 {
		return "(" + strings.Join(parts, op) + ")"
	}
	size := (len(parts) + 63) / 64
	var groups []string
	for chunk := range slices.Chunk(parts, size) {
		groups = append(groups, joined(chunk, op))
	}
	return joined(groups, op)
}

// mergedTexts makes one text of constants that are joined.
func mergedTexts(parts []plan.Expr) (out []plan.Expr) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			out = append(out, &plan.Literal{Value: text.String(), Type: plan.String})
			text.Reset()
		}
	}
	for _, e := range parts {
		if l, ok := e.(*plan.Literal); ok && l.Type == plan.String {
			if s, ok := l.Value.(string); ok && s != "" {
				text.WriteString(s)
				continue
			}
		}
		flush()
		out = append(out, e)
	}
	flush()
	return out
}
