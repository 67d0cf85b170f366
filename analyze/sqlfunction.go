package analyze

import (
	"context"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// This file inlines functions written in SQL: the body stands where the call was, with the arguments in
// the place of the parameters.

// params are a function's parameters while its body is resolved, with what they stand for.
type params struct {
	of     *catalog.Function
	values []plan.Expr
}

// columns are the parameters as names to suggest.
func (p *params) columns() []*plan.Column {
	out := make([]*plan.Column, len(p.values))
	for i, param := range p.of.Params {
		out[i] = &plan.Column{ID: plan.ColumnID(-1 - i), Name: param.Name, Type: param.Type, Qualifier: []string{p.of.Name}}
	}
	return out
}

// parameter looks a name up among the parameters in reach: x, or f.x; what is behind are fields.
func (a *analyzer) parameter(n *plan.Name, sc *scope) (plan.Expr, error) {
	if sc.params == nil {
		return nil, nil
	}
	parts := n.Parts
	if len(parts) > 1 && a.sameName(parts[0], sc.params.of.Name) {
		if e, err := a.parameterNamed(n, parts[1:], sc.params); e != nil || err != nil {
			return e, err
		}
	}
	return a.parameterNamed(n, parts, sc.params)
}

func (a *analyzer) parameterNamed(n *plan.Name, parts []string, p *params) (plan.Expr, error) {
	for i, param := range p.of.Params {
		if a.sameName(param.Name, parts[0]) {
			return a.fields(p.values[i], parts[1:], n.Pos)
		}
	}
	return nil, nil
}

// lendable refuses arguments that a subquery in a function's body cannot take from outside.
func lendable(e plan.Expr) (err error) {
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Func:
			if x.Kind != plan.ScalarFunc {
				err = fault.Unsupported("an aggregate as argument of a function whose body has a subquery").At(x.Pos)
			}
		case *plan.Subquery, *plan.Window:
			err = fault.Unsupported("a subquery or window as argument of a function whose body has a subquery").At(x.At())
		}
		return err == nil
	})
	return err
}

// sqlFunction finds a function written in SQL. Temporary ones hide Spark's own, those of the catalog do not.
func (a *analyzer) sqlFunction(name []string, operator bool) *catalog.Function {
	if a.names == nil || operator {
		return nil
	}
	if f, ok := a.names.TempFunction(name); ok {
		return f
	}
	if len(name) == 1 {
		if s, ok := a.lookup(strings.ToLower(name[0])); ok && !s.isInner {
			return nil
		}
	}
	f, _ := a.names.StoredFunction(name)
	return f
}

// callsWritten tells whether an expression that is not resolved calls a function written in SQL.
func (a *analyzer) callsWritten(e plan.Expr) (found bool) {
	plan.Walk(e, func(x plan.Expr) bool {
		c, ok := x.(*plan.Call)
		found = found || ok && a.sqlFunction(c.Name, c.Operator) != nil
		return !found
	})
	return found
}

// inFunction resolves a part of a function, with what confs and names meant when it was made.
func (a *analyzer) inFunction(f *catalog.Function, pos plan.Pos, do func() error) error {
	if a.env.Under == nil {
		return fault.Unsupported("functions written in SQL").At(pos)
	}
	if a.views >= viewDepth {
		return fault.Unsupported("functions written in SQL that call each other more than %d deep", viewDepth).At(pos)
	}
	names := a.names.In(f.In)
	if f.Database != "" {
		names = a.names.Shared(f.In)
	}
	return a.within(a.env.Under(f.Conf), names, do)
}

// callWritten resolves a call of a scalar function.
func (a *analyzer) callWritten(f *catalog.Function, e *plan.Call, sc *scope) (plan.Expr, error) {
	switch {
	case f.Table:
		return nil, fault.New("NOT_A_SCALAR_FUNCTION", "functionName", plan.QuoteParts(f.Qualified())).At(e.Pos)
	case e.Distinct || e.Filter != nil || e.IgnoreNulls || len(e.OrderBy) > 0 || sc.windowArg:
		return nil, fault.Unsupported("DISTINCT, FILTER, OVER and the like with a function written in SQL").At(e.Pos)
	}
	given, shown, err := a.arguments(f, e.Args, e.Pos, sc)
	if err != nil {
		return nil, err
	}
	if sc.plain != "" {
		return nil, fault.New("UNSUPPORTED_SQL_UDF_USAGE", "functionName", plan.QuoteParts(f.Qualified()), "nodeName", sc.plain).At(e.Pos)
	}
	if slices.ContainsFunc(given, hasLambdaVar) {
		return nil, fault.Unsupported("a function written in SQL of what a lambda is given").At(e.Pos)
	}
	var out plan.Expr
	err = a.inFunction(f, e.Pos, func() error {
		p, err := a.bindParams(f, given, e.Pos)
		if err != nil {
			return err
		}
		out, err = a.scalarBody(f, p, e.Pos)
		return err
	})
	if err != nil {
		return nil, err
	}
	text := strings.Join(f.Qualified(), ".") + "(" + strings.Join(shown, ", ") + ")"
	return a.remember(out, &call{a: a, form: formText, show: text}), nil
}

