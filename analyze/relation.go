package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// This file dispatches relations, and resolves the simple ones.

// relation resolves a relation; outer is the scope of the enclosing query, nil at the top.
func (a *analyzer) relation(r plan.Relation, outer *scope) (*node, error) {
	if err := a.enter(r.At()); err != nil {
		return nil, err
	}
	defer a.leave()
	if err := a.ctx.Err(); err != nil {
		return nil, err
	}
	n, err := a.dispatch(r, outer)
	if err != nil {
		return nil, err
	}
	if id := r.Node().PlanID; id.Set {
		d := &dataFrame{id: id, node: n}
		if n.dfs != nil {
			d.kids = []*dataFrame{n.dfs}
		}
		n.dfs = d
		n.rel.Node().PlanID = id
	}
	return n, nil
}

// size: one case per node
func (a *analyzer) dispatch(r plan.Relation, outer *scope) (*node, error) {
	switch r := r.(type) {
	case *plan.Table:
		return a.table(r, outer)
	case *plan.Read:
		return a.read(r)
	case *plan.TableFunc:
		return a.tableFunc(r, outer)
	case *plan.Scan:
		return a.scan(r), nil
	case *plan.LocalData:
		return a.localData(r)
	case *plan.Values:
		return a.values(r, outer)
	case *plan.Range:
		return a.numbers(r), nil
	case *plan.OneRow:
		return newNode(&plan.OneRow{Common: at(r)}, []*plan.Column{}), nil
	case *plan.Project:
		return a.project(r, outer)
	case *plan.Filter:
		return a.filter(r, outer)
	case *plan.Aggregate:
		return a.aggregate(r, outer)
	case *plan.Sort:
		return a.sort(r, outer)
	case *plan.Limit:
		return a.limit(r, outer)
	case *plan.Offset:
		return a.offset(r, outer)
	case *plan.Tail:
		return a.tail(r, outer)
	case *plan.Distinct:
		return a.distinct(r, outer)
	case *plan.Generate:
		return a.generate(r, outer)
	case *plan.Sample:
		return a.sample(r, outer)
	case *plan.SubqueryAlias:
		return a.alias(r, outer)
	case *plan.With:
		return a.with(r, outer)
	case *plan.WindowDefs:
		return a.windowDefs(r, outer)
	case *plan.Join:
		return a.join(r, outer)
	case *plan.SetOp:
		return a.setOp(r, outer)
	case *plan.OpaqueRelation:
		return nil, fault.Unsupported("%s", r.What).At(r.Pos)
	default:
		return a.sugar(r, outer)
	}
}

// at is the part of a relation's Common that survives analysis: its place in the text.
func at(r plan.Relation) plan.Common { return plan.Common{Pos: r.At()} }

// leaf gives a relation that reads data fresh columns.
func (a *analyzer) leaf(rel plan.Relation, fields []plan.Field, qualifier []string) *node {
	cols := make([]*plan.Column, len(fields))
	block := make([]plan.Column, len(fields))
	for i, f := range fields {
		block[i] = plan.Column{ID: a.newID(), Name: f.Name, Type: f.Type, Nullable: f.Nullable, Metadata: f.Metadata, Qualifier: qualifier}
		cols[i] = &block[i]
	}
	return newNode(rel, cols)
}

// read resolves files.
func (a *analyzer) read(r *plan.Read) (*node, error) {
	if a.env.Catalog == nil {
		return nil, fault.Unsupported("reading files").At(r.Pos)
	}
	scan, err := a.env.Catalog.Scan(a.ctx, r, a.settings)
	if err != nil {
		return nil, fault.Skipped(err, a.settings, r.Options)
	}
	return a.scan(scan), nil
}

// scan gives a scan's columns identities: the same scan may stand in a plan twice.
func (a *analyzer) scan(r *plan.Scan) *node {
	s := *r
	return a.leaf(&s, Schema(r.Out).Fields, nil)
}

