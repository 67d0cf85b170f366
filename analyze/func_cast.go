package analyze

import "shoal/plan"

// This file holds the casts written as functions: int(x), string(x). Spark's names for their columns
// show the argument only.

var castFuncs = funcs{
	"boolean":   castFn(plan.Boolean),
	"tinyint":   castFn(plan.Byte),
	"smallint":  castFn(plan.Short),
	"int":       castFn(plan.Int),
	"bigint":    castFn(plan.Long),
	"float":     castFn(plan.Float),
	"double":    castFn(plan.Double),
	"decimal":   castFn(plan.Decimal{Precision: 10}),
	"date":      castFn(plan.Date),
	"timestamp": castFn(plan.Timestamp),
	"binary":    castFn(plan.Binary),
	"string":    castFn(plan.String),
}

func castFn(to plan.Type) sig {
	return custom(func(c *call) (plan.Expr, error) {
		if len(c.args) != 1 {
			return nil, c.wrongCount("1")
		}
		return c.a.makeCast(c.args[0], &plan.Cast{Pos: c.pos, To: to, Implicit: true})
	})
}
