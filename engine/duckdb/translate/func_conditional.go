package translate

// This file holds CASE, IF, COALESCE and their kin.

import (
	"strings"

	"shoal/plan"
)

var conditionalFuncs = funcs{
	"when":     build(when),
	"if":       build(iff),
	"coalesce": build(coalesce),
	"ifnull":   build(coalesce),
	"nvl":      build(coalesce),
	"nvl2":     tmpl("CASE WHEN $1 IS NOT NULL THEN $2 ELSE $3 END"),
	"nullif":   build(nullIf),
	"nanvl":    tmpl("CASE WHEN isnan($1) THEN $2 ELSE $1 END"),
	"greatest": build(extreme("greatest")),
	"least":    build(extreme("least")),
}

// when is CASE WHEN cond THEN value ... [ELSE value] END, lazy in both.
func when(c *call) string {
	var s strings.Builder
	s.WriteString("CASE")
	for i := 0; i+1 < c.n(); i += 2 {
		s.WriteString(" WHEN " + c.t.predicate(c.f.Args[i]) + " THEN " + c.arg(i+1))
	}
	if c.n()%2 == 1 {
		s.WriteString(" ELSE " + c.arg(c.n()-1))
	}
	return s.String() + " END"
}

func iff(c *call) string {
	return "CASE WHEN " + c.t.predicate(c.f.Args[0]) + " THEN " + c.arg(1) + " ELSE " + c.arg(2) + " END"
}

// coalesce is DuckDB's own, except where a later argument may fail: DuckDB computes those
// ahead when they occur twice.
func coalesce(c *call) string {
	parts := make([]fragment, c.n())
	risky := false
	for i, a := range c.f.Args {
		parts[i] = c.t.fragment(a)
		c.t.use(parts[i])
		risky = risky || i > 0 && parts[i].traits&fails != 0
	}
	if len(parts) == 1 {
		return parts[0].sql
	}
	if !risky {
		texts := make([]string, len(parts))
		for i, p := range parts {
			texts[i] = p.sql
		}
		return "COALESCE(" + strings.Join(texts, ", ") + ")"
	}
	return c.firstOf(parts)
}

func (c *call) firstOf(parts []fragment) string {
	if len(parts) == 1 {
		return parts[0].sql
	}
	return c.let(parts[0].sql, func(x string) string {
		return "CASE WHEN " + x + " IS NOT NULL THEN " + x + " ELSE " + c.firstOf(parts[1:]) + " END"
	})
}

func nullIf(c *call) string {
	a, b := c.alike()
	return c.let(a, func(a string) string {
		return "CASE WHEN " + a + " = " + b + " THEN NULL ELSE " + a + " END"
	})
}

// extreme is greatest or least: NULLs are skipped, NaN is the largest, in both.
func extreme(name string) renderer {
	return func(c *call) string {
		if nested(c.result()) {
			return c.unsupported("%s of %s", name, c.result())
		}
		return name + "(" + strings.Join(c.args(), ", ") + ")"
	}
}

// isConstantNull tells that e is a NULL literal.
func isConstantNull(e plan.Expr) bool {
	l, ok := constant(e)
	return ok && l.Value == nil
}
