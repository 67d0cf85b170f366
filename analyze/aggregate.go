package analyze

import (
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// This file resolves GROUP BY. The resolved form is an Aggregate of keys and plain aggregate calls,
// with everything computed from them in a Project above.

// grouping is an aggregate while expressions above it are split into what it computes and the rest.
type grouping struct {
	a    *analyzer
	in   *node // what is grouped
	agg  *plan.Aggregate
	proj *plan.Project // above agg; nil if the select list is agg's output as it is
	node *node         // the select list
	keys map[digest]*plan.Column
	aggs map[digest]*plan.Column
	lat  *laterals
	// computed remembers digests while keys are looked for in deep expressions; nil if every key is
	// a plain column.
	computed map[*plan.Func]digest
	sets     bool // GROUPING SETS: keys may be NULL
}

// aggregate resolves GROUP BY with its select list, and df.groupBy().agg().
func (a *analyzer) aggregate(r *plan.Aggregate, outer *scope) (*node, error) {
	if r.Pivot != nil || r.Kind == plan.GroupPivot {
		return a.pivot(r, outer)
	}
	for _, e := range r.Group {
		if c, ok := unalias(e).(*plan.Call); ok && strings.EqualFold(c.Name[0], "session_window") {
			return nil, fault.Unsupported("grouping by %s", c.Name[0]).At(c.Pos)
		}
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	if r.Pipe {
		if r, err = a.pipedAggregate(r, in); err != nil {
			return nil, err
		}
	}
	in, all, err := a.timeWindowed(in, append(slices.Clone(r.Group), r.Aggs...), r, outer)
	if err != nil {
		return nil, err
	}
	windowed := *r
	windowed.Group, windowed.Aggs = all[:len(r.Group):len(r.Group)], all[len(r.Group):]
	r = &windowed
	sc := &scope{at: r.Pos, inputs: []*node{in}, outer: outer}
	items := r.Aggs
	if r.ImplicitKeys {
		items = append(append([]plan.Expr{}, r.Group...), r.Aggs...)
	}
	list, err := a.selectList(items, sc)
	if err != nil {
		return nil, err
	}
	keys, sets, err := a.groupKeys(r, list, sc)
	if err != nil {
		return nil, err
	}
	return a.grouped(&plan.Aggregate{Common: at(r), Kind: sets.kind(), Sets: sets}, in, keys, list, outer)
}

// pipedAggregate: in |> AGGREGATE ordinals mean columns of the input, and what has no aggregate is to be grouped by.
func (a *analyzer) pipedAggregate(r *plan.Aggregate, in *node) (*plan.Aggregate, error) {
	out := *r
	out.Group = slices.Clone(r.Group)
	for i, e := range r.Group {
		l, ok := e.(*plan.Literal)
		if !ok || !isIntegral(l.Type) {
			continue
		}
		k, _ := intLiteral(l)
		if k < 1 || k > int64(len(in.cols)) {
			return nil, fault.New("GROUP_BY_POS_OUT_OF_RANGE", "index", itoa(int(k)), "size", itoa(len(in.cols))).At(l.Pos)
		}
		out.Group[i] = in.cols[k-1]
	}
	for _, e := range r.Aggs {
		found := false
		plan.Walk(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Call); ok {
				s, known := a.lookup(strings.ToLower(c.Name[len(c.Name)-1]))
				found = found || !known || s.kind == plan.AggregateFunc
			}
			return !found
		})
		if !found {
			return nil, fault.New("PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION", "expr", sparksql.Print(unalias(e))).At(e.At())
		}
	}
	return &out, nil
}

// grouped builds the Aggregate (agg has position, kind and sets) and the Project above.
func (a *analyzer) grouped(agg *plan.Aggregate, in *node, keys []plan.Expr, list *selected, outer *scope) (*node, error) {
	for _, e := range append(keys[:len(keys):len(keys)], list.exprs...) {
		if hasOuter(e) {
			return nil, fault.Unsupported("columns of the outer query beside aggregates").At(e.At())
		}
	}
	g := &grouping{a: a, in: in, agg: agg, lat: list.lat, sets: agg.Kind == plan.GroupSets,
		keys: make(map[digest]*plan.Column, len(keys)), aggs: map[digest]*plan.Column{}}
	agg.Input = in.rel
	agg.Out = []*plan.Column{}
	for _, k := range keys {
		if err := g.addKey(k); err != nil {
			return nil, err
		}
	}
	items := make([]plan.Expr, len(list.exprs))
	for i, e := range list.exprs {
		item, err := g.item(e)
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return g.build(items)
}

func hasOuter(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		_, ok := x.(*plan.OuterColumn)
		found = found || ok
		return !found
	})
	return found
}

