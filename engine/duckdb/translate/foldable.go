package translate

// This file tells which expressions are constants to Spark; constants.go has what becomes of them.

import (
	"slices"

	"shoal/plan"
)

// branching are the functions that Spark knows to compute only some of their arguments.
var branching = map[string]bool{"if": true, "when": true, "coalesce": true, "ifnull": true, "nvl": true, "nvl2": true, "nullif": true,
	"nullifzero": true, "zeroifnull": true, "nanvl": true, "assert_true": true, "count_if": true, "right": true}

// comparisons need both sides, which DuckDB may do without: x + 1 > 0 becomes x > -1 to it.
var comparisons = map[string]bool{"=": true, "<=>": true, "<": true, "<=": true, ">": true, ">=": true}

// unfoldable are functions of constants that are no constants, besides the random ones: errors.
var unfoldable = map[string]bool{"raise_error": true, "assert_true": true}

// isFoldable tells whether e is made of constants only.
func isFoldable(e plan.Expr) bool { return (&folding{}).foldable(e) }

// foldable tells whether e is a constant to Spark, with the columns it knows.
func (f *folding) foldable(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Column:
			def, known := f.made[e.ID]
			ok = ok && known && f.foldable(def)
		case *plan.OuterColumn, *plan.LambdaVar, *plan.Lambda, *plan.Subquery, *plan.Window, *plan.PythonUDF:
			ok = false
		case *plan.Func:
			ok = ok && e.Kind == plan.ScalarFunc && !plan.IsRandom(e.Name) && !unfoldable[e.Name]
		}
		return ok
	})
	return ok
}

// inlined is a constant with the constants in it that were columns.
func (f *folding) inlined(e plan.Expr) plan.Expr {
	out, _ := plan.MapExpr(e, func(e plan.Expr) (plan.Expr, error) {
		if c, ok := e.(*plan.Column); ok {
			return f.inlined(f.made[c.ID]), nil
		}
		return e, nil
	})
	return out
}

// eager are the arguments of a function that computes them all, where DuckDB stops at a NULL or catches their failure.
func eager(f *plan.Func) []plan.Expr {
	switch {
	case f == nil:
	case f.Name == "concat" && (f.Type == plan.String || f.Type == plan.Binary):
		return f.Args
	case f.Name == "try":
		if g, ok := f.Args[0].(*plan.Func); ok {
			return g.Args
		}
	}
	return nil
}

// settled is e where what is never NULL has been asked whether it is NULL: Spark knows before it looks for constants.
func settled(e plan.Expr) plan.Expr {
	out, _ := plan.MapExpr(e, func(e plan.Expr) (plan.Expr, error) {
		f, ok := e.(*plan.Func)
		if !ok || len(f.Args) == 0 || plan.Nullable(f.Args[0]) || isFoldable(f.Args[0]) {
			return e, nil
		}
		switch f.Name {
		case "isnull", "isnotnull":
			return &plan.Literal{Pos: f.Pos, Value: f.Name == "isnotnull", Type: plan.Boolean}, nil
		case "nvl2":
			chosen := *f
			chosen.Args = append([]plan.Expr{&plan.Literal{Value: true, Type: plan.Boolean}}, f.Args[1:]...)
			return &chosen, nil
		}
		return e, nil
	})
	return out
}

// nullTolerant are functions that may have a value although an argument is NULL.
var nullTolerant = map[string]bool{"and": true, "or": true, "<=>": true, "isnull": true, "isnotnull": true, "array": true, "map": true,
	"struct": true, "named_struct": true, "concat": true, "concat_ws": true, "greatest": true, "least": true, "hash": true, "xxhash64": true}

// nullBeside tells whether a constant NULL decides some part of a constant.
func nullBeside(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(e plan.Expr) bool {
		found = found || isNull(e)
		return !found
	})
	return found
}

// isNull tells whether e is NULL by a constant NULL in it, whatever the rest.
func isNull(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Cast:
		return isNull(e.Expr)
	case *plan.Func:
		if nullTolerant[e.Name] || branching[e.Name] || e.Kind != plan.ScalarFunc {
			return false
		}
		if e.Name == "in" {
			return isNullValue(e.Args[0])
		}
		return slices.ContainsFunc(e.Args, isNullValue)
	}
	return false
}

func isNullValue(e plan.Expr) bool { return isConstantNull(withoutCast(e)) || isNull(e) }

// moves are the functions of dates that fail in far centuries only.
var moves = map[string]bool{"date_add": true, "date_sub": true, "date_add_ym": true, "add_months": true, "timestamp_add_ym": true,
	"timestamp_add_dt": true, "extractansiintervaldays": true, "negative": true}

// nearby tells that a constant is a date of our times moved by days or months: it cannot fail.
func nearby(e plan.Expr) bool {
	ok := true
	plan.Walk(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Func:
			ok = ok && moves[e.Name]
		case *plan.Cast:
			ok = ok && isTemporal(e.To) && isTemporal(typeOf(e.Expr))
		case *plan.Literal:
			ok = ok && small(e.Value)
		}
		return ok
	})
	return ok
}

// small tells that a part of a date or a distance is within a thousand years.
func small(v any) bool {
	switch v := v.(type) {
	case int32:
		return v > -365_000 && v < 365_000
	case plan.Days:
		return v > -365_000 && v < 365_000
	case plan.Months:
		return v > -12_000 && v < 12_000
	case plan.Micros:
		return v > -31_500_000_000_000_000 && v < 31_500_000_000_000_000
	}
	return false
}
