package translate

import (
	"strings"

	"shoal/plan"
)

// This file holds the functions that give NULL where others fail, and those that fail on purpose.

var tryFuncs = funcs{
	"try":  build(attempt),
	"pmod": build(positiveRemainder),
	"raise_error": build(func(c *call) string {
		return "CAST(" + c.raise("USER_RAISED_EXCEPTION", "errorMessage", c.arg(0)) + " AS INTEGER)"
	}),
	"version": tmpl("'4.1.4 45b9b176e6e27f530a86ac5421b03865b7ea6287'"),
}

// attempt makes NULL of its argument's failure: what may fail inside need not be guarded any more.
func attempt(c *call) string {
	if isInterval(c.result()) || c.result() == plan.CalendarInterval { // their operators know how
		outer := c.t.tried
		c.t.tried, _ = c.f.Args[0].(*plan.Func)
		defer func() { c.t.tried = outer }()
		return c.arg(0)
	}
	outer := c.t.triedBelow
	c.t.triedBelow = !isNumber(c.result()) // of dates and times Spark catches the errors of arguments, too
	f := c.t.fragment(c.f.Args[0])
	caught := c.t.triedBelow && !strings.Contains(f.sql, "error('"+errorMark)
	c.t.triedBelow = outer
	if f.traits&raises != 0 && !caught {
		return c.unsupported("an argument that may fail in one of the try_ functions")
	}
	f.traits &^= fails
	c.t.use(f)
	return "TRY(" + f.sql + ")"
}

// positiveRemainder is Java's remainder moved into the divisor's range where it is negative.
func positiveRemainder(c *call) string {
	r := remainder(c)
	return c.let(r, func(r string) string {
		return "CASE WHEN " + r + " < 0 THEN CAST(" + c.wrappedSum(r, c.arg(1)) + " % " + c.arg(1) + " AS " + c.physical() + ") ELSE " + r + " END"
	})
}

// wrappedSum adds as Java does in either mode: bytes and shorts as ints, the others modulo their width.
func (c *call) wrappedSum(a, b string) string {
	switch c.result() {
	case plan.Byte, plan.Short:
		return "(CAST(" + a + " AS INTEGER) + " + b + ")"
	case plan.Int, plan.Long:
		return wrap("CAST("+a+" AS HUGEINT) + "+b, c.result())
	}
	return "(" + a + " + " + b + ")"
}
