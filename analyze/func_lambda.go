package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the higher-order functions and how lambdas are resolved.

var lambdaFuncs = funcs{
	"transform": fn(tArray, tAny).returnsBy(func(c *call) plan.Type {
		return plan.Array{Elem: c.typ(1), ContainsNull: c.nulls(1)}
	}).nullIf(firstNull).lambda(1, elementAndIndex),
	"filter":    fn(tArray, tBool).returnsArg(0).nullIf(firstNull).lambda(1, elementAndIndex),
	"exists":    fn(tArray, tBool).returns(plan.Boolean).nullIf(anyPart).lambda(1, element),
	"forall":    fn(tArray, tBool).returns(plan.Boolean).nullIf(anyPart).lambda(1, element),
	"aggregate": foldSig(),
	"reduce":    foldSig().is("aggregate"),
	"array_sort": fn(tArray, tInt).min(1).returnsArg(0).nullIf(firstNull).lambda(1, func(c *call, n int) []plan.LambdaVar {
		vars := element(c, 1)
		if n != 2 || vars == nil {
			return nil
		}
		return append(vars, vars[0])
	}),
}

// anyPart: NULL if the array may be, or what the lambda yields.
func anyPart(c *call) bool { return c.nulls(0) || c.nulls(1) }

// foldSig is aggregate(array, start, merge [, finish]).
func foldSig() sig {
	return fn(tArray, tAny, tAny, tAny).min(3).coerce(foldArgs).nullIf(func(c *call) bool {
		return c.nulls(0) || c.nulls(len(c.args)-1)
	}).returnsBy(func(c *call) plan.Type { return c.typ(len(c.args) - 1) }).
		lambda(2, func(c *call, n int) []plan.LambdaVar {
			if n != 2 || !isArray(c.typ(0)) {
				return nil
			}
			arr := c.typ(0).(plan.Array)
			return []plan.LambdaVar{{Type: c.typ(1), Nullable: true}, {Type: arr.Elem, Nullable: arr.ContainsNull}}
		}).
		lambda(3, func(c *call, n int) []plan.LambdaVar {
			if n != 1 {
				return nil
			}
			return []plan.LambdaVar{{Type: c.typ(1), Nullable: true}}
		})
}

// identityLambda is the finish that aggregate has when none is given.
func identityLambda() plan.Expr {
	return &plan.Lambda{Params: []*plan.LambdaVar{{Name: "id"}}, Body: &plan.Name{Parts: []string{"id"}}}
}

// naturalOrder is the comparison that array_sort has when none is given: NULLs last.
func naturalOrder() plan.Expr {
	l, r := &plan.Name{Parts: []string{"left"}}, &plan.Name{Parts: []string{"right"}}
	compared := called("if", called("<", l, r), lit(-1), called("if", called(">", l, r), lit(1), lit(0)))
	body := called("if", called("and", called("isnull", l), called("isnull", r)), lit(0),
		called("if", called("isnull", l), lit(1), called("if", called("isnull", r), lit(-1), compared)))
	return &plan.Lambda{Params: []*plan.LambdaVar{{Name: "left"}, {Name: "right"}}, Body: body}
}

// foldArgs: the merged value must be of the start value's type.
func foldArgs(c *call) error {
	if !isArray(c.typ(0)) {
		return c.wrongType(0, tArray)
	}
	if !sameType(c.typ(1), c.typ(2)) {
		return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(3), "requiredType", plan.QuotedSQL(c.typ(1)),
			"inputSql", quoteSQL(c.a.pretty(c.args[2])), "inputType", plan.QuotedSQL(c.typ(2)))
	}
	return nil
}

func element(c *call, n int) []plan.LambdaVar {
	arr, ok := c.typ(0).(plan.Array)
	if n != 1 || !ok {
		return nil
	}
	return []plan.LambdaVar{{Type: arr.Elem, Nullable: arr.ContainsNull}}
}

