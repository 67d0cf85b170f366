package sparksql

import (
	"slices"
	"strconv"

	"shoal/fault"
	"shoal/plan"
)

// Bind puts values in the place of a statement's parameters: named ones for :name, positional ones for
// each ? in order. A parameter without a value is an error, a value without parameter is not.
func Bind(s plan.Statement, args Arguments) (plan.Statement, error) {
	b := &binder{Arguments: args}
	out := b.statement(s)
	if b.err != nil {
		return nil, b.err
	}
	return out, nil
}

// binder copies a tree and remembers the first error.
type binder struct {
	Arguments
	bound int // how many parameters were replaced
	err   error
}

func (b *binder) statement(s plan.Statement) plan.Statement {
	switch s := s.(type) {
	case plan.Relation:
		return b.relation(s)
	case *plan.CreateView:
		c := *s
		before := b.bound
		c.Query = b.relation(s.Query)
		if b.bound > before && b.err == nil {
			c.Text = PrintStatement(c.Query)
		}
		return &c
	case *plan.DescribeQuery:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	case *plan.Explain:
		c := *s
		c.Statement = b.statement(s.Statement)
		return &c
	case *plan.WriteFiles:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	case *plan.Insert:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	case *plan.ChangeRows:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	case *plan.CreateTable:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	case *plan.DeclareVariable:
		c := *s
		c.Default = b.expr(s.Default)
		return &c
	case *plan.SetVariables:
		c := *s
		c.Values = slices.Clone(s.Values)
		for i, v := range c.Values {
			c.Values[i] = b.expr(v)
		}
		c.Query = b.relation(s.Query)
		return &c
	case *plan.CacheTable:
		c := *s
		c.Query = b.relation(s.Query)
		return &c
	}
	return s
}

func (b *binder) expr(e plan.Expr) plan.Expr {
	if e == nil || b.err != nil {
		return e
	}
	out, err := plan.MapExpr(e, b.node)
	if err != nil {
		b.err = err
		return e
	}
	return out
}

// node replaces a parameter, and the parameters in a subquery's plan.
func (b *binder) node(e plan.Expr) (plan.Expr, error) {
	switch e := e.(type) {
	case *plan.Param:
		v, err := b.value(e)
		if err != nil {
			return nil, err.At(e.Pos)
		}
		b.bound++
		return v, nil
	case *plan.Subquery:
		c := *e
		c.Plan = b.relation(e.Plan)
		return &c, b.err
	}
	return e, nil
}

// value is what stands for a parameter.
func (a Arguments) value(e *plan.Param) (plan.Expr, *fault.Error) {
	v, ok := a.Named[e.Name]
	name := e.Name
	if e.Name == "" {
		name = "_" + strconv.Itoa(e.Start)
		if ok = e.Index < len(a.Positional); ok {
			v = a.Positional[e.Index]
		}
	}
	if !ok {
		return nil, fault.New("UNBOUND_SQL_PARAMETER", "name", name)
	}
	return v, nil
}

func (b *binder) exprs(in []plan.Expr) []plan.Expr {
	if in == nil {
		return nil
	}
	out := make([]plan.Expr, len(in))
	for i, e := range in {
		out[i] = b.expr(e)
	}
	return out
}

func (b *binder) orders(in []plan.SortOrder) []plan.SortOrder {
	out := make([]plan.SortOrder, len(in))
	for i, o := range in {
		out[i] = o
		out[i].Expr = b.expr(o.Expr)
	}
	return out
}

func (b *binder) relations(in []plan.Relation) []plan.Relation {
	out := make([]plan.Relation, len(in))
	for i, r := range in {
		out[i] = b.relation(r)
	}
	return out
}

// relation copies r and what is below it.
//
//size:one case per node
func (b *binder) relation(r plan.Relation) plan.Relation {
	switch r := r.(type) {
	case *plan.TableFunc:
		c := *r
		c.Args = b.exprs(r.Args)
		return &c
	case *plan.Values:
		c := *r
		c.Rows = make([][]plan.Expr, len(r.Rows))
		for i, row := range r.Rows {
			c.Rows[i] = b.exprs(row)
		}
		return &c
	case *plan.Project:
		c := *r
		c.Input, c.Exprs = b.relation(r.Input), b.exprs(r.Exprs)
		return &c
	case *plan.Filter:
		c := *r
		c.Input, c.Cond = b.relation(r.Input), b.expr(r.Cond)
		return &c
	case *plan.Aggregate:
		c := *r
		c.Input, c.Group, c.Aggs = b.relation(r.Input), b.exprs(r.Group), b.exprs(r.Aggs)
		if r.Pivot != nil {
			c.Pivot = &plan.Pivot{Column: b.expr(r.Pivot.Column), Values: b.exprs(r.Pivot.Values)}
		}
		return &c
	case *plan.Sort:
		c := *r
		c.Input, c.Order = b.relation(r.Input), b.orders(r.Order)
		return &c
	case *plan.Limit:
		c := *r
		c.Input, c.Count = b.relation(r.Input), b.expr(r.Count)
		return &c
	case *plan.Offset:
		c := *r
		c.Input, c.Count = b.relation(r.Input), b.expr(r.Count)
		return &c
	case *plan.Distinct:
		c := *r
		c.Input = b.relation(r.Input)
		return &c
	case *plan.Generate:
		c := *r
		c.Input, c.Gen = b.relation(r.Input), b.expr(r.Gen)
		return &c
	case *plan.Sample:
		c := *r
		c.Input = b.relation(r.Input)
		return &c
	case *plan.SubqueryAlias:
		c := *r
		c.Input = b.relation(r.Input)
		return &c
	case *plan.With:
		c := *r
		c.Defs = append([]plan.CTE{}, r.Defs...)
		for i, d := range r.Defs {
			c.Defs[i].Plan = b.relation(d.Plan)
		}
		c.Input = b.relation(r.Input)
		return &c
	case *plan.WindowDefs:
		c := *r
		c.Input = b.relation(r.Input)
		c.Defs = make(map[string]*plan.Window, len(r.Defs))
		for name, w := range r.Defs {
			c.Defs[name] = b.expr(w).(*plan.Window)
		}
		return &c
	case *plan.Join:
		c := *r
		c.Left, c.Right, c.Cond = b.relation(r.Left), b.relation(r.Right), b.expr(r.Cond)
		return &c
	case *plan.SetOp:
		c := *r
		c.Inputs = b.relations(r.Inputs)
		return &c
	case *plan.Unpivot:
		c := *r
		c.Input, c.Values = b.relation(r.Input), b.exprs(r.Values)
		return &c
	case *plan.Repartition:
		c := *r
		c.Input, c.Exprs = b.relation(r.Input), b.exprs(r.Exprs)
		return &c
	case *plan.Hint:
		c := *r
		c.Input, c.Args = b.relation(r.Input), b.exprs(r.Args)
		return &c
	}
	return r // a leaf, or nil
}
