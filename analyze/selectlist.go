package analyze

import (
	"regexp"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves select lists: stars, names of columns, aliases that later items use.

// selected is a resolved select list: Columns and Aliases. An item may refer to earlier aliases
// (lateral column aliases): those aliases are listed in used and computed in a Project below.
type selected struct {
	exprs []plan.Expr
	lat   *laterals
}

// laterals are the aliases of a select list so far.
type laterals struct {
	byName map[string][]*plan.Alias
	used   map[plan.ColumnID]*plan.Alias
	order  []*plan.Alias // used, in the order of the list
}

// selectList resolves the items of a select list.
func (a *analyzer) selectList(items []plan.Expr, sc *scope) (*selected, error) {
	out := &selected{exprs: make([]plan.Expr, 0, len(items)), lat: &laterals{}}
	inner := *sc
	inner.laterals = out.lat
	for _, item := range items {
		if hasStar([]plan.Expr{item}) {
			expanded, err := a.expandStars([]plan.Expr{item}, &inner, "")
			if err != nil {
				return nil, err
			}
			for _, e := range expanded {
				r, err := a.item(e, &inner)
				if err != nil {
					return nil, err
				}
				out.exprs = append(out.exprs, r)
			}
			continue
		}
		r, err := a.item(item, &inner)
		if err != nil {
			return nil, err
		}
		out.exprs = append(out.exprs, r)
		if _, written := item.(*plan.Alias); written {
			if r, ok := r.(*plan.Alias); ok {
				out.lat.add(r)
			}
		}
	}
	return out, nil
}

// item resolves one item of a select list and names it.
func (a *analyzer) item(e plan.Expr, sc *scope) (plan.Expr, error) {
	inner := *sc
	inner.generator = true
	if alias, ok := e.(*plan.Alias); ok {
		r, err := a.expr(alias.Expr, &inner)
		if err != nil {
			return nil, err
		}
		if err := a.checkGenerators(r); err != nil {
			return nil, err
		}
		if len(alias.Names) > 1 && !isGenerator(r) {
			return nil, fault.Unsupported("several names for one column").At(alias.Pos)
		}
		return &plan.Alias{Pos: alias.Pos, Expr: r, Names: alias.Names, Metadata: alias.Metadata, ID: a.newID()}, nil
	}
	r, err := a.expr(e, &inner)
	if err != nil {
		return nil, err
	}
	if err := a.checkGenerators(r); err != nil {
		return nil, err
	}
	return a.named(r, e), nil
}

// named gives a resolved item the name Spark gives it.
func (a *analyzer) named(r, written plan.Expr) plan.Expr {
	if c, ok := r.(*plan.Column); ok {
		return c
	}
	return &plan.Alias{Pos: r.At(), Expr: r, Names: []string{a.autoName(r, written)}, ID: a.newID(), Auto: true}
}

// autoName: a cast of a column keeps the column's name; a field reached by a dotted name is called
// as the field.
func (a *analyzer) autoName(r, written plan.Expr) string {
	switch e := r.(type) {
	case *plan.Cast:
		if c, ok := e.Expr.(*plan.Column); ok {
			return c.Name
		}
	case *plan.OuterColumn:
		return e.Column.Name
	case *plan.LambdaVar:
		return e.Name
	case *plan.Func:
		if n, ok := written.(*plan.Name); ok && isExtraction(e) {
			return n.Parts[len(n.Parts)-1]
		}
		if e.Kind == plan.GeneratorFunc {
			return ""
		}
	}
	return a.pretty(r)
}

func isExtraction(f *plan.Func) bool {
	switch f.Name {
	case "get_struct_field", "get_array_struct_fields", "get_map_value", "get_array_item":
		return true
	}
	return false
}

func (l *laterals) add(e *plan.Alias) {
	if l.byName == nil {
		l.byName = map[string][]*plan.Alias{}
	}
	key := strings.ToLower(e.Names[0])
	l.byName[key] = append(l.byName[key], e)
}

// lateralAlias looks a name up among the earlier aliases of the select list.
func (a *analyzer) lateralAlias(n *plan.Name, sc *scope) (plan.Expr, error) {
	if sc.laterals == nil {
		return nil, nil
	}
	found := sc.laterals.byName[strings.ToLower(n.Parts[0])]
	switch {
	case len(found) == 0:
		return nil, nil
	case len(found) > 1:
		return nil, fault.New("AMBIGUOUS_LATERAL_COLUMN_ALIAS", "name", plan.QuoteParts(n.Parts), "n", itoa(len(found)))
	}
	l := sc.laterals
	if l.used == nil {
		l.used = map[plan.ColumnID]*plan.Alias{}
	}
	alias := found[0]
	if l.used[alias.ID] == nil {
		l.used[alias.ID] = alias
		l.order = append(l.order, alias)
	}
	c := aliasColumn(alias)
	c.Pos = n.Pos
	shown := *c
	a.remember(c, &call{a: a, show: "lateralAliasReference", args: []plan.Expr{&shown}})
	return a.fields(c, n.Parts[1:], n.Pos)
}

// in finds a use of an earlier alias in e.
func (l *laterals) in(e plan.Expr) *plan.Column {
	if l == nil || len(l.used) == 0 {
		return nil
	}
	var found *plan.Column
	plan.Walk(e, func(x plan.Expr) bool {
		if c, ok := x.(*plan.Column); ok && l.used[c.ID] != nil {
			found = c
		}
		return found == nil
	})
	return found
}

// chain computes the aliases that other items use in Projects below the final one, and replaces
// them in the list by their columns.
func (l *selected) chain(a *analyzer, in *node, items []plan.Expr, pos plan.Pos) (*node, []plan.Expr) {
	if len(l.lat.order) == 0 {
		return in, items
	}
	done := map[plan.ColumnID]bool{}
	for _, alias := range items {
		e, ok := alias.(*plan.Alias)
		if !ok || l.lat.used[e.ID] == nil || done[e.ID] {
			continue
		}
		done[e.ID] = true
		list := make([]plan.Expr, 0, len(plan.Output(in.rel))+1)
		for _, c := range plan.Output(in.rel) {
			list = append(list, c)
		}
		list = append(list, e)
		p := &plan.Project{Common: plan.Common{Pos: pos}, Input: in.rel, Exprs: list}
		cols := a.outputOf(list)
		next := newNode(p, cols)
		next.cols, next.hidden, next.dfs = in.cols, in.hidden, in.dfs
		in = next
	}
	out := make([]plan.Expr, len(items))
	for i, item := range items {
		out[i] = item
		if e, ok := item.(*plan.Alias); ok && done[e.ID] {
			out[i] = aliasColumn(e)
		}
	}
	return in, out
}

// expandStars replaces *, t.*, s.* and df.colRegex by columns; in says which function's arguments
// they are, "" for a select list.
func (a *analyzer) expandStars(list []plan.Expr, sc *scope, in string) ([]plan.Expr, error) {
	var out []plan.Expr
	for _, e := range list {
		var cols []plan.Expr
		var err error
		switch e := e.(type) {
		case *plan.Star:
			cols, err = a.expandStar(e, sc)
		case *plan.NameRegex:
			cols, err = a.expandRegex(e, sc)
		default:
			cols = []plan.Expr{e}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, cols...)
	}
	return out, nil
}

func (a *analyzer) expandStar(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	cols, err := a.starColumns(s, sc)
	if err != nil || len(s.Except) == 0 {
		return cols, err
	}
	return a.exceptColumns(s, cols, sc)
}

func (a *analyzer) starColumns(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	inputs := sc.inputs
	if s.PlanID.Set {
		n, err := a.dataFrameNode(s.PlanID, sc, "*", s.Pos)
		if err != nil {
			return nil, err
		}
		inputs = []*node{n}
	}
	var out []plan.Expr
	for _, n := range inputs {
		if len(s.Target) > 0 {
			for _, c := range n.hidden {
				if a.endsWith(c.Qualifier, s.Target) {
					out = append(out, c)
				}
			}
		}
		for _, c := range n.cols {
			if len(s.Target) == 0 || a.endsWith(c.Qualifier, s.Target) {
				out = append(out, c)
			}
		}
	}
	if len(out) > 0 || len(s.Target) == 0 {
		return out, nil
	}
	return a.structStar(s, sc)
}

// structStar is s.* for a struct column s.
func (a *analyzer) structStar(s *plan.Star, sc *scope) ([]plan.Expr, error) {
	e, err := a.inNodes(&plan.Name{Pos: s.Pos, Parts: s.Target}, sc.inputs)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, a.cannotExpand(s, sc)
	}
	t, ok := plan.TypeOf(e).(plan.Struct)
	if !ok {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1050", "attributes", "List("+strings.Join(s.Target, ", ")+")").At(s.Pos)
	}
	out := make([]plan.Expr, len(t.Fields))
	for i, f := range t.Fields {
		field, err := a.structField(e, t, &plan.Literal{Pos: s.Pos, Value: f.Name, Type: plan.String}, s.Pos)
		if err != nil {
			return nil, err
		}
		out[i] = &plan.Alias{Pos: s.Pos, Expr: field, Names: []string{f.Name}}
	}
	return out, nil
}

