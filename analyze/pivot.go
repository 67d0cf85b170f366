package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file resolves PIVOT: aggregate by the keys and the pivot column, then pick each value's row.

func (a *analyzer) pivot(r *plan.Aggregate, outer *scope) (*node, error) {
	if r.Pivot == nil {
		return nil, fault.BadPlan("a pivot without a column")
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	sc := &scope{inputs: []*node{in}, outer: outer}
	column, err := a.expr(r.Pivot.Column, sc)
	if err != nil {
		return nil, err
	}
	if r.ImplicitKeys && anyStar(r.Aggs) {
		return nil, fault.New("INVALID_USAGE_OF_STAR_OR_REGEX", "elem", "'*'", "prettyName", "Pivot").At(r.Pos)
	}
	aggs, err := a.selectList(r.Aggs, sc)
	if err != nil {
		return nil, err
	}
	for _, e := range aggs.exprs {
		if !hasAggregate(e) {
			return nil, fault.New("_LEGACY_ERROR_TEMP_1006", "sql", a.fullSQL(unalias(e)))
		}
	}
	keys, err := a.pivotKeys(r, in, column, aggs, sc)
	if err != nil {
		return nil, err
	}
	p := r.Pivot
	if len(p.Values) == 0 {
		if p, err = a.pivotFound(p, in, column, sc); err != nil {
			return nil, err
		}
	}
	values, names, err := a.pivotValues(p, column, sc)
	if err != nil {
		return nil, err
	}
	if !twoPhases(aggs.exprs) {
		return a.pivotedAtOnce(r, in, keys, column, aggs, values, names, sc)
	}
	return a.pivoted(r, in, keys, column, aggs, values, names, outer)
}

// anyStar tells whether a star stands anywhere, as in count(*): Spark's DataFrame pivot takes none.
func anyStar(list []plan.Expr) bool {
	found := false
	for _, e := range list {
		plan.Walk(e, func(x plan.Expr) bool {
			_, ok := x.(*plan.Star)
			found = found || ok
			return !found
		})
	}
	return found
}

// pivotKeys: DataFrame code lists them; in SQL they are the columns not mentioned.
func (a *analyzer) pivotKeys(r *plan.Aggregate, in *node, column plan.Expr, aggs *selected, sc *scope) ([]plan.Expr, error) {
	if r.ImplicitKeys {
		keys, err := a.selectList(r.Group, sc)
		if err != nil {
			return nil, err
		}
		return keys.exprs, nil
	}
	used := map[plan.ColumnID]bool{}
	for _, e := range append([]plan.Expr{column}, aggs.exprs...) {
		plan.Walk(e, func(x plan.Expr) bool {
			if c, ok := x.(*plan.Column); ok {
				used[c.ID] = true
			}
			return true
		})
	}
	var keys []plan.Expr
	for _, c := range in.cols {
		if !used[c.ID] {
			keys = append(keys, c)
		}
	}
	return keys, nil
}

// pivotValues resolves the values and finds their columns' names.
func (a *analyzer) pivotValues(p *plan.Pivot, column plan.Expr, sc *scope) ([]plan.Expr, []string, error) {
	values, names := make([]plan.Expr, len(p.Values)), make([]string, len(p.Values))
	for i, v := range p.Values {
		if alias, ok := v.(*plan.Alias); ok {
			names[i] = alias.Names[0]
		}
		e, err := a.expr(v, sc)
		if err != nil {
			return nil, nil, err
		}
		if !isFoldable(e) {
			return nil, nil, fault.New("NON_LITERAL_PIVOT_VALUES", "expression", quoteSQL(a.pretty(e)))
		}
		t := plan.TypeOf(column)
		if from := plan.TypeOf(e); !castable(from, t, plan.CastLegacy) {
			return nil, nil, fault.New("PIVOT_VALUE_DATA_TYPE_MISMATCH", "value", a.pretty(e), "valueType", from.String(),
				"pivotType", t.String())
		}
		if names[i] == "" {
			if names[i], err = a.pivotName(e); err != nil {
				return nil, nil, err
			}
		}
		values[i] = a.castTo(e, t)
	}
	return values, names, nil
}

// pivotName is a value's text, as a cast to STRING writes it.
func (a *analyzer) pivotName(e plan.Expr) (string, error) {
	if f, ok := e.(*plan.Func); ok && f.Name == "named_struct" {
		return a.pivotTuple(f)
	}
	l, ok := e.(*plan.Literal)
	if !ok {
		return "", fault.Unsupported("a pivot value that is no literal").At(e.At())
	}
	switch v := l.Value.(type) {
	case nil:
		return "null", nil
	case plan.Days:
		return dateText(int64(v)), nil
	case plan.Micros:
		if l.Type == plan.Timestamp {
			return timestampText(int64(v), location(a.settings.TimeZone)), nil
		}
	case string, bool, int8, int16, int32, int64, float32, float64:
		return prettyLiteral(l, a.settings), nil
	case plan.Unscaled:
		return v.Text(l.Type.(plan.Decimal).Scale), nil
	}
	return "", fault.Unsupported("a pivot value of type %s", l.Type).At(l.Pos)
}

// pivotTuple is the name of a value (x, y) of a pivot by several columns.
func (a *analyzer) pivotTuple(f *plan.Func) (string, error) {
	var parts []string
	for i := 1; i < len(f.Args); i += 2 {
		name, err := a.pivotName(f.Args[i])
		if err != nil {
			return "", err
		}
		parts = append(parts, name)
	}
	return "{" + strings.Join(parts, ", ") + "}", nil
}

// pivoted builds both aggregates.
func (a *analyzer) pivoted(r *plan.Aggregate, in *node, keys []plan.Expr, column plan.Expr, aggs *selected,
	values []plan.Expr, names []string, outer *scope) (*node, error) {
	inner := &selected{lat: &laterals{}}
	inner.exprs = append(append(inner.exprs, keys...), a.named(column, column))
	inner.exprs = append(inner.exprs, aggs.exprs...)
	groups := append([]plan.Expr{}, inner.exprs[:len(keys)+1]...)
	first, err := a.grouped(&plan.Aggregate{Common: at(r)}, in, groups, inner, outer)
	if err != nil {
		return nil, err
	}
	key := first.cols[len(keys)]
	items := columnExprs(first.cols[:len(keys)])
	for i, v := range values {
		for k := range aggs.exprs {
			result := first.cols[len(keys)+1+k]
			name := names[i]
			if len(aggs.exprs) > 1 {
				name += "_" + result.Name
			}
			picked := called("if", called("<=>", key, v), result, &plan.Literal{Type: result.Type})
			items = append(items, aliased(&plan.Call{Name: []string{"first"}, Args: []plan.Expr{picked}, IgnoreNulls: true}, name))
		}
	}
	list, err := a.selectList(items, &scope{inputs: []*node{first}, outer: outer})
	if err != nil {
		return nil, err
	}
	return a.grouped(&plan.Aggregate{Common: at(r)}, first, columnExprs(first.cols[:len(keys)]), list, outer)
}
