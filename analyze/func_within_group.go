package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the aggregates that take WITHIN GROUP (ORDER BY ...).

var withinGroupFuncs = funcs{
	"percentile_cont": fn(oneOf(tDouble, arrayOf(tDouble))).inOrder(percentileInOrder),
	"percentile_disc": fn(oneOf(tDouble, arrayOf(tDouble))).inOrder(percentileInOrder),
	"mode":            fn(tAny, tAny).min(0).inOrder(modeInOrder),
	"listagg":         listAgg(),
	"string_agg":      listAgg(),
}

// inOrder makes an aggregate that sees the ordering; build checks and types the call.
func (s sig) inOrder(build func(c *call) (plan.Expr, error)) sig {
	s.ordered, s.build = true, build
	s.casts = func(*call) error { return nil }
	return s.aggregate()
}

// tPercentile is what percentiles are taken of.
var tPercentile = oneOf(tNumeric, tDayTime, tYearMonth)

// percentileInOrder is percentile_cont(p) WITHIN GROUP (ORDER BY x): Spark's function has x for its first
// argument.
func percentileInOrder(c *call) (plan.Expr, error) {
	if err := c.orderings(1); err != nil {
		return nil, err
	}
	full := *c
	full.args = []plan.Expr{c.order[0].Expr, c.args[0]}
	full.source = nil
	if err := full.castArgs(tPercentile, oneOf(tDouble, arrayOf(tDouble))); err != nil {
		return nil, err
	}
	if !isFoldable(full.args[1]) {
		return nil, full.mismatch("NON_FOLDABLE_INPUT", "inputName", "`percentage`", "inputType", plan.QuotedSQL(full.typ(1)),
			"inputExpr", quoteSQL(c.a.pretty(full.args[1])))
	}
	if err := percentageInRange(&full); err != nil {
		return nil, err
	}
	f := c.make(percentileType(&full), true).(*plan.Func)
	f.Args = full.args[1:]
	f.OrderBy = []plan.SortOrder{{Expr: full.args[0], Desc: c.order[0].Desc, NullsFirst: c.order[0].NullsFirst}}
	return f, nil
}

// orderings checks how many orderings WITHIN GROUP has; DISTINCT goes with none of these functions.
func (c *call) orderings(want int) error {
	name := plan.Quote(c.show)
	switch {
	case c.source != nil && c.source.Distinct:
		return fault.New("INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED", "funcName", name).At(c.pos)
	case len(c.order) == 0 && want > 0:
		return fault.New("INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING", "funcName", name).At(c.pos)
	case len(c.order) != want:
		return fault.New("INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS", "funcName", name,
			"expectedNum", itoa(want), "actualNum", itoa(len(c.order))).At(c.pos)
	}
	return nil
}

// modeInOrder is mode(x), mode(x, deterministic) and mode() WITHIN GROUP (ORDER BY x): the last two choose the
// least or the greatest of the values that are equally frequent.
func modeInOrder(c *call) (plan.Expr, error) {
	if len(c.args) == 0 {
		if err := c.orderings(1); err != nil {
			return nil, err
		}
		return c.modeOf(c.order[0].Expr, c.order[0].Desc), nil
	}
	least := false
	if len(c.args) == 2 {
		var err error
		if least, err = c.flag(1, "deterministic"); err != nil {
			return nil, err
		}
	}
	if err := c.orderings(0); err != nil {
		return nil, err
	}
	if least {
		return c.modeOf(c.args[0], false), nil
	}
	c.args = c.args[:1:1]
	return c.make(c.typ(0), true), nil
}

func (c *call) modeOf(x plan.Expr, desc bool) plan.Expr {
	f := c.make(plan.TypeOf(x), true).(*plan.Func)
	f.Args, f.OrderBy = nil, []plan.SortOrder{{Expr: x, Desc: desc, NullsFirst: !desc}}
	return f
}

