package analyze

import (
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/sparksql"
)

// This file inlines views. A temporary view is its query; a stored one has a schema of its own, which
// its mode brings together with what the query gives by now.

// viewDepth is spark.sql.view.maxNestedViewDepth.
const viewDepth = 100

// inView analyzes a view's query, with the settings of its creation and what names meant then.
func (a *analyzer) inView(r *plan.Table, settings plan.Settings, names *catalog.Names, query plan.Relation) (n *node, err error) {
	if a.views >= viewDepth {
		return nil, fault.New("VIEW_EXCEED_MAX_NESTED_DEPTH", "viewName", plan.QuoteParts(r.Name), "maxNestedDepth", itoa(viewDepth)).At(r.Pos)
	}
	err = a.within(settings, names, func() error {
		n, err = a.relation(query, nil)
		return err
	})
	return n, err
}

// within analyzes what was written elsewhere, with the settings and names of there.
func (a *analyzer) within(settings plan.Settings, names *catalog.Names, do func() error) error {
	saved := *a
	defer func() {
		a.settings, a.names, a.ctes, a.windows, a.refs, a.views = saved.settings, saved.names, saved.ctes, saved.windows, saved.refs, saved.views
	}()
	a.views++
	a.settings, a.ctes, a.windows, a.names = settings, nil, nil, names
	return do()
}

// view inlines a temporary view: its query is analyzed anew.
func (a *analyzer) view(v *catalog.View, r *plan.Table) (*node, error) {
	names := a.names
	if v.Scope != nil {
		names = v.Scope
	}
	n, err := a.inView(r, v.Settings, names.In(v.Database), v.Query)
	if err != nil {
		return nil, err
	}
	if len(v.Columns) > 0 {
		if n, err = a.renamed(n, v.Columns, v.Query); err != nil {
			return nil, err
		}
		comment(n, v.Comments)
	}
	qualifier := []string{v.Name[len(v.Name)-1]}
	if v.Global {
		qualifier = []string{catalog.GlobalTemp, qualifier[0]}
	}
	return sealed(n, qualifier), nil
}

// sealed is a view as its user sees it: nothing below it can be named.
func sealed(n *node, qualifier []string) *node {
	out := *n
	out.hidden, out.input, out.agg, out.index, out.dfs = nil, nil, nil, nil, nil
	out.cols = qualify(n.cols, qualifier...)
	return &out
}

// comment puts a view's comments on the columns it declares.
func comment(n *node, comments []string) {
	p, ok := n.rel.(*plan.Project)
	for i, text := range comments {
		if !ok || text == "" || i >= len(n.cols) {
			continue
		}
		metadata := typejson.WithComment(n.cols[i].Metadata, text)
		n.cols[i].Metadata = metadata
		p.Exprs[i].(*plan.Alias).Metadata = metadata
	}
}

// ViewQuery reads a stored view's query: errors in it are told as of the view.
func ViewQuery(v *catalog.StoredView) (plan.Relation, error) {
	query, err := sparksql.ParseQuery(v.Text)
	if err != nil {
		return nil, err
	}
	if src := query.At().Src; src != nil {
		src.ObjectType, src.ObjectName = "VIEW", catalog.SparkCatalog+"."+v.Database+"."+v.Name
	}
	return query, nil
}

// storedView inlines a view of the shelf. It sees no temporary views.
func (a *analyzer) storedView(v *catalog.StoredView, r *plan.Table) (*node, error) {
	if a.env.Under == nil {
		return nil, fault.Unsupported("views that are not temporary").At(r.Pos)
	}
	query, err := ViewQuery(v)
	if err != nil {
		return nil, err
	}
	n, err := a.inView(r, a.env.Under(v.Conf), a.names.Shared(v.In), query)
	if err != nil {
		return nil, err
	}
	if v.Mode == catalog.ViewEvolution {
		if len(v.Given) > 0 {
			if n, err = a.renamed(n, v.Given, query); err != nil {
				return nil, err
			}
		}
		return sealed(n, v.Qualified()), nil
	}
	if n, err = a.asDeclared(v, n, r); err != nil {
		return nil, err
	}
	return sealed(n, v.Qualified()), nil
}

// asDeclared picks the columns a view had when it was made, and gives them their types of then.
func (a *analyzer) asDeclared(v *catalog.StoredView, n *node, r *plan.Table) (*node, error) {
	items := make([]plan.Expr, len(v.Columns.Fields))
	used := map[string]int{}
	for i, f := range v.Columns.Fields {
		name := v.QueryColumns[i]
		wanted := 0
		for _, other := range v.QueryColumns {
			if other == name {
				wanted++
			}
		}
		var found []*plan.Column
		for _, c := range n.cols {
			if a.sameName(c.Name, name) {
				found = append(found, c)
			}
		}
		if len(found) != wanted {
			return nil, fault.New("INCOMPATIBLE_VIEW_SCHEMA_CHANGE", "viewName", plan.QuoteParts(v.Qualified()), "colName", plan.Quote(name),
				"expectedNum", itoa(wanted), "actualCols", "["+quotedNames(found)+"]", "suggestion", ViewDDL(v))
		}
		c := found[used[name]]
		used[name]++
		value, err := a.viewCast(v, c, f, r)
		if err != nil {
			return nil, err
		}
		items[i] = &plan.Alias{Expr: value, Names: []string{f.Name}, Metadata: f.Metadata, ID: a.newID()}
	}
	p := &plan.Project{Common: at(r), Input: n.rel, Exprs: items}
	return newNode(p, a.outputOf(items)), nil
}

// viewCast gives a column of a view's query the type it had when the view was made.
func (a *analyzer) viewCast(v *catalog.StoredView, c *plan.Column, f plan.Field, r *plan.Table) (plan.Expr, error) {
	if v.Mode == catalog.ViewTypeEvolution || sameType(c.Type, f.Type) {
		return c, nil
	}
	if v.Mode == catalog.ViewCompensation {
		return a.makeCast(c, &plan.Cast{Expr: c, To: f.Type, Mode: plan.CastANSI})
	}
	if !plan.CanUpCast(c.Type, f.Type) {
		return nil, fault.New("CANNOT_UP_CAST_DATATYPE", "expression", plan.QuoteParts(append(c.Qualifier[:len(c.Qualifier):len(c.Qualifier)], c.Name)),
			"sourceType", plan.QuotedSQL(c.Type), "targetType", plan.QuotedSQL(f.Type), "details", "the view "+plan.QuoteParts(v.Qualified())+" was made with that type")
	}
	return &plan.Cast{Expr: c, To: f.Type, Mode: a.castMode(), Implicit: true}, nil
}

func quotedNames(cols []*plan.Column) string {
	text := ""
	for i, c := range cols {
		if i > 0 {
			text += ","
		}
		text += c.Name
	}
	return text
}

// ViewDDL is a statement that makes a view again.
func ViewDDL(v *catalog.StoredView) string {
	columns := ""
	if len(v.Given) > 0 {
		columns = " (" + plan.QuoteParts(v.Given[:1])
		for _, name := range v.Given[1:] {
			columns += ", " + plan.Quote(name)
		}
		columns += ")"
	}
	return "CREATE OR REPLACE VIEW " + plan.QuoteParts(v.Qualified()) + columns + " AS " + v.Text
}
