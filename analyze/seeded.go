package analyze

import (
	"slices"

	"shoal/fault"
	"shoal/plan"
)

// This file holds functions that know partitions, and random ones with a seed: each partition has a generator of its
// own, which each row moves on. They answer where it is certain in which partition Spark has a row.

// seededFuncs take the seed, the row's partition and its place there.
var seededFuncs = funcs{
	"seeded_rand":    fn(tLong, tLong, tLong).returns(plan.Double).never().inner().nondeterministic(),
	"seeded_randn":   fn(tLong, tLong, tLong).returns(plan.Double).never().inner().nondeterministic(),
	"seeded_randstr": fn(tLong, tLong, tLong, tInt).returns(plan.String).never().inner().nondeterministic(),
	"seeded_shuffle": fn(tLong, tArray).returnsArg(1).inner().nondeterministic(),

	"spark_partition_id":          fn().shown("SPARK_PARTITION_ID").check(nowhere).returns(plan.Int).never().nondeterministic(),
	"monotonically_increasing_id": fn().check(nowhere).returns(plan.Long).never().nondeterministic(),
}

// nowhere: drawn has answered what can be answered.
func nowhere(c *call) error {
	return fault.Unsupported("%s of rows that Spark may spread over partitions as it likes", c.name).At(c.pos)
}

// arities are the functions that placed answers, with the numbers of their arguments.
var arities = map[string]int{"rand": 1, "random": 1, "randn": 1, "randstr": 2, "uniform": 3, "shuffle": 2,
	"spark_partition_id": 0, "monotonically_increasing_id": 0}

// placed is such a function of rows whose place is certain; nil where it is not, or the call is not such.
func (a *analyzer) placed(e *plan.Call, key string, sc *scope) (plan.Expr, error) {
	n, known := arities[key]
	if !known || len(e.Args) != n || e.Operator || e.Distinct || e.Filter != nil || len(sc.inputs) != 1 || sc.group != nil || sc.lambda != nil {
		return nil, nil
	}
	s, _ := a.lookup(key)
	c := &call{a: a, pos: e.Pos, sig: s, name: s.name, show: s.show, source: e}
	if err := c.resolveArgs(e, sc); err != nil {
		return nil, err
	}
	made, err := a.atPlace(c, sc)
	if made == nil || err != nil {
		return nil, err
	}
	r, err := a.expr(made, sc)
	if err != nil {
		return nil, err
	}
	a.draws = true
	if s.shownArgs > 0 {
		c.args = c.args[:s.shownArgs]
	}
	return a.remember(r, c), nil
}

// atPlace writes the call with the row's place.
func (a *analyzer) atPlace(c *call, sc *scope) (plan.Expr, error) {
	in := sc.inputs[0]
	p, err := a.placeOf(in)
	if err != nil {
		return nil, err
	}
	if p == nil && c.name == "monotonically_increasing_id" { // the rows of a single partition may be numbered so
		row := in.row
		if row == nil {
			row = a.numbered(in, nil)
		}
		return sure(called("-", &plan.Cast{Expr: row, To: plan.Long, Implicit: true}, &plan.Literal{Value: int64(1), Type: plan.Long}), plan.Long), nil
	}
	if p == nil {
		return nil, nil
	}
	const partitionUnit = 1 << 33
	switch c.name {
	case "spark_partition_id":
		return sure(p.partition, plan.Int), nil
	case "monotonically_increasing_id":
		return sure(called("+", called("*", p.partition, &plan.Literal{Value: int64(partitionUnit), Type: plan.Long}), p.position), plan.Long), nil
	}
	seed, ok := seedOf(c.args[len(c.args)-1])
	if !ok {
		return nil, nil
	}
	switch c.name {
	case "randstr":
		if n, ok := intLiteral(c.args[0]); !ok || n < 0 || n > 1<<20 {
			return nil, nil
		}
		return called("seeded_randstr", seed, p.partition, p.position, c.args[0]), nil
	case "uniform":
		return uniformAt(c, called("seeded_rand", seed, p.partition, p.position)), nil
	case "shuffle": // how far the generator has gone depends on the arrays before
		if l, _ := a.laidOut(in.rel); l.numbers != nil || !isArray(c.typ(0)) {
			return nil, nil
		}
		return called("seeded_shuffle", seed, c.args[0]), nil
	}
	return called("seeded_"+c.name, seed, p.partition, p.position), nil
}

