package analyze

import (
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file rewrites the relations of the DataFrame API into core ones. The rewrites make
// expressions as a user could have written them, over columns that are resolved already.

// size: one case per node
func (a *analyzer) sugar(r plan.Relation, outer *scope) (*node, error) {
	switch r := r.(type) {
	case *plan.WithColumns:
		return a.withColumnsAdded(r, outer)
	case *plan.WithColumnsRenamed:
		return a.withColumnsRenamed(r, outer)
	case *plan.DropColumns:
		return a.dropColumns(r, outer)
	case *plan.ToDF:
		return a.toDF(r, outer)
	case *plan.ToSchema:
		return a.toSchema(r, outer)
	case *plan.FillNA:
		return a.fillNA(r, outer)
	case *plan.DropNA:
		return a.dropNA(r, outer)
	case *plan.ReplaceNA:
		return a.replaceNA(r, outer)
	case *plan.Describe:
		return a.describe(r, outer)
	case *plan.Unpivot:
		return a.unpivot(r, outer)
	case *plan.Repartition:
		return a.repartition(r, outer)
	case *plan.Hint:
		n, err := a.sameRows(r.Input, outer)
		if err != nil {
			return nil, err
		}
		return a.regathered(n, 0, true), nil
	case *plan.SubqueryRefs:
		return a.withRefs(r, outer)
	case *plan.Stat:
		return a.stat(r, outer)
	case *plan.Transpose:
		return a.transpose(r, outer)
	case *plan.Observe:
		return a.observe(r, outer)
	case *plan.ShowString, *plan.HTMLString, *plan.CatalogQuery:
		return nil, fault.Unsupported("%T inside another relation", r).At(r.At())
	default:
		return nil, fault.Internalf("analyze: relation %T", r)
	}
}

// sameRows is for what changes the layout only.
func (a *analyzer) sameRows(input plan.Relation, outer *scope) (*node, error) {
	in, err := a.relation(input, outer)
	if err != nil {
		return nil, err
	}
	n := *in
	return &n, nil
}

// repartition changes the layout; its expressions must still mean something.
func (a *analyzer) repartition(r *plan.Repartition, outer *scope) (*node, error) {
	n, err := a.sameRows(r.Input, outer)
	if err != nil {
		return nil, err
	}
	for _, e := range r.Exprs {
		if l, ok := e.(*plan.Literal); ok && l.Type == plan.Int {
			continue
		}
		x, err := a.expr(e, &scope{inputs: []*node{n}, outer: outer, plain: "RepartitionByExpression"})
		if err != nil {
			return nil, err
		}
		if t := plan.TypeOf(x); hasVariant(t) {
			return nil, fault.New("UNSUPPORTED_FEATURE.PARTITION_BY_VARIANT", "expr", a.plainSQL(x),
				"dataType", plan.QuotedSQL(t)).At(r.Pos)
		}
	}
	return a.regathered(n, r.Num, !r.Keeps || len(r.Exprs) > 0), nil
}

// withRefs makes relations known to the subquery expressions that name them by plan id.
func (a *analyzer) withRefs(r *plan.SubqueryRefs, outer *scope) (*node, error) {
	saved := a.refs
	defer func() { a.refs = saved }()
	a.refs = make(map[int64]plan.Relation, len(saved)+len(r.Refs))
	for id, ref := range saved {
		a.refs[id] = ref
	}
	for _, ref := range r.Refs {
		if id := ref.Node().PlanID; id.Set {
			a.refs[id.ID] = ref
		}
	}
	return a.relation(r.Input, outer)
}

func columnExprs(cols []*plan.Column) []plan.Expr {
	out := make([]plan.Expr, len(cols))
	for i, c := range cols {
		out[i] = c
	}
	return out
}

// called is f(args), operators included.
func called(name string, args ...plan.Expr) plan.Expr {
	return &plan.Call{Name: []string{name}, Args: args, Operator: true}
}

func aliased(e plan.Expr, name string) plan.Expr { return &plan.Alias{Expr: e, Names: []string{name}} }

// withColumnsAdded replaces columns of the same name and adds the others.
func (a *analyzer) withColumnsAdded(r *plan.WithColumns, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	used := make([]bool, len(r.Columns))
	for i, c := range r.Columns {
		for _, d := range r.Columns[:i] {
			if a.sameName(c.Names[0], d.Names[0]) {
				return nil, fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(c.Names[0]))).At(r.Pos)
			}
		}
	}
	items := make([]plan.Expr, 0, len(in.cols)+len(r.Columns))
	for _, c := range in.cols {
		var item plan.Expr = c
		for i, n := range r.Columns {
			if a.sameName(c.Name, n.Names[0]) {
				item, used[i] = n, true
			}
		}
		items = append(items, item)
	}
	for i, n := range r.Columns {
		if !used[i] && r.Pipe {
			return nil, unresolved("UNRESOLVED_COLUMN", n.Names, in.cols, "objectName").At(n.Pos)
		}
		if !used[i] {
			items = append(items, n)
		}
	}
	in, items, err = a.timeWindowed(in, items, r, outer)
	if err != nil {
		return nil, err
	}
	return a.projectOver(in, items, r, outer)
}

