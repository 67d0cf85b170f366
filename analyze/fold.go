package analyze

import (
	"shoal/plan"
)

// This file knows which expressions are constant, and computes the simple ones.

// isFoldable tells whether an expression needs no input.
func isFoldable(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Column, *plan.OuterColumn, *plan.Subquery, *plan.Window, *plan.PythonUDF:
			ok = false
		case *plan.Func:
			if e.Kind != plan.ScalarFunc || plan.IsRandom(e.Name) {
				ok = false
			}
		}
		return ok
	})
	return ok
}

// intLiteral is the value of a constant integer expression.
func intLiteral(e plan.Expr) (int64, bool) {
	switch e := e.(type) {
	case *plan.Literal:
		switch v := e.Value.(type) {
		case int8:
			return int64(v), true
		case int16:
			return int64(v), true
		case int32:
			return int64(v), true
		case int64:
			return v, true
		}
	case *plan.Cast:
		if isIntegral(e.To) {
			return intLiteral(e.Expr)
		}
	case *plan.Alias:
		return intLiteral(e.Expr)
	case *plan.Func:
		return intFunc(e)
	}
	return 0, false
}

func intFunc(f *plan.Func) (int64, bool) {
	if !isIntegral(f.Type) || len(f.Args) == 0 {
		return 0, false
	}
	x, ok := intLiteral(f.Args[0])
	if !ok {
		return 0, false
	}
	if f.Name == "coalesce" {
		return x, true
	}
	if len(f.Args) == 1 {
		switch f.Name {
		case "negative":
			return -x, true
		case "positive":
			return x, true
		}
		return 0, false
	}
	y, ok := intLiteral(f.Args[1])
	if !ok || len(f.Args) != 2 {
		return 0, false
	}
	switch f.Name {
	case "+":
		return x + y, true
	case "-":
		return x - y, true
	case "*":
		return x * y, true
	}
	return 0, false
}