func (a *analyzer) cannotExpand(s *plan.Star, sc *scope) error {
	var names []string
	for _, n := range sc.inputs {
		for _, c := range n.cols {
			names = append(names, plan.Quote(c.Name))
		}
	}
	slices.Sort(names)
	return fault.New("CANNOT_RESOLVE_STAR_EXPAND", "targetString", plan.QuoteParts(s.Target),
		"columns", strings.Join(names, ", ")).At(s.Pos)
}

// exceptColumns leaves out what EXCEPT lists. Fields inside structs are left to Spark.
func (a *analyzer) exceptColumns(s *plan.Star, cols []plan.Expr, sc *scope) ([]plan.Expr, error) {
	drop := map[plan.ColumnID]bool{}
	for _, parts := range s.Except {
		e, err := a.inNodes(&plan.Name{Pos: s.Pos, Parts: parts}, sc.inputs)
		if err != nil {
			return nil, err
		}
		c, ok := e.(*plan.Column)
		if e != nil && !ok {
			return nil, fault.Unsupported("* EXCEPT a field of a struct").At(s.Pos)
		}
		if e == nil {
			return nil, exceptUnknown(s, parts, cols)
		}
		if drop[c.ID] {
			return nil, fault.New("EXCEPT_OVERLAPPING_COLUMNS", "columns", strings.Join(parts, ".")).At(s.Pos)
		}
		drop[c.ID] = true
	}
	var out []plan.Expr
	for _, e := range cols {
		if c, ok := e.(*plan.Column); !ok || !drop[c.ID] {
			out = append(out, e)
		}
	}
	return out, nil
}

