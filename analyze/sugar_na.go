package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file rewrites df.na: fill, drop, replace.

// chosen finds the columns of the given names; all of them if there are no names.
func (a *analyzer) chosen(in *node, names []string, r plan.Relation) (map[plan.ColumnID]string, error) {
	out := map[plan.ColumnID]string{}
	for _, name := range names {
		parts := []string{name}
		e, err := a.inNodes(&plan.Name{Parts: parts}, []*node{in})
		if err != nil {
			return nil, err
		}
		c, ok := e.(*plan.Column)
		if !ok {
			return nil, unresolved("UNRESOLVED_COLUMN", parts, in.cols, "objectName").At(r.At())
		}
		out[c.ID] = name
	}
	if len(names) == 0 {
		for _, c := range in.cols {
			out[c.ID] = c.Name
		}
	}
	return out, nil
}

// fillNA: one value serves every column of a fitting type; several serve a column each.
func (a *analyzer) fillNA(r *plan.FillNA, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	chosen, err := a.chosen(in, r.Columns, r)
	if err != nil {
		return nil, err
	}
	items := make([]plan.Expr, len(in.cols))
	for i, c := range in.cols {
		items[i] = c
		name, ok := chosen[c.ID]
		if !ok {
			continue
		}
		if len(r.Values) == 1 && fits(r.Values[0], c.Type) {
			items[i] = a.filled(c, r.Values[0])
		}
		for j, wanted := range r.Columns {
			if len(r.Values) > 1 && wanted == name {
				items[i] = a.filled(c, r.Values[j])
			}
		}
	}
	return a.projectOver(in, items, r, outer)
}

// fits tells whether a replacement is of a column's kind: number, string or boolean.
func fits(v *plan.Literal, t plan.Type) bool {
	if isNumeric(v.Type) {
		return isNumeric(t)
	}
	return v.Type == t
}

// filled is coalesce(c, v): NaN counts as missing.
func (a *analyzer) filled(c *plan.Column, v *plan.Literal) plan.Expr {
	var e plan.Expr = c
	if isFloating(c.Type) {
		e = called("nanvl", c, &plan.Literal{Type: c.Type})
	}
	return aliased(called("coalesce", e, a.literalAs(v, c.Type)), c.Name)
}

func (a *analyzer) literalAs(v *plan.Literal, t plan.Type) plan.Expr {
	if plan.Equal(v.Type, t) {
		return v
	}
	return &plan.Cast{Expr: v, To: t, Implicit: true}
}

// dropNA keeps the rows with enough values that are neither NULL nor NaN.
func (a *analyzer) dropNA(r *plan.DropNA, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	chosen, err := a.chosen(in, r.Columns, r)
	if err != nil {
		return nil, err
	}
	var given []plan.Expr
	for _, c := range in.cols {
		if _, ok := chosen[c.ID]; ok {
			given = append(given, present(c))
		}
	}
	least := len(given)
	if r.MinNonNulls != nil {
		least = *r.MinNonNulls
	}
	var cond plan.Expr
	switch {
	case least <= 0:
		cond = lit(true)
	case least > len(given):
		cond = lit(false)
	case least == len(given):
		cond = chainOf("and", given)
	default:
		counts := make([]plan.Expr, len(given))
		for i, g := range given {
			counts[i] = called("if", g, lit(1), lit(0))
		}
		cond = called(">=", chainOf("+", counts), lit(least))
	}
	return a.where(in, cond, r, outer)
}

// present: not NULL and not NaN.
func present(c *plan.Column) plan.Expr {
	e := called("isnotnull", c)
	if isFloating(c.Type) {
		e = called("and", e, called("not", called("isnan", c)))
	}
	return e
}

func chainOf(op string, list []plan.Expr) plan.Expr {
	e := list[0]
	for _, x := range list[1:] {
		e = called(op, e, x)
	}
	return e
}

// asDouble: Spark looks for numbers in DOUBLE, whatever the column's type.
func asDouble(l *plan.Literal) plan.Expr {
	if !isNumeric(l.Type) {
		return l
	}
	return &plan.Cast{Expr: l, To: plan.Double, Implicit: true}
}

// replaceNA is CASE WHEN c = from THEN to ... ELSE c END, for columns of the values' kind.
func (a *analyzer) replaceNA(r *plan.ReplaceNA, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	chosen, err := a.chosen(in, r.Columns, r)
	if err != nil {
		return nil, err
	}
	if len(r.From) == 0 {
		return a.sameRows(r.Input, outer)
	}
	if t := r.From[0].Type; !isNumeric(t) && t != plan.String && t != plan.Boolean {
		return nil, fault.Unsupported("replace of %s values", t).At(r.Pos)
	}
	items := make([]plan.Expr, len(in.cols))
	for i, c := range in.cols {
		items[i] = c
		if _, ok := chosen[c.ID]; !ok || !fits(r.From[0], c.Type) {
			continue
		}
		var args []plan.Expr
		for j, from := range r.From {
			args = append(args, called("=", c, asDouble(from)), a.literalAs(r.To[j], c.Type))
		}
		items[i] = aliased(called("when", append(args, c)...), c.Name)
	}
	return a.projectOver(in, items, r, outer)
}
