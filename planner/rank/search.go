package rank

// This file looks for the best of the whole catalogue: all shapes on paper, the best of them on the
// virtual clock.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"shoal/planner/catalogue"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// search is the best shapes of the catalogue for the budget, and how many were looked at. Every shape
// is estimated on paper; the best on paper of each worker type is simulated once, the most
// promising also with other masters and volumes, and the best of all these in full.
func (p *planner) search(ctx context.Context) ([]*candidate, int, error) {
	if p.w.Search == nil {
		return nil, 0, nil
	}
	for _, f := range p.w.Search.Families {
		if !slices.ContainsFunc(p.c.All(), func(t *catalogue.Type) bool { return t.Family == f }) {
			return nil, 0, fmt.Errorf("search.families: the catalogue has no family %q; shoal plan catalogue lists them", f)
		}
	}
	guesses, looked := p.guesses(ctx)
	if len(guesses) == 0 {
		return nil, looked, errors.Join(ctx.Err(), fmt.Errorf("search: no shape of the catalogue fits: budget $%.2f an hour, region %s, families %v, max_nodes %d",
			p.w.Budget, p.w.Region, p.w.Search.Families, p.w.Goals.MaxNodes))
	}
	var round []*candidate
	seen := map[string]bool{}
	for _, k := range guesses {
		if name := k.worker(); !seen[name] && len(round) < 3*p.w.Search.Top {
			seen[name] = true
			round = append(round, k)
		}
	}
	if err := p.glance(ctx, round); err != nil {
		return nil, 0, err
	}
	var others []*candidate
	for _, k := range guesses {
		promising := slices.ContainsFunc(round[:min(2, len(round))], func(o *candidate) bool { return o.worker() == k.worker() && o != k })
		if promising {
			others = append(others, k)
		}
	}
	if err := p.glance(ctx, others); err != nil {
		return nil, 0, err
	}
	round = append(round, others...)
	byGuess(round)
	round = p.diverse(round)
	if err := p.measure(ctx, round); err != nil {
		return nil, 0, err
	}
	return round, looked, nil
}

// diverse is the best of a list, at most two of a family: what the third of a family would add is
// less than how well its speed is known.
func (p *planner) diverse(list []*candidate) []*candidate {
	var best []*candidate
	seen := map[string]int{}
	for _, k := range list {
		f := k.Groups[0].Type.Family
		if seen[f]++; seen[f] <= 2 && len(best) < p.w.Search.Top {
			best = append(best, k)
		}
	}
	return best
}

func (k *candidate) worker() string { return k.Groups[0].Type.Name }

func byGuess(list []*candidate) {
	slices.SortStableFunc(list, func(a, b *candidate) int { return cmp.Compare(a.guess, b.guess) })
}

// guesses is all shapes that can be, with their scores on paper, the best first. What differs by less
// than paper can tell goes by the price of the master and the volumes.
func (p *planner) guesses(ctx context.Context) ([]*candidate, int) {
	var list []*candidate
	looked := 0
	for _, spec := range p.specs() {
		if ctx.Err() != nil {
			return nil, looked
		}
		looked++
		k, err := p.candidate(spec)
		if err != nil {
			continue // no price in the region, or the budget does not reach
		}
		layouts, err := k.Layouts(p.w, 1)
		if err != nil {
			continue
		}
		k.layout = layouts[0]
		if k.guess = p.estimate(k.Model(p.w, k.layout, p.draws[0])); !math.IsInf(k.guess, 0) && !math.IsNaN(k.guess) {
			list = append(list, k)
		}
	}
	const grain = 0.02
	slices.SortStableFunc(list, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(math.Round(math.Log(a.guess)/grain), math.Round(math.Log(b.guess)/grain)),
			cmp.Compare(a.Price.Master+a.Price.EBS, b.Price.Master+b.Price.EBS))
	})
	return list, looked
}

// glance simulates each once, and orders them by what it saw.
func (p *planner) glance(ctx context.Context, all []*candidate) error {
	jobs := make([]func(context.Context) error, len(all))
	for i, k := range all {
		jobs[i] = func(ctx context.Context) error {
			r, err := p.run(ctx, k, 0, nil)
			if err == nil {
				k.guess = p.score(r)
			}
			return err
		}
	}
	err := parallel(ctx, jobs)
	byGuess(all)
	return err
}

