package translate

// This file finds constants that may fail. Spark computes every expression without columns before it
// reads a row: SELECT id / 0 fails where it is 1 / 0, also of no rows. DuckDB computes them where rows
// are. So a query comes with a second one, of those of its constants that may fail, to be run first.
//
// Spark leaves out, as do we: columns nobody needs; what stands in a branch of CASE, IF and COALESCE,
// unless the whole is constant; what stands beside a constant NULL; constant keys to group or
// partition by; all below LIMIT 0; and what reads rows the client sent or VALUES, which it computes
// as it reads them. Where such rows may all be filtered away, the joins above are left out, too.

import "shoal/plan"

// constants is the query to be run before, or nil. Refusals are the main query's affair.
func constants(rel plan.Relation, s plan.Settings) *Translation {
	if computesAll(rel) {
		return nil
	}
	f := &folding{
		made:   map[plan.ColumnID]plan.Expr{},
		needed: map[plan.ColumnID]bool{},
		spared: map[plan.ColumnID]bool{},
		ctes:   map[int]plan.Relation{},
	}
	f.collect(rel)
	f.need(plan.Output(rel))
	f.relation(rel)
	t := newTranslator(s, true)
	t.folding = true
	var items []plan.Expr
	for i, e := range f.found {
		if !nearby(e) && t.fragment(e).traits&fails != 0 {
			items = append(items, &plan.Alias{Expr: e, Names: []string{"constant"}, ID: plan.ColumnID(i + 1)})
		}
	}
	if len(items) == 0 || t.err != nil {
		return nil
	}
	out := make([]*plan.Column, len(items))
	for i, e := range items {
		a := e.(*plan.Alias)
		out[i] = &plan.Column{ID: a.ID, Name: a.Names[0], Type: typeOf(a.Expr), Nullable: true}
	}
	tr, err := query(&plan.Project{Common: plan.Common{Out: out}, Input: &plan.OneRow{Common: plan.Common{Out: []*plan.Column{}}}, Exprs: items}, s, true)
	if err != nil {
		return nil
	}
	tr.Out = out
	return tr
}

// computesAll tells that the query itself computes its constants: it has one row.
func computesAll(r plan.Relation) bool {
	for {
		p, ok := r.(*plan.Project)
		if !ok {
			_, ok = r.(*plan.OneRow)
			return ok
		}
		if holds(p.Exprs, mayLeaveOut) {
			return false
		}
		r = p.Input
	}
}

func mayLeaveOut(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Lambda, *plan.Subquery:
		return true
	case *plan.Func:
		return e.Name == "and" || e.Name == "or" || eager(e) != nil
	}
	return false
}

// folding walks a plan from the top, as Spark's optimizer does.
type folding struct {
	made   map[plan.ColumnID]plan.Expr // what the columns of projections are
	needed map[plan.ColumnID]bool      // columns computed for each row
	spared map[plan.ColumnID]bool      // columns computed in a branch
	ctes   map[int]plan.Relation
	place  plan.Pos // of the function around what is looked at
	found  []plan.Expr
}

// collect notes what columns are made of. Beyond an outer join a constant may be NULL.
func (f *folding) collect(rel plan.Relation) {
	plan.WalkRelations(rel, func(r plan.Relation) bool {
		switch r := r.(type) {
		case *plan.Project:
			for _, e := range r.Exprs {
				if a, ok := e.(*plan.Alias); ok {
					f.made[a.ID] = a.Expr
				}
			}
		case *plan.With:
			for _, d := range r.Defs {
				if !d.Recursive {
					f.ctes[d.ID] = d.Plan
				}
			}
		case *plan.CTERef:
			if def, ok := f.ctes[r.ID]; ok {
				for i, c := range plan.Output(def) {
					f.made[r.Out[i].ID] = c
				}
			}
		}
		return true
	})
	plan.WalkRelations(rel, func(r plan.Relation) bool {
		j, ok := r.(*plan.Join)
		if ok && (j.Type == plan.RightOuterJoin || j.Type == plan.FullOuterJoin) {
			f.forget(j.Left)
		}
		if ok && (j.Type == plan.LeftOuterJoin || j.Type == plan.FullOuterJoin) {
			f.forget(j.Right)
		}
		return true
	})
}

