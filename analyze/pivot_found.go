package analyze

import (
	"slices"
	"strconv"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the less usual pivots: those that name no values, and those that Spark computes at once.

const (
	confPivotMax = "spark.sql.pivotMaxValues"
	// maxPivotValues is its default.
	maxPivotValues = 10000
)

// pivotFound is the pivot with its values: the column's distinct values, in order.
func (a *analyzer) pivotFound(p *plan.Pivot, in *node, column plan.Expr, sc *scope) (*plan.Pivot, error) {
	if a.env.Rows == nil || sc.outer != nil {
		return nil, fault.Unsupported("pivot without values").At(p.Column.At())
	}
	key := a.named(column, column)
	list := &selected{lat: &laterals{}, exprs: []plan.Expr{key}}
	distinct, err := a.grouped(&plan.Aggregate{}, in, []plan.Expr{key}, list, nil)
	if err != nil {
		return nil, err
	}
	sorted := &plan.Sort{Common: plan.Common{Out: distinct.cols}, Input: a.exact(distinct), Global: true,
		Order: []plan.SortOrder{{Expr: distinct.cols[0], NullsFirst: true}}}
	most := a.limitConf(confPivotMax, maxPivotValues)
	few := &plan.Limit{Common: plan.Common{Out: distinct.cols}, Input: sorted, Count: lit(most + 1)}
	rows, err := a.env.Rows(a.ctx, few)
	if err != nil {
		return nil, err
	}
	if len(rows) > most {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1324", "pivotColumn", a.pretty(column), "maxValues", itoa(most), "config", confPivotMax)
	}
	found := &plan.Pivot{Column: p.Column, Values: make([]plan.Expr, len(rows))}
	for i, row := range rows {
		found.Values[i] = row[0]
	}
	return found, nil
}

// limitConf is a limit that the configuration sets.
func (a *analyzer) limitConf(key string, most int) int {
	text, _ := a.settings.Get(key)
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return most
}

// twoPhases tells whether all aggregates are of a type that Spark picks from an aggregate by key and value.
func twoPhases(aggs []plan.Expr) bool {
	return !slices.ContainsFunc(aggs, func(e plan.Expr) bool {
		switch t := plan.TypeOf(e); t {
		case plan.Byte, plan.Short, plan.Int, plan.Long, plan.Float, plan.Double, plan.Boolean:
			return false
		default:
			_, decimal := t.(plan.Decimal)
			return !decimal
		}
	})
}

// pivotedAtOnce aggregates each value's rows where they are: what has no row is an aggregate of
// nothing, so collect_list is empty and count 0.
func (a *analyzer) pivotedAtOnce(r *plan.Aggregate, in *node, keys []plan.Expr, column plan.Expr, aggs *selected,
	values []plan.Expr, names []string, sc *scope) (*node, error) {
	items := slices.Clone(keys)
	for i, v := range values {
		matches, err := a.expr(called("<=>", column, v), sc)
		if err != nil {
			return nil, err
		}
		for _, agg := range aggs.exprs {
			name := names[i]
			if len(aggs.exprs) > 1 {
				name += "_" + a.outputOf([]plan.Expr{agg})[0].Name
			}
			only, err := plan.MapExpr(unalias(agg), func(e plan.Expr) (plan.Expr, error) { return onlyWhere(matches, e), nil })
			if err != nil {
				return nil, err
			}
			items = append(items, aliased(only, name))
		}
	}
	list, err := a.selectList(items, sc)
	if err != nil {
		return nil, err
	}
	return a.grouped(&plan.Aggregate{Common: at(r)}, in, keys, list, sc.outer)
}

// onlyWhere lets an aggregate see NULL where the condition is not true; first and last skip it then.
func onlyWhere(matches, e plan.Expr) plan.Expr {
	f, ok := e.(*plan.Func)
	if !ok || f.Kind != plan.AggregateFunc {
		return e
	}
	out := *f
	out.Args = slices.Clone(f.Args)
	for i, arg := range f.Args {
		if i > 0 && isFoldable(arg) {
			continue // a percentage, a separator
		}
		none := &plan.Literal{Type: plan.TypeOf(arg)}
		out.Args[i] = &plan.Func{Name: "if", Args: []plan.Expr{matches, arg, none}, Type: plan.TypeOf(arg), Nullable: true, ANSI: f.ANSI}
	}
	if f.Name == "first" || f.Name == "last" {
		out.IgnoreNulls = true
	}
	return &out
}