func hasLambdaVar(e plan.Expr) (found bool) {
	if e == nil {
		return false
	}
	plan.Walk(e, func(x plan.Expr) bool {
		_, ok := x.(*plan.LambdaVar)
		found = found || ok
		return !found
	})
	return found
}

// scalarBody is the body of a scalar function, cast to its type.
func (a *analyzer) scalarBody(f *catalog.Function, p *params, pos plan.Pos) (plan.Expr, error) {
	body, err := functionBody(f)
	if err != nil {
		return nil, err
	}
	x, err := a.expr(body, &scope{at: pos, params: p})
	if err != nil {
		return nil, err
	}
	cast := &plan.Cast{Pos: pos, Expr: x, To: plan.TypeOf(x), Mode: a.castMode(), Implicit: true}
	if f.Returns == nil || sameType(plan.TypeOf(x), f.Returns) {
		return cast, nil // a node of its own, which may have a name of its own
	}
	cast.To = f.Returns
	return a.makeCast(x, cast)
}

// functionBody is the body of a scalar function as an expression. SELECT of one expression from nothing is that
// expression, any other query a subquery.
func functionBody(f *catalog.Function) (plan.Expr, error) {
	if !f.Query {
		return sparksql.ParseExpr(f.Text)
	}
	query, err := sparksql.ParseQuery(f.Text)
	if err != nil {
		return nil, err
	}
	if p, ok := query.(*plan.Project); ok && len(p.Exprs) == 1 {
		_, alone := p.Input.(*plan.OneRow)
		if _, star := p.Exprs[0].(*plan.Star); alone && !star {
			return unalias(p.Exprs[0]), nil
		}
	}
	return &plan.Subquery{Pos: query.At(), Kind: plan.ScalarSubquery, Plan: query}, nil
}

// arguments resolves a call's arguments and puts them in the order of the parameters; nil is one left out. shown
// is how Spark names the call.
func (a *analyzer) arguments(f *catalog.Function, args []plan.Expr, pos plan.Pos, sc *scope) (given []plan.Expr, shown []string, err error) {
	given = make([]plan.Expr, max(len(f.Params), len(args)))
	named := false
	for i, arg := range args {
		at := i
		if n, ok := arg.(*plan.NamedArg); ok {
			named = true
			if at = f.Param(n.Name); at < 0 {
				return nil, nil, unresolvedParam(f, n, pos)
			}
			if given[at] != nil {
				return nil, nil, fault.New("DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
					"routineName", plan.QuoteParts(f.Qualified()), "parameterName", plan.Quote(n.Name)).At(pos)
			}
			arg = n.Expr
		} else if named {
			return nil, nil, fault.New("UNEXPECTED_POSITIONAL_ARGUMENT", "routineName", plan.QuoteParts(f.Qualified()),
				"parameterName", plan.Quote(f.Params[min(i, len(f.Params)-1)].Name)).At(pos)
		}
		x, err := a.expr(arg, sc)
		if err != nil {
			return nil, nil, err
		}
		given[at] = x
		shown = append(shown, a.pretty(x))
	}
	if err := checkCount(f, args, given, pos); err != nil || !named {
		return given, shown, err
	}
	shown = nil // in the order of the parameters then, with their defaults
	for i, x := range given {
		if x == nil {
			shown = append(shown, *f.Params[i].Default)
		} else {
			shown = append(shown, a.pretty(x))
		}
	}
	return given, shown, nil
}

func checkCount(f *catalog.Function, args, given []plan.Expr, pos plan.Pos) error {
	wrong := len(args) > len(f.Params)
	for i := range f.Params {
		wrong = wrong || given[i] == nil && f.Params[i].Default == nil
	}
	if !wrong {
		return nil
	}
	return fault.New("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", plan.QuoteParts(f.Qualified()),
		"expectedNum", itoa(len(f.Params)), "actualNum", itoa(len(args)), "docroot", docRoot).At(pos)
}

func unresolvedParam(f *catalog.Function, n *plan.NamedArg, pos plan.Pos) error {
	var all []string
	for _, p := range f.Params {
		all = append(all, plan.Quote(p.Name))
	}
	return fault.New("UNRECOGNIZED_PARAMETER_NAME", "routineName", plan.QuoteParts(f.Qualified()),
		"argumentName", plan.Quote(n.Name), "proposal", strings.Join(all, " ")).At(pos)
}

