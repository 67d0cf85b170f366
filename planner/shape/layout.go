package shape

// This file lays executors on nodes as Spark on YARN does on EMR: by memory alone, all executors of
// one size, with room for the application master.

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"shoal/planner/catalogue"
	"shoal/planner/workload"
)

const (
	allocation  = 32  // MiB: EMR's yarn.scheduler.minimum-allocation-mb
	minOverhead = 384 // MiB: Spark's least memory overhead
	reserved    = 300 // MiB of heap that Spark keeps for itself
	amMiB       = 896 // an application master in client mode: 512 MiB and the least overhead
	usualCores  = 4   // of an executor, where nothing speaks for another number
)

// YARN is the memory YARN may give away on a node; by rule where EMR's table has no row.
func (s *Shape) yarn(t *catalogue.Type) float64 {
	switch {
	case t.YARNMiB.Known:
		return t.YARNMiB.Value
	case t.YARNRuleMiB.Known:
		s.Leans = append(s.Leans, catalogue.Lean{Type: t.Name, Field: "YARN memory",
			Why: fmt.Sprintf("%.0f MiB by the rule that fits the documented types", t.YARNRuleMiB.Value)})
		return t.YARNRuleMiB.Value
	}
	m := t.MemoryGiB * 1024
	y := m - 8192
	if m <= 32768 {
		y = 0.75 * m
	}
	s.Leans = append(s.Leans, catalogue.Lean{Type: t.Name, Field: "YARN memory",
		Why: fmt.Sprintf("%.0f MiB by the rule for %.0f GiB: EMR does not sell the type", y, t.MemoryGiB)})
	return y
}

// Layouts is the sizes of executors worth a try on these nodes, the one that looks best on paper
// first: the most task slots that have cores behind them and memory enough. The others are, for each
// size of task in the workload, the one with most slots that bear it without spilling; and on
// mixed nodes, where paper is a poor judge, the next best.
func (s *Shape) Layouts(w *workload.Workload, most int) ([]Layout, error) {
	demand := demandOf(w)
	all := s.layouts(w)
	s.Leans = unique(s.Leans)
	if len(all) == 0 {
		return nil, fmt.Errorf("shape %s: no executor fits: Spark needs %d MiB of heap and %d MiB of overhead", s.Name, reserved*3/2, minOverhead)
	}
	slices.SortStableFunc(all, func(a, b Layout) int { return cmp.Compare(b.score(demand), a.score(demand)) })
	best := []Layout{all[0]}
	add := func(l Layout) {
		if len(best) < most && !slices.ContainsFunc(best, func(o Layout) bool { return o.Slots == l.Slots && l.TaskMiB < 1.3*o.TaskMiB }) {
			best = append(best, l)
		}
	}
	for _, t := range demand.bySize() {
		roomy := slices.DeleteFunc(slices.Clone(all), func(l Layout) bool { return l.TaskMiB < margin*t.mib })
		if len(roomy) > 0 && best[0].TaskMiB < margin*t.mib {
			add(slices.MaxFunc(roomy, func(a, b Layout) int { return cmp.Compare(a.score(demandless), b.score(demandless)) }))
		}
	}
	if len(s.Groups) > 1 {
		for _, l := range all {
			if l.score(demand) > 0.6*all[0].score(demand) {
				add(l)
			}
		}
	}
	for i := range best {
		best[i].Why = best[i].why(demand)
	}
	return best, nil
}

// margin is what a layout has to spare when it is to bear a task.
const margin = 1.1

// demandless asks for slots alone.
var demandless demand

// bySize is the tasks, the largest first.
func (d demand) bySize() []want {
	return slices.SortedStableFunc(slices.Values(d.tasks), func(a, b want) int { return cmp.Compare(b.mib, a.mib) })
}

// UsualTask is the execution memory in MiB of a workload's mean task, by CPU time.
func UsualTask(w *workload.Workload) float64 {
	d := demandOf(w)
	sum := 0.0
	for _, t := range d.tasks {
		sum += t.mib * t.weight
	}
	return sum / math.Max(1e-9, d.weight)
}

// executorCores are the sizes of executors looked at: beyond eight cores only for memory's sake.
var executorCores = []int{1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64, 96}

// layouts is all sizes worth a look.
func (s *Shape) layouts(w *workload.Workload) []Layout {
	yarn := make([]float64, len(s.Groups))
	most := 0
	for i, g := range s.Groups {
		yarn[i] = s.yarn(g.Type)
		most = max(most, g.Type.VCPU)
	}
	ams := 1
	if w.Spark.Driver == "per_user" {
		ams = max(1, people(w))
	}
	var list []Layout
	for _, c := range executorCores {
		if fixed := w.Spark.ExecutorCores; c > most || fixed > 0 && c != fixed {
			continue
		}
		for i, g := range s.Groups {
			executors := float64(max(1, g.Type.VCPU/c))
			// With and without leaving room for an application master on every node.
			for _, memory := range []float64{yarn[i], yarn[i] - amMiB} {
				container := math.Floor(memory/executors/allocation) * allocation
				for cpus := 1; cpus <= c; cpus++ {
					if c%cpus == 0 || cpus == c {
						if l, ok := s.place(w, yarn, container, c, cpus, ams); ok {
							list = append(list, l)
						}
					}
				}
			}
		}
	}
	return list
}

