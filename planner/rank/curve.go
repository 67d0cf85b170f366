package rank

// This file asks what more or less money would do: each shape at other budgets.

import (
	"cmp"
	"context"
	"slices"

	"shoal/planner/shape"
	"shoal/planner/sim"
)

// steps are the budgets looked at, against the file's.
var steps = []float64{0.5, 0.75, 1, 1.25, 1.5}

// curve plays each of the shapes once at each budget. A point is on the front where no other is both
// cheaper and better.
func (p *planner) curve(ctx context.Context, all []*candidate) ([]Point, error) {
	points := make([]*Point, len(all)*len(steps))
	var jobs []func(context.Context) error
	for i, k := range all {
		for j, step := range steps {
			jobs = append(jobs, func(ctx context.Context) (err error) {
				points[i*len(steps)+j], err = p.point(ctx, k, step)
				return err
			})
		}
	}
	if err := parallel(ctx, jobs); err != nil {
		return nil, err
	}
	var list []Point
	for _, q := range points {
		if q != nil {
			list = append(list, *q)
		}
	}
	for i := range list {
		list[i].Front = !slices.ContainsFunc(list, func(o Point) bool {
			return o.Price <= list[i].Price && o.Score <= list[i].Score && (o.Price < list[i].Price || o.Score < list[i].Score)
		})
	}
	slices.SortStableFunc(list, func(a, b Point) int { return cmp.Compare(a.Price, b.Price) })
	return list, nil
}

// point is a shape at a multiple of the budget; nil where that is too little for it.
func (p *planner) point(ctx context.Context, k *candidate, step float64) (*Point, error) {
	w := *p.w
	w.Budget *= step
	w.Goals.MaxNodes = 0
	s, err := shape.Build(p.c, free(k.spec), &w)
	if err != nil {
		return nil, nil
	}
	layouts, err := s.Layouts(p.w, 1)
	if err != nil {
		return nil, nil
	}
	at := &candidate{Shape: s, layout: layouts[0]}
	if step == 1 {
		at.layout = k.layout
	}
	r, err := p.run(ctx, at, 0, nil)
	if err != nil {
		return nil, err
	}
	q := &Point{Name: k.Name, Budget: w.Budget, Price: s.Price.Total, Nodes: s.Nodes(), Score: p.score(r), Meets: len(p.misses(r)) == 0,
		P95: map[string]float64{}}
	for _, c := range r.Classes {
		if len(c.Latency) > 0 {
			q.P95[c.Name] = sim.Quantile(c.Latency, 0.95)
		}
	}
	return q, nil
}
