package sparksql

import (
	"sort"
	"strconv"

	"shoal/plan"
)

// query writes a query: WITH, its body, and what arranges and cuts the rows.
func (w *printer) query(r plan.Relation) {
	if with, ok := r.(*plan.With); ok {
		w.with(with)
		return
	}
	o, rest := organizationOf(r)
	w.term(rest, o != organization{})
	w.organization(o)
}

func (w *printer) with(r *plan.With) {
	w.puts("WITH ")
	if r.Recursive {
		w.puts("RECURSIVE ")
	}
	list(w, r.Defs, ", ", func(d plan.CTE) {
		w.ident(d.Name)
		if len(d.Columns) > 0 {
			w.idents(d.Columns)
		}
		if d.MaxLevel > 0 {
			w.puts(" MAX RECURSION LEVEL " + strconv.Itoa(d.MaxLevel))
		}
		w.puts(" AS (")
		w.query(d.Plan)
		w.puts(")")
	})
	w.puts(" ")
	if _, nested := r.Input.(*plan.With); nested {
		w.parenQuery(r.Input)
		return
	}
	w.query(r.Input)
}

func (w *printer) parenQuery(r plan.Relation) {
	w.puts("(")
	w.query(r)
	w.puts(")")
}

// organization is what stands behind a query's body.
type organization struct {
	order      *plan.Sort
	distribute *plan.Repartition
	windows    *plan.WindowDefs
	limit      *plan.Limit
	offset     *plan.Offset
}

// organizationOf takes the clauses behind the body off a query, the last first.
func organizationOf(r plan.Relation) (o organization, rest plan.Relation) {
	if l, ok := r.(*plan.Limit); ok {
		o.limit, r = l, l.Input
	}
	if f, ok := r.(*plan.Offset); ok {
		o.offset, r = f, f.Input
	}
	if win, ok := r.(*plan.WindowDefs); ok {
		switch win.Input.(type) {
		case *plan.Sort, *plan.Repartition:
			o.windows, r = win, win.Input
		}
	}
	if s, ok := r.(*plan.Sort); ok && !s.Pipe {
		o.order, r = s, s.Input
	}
	if d, ok := r.(*plan.Repartition); ok && (o.order == nil || !o.order.Global) && len(d.Exprs) > 0 {
		o.distribute, r = d, d.Input
	}
	return o, r
}

func (w *printer) organization(o organization) {
	if o.distribute != nil {
		w.puts(" DISTRIBUTE BY ")
		w.exprs(o.distribute.Exprs)
	}
	if o.order != nil {
		w.puts(map[bool]string{true: " ORDER BY ", false: " SORT BY "}[o.order.Global])
		w.sortItems(o.order.Order)
	}
	if o.windows != nil {
		w.windowClause(o.windows)
	}
	if o.limit != nil {
		w.puts(" LIMIT ")
		w.expr(o.limit.Count, precOr)
	}
	if o.offset != nil {
		w.puts(" OFFSET ")
		w.expr(o.offset.Count, precOr)
	}
}

func (w *printer) windowClause(defs *plan.WindowDefs) {
	names := make([]string, 0, len(defs.Defs))
	for n := range defs.Defs {
		names = append(names, n)
	}
	sort.Strings(names)
	w.puts(" WINDOW ")
	list(w, names, ", ", func(n string) {
		w.ident(n)
		w.puts(" AS ")
		w.windowSpec(defs.Defs[n])
	})
}

// term writes a query's body; organized tells that clauses follow it.
//
//size:one case per node
func (w *printer) term(r plan.Relation, organized bool) {
	switch r := r.(type) {
	case *plan.Project, *plan.Aggregate, *plan.Distinct, *plan.Hint:
		if w.isSelect(r) {
			w.selectQuery(r)
			return
		}
	case *plan.WindowDefs:
		if w.isSelect(r) {
			w.selectQuery(r)
			return
		}
	case *plan.Filter:
		if r.Having {
			w.selectQuery(r)
			return
		}
	case *plan.SetOp:
		w.setOp(r)
		return
	case *plan.Table:
		if r.Options == nil {
			w.puts("TABLE ")
			w.name(r.Name)
			return
		}
	case *plan.Values, *plan.OneRow:
		w.values(r)
		return
	case *plan.With, *plan.Limit, *plan.Offset, *plan.Sort, *plan.Repartition:
		if !isPiped(r) || organized {
			w.parenQuery(r)
			return
		}
	case *plan.OpaqueRelation:
		if r.What != opaqueScript {
			w.puts("FROM ")
		}
		w.relation(r)
		return
	case *plan.SubqueryAlias:
		if _, ok := r.Input.(*plan.Values); ok {
			w.values(r.Input)
			w.alias(r)
			return
		}
	}
	if !w.pipe(r) {
		w.puts("FROM ")
		w.relation(r)
	}
}

