package analyze

import (
	"shoal/fault"
	"shoal/plan"
)

// This file resolves df.observe: the rows stay as they are, and the metrics are an aggregate of
// their own over the same input.

// Observed is one df.observe of a plan: its name, and the metrics as a relation of one row.
type Observed struct {
	Name    string
	PlanID  plan.PlanID
	Metrics plan.Relation
}

func (a *analyzer) observe(r *plan.Observe, outer *scope) (*node, error) {
	if r.Name == "" {
		return nil, fault.New("INVALID_OBSERVED_METRICS.MISSING_NAME", "operator", "CollectMetrics").At(r.Pos)
	}
	if outer != nil {
		return nil, fault.Unsupported("observe inside a subquery").At(r.Pos)
	}
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	if drawsRandomly(in.rel) {
		return nil, fault.Unsupported("observe of rows that are drawn at random").At(r.Pos)
	}
	metrics, err := a.metrics(r, in)
	if err != nil {
		return nil, err
	}
	for _, o := range a.observed {
		if o.Name == r.Name && (!r.PlanID.Set || o.PlanID != r.PlanID) {
			return nil, fault.New("DUPLICATED_METRICS_NAME", "metricName", r.Name)
		}
	}
	a.observed = append(a.observed, Observed{Name: r.Name, PlanID: r.PlanID, Metrics: a.exact(metrics)})
	n := *in
	return &n, nil
}

// metrics is the aggregate without keys that an observation computes.
func (a *analyzer) metrics(r *plan.Observe, in *node) (*node, error) {
	var aggs []*plan.Call
	list, err := a.selectList(r.Metrics, &scope{at: r.Pos, inputs: []*node{in}, aggs: &aggs})
	if err != nil {
		return nil, err
	}
	for _, e := range list.exprs {
		if err := a.checkMetric(e, e, false); err != nil {
			return nil, err
		}
	}
	return a.grouped(&plan.Aggregate{Common: at(r)}, in, nil, list, nil)
}

// checkMetric allows aggregates, and what is computed from them and constants; whole is the metric that e is part of.
func (a *analyzer) checkMetric(e, whole plan.Expr, inside bool) error {
	refused := func(reason string, shown plan.Expr) error {
		return fault.New("INVALID_OBSERVED_METRICS."+reason, "expr", quoteSQL(a.fullSQL(shown)))
	}
	switch x := e.(type) {
	case *plan.Window:
		return refused("WINDOW_EXPRESSIONS_UNSUPPORTED", whole)
	case *plan.Column:
		if !inside {
			return refused("NON_AGGREGATE_FUNC_ARG_IS_ATTRIBUTE", e)
		}
	case *plan.Func:
		switch {
		case x.Kind == plan.AggregateFunc && inside:
			return refused("NESTED_AGGREGATES_UNSUPPORTED", whole)
		case x.Kind == plan.AggregateFunc && x.Distinct:
			return refused("AGGREGATE_EXPRESSION_WITH_DISTINCT_UNSUPPORTED", whole)
		case x.Kind == plan.AggregateFunc && x.Filter != nil:
			return refused("AGGREGATE_EXPRESSION_WITH_FILTER_UNSUPPORTED", whole)
		case plan.IsRandom(x.Name) && !inside:
			return refused("NON_AGGREGATE_FUNC_ARG_IS_NON_DETERMINISTIC", whole)
		}
		inside = inside || x.Kind == plan.AggregateFunc
	}
	for _, child := range plan.Children(e) {
		if err := a.checkMetric(child, whole, inside); err != nil {
			return err
		}
	}
	return nil
}

// drawsRandomly tells whether a relation gives other rows when it is run again.
func drawsRandomly(rel plan.Relation) bool {
	found := false
	plan.WalkRelations(rel, func(r plan.Relation) bool {
		if _, ok := r.(*plan.Sample); ok {
			found = true
		}
		for _, e := range plan.Exprs(r) {
			plan.Walk(e, func(x plan.Expr) bool {
				f, ok := x.(*plan.Func)
				found = found || ok && plan.IsRandom(f.Name)
				return !found
			})
		}
		return !found
	})
	return found
}
