package rank

// This file watches a minute of a run, for a Gantt chart.

import (
	"context"
	"math"

	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// Trace is what the first slots of a shape did during a minute, with the usual inputs.
type Trace struct {
	Name     string
	From, To float64 // seconds of simulated time
	Nodes    int     // that are shown
	Slots    int     // of each of them
	Classes  []string
	Spans    []sim.Span // that overlap the minute
}

const (
	traceSlots = 32   // that are shown
	traceFor   = 60.0 // seconds
	traceAfter = 30.0 // seconds that the run goes on, so that tasks on the edge are whole
	traceMost  = 1 << 20
)

// Traces watches the best and the last of a report's ranking.
func Traces(ctx context.Context, c *catalogue.Catalogue, w *workload.Workload, r *Report) ([]Trace, error) {
	p := newPlanner(c, w)
	picks := r.Ranking[:min(1, len(r.Ranking))]
	if n := len(r.Ranking); n > 1 {
		picks = []Entry{r.Ranking[0], r.Ranking[n-1]}
	}
	var list []Trace
	for i := range picks {
		t, err := p.trace(ctx, &picks[i])
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

func (p *planner) trace(ctx context.Context, e *Entry) (Trace, error) {
	spec := workload.Shape{Name: e.Name, Master: e.Master}
	for _, g := range e.Workers {
		spec.Workers = append(spec.Workers, workload.Group{Type: g.Type, Count: g.Count, Share: 1, Volumes: g.Volumes.Count, GiB: g.Volumes.GiB})
	}
	s, err := shape.Build(p.c, spec, p.w)
	if err != nil {
		return Trace{}, err
	}
	k := &candidate{Shape: s, layout: e.Layout}
	t := Trace{Name: e.Name, From: float64(p.w.Warmup)}
	r, err := p.run(ctx, k, 0, func(m *sim.Model) {
		m.Trace = traceMost
		m.Horizon = math.Min(m.Horizon, m.Warmup+traceFor+traceAfter)
		for t.Nodes < len(m.Nodes) && (t.Nodes == 0 || (t.Nodes+1)*t.Slots <= traceSlots) {
			t.Slots = max(t.Slots, m.Nodes[t.Nodes].Executors*m.Nodes[t.Nodes].Slots)
			t.Nodes++
		}
		t.To = math.Min(m.Horizon, t.From+traceFor)
		for i := range m.Classes {
			t.Classes = append(t.Classes, m.Classes[i].Name)
		}
	})
	if err != nil {
		return Trace{}, err
	}
	for _, s := range r.Spans {
		if s.Node < t.Nodes && s.Finish > t.From && s.Start < t.To {
			t.Spans = append(t.Spans, s)
		}
	}
	return t, nil
}