// exceptUnknown is the error for a column EXCEPT lists that is not there.
func exceptUnknown(s *plan.Star, parts []string, cols []plan.Expr) error {
	names := make([][]string, 0, len(cols))
	for _, e := range cols {
		if c, ok := e.(*plan.Column); ok {
			names = append(names, append(slices.Clone(c.Qualifier), c.Name))
		}
	}
	return fault.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", plan.QuoteParts(parts),
		"proposal", strings.Join(similar(parts, names), ", ")).At(s.Pos)
}

// expandRegex selects the columns whose name matches.
func (a *analyzer) expandRegex(r *plan.NameRegex, sc *scope) ([]plan.Expr, error) {
	flags := "(?is)"
	if a.settings.CaseSensitive {
		flags = "(?s)"
	}
	re, err := regexp.Compile(flags + "^(?:" + r.Pattern + ")$")
	if err != nil {
		return nil, fault.Unsupported("column pattern %s", r.Pattern).At(r.Pos)
	}
	inputs := sc.inputs
	if r.PlanID.Set {
		n, err := a.dataFrameNode(r.PlanID, sc, r.Pattern, r.Pos)
		if err != nil {
			return nil, err
		}
		inputs = []*node{n}
	}
	var out []plan.Expr
	for _, n := range inputs {
		for _, c := range n.cols {
			if re.MatchString(c.Name) {
				out = append(out, c)
			}
		}
	}
	return out, nil
}
