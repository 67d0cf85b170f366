package rank

// This file is the story: build the shapes, simulate them, order them, explain.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/workload"
)

// planner is one comparison.
type planner struct {
	c       *catalogue.Catalogue
	w       *workload.Workload
	draws   []shape.Knobs
	weights map[string]float64 // of classes, by traffic; the sum is 1
	events  int64
}

// Plan compares the shapes of a workload. An error means that there is no report: which constraint
// cannot be kept, or what of the workload no simulation bears.
func Plan(ctx context.Context, c *catalogue.Catalogue, w *workload.Workload) (*Report, error) {
	begin := time.Now()
	p := newPlanner(c, w)
	asked, err := p.asked()
	if err != nil {
		return nil, err
	}
	beside := p.variants(asked)
	all := append(slices.Clone(asked), beside...)
	if err := p.measure(ctx, all); err != nil {
		return nil, err
	}
	found, searched, err := p.search(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, found...)
	if !slices.ContainsFunc(all, func(k *candidate) bool { return k.answers() }) {
		return nil, fmt.Errorf("duration binds: in %s no shape answers a single question; a longer one shows more, if the tasks are meant to be that large", seconds(float64(w.Duration)))
	}
	p.order(all)
	r := &Report{Workload: w.Name, Region: w.Region, Market: w.Market, Budget: w.Budget, Seed: w.Seed, Runs: len(p.draws),
		Searched: searched, Uncertain: inputs}
	first := all[0]
	if len(asked) > 0 {
		slices.SortFunc(asked, byPlace)
		p.firstShares(asked)
		first = asked[0]
		if r.Effects, err = p.effects(ctx, asked); err != nil {
			return nil, err
		}
		if r.Sensitivity, err = p.sensitivity(ctx, asked); err != nil {
			return nil, err
		}
		if r.Curve, err = p.curve(ctx, append(slices.Clone(asked), beside...)); err != nil {
			return nil, err
		}
	}
	p.explain(all, first, asked)
	r.enter(all, asked, found)
	r.Pareto = pareto(all)
	r.Remarks = p.remarks(all, first)
	if len(asked) > 0 {
		r.Remarks = append(r.Remarks, cheapest(r.Curve))
	}
	r.Headline = p.headline(all, asked, first)
	r.Events, r.Seconds = p.events, time.Since(begin).Seconds()
	return r, nil
}

// enter puts the entries into their lists.
func (r *Report) enter(all, asked, found []*candidate) {
	for _, k := range all {
		switch {
		case slices.Contains(asked, k):
			r.Ranking = append(r.Ranking, k.entry)
		case slices.Contains(found, k):
			r.Found = append(r.Found, k.entry)
		default:
			r.Beside = append(r.Beside, k.entry)
		}
		r.Leans = append(r.Leans, k.Leans...)
	}
	if len(asked) == 0 {
		r.Ranking = r.Found // a search alone asks for the best of all
	}
	r.Leans = distinct(r.Leans)
}

func newPlanner(c *catalogue.Catalogue, w *workload.Workload) *planner {
	p := &planner{c: c, w: w, draws: draws(w), weights: shape.Traffic(w)}
	total := 0.0
	for _, v := range p.weights {
		total += v
	}
	for name := range p.weights {
		p.weights[name] /= total
	}
	return p
}

// candidate is a shape on its way to becoming an entry.
type candidate struct {
	*shape.Shape
	spec   workload.Shape
	layout shape.Layout
	entry  Entry
	scores []float64 // by draw
	guess  float64   // on paper, or of one run
}

func byPlace(a, b *candidate) int { return cmp.Compare(a.entry.Place, b.entry.Place) }

// candidate builds a shape.
func (p *planner) candidate(spec workload.Shape) (*candidate, error) {
	s, err := shape.Build(p.c, spec, p.w)
	if err != nil {
		return nil, err
	}
	k := &candidate{Shape: s, spec: spec}
	k.entry = Entry{Name: s.Name, Note: s.Note, Master: s.Master.Name, Nodes: s.Nodes() + 1, VCPU: s.VCPU(),
		MemoryGiB: s.MemoryGiB(), Price: s.Price, Launchable: len(s.Missing) == 0, Missing: s.Missing}
	for _, g := range s.Groups {
		k.entry.Workers = append(k.entry.Workers, Workers{g.Type.Name, g.Count, g.Volumes})
	}
	return k, nil
}

// asked is the shapes of the file. All that cannot be are said at once.
func (p *planner) asked() ([]*candidate, error) {
	var list []*candidate
	var all []error
	for _, spec := range p.w.Shapes {
		k, err := p.candidate(spec)
		if err == nil && p.w.Goals.LaunchableOnly && !k.entry.Launchable {
			err = fmt.Errorf("shape %s: goals.launchable_only binds: EMR does not sell %s; %s", spec.Name,
				strings.Join(k.Missing, " and "), p.instead(k.Missing))
		}
		if err != nil {
			if spec.At != "" {
				err = fmt.Errorf("%s: %w", spec.At, err)
			}
			all = append(all, err)
			continue
		}
		list = append(list, k)
	}
	return list, errors.Join(all...)
}