// addKey adds a grouping key. A column keeps its identity, unless GROUPING SETS may make it NULL.
func (g *grouping) addKey(k plan.Expr) error {
	if err := g.a.checkKey(k); err != nil {
		return err
	}
	d := g.a.meaning(k)
	if _, ok := g.keys[d]; ok && !g.sets {
		return nil
	}
	alias := &plan.Alias{Pos: k.At(), Expr: k}
	if named, ok := k.(*plan.Alias); ok {
		alias.Expr, alias.Names = named.Expr, named.Names
	}
	column, isColumn := alias.Expr.(*plan.Column)
	if !isColumn && g.computed == nil {
		g.computed = map[*plan.Func]digest{}
	}
	switch {
	case isColumn && !g.sets:
		alias.ID, alias.Names, alias.Metadata = column.ID, []string{column.Name}, column.Metadata
	case isColumn:
		alias.ID, alias.Names, alias.Metadata = g.a.newID(), []string{column.Name}, column.Metadata
	default:
		alias.ID = g.a.newID()
		if alias.Names == nil {
			alias.Names = []string{g.a.pretty(alias.Expr)}
		}
	}
	c := aliasColumn(alias)
	if isColumn {
		c.Qualifier = column.Qualifier
	}
	if g.sets {
		c.Nullable = c.Nullable || !g.inEverySet(len(g.agg.Group))
	}
	g.agg.Group = append(g.agg.Group, alias)
	g.agg.Out = append(g.agg.Out, c)
	if _, ok := g.keys[d]; !ok {
		g.keys[d] = c
	}
	return nil
}

// inEverySet tells whether a key is in all grouping sets.
func (g *grouping) inEverySet(key int) bool {
	for _, s := range g.agg.Sets {
		if !slices.Contains(s, key) {
			return false
		}
	}
	return true
}

// item splits one item of the select list.
func (g *grouping) item(e plan.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *plan.Column:
		r, err := g.split(e)
		if err != nil {
			return nil, err
		}
		c, ok := r.(*plan.Column)
		if !ok {
			return nil, fault.Internalf("analyze: a key became %T", r)
		}
		d := *c
		d.Name, d.Pos = e.Name, e.Pos
		return &d, nil
	case *plan.Alias:
		if f, ok := e.Expr.(*plan.Func); ok && f.Kind == plan.AggregateFunc && !isGrouping(f) {
			// The usual case: the aggregate itself gets the item's name and identity.
			if c, err := g.aggColumn(f, e); err != nil || c.ID == e.ID {
				return c, err
			}
		}
		r, err := g.split(e.Expr)
		if err != nil {
			return nil, err
		}
		out := *e
		out.Expr = r
		return &out, nil
	}
	return nil, fault.Internalf("analyze: select item %T", e)
}

// build puts the Project on top, unless the items are the Aggregate's output already.
func (g *grouping) build(items []plan.Expr) (*node, error) {
	base := newNode(g.agg, g.agg.Out)
	base.dfs = g.in.dfs
	if g.isOutput(items) {
		cols := make([]*plan.Column, len(items))
		for i, e := range items {
			cols[i] = e.(*plan.Column)
		}
		base.cols = cols
		base.agg, g.node = g, base
		return base, nil
	}
	top, items := g.lat.extractGenerators(base, items, g.agg.Pos)
	list := &selected{lat: g.lat}
	top, items = list.chain(g.a, top, items, g.agg.Pos)
	top, items, err := g.a.innerWindows(top, items, g.agg.Pos)
	if err != nil {
		return nil, err
	}
	g.proj = &plan.Project{Common: plan.Common{Pos: g.agg.Pos}, Input: top.rel, Exprs: items}
	n := newNode(g.proj, g.a.outputOf(items))
	n.dfs, n.agg = base.dfs, g
	if top != base {
		n.input, n.agg = top, nil // ORDER BY cannot reach the aggregate through generators
	}
	g.node = n
	return n, nil
}

func (g *grouping) isOutput(items []plan.Expr) bool {
	if len(items) != len(g.agg.Out) || len(g.lat.order) > 0 {
		return false
	}
	for i, e := range items {
		c, ok := e.(*plan.Column)
		if !ok || c.ID != g.agg.Out[i].ID {
			return false
		}
	}
	return true
}

// split rewrites an expression over the input into one over the Aggregate's output.
func (g *grouping) split(e plan.Expr) (plan.Expr, error) {
	if c := g.key(e); c != nil {
		return g.use(c, e), nil
	}
	switch x := e.(type) {
	case *plan.Column:
		if g.lat.has(x.ID) {
			return x, nil
		}
		return nil, g.notGrouped(x)
	case *plan.Func:
		if isGrouping(x) {
			return g.groupingColumn(x)
		}
		if x.Kind == plan.AggregateFunc {
			c, err := g.aggColumn(x, nil)
			if err != nil {
				return nil, err
			}
			return g.use(c, e), nil
		}
	case *plan.Window:
		return g.splitWindow(x)
	case *plan.Subquery:
		return g.splitSubquery(x)
	}
	return g.splitChildren(e)
}