// setOp writes a set operation; a chain of them leans to the left.
func (w *printer) setOp(s *plan.SetOp) {
	word := map[plan.SetKind]string{plan.Union: "UNION", plan.Intersect: "INTERSECT", plan.Except: "EXCEPT"}[s.Kind]
	if s.All {
		word += " ALL"
	}
	for i, in := range s.Inputs {
		if i > 0 {
			w.puts(" ", word, " ")
		}
		if left, ok := in.(*plan.SetOp); ok && i == 0 && (left.Kind == plan.Intersect) == (s.Kind == plan.Intersect) {
			w.setOp(left)
			continue
		}
		w.parenQuery(in)
	}
}

func (w *printer) values(r plan.Relation) {
	v, ok := r.(*plan.Values)
	if !ok {
		w.puts("VALUES (NULL)")
		return
	}
	w.puts("VALUES ")
	list(w, v.Rows, ", ", func(row []plan.Expr) {
		w.puts("(")
		w.exprs(row)
		w.puts(")")
	})
}

// block is a SELECT in the order in which it is written.
type block struct {
	hints    []*plan.Hint
	windows  *plan.WindowDefs
	distinct bool
	having   *plan.Filter
	agg      *plan.Aggregate
	items    []plan.Expr
	where    *plan.Filter
	from     plan.Relation
}

// blockOf takes a SELECT apart; ok is false if r is none.
func blockOf(r plan.Relation) (b block, ok bool) {
	for {
		h, isHint := r.(*plan.Hint)
		if !isHint {
			break
		}
		b.hints, r = append(b.hints, h), h.Input
	}
	if win, is := r.(*plan.WindowDefs); is {
		b.windows, r = win, win.Input
	}
	if d, is := r.(*plan.Distinct); is && len(d.Columns) == 0 {
		b.distinct, r = true, d.Input
	}
	if f, is := r.(*plan.Filter); is && f.Having {
		b.having, r = f, f.Input
	}
	switch n := r.(type) {
	case *plan.Project:
		b.items, r = n.Exprs, n.Input
		ok = b.having == nil
	case *plan.Aggregate:
		b.agg, b.items, r = n, n.Aggs, n.Input
		ok = !n.ImplicitKeys && n.Kind != plan.GroupPivot
	}
	if f, is := r.(*plan.Filter); is && !f.Having && !isUnpivotFilter(f) {
		b.where, r = f, f.Input
	}
	b.from = r
	return b, ok && isFromItem(r)
}

func (w *printer) isSelect(r plan.Relation) bool {
	_, ok := blockOf(r)
	return ok && !isPiped(r)
}

// isPiped tells what only a pipe operator makes.
func isPiped(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.Project:
		return r.Pipe != ""
	case *plan.Distinct:
		return isPiped(r.Input)
	case *plan.WindowDefs:
		return isPiped(r.Input)
	case *plan.Aggregate:
		return r.Pipe
	case *plan.Sort:
		return r.Pipe
	}
	return false
}

// isUnpivotFilter tells whether f is what UNPIVOT adds to drop NULLs.
func isUnpivotFilter(f *plan.Filter) bool {
	u, ok := f.Input.(*plan.Unpivot)
	c, isCall := f.Cond.(*plan.Call)
	if !ok || !isCall || operatorName(c) != "isnotnull" {
		return false
	}
	n, ok := c.Args[0].(*plan.Name)
	return ok && len(n.Parts) == 1 && n.Parts[0] == u.ValueCol
}

// isFromItem tells whether r can stand in FROM without getting an alias there.
func isFromItem(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.Project, *plan.Distinct, *plan.Hint, *plan.WindowDefs, *plan.SetOp, *plan.Offset, *plan.Sort,
		*plan.Repartition, *plan.With:
		return false
	case *plan.Filter:
		return isUnpivotFilter(r)
	case *plan.Aggregate:
		return r.Kind == plan.GroupPivot && isFromItem(r.Input)
	case *plan.Limit:
		return isFromItem(r.Input)
	case *plan.Sample:
		return isFromItem(r.Input)
	case *plan.Generate:
		return isFromItem(r.Input)
	case *plan.Join:
		return isFromItem(r.Left)
	}
	return true
}

func (w *printer) selectQuery(r plan.Relation) {
	b, _ := blockOf(r)
	w.puts("SELECT ")
	for _, h := range b.hints {
		w.puts("/*+ ")
		w.ident(h.Name)
		if len(h.Args) > 0 {
			w.puts("(")
			list(w, h.Args, ", ", func(e plan.Expr) { w.expr(e, precPrimary) })
			w.puts(")")
		}
		w.puts(" */ ")
	}
	if b.distinct {
		w.puts("DISTINCT ")
	}
	w.exprs(b.items)
	switch from := b.from.(type) {
	case *plan.OneRow:
	case *plan.Generate:
		if !readsOneRow(from) {
			w.puts(" FROM ")
		}
		w.relation(from)
	default:
		w.puts(" FROM ")
		w.relation(from)
	}
	if b.where != nil {
		w.puts(" WHERE ")
		w.expr(b.where.Cond, precOr)
	}
	if b.agg != nil {
		w.groupBy(b.agg)
	}
	if b.having != nil {
		w.puts(" HAVING ")
		w.expr(b.having.Cond, precOr)
	}
	if b.windows != nil {
		w.windowClause(b.windows)
	}
}