// specs is every launchable type as workers, with masters of the balanced families in four sizes and
// EMR's volumes or twice as many.
func (p *planner) specs() []workload.Shape {
	var list []workload.Shape
	s := p.w.Search
	for _, t := range p.c.All() {
		if !t.OnEMR || len(s.Families) > 0 && !slices.Contains(s.Families, t.Family) || s.Arch != "" && t.Arch != s.Arch {
			continue
		}
		for _, master := range masters(t) {
			for _, times := range []int{1, 2} {
				g := workload.Group{Type: t.Name, Share: 1}
				name := fmt.Sprintf("%s, master %s", t.Name, master)
				if times > 1 {
					if !t.DefaultVolumes.Known || !t.DefaultVolumeGiB.Known {
						continue
					}
					g.Volumes, g.GiB = times*int(t.DefaultVolumes.Value), int(t.DefaultVolumeGiB.Value)
					name += ", twice the volumes"
				}
				list = append(list, workload.Shape{Name: name, Master: master, Workers: workload.Workers{g}})
			}
		}
	}
	return list
}

// masters are of the workers' architecture: Spark's driver and executors may share native libraries.
func masters(t *catalogue.Type) []string {
	if t.Arch == "arm64" {
		return []string{"m6g.xlarge", "m6g.2xlarge", "m6g.4xlarge", "m6g.8xlarge"}
	}
	return []string{"m5.xlarge", "m5.2xlarge", "m5.4xlarge", "m5.8xlarge"}
}

// estimate is a score on paper: a closed network of users and one station, the slots, whose
// service is the unhindered answer stretched by how busy cores and network are. It is rough, and
// only says what is worth simulating.
func (p *planner) estimate(m sim.Model) float64 {
	capacity := totals(m)
	busy := 0.0
	sum := 0.0
	for range 20 { // damped: answers slow down users, who then keep slots less busy
		demand := 0.0
		sum = 0
		for i := range m.Classes {
			c := &m.Classes[i]
			answer, slotSeconds := capacity.answer(&m, c, busy)
			for _, u := range m.Users {
				demand += rate(u, i, answer) * slotSeconds
			}
			sum += p.weights[c.Name] * math.Log(answer/p.goal(c.Name))
		}
		next := math.Min(0.99, demand/capacity.slots)
		busy = (busy + next) / 2
	}
	return math.Exp(sum)
}

// capacityOf sums up a cluster.
type capacityOf struct {
	slots, cores, network, burst float64
	nodes, perExecutor, unified  float64
}

func totals(m sim.Model) capacityOf {
	var c capacityOf
	for _, n := range m.Nodes {
		s := float64(n.Executors * n.Slots)
		c.slots += s
		c.cores += math.Min(s, n.Cores) * n.Speed
		c.network += n.NIC.Base
		c.burst += n.NIC.Peak
		c.unified, c.perExecutor = n.Unified, float64(n.Slots)
	}
	c.nodes = float64(len(m.Nodes))
	return c
}

// answer is how long a class takes when slots are so busy, and how long it keeps slots.
func (c *capacityOf) answer(m *sim.Model, class *sim.Class, busy float64) (latency, slotSeconds float64) {
	latency = (class.Plan + class.Result) / m.Master.Speed
	flow := math.Min(m.Costs.SourceFlow, c.burst/c.slots)
	for i, s := range class.Stages {
		times := 1.0
		if class.Loops > 0 && i >= class.From && i <= class.To {
			times = float64(class.Loops)
		}
		task := m.Costs.Launch + s.Input/flow + s.Fetch/(c.burst/c.slots) + math.Min(c.nodes, float64(s.FetchOf))*m.Costs.FetchHost +
			(s.CPU+m.Costs.Unpack)*c.slots/c.cores
		if over := s.Memory - c.unified/c.perExecutor; over > 0 {
			if s.NoSpill {
				return math.Inf(1), math.Inf(1)
			}
			task += over * m.Costs.SpillCPU * 3
		}
		free := math.Max(1, c.slots*(1-busy))
		waves := math.Max(1, float64(s.Tasks)/free)
		latency += times * (s.Driver + m.Costs.Submit + float64(s.Tasks)*m.Costs.Dispatch + task*waves)
		slotSeconds += times * float64(s.Tasks) * task
	}
	return latency, slotSeconds
}

// rate is how often a group asks a class a second when an answer takes so long.
func rate(u sim.Users, class int, answer float64) float64 {
	total, share := 0.0, 0.0
	for _, s := range u.Mix {
		total += s.Weight
		if s.Class == class {
			share = s.Weight
		}
	}
	if u.Count > 0 {
		return float64(u.Count) / (u.Think + answer) * share / total
	}
	return u.Rate * share / total
}