// seedOf is a constant seed; NULL is 0.
func seedOf(e plan.Expr) (plan.Expr, bool) {
	if l, ok := bareLiteral(e); ok && l.Value == nil && plan.TypeOf(e) == plan.Null {
		return &plan.Literal{Value: int64(0), Type: plan.Long}, true
	}
	n, ok := intLiteral(e)
	if t := plan.TypeOf(e); t != plan.Int && t != plan.Long {
		return nil, false
	}
	return &plan.Literal{Value: n, Type: plan.Long}, ok
}

// seedArg: a seed is a constant.
func seedArg(c *call) error {
	if len(c.args) > 0 && !isFoldable(c.args[0]) {
		return fault.New("SEED_EXPRESSION_IS_UNFOLDABLE", "seedExpr", quoteSQL(c.a.pretty(c.args[0])), "exprWithSeed", c.a.sqlOfCall(c)).At(c.pos)
	}
	return nil
}

// uniformAt lies between two constants of one type.
func uniformAt(c *call, random plan.Expr) plan.Expr {
	t := c.typ(0)
	if t != c.typ(1) || t != plan.Int && t != plan.Long && t != plan.Double && t != plan.Float || !isFoldable(c.args[0]) || !isFoldable(c.args[1]) {
		return nil
	}
	if c.nulls(0) || c.nulls(1) {
		return nil
	}
	double := func(e plan.Expr) plan.Expr { return &plan.Cast{Expr: e, To: plan.Double, Implicit: true} }
	x := called("+", double(c.args[0]), called("*", called("-", double(c.args[1]), double(c.args[0])), random))
	return sure(x, t)
}

// sure is e as a number of a type, which is never NULL.
func sure(e plan.Expr, t plan.Type) plan.Expr {
	return called("coalesce", &plan.Cast{Expr: e, To: t, Implicit: true}, &plan.Cast{Expr: lit(0), To: t, Implicit: true})
}

// checkDraws refuses random functions with a seed that Spark does not compute for every row: how far the generator has
// gone then depends on the rows before.
func (a *analyzer) checkDraws(rel plan.Relation) (err error) {
	if !a.draws {
		return nil
	}
	plan.WalkRelations(rel, func(r plan.Relation) bool {
		f, isFilter := r.(*plan.Filter)
		for _, e := range plan.Exprs(r) {
			certain := true
			if isFilter && isConjunction(f.Cond) {
				certain = false
			}
			if err == nil && !drawsForSure(e, certain) {
				err = fault.Unsupported("a random function with a seed that may be computed for some rows only").At(e.At())
			}
		}
		return err == nil
	})
	return err
}

func isConjunction(e plan.Expr) bool {
	f, ok := e.(*plan.Func)
	return ok && f.Name == "and"
}

// computedByNeed are functions that do not look at all their arguments.
var computedByNeed = []string{"and", "or", "when", "if", "coalesce", "nvl", "nvl2", "ifnull", "nullif", "nanvl", "in", "elt", "array_contains"}

// drawsForSure tells that what is drawn in e is drawn for each row, given that e is computed for each.
func drawsForSure(e plan.Expr, certain bool) bool {
	if f, ok := e.(*plan.Func); ok {
		if _, draws := seededFuncs[f.Name]; draws && !certain {
			return false
		}
		if slices.Contains(computedByNeed, f.Name) && len(f.Args) > 0 {
			if !drawsForSure(f.Args[0], certain) {
				return false
			}
			return !slices.ContainsFunc(f.Args[1:], func(x plan.Expr) bool { return !drawsForSure(x, false) })
		}
	}
	switch e.(type) {
	case *plan.Lambda, *plan.Window, *plan.Subquery:
		certain = false
	}
	for _, x := range plan.Children(e) {
		if !drawsForSure(x, certain) {
			return false
		}
		certain = certain && !plan.Nullable(x) // NULL is the answer, whatever comes behind
	}
	return true
}
