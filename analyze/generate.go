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
	if s, ok := a.lookup(strings.ToLower(call.Name[len(call.Name)-1])); ok && s.isFrom {
		return nil, fault.Unsupported("LATERAL VIEW of a table function").At(r.Pos)
	}
	return a.generated(in, call, r, outer)
}

// generated runs the generator call for each row of in.
func (a *analyzer) generated(in *node, call *plan.Call, r *plan.Generate, outer *scope) (*node, error) {
	e, err := a.expr(call, &scope{inputs: []*node{in}, outer: outer, generator: true, tableFunc: true})
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
	return rows(in, f, a.generatorColumns(f, names, r.Outer, qualifier), r.Outer, r.Pos), nil
}

// generatorColumns are the columns a generator makes; outer ones may be NULL.
func (a *analyzer) generatorColumns(f *plan.Func, names []string, outer bool, qualifier []string) []*plan.Column {
	outer = outer || strings.HasSuffix(f.Name, "_outer")
	fields := f.Type.(plan.Struct).Fields
	cols := make([]*plan.Column, len(fields))
	for i, field := range fields {
		cols[i] = &plan.Column{ID: a.newID(), Name: names[i], Type: field.Type, Nullable: field.Nullable || outer, Qualifier: qualifier}
	}
	return cols
}

// rows builds the Generate of a resolved generator.
func rows(in *node, f *plan.Func, cols []*plan.Column, outer bool, pos plan.Pos) *node {
	if base, ok := strings.CutSuffix(f.Name, "_outer"); ok {
		g := *f
		g.Name = base
		f, outer = &g, true
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
// Their columns exist already: later items may use them.
func (l *laterals) extractGenerators(in *node, items []plan.Expr, pos plan.Pos) (*node, []plan.Expr) {
	if l == nil || len(l.made) == 0 {
		return in, items
	}
	out := make([]plan.Expr, 0, len(items))
	for _, e := range items {
		if !isGenerator(unalias(e)) {
			out = append(out, e)
			continue
		}
		alias := e.(*plan.Alias)
		cols := l.made[alias.ID]
		n := rows(in, alias.Expr.(*plan.Func), cols, false, pos)
		out = append(out, columnExprs(cols)...)
		n.cols = in.cols
		in = n
	}
	return in, out
}

// generator makes the columns of a generator in a select list known to later items.
func (l *laterals) generator(a *analyzer, alias *plan.Alias) error {
	names, err := generatedNames(alias)
	if err != nil {
		return err
	}
	cols := a.generatorColumns(alias.Expr.(*plan.Func), names, false, nil)
	if l.made == nil {
		l.made = map[plan.ColumnID][]*plan.Column{}
	}
	l.made[alias.ID] = cols
	return nil
}

// generated lists the columns of earlier generators with a name.
func (l *laterals) generated(a *analyzer, name string) []*plan.Column {
	var found []*plan.Column
	for _, cols := range l.made {
		for _, c := range cols {
			if a.sameName(c.Name, name) {
				found = append(found, c)
			}
		}
	}
	return found
}

// has tells whether a column is an earlier alias, or one of a generator.
func (l *laterals) has(id plan.ColumnID) bool {
	if l == nil {
		return false
	}
	if l.used[id] != nil {
		return true
	}
	for _, cols := range l.made {
		if columnOf(cols, id) != nil {
			return true
		}
	}
	return false
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