func elementAndIndex(c *call, n int) []plan.LambdaVar {
	if n != 2 {
		return element(c, n)
	}
	arr, ok := c.typ(0).(plan.Array)
	if !ok {
		return nil
	}
	return []plan.LambdaVar{{Type: arr.Elem, Nullable: arr.ContainsNull}, {Type: plan.Int}}
}

// resolveLambdas resolves the lambdas among a call's arguments, left to right.
func (c *call) resolveLambdas(sc *scope) error {
	for i, arg := range c.args {
		l, ok := arg.(*plan.Lambda)
		if !ok {
			if c.sig.lambdas[i] != nil {
				c.args[i] = c.constantLambda(i, arg)
			}
			continue
		}
		params := c.sig.lambdas[i]
		if params == nil {
			return notHigherOrder(c)
		}
		vars := params(c, len(l.Params))
		if vars == nil {
			return c.badLambda(i, l)
		}
		r, err := c.a.lambda(l, vars, sc)
		if err != nil {
			return err
		}
		c.args[i] = r
	}
	return nil
}

// constantLambda makes a lambda of a plain value where one is wanted.
func (c *call) constantLambda(i int, body plan.Expr) plan.Expr {
	for n := 1; n <= 3; n++ {
		vars := c.sig.lambdas[i](c, n)
		if vars == nil {
			continue
		}
		l := &plan.Lambda{Pos: body.At(), Body: body}
		for j, v := range vars {
			v.ID, v.Name = c.a.newID(), "col"+itoa(j)
			l.Params = append(l.Params, &v)
		}
		return l
	}
	return body
}

func lambdaNames(l *plan.Lambda) string {
	names := make([]string, len(l.Params))
	for i, p := range l.Params {
		names[i] = plan.Quote(p.Name)
	}
	return strings.Join(names, ", ")
}

// notHigherOrder names the function's class in Spark, which is its name in most cases.
func notHigherOrder(c *call) error {
	return fault.New("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION",
		"class", "org.apache.spark.sql.catalyst.expressions."+strings.ToUpper(c.name[:1])+c.name[1:]).At(c.pos)
}

// badLambda: either the lambda has too many parameters, or the collection is none.
func (c *call) badLambda(i int, l *plan.Lambda) error {
	for j := range i {
		if _, isLambda := c.args[j].(*plan.Lambda); !isLambda && !c.param(j).accepts(c.typ(j)) {
			return c.mismatch("UNEXPECTED_INPUT_TYPE", "paramIndex", ordinal(j+1), "requiredType", c.param(j).String(),
				"inputSql", quoteSQL(c.a.pretty(c.args[j])), "inputType", plan.QuotedSQL(c.typ(j)))
		}
	}
	wanted := "1"
	if c.name == "map_zip_with" {
		wanted = "3"
		if err := c.differentKeys(); err != nil {
			return err
		}
	}
	return fault.New("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", "expectedNumArgs", itoa(len(l.Params)),
		"actualNumArgs", wanted).At(l.Pos)
}

// lambda resolves a lambda whose parameters have the given types.
func (a *analyzer) lambda(l *plan.Lambda, vars []plan.LambdaVar, sc *scope) (plan.Expr, error) {
	params := make([]*plan.LambdaVar, len(vars))
	seen := map[string]bool{}
	for i, v := range vars {
		v.Pos, v.Name, v.ID = l.Params[i].Pos, l.Params[i].Name, a.newID()
		if seen[v.Name] {
			return nil, fault.New("INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES", "args", lambdaNames(l),
				"caseSensitiveConfig", `"spark.sql.caseSensitive"`).At(l.Pos)
		}
		seen[v.Name] = true
		params[i] = &v
	}
	inner := *sc
	inner.lambda = &lambdaVars{vars: params, up: sc.lambda}
	body, err := a.expr(l.Body, &inner)
	if err != nil {
		return nil, err
	}
	return &plan.Lambda{Pos: l.Pos, Params: params, Body: body}, nil
}
