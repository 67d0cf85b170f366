package rank

// This file says why, from the numbers alone.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"shoal/planner/catalogue"
	"shoal/planner/shape"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// delta is how much longer a question spends in one part of its answer on one shape than on another,
// in the mean of all questions.
type delta struct {
	part        string
	here, there float64 // seconds
	whole       float64 // the mean answer there
}

// large says whether a difference is worth a word.
func (d delta) large() bool { return math.Abs(d.here-d.there) > 0.05*d.whole }

func (d delta) short() string {
	return fmt.Sprintf("%s %s instead of %s", d.part, seconds(d.here), seconds(d.there))
}

// partsOf is the mean parts of all questions of a result, by traffic.
func (p *planner) partsOf(classes []sim.ClassResult) []float64 {
	sum := make([]float64, len(partNames))
	for _, c := range classes {
		w := p.weights[c.Name]
		for i, v := range spelled(c.Mean) {
			sum[i] += w * v
		}
	}
	return sum
}

var partNames = []string{"admission", "driver", "free slots", "task start", "computing", "network", "disk", "spill"}

func spelled(p sim.Parts) []float64 {
	return []float64{p.Door, p.Driver, p.Slot, p.Launch, p.CPU, p.Network, p.Disk, p.Spill}
}

// deltas is the parts of one result against another, the largest difference first.
func (p *planner) deltas(a, b *sim.Result) []delta {
	return deltasOf(p.partsOf(a.Classes), p.partsOf(b.Classes))
}

func deltasOf(here, there []float64) []delta {
	whole := 0.0
	for _, v := range there {
		whole += v
	}
	var ds []delta
	for i, name := range partNames {
		ds = append(ds, delta{name, here[i], there[i], whole})
	}
	slices.SortStableFunc(ds, func(a, b delta) int {
		return cmp.Compare(math.Abs(b.here-b.there), math.Abs(a.here-a.there))
	})
	return ds
}

func (p *planner) entryParts(e *Entry) []float64 {
	sum := make([]float64, len(partNames))
	for _, c := range e.Classes {
		for i, v := range spelled(c.Mean) {
			sum[i] += p.weights[c.Name] * v
		}
	}
	return sum
}

// explain gives each entry its reasons: the first against the second, all others against the first.
func (p *planner) explain(all []*candidate, first *candidate, asked []*candidate) {
	for _, k := range all {
		other := first
		if k == first {
			if len(asked) < 2 {
				if len(all) < 2 {
					continue
				}
				other = all[1]
			} else {
				other = asked[1]
			}
		}
		k.entry.Reasons = p.reasons(k, other)
	}
}

// reasons compares a shape with another: what it costs, where its answers spend their time, what it
// bears, and what speaks for the other side.
func (p *planner) reasons(k, o *candidate) []string {
	var r []string
	e, ref := &k.entry, &o.entry
	if len(e.Binds) > 0 {
		r = append(r, "misses: "+strings.Join(e.Binds, "; "))
	}
	r = append(r, k.buys(o))
	for _, d := range deltasOf(p.entryParts(e), p.entryParts(ref)) {
		if d.large() {
			word := "slower"
			if d.here < d.there {
				word = "faster"
			}
			r = append(r, fmt.Sprintf("%s than %s in %s, %s a question against %s: %s", word, o.Name, d.part,
				seconds(d.here), seconds(d.there), k.cause(o, d.part)))
		}
	}
	if strings.Contains(k.layout.Why, "memory alone") {
		r = append(r, k.layout.Why)
	}
	if a, b := e.MemoryGiB/float64(e.VCPU), ref.MemoryGiB/float64(ref.VCPU); e.HeadRoom > 0.5 && a > 1.2*b {
		r = append(r, fmt.Sprintf("pays for memory that nobody uses: %.1f GiB for each vCPU against %.1f, and %.0f %% of what executors have lies idle", a, b, 100*e.HeadRoom))
	} else if e.HeadRoom < 0.15 {
		r = append(r, fmt.Sprintf("memory is short: %.0f %% of what executors have is free", 100*e.HeadRoom))
	}
	r = append(r, fmt.Sprintf("a dead node takes %.1f %% of the slots and %s (%s: %.1f %%, %s)",
		100*e.Dead.Capacity, longer(e.Dead.P95), o.Name, 100*ref.Dead.Capacity, longer(ref.Dead.P95)))
	r = append(r, fmt.Sprintf("bears %d users within all goals (%s: %d); %d nodes to manage (%d)", e.Users, o.Name, ref.Users, e.Nodes, ref.Nodes))
	if a, b := k.Price.Master/k.Price.Total, o.Price.Master/o.Price.Total; math.Abs(a-b) > 0.01 {
		r = append(r, fmt.Sprintf("its master %s costs $%.2f an hour, %.0f %% of the whole (%s: %.0f %%)", k.Master.Name, k.Price.Master, 100*a, o.Name, 100*b))
	}
	if left := p.w.Budget - k.Price.Total; left > 0.03*p.w.Budget {
		r = append(r, fmt.Sprintf("leaves $%.2f an hour of the budget: nodes of its size do not fit in", left))
	}
	if !e.Launchable {
		r = append(r, fmt.Sprintf("cannot be started: EMR does not sell %s; %s", strings.Join(e.Missing, " and "), p.instead(e.Missing)))
	}
	return r
}

