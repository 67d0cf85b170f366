package rank

// This file looks for the best of the whole catalogue: all shapes on paper, the best of them on the
// virtual clock.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"shoal/planner/catalogue"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// search is the best shapes of the catalogue for the budget, and how many were looked at.
func (p *planner) search(ctx context.Context) ([]*candidate, int, error) {
	if p.w.Search == nil {
		return nil, 0, nil
	}
	type guess struct {
		k     *candidate
		score float64
	}
	var guesses []guess
	looked := 0
	for _, spec := range p.specs() {
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
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
		if score := p.estimate(k.Model(p.w, k.layout, p.draws[0])); !math.IsInf(score, 1) {
			guesses = append(guesses, guess{k, score})
		}
	}
	if len(guesses) == 0 {
		return nil, looked, fmt.Errorf("search: no shape of the catalogue fits: budget $%.2f an hour, region %s, families %v, max_nodes %d",
			p.w.Budget, p.w.Region, p.w.Search.Families, p.w.Goals.MaxNodes)
	}
	slices.SortStableFunc(guesses, func(a, b guess) int { return cmp.Compare(a.score, b.score) })
	// At most two shapes with the same workers go on, so that the paper's opinion of one family does not
	// crowd out the others.
	var list []*candidate
	same := map[string]int{}
	for _, g := range guesses {
		name := g.k.Groups[0].Type.Name
		if same[name] < 2 && len(list) < p.w.Search.Top {
			same[name]++
			list = append(list, g.k)
		}
	}
	if err := p.measure(ctx, list); err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(list, func(a, b *candidate) int { return cmp.Compare(a.entry.Score.Mid, b.entry.Score.Mid) })
	return list, looked, nil
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
			s.CPU*c.slots/c.cores
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