func (f *folding) forget(r plan.Relation) {
	for _, c := range plan.Output(r) {
		delete(f.made, c.ID)
	}
}

func (f *folding) need(cols []*plan.Column) {
	for _, c := range cols {
		f.needed[c.ID] = true
	}
}

// relation looks through r, whose needed columns are marked.
func (f *folding) relation(r plan.Relation) {
	if isLocal(r) || f.mayBeEmpty(r) && !isUnion(r) {
		return
	}
	switch r := r.(type) {
	case *plan.Limit:
		if n, ok := constant(r.Count); ok && isZero(n.Value) {
			return
		}
	case *plan.Project:
		f.items(r.Exprs, f.needed)
	case *plan.Filter:
		f.expr(r.Cond, false)
	case *plan.Aggregate:
		f.aggregate(r)
	case *plan.Sort:
		for _, c := range r.Out {
			f.needed[c.ID] = f.needed[c.ID] || f.spared[c.ID]
		}
		for _, o := range r.Order {
			f.expr(o.Expr, false)
		}
	case *plan.Distinct:
		f.need(plan.Output(r.Input))
	case *plan.Generate:
		f.expr(r.Gen, false)
	case *plan.Join:
		if !f.mayBeEmpty(r.Left) && !f.mayBeEmpty(r.Right) && r.Cond != nil {
			f.expr(r.Cond, false)
		}
	case *plan.SetOp:
		f.setOp(r)
	case *plan.CTERef:
		f.reference(r)
	case *plan.With:
		f.with(r)
		return
	}
	for _, in := range plan.Inputs(r) {
		f.relation(in)
	}
}

// items are select items; those wanted are computed for each row.
func (f *folding) items(items []plan.Expr, wanted map[plan.ColumnID]bool) {
	for _, e := range items {
		if wanted[outputID(e)] {
			f.expr(e, false)
		}
	}
}

func (f *folding) aggregate(r *plan.Aggregate) {
	for _, k := range r.Group {
		if r.Kind == plan.GroupBy && f.foldable(k) && !isBare(k) && !f.needed[outputID(k)] {
			continue
		}
		f.expr(k, false)
	}
	f.items(r.Aggs, f.needed)
	f.items(r.Aggs, f.spared)
}

func (f *folding) setOp(r *plan.SetOp) {
	for _, in := range r.Inputs {
		for i, c := range plan.Output(in) {
			if r.Kind != plan.Union || f.needed[r.Out[i].ID] {
				f.needed[c.ID] = true
			}
		}
	}
}

func (f *folding) reference(r *plan.CTERef) {
	def, ok := f.ctes[r.ID]
	if !ok {
		return
	}
	for i, c := range plan.Output(def) {
		if f.needed[r.Out[i].ID] {
			f.needed[c.ID] = true
		}
	}
}

// with looks at the body, then at the definitions it has referred to, the last one first.
func (f *folding) with(r *plan.With) {
	if r.Recursive {
		return
	}
	f.relation(r.Input)
	used := map[int]bool{}
	mark := func(r plan.Relation) bool {
		if ref, ok := r.(*plan.CTERef); ok {
			used[ref.ID] = true
		}
		return true
	}
	eachRelation(r.Input, mark)
	for i := len(r.Defs) - 1; i >= 0; i-- {
		if d := r.Defs[i]; used[d.ID] {
			eachRelation(d.Plan, mark)
			f.relation(d.Plan)
		}
	}
}

// eachRelation visits the relations of a plan, those of subqueries too.
func eachRelation(r plan.Relation, visit func(plan.Relation) bool) {
	plan.WalkRelations(r, func(r plan.Relation) bool {
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, func(e plan.Expr) bool {
				if s, ok := e.(*plan.Subquery); ok {
					eachRelation(s.Plan, visit)
				}
				return true
			})
		}
		return visit(r)
	})
}

