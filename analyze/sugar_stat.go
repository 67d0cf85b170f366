package analyze

import (
	"math"

	"shoal/fault"
	"shoal/plan"
)

// This file rewrites df.stat: the correlation and the covariance of two columns.

// statAggregates are the aggregates behind df.stat.corr and df.stat.cov.
var statAggregates = map[string]string{"corr": "corr", "cov": "covar_samp"}

// stat: NULL counts as 0 there, and the answer is never NULL.
func (a *analyzer) stat(r *plan.Stat, outer *scope) (*node, error) {
	name, ok := statAggregates[r.Kind]
	if !ok || len(r.Columns) != 2 || r.Method != "" && r.Method != "pearson" {
		return nil, fault.Unsupported("df.stat.%s", r.Kind).At(r.Pos)
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	args := make([]plan.Expr, 2)
	for i, column := range r.Columns {
		e, err := a.inNodes(&plan.Name{Parts: []string{column}}, []*node{in})
		if err != nil {
			return nil, err
		}
		if e == nil {
			return nil, unresolved("UNRESOLVED_COLUMN", []string{column}, in.cols, "objectName").At(r.Pos)
		}
		if !isNumeric(plan.TypeOf(e)) {
			return nil, fault.Unsupported("df.stat.%s of a %s column", r.Kind, plan.TypeOf(e)).At(r.Pos)
		}
		number := &plan.Cast{Expr: e, To: plan.Double, Implicit: true}
		args[i] = called("coalesce", number, lit(0.0))
	}
	result := called("coalesce", called(name, args...), lit(math.NaN()))
	return a.projectOver(in, []plan.Expr{aliased(result, r.Kind)}, r, outer)
}