// withColumnsRenamed renames one pair after the other.
func (a *analyzer) withColumnsRenamed(r *plan.WithColumnsRenamed, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	items := make([]plan.Expr, len(in.cols))
	for i, c := range in.cols {
		name, changed := c.Name, false
		for j, from := range r.From {
			if a.sameName(name, from) {
				name, changed = r.To[j], true
			}
		}
		items[i] = c
		if changed {
			items[i] = aliased(c, name)
		}
	}
	return a.projectOver(in, items, r, outer)
}

// dropColumns leaves out columns by name, or by what an expression resolves to; unknown ones are ignored.
func (a *analyzer) dropColumns(r *plan.DropColumns, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	dropped := map[plan.ColumnID]bool{}
	sc := &scope{inputs: []*node{in}, outer: outer}
	for _, e := range r.Columns {
		if n, ok := e.(*plan.Name); ok && n.PlanID.Set {
			if found, err := a.dataFrameColumn(n, sc); found == nil && err == nil {
				continue // replaced since: the plain name is another column
			}
		}
		x, err := a.expr(e, sc)
		if err != nil {
			if fault.IsUnsupported(err) || !isUnresolvedName(err) {
				return nil, err
			}
			continue
		}
		if c, ok := x.(*plan.Column); ok {
			dropped[c.ID] = true
		}
	}
	items := make([]plan.Expr, 0, len(in.cols))
	for _, c := range in.cols {
		drop := dropped[c.ID]
		for _, name := range r.Names {
			drop = drop || a.sameName(c.Name, name)
		}
		if !drop {
			items = append(items, c)
		}
	}
	return a.projectOver(in, items, r, outer)
}

func isUnresolvedName(err error) bool {
	e, ok := err.(*fault.Error)
	return ok && (strings.HasPrefix(e.Class, "UNRESOLVED_COLUMN") || e.Class == "CANNOT_RESOLVE_DATAFRAME_COLUMN")
}

func (a *analyzer) toDF(r *plan.ToDF, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	return a.renamed(in, r.Names, r)
}

// toSchema reorders and casts columns by name, nested fields included.
func (a *analyzer) toSchema(r *plan.ToSchema, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	items := make([]plan.Expr, len(r.Schema.Fields))
	for i, f := range r.Schema.Fields {
		found := in.named(f.Name, !a.settings.CaseSensitive)
		switch {
		case len(found) > 1:
			return nil, ambiguous(&plan.Name{Parts: []string{f.Name}}, found)
		case len(found) == 0 && !f.Nullable:
			return nil, unresolved("UNRESOLVED_COLUMN", []string{f.Name}, in.cols, "objectName").At(r.Pos)
		case len(found) == 0:
			items[i] = aliased(&plan.Literal{Type: f.Type}, f.Name)
			continue
		}
		c := found[0]
		if c.Nullable && !f.Nullable {
			return nil, fault.New("NULLABLE_COLUMN_OR_FIELD", "name", plan.Quote(f.Name)).At(r.Pos)
		}
		if isStruct(f.Type) && isStruct(c.Type) && !sameType(c.Type, f.Type) {
			e, err := a.reconciled(c, plan.Field{Type: c.Type, Nullable: c.Nullable}, f.Type, []string{f.Name}, r)
			if err != nil {
				return nil, err
			}
			items[i] = &plan.Alias{Expr: e, Names: []string{f.Name}, Metadata: f.Metadata}
			continue
		}
		if (hasMap(f.Type) || isArray(f.Type)) && !sameType(c.Type, f.Type) {
			return nil, fault.Unsupported("df.to with a change inside a nested column").At(r.Pos)
		}
		items[i] = a.conform(c, f)
		if !canUpCast(c.Type, f.Type) && !canStoreAssign(c.Type, f.Type) {
			return nil, fault.New("INVALID_COLUMN_OR_FIELD_DATA_TYPE", "name", plan.Quote(f.Name),
				"type", plan.QuotedSQL(c.Type), "expectedType", plan.QuotedSQL(f.Type)).At(r.Pos)
		}
	}
	return a.projectOver(in, items, r, outer)
}

