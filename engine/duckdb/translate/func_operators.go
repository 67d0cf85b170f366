package translate

// This file holds the operators: comparison, logic, membership. Arithmetic is in arith.go.

import (
	"strings"

	"shoal/plan"
)

var operatorFuncs = funcs{
	"and": build(connected),
	"or":  build(connected),
	"not": build(not),
	"=":   compare("="),
	"<=>": compare("IS NOT DISTINCT FROM"),
	"<":   compare("<"),
	"<=":  compare("<="),
	">":   compare(">"),
	">=":  compare(">="),
	"in":  build(in),

	"like":  build(like),
	"ilike": build(ilike),
	"rlike": build(rlike),

	"isnull":    build(func(c *call) string { return c.nullTest("IS NULL", "FALSE") }),
	"isnotnull": build(isNotNull),
	"isnan":     tmpl("COALESCE(isnan($1), FALSE)"),

	"+":        build(plus),
	"-":        build(minus),
	"*":        build(times),
	"/":        build(divide),
	"%":        build(remainder),
	"mod":      build(remainder),
	"div":      build(integralDivide),
	"negative": build(negative),
	"positive": tmpl("$1"),
	"&":        tmpl("$1 & $2"),
	"|":        tmpl("$1 | $2"),
	"^":        tmpl("xor($1, $2)"),
	"~":        tmpl("~$1"),
}

// compare compares two values of one type. DuckDB orders NaN last and takes it as equal to
// itself, and -0.0 as equal to 0.0, as Spark does; strings compare by bytes in both.
func compare(op string) renderer {
	return func(c *call) string {
		if _, ok := c.typ(0).(plan.Decimal); ok {
			return "(" + c.t.decimal(c.f.Args[0]).sql + " " + op + " " + c.t.decimal(c.f.Args[1]).sql + ")"
		}
		if sql := c.compareStored(op); sql != "" {
			return sql
		}
		a, b := c.alike()
		if op[0] == '<' || op[0] == '>' {
			a, b = c.t.comparable(a, c.typ(0)), c.t.comparable(b, c.typ(0))
		}
		return "(" + a + " " + op + " " + b + ")"
	}
}

// alike are the two arguments of a comparison. DuckDB would match the fields of structs by name, Spark
// does by place: the second gets the names of the first.
func (c *call) alike() (a, b string) {
	a, b = c.arg(0), c.arg(1)
	if nested(c.typ(0)) && nested(c.typ(1)) {
		b = c.t.convert(b, c.typ(1), c.typ(0), plan.CastLegacy)
	}
	return a, b
}

func nested(t plan.Type) bool {
	switch t.(type) {
	case plan.Array, plan.Map, plan.Struct:
		return true
	}
	return false
}

func isNotNull(c *call) string { return c.nullTest("IS NOT NULL", "TRUE") }

// nullTest does not compute a constant that cannot be NULL but may fail, no more than Spark does.
func (c *call) nullTest(test, never string) string {
	f := c.t.fragment(c.f.Args[0])
	if f.reads == 0 && f.traits&fails != 0 && !plan.Nullable(c.f.Args[0]) {
		return never
	}
	return "(" + c.t.use(f) + " " + test + ")"
}

// not turns NOT (a = b) into <>, which DuckDB can push into a scan.
func not(c *call) string {
	if s, ok := c.f.Args[0].(*plan.Subquery); ok && s.Kind == plan.InSubquery {
		return c.t.membership(s, false)
	}
	if f, ok := c.f.Args[0].(*plan.Func); ok {
		switch f.Name {
		case "=":
			return compare("<>")(&call{t: c.t, f: f})
		case "isnull":
			return isNotNull(&call{t: c.t, f: f})
		}
	}
	return "(NOT " + c.arg(0) + ")"
}

// in is value IN (list). Spark, too, evaluates the whole list.
func in(c *call) string {
	args, ok := c.t.storedInstants(c.f.Args)
	if !ok {
		args = c.args()
	}
	return "(" + args[0] + " IN (" + strings.Join(args[1:], ", ") + "))"
}
