package analyze

import "shoal/plan"

// This file holds the conditional functions.

var conditionalFuncs = funcs{
	"if":         custom(ifCall),
	"when":       custom(when),
	"coalesce":   fn(tAny).variadic().min(1).returnsBy(mergedType).nullIf(allNull).widen(),
	"nvl":        fn(tAny, tAny).rewrite(toCoalesce).coerce(keepArgs),
	"ifnull":     fn(tAny, tAny).rewrite(toCoalesce).coerce(keepArgs),
	"nvl2":       fn(tAny, tAny, tAny).rewrite(nvl2).coerce(keepArgs),
	"nullif":     fn(tAny, tAny).rewrite(nullIf).coerce(keepArgs),
	"nullifzero": fn(tAny).rewrite(nullIfZero).coerce(keepArgs),
	"zeroifnull": fn(tAny).rewrite(zeroIfNull).coerce(keepArgs),
	"greatest":   fn(tAny).variadic().min(2).returnsBy(mergedType).nullIf(allNull).widenNoString().check(orderedArg),
	"least":      fn(tAny).variadic().min(2).returnsBy(mergedType).nullIf(allNull).widenNoString().check(orderedArg),
	"nanvl":      fn(oneOf(tDouble, tFloat), oneOf(tDouble, tFloat)).returnsArg(0).coerce(nanvlArgs),
}

func mergedType(c *call) plan.Type { return c.a.merged(c.types()) }

func keepArgs(*call) error { return nil }

// allNull: NULL only if every argument may be.
func allNull(c *call) bool {
	for _, e := range c.args {
		if !plan.Nullable(e) {
			return false
		}
	}
	return true
}

// ifCall is if(cond, a, b).
func ifCall(c *call) (plan.Expr, error) {
	if len(c.args) != 3 {
		return nil, c.wrongCount("3")
	}
	if c.typ(0) == plan.Null {
		c.cast(0, plan.Boolean)
	}
	if t := c.typ(0); t != plan.Boolean {
		return nil, c.wrongType(0, tBool)
	}
	if x, y := c.typ(1), c.typ(2); !sameType(x, y) {
		t := c.a.wider(x, y)
		if t == nil {
			return nil, c.differentTypes([]plan.Type{x, y})
		}
		c.args[1], c.args[2] = c.a.castUnlessSame(c.args[1], t), c.a.castUnlessSame(c.args[2], t)
	}
	return c.make(c.a.merged(c.types()[1:]), c.nulls(1) || c.nulls(2)), nil
}

// when is CASE: cond, value, ..., [else].
func when(c *call) (plan.Expr, error) {
	var values []int
	for i := 1; i < len(c.args); i += 2 {
		values = append(values, i)
	}
	if len(c.args)%2 == 1 {
		values = append(values, len(c.args)-1)
	}
	types := make([]plan.Type, len(values))
	for j, i := range values {
		types[j] = c.typ(i)
	}
	if !allSameType(types) {
		t := c.a.common(types)
		if t == nil {
			return nil, c.differentTypes(types)
		}
		for j, i := range values {
			c.args[i] = c.a.castUnlessSame(c.args[i], t)
			types[j] = c.typ(i)
		}
	}
	for i := 0; i+1 < len(c.args); i += 2 {
		if c.typ(i) != plan.Boolean {
			return nil, c.wrongCondition(i)
		}
	}
	return c.make(c.a.merged(types), c.caseNullable()), nil
}

// caseNullable: branches behind one that is literally TRUE do not count.
func (c *call) caseNullable() bool {
	nullable := false
	for i := 0; i+1 < len(c.args); i += 2 {
		nullable = nullable || c.nulls(i+1)
		if l, ok := c.args[i].(*plan.Literal); ok && l.Value == true {
			return nullable
		}
	}
	return nullable || len(c.args)%2 == 0 || c.nulls(len(c.args)-1)
}

// wrongCondition counts the conditions only, as Spark does.
func (c *call) wrongCondition(i int) error {
	return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(i/2+1), "requiredType", `"BOOLEAN"`,
		"inputSql", quoteSQL(c.a.pretty(c.args[i])), "inputType", plan.QuotedSQL(c.typ(i)))
}

func toCoalesce(c *call) (plan.Expr, error) { return c.a.invoke("coalesce", c.pos, c.copyArgs()...) }

func (c *call) copyArgs() []plan.Expr { return append([]plan.Expr{}, c.args...) }

func nvl2(c *call) (plan.Expr, error) {
	given, err := c.a.invoke("isnotnull", c.pos, c.args[0])
	if err != nil {
		return nil, err
	}
	return c.a.invoke("if", c.pos, given, c.args[1], c.args[2])
}

// nullIf is if(a = b, NULL, a).
func nullIf(c *call) (plan.Expr, error) {
	same, err := c.compareShared("=", c.args[1])
	if err != nil {
		return nil, err
	}
	return c.a.invoke("if", c.pos, same, &plan.Literal{Pos: c.pos, Type: c.typ(0)}, c.args[0])
}

func nullIfZero(c *call) (plan.Expr, error) {
	same, err := c.a.invoke("=", c.pos, c.args[0], lit(0))
	if err != nil {
		return nil, err
	}
	return c.a.invoke("if", c.pos, same, &plan.Literal{Pos: c.pos, Type: plan.Null}, c.args[0])
}

func zeroIfNull(c *call) (plan.Expr, error) { return c.a.invoke("coalesce", c.pos, c.args[0], lit(0)) }

// nanvlArgs: FLOAT and DOUBLE meet at DOUBLE.
func nanvlArgs(c *call) error {
	if err := c.implicitCasts(); err != nil {
		return err
	}
	if c.typ(0) != c.typ(1) {
		c.cast(0, plan.Double)
		c.cast(1, plan.Double)
	}
	return nil
}
