package translate

// This file finds the columns somebody needs. The others are never written.

import "shoal/plan"

// markLive marks, from the root down, each column that reaches the result or is read by
// something that does.
func (t *translator) markLive(root plan.Relation) {
	m := &liveness{live: t.live, defs: map[int]plan.Relation{}}
	m.all(plan.Output(root))
	m.relation(root)
}

type liveness struct {
	live map[plan.ColumnID]bool
	defs map[int]plan.Relation // CTE definitions by id
}

func (m *liveness) all(cols []*plan.Column) {
	for _, c := range cols {
		m.live[c.ID] = true
	}
}

func (m *liveness) exprs(es []plan.Expr) {
	for _, e := range es {
		plan.Walk(e, func(e plan.Expr) bool {
			switch e := e.(type) {
			case *plan.Column:
				m.live[e.ID] = true
			case *plan.OuterColumn:
				m.live[e.ID] = true
			case *plan.Subquery:
				if e.Kind != plan.ExistsSubquery {
					m.all(plan.Output(e.Plan))
				}
				m.relation(e.Plan)
			}
			return true
		})
	}
}

// relation marks what r reads; r's own live outputs are marked already.
func (m *liveness) relation(r plan.Relation) {
	switch r := r.(type) {
	case *plan.Project:
		m.exprs(m.needed(r.Exprs))
	case *plan.Aggregate:
		m.exprs(r.Group)
		m.exprs(m.needed(r.Aggs))
	case *plan.Distinct:
		if r.Columns == nil {
			m.all(r.Out)
		}
		m.exprs(r.Columns)
	case *plan.SetOp:
		m.setOp(r)
	case *plan.With:
		m.with(r)
		return
	case *plan.CTERef:
		m.reference(r)
	default:
		m.exprs(plan.Exprs(r))
	}
	for _, in := range plan.Inputs(r) {
		m.relation(in)
	}
}

// needed are the live ones of select items.
func (m *liveness) needed(items []plan.Expr) []plan.Expr {
	var out []plan.Expr
	for _, e := range items {
		if m.live[outputID(e)] {
			out = append(out, e)
		}
	}
	return out
}

func (m *liveness) setOp(r *plan.SetOp) {
	for _, in := range r.Inputs {
		for i, c := range plan.Output(in) {
			if r.Kind != plan.Union || m.live[r.Out[i].ID] {
				m.live[c.ID] = true
			}
		}
	}
	if r.Kind != plan.Union {
		m.all(r.Out)
	}
}

// with visits the body before the definitions, the last definition first: by then all
// references to a definition have been seen.
func (m *liveness) with(r *plan.With) {
	for _, d := range r.Defs {
		m.defs[d.ID] = d.Plan
		if d.Recursive {
			m.all(plan.Output(d.Plan))
		}
	}
	m.relation(r.Input)
	for i := len(r.Defs) - 1; i >= 0; i-- {
		m.relation(r.Defs[i].Plan)
	}
}

func (m *liveness) reference(r *plan.CTERef) {
	def, ok := m.defs[r.ID]
	if !ok {
		return
	}
	out := plan.Output(def)
	for i, c := range r.Out {
		if m.live[c.ID] {
			m.live[out[i].ID] = true
		}
	}
}

// outputID is the identity of the column a select item makes.
func outputID(e plan.Expr) plan.ColumnID {
	switch e := e.(type) {
	case *plan.Alias:
		return e.ID
	case *plan.Column:
		return e.ID
	}
	return 0
}