func (a *analyzer) numbers(r *plan.Range) *node {
	return a.leaf(&plan.Range{Common: at(r), Start: r.Start, End: r.End, Step: r.Step, Parts: r.Parts},
		[]plan.Field{{Name: "id", Type: plan.Long}}, nil)
}

// project resolves SELECT without aggregates; with them it is an aggregate without keys.
func (a *analyzer) project(r *plan.Project, outer *scope) (*node, error) {
	if err := trailingComma(r); err != nil {
		return nil, err
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	in, exprs, err := a.timeWindowed(in, r.Exprs, r, outer)
	if err != nil {
		return nil, err
	}
	return a.projectOver(in, exprs, r, outer)
}

// trailingComma: in SELECT a, FROM t the grammar finds a column FROM called t.
func trailingComma(r *plan.Project) error {
	in := r.Input
	if f, ok := in.(*plan.Filter); ok {
		in = f.Input
	}
	if _, ok := in.(*plan.OneRow); !ok || len(r.Exprs) < 2 {
		return nil
	}
	last := r.Exprs[len(r.Exprs)-1]
	n, ok := unalias(last).(*plan.Name)
	if !ok || len(n.Parts) != 1 || !strings.EqualFold(n.Parts[0], "from") {
		return nil
	}
	return fault.New("TRAILING_COMMA_IN_SELECT").At(last.At())
}

func (a *analyzer) projectOver(in *node, exprs []plan.Expr, r plan.Relation, outer *scope) (*node, error) {
	var aggs []*plan.Call
	sc := &scope{at: r.At(), inputs: []*node{in}, outer: outer, aggs: &aggs}
	list, err := a.selectList(exprs, sc)
	if err != nil {
		return nil, err
	}
	if p, ok := r.(*plan.Project); ok && p.Pipe == "EXTEND" && len(aggs) > 0 {
		return nil, fault.New("PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION", "expr", sparksql.Print(aggs[0]), "clause", p.Pipe).At(aggs[0].Pos)
	}
	if len(aggs) > 0 {
		return a.grouped(&plan.Aggregate{Common: plan.Common{Pos: r.At()}}, in, nil, list, outer)
	}
	return a.projected(in, list, r.At())
}

// projected builds the Project of a resolved select list.
func (a *analyzer) projected(in *node, list *selected, pos plan.Pos) (*node, error) {
	in, items := list.lat.extractGenerators(in, list.exprs, pos)
	in, items = list.chain(a, in, items, pos)
	in, items, err := a.innerWindows(in, items, pos)
	if err != nil {
		return nil, err
	}
	all := items
	for _, c := range in.hidden { // t2.key of a USING join stays in reach
		if !selects(items, c.ID) {
			all = append(all[:len(all):len(all)], c)
		}
	}
	p := &plan.Project{Common: plan.Common{Pos: pos}, Input: in.rel, Exprs: all}
	out := a.outputOf(all)
	n := newNode(p, out)
	n.cols, n.hidden = out[:len(items):len(items)], out[len(items):]
	n.input, n.dfs = in, in.dfs
	return n, nil
}

// selects tells whether a column stands in a select list as it is.
func selects(items []plan.Expr, id plan.ColumnID) bool {
	for _, e := range items {
		if c, ok := e.(*plan.Column); ok && c.ID == id {
			return true
		}
	}
	return false
}

// outputOf is the columns a resolved select list makes. A column that stands there twice gets a
// new identity, and is remembered as the first one's twin.
func (a *analyzer) outputOf(items []plan.Expr) []*plan.Column {
	cols := make([]*plan.Column, len(items))
	seen := make(map[plan.ColumnID]bool, len(items))
	for i, e := range items {
		switch e := e.(type) {
		case *plan.Column:
			repeated := seen[e.ID]
			seen[e.ID] = true
			if repeated {
				twin := &plan.Alias{Pos: e.Pos, Expr: e, Names: []string{e.Name}, Metadata: e.Metadata, ID: a.newID()}
				if a.twins == nil {
					a.twins = map[plan.ColumnID]plan.ColumnID{}
				}
				a.twins[twin.ID] = a.origin(e.ID)
				items[i] = twin
				c := *e
				c.ID = twin.ID
				cols[i] = &c
				continue
			}
			cols[i] = e
		case *plan.Alias:
			cols[i] = aliasColumn(e)
		}
	}
	return cols
}

func aliasColumn(e *plan.Alias) *plan.Column {
	c := &plan.Column{Pos: e.Pos, ID: e.ID, Name: e.Names[0], Type: plan.TypeOf(e.Expr), Nullable: plan.Nullable(e.Expr), Metadata: e.Metadata}
	if c.Metadata == "" {
		c.Metadata = metadataOf(e.Expr)
	}
	return c
}

// metadataOf is what an alias inherits: a column's metadata, or a field's.
func metadataOf(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Column:
		return e.Metadata
	case *plan.Func:
		if e.Name != "get_struct_field" {
			return ""
		}
		s, _ := plan.TypeOf(e.Args[0]).(plan.Struct)
		name, _ := e.Args[1].(*plan.Literal)
		for _, f := range s.Fields {
			if f.Name == name.Value {
				return f.Metadata
			}
		}
	}
	return ""
}