// bindParams casts arguments to the parameters' types, and adds the defaults.
func (a *analyzer) bindParams(f *catalog.Function, given []plan.Expr, pos plan.Pos) (*params, error) {
	p := &params{of: f, values: make([]plan.Expr, len(f.Params))}
	for i, param := range f.Params {
		value := given[i]
		if value == nil {
			e, err := sparksql.ParseExpr(*param.Default)
			if err != nil {
				return nil, err
			}
			if value, err = a.expr(e, &scope{at: pos}); err != nil {
				return nil, err
			}
		}
		if !sameType(plan.TypeOf(value), param.Type) {
			var err error
			if value, err = a.makeCast(value, &plan.Cast{Pos: pos, Expr: value, To: param.Type, Mode: a.castMode()}); err != nil {
				return nil, err
			}
		}
		p.values[i] = value
	}
	return p, nil
}

// tableWritten resolves a call of a table function.
func (a *analyzer) tableWritten(f *catalog.Function, r *plan.TableFunc, outer *scope) (*node, error) {
	if !f.Table {
		return nil, fault.New("NOT_A_TABLE_FUNCTION", "functionName", plan.QuoteParts(f.Qualified())).At(r.Pos)
	}
	given, _, err := a.arguments(f, r.Args, r.Pos, &scope{at: r.Pos, outer: outer})
	if err != nil {
		return nil, err
	}
	var n *node
	err = a.inFunction(f, r.Pos, func() error {
		p, err := a.bindParams(f, given, r.Pos)
		if err != nil {
			return err
		}
		n, err = a.tableBody(f, p, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	return sealed(n, []string{f.Name}), nil
}

// tableBody is the body of a table function, with its columns.
func (a *analyzer) tableBody(f *catalog.Function, p *params, r *plan.TableFunc) (*node, error) {
	query, err := sparksql.ParseQuery(f.Text)
	if err != nil {
		return nil, err
	}
	n, err := a.relation(query, &scope{at: r.Pos, params: p})
	if err != nil {
		return nil, err
	}
	columns, ok := f.Returns.(plan.Struct)
	if !ok {
		return n, nil
	}
	if len(columns.Fields) != len(n.cols) {
		return nil, fault.New("USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH", "name", strings.Join(f.Qualified(), "."),
			"outputSize", itoa(len(n.cols)), "returnParamSize", itoa(len(columns.Fields)))
	}
	items := make([]plan.Expr, len(n.cols))
	for i, c := range n.cols {
		var value plan.Expr = c
		if to := columns.Fields[i].Type; !sameType(c.Type, to) {
			if value, err = a.makeCast(c, &plan.Cast{Pos: r.Pos, Expr: c, To: to, Mode: a.castMode()}); err != nil {
				return nil, err
			}
		}
		items[i] = &plan.Alias{Expr: value, Names: []string{columns.Fields[i].Name}, ID: a.newID()}
	}
	project := &plan.Project{Common: at(r), Input: n.rel, Exprs: items}
	return newNode(project, a.outputOf(items)), nil
}

// Function checks a function that is being made and gives its type: a table function's is a struct.
func Function(ctx context.Context, f *catalog.Function, env Env, pos plan.Pos) (t plan.Type, err error) {
	a := &analyzer{ctx: ctx, env: env, settings: env.Settings, names: env.Names, functions: functions()}
	err = a.inFunction(f, pos, func() error {
		p := &params{of: f, values: make([]plan.Expr, len(f.Params))}
		none := make([]plan.Expr, len(f.Params))
		for i, param := range f.Params {
			if param.Default != nil {
				one := *f
				one.Params = f.Params[i : i+1]
				if _, err := a.bindParams(&one, none[:1], pos); err != nil {
					return err
				}
			}
			p.values[i] = &plan.Column{ID: a.newID(), Name: param.Name, Type: param.Type, Nullable: true}
		}
		if f.Table {
			n, err := a.tableBody(f, p, &plan.TableFunc{Common: plan.Common{Pos: pos}})
			if err == nil {
				t = plan.AsNullable(Schema(n.cols))
			}
			return err
		}
		e, err := a.scalarBody(f, p, pos)
		if err == nil {
			t, err = plan.TypeOf(e), simple(f, e)
		}
		return err
	})
	return t, err
}

// simple refuses aggregates, windows and generators in the body of a scalar function.
func simple(f *catalog.Function, e plan.Expr) (err error) {
	plan.Walk(e, func(x plan.Expr) bool {
		_, window := x.(*plan.Window)
		if fn, ok := x.(*plan.Func); window || ok && fn.Kind != plan.ScalarFunc {
			err = fault.New("USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS", "queryText", f.Text)
		}
		return err == nil
	})
	return err
}
