package analyze

import (
	"math"

	"shoal/fault"
	"shoal/plan"
)

// This file rewrites df.stat.

// statAggregates are the aggregates behind df.stat.corr and df.stat.cov.
var statAggregates = map[string]string{"corr": "corr", "cov": "covar_samp"}

func (a *analyzer) stat(r *plan.Stat, outer *scope) (*node, error) {
	switch {
	case r.Kind == "crosstab" && len(r.Columns) == 2:
		return a.crosstab(r, outer)
	case r.Kind == "freq_items" && len(r.Numbers) == 1:
		return a.freqItems(r, outer)
	case r.Kind == "sample_by":
		return a.sampleBy(r, outer)
	case r.Kind == "approx_quantile" && len(r.Numbers) > 0:
		return a.approxQuantile(r, outer)
	case statAggregates[r.Kind] != "" && len(r.Columns) == 2 && (r.Method == "" || r.Method == "pearson"):
		return a.pairStatistic(r, outer)
	}
	return nil, fault.Unsupported("df.stat.%s", r.Kind).At(r.Pos)
}

// pairStatistic is corr or cov: NULL counts as 0 there, and the answer is never NULL.
func (a *analyzer) pairStatistic(r *plan.Stat, outer *scope) (*node, error) {
	in, columns, err := a.statColumns(r, outer)
	if err != nil {
		return nil, err
	}
	args := make([]plan.Expr, 2)
	for i, e := range columns {
		if !isNumeric(plan.TypeOf(e)) {
			return nil, fault.Unsupported("df.stat.%s of a %s column", r.Kind, plan.TypeOf(e)).At(r.Pos)
		}
		number := &plan.Cast{Expr: e, To: plan.Double, Implicit: true}
		args[i] = called("coalesce", number, lit(0.0))
	}
	result := called("coalesce", called(statAggregates[r.Kind], args...), lit(math.NaN()))
	return a.projectOver(in, []plan.Expr{aliased(result, r.Kind)}, r, outer)
}

// statColumns finds the columns a function of df.stat is about.
func (a *analyzer) statColumns(r *plan.Stat, outer *scope) (*node, []plan.Expr, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, nil, err
	}
	columns := make([]plan.Expr, len(r.Columns))
	for i, name := range r.Columns {
		e, err := a.inNodes(&plan.Name{Parts: []string{name}}, []*node{in})
		if err != nil {
			return nil, nil, err
		}
		if e == nil {
			return nil, nil, unresolved("UNRESOLVED_COLUMN", []string{name}, in.cols, "objectName").At(r.Pos)
		}
		columns[i] = e
	}
	return in, columns, nil
}

// freqItems finds the values that stand in more than a share of the rows, and perhaps others.
func (a *analyzer) freqItems(r *plan.Stat, outer *scope) (*node, error) {
	support := r.Numbers[0]
	if !(support >= 1e-4 && support <= 1) {
		return nil, fault.Illegal("freqItems needs a support from 1e-4 to 1, not %v", support)
	}
	in, columns, err := a.statColumns(r, outer)
	if err != nil {
		return nil, err
	}
	items := make([]plan.Expr, len(columns))
	for i, e := range columns {
		items[i] = aliased(called("freq_items", e, lit(int(1/support))), r.Columns[i]+"_freqItems")
	}
	return a.projectOver(in, items, r, outer)
}

// crosstab counts pairs: rows are the values of the first column, columns those of the second.
func (a *analyzer) crosstab(r *plan.Stat, outer *scope) (*node, error) {
	in, columns, err := a.statColumns(r, outer)
	if err != nil {
		return nil, err
	}
	text := func(e plan.Expr) plan.Expr {
		return called("if", called("isnull", e), lit("null"), &plan.Cast{Expr: e, To: plan.String})
	}
	table := r.Columns[0] + "_" + r.Columns[1]
	keys := []plan.Expr{aliased(text(columns[0]), table), aliased(called("replace", text(columns[1]), lit("`"), lit("")), "value")}
	pairs, err := a.projectOver(in, keys, r, outer)
	if err != nil {
		return nil, err
	}
	key, value := pairs.cols[0], pairs.cols[1]
	sc := &scope{inputs: []*node{pairs}, outer: outer}
	found, err := a.pivotFound(&plan.Pivot{Column: value}, pairs, value, sc)
	if err != nil {
		return nil, err
	}
	items := []plan.Expr{key}
	for _, v := range found.Values {
		picked := called("if", called("=", value, v), lit(1), &plan.Literal{Type: plan.Int})
		items = append(items, aliased(called("count", picked), v.(*plan.Literal).Value.(string)))
	}
	list, err := a.selectList(items, sc)
	if err != nil {
		return nil, err
	}
	return a.grouped(&plan.Aggregate{Common: plan.Common{Pos: r.Pos}}, pairs, []plan.Expr{key}, list, outer)
}

// approxQuantile is exact here, which is within any error it may be asked for. NULL and NaN do not count.
func (a *analyzer) approxQuantile(r *plan.Stat, outer *scope) (*node, error) {
	in, columns, err := a.statColumns(r, outer)
	if err != nil {
		return nil, err
	}
	var percentages []plan.Expr
	for _, p := range r.Numbers[:len(r.Numbers)-1] {
		percentages = append(percentages, lit(p))
	}
	var each []plan.Expr
	for _, e := range columns {
		if !isNumeric(plan.TypeOf(e)) {
			return nil, fault.Unsupported("df.stat.%s of a %s column", r.Kind, plan.TypeOf(e)).At(r.Pos)
		}
		number := &plan.Cast{Expr: e, To: plan.Double, Implicit: true}
		none := &plan.Literal{Type: plan.Array{Elem: plan.Double}}
		if len(percentages) == 0 {
			each = append(each, called("array"))
			continue
		}
		counted := called("if", called("isnan", number), &plan.Literal{Type: plan.Double}, number)
		each = append(each, called("coalesce", called("percentile_approx", counted, called("array", percentages...)),
			&plan.Cast{Expr: called("array"), To: none.Type}))
	}
	return a.projectOver(in, []plan.Expr{aliased(called("array", each...), r.Kind)}, r, outer)
}
