package rank

// This file changes one thing at a time: what would another family, size, number, master do?

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// change is a shape that differs in one thing, at a multiple of the budget.
type change struct {
	of, from, to string
	spec         workload.Shape
	budget       float64
}

// effectDraws is how many draws of the inputs an effect is averaged over.
const effectDraws = 2

// effects measures each change of the best of the shapes asked about.
func (p *planner) effects(ctx context.Context, asked []*candidate) ([]Effect, error) {
	base := asked[0]
	var list []Effect
	var jobs []func(context.Context) error
	changes := p.changes(base, asked)
	found := make([]*Effect, len(changes))
	before, err := p.brief(ctx, base)
	if err != nil {
		return nil, err
	}
	for i, c := range changes {
		jobs = append(jobs, func(ctx context.Context) (err error) {
			found[i], err = p.effect(ctx, base, before, c)
			return err
		})
	}
	if err := parallel(ctx, jobs); err != nil {
		return nil, err
	}
	for _, e := range found {
		if e != nil {
			list = append(list, *e)
		}
	}
	return list, nil
}

// brief is a candidate's runs of the first draws.
func (p *planner) brief(ctx context.Context, k *candidate) ([]*sim.Result, error) {
	var list []*sim.Result
	for d := range min(effectDraws, len(p.draws)) {
		r, err := p.run(ctx, k, d, nil)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func (p *planner) effect(ctx context.Context, base *candidate, before []*sim.Result, c change) (*Effect, error) {
	w := *p.w
	w.Budget *= c.budget
	w.Goals.MaxNodes = 0
	s, err := shape.Build(p.c, c.spec, &w)
	if err != nil {
		return nil, nil // the budget does not reach for it, or a price is unknown: no effect to show
	}
	k := &candidate{Shape: s, spec: c.spec}
	layouts, err := s.Layouts(p.w, 1)
	if err != nil {
		return nil, nil
	}
	k.layout = layouts[0]
	after, err := p.brief(ctx, k)
	if err != nil {
		return nil, err
	}
	e := &Effect{Of: c.of, From: c.from, To: c.to, Nodes: s.Nodes(), Price: s.Price.Total}
	for i, r := range after {
		e.Score += math.Log(p.score(r)/p.score(before[i])) / float64(len(after))
	}
	e.Score = math.Exp(e.Score)
	e.P95 = p.score(after[0])
	e.Reason = fmt.Sprintf("%d vCPUs instead of %d; %s", s.VCPU(), base.VCPU(), p.difference(k, after[0], base, before[0]))
	return e, nil
}

// changes is what is worth a look from a base: the families and masters of the other shapes, other
// sizes of its family, a quarter fewer and more of it, twice the volumes.
func (p *planner) changes(base *candidate, asked []*candidate) []change {
	var list []change
	old := base.Groups[0].Type
	workers := func(t *catalogue.Type) workload.Shape {
		return workload.Shape{Name: t.Name, Master: base.Master.Name, Workers: workload.Workers{{Type: t.Name, Share: 1}}}
	}
	families := []string{"m5", "c5", "r5"}
	for _, k := range asked {
		for _, g := range k.Groups {
			families = append(families, g.Type.Family)
		}
	}
	for i, f := range families {
		if t := p.sameSize(old, f); t != nil && f != old.Family && !slices.Contains(families[:i], f) {
			list = append(list, change{"family", old.Name, t.Name, workers(t), 1})
		}
	}
	for _, t := range p.c.All() {
		if t.Family == old.Family && t != old && t.VCPU <= 32 {
			list = append(list, change{"node size", old.Name, t.Name, workers(t), 1})
		}
	}
	for _, f := range []float64{0.75, 1.25} {
		list = append(list, change{"count", fmt.Sprintf("%d nodes", base.Nodes()), fmt.Sprintf("%+.0f %% of the budget", 100*(f-1)), free(base.spec), f})
	}
	masters := []string{base.Master.Name}
	for _, k := range asked {
		if !slices.Contains(masters, k.Master.Name) {
			masters = append(masters, k.Master.Name)
			spec := free(base.spec)
			spec.Master = k.Master.Name
			list = append(list, change{"master", base.Master.Name, k.Master.Name, spec, 1})
		}
	}
	if v := base.Groups[0].Volumes; v.Count > 0 {
		spec := free(base.spec)
		for i := range spec.Workers {
			spec.Workers[i].Volumes, spec.Workers[i].GiB = base.Groups[i].Volumes.Count*2, base.Groups[i].Volumes.GiB
		}
		list = append(list, change{"volumes", fmt.Sprintf("%d x %d GiB", v.Count, v.GiB), fmt.Sprintf("%d x %d GiB", 2*v.Count, v.GiB), spec, 1})
	}
	return list
}

// free is a shape whose counts follow the budget.
func free(spec workload.Shape) workload.Shape {
	spec.Workers = slices.Clone(spec.Workers)
	for i := range spec.Workers {
		spec.Workers[i].Count = 0
	}
	return spec
}

// sameSize is the type of a family with the vCPUs of another type.
func (p *planner) sameSize(t *catalogue.Type, family string) *catalogue.Type {
	for _, o := range p.c.All() {
		if o.Family == family && o.VCPU == t.VCPU {
			return o
		}
	}
	return nil
}

// sensitivity moves each input by one spread up and down for the two best shapes.
func (p *planner) sensitivity(ctx context.Context, asked []*candidate) ([]Sensitivity, error) {
	pair := asked[:min(2, len(asked))]
	usual := make([]float64, 2)
	scores := make([][2][2]float64, len(inputs)) // by input, shape, side
	var jobs []func(context.Context) error
	for n, k := range pair {
		jobs = append(jobs, func(ctx context.Context) (err error) {
			usual[n], err = p.scoreAt(ctx, k, shape.Usual())
			return err
		})
		for i := range inputs {
			for side, steps := range []float64{-1, 1} {
				jobs = append(jobs, func(ctx context.Context) (err error) {
					knobs := shape.Usual()
					knob(&knobs, i, steps)
					scores[i][n][side], err = p.scoreAt(ctx, k, knobs)
					return err
				})
			}
		}
	}
	if err := parallel(ctx, jobs); err != nil {
		return nil, err
	}
	list := make([]Sensitivity, len(inputs))
	for i, in := range inputs {
		s := &list[i]
		s.Input = in.Name
		first, second := scores[i][0], scores[i][1]
		s.First, s.FirstAt = first[1]/first[0], [2]float64{first[0] / usual[0], first[1] / usual[0]}
		if len(pair) > 1 {
			s.Second, s.SecondAt = second[1]/second[0], [2]float64{second[0] / usual[1], second[1] / usual[1]}
		}
	}
	return list, nil
}

// scoreAt is the score of a shorter run.
func (p *planner) scoreAt(ctx context.Context, k *candidate, knobs shape.Knobs) (float64, error) {
	m := k.Model(p.w, k.layout, knobs)
	m.Horizon = math.Min(m.Horizon, 600)
	m.Warmup = math.Min(m.Warmup, m.Horizon/8)
	r, err := sim.Run(ctx, m)
	if err != nil {
		return 0, err
	}
	return p.score(r), nil
}

// difference says where one run loses or wins most time against another.
func (p *planner) difference(k *candidate, a *sim.Result, other *candidate, b *sim.Result) string {
	var said []string
	for _, d := range p.deltas(a, b) {
		if len(said) < 2 && d.large() {
			said = append(said, d.short())
		}
	}
	if len(said) == 0 {
		return "no part of an answer changes by a twentieth"
	}
	return strings.Join(said, ", ")
}
