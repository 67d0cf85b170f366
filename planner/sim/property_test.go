package sim

import (
	"context"
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// dag draws a query of random stages whose tasks are all equally long within a stage.
func dag(t *rapid.T) []Stage {
	stages := make([]Stage, rapid.IntRange(1, 6).Draw(t, "stages"))
	for i := range stages {
		stages[i] = Stage{Name: string(rune('a' + i)), Tasks: rapid.IntRange(1, 20).Draw(t, "tasks"),
			CPU: float64(rapid.IntRange(1, 50).Draw(t, "cpu"))}
		for a := range i {
			if rapid.Bool().Draw(t, "after") {
				stages[i].After = append(stages[i].After, a)
			}
		}
	}
	return stages
}

// One query on k slots is never done before its critical path or before its work divided by k, and,
// as slots never idle while tasks wait, never after Graham's bound: work / k + (1 - 1/k) * path
// (Graham 1969).
func TestBounds(t *testing.T) {
	least, most := math.Inf(1), 0.0 // against the bounds
	rapid.Check(t, func(t *rapid.T) {
		stages := dag(t)
		k := rapid.IntRange(1, 12).Draw(t, "slots")
		m := plain(k)
		m.Horizon, m.Warmup = 1000, 0
		m.Classes = []Class{{Name: "q", Stages: stages}}
		m.Users = []Users{{Name: "one", Count: 1, Think: 1e-3, Mix: []Share{{0, 1}}}}
		m.Sched.Policy = Policy(rapid.IntRange(0, 1).Draw(t, "policy"))
		r, err := Run(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		work, path := 0.0, 0.0
		ends := make([]float64, len(stages))
		for i, s := range stages {
			for _, a := range s.After {
				ends[i] = max(ends[i], ends[a])
			}
			ends[i] += s.CPU
			path = max(path, ends[i])
			work += s.CPU * float64(s.Tasks)
		}
		low, high := max(path, work/float64(k)), work/float64(k)+(1-1/float64(k))*path
		for _, l := range r.Classes[0].Latency {
			least, most = min(least, l/low), max(most, l/high)
			if l < low*(1-1e-6) || l > high*(1+1e-6) {
				t.Fatalf("%v is not within %v and %v", l, low, high)
			}
		}
	})
	t.Logf("at the fastest %.6f of the lower bound, at the slowest %.6f of Graham's", least, most)
}

// rough is a model that uses everything at once.
func rough(t *rapid.T) Model {
	m := crowd(rapid.IntRange(1, 30).Draw(t, "users"), rapid.IntRange(2, 8).Draw(t, "nodes"), 200)
	m.Seed = rapid.Uint64().Draw(t, "seed")
	m.Sched = Sched{Policy: Policy(rapid.IntRange(0, 2).Draw(t, "policy")), FairIn: rapid.Bool().Draw(t, "fair in"),
		PerUser: rapid.Bool().Draw(t, "per user"), MaxActive: rapid.IntRange(0, 5).Draw(t, "active"),
		Pools: []Pool{{Name: "short", Weight: 4, MinShare: 3}, {Name: "heavy", Weight: 1}}}
	m.Costs.Start, m.Costs.Idle = 5, 60
	m.Costs.SourceFlow = 80e6
	m.Costs.Gap, m.Costs.Resubmit, m.Costs.Cold = 0.5, 0.2, 1
	m.Costs.SpillBytes, m.Costs.SpillCPU, m.Costs.Unpack = 1, 1e-9, 5e-3
	for i := range m.Nodes {
		m.Nodes[i].Storage = 2 << 30
	}
	m.Classes[0].Stages[1].Memory = float64(rapid.IntRange(0, 6<<30).Draw(t, "memory"))
	m.Classes[0].Stages[1].NoSpill = rapid.Bool().Draw(t, "no spill")
	m.Classes = append(m.Classes, Class{Name: "fit", Pool: 1, Plan: 0.1, Cache: 6e9, From: 1, To: 2, Loops: 3,
		Rebuild: Rebuild{Disk: 1e8, CPU: 0.2}, Stages: []Stage{
			{Name: "load", Tasks: 20, CPU: 0.5, Input: 1e8},
			{Name: "step", After: []int{0}, Tasks: 20, CPU: 0.2, CV: 0.2, Cached: true, Spread: 1e6, Write: 1e6, Skew: 2},
			{Name: "sum", After: []int{1}, Tasks: 4, CPU: 0.01, Fetch: 5e6, FetchOf: 20, Driver: 0.03, Collect: 4e6},
		}})
	m.Users[0].Mix = append(m.Users[0].Mix, Share{1, 0.2})
	m.Users[0].Think = 5
	if rapid.Bool().Draw(t, "loss") {
		m.Loss = &Loss{At: 60, Node: 1, Detect: 5, Back: float64(rapid.IntRange(0, 60).Draw(t, "back"))}
	}
	return m
}

// Whatever happens: the same model gives the same result, the parts of a latency add up to it, no
// resource does more than it can, and every question is answered or counted as open.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rough(t)
		r, err := Run(context.Background(), m)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := Run(context.Background(), m); !reflect.DeepEqual(r, again) {
			t.Fatal("two runs of a model differ")
		}
		for _, c := range r.Classes {
			if len(c.Latency) == 0 {
				continue
			}
			if got, want := c.Mean.Sum(), mean(c.Latency); math.Abs(got-want) > 1e-3*want {
				t.Fatalf("%s: parts %+v make %v, the mean latency is %v", c.Name, c.Mean, got, want)
			}
		}
		if r.Use.CPU > 1+1e-6 || r.Use.Slots > 1+1e-6 || r.Use.Driver > 1+1e-6 || r.Use.Cached > 1 {
			t.Fatalf("more than there is: %+v", r.Use)
		}
		if !m.Classes[0].Stages[1].NoSpill && r.Classes[0].Failed+r.Classes[1].Failed > 0 {
			t.Fatal("a query failed that could spill")
		}
	})
}
