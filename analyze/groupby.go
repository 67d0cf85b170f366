package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file finds the keys of GROUP BY: expressions, ordinals, aliases, ALL, and grouping sets.

// keySets are GROUPING SETS as lists of indexes into the keys; nil means one set of all keys.
type keySets [][]int

func (s keySets) kind() plan.GroupKind {
	if s == nil {
		return plan.GroupBy
	}
	return plan.GroupSets
}

// keyFinder resolves the expressions of one GROUP BY.
type keyFinder struct {
	a    *analyzer
	list *selected
	sc   *scope
	keys []plan.Expr
	at   map[digest]int
}

// groupKeys resolves r's keys.
func (a *analyzer) groupKeys(r *plan.Aggregate, list *selected, sc *scope) ([]plan.Expr, keySets, error) {
	f := &keyFinder{a: a, list: list, sc: sc, at: map[digest]int{}}
	if r.ImplicitKeys && r.Kind == plan.GroupBy {
		keys, err := f.implicit(r, list)
		return keys, nil, err
	}
	if r.Kind == plan.GroupAll {
		keys, err := f.all(r.Clause)
		return keys, nil, err
	}
	sets := keySets{{}}
	plain := r.Kind == plan.GroupBy
	switch r.Kind {
	case plan.GroupRollup, plan.GroupCube, plan.GroupSets:
		indexes, err := f.addAll(r.Group)
		if err != nil {
			return nil, nil, err
		}
		switch r.Kind {
		case plan.GroupRollup:
			sets = rollup(singles(indexes))
		case plan.GroupCube:
			sets = cube(singles(indexes))
		default:
			sets = nil
			for _, s := range r.Sets {
				set := make([]int, len(s))
				for i, k := range s {
					set[i] = indexes[k]
				}
				sets = append(sets, set)
			}
		}
		return f.keys, unrepeated(sets), nil
	}
	for _, e := range r.Group {
		more, isSets, err := f.element(e)
		if err != nil {
			return nil, nil, err
		}
		plain = plain && !isSets
		sets = cross(sets, more)
	}
	if plain {
		return f.keys, nil, nil
	}
	return f.keys, unrepeated(sets), nil
}

// implicit: the keys of df.groupBy are the first items of the select list.
func (f *keyFinder) implicit(r *plan.Aggregate, list *selected) ([]plan.Expr, error) {
	if len(list.exprs) != len(r.Group)+len(r.Aggs) {
		_, err := f.addAll(r.Group) // stars among them
		return f.keys, err
	}
	for i := range r.Group {
		if l, ok := r.Group[i].(*plan.Literal); ok && isIntegral(l.Type) {
			if _, err := f.add(l); err != nil {
				return nil, err
			}
			continue
		}
		f.keys = append(f.keys, list.exprs[i])
	}
	return f.keys, nil
}

// add resolves one key and gives its index.
func (f *keyFinder) add(e plan.Expr) (int, error) {
	k, err := f.key(e)
	if err != nil {
		return 0, err
	}
	d := f.a.meaning(k)
	if i, ok := f.at[d]; ok {
		return i, nil
	}
	f.at[d] = len(f.keys)
	f.keys = append(f.keys, k)
	return len(f.keys) - 1, nil
}

func (f *keyFinder) addAll(list []plan.Expr) ([]int, error) {
	if hasStar(list) {
		var err error
		if list, err = f.a.expandStars(list, f.sc, "group by"); err != nil {
			return nil, err
		}
	}
	indexes := make([]int, len(list))
	for i, e := range list {
		var err error
		if indexes[i], err = f.add(e); err != nil {
			return nil, err
		}
	}
	return indexes, nil
}

// key resolves one grouping expression.
func (f *keyFinder) key(e plan.Expr) (plan.Expr, error) {
	if l, ok := e.(*plan.Literal); ok && l.Type == plan.Int && l.Value != nil {
		return f.ordinal(l)
	}
	sc := *f.sc
	sc.keysOf = f.list
	return f.a.expr(e, &sc)
}

// ordinal is GROUP BY 1.
func (f *keyFinder) ordinal(l *plan.Literal) (plan.Expr, error) {
	n := int(l.Value.(int32))
	if n < 1 || n > len(f.list.exprs) {
		return nil, fault.New("GROUP_BY_POS_OUT_OF_RANGE", "index", itoa(n), "size", itoa(len(f.list.exprs))).At(l.Pos)
	}
	item := unalias(f.list.exprs[n-1])
	if hasAggregate(item) {
		return nil, fault.New("GROUP_BY_POS_AGGREGATE", "index", itoa(n), "aggExpr", f.a.fullSQL(f.list.exprs[n-1])).At(l.Pos)
	}
	return item, nil
}