func canUpCast(from, to plan.Type) bool { return sameType(from, to) }

// conform is a column as the schema's field wants it.
func (a *analyzer) conform(c *plan.Column, f plan.Field) plan.Expr {
	if plan.Equal(c.Type, f.Type) {
		if c.Name == f.Name && (f.Metadata == "" || f.Metadata == c.Metadata) {
			return c
		}
		return &plan.Alias{Expr: c, Names: []string{f.Name}, Metadata: f.Metadata}
	}
	cast := &plan.Cast{Expr: c, To: f.Type, Mode: plan.CastANSI, Implicit: true}
	return &plan.Alias{Expr: cast, Names: []string{f.Name}, Metadata: f.Metadata}
}

// unpivot turns columns into rows.
func (a *analyzer) unpivot(r *plan.Unpivot, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	sc := &scope{inputs: []*node{in}, outer: outer}
	ids, err := a.selectList(r.IDs, sc)
	if err != nil {
		return nil, err
	}
	values, err := a.unpivotValues(r, in, ids, sc)
	if err != nil {
		return nil, err
	}
	if r.RestAreIDs {
		ids.exprs = others(in, values)
	}
	types := make([]plan.Type, len(values))
	for i, v := range values {
		types[i] = plan.TypeOf(v)
	}
	if !allSameType(types) {
		t := fold(types, a.widerNoString)
		if t == nil {
			return nil, fault.New("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", "types", unpivotTypes(values))
		}
		for i := range values {
			types[i] = t
		}
	}
	pairs := make([]plan.Expr, len(values))
	for i, v := range values {
		pairs[i] = called("named_struct", fieldLiteral(r.VariableName, r.Pos), fieldLiteral(unpivotName(v, a), r.Pos),
			fieldLiteral(r.ValueCol, r.Pos), a.castUnlessSame(unalias(v), types[i]))
	}
	gen := &plan.Call{Pos: r.Pos, Name: []string{"inline"}, Args: []plan.Expr{called("array", pairs...)}}
	n, err := a.generated(in, gen, &plan.Generate{Common: at(r)}, outer)
	if err != nil {
		return nil, err
	}
	items := append(append([]plan.Expr{}, ids.exprs...), columnExprs(n.cols[len(in.cols):])...)
	return a.projectOver(n, items, r, outer)
}

func unpivotName(e plan.Expr, a *analyzer) string {
	switch e := e.(type) {
	case *plan.Column:
		return e.Name
	case *plan.Alias:
		return e.Names[0]
	}
	return a.pretty(e)
}

// unpivotValues are the columns to turn: those given, or all that are no ids.
// others are the columns that are not among the given ones.
func others(in *node, given []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, c := range in.cols {
		if !slices.ContainsFunc(given, func(e plan.Expr) bool {
			d, ok := unalias(e).(*plan.Column)
			return ok && d.ID == c.ID
		}) {
			out = append(out, c)
		}
	}
	return out
}

func (a *analyzer) unpivotValues(r *plan.Unpivot, in *node, ids *selected, sc *scope) ([]plan.Expr, error) {
	if r.HasValues {
		list, err := a.selectList(r.Values, sc)
		if err != nil {
			return nil, err
		}
		if len(list.exprs) == 0 {
			return nil, fault.New("UNPIVOT_REQUIRES_VALUE_COLUMNS").At(r.Pos)
		}
		return list.exprs, nil
	}
	out := others(in, ids.exprs)
	if len(out) == 0 {
		return nil, fault.New("UNPIVOT_REQUIRES_VALUE_COLUMNS").At(r.Pos)
	}
	return out, nil
}

func unpivotTypes(values []plan.Expr) string {
	byType := map[string][]string{}
	var order []string
	for _, v := range values {
		t := plan.SQL(plan.TypeOf(v))
		if byType[t] == nil {
			order = append(order, t)
		}
		if c, ok := v.(*plan.Column); ok {
			byType[t] = append(byType[t], plan.Quote(c.Name))
		}
	}
	slices.Sort(order)
	for i, t := range order {
		order[i] = quoteSQL(t) + " (" + strings.Join(byType[t], ", ") + ")"
	}
	return strings.Join(order, ", ")
}
