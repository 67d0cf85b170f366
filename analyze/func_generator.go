package analyze

import "shoal/plan"

// This file holds the generators: functions that make rows.

var generatorFuncs = funcs{
	"explode":          fn(oneOf(tArray, tMap)).uncast().generator(explodeColumns),
	"explode_outer":    fn(oneOf(tArray, tMap)).uncast().generator(explodeColumns),
	"posexplode":       fn(oneOf(tArray, tMap)).uncast().generator(posColumns),
	"posexplode_outer": fn(oneOf(tArray, tMap)).uncast().generator(posColumns),
	"inline":           fn(tAny).check(inlineArg).generator(inlineColumns),
	"inline_outer":     fn(tAny).check(inlineArg).generator(inlineColumns),
	"stack":            custom(stack).generator(nil),
}

func explodeColumns(c *call) []plan.Field {
	switch t := c.typ(0).(type) {
	case plan.Array:
		return []plan.Field{{Name: "col", Type: t.Elem, Nullable: t.ContainsNull}}
	case plan.Map:
		return []plan.Field{{Name: "key", Type: t.Key}, {Name: "value", Type: t.Value, Nullable: t.ValueContainsNull}}
	}
	return nil
}

func posColumns(c *call) []plan.Field {
	return append([]plan.Field{{Name: "pos", Type: plan.Int}}, explodeColumns(c)...)
}

func inlineArg(c *call) error {
	if arr, ok := c.typ(0).(plan.Array); ok && isStruct(arr.Elem) {
		return nil
	}
	return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(1), "requiredType", `"ARRAY<STRUCT>"`,
		"inputSql", quoteSQL(c.a.pretty(c.args[0])), "inputType", plan.QuotedSQL(c.typ(0)))
}

func inlineColumns(c *call) []plan.Field {
	arr := c.typ(0).(plan.Array)
	fields := append([]plan.Field{}, arr.Elem.(plan.Struct).Fields...)
	for i := range fields {
		fields[i].Nullable = fields[i].Nullable || arr.ContainsNull
	}
	return fields
}

// stack spreads its values over the given number of rows.
func stack(c *call) (plan.Expr, error) {
	if len(c.args) < 2 {
		return nil, c.wrongCount("> 1")
	}
	if to := c.a.implicit(c.typ(0), tInt); to != nil {
		c.cast(0, to)
	}
	rows, ok := intLiteral(c.args[0])
	if !ok {
		return nil, c.notFoldable(0)
	}
	if rows < 1 {
		return nil, c.mismatch("VALUE_OUT_OF_RANGE", "exprName", "`n`", "valueRange", "(0, "+itoa(maxInt)+"]",
			"currentValue", itoa(int(rows)))
	}
	width := (len(c.args) - 2 + int(rows)) / int(rows)
	fields := make([]plan.Field, width)
	for j := range fields {
		f := plan.Field{Name: "col" + itoa(j), Type: plan.Null, Nullable: true}
		for i := j + 1; i < len(c.args); i += width {
			if t := c.typ(i); f.Type == plan.Null {
				f.Type = t
			} else if t != plan.Null && !sameType(t, f.Type) {
				return nil, c.mismatch("STACK_COLUMN_DIFF_TYPES", "columnIndex", itoa(j), "leftParamIndex", itoa(j+1),
					"leftType", plan.QuotedSQL(f.Type), "rightParamIndex", itoa(i), "rightType", plan.QuotedSQL(t))
			}
		}
		fields[j] = f
	}
	for i := 1; i < len(c.args); i++ {
		if c.typ(i) == plan.Null {
			c.cast(i, fields[(i-1)%width].Type)
		}
	}
	return c.make(plan.Struct{Fields: fields}, false), nil
}