// flag is a constant BOOLEAN argument.
func (c *call) flag(i int, name string) (bool, error) {
	switch t := c.typ(i); {
	case !isFoldable(c.args[i]):
		return false, fault.New("NON_FOLDABLE_ARGUMENT", "funcName", plan.Quote(c.show), "paramName", plan.Quote(name),
			"paramType", `"BOOLEAN"`).At(c.pos)
	case t == plan.Null:
		return false, fault.New("DATATYPE_MISMATCH.UNEXPECTED_NULL", "exprName", plan.Quote(name), "sqlExpr", quoteSQL("NULL")).At(c.pos)
	case t != plan.Boolean:
		return false, fault.New("UNEXPECTED_INPUT_TYPE", "functionName", plan.Quote(c.show), "paramIndex", ordinal(i+1),
			"inputSql", quoteSQL(c.a.pretty(c.args[i])), "inputType", plan.QuotedSQL(t), "requiredType", `"BOOLEAN"`).At(c.pos)
	}
	l, ok := c.args[i].(*plan.Literal)
	if !ok {
		return false, fault.Unsupported("%s with a flag that is not a literal", c.name).At(c.pos)
	}
	return l.Value == true, nil
}

// listAgg joins texts or binaries.
func listAgg() sig {
	s := fn(tStringOrBinary, oneOf(tString, tBinary, exactly(plan.Null))).defaults(lit(nil)).inOrder(listAggInOrder)
	return s.is("listagg")
}

func listAggInOrder(c *call) (plan.Expr, error) {
	if err := c.implicitCasts(); err != nil {
		return nil, err
	}
	if !isFoldable(c.args[1]) {
		return nil, c.mismatch("NON_FOLDABLE_INPUT", "inputName", "`delimiter`", "inputType", plan.QuotedSQL(c.typ(1)),
			"inputExpr", quoteSQL(c.a.pretty(c.args[1])))
	}
	if c.typ(1) != plan.Null && c.typ(1) != c.typ(0) {
		return nil, c.differentTypes(c.types())
	}
	if c.source.Distinct && len(c.order) > 0 {
		if len(c.order) > 1 || c.a.meaning(c.order[0].Expr) != c.a.meaning(c.args[0]) {
			return nil, c.orderOfOther()
		}
	}
	if len(c.order) > 0 {
		c.show = "listagg" // so Spark names string_agg then
	}
	f := c.make(c.typ(0), true).(*plan.Func)
	f.OrderBy = c.order
	return f, nil
}

// orderOfOther: with DISTINCT only the values themselves can order.
func (c *call) orderOfOther() error {
	orders := ""
	for i, o := range c.order {
		if i > 0 {
			orders += ", "
		}
		orders += quoteSQL(c.a.pretty(o.Expr))
	}
	return fault.New("INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT", "funcName", plan.Quote(c.show),
		"funcArg", quoteSQL(c.a.pretty(c.args[0])), "orderingExpr", orders)
}

// withinGroup writes the ordering as Spark shows it: percentiles leave NULLs out, and mode shows the
// opposite of what was written.
func (w namer) withinGroup(f *plan.Func) {
	if len(f.OrderBy) == 0 {
		return
	}
	w.add(" WITHIN GROUP (ORDER BY ")
	switch desc := f.OrderBy[0].Desc; f.Name {
	case "percentile_cont", "percentile_disc", "mode":
		w.expr(f.OrderBy[0].Expr)
		if desc == (f.Name != "mode") {
			w.add(" DESC")
		}
	default:
		w.orders(f.OrderBy)
	}
	w.add(")")
}

// inOneList is an aggregate with an ordering as messages about windows show it: all are arguments.
func (a *analyzer) inOneList(f *plan.Func) string {
	if len(f.OrderBy) == 0 {
		return a.pretty(f)
	}
	var b strings.Builder
	w := namer{a: a, b: &b}
	w.add(f.Name, "(")
	if f.Name == "listagg" {
		w.list(f.Args, ", ")
		w.add(", ")
		w.orders(f.OrderBy)
	} else {
		w.expr(f.OrderBy[0].Expr)
		w.add(", ")
		w.list(f.Args, ", ")
	}
	return b.String() + ")"
}