func unalias(e plan.Expr) plan.Expr {
	if alias, ok := e.(*plan.Alias); ok {
		return alias.Expr
	}
	return e
}

// hasAggregate tells whether e holds an aggregate that is no window function.
func hasAggregate(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Func:
			found = found || x.Kind == plan.AggregateFunc
		case *plan.Window:
			for _, c := range plan.Children(x) {
				if c != x.Func {
					found = found || hasAggregate(c)
				}
			}
			for _, c := range plan.Children(x.Func) {
				found = found || hasAggregate(c)
			}
			return false
		}
		return !found
	})
	return found
}

// groupAlias: a name in GROUP BY may be that of a select item.
func (a *analyzer) groupAlias(n *plan.Name, sc *scope) plan.Expr {
	if sc.keysOf == nil {
		return nil
	}
	name := strings.Join(n.Parts, ".")
	for _, e := range sc.keysOf.exprs {
		if alias, ok := e.(*plan.Alias); ok && a.sameName(alias.Names[0], name) {
			return alias.Expr
		}
	}
	return nil
}

// all is GROUP BY ALL: every item without an aggregate.
func (f *keyFinder) all(pos plan.Pos) ([]plan.Expr, error) {
	var keys []plan.Expr
	free := false
	for _, e := range f.list.exprs {
		if !hasAggregate(e) && !hasWindow(e) {
			keys = append(keys, unalias(e))
		}
		free = free || hasFreeColumn(e)
	}
	if free && len(keys) == 0 {
		return nil, fault.New("UNRESOLVED_ALL_IN_GROUP_BY").At(pos)
	}
	return keys, nil
}

// hasFreeColumn tells whether e uses a column outside aggregates.
func hasFreeColumn(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Func:
			if x.Kind == plan.AggregateFunc {
				return false
			}
		case *plan.Column:
			found = true
		}
		return !found
	})
	return found
}

// element resolves one element of a GROUP BY list: a key, or ROLLUP, CUBE, GROUPING SETS.
func (f *keyFinder) element(e plan.Expr) (sets keySets, isSets bool, err error) {
	c, ok := e.(*plan.Call)
	if ok && len(c.Name) == 1 {
		switch strings.ToLower(c.Name[0]) {
		case "rollup":
			parts, err := f.groups(c.Args)
			return rollup(parts), true, err
		case "cube":
			parts, err := f.groups(c.Args)
			return cube(parts), true, err
		case "grouping_sets":
			sets, err := f.setList(c.Args)
			return sets, true, err
		}
	}
	indexes, err := f.addAll([]plan.Expr{e})
	if err != nil {
		return nil, false, err
	}
	return keySets{indexes}, false, nil
}