func holdsID(cols []*plan.Column, id plan.ColumnID) bool {
	for _, c := range cols {
		if c.ID == id {
			return true
		}
	}
	return false
}

// filter resolves WHERE and HAVING.
func (a *analyzer) filter(r *plan.Filter, outer *scope) (*node, error) {
	if r.Having {
		return a.having(r, outer)
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	if r.Pipe {
		in = in.piped()
	}
	return a.where(in, r.Cond, r, outer)
}

// piped is a relation in front of |>: names that its columns have not are nobody's.
func (n *node) piped() *node {
	out := *n
	out.input, out.agg = nil, nil
	return &out
}

// where filters a resolved relation.
func (a *analyzer) where(in *node, cond plan.Expr, r plan.Relation, outer *scope) (*node, error) {
	sc := &scope{at: r.At(), inputs: []*node{in}, outer: outer, missing: true}
	if in.agg != nil {
		sc.group = in.agg
	}
	e, err := a.expr(cond, sc)
	if err != nil {
		return nil, err
	}
	if in.agg != nil {
		if e, err = in.agg.lift(e, in); err != nil {
			return nil, err
		}
	}
	if e, err = a.booleanFilter(e, r.At()); err != nil {
		return nil, err
	}
	if err := a.checkWhere(e, r.At()); err != nil {
		return nil, err
	}
	f := over(&plan.Filter{Common: plan.Common{Pos: r.At()}, Input: in.rel, Cond: e}, in)
	f.agg = in.agg
	return f, nil
}

// booleanFilter demands a BOOLEAN.
func (a *analyzer) booleanFilter(e plan.Expr, pos plan.Pos) (plan.Expr, error) {
	t := plan.TypeOf(e)
	if t == plan.Boolean {
		return e, nil
	}
	return nil, fault.New("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN", "sqlExpr", quoteSQL(a.pretty(e)),
		"filter", quoteSQL(a.pretty(e)), "type", plan.QuotedSQL(t)).At(pos)
}

// checkWhere refuses what cannot stand in WHERE.
func (a *analyzer) checkWhere(e plan.Expr, pos plan.Pos) error {
	var found []plan.Expr
	plan.Walk(e, func(x plan.Expr) bool {
		switch f := x.(type) {
		case *plan.Window:
			found = append(found, x)
			return false
		case *plan.Func:
			if f.Kind == plan.AggregateFunc {
				found = append(found, x)
				return false
			}
		}
		return true
	})
	if len(found) == 0 {
		return nil
	}
	if _, ok := found[0].(*plan.Window); ok {
		return fault.New("_LEGACY_ERROR_TEMP_1034", "clauseName", "WHERE")
	}
	list := ""
	for i, f := range found {
		if i > 0 {
			list += ", "
		}
		list += a.fullSQL(f)
	}
	return fault.New("INVALID_WHERE_CONDITION", "condition", quoteSQL(a.pretty(e)), "expressionList", list).At(pos)
}

// alias resolves (query) AS t(a, b).
func (a *analyzer) alias(r *plan.SubqueryAlias, outer *scope) (*node, error) {
	v, isValues := r.Input.(*plan.Values)
	if isValues && len(r.Columns) > 0 {
		in, err := a.namedValues(v, r, outer)
		if err != nil {
			return nil, err
		}
		return a.aliased(in, r.Alias, nil, r)
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	return a.aliased(in, r.Alias, r.Columns, r)
}

// unnamedSubquery is the alias the parser gives to a subquery without one; it qualifies nothing.
const unnamedSubquery = "__auto_generated_subquery_name"

func (a *analyzer) aliased(in *node, name string, columns []string, r plan.Relation) (*node, error) {
	if len(columns) > 0 {
		var err error
		if in, err = a.renamed(in, columns, r); err != nil {
			return nil, err
		}
	}
	n := *in
	n.hidden, n.input, n.agg, n.index = nil, nil, nil, nil
	switch name {
	case "":
	case unnamedSubquery:
		n.cols = qualify(in.cols)
	default:
		n.cols = qualify(in.cols, name)
	}
	return &n, nil
}

// renamed gives all columns new names.
func (a *analyzer) renamed(in *node, names []string, r plan.Relation) (*node, error) {
	if len(names) != len(in.cols) {
		return nil, fault.New("ASSIGNMENT_ARITY_MISMATCH", "numExpr", itoa(len(names)), "numTarget", itoa(len(in.cols))).At(r.At())
	}
	items := make([]plan.Expr, len(names))
	for i, c := range in.cols {
		items[i] = &plan.Alias{Expr: c, Names: []string{names[i]}, Metadata: c.Metadata, ID: a.newID()}
	}
	p := &plan.Project{Common: plan.Common{Pos: r.At()}, Input: in.rel, Exprs: items}
	n := newNode(p, a.outputOf(items))
	n.dfs = in.dfs
	return n, nil
}

// distinct resolves DISTINCT and dropDuplicates.
func (a *analyzer) distinct(r *plan.Distinct, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	if r.WithinWatermark { // nothing here is a stream
		return nil, fault.New("_LEGACY_ERROR_TEMP_3102", "msg", "dropDuplicatesWithinWatermark is for streams")
	}
	d := &plan.Distinct{Common: at(r), Input: a.exact(in)}
	for _, e := range r.Columns {
		cols, err := a.duplicateKey(e, in)
		if err != nil {
			return nil, err
		}
		d.Columns = append(d.Columns, cols...)
	}
	if len(r.Columns) == 0 {
		if err := comparableRows(in.cols, r.Pos); err != nil {
			return nil, err
		}
	}
	d.Out = in.cols
	return &node{rel: d, cols: in.cols, dfs: in.dfs}, nil
}

// duplicateKey finds the columns of one name in dropDuplicates: all that are called so.
func (a *analyzer) duplicateKey(e plan.Expr, in *node) ([]plan.Expr, error) {
	name, ok := e.(*plan.Name)
	if !ok {
		r, err := a.expr(e, &scope{inputs: []*node{in}})
		return []plan.Expr{r}, err
	}
	found := in.named(name.Parts[0], !a.settings.CaseSensitive)
	if len(name.Parts) > 1 || len(found) == 0 {
		return nil, unresolvedDuplicate(a, name, in)
	}
	out := make([]plan.Expr, len(found))
	for i, c := range found {
		out[i] = c
	}
	return out, nil
}

func unresolvedDuplicate(a *analyzer, n *plan.Name, in *node) error {
	names := ""
	for i, c := range in.cols {
		if i > 0 {
			names += ", "
		}
		names += c.Name
	}
	return fault.New("_LEGACY_ERROR_TEMP_1201", "colName", n.Parts[0], "fieldNames", names).At(n.Pos)
}