// key is the output column of the key e is; nil if it is none.
func (g *grouping) key(e plan.Expr) *plan.Column {
	switch e.(type) {
	case *plan.Literal:
		if !g.sets {
			return nil
		}
	case *plan.Column:
	default:
		if g.computed == nil {
			return nil // all keys are plain columns
		}
	}
	saved := g.a.digests
	g.a.digests = g.computed
	c := g.keys[g.a.meaning(e)]
	g.a.digests = saved
	return c
}

// use is a reference to a column of the Aggregate.
func (g *grouping) use(c *plan.Column, e plan.Expr) plan.Expr {
	d := *c
	d.Pos = e.At()
	return &d
}

func (g *grouping) splitChildren(e plan.Expr) (plan.Expr, error) {
	out, err := mapChildren(e, g.split)
	if err != nil {
		return nil, err
	}
	if out == e {
		return e, nil
	}
	if f, ok := out.(*plan.Func); ok && g.sets {
		out = g.a.nullableAgain(f)
	}
	if c, ok := g.a.written[e]; ok {
		g.a.remember(out, c)
	}
	return out, nil
}

// nullableAgain computes anew whether a call may be NULL, its arguments having become nullable.
func (a *analyzer) nullableAgain(f *plan.Func) plan.Expr {
	if s, ok := a.lookup(f.Name); ok && f.Kind == plan.ScalarFunc && s.build == nil && len(f.Args) >= s.least {
		c := &call{a: a, pos: f.Pos, sig: s, name: s.name, show: s.show, args: slices.Clone(f.Args)}
		if e, err := c.finish(); err == nil {
			return e
		}
	}
	for _, arg := range f.Args {
		f.Nullable = f.Nullable || plan.Nullable(arg)
	}
	return f
}

// splitWindow: the window function itself stays; what it works on is grouped.
func (g *grouping) splitWindow(w *plan.Window) (plan.Expr, error) {
	fn, err := g.splitChildren(w.Func)
	if err != nil {
		return nil, err
	}
	out, err := mapChildren(w, func(x plan.Expr) (plan.Expr, error) {
		if x == w.Func {
			return fn, nil
		}
		return g.split(x)
	})
	return out, err
}

// aggColumn is the output column of an aggregate call; item, if set, is the select item it is all of.
func (g *grouping) aggColumn(f *plan.Func, item *plan.Alias) (*plan.Column, error) {
	d := g.a.meaning(f)
	if c, ok := g.aggs[d]; ok {
		return c, nil
	}
	if err := g.a.checkAggregate(f); err != nil {
		return nil, err
	}
	alias := &plan.Alias{Pos: f.Pos, Expr: f, Auto: true}
	if item != nil && g.lat.used[item.ID] == nil {
		alias.ID, alias.Names, alias.Metadata, alias.Auto = item.ID, item.Names, item.Metadata, item.Auto
	} else {
		alias.ID, alias.Names = g.a.newID(), []string{g.a.pretty(f)}
	}
	c := aliasColumn(alias)
	g.agg.Aggs = append(g.agg.Aggs, alias)
	g.agg.Out = append(g.agg.Out, c)
	g.aggs[d] = c
	return c, nil
}

// notGrouped is the error for a column that is neither a key nor inside an aggregate.
func (g *grouping) notGrouped(c *plan.Column) error {
	if len(g.agg.Group) == 0 {
		return fault.New("MISSING_GROUP_BY").At(g.agg.Pos)
	}
	return fault.New("MISSING_AGGREGATION", "expression", quoteSQL(c.Name),
		"expressionAnyValue", quoteSQL("any_value("+c.Name+")"))
}

// checkAggregate refuses what Spark refuses inside aggregate functions.
func (a *analyzer) checkAggregate(f *plan.Func) error {
	var bad error
	for _, arg := range f.Args {
		plan.Walk(arg, func(e plan.Expr) bool {
			if _, ok := e.(*plan.Window); ok && bad == nil {
				bad = fault.New("NESTED_AGGREGATE_FUNCTION").At(e.At())
			}
			return bad == nil
		})
	}
	return bad
}

// checkKey refuses keys that cannot be grouped by.
func (a *analyzer) checkKey(k plan.Expr) error {
	var bad error
	plan.Walk(k, func(e plan.Expr) bool {
		f, isFunc := e.(*plan.Func)
		_, isWindow := e.(*plan.Window)
		if bad == nil && (isWindow || isFunc && f.Kind == plan.AggregateFunc) {
			bad = fault.New("GROUP_BY_AGGREGATE", "sqlExpr", a.fullSQL(e)).At(e.At())
		}
		return bad == nil
	})
	if bad != nil {
		return bad
	}
	t := plan.TypeOf(k)
	if hasMap(t) {
		return fault.Unsupported("grouping by a map").At(k.At())
	}
	if !orderable(t) {
		return fault.New("GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE", "sqlExpr", a.plainSQL(k),
			"dataType", plan.QuotedSQL(t)).At(k.At())
	}
	return nil
}
