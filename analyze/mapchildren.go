package analyze

import "shoal/plan"

// mapChildren rebuilds e with each direct child replaced by f; e itself if nothing changed.
//
// size: one case per node
func mapChildren(e plan.Expr, f func(plan.Expr) (plan.Expr, error)) (plan.Expr, error) {
	m := childMapper{f: f}
	switch n := e.(type) {
	case *plan.Func:
		args, filter, order := m.list(n.Args), m.one(n.Filter), m.orders(n.OrderBy)
		if m.changed {
			c := *n
			c.Args, c.Filter, c.OrderBy = args, filter, order
			e = &c
		}
	case *plan.Cast:
		if x := m.one(n.Expr); m.changed {
			c := *n
			c.Expr = x
			e = &c
		}
	case *plan.Alias:
		if x := m.one(n.Expr); m.changed {
			c := *n
			c.Expr = x
			e = &c
		}
	case *plan.Lambda:
		if x := m.one(n.Body); m.changed {
			c := *n
			c.Body = x
			e = &c
		}
	case *plan.Subquery:
		if values := m.list(n.Values); m.changed {
			c := *n
			c.Values = values
			e = &c
		}
	case *plan.Window:
		fn, part, order := m.one(n.Func), m.list(n.Partition), m.orders(n.Order)
		if m.changed {
			c := *n
			c.Func, c.Partition, c.Order = fn, part, order
			e = &c
		}
	case *plan.PythonUDF:
		if args := m.list(n.Args); m.changed {
			c := *n
			c.Args = args
			e = &c
		}
	}
	return e, m.err
}

type childMapper struct {
	f       func(plan.Expr) (plan.Expr, error)
	err     error
	changed bool
}

func (m *childMapper) one(e plan.Expr) plan.Expr {
	if e == nil || m.err != nil {
		return e
	}
	out, err := m.f(e)
	if err != nil {
		m.err = err
		return e
	}
	if out != e {
		m.changed = true
	}
	return out
}

func (m *childMapper) list(in []plan.Expr) []plan.Expr {
	if len(in) == 0 {
		return in
	}
	out := make([]plan.Expr, len(in))
	for i, e := range in {
		out[i] = m.one(e)
	}
	return out
}

func (m *childMapper) orders(in []plan.SortOrder) []plan.SortOrder {
	if len(in) == 0 {
		return in
	}
	out := make([]plan.SortOrder, len(in))
	for i, o := range in {
		out[i] = o
		out[i].Expr = m.one(o.Expr)
	}
	return out
}
