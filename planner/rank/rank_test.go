package rank

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"shoal/planner/catalogue"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

func open(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func parse(t *testing.T, text string) *workload.Workload {
	t.Helper()
	w, err := workload.Read("test.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// example is the file that users see first, on a shorter run.
func example(t *testing.T) *workload.Workload {
	t.Helper()
	text, err := os.ReadFile("../../examples/interactive-ml.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := parse(t, string(text))
	w.Duration, w.Warmup, w.Runs = 360, 40, 3
	return w
}

// ranked is the order of the shapes asked about, without the extras of a report.
func ranked(t *testing.T, w *workload.Workload) []*candidate {
	t.Helper()
	p := newPlanner(open(t), w)
	list, err := p.asked()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.measure(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	p.order(list)
	p.explain(list, list[0], list)
	for _, k := range list {
		t.Logf("%d %s: score %.3f %v; %d slots, %.1f GiB a task, cpus %d; use %+v; %v", k.entry.Place, k.Name, k.entry.Score.Mid,
			k.entry.Binds, k.layout.Slots, k.layout.TaskMiB/1024, k.layout.TaskCPUs, k.entry.Use, k.entry.Dead)
	}
	return list
}

func names(list []*candidate) string {
	var b strings.Builder
	for _, k := range list {
		b.WriteString(k.Name)
	}
	return b.String()
}

func has(reasons []string, what string) bool {
	return slices.ContainsFunc(reasons, func(r string) bool { return strings.Contains(r, what) })
}

// The question the planner must settle: C is first, and for the reasons that the machines give.
func TestExample(t *testing.T) {
	list := ranked(t, example(t))
	if list[0].Name != "C" {
		t.Errorf("the order is %s", names(list))
	}
	a, c, d := find(list, "A"), find(list, "C"), find(list, "D")
	for _, want := range []string{"buys", "free slots", "network", "pays for memory", "in bursts"} {
		if !has(a.entry.Reasons, want) {
			t.Errorf("A is not told %q: %q", want, a.entry.Reasons)
		}
	}
	if !has(d.entry.Reasons, "0.80 times as fast") {
		t.Errorf("D is not told of its old processors: %q", d.entry.Reasons)
	}
	if !has(c.entry.Reasons, "EMR does not sell m5.large; the nearest to m5.large is m5.xlarge") {
		t.Errorf("C is not told that it cannot be started: %q", c.entry.Reasons)
	}
	if a.entry.Dead.Capacity < 10*c.entry.Dead.Capacity || a.entry.Dead.P95 < c.entry.Dead.P95 {
		t.Errorf("a dead node costs A %+v and C %+v", a.entry.Dead, c.entry.Dead)
	}
	for _, k := range list {
		if k.Price.Total > 24 || k.Price.Total < 24*0.92 {
			t.Errorf("%s costs $%.2f of $24", k.Name, k.Price.Total)
		}
	}
}

const shapes = `
shapes:
  - {name: A, workers: r5.8xlarge, master: m5.8xlarge}
  - {name: B, workers: [{type: r5.2xlarge}, {type: m5.2xlarge}], master: m5.4xlarge}
  - {name: C, workers: m5.large, master: m5.2xlarge}
  - {name: D, workers: r4.xlarge, master: m5.large}
  - {name: E, workers: r5d.4xlarge, master: m5.large}
`

// Tasks of 40 GiB must put memory first, whether they spill what does not fit or fail.
func TestLargeTasks(t *testing.T) {
	for _, spills := range []bool{true, false} {
		w := parse(t, fmt.Sprintf(`
budget: 24
duration: 60m
runs: 3
users: [{name: u, count: 3, think: 60s, mix: {wide: 1}}]
queries:
  - name: wide
    goal_p95: 10m
    plan: 200ms
    stages:
      - {name: scan, input: 40GB, cpu: 1200ms, cv: 0.2, shuffle_write: 40GB}
      - {name: build, tasks: 12, cpu: 60s, cv: 0.2, memory: 40GiB, spills: %v}
`, spills)+shapes)
		list := ranked(t, w)
		first := list[0]
		if first.Name != "A" && first.Name != "E" {
			t.Errorf("spills %v: the order is %s; an r5 shape has to be first", spills, names(list))
		}
		c := find(list, "C")
		if c.layout.TaskMiB >= 40<<10 {
			t.Errorf("C gives a task %.0f MiB", c.layout.TaskMiB)
		}
		want := "before it spills"
		if !spills {
			want = "fail for want of memory"
			if c.class() != 2 {
				t.Errorf("C fails in %.2f of its answers", c.entry.Classes[0].Failed)
			}
		}
		if !has(c.entry.Reasons, want) {
			t.Errorf("spills %v: C is not told why: %q", spills, c.entry.Reasons)
		}
	}
}

// Training on a cache that only the memory shapes can hold turns the order against m5 of the same size.
func TestCacheDecides(t *testing.T) {
	text := `
budget: 6
duration: 10m
runs: 2
users: [{name: u, count: 1, think: 5s, mix: {fit: 1}}]
jobs:
  - {name: fit, goal_p95: 10m, plan: 300ms, data: %s, load_cpu: 1s, iterations: 20, cpu: 100ms, cv: 0.2,
     storage: memory_only, model: 100kB, aggregate: 100kB, driver: 10ms}
shapes:
  - {name: m, workers: m5.2xlarge, master: m5.2xlarge}
  - {name: r, workers: r5.2xlarge, master: m5.2xlarge}
`
	small := ranked(t, parse(t, fmt.Sprintf(text, "10GB")))
	if small[0].Name != "m" {
		t.Errorf("a cache that fits everywhere: %s", names(small))
	}
	large := ranked(t, parse(t, fmt.Sprintf(text, "75GB")))
	if large[0].Name != "r" {
		t.Errorf("a cache that fits r5 only: %s", names(large))
	}
	if m := find(large, "m"); m.entry.Use.Cached > 0.9 {
		t.Errorf("m5 finds %.2f of the partitions in memory", m.entry.Use.Cached)
	}
}

// A driver for each user, as Livy has, needs a large master; one driver for all does not.
func TestMasterDecides(t *testing.T) {
	text := `
budget: 12
duration: 6m
runs: 2
spark: {driver: %s}
users: [{name: u, count: 30, think: 10s, mix: {q: 1}}]
queries:
  - name: q
    goal_p95: 8s
    plan: 200ms
    stages: [{name: scan, input: 4GB, cpu: 600ms, cv: 0.3}]
shapes:
  - {name: s, workers: m5.xlarge, master: m5.xlarge}
  - {name: l, workers: m5.xlarge, master: m5.8xlarge}
`
	if list := ranked(t, parse(t, fmt.Sprintf(text, "shared"))); list[0].Name != "s" {
		t.Errorf("one driver: %s", names(list))
	}
	list := ranked(t, parse(t, fmt.Sprintf(text, "per_user")))
	if list[0].Name != "l" {
		t.Errorf("a driver for each: %s", names(list))
	}
	if s := find(list, "s"); !has(s.entry.Reasons, "in admission") {
		t.Errorf("the small master is not told why: %q", s.entry.Reasons)
	}
}

// With the same machines, taking the network's bursts away hurts small nodes and not large ones.
func TestBurstsAreForSmallNodes(t *testing.T) {
	w := example(t)
	p := newPlanner(open(t), w)
	slower := func(name string) float64 {
		k, err := p.candidate(workload.Shape{Name: name, Master: "m5.2xlarge", Workers: workload.Workers{{Type: name, Share: 1}}})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.layOut(t.Context(), []*candidate{k}); err != nil {
			t.Fatal(err)
		}
		with, err := p.run(t.Context(), k, 0, nil)
		if err != nil {
			t.Fatal(err)
		}
		without, err := p.run(t.Context(), k, 0, func(m *sim.Model) {
			for i := range m.Nodes {
				m.Nodes[i].NIC = sim.Link{Base: m.Nodes[i].NIC.Base}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		return p.score(without) / p.score(with)
	}
	small, big := slower("m5.large"), slower("m5.8xlarge")
	if small < 1.1 || big != 1 {
		t.Errorf("without bursts m5.large takes %.2f times as long, m5.8xlarge %.2f", small, big)
	}
}

func TestImpossible(t *testing.T) {
	const rest = `
users: [{name: u, count: 1, think: 1s, mix: {q: 1}}]
queries: [{name: q, stages: [{name: s, tasks: 1, cpu: 1s}]}]
`
	for _, c := range []struct{ text, want string }{
		{"budget: 5\nshapes: [{name: A, workers: m5.xlrge, master: m5.xlarge}]", `no instance type "m5.xlrge" in the catalogue; nearest: m5.xlarge`},
		{"budget: 0.2\nshapes: [{name: A, workers: m5.xlarge, master: m5.xlarge}]", "the budget of $0.20 an hour binds: the master m5.xlarge alone costs $0.2"},
		{"budget: 0.3\nshapes: [{name: A, workers: m5.xlarge, master: m5.xlarge}]", "the budget of $0.30 an hour binds: after the master"},
		{"budget: 1\nshapes: [{name: A, workers: [{type: m5.xlarge, count: 50}], master: m5.xlarge}]", "the budget of $1.00 an hour binds: 50 workers"},
		{"budget: 5\ngoals: {launchable_only: true}\nshapes: [{name: A, workers: m5.large, master: m5.xlarge}]", "goals.launchable_only binds: EMR does not sell m5.large; the nearest to m5.large is m5.xlarge"},
		{"budget: 50\ngoals: {max_nodes: 3}\nshapes: [{name: A, workers: [{type: m5.xlarge, count: 9}], master: m5.xlarge}]", "goals.max_nodes binds"},
		{"budget: 5\nregion: mars-1\nshapes: [{name: A, workers: m5.xlarge, master: m5.xlarge}]", `no prices for region "mars-1"; there are prices for ap-northeast-2`},
		{"budget: 5\nregion: ap-northeast-2\nshapes: [{name: A, workers: m7a.xlarge, master: m5.xlarge}]", "the price of m7a.xlarge in ap-northeast-2 is unknown"},
		{"budget: 0.1\nsearch: {}", "search: no shape of the catalogue fits: budget $0.10"},
	} {
		_, err := Plan(context.Background(), open(t), parse(t, c.text+rest))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// A whole report: deterministic, complete, and its EMR configuration is what the shape says.
func TestReport(t *testing.T) {
	w := parse(t, `
budget: 6
duration: 3m
runs: 2
spark: {scheduler: lanes, lanes: [{name: short, weight: 4, min_share: 0.5}, {name: heavy}]}
users: [{name: u, count: 6, think: 10s, mix: {q: 3, fit: 1}}]
queries: [{name: q, lane: short, goal_p95: 3s, plan: 100ms, stages: [{name: s, input: 1GB, cpu: 500ms, shuffle_write: 10MB}, {name: t, cpu: 50ms}]}]
jobs: [{name: fit, lane: heavy, data: 1GB, iterations: 5, cpu: 100ms, load_cpu: 500ms, aggregate: 1MB, model: 1MB}]
shapes:
  - {name: C, workers: m5.large, master: m5.xlarge}
  - {name: A, workers: r5.2xlarge, master: m5.xlarge}
search: {families: [m5, m6i, r5], top: 3}
`)
	r, err := Plan(t.Context(), open(t), w)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Plan(t.Context(), open(t), w)
	if err != nil {
		t.Fatal(err)
	}
	r.Seconds, again.Seconds = 0, 0
	one, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if two, _ := json.Marshal(again); string(one) != string(two) {
		t.Error("two reports of one file differ")
	}
	if len(r.Ranking) != 2 || len(r.Found) != 3 || len(r.Effects) < 5 || len(r.Pareto) == 0 || len(r.Curve) < 10 || len(r.Sensitivity) != len(inputs) || r.Searched < 50 {
		t.Errorf("incomplete: %d ranked, %d found, %d effects, %d searched", len(r.Ranking), len(r.Found), len(r.Effects), r.Searched)
	}
	if !slices.ContainsFunc(r.Beside, func(e Entry) bool { return e.Name == "C*" && e.Launchable && e.Workers[0].Type == "m5.xlarge" }) {
		t.Errorf("no launchable C beside: %+v", r.Beside)
	}
	if !slices.ContainsFunc(r.Leans, func(l catalogue.Lean) bool { return l.Type == "m5.large" && l.Field == "EMR charge" }) {
		t.Errorf("the charge of m5.large is not among %v", r.Leans)
	}
	for _, e := range r.Ranking {
		conf, err := e.EMR(w)
		if e.Name == "C" {
			if err == nil {
				t.Error("a configuration for a shape EMR cannot start")
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(conf.InstanceGroups) != 2 || conf.InstanceGroups[1].InstanceCount != e.Workers[0].Count || !strings.Contains(conf.Pools, `<pool name="short">`) {
			t.Errorf("%+v", conf)
		}
	}
}

// Nothing in the planner may know the answer: a shape's name does not matter, nor the order in the file.
func TestNamesDoNotMatter(t *testing.T) {
	w := example(t)
	w.Runs = 1
	slices.Reverse(w.Shapes)
	for i := range w.Shapes {
		w.Shapes[i].Name = "x" + w.Shapes[i].Name
	}
	if list := ranked(t, w); list[0].Name != "xC" {
		t.Errorf("the order is %s", names(list))
	}
}
