package analyze

import (
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file rewrites df.describe() and df.summary(): one row a statistic, one string column a column.

var (
	describeStatistics = []string{"count", "mean", "stddev", "min", "max"}
	summaryStatistics  = []string{"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"}
)

// describe computes every statistic of every column in one aggregate, and spreads the one row over
// as many rows as there are statistics.
func (a *analyzer) describe(r *plan.Describe, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	cols, err := a.describedColumns(r, in)
	if err != nil {
		return nil, err
	}
	statistics := describeStatistics
	if r.Summary {
		if statistics = r.Statistics; len(statistics) == 0 {
			statistics = summaryStatistics
		}
	}
	aggs := []plan.Expr{}
	for _, c := range cols {
		for _, s := range statistics {
			e, err := statistic(s, c)
			if err != nil {
				return nil, err
			}
			aggs = append(aggs, aliased(&plan.Cast{Expr: e, To: plan.String}, s))
		}
	}
	row := &plan.Common{Pos: r.Pos}
	var one *node
	if len(aggs) == 0 {
		one = newNode(&plan.OneRow{Common: *row}, []*plan.Column{})
	} else if one, err = a.projectOver(in, aggs, r, outer); err != nil {
		return nil, err
	}
	return a.spread(one, cols, statistics, r)
}

func (a *analyzer) describedColumns(r *plan.Describe, in *node) ([]*plan.Column, error) {
	var cols []*plan.Column
	for _, name := range r.Columns {
		e, err := a.inNodes(&plan.Name{Parts: []string{name}}, []*node{in})
		if err != nil {
			return nil, err
		}
		c, ok := e.(*plan.Column)
		if !ok {
			return nil, unresolved("UNRESOLVED_COLUMN", []string{name}, in.cols, "objectName").At(r.Pos)
		}
		cols = append(cols, c)
	}
	if len(r.Columns) == 0 {
		cols = in.cols
	}
	var out []*plan.Column
	for _, c := range cols {
		if isNumeric(c.Type) || c.Type == plan.String {
			out = append(out, c)
		}
	}
	return out, nil
}

// statistic is one statistic's aggregate; strings count as the numbers they hold, if they do.
func statistic(name string, c *plan.Column) (plan.Expr, error) {
	var number plan.Expr = c
	if c.Type == plan.String {
		number = &plan.Cast{Expr: c, To: plan.Double, Mode: plan.CastTry}
	}
	switch lower := strings.ToLower(name); lower {
	case "count", "min", "max":
		return called(lower, c), nil
	case "mean", "stddev":
		return called(lower, number), nil
	case "count_distinct":
		return &plan.Call{Name: []string{"count"}, Args: []plan.Expr{c}, Distinct: true}, nil
	case "approx_count_distinct":
		return called(lower, c), nil
	}
	if text, ok := strings.CutSuffix(name, "%"); ok {
		p, err := strconv.ParseFloat(text, 64)
		if err != nil || p < 0 || p > 100 {
			return nil, fault.Unsupported("statistic %s", name)
		}
		return called("percentile_approx", number, lit(p/100)), nil
	}
	return nil, fault.Unsupported("statistic %s", name)
}

// spread joins the row of statistics to their names, in order, and picks each one's value.
func (a *analyzer) spread(one *node, cols []*plan.Column, statistics []string, r plan.Relation) (*node, error) {
	values := &plan.Values{Common: plan.Common{Pos: r.At()}}
	for i, s := range statistics {
		values.Rows = append(values.Rows, []plan.Expr{lit(i), lit(s)})
	}
	names, err := a.values(values, nil)
	if err != nil {
		return nil, err
	}
	j := &plan.Join{Common: plan.Common{Pos: r.At()}, Left: names.rel, Right: a.exact(one), Type: plan.CrossJoin}
	joint := joined(j, names, one)
	position, name := joint.cols[0], joint.cols[1]
	items := []plan.Expr{aliased(name, "summary")}
	for i, c := range cols {
		var args []plan.Expr
		for k := range statistics {
			args = append(args, called("=", position, lit(k)), joint.cols[2+i*len(statistics)+k])
		}
		items = append(items, aliased(called("when", args...), c.Name))
	}
	sorted := over(&plan.Sort{Common: plan.Common{Pos: r.At()}, Input: joint.rel, Global: true,
		Order: []plan.SortOrder{{Expr: position, NullsFirst: true}}}, joint)
	n, err := a.projectOver(sorted, items, r, nil)
	if err != nil {
		return nil, err
	}
	for i, c := range n.cols {
		d := *c
		d.Nullable = true
		n.cols[i] = &d
	}
	return n, nil
}