// readsOneRow tells whether a LATERAL VIEW stands in a query without FROM.
func readsOneRow(g *plan.Generate) bool {
	switch in := g.Input.(type) {
	case *plan.OneRow:
		return true
	case *plan.Generate:
		return readsOneRow(in)
	}
	return false
}

func (w *printer) groupBy(a *plan.Aggregate) {
	switch {
	case a.Kind == plan.GroupAll:
		w.puts(" GROUP BY ALL")
		return
	case len(a.Group) == 0 && a.Kind != plan.GroupSets:
		return
	}
	w.puts(" GROUP BY ")
	switch a.Kind {
	case plan.GroupRollup, plan.GroupCube:
		w.puts(map[bool]string{true: "ROLLUP(", false: "CUBE("}[a.Kind == plan.GroupRollup])
		w.exprs(a.Group)
		w.puts(")")
	case plan.GroupSets:
		if !groupFollowsSets(a) {
			w.exprs(a.Group)
			w.puts(" ")
		}
		w.puts("GROUPING SETS (")
		list(w, a.Sets, ", ", func(set []int) {
			w.puts("(")
			list(w, set, ", ", func(i int) { w.expr(a.Group[i], precOr) })
			w.puts(")")
		})
		w.puts(")")
	default:
		w.exprs(a.Group)
	}
}

// groupFollowsSets tells whether a's expressions are those of its sets, in the order they occur there.
func groupFollowsSets(a *plan.Aggregate) bool {
	seen := 0
	for _, set := range a.Sets {
		for _, i := range set {
			if i > seen {
				return false
			}
			seen = max(seen, i+1)
		}
	}
	return seen == len(a.Group)
}

// pipe writes a node that only |> can put on top of a query; false if it is none.
func (w *printer) pipe(r plan.Relation) bool {
	switch r := r.(type) {
	case *plan.Project:
		if r.Pipe == "EXTEND" {
			w.pipeInput(r.Input, "EXTEND ")
			w.exprs(r.Exprs[1:])
			break
		}
		w.pipeInput(r.Input, "SELECT ")
		w.exprs(r.Exprs)
	case *plan.Sort:
		w.pipeInput(r.Input, map[bool]string{true: "ORDER BY ", false: "SORT BY "}[r.Global])
		w.sortItems(r.Order)
	case *plan.WithColumns:
		w.pipeInput(r.Input, "SET ")
		w.ident(r.Columns[0].Names[0])
		w.puts(" = ")
		w.expr(r.Columns[0].Expr, precOr)
	case *plan.Distinct:
		p, ok := r.Input.(*plan.Project)
		if !ok {
			return false
		}
		w.pipeInput(p.Input, "SELECT DISTINCT ")
		w.exprs(p.Exprs)
	case *plan.WindowDefs:
		w.parenQuery(r.Input)
		w.windowClause(r)
	case *plan.Filter:
		if isUnpivotFilter(r) && isFromItem(r.Input) {
			return false
		}
		w.pipeInput(r.Input, "WHERE ")
		w.expr(r.Cond, precOr)
	case *plan.Aggregate:
		if !r.ImplicitKeys {
			return false
		}
		w.pipeInput(r.Input, "AGGREGATE ")
		w.exprs(r.Aggs)
		w.groupBy(r)
	case *plan.SubqueryAlias:
		if r.Alias == autoName || len(r.Columns) > 0 {
			return false
		}
		w.pipeInput(r.Input, "AS ")
		w.ident(r.Alias)
	case *plan.Join:
		if isFromItem(r.Left) {
			return false
		}
		w.pipeInput(r.Left, "")
		w.join(r)
	default:
		return false
	}
	return true
}

func (w *printer) pipeInput(r plan.Relation, word string) {
	w.parenQuery(r)
	w.puts(" |> ", word)
}

// percent is the number that, divided by 100, is exactly f.
func percent(f float64) string {
	text := strconv.FormatFloat(f*100, 'f', -1, 64)
	for digits := 1; digits < 17; digits++ {
		short := strconv.FormatFloat(f*100, 'g', digits, 64)
		if v, err := strconv.ParseFloat(short, 64); err == nil && v/100 == f {
			text = strconv.FormatFloat(v, 'f', -1, 64)
			break
		}
	}
	return text
}
