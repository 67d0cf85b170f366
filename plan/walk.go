package plan

// Inputs lists the relations a relation reads directly (not those inside its
// expressions).
//
//size:one case per node
func Inputs(r Relation) []Relation {
	switch r := r.(type) {
	case *Project:
		return []Relation{r.Input}
	case *Filter:
		return []Relation{r.Input}
	case *Aggregate:
		return []Relation{r.Input}
	case *Sort:
		return []Relation{r.Input}
	case *Limit:
		return []Relation{r.Input}
	case *Offset:
		return []Relation{r.Input}
	case *Tail:
		return []Relation{r.Input}
	case *Distinct:
		return []Relation{r.Input}
	case *Generate:
		return []Relation{r.Input}
	case *Sample:
		return []Relation{r.Input}
	case *SubqueryAlias:
		return []Relation{r.Input}
	case *With:
		in := make([]Relation, 0, len(r.Defs)+1)
		for _, d := range r.Defs {
			in = append(in, d.Plan)
		}
		return append(in, r.Input)
	case *WindowDefs:
		return []Relation{r.Input}
	case *Join:
		return []Relation{r.Left, r.Right}
	case *SetOp:
		return r.Inputs
	case *WithColumns:
		return []Relation{r.Input}
	case *WithColumnsRenamed:
		return []Relation{r.Input}
	case *DropColumns:
		return []Relation{r.Input}
	case *ToDF:
		return []Relation{r.Input}
	case *ToSchema:
		return []Relation{r.Input}
	case *FillNA:
		return []Relation{r.Input}
	case *DropNA:
		return []Relation{r.Input}
	case *ReplaceNA:
		return []Relation{r.Input}
	case *Describe:
		return []Relation{r.Input}
	case *Stat:
		return []Relation{r.Input}
	case *Unpivot:
		return []Relation{r.Input}
	case *Transpose:
		return []Relation{r.Input}
	case *Repartition:
		return []Relation{r.Input}
	case *Hint:
		return []Relation{r.Input}
	case *Observe:
		return []Relation{r.Input}
	case *ShowString:
		return []Relation{r.Input}
	case *HTMLString:
		return []Relation{r.Input}
	case *SubqueryRefs:
		return append([]Relation{r.Input}, r.Refs...)
	default:
		return nil
	}
}

// Exprs lists a resolved relation's own expressions.
func Exprs(r Relation) []Expr {
	switch r := r.(type) {
	case *Project:
		return r.Exprs
	case *Filter:
		return []Expr{r.Cond}
	case *Aggregate:
		return append(append([]Expr{}, r.Group...), r.Aggs...)
	case *Sort:
		return orderExprs(r.Order)
	case *Limit:
		return []Expr{r.Count}
	case *Offset:
		return []Expr{r.Count}
	case *Tail:
		return []Expr{r.Count}
	case *Distinct:
		return r.Columns
	case *Generate:
		return []Expr{r.Gen}
	case *Join:
		if r.Cond != nil {
			return []Expr{r.Cond}
		}
	case *Values:
		var all []Expr
		for _, row := range r.Rows {
			all = append(all, row...)
		}
		return all
	}
	return nil
}

func orderExprs(order []SortOrder) []Expr {
	exprs := make([]Expr, len(order))
	for i, o := range order {
		exprs[i] = o.Expr
	}
	return exprs
}

// Children lists an expression's direct parts. A Subquery's plan is not among them.
func Children(e Expr) []Expr {
	switch e := e.(type) {
	case *Call:
		return append(withFilter(e.Args, e.Filter), orderExprs(e.OrderBy)...)
	case *Func:
		if e.Filter == nil && len(e.OrderBy) == 0 {
			return e.Args
		}
		return append(withFilter(e.Args, e.Filter), orderExprs(e.OrderBy)...)
	case *NamedArg:
		return []Expr{e.Expr}
	case *Cast:
		return []Expr{e.Expr}
	case *Alias:
		return []Expr{e.Expr}
	case *Lambda:
		return []Expr{e.Body}
	case *ExtractValue:
		return []Expr{e.Expr, e.Key}
	case *UpdateField:
		if e.Value == nil {
			return []Expr{e.Expr}
		}
		return []Expr{e.Expr, e.Value}
	case *Subquery:
		return e.Values
	case *Window:
		all := []Expr{}
		if e.Func != nil {
			all = append(all, e.Func)
		}
		all = append(append(all, e.Partition...), orderExprs(e.Order)...)
		if e.Frame != nil {
			for _, b := range []Bound{e.Frame.Start, e.Frame.End} {
				if b.Expr != nil {
					all = append(all, b.Expr)
				}
			}
		}
		return all
	case *PythonUDF:
		return e.Args
	default:
		return nil
	}
}