// groups resolves the arguments of ROLLUP or CUBE: each is a key or a parenthesised list of keys.
func (f *keyFinder) groups(args []plan.Expr) ([][]int, error) {
	out := make([][]int, len(args))
	for i, e := range args {
		var err error
		if out[i], err = f.addAll(tuple(e)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// tuple takes (a, b) apart.
func tuple(e plan.Expr) []plan.Expr {
	c, ok := e.(*plan.Call)
	if ok && len(c.Name) == 1 && (c.Name[0] == "struct" || c.Name[0] == "named_struct") && c.Operator {
		return c.Args
	}
	return []plan.Expr{e}
}

// setList resolves the arguments of GROUPING SETS, which may nest ROLLUP and CUBE.
func (f *keyFinder) setList(args []plan.Expr) (keySets, error) {
	var out keySets
	for _, e := range args {
		if c, ok := e.(*plan.Call); ok && len(c.Name) == 1 {
			switch strings.ToLower(c.Name[0]) {
			case "rollup", "cube", "grouping_sets":
				sets, _, err := f.element(e)
				if err != nil {
					return nil, err
				}
				out = append(out, sets...)
				continue
			}
		}
		set, err := f.addAll(tuple(e))
		if err != nil {
			return nil, err
		}
		out = append(out, set)
	}
	return out, nil
}

func singles(indexes []int) [][]int {
	out := make([][]int, len(indexes))
	for i, k := range indexes {
		out[i] = []int{k}
	}
	return out
}

func rollup(parts [][]int) keySets {
	var sets keySets
	for n := len(parts); n >= 0; n-- {
		sets = append(sets, join(parts[:n]))
	}
	return sets
}

func cube(parts [][]int) keySets {
	sets := keySets{}
	for mask := 1<<len(parts) - 1; mask >= 0; mask-- {
		var chosen [][]int
		for i, p := range parts {
			if mask&(1<<(len(parts)-1-i)) != 0 {
				chosen = append(chosen, p)
			}
		}
		sets = append(sets, join(chosen))
	}
	return sets
}

func join(parts [][]int) []int {
	out := []int{}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// cross combines every set of x with every one of y.
func cross(x, y keySets) keySets {
	var out keySets
	for _, s := range x {
		for _, t := range y {
			out = append(out, join([][]int{s, t}))
		}
	}
	return out
}

// unrepeated drops repeated keys inside each set.
func unrepeated(sets keySets) keySets {
	out := make(keySets, len(sets))
	for i, s := range sets {
		out[i] = []int{}
		seen := map[int]bool{}
		for _, k := range s {
			if !seen[k] {
				seen[k] = true
				out[i] = append(out[i], k)
			}
		}
	}
	return out
}

func isGrouping(f *plan.Func) bool { return f.Name == "grouping" || f.Name == "grouping_id" }

// groupingCall resolves grouping(key) and grouping_id(keys); split gives them their meaning.
func groupingCall(c *call) (plan.Expr, error) {
	if c.name == "grouping" {
		if len(c.args) != 1 {
			return nil, c.wrongCount("1")
		}
		return c.make(plan.Byte, false), nil
	}
	return c.make(plan.Long, false), nil
}

// groupingColumn is grouping() or grouping_id() as the Aggregate computes it.
func (g *grouping) groupingColumn(f *plan.Func) (plan.Expr, error) {
	if !g.sets {
		return nil, fault.New("UNSUPPORTED_GROUPING_EXPRESSION").At(f.Pos)
	}
	out := *f
	if f.Name == "grouping_id" {
		if err := g.checkGroupingID(f); err != nil {
			return nil, err
		}
		out.Args = make([]plan.Expr, len(g.agg.Group))
		for i, k := range g.agg.Group {
			out.Args[i] = unalias(k)
		}
	} else if key := g.keyBehind(f.Args[0]); key != nil {
		out.Args = []plan.Expr{key}
	} else {
		return nil, fault.New("GROUPING_COLUMN_MISMATCH", "grouping", quoteSQL(g.a.pretty(f.Args[0])),
			"groupingColumns", quoteSQL(g.keyNames())).At(f.Pos)
	}
	d := g.a.meaning(&out)
	c, ok := g.aggs[d]
	if !ok {
		alias := &plan.Alias{Pos: f.Pos, Expr: &out, Names: []string{g.a.pretty(f)}, ID: g.a.newID(), Auto: true}
		c = aliasColumn(alias)
		g.agg.Aggs = append(g.agg.Aggs, alias)
		g.agg.Out = append(g.agg.Out, c)
		g.aggs[d] = c
	}
	return g.use(c, f), nil
}

// keyBehind is the key an expression means: the key itself, or the select list's column of it.
func (g *grouping) keyBehind(e plan.Expr) plan.Expr {
	c, ok := g.keys[g.a.meaning(e)]
	if !ok {
		c, ok = e.(*plan.Column)
	}
	if ok {
		for i, k := range g.agg.Group {
			if g.agg.Out[i].ID == c.ID {
				return unalias(k)
			}
		}
	}
	return nil
}

// checkGroupingID: its arguments, if any, must be the keys in their order.
func (g *grouping) checkGroupingID(f *plan.Func) error {
	if len(f.Args) == 0 {
		return nil
	}
	same := len(f.Args) == len(g.agg.Group)
	names := make([]string, len(f.Args))
	for i, e := range f.Args {
		names[i] = g.a.withID(e)
		same = same && g.a.meaning(e) == g.a.meaning(unalias(g.agg.Group[i]))
	}
	if same {
		return nil
	}
	keys := make([]string, len(g.agg.Group))
	for i, k := range g.agg.Group {
		keys[i] = g.a.withID(unalias(k))
	}
	return fault.New("GROUPING_ID_COLUMN_MISMATCH", "groupingIdColumn", strings.Join(names, ","),
		"groupByColumns", strings.Join(keys, ",")).At(f.Pos)
}

// withID shows an expression with the identities of its columns: "a#12".
func (a *analyzer) withID(e plan.Expr) string {
	w, err := plan.MapExpr(e, func(x plan.Expr) (plan.Expr, error) {
		c, ok := x.(*plan.Column)
		if !ok {
			return x, nil
		}
		d := *c
		if d.Name += "#" + itoa(int(c.ID)); c.Type == plan.Long {
			d.Name += "L"
		}
		return &d, nil
	})
	if err != nil {
		return a.pretty(e)
	}
	return a.pretty(w)
}

func (g *grouping) keyNames() string {
	names := make([]string, len(g.agg.Group))
	for i, k := range g.agg.Group {
		names[i] = g.a.pretty(unalias(k))
	}
	return strings.Join(names, ",")
}
