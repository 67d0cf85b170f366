package analyze

import (
	"shoal/plan"
)

// This file holds the functions that give NULL where others fail, and those that fail on purpose.

var tryFuncs = funcs{
	"try_add":      custom(tried("+")),
	"try_subtract": custom(tried("-")),
	"try_multiply": custom(tried("*")),
	"try_divide":   custom(tried("/")),
	"try_mod":      custom(tried("%")),
	"pmod":         custom(pmod),

	"element_at":     custom(elementAt),
	"try_element_at": custom(elementAt),

	"raise_error": fn(tString).rewrite(raiseError),
	"assert_true": fn(tBool, tString).min(1).coerce(assertArgs).rewrite(assertTrue),
}

// tried is an operator whose failure is NULL.
func tried(op string) func(c *call) (plan.Expr, error) {
	return func(c *call) (plan.Expr, error) {
		if len(c.args) != 2 {
			return nil, c.wrongCount("2")
		}
		e, err := c.a.invoke(op, c.pos, c.args...)
		if err != nil {
			return nil, err
		}
		f, ok := e.(*plan.Func)
		if ok && !isInterval(f.Type) && f.Type != plan.CalendarInterval && (isDecimal(f.Type) || op == "/" || op == "%") {
			lenient := *f
			lenient.ANSI, lenient.Nullable = false, true // without ANSI these give NULL by themselves
			return c.a.remember(&lenient, c), nil
		}
		if ok {
			strict := *f
			strict.ANSI = true
			e = &strict
		}
		t := &plan.Func{Pos: c.pos, Name: "try", Args: []plan.Expr{e}, Type: plan.TypeOf(e), Nullable: true, ANSI: true}
		return c.a.remember(t, c), nil
	}
}

// pmod is the remainder that is never negative for a positive divisor.
func pmod(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	e, err := c.a.invoke("%", c.pos, c.args...)
	if err != nil {
		return nil, err
	}
	f, ok := e.(*plan.Func)
	if !ok {
		return e, nil
	}
	c.args = f.Args
	return c.make(f.Type, true), nil
}

// elementAt is an array's element counted from 1, or a map's entry.
func elementAt(c *call) (plan.Expr, error) {
	if len(c.args) != 2 {
		return nil, c.wrongCount("2")
	}
	switch t := c.typ(0).(type) {
	case plan.Map:
		if err := keyArg(c); err != nil {
			return nil, err
		}
		return c.make(t.Value, true), nil
	case plan.Array:
		if err := c.castArgs(tArray, tInt); err != nil {
			return nil, err
		}
		return c.make(t.Elem, c.mayMiss(1)), nil
	}
	return nil, c.wrongType(0, oneOf(tArray, tMap))
}

// raiseError fails when it is evaluated. It has no type of its own.
func raiseError(c *call) (plan.Expr, error) {
	e := &plan.Func{Pos: c.pos, Name: "raise_error", Args: c.args, Type: plan.Null, Nullable: true, ANSI: true}
	c.args = []plan.Expr{bare("USER_RAISED_EXCEPTION"), &plan.Func{Name: "map", Args: []plan.Expr{bare("errorMessage"), c.args[0]}, Type: plan.Null}}
	return e, nil
}

func bare(text string) plan.Expr { return &plan.Literal{Value: text, Type: plan.String} }

// assertArgs: a text is no condition, but anything may be the message.
func assertArgs(c *call) error {
	if c.typ(0) == plan.String {
		return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(1), "requiredType", `"BOOLEAN"`,
			"inputSql", quoteSQL(c.a.pretty(c.args[0])), "inputType", `"STRING"`)
	}
	return c.castArgs([]param{tBool, tString}[:len(c.args)]...)
}

// assertTrue is NULL, or fails with a message.
func assertTrue(c *call) (plan.Expr, error) {
	if len(c.args) == 1 {
		c.args = append(c.args, bare("'"+c.a.pretty(c.args[0])+"' is not true!"))
	}
	fail, err := c.a.invoke("raise_error", c.pos, c.args[1])
	if err != nil {
		return nil, err
	}
	e, err := c.a.invoke("if", c.pos, c.args[0], &plan.Literal{Type: plan.Null}, fail)
	if err != nil {
		return nil, err
	}
	return c.a.remember(e, c), nil
}