func withFilter(args []Expr, filter Expr) []Expr {
	all := append([]Expr{}, args...)
	if filter != nil {
		all = append(all, filter)
	}
	return all
}

// Walk calls visit for e and everything below it, parents first, until visit
// returns false for a node: its children are then left out. Subqueries' plans are not entered.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	for _, c := range Children(e) {
		Walk(c, visit)
	}
}

// WalkRelations calls visit for r and every relation below it, parents first.
// Plans of subquery expressions are not entered.
func WalkRelations(r Relation, visit func(Relation) bool) {
	if r == nil || !visit(r) {
		return
	}
	for _, in := range Inputs(r) {
		WalkRelations(in, visit)
	}
}

// MapExpr rebuilds e bottom-up: f is given each node after its children were
// mapped, and returns the node's replacement. Unchanged parts are shared. An
// error stops it.
func MapExpr(e Expr, f func(Expr) (Expr, error)) (Expr, error) {
	if e == nil {
		return nil, nil
	}
	m := mapper{f: f}
	out := m.node(e)
	return out, m.err
}

type mapper struct {
	f   func(Expr) (Expr, error)
	err error
}

func (m *mapper) one(e Expr) Expr {
	if e == nil || m.err != nil {
		return e
	}
	return m.node(e)
}

func (m *mapper) list(in []Expr) ([]Expr, bool) {
	var out []Expr
	for i, e := range in {
		n := m.one(e)
		if n != e && out == nil {
			out = append(make([]Expr, 0, len(in)), in[:i]...)
		}
		if out != nil {
			out = append(out, n)
		}
	}
	if out == nil {
		return in, false
	}
	return out, true
}

func (m *mapper) orders(in []SortOrder) ([]SortOrder, bool) {
	changed := false
	out := make([]SortOrder, len(in))
	for i, o := range in {
		out[i] = o
		out[i].Expr = m.one(o.Expr)
		changed = changed || out[i].Expr != o.Expr
	}
	if !changed {
		return in, false
	}
	return out, true
}

//size:one case per node
func (m *mapper) node(e Expr) Expr {
	if m.err != nil {
		return e
	}
	switch n := e.(type) {
	case *Call:
		args, c1 := m.list(n.Args)
		filter := m.one(n.Filter)
		order, c2 := m.orders(n.OrderBy)
		if c1 || c2 || filter != n.Filter {
			c := *n
			c.Args, c.Filter, c.OrderBy = args, filter, order
			e = &c
		}
	case *Func:
		args, c1 := m.list(n.Args)
		filter := m.one(n.Filter)
		order, c2 := m.orders(n.OrderBy)
		if c1 || c2 || filter != n.Filter {
			c := *n
			c.Args, c.Filter, c.OrderBy = args, filter, order
			e = &c
		}
	case *NamedArg:
		if x := m.one(n.Expr); x != n.Expr {
			c := *n
			c.Expr = x
			e = &c
		}
	case *Cast:
		if x := m.one(n.Expr); x != n.Expr {
			c := *n
			c.Expr = x
			e = &c
		}
	case *Alias:
		if x := m.one(n.Expr); x != n.Expr {
			c := *n
			c.Expr = x
			e = &c
		}
	case *Lambda:
		if x := m.one(n.Body); x != n.Body {
			c := *n
			c.Body = x
			e = &c
		}
	case *ExtractValue:
		x, k := m.one(n.Expr), m.one(n.Key)
		if x != n.Expr || k != n.Key {
			c := *n
			c.Expr, c.Key = x, k
			e = &c
		}
	case *UpdateField:
		x, v := m.one(n.Expr), m.one(n.Value)
		if x != n.Expr || v != n.Value {
			c := *n
			c.Expr, c.Value = x, v
			e = &c
		}
	case *Subquery:
		if vs, changed := m.list(n.Values); changed {
			c := *n
			c.Values = vs
			e = &c
		}
	case *Window:
		fn := m.one(n.Func)
		part, c1 := m.list(n.Partition)
		order, c2 := m.orders(n.Order)
		frame := n.Frame
		if frame != nil {
			start, end := m.one(frame.Start.Expr), m.one(frame.End.Expr)
			if start != frame.Start.Expr || end != frame.End.Expr {
				f := *frame
				f.Start.Expr, f.End.Expr = start, end
				frame = &f
			}
		}
		if fn != n.Func || c1 || c2 || frame != n.Frame {
			c := *n
			c.Func, c.Partition, c.Order, c.Frame = fn, part, order, frame
			e = &c
		}
	case *PythonUDF:
		if args, changed := m.list(n.Args); changed {
			c := *n
			c.Args = args
			e = &c
		}
	}
	if m.err != nil {
		return e
	}
	out, err := m.f(e)
	if err != nil {
		m.err = err
		return e
	}
	return out
}