// place puts executors of a container size on all nodes.
func (s *Shape) place(w *workload.Workload, yarn []float64, container float64, cores, cpus, ams int) (Layout, bool) {
	heap := math.Floor(container / (1 + w.Spark.Overhead))
	if container-heap < minOverhead {
		heap = container - minOverhead
	}
	unified := (heap - reserved) * w.Spark.MemoryFraction
	if heap < 1.5*reserved || unified <= 0 {
		return Layout{}, false // Spark refuses heaps below 1.5 times what it reserves
	}
	l := Layout{ExecutorCores: cores, TaskCPUs: cpus, ExecutorHeapMiB: heap, OverheadMiB: container - heap,
		UnifiedMiB: unified, TaskMiB: unified / float64(cores/cpus)}
	slack := 0 // application masters that fit beside the executors
	for i, g := range s.Groups {
		n := int(yarn[i] / container)
		idle := yarn[i] - float64(n)*container
		slack += g.Count * int(idle/amMiB)
		l.Groups = append(l.Groups, Laid{Type: g.Type.Name, Count: g.Count, YARNMiB: yarn[i], Executors: n,
			Slots: n * (cores / cpus), VCPU: g.Type.VCPU, IdleMiB: idle})
		l.Slots += g.Count * n * (cores / cpus)
	}
	if ams > slack {
		l.AMNodes = int(math.Ceil(float64(ams-slack) / max(1, math.Floor(container/amMiB))))
		l.Slots -= l.AMNodes * (cores / cpus)
	}
	return l, l.Slots > 0
}

// people is the closed users; each has an application where drivers are not shared.
func people(w *workload.Workload) int {
	n := 0
	for _, u := range w.Users {
		n += u.Count
	}
	return n
}

// demand is the tasks of a workload by their memory, weighted by CPU time.
type demand struct {
	tasks  []want
	weight float64
	most   float64 // MiB of the hungriest task that must not spill
	cached float64 // MiB
}

type want struct {
	mib, cpu, weight float64
	spills           bool
}

func demandOf(w *workload.Workload) demand {
	var d demand
	asked := Traffic(w)
	add := func(mib, cpu, weight float64, spills *bool) {
		t := want{mib, cpu, weight * cpu, spills == nil || *spills}
		if !t.spills {
			d.most = max(d.most, t.mib)
		}
		d.tasks = append(d.tasks, t)
		d.weight += t.weight
	}
	for _, q := range w.Queries {
		for _, s := range q.Stages {
			add(float64(s.Memory)/(1<<20)*max(1, s.Skew), max(1e-3, float64(s.CPU)), asked[q.Name]*float64(s.Tasks), s.Spills)
		}
	}
	for _, j := range w.Jobs {
		add(float64(j.Memory)/(1<<20), float64(j.CPU), asked[j.Name]*float64(j.Partitions*j.Iterations), j.Spills)
		if j.Storage != "none" {
			d.cached = max(d.cached, float64(j.Cached)/(1<<20))
		}
	}
	return d
}

// Traffic is questions a second by class if every answer came at once.
func Traffic(w *workload.Workload) map[string]float64 {
	asked := map[string]float64{}
	for _, u := range w.Users {
		rate := float64(u.Rate)
		if u.Count > 0 {
			rate = float64(u.Count) / max(1, float64(u.Think))
		}
		total := 0.0
		for _, share := range u.Mix {
			total += share
		}
		for class, share := range u.Mix {
			asked[class] += rate * share / total
		}
	}
	return asked
}

// score is the work such a layout does in a second, against how long its tasks take.
func (l *Layout) score(d demand) float64 {
	capacity, slow, slots := 0.0, 0.0, 0.0
	for _, g := range l.Groups {
		n := float64(g.Count)
		capacity += n * math.Min(float64(g.Slots), float64(g.VCPU))
		slow += n * float64(g.Slots) * math.Max(1, float64(g.Slots)/float64(g.VCPU))
		slots += n * float64(g.Slots)
	}
	capacity *= float64(l.Slots) / slots
	slow /= slots
	// What spill adds to a task: it is written, read, and serialized twice, some 15 ns a byte in all.
	spill, fails := 0.0, 0.0
	for _, t := range d.tasks {
		over := math.Max(0, t.mib-l.TaskMiB)
		if over > 0 && !t.spills {
			fails += t.weight
		} else {
			spill += t.weight * over * (1 << 20) * 15e-9 / t.cpu
		}
	}
	if d.weight > 0 {
		capacity /= 1 + spill/d.weight
		if fails > 0 {
			capacity *= 1e-3 * (1 - fails/d.weight/2)
		}
	}
	if free := l.UnifiedMiB * float64(l.Slots) / float64(max(1, l.ExecutorCores/l.TaskCPUs)); d.cached > free {
		capacity *= 0.5 + 0.5*free/d.cached
	}
	// Among equals the usual size; the step is too small to outweigh a real difference.
	return capacity / slow * (1 - 0.002*math.Abs(float64(l.ExecutorCores-usualCores)))
}

// why says in words what decided.
func (l *Layout) why(d demand) string {
	for _, g := range l.Groups {
		if g.Slots > g.VCPU {
			return fmt.Sprintf("YARN places by memory alone: %d slots on the %d vCPUs of a %s", g.Slots, g.VCPU, g.Type)
		}
	}
	switch {
	case d.most > l.TaskMiB:
		return fmt.Sprintf("tasks that cannot spill want %.1f GiB; no layout gives one more than %.1f GiB", d.most/1024, l.TaskMiB/1024)
	case l.TaskCPUs > 1:
		return fmt.Sprintf("a task takes %d cores, so that it gets %.1f GiB", l.TaskCPUs, l.TaskMiB/1024)
	}
	return "as many tasks at once as cores, in executors of the usual size"
}
