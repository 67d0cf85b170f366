package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves generators: explode and its like, in LATERAL VIEW and in select lists.

// generate resolves LATERAL VIEW.
func (a *analyzer) generate(r *plan.Generate, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	call, ok := r.Gen.(*plan.Call)
	if !ok {
		return nil, fault.Internalf("analyze: generator %T", r.Gen)
	}
	return a.generated(in, call, r, outer)
}

// generated runs the generator call for each row of in.
func (a *analyzer) generated(in *node, call *plan.Call, r *plan.Generate, outer *scope) (*node, error) {
	e, err := a.expr(call, &scope{inputs: []*node{in}, outer: outer, generator: true})
	if err != nil {
		return nil, err
	}
	f, ok := e.(*plan.Func)
	if !ok || f.Kind != plan.GeneratorFunc {
		name := strings.ToLower(call.Name[0])
		return nil, fault.New("UNSUPPORTED_GENERATOR.NOT_GENERATOR", "functionName", plan.Quote(name),
			"classCanonicalName", "org.apache.spark.sql.catalyst.expressions."+strings.ToUpper(name[:1])+name[1:]).At(r.Pos)
	}
	fields := f.Type.(plan.Struct).Fields
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	if len(r.Columns) > 0 {
		if len(r.Columns) != len(fields) {
			return nil, fault.New("UDTF_ALIAS_NUMBER_MISMATCH", "aliasesSize", itoa(len(fields)),
				"aliasesNames", strings.Join(r.Columns, ",")).At(r.Pos)
		}
		names = r.Columns
	}
	var qualifier []string
	if r.Alias != "" {
		qualifier = []string{r.Alias}
	}
	return a.rows(in, f, names, r.Outer, qualifier, r.Pos), nil
}

// rows builds the Generate of a resolved generator.
func (a *analyzer) rows(in *node, f *plan.Func, names []string, outer bool, qualifier []string, pos plan.Pos) *node {
	if base, ok := strings.CutSuffix(f.Name, "_outer"); ok {
		g := *f
		g.Name = base
		f, outer = &g, true
	}
	fields := f.Type.(plan.Struct).Fields
	cols := make([]*plan.Column, len(fields))
	for i, field := range fields {
		cols[i] = &plan.Column{ID: a.newID(), Name: names[i], Type: field.Type, Nullable: field.Nullable || outer, Qualifier: qualifier}
	}
	g := &plan.Generate{Common: plan.Common{Pos: pos}, Input: in.rel, Gen: f, Outer: outer}
	n := over(g, in)
	g.Out = concatColumns(plan.Output(in.rel), cols)
	n.cols = concatColumns(in.cols, cols)
	return n
}

func isGenerator(e plan.Expr) bool {
	f, ok := e.(*plan.Func)
	return ok && f.Kind == plan.GeneratorFunc
}

// extractGenerators moves the generators of a select list into Generates below it, left to right.
func (a *analyzer) extractGenerators(in *node, items []plan.Expr, pos plan.Pos) (*node, []plan.Expr, error) {
	found := false
	for _, e := range items {
		found = found || isGenerator(unalias(e))
	}
	if !found {
		return in, items, nil
	}
	out := make([]plan.Expr, 0, len(items))
	for _, e := range items {
		if !isGenerator(unalias(e)) {
			out = append(out, e)
			continue
		}
		alias := e.(*plan.Alias)
		names, err := generatedNames(alias)
		if err != nil {
			return nil, nil, err
		}
		n := a.rows(in, alias.Expr.(*plan.Func), names, false, nil, pos)
		out = append(out, columnExprs(n.cols[len(in.cols):])...)
		n.cols = in.cols
		in = n
	}
	return in, out, nil
}

// generatedNames are the columns of a generator in a select list: those of AS (k, v), or its own.
func generatedNames(alias *plan.Alias) ([]string, error) {
	fields := alias.Expr.(*plan.Func).Type.(plan.Struct).Fields
	if given := alias.Names; len(given) > 0 && !alias.Auto {
		if len(given) != len(fields) {
			return nil, fault.New("UDTF_ALIAS_NUMBER_MISMATCH", "aliasesSize", itoa(len(fields)), "aliasesNames", strings.Join(given, ","))
		}
		return given, nil
	}
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = field.Name
	}
	return names, nil
}

// checkGenerators refuses generators inside other expressions.
func (a *analyzer) checkGenerators(e plan.Expr) error {
	nested := false
	for _, c := range plan.Children(e) {
		plan.Walk(c, func(x plan.Expr) bool {
			nested = nested || isGenerator(x)
			return !nested
		})
	}
	if nested {
		return fault.New("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", "expression", quoteSQL(a.pretty(e)))
	}
	return nil
}

// misplacedGenerator is the error for a generator outside SELECT and LATERAL VIEW.
func misplacedGenerator(e *plan.Call) error {
	return fault.Unsupported("%s outside SELECT and LATERAL VIEW", strings.ToLower(e.Name[0])).At(e.Pos)
}