// instead names what EMR sells nearest to types it does not sell.
func (p *planner) instead(missing []string) string {
	var list []string
	for _, name := range missing {
		t, err := p.c.Find(name)
		if err != nil {
			continue
		}
		if other := p.c.Launchable(t); other != nil {
			list = append(list, fmt.Sprintf("the nearest to %s is %s", name, other.Name))
		}
	}
	return strings.Join(list, ", ")
}

// variants is what is always compared beside: each shape that EMR cannot start in the nearest types
// it sells, and few big nodes of the balanced family.
func (p *planner) variants(asked []*candidate) []*candidate {
	var list []*candidate
	add := func(spec workload.Shape, of, variant string) {
		k, err := p.candidate(spec)
		if err != nil || p.w.Goals.LaunchableOnly && !k.entry.Launchable {
			return // does not fit the budget: nothing to compare
		}
		for _, other := range append(slices.Clone(asked), list...) {
			if other.like(k) {
				return
			}
		}
		k.entry.Of, k.entry.Variant = of, variant
		list = append(list, k)
	}
	for _, k := range asked {
		if len(k.Missing) > 0 {
			spec := p.launchable(k.spec)
			spec.Name, spec.Note = k.Name+"*", k.Name+" in the nearest types that EMR sells"
			add(spec, k.Name, "nearest")
		}
	}
	if len(asked) > 0 {
		add(workload.Shape{Name: "few big m5", Note: "the same family in few big nodes", Master: "m5.2xlarge",
			Workers: workload.Workers{{Type: "m5.8xlarge", Share: 1}}}, "", "size")
	}
	return list
}

// like says whether two candidates are the same machines.
func (k *candidate) like(o *candidate) bool {
	return k.Master == o.Master && slices.Equal(k.entry.Workers, o.entry.Workers)
}

// launchable is a shape in the nearest types that EMR sells.
func (p *planner) launchable(spec workload.Shape) workload.Shape {
	near := func(name string) string {
		if t, err := p.c.Find(name); err == nil {
			if other := p.c.Launchable(t); other != nil {
				return other.Name
			}
		}
		return name
	}
	spec.Master = near(spec.Master)
	spec.Workers = slices.Clone(spec.Workers)
	for i := range spec.Workers {
		g := &spec.Workers[i]
		g.Type = near(g.Type)
		g.Count = 0 // larger nodes: the budget decides how many
	}
	return spec
}

// order gives places: shapes that answer without failures and keep all goals come first, then the
// score decides.
func (p *planner) order(all []*candidate) {
	slices.SortStableFunc(all, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.class(), b.class()), cmp.Compare(a.entry.Score.Mid, b.entry.Score.Mid), cmp.Compare(a.Price.Total, b.Price.Total))
	})
	for i, k := range all {
		k.entry.Place = i + 1
	}
}

// tolerable is the share of failed answers up to which a shape is not put last.
const tolerable = 0.001

func (k *candidate) class() int {
	for _, c := range k.entry.Classes {
		if c.Failed > tolerable {
			return 2
		}
	}
	if !k.entry.Meets {
		return 1
	}
	return 0
}

// firstShares counts in how many draws each shape came first of those asked about.
func (p *planner) firstShares(asked []*candidate) {
	for d := range p.draws {
		best := slices.MinFunc(asked, func(a, b *candidate) int { return cmp.Compare(a.scores[d], b.scores[d]) })
		best.entry.FirstOf += 1 / float64(len(p.draws))
	}
}

// pareto is the entries that no other beats in price and in score at once.
func pareto(all []*candidate) []string {
	var names []string
	for _, k := range all {
		beaten := slices.ContainsFunc(all, func(o *candidate) bool {
			return o.Price.Total <= k.Price.Total && o.entry.Score.Mid <= k.entry.Score.Mid &&
				(o.Price.Total < k.Price.Total || o.entry.Score.Mid < k.entry.Score.Mid)
		})
		if !beaten {
			names = append(names, k.Name)
		}
	}
	return names
}

func distinct(leans []catalogue.Lean) []catalogue.Lean {
	var list []catalogue.Lean
	for _, l := range leans {
		if !slices.Contains(list, l) {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b catalogue.Lean) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Field, b.Field))
	})
	return list
}

// band is the middle and the range without the outer tenths.
func band(values []float64) Band {
	if len(values) == 0 {
		return Band{}
	}
	v := slices.Clone(values)
	slices.Sort(v)
	at := func(q float64) float64 { return v[int(math.Round(q*float64(len(v)-1)))] }
	mid := at(0.5)
	if n := len(v); n%2 == 0 {
		mid = (v[n/2-1] + v[n/2]) / 2
	}
	return Band{Mid: mid, Low: at(0.1), High: at(0.9)}
}