// perVCPU is dollars for a vCPU of the workers for an hour, volumes apart.
func (k *candidate) perVCPU() float64 { return k.Price.Workers / float64(k.VCPU()) }

// buys compares what the budget buys.
func (k *candidate) buys(o *candidate) string {
	speed := func(c *candidate) float64 {
		sum := 0.0
		for _, g := range c.Groups {
			sum += float64(g.Count*g.Type.VCPU) * catalogue.FamilyOf(g.Type).Speed
		}
		return sum
	}
	a, b := speed(k), speed(o)
	if math.Abs(a/b-1) < 0.03 {
		return fmt.Sprintf("buys as much CPU as %s: %d vCPUs and %d", o.Name, k.VCPU(), o.VCPU())
	}
	word := "less"
	if a > b {
		word = "more"
	}
	text := fmt.Sprintf("buys %.0f %% %s CPU than %s: %d vCPUs at $%.4f an hour against %d at $%.4f", 100*math.Abs(a/b-1), word, o.Name,
		k.VCPU(), k.perVCPU(), o.VCPU(), o.perVCPU())
	if s := a / float64(k.VCPU()); math.Abs(s-b/float64(o.VCPU())) > 0.02 {
		text += fmt.Sprintf(", each %.2f times as fast", s/(b/float64(o.VCPU())))
	}
	return text
}

// cause is the figure behind a difference in a part.
func (k *candidate) cause(o *candidate, part string) string {
	e, ref := &k.entry, &o.entry
	switch part {
	case "free slots":
		return fmt.Sprintf("%d slots, busy %.0f %% of the time, against %d, busy %.0f %%", k.layout.Slots, 100*e.Use.Slots, o.layout.Slots, 100*ref.Use.Slots)
	case "network":
		return fmt.Sprintf("a vCPU has %s of network, against %s", k.network(), o.network())
	case "computing":
		return fmt.Sprintf("a slot has %.2f of an m5 vCPU, against %.2f", k.slotSpeed(), o.slotSpeed())
	case "driver", "admission":
		return fmt.Sprintf("the master %s is busy %.0f %% of the time, %s %.0f %%", k.Master.Name, 100*e.Use.Driver, o.Master.Name, 100*ref.Use.Driver)
	case "spill":
		return fmt.Sprintf("a task has %.2f GiB before it spills, against %.2f GiB", k.layout.TaskMiB/1024, o.layout.TaskMiB/1024)
	case "disk":
		return fmt.Sprintf("%.0f %% of cached partitions are found in memory, against %.0f %%; a vCPU has %.0f MB/s of disk, against %.0f",
			100*e.Use.Cached, 100*ref.Use.Cached, k.disk(), o.disk())
	default:
		return fmt.Sprintf("shuffle from %d nodes, against %d", k.Nodes(), o.Nodes())
	}
}

func (k *candidate) network() string {
	base, peak := 0.0, 0.0
	for _, g := range k.Groups {
		base += float64(g.Count) * g.Type.NetBaseGbps.Value
		peak += float64(g.Count) * max(g.Type.NetPeakGbps.Value, g.Type.NetBaseGbps.Value)
	}
	n := float64(k.VCPU())
	if peak < 1.05*base {
		return fmt.Sprintf("%.2f Gbit/s steady", base/n)
	}
	return fmt.Sprintf("%.2f Gbit/s steady and up to %.1f in bursts", base/n, peak/n)
}

func (k *candidate) disk() float64 {
	sum := 0.0
	for _, n := range k.bare().Nodes {
		sum += max(n.Disk.Peak, n.Disk.Base)
	}
	return sum / 1e6 / float64(k.VCPU())
}

// bare is the shape's machines without a workload.
func (k *candidate) bare() sim.Model {
	return k.Model(&workload.Workload{}, k.layout, shape.Usual())
}

// slotSpeed is what a slot computes when all are busy.
func (k *candidate) slotSpeed() float64 {
	cores, slots := 0.0, 0.0
	for _, n := range k.bare().Nodes {
		s := float64(n.Executors * n.Slots)
		cores += math.Min(n.Cores, s) * n.Speed
		slots += s
	}
	return cores / slots
}

// seconds writes a time.
func seconds(v float64) string {
	switch {
	case v < 0.01:
		return fmt.Sprintf("%.1f ms", v*1000)
	case v < 1:
		return fmt.Sprintf("%.0f ms", v*1000)
	case v < 100:
		return fmt.Sprintf("%.1f s", v)
	default:
		return fmt.Sprintf("%.0f s", v)
	}
}

// cheapest says for how little money the goals could be kept.
func cheapest(points []Point) string {
	for _, q := range points { // by price
		if q.Meets {
			return fmt.Sprintf("Of all these at half to one and a half times the budget, the cheapest that keeps all p95 goals while no node is dead is %s at $%.2f an hour (%d workers).", q.Name, q.Price, q.Nodes)
		}
	}
	return "No shape keeps all p95 goals even with half as much money again."
}