// expr finds the largest constants in e. In a branch they may fail.
func (f *folding) expr(e plan.Expr, branch bool) {
	if a, ok := e.(*plan.Alias); ok {
		e = a.Expr
	}
	e = settled(e)
	if c, ok := e.(*plan.Column); ok {
		f.column(c, branch)
		return
	}
	if x, ok := e.(*plan.Func); f.foldable(e) && !(ok && comparisons[x.Name]) {
		if args := eager(x); args != nil {
			for _, arg := range args {
				f.expr(arg, branch)
			}
			return
		}
		if _, is := e.(*plan.Literal); !is && !branch && !nullBeside(e) {
			f.found = append(f.found, blamed(f.inlined(e), f.place))
		}
		return
	}
	switch x := e.(type) {
	case *plan.OuterColumn:
		f.column(x.Column, branch)
	case *plan.Subquery:
		if x.Kind != plan.ExistsSubquery {
			f.need(plan.Output(x.Plan))
		}
		f.collect(x.Plan)
		f.relation(x.Plan)
	case *plan.Window:
		f.window(x, branch)
		return
	case *plan.Func:
		if x.Name == "typeof" {
			return
		}
		branch = branch || branching[x.Name] || isNull(x)
		place := f.place
		f.place = x.Pos
		defer func() { f.place = place }()
	}
	for _, c := range plan.Children(e) {
		f.expr(c, branch)
	}
}

// blamed is a constant whose implicit casts are the affair of the function at place.
func blamed(e plan.Expr, place plan.Pos) plan.Expr {
	c, ok := e.(*plan.Cast)
	if !ok || !c.Implicit {
		return e
	}
	cast := *c
	cast.Expr, cast.Pos, cast.Implicit = blamed(c.Expr, place), place, false
	return &cast
}

func (f *folding) column(c *plan.Column, branch bool) {
	if branch {
		f.spared[c.ID] = true
	} else {
		f.needed[c.ID] = true
	}
}

func (f *folding) window(w *plan.Window, branch bool) {
	f.expr(w.Func, branch)
	for _, p := range w.Partition {
		if isBare(p) || !f.foldable(p) {
			f.expr(p, branch)
		}
	}
	for _, o := range w.Order {
		f.expr(o.Expr, branch)
	}
}

// isLocal tells that r reads nothing but rows the client sent, or VALUES, and computes row by row.
func isLocal(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.Values, *plan.LocalData:
		return true
	case *plan.Project:
		return isLocal(r.Input)
	case *plan.Filter:
		return isLocal(r.Input)
	case *plan.Limit:
		return isLocal(r.Input)
	}
	return false
}

func isUnion(r plan.Relation) bool {
	u, ok := r.(*plan.SetOp)
	return ok && u.Kind == plan.Union
}

// mayBeEmpty tells that Spark may find out before it starts that r has no rows.
func (f *folding) mayBeEmpty(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.Values:
		return len(r.Rows) == 0
	case *plan.LocalData:
		return len(r.Arrow) < 1<<14 && rowsOf(r.Arrow) == 0
	case *plan.Filter:
		return isLocal(r.Input) || f.mayBeEmpty(r.Input)
	case *plan.Limit:
		n, ok := constant(r.Count)
		return ok && isZero(n.Value) || f.mayBeEmpty(r.Input)
	case *plan.Offset:
		return isLocal(r.Input) || f.mayBeEmpty(r.Input)
	case *plan.Aggregate:
		return len(r.Group) > 0 && f.mayBeEmpty(r.Input)
	case *plan.With:
		return f.mayBeEmpty(r.Input)
	case *plan.CTERef:
		def, ok := f.ctes[r.ID]
		return ok && f.mayBeEmpty(def)
	case *plan.Join:
		return f.joinMayBeEmpty(r)
	}
	for _, in := range plan.Inputs(r) {
		if f.mayBeEmpty(in) {
			return true
		}
	}
	return false
}

func (f *folding) joinMayBeEmpty(r *plan.Join) bool {
	switch r.Type {
	case plan.LeftOuterJoin, plan.LeftAntiJoin:
		return f.mayBeEmpty(r.Left)
	case plan.RightOuterJoin:
		return f.mayBeEmpty(r.Right)
	}
	return f.mayBeEmpty(r.Left) || f.mayBeEmpty(r.Right)
}

func isZero(v any) bool { return v == int32(0) || v == int64(0) }
