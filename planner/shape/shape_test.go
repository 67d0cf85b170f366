package shape

import (
	"math"
	"strings"
	"testing"

	"shoal/planner/catalogue"
	"shoal/planner/workload"
)

const file = `
budget: 24
users: [{name: u, count: 10, think: 10s, mix: {q: 1}}]
queries: [{name: q, stages: [{name: s, tasks: 8, cpu: 1s, memory: %s}]}]
shapes:
  - {name: A, workers: r5.8xlarge, master: m5.8xlarge}
  - {name: B, workers: [{type: r5.2xlarge}, {type: m5.2xlarge}], master: m5.4xlarge}
  - {name: C, workers: m5.large, master: m5.2xlarge}
`

func build(t *testing.T, memory string) (map[string]*Shape, *workload.Workload) {
	t.Helper()
	w, err := workload.Read("f", strings.NewReader(strings.Replace(file, "%s", memory, 1)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*Shape{}
	for _, spec := range w.Shapes {
		if all[spec.Name], err = Build(c, spec, w); err != nil {
			t.Fatal(err)
		}
	}
	return all, w
}

// By hand: m5.8xlarge is 1.536 + 0.27, r5.8xlarge 2.016 + 0.27; volumes of 4 x 128 GiB and 15 GiB of
// root cost (512 + 15) x 0.08 / 730 = 0.0578 on each node.
func TestPrice(t *testing.T) {
	all, _ := build(t, "1MiB")
	a := all["A"]
	if a.Nodes() != 9 || math.Abs(a.Price.Total-(1.806+9*2.286+10*0.05775)) > 0.001 || math.Abs(a.Price.EBS-0.5775) > 0.001 {
		t.Errorf("%d nodes, %+v", a.Nodes(), a.Price)
	}
	b := all["B"]
	if d := b.Groups[0].Count - b.Groups[1].Count; d < -1 || d > 1 {
		t.Errorf("B is uneven by %d", d)
	}
	if c := all["C"]; len(c.Missing) != 1 || c.Missing[0] != "m5.large" {
		t.Errorf("C misses %v", c.Missing)
	}
}

func layout(t *testing.T, s *Shape, w *workload.Workload) Layout {
	t.Helper()
	l, err := s.Layouts(w, 1)
	if err != nil {
		t.Fatal(err)
	}
	return l[0]
}

// YARN gives 253952 MiB on an r5.8xlarge: eight executors of 4 cores. Each has 31744 MiB, of which
// the heap is at most 1 / 1.1875.
func TestLayout(t *testing.T) {
	all, w := build(t, "1MiB")
	a := layout(t, all["A"], w)
	g := a.Groups[0]
	if g.YARNMiB != 253952 || g.Executors != 8 || a.ExecutorCores != 4 || g.Slots != 32 || a.Slots != 9*32 {
		t.Errorf("%+v", a)
	}
	if whole := a.ExecutorHeapMiB + a.OverheadMiB; whole > 253952/8 || a.OverheadMiB < 0.1875*a.ExecutorHeapMiB-1 {
		t.Errorf("%+v", a)
	}
	if want := (a.ExecutorHeapMiB - 300) * 0.6; a.UnifiedMiB != want {
		t.Errorf("%v of unified memory, want %v", a.UnifiedMiB, want)
	}
	c := layout(t, all["C"], w)
	if c.Groups[0].YARNMiB != 6144 || c.Groups[0].Slots != 2 {
		t.Errorf("%+v", c)
	}
	// Executors of one size on nodes of two: by memory alone the larger nodes get more than their cores,
	// or the smaller fewer.
	b := layout(t, all["B"], w)
	if b.Groups[0].Slots <= b.Groups[1].Slots {
		t.Errorf("%+v", b)
	}
}

// A task larger than its share of an executor takes more of the executor's cores.
func TestLayoutForLargeTasks(t *testing.T) {
	all, w := build(t, "10GiB")
	spills := false
	w.Queries[0].Stages[0].Spills = &spills
	a := layout(t, all["A"], w)
	if a.TaskMiB < 10<<10 || !strings.Contains(a.Why, "GiB") {
		t.Errorf("%+v", a)
	}
	c := layout(t, all["C"], w)
	if !strings.Contains(c.Why, "no layout gives one more than") {
		t.Errorf("%+v", c)
	}
}

// treeAggregate leaves its middle stage out where it would hardly lessen what is left to sum; one task
// makes the last sum. Seen in event logs of Spark 4.1 with four partitions.
func TestTreeAggregate(t *testing.T) {
	for partitions, stages := range map[int]int{1: 1, 2: 2, 4: 2, 5: 2, 6: 3, 16: 3, 100: 3} {
		c := job(&workload.Workload{}, workload.Job{Name: "fit", Partitions: partitions, Aggregate: 100, Iterations: 3}, Usual())
		last := c.Stages[c.To]
		if c.To-c.From+1 != stages || stages > 1 && last.Tasks != 1 || last.Collect != 100 || last.Write != 0 {
			t.Errorf("%d partitions: %+v", partitions, c)
		}
		if middle := c.Stages[c.To-1]; partitions == 100 && (middle.Tasks != 10 || middle.Fetch != 1000) {
			t.Errorf("%+v", middle)
		}
	}
}