// remarks is what the asker may have overlooked.
func (p *planner) remarks(all []*candidate, first *candidate) []string {
	var r []string
	var also []string
	for _, k := range all {
		if k.entry.Variant != "nearest" {
			continue
		}
		base := find(all, k.entry.Of)
		if len(r) == 0 {
			r = append(r, fmt.Sprintf("%s cannot be started as it is: EMR does not sell %s. The nearest that can, %s (%s), has a score of %.2f against %.2f, with %d nodes instead of %d.",
				base.Name, strings.Join(base.Missing, " and "), k.Name, describe(k), k.entry.Score.Mid, base.entry.Score.Mid, k.entry.Nodes, base.entry.Nodes))
		} else {
			also = append(also, fmt.Sprintf("%s (%s): %s scores %.2f against %.2f", base.Name, strings.Join(base.Missing, ", "), k.Name, k.entry.Score.Mid, base.entry.Score.Mid))
		}
	}
	if len(also) > 0 {
		r = append(r, "The same holds for "+strings.Join(also, "; ")+".")
	}
	for _, k := range all {
		if k != first && k.entry.Place < first.entry.Place {
			r = append(r, fmt.Sprintf("%s (%s) was not asked about and is %.0f %% better than %s: %s.", k.Name, describe(k),
				100*(1-k.entry.Score.Mid/first.entry.Score.Mid), first.Name, strings.Join(k.entry.Reasons[:min(2, len(k.entry.Reasons))], "; ")))
		}
	}
	if k := find(all, "few big m5"); k != nil && k.Price.Workers > 0 {
		r = append(r, fmt.Sprintf("By price alone few big m5 buy %.1f vCPUs a dollar and %s %.1f: EMR's charge is capped at $0.27 a node. What that is worth in answers: score %.2f against %.2f.",
			1/k.perVCPU(), first.Name, 1/first.perVCPU(), k.entry.Score.Mid, first.entry.Score.Mid))
	}
	return r
}

func find(all []*candidate, name string) *candidate {
	for _, k := range all {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// describe is a shape in few words: 94 x m5.xlarge, master m5.2xlarge.
func describe(k *candidate) string {
	var groups []string
	for _, g := range k.Groups {
		groups = append(groups, fmt.Sprintf("%d x %s", g.Count, g.Type.Name))
	}
	return strings.Join(groups, " + ") + ", master " + k.Master.Name
}

// title is the name with the machines; names that a search gave are machines already.
func (k *candidate) title() string {
	if rest, ok := strings.CutPrefix(k.Name, k.worker()+", master "+k.Master.Name); ok {
		return describe(k) + rest
	}
	return fmt.Sprintf("%s (%s)", k.Name, describe(k))
}

// headline is the answer in one sentence.
func (p *planner) headline(all, asked []*candidate, first *candidate) string {
	text := fmt.Sprintf("%s answers fastest for $%.2f an hour", first.title(), p.w.Budget)
	if len(asked) > 1 {
		second := asked[1]
		text += fmt.Sprintf(": %.0f %% better than %s, first in %.0f %% of %d draws of the uncertain inputs",
			100*(1-first.entry.Score.Mid/second.entry.Score.Mid), second.Name, 100*first.entry.FirstOf, len(p.draws))
	}
	if first.class() == 2 {
		text = fmt.Sprintf("No shape answers every question for $%.2f an hour; %s comes nearest", p.w.Budget, first.title())
	}
	if !first.entry.Meets {
		text += "; but it misses " + strings.Join(first.entry.Binds, ", ")
	}
	text += "."
	if i := slices.IndexFunc(all, func(k *candidate) bool { return k.entry.Variant == "nearest" && k.entry.Of == first.Name }); i >= 0 {
		near := all[i]
		text += fmt.Sprintf(" EMR does not sell %s: %s (%s), the nearest that can be started, is %s.", strings.Join(first.entry.Missing, " and "),
			near.Name, describe(near), than(near.entry.Score.Mid, first.entry.Score.Mid))
	} else if !first.entry.Launchable {
		text += fmt.Sprintf(" It cannot be started: EMR does not sell %s.", strings.Join(first.entry.Missing, " and "))
	}
	return text
}

// than compares two scores in words.
func than(a, b float64) string {
	switch by := 100 * (1 - a/b); {
	case math.Abs(by) < 0.5:
		return "as good"
	case by > 0:
		return fmt.Sprintf("%.0f %% better", by)
	default:
		return fmt.Sprintf("%.0f %% worse", -by)
	}
}

// longer says what became of p95; two runs differ a little by themselves.
func longer(by float64) string {
	switch {
	case by < 1.02:
		return "leaves p95 as it was"
	case by < 10:
		return fmt.Sprintf("makes p95 %.2f times as long", by)
	case by < 1000:
		return fmt.Sprintf("makes p95 %.0f times as long", by)
	default:
		return "stops nearly all work until a new one comes"
	}
}
