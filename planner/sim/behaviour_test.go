package sim

import (
	"fmt"
	"math"
	"testing"
)

// once is one query of some stages, asked by one user as soon as the answer is there.
func once(nodes int, stages ...Stage) Model {
	m := plain(nodes)
	m.Horizon, m.Warmup = 1000, 0
	m.Classes = []Class{{Name: "q", Stages: stages}}
	m.Users = []Users{{Name: "u", Count: 1, Think: 1e-9, Mix: []Share{{0, 1}}}}
	return m
}

// answers is how long each asking of the query took, ascending.
func answers(t *testing.T, m Model) []float64 {
	t.Helper()
	r := run(t, m)
	if len(r.Classes[0].Latency) == 0 || r.Classes[0].Open > 0 || r.Classes[0].Failed > 0 {
		t.Fatalf("%+v", r.Classes[0])
	}
	return r.Classes[0].Latency
}

// known is a model whose first answer takes as long as can be worked out by hand.
type known struct {
	name  string
	model Model
	want  float64
}

func (c known) check(t *testing.T) {
	t.Helper()
	if got := answers(t, c.model)[0]; got < c.want-1e-6 || got > c.want+1e-6 {
		t.Errorf("%s: %v, want %v", c.name, got, c.want)
	}
}

func TestTasksAndStages(t *testing.T) {
	for _, c := range []known{
		{"two waves", once(2, Stage{Tasks: 4, CPU: 10}), 20},
		{"a shared core", func() Model {
			m := once(1, Stage{Tasks: 2, CPU: 10})
			m.Nodes[0].Slots = 2
			return m
		}(), 20},
		{"a core for each", func() Model {
			m := once(1, Stage{Tasks: 2, CPU: 10})
			m.Nodes[0].Slots, m.Nodes[0].Cores = 2, 2
			return m
		}(), 10},
		{"daemons take a tenth", func() Model {
			m := once(1, Stage{Tasks: 2, CPU: 9})
			m.Nodes[0].Slots, m.Nodes[0].Cores = 2, 1.8
			return m
		}(), 10},
		{"a stage after another", once(2, Stage{Tasks: 2, CPU: 10}, Stage{Tasks: 1, CPU: 5, After: []int{0}}), 15},
		{"two stages beside each other", once(2, Stage{Tasks: 1, CPU: 10}, Stage{Tasks: 1, CPU: 5},
			Stage{Tasks: 2, CPU: 1, After: []int{0, 1}}), 11},
		{"skew", once(4, Stage{Tasks: 4, CPU: 10, Skew: 3}), 30},
		{"input at the network's pace", once(1, Stage{Tasks: 1, Input: 5e6}), 5},
		{"input at one connection's pace", func() Model {
			m := once(1, Stage{Tasks: 1, Input: 5e6})
			m.Costs.SourceFlow = 0.5e6
			return m
		}(), 10},
		{"what a node wrote itself is not fetched", once(2, Stage{Tasks: 2, CPU: 1}, Stage{Tasks: 1, Fetch: 4e6, After: []int{0}}), 3},
		{"tasks are unpacked on the cores that they share", func() Model { // four tasks of 10+1 on two cores
			m := once(1, Stage{Tasks: 4, CPU: 10})
			m.Nodes[0].Cores, m.Nodes[0].Slots, m.Costs.Unpack = 2, 4, 1
			return m
		}(), 22},
		{"planning, dispatching, launching", func() Model {
			m := once(2, Stage{Tasks: 2, CPU: 10})
			m.Classes[0].Plan, m.Classes[0].Result = 1, 1
			m.Costs.Launch, m.Costs.Submit = 0.5, 0.25
			return m
		}(), 12.75},
	} {
		c.check(t)
	}
}

func TestMemoryDiskAndLoops(t *testing.T) {
	for _, c := range []known{
		{"spill", func() Model {
			m := once(1, Stage{Tasks: 1, CPU: 1, Memory: 3e6})
			m.Nodes[0].Unified = 1e6
			m.Costs.SpillBytes, m.Costs.SpillCPU = 1, 1e-6
			return m
		}(), 1 + 2 + 2},
		{"the page cache takes it", func() Model {
			m := once(1, Stage{Tasks: 1, CPU: 1, Write: 3e6})
			m.Nodes[0].WriteBack = 3e6
			return m
		}(), 1},
		{"the page cache takes a third", func() Model {
			m := once(1, Stage{Tasks: 1, CPU: 1, Write: 3e6})
			m.Nodes[0].WriteBack = 1e6
			return m
		}(), 3},
		{"a broadcast", func() Model {
			m := once(3, Stage{Tasks: 1, CPU: 1, Spread: 1e6})
			m.Costs.Hop = 0.5
			return m
		}(), 1 + 2*0.5 + 2*1},
		{"a loop", func() Model {
			m := once(2, Stage{Tasks: 2, CPU: 1}, Stage{Tasks: 2, CPU: 2, After: []int{0}}, Stage{Tasks: 1, CPU: 1, After: []int{1}})
			m.Classes[0].From, m.Classes[0].To, m.Classes[0].Loops = 1, 2, 5
			return m
		}(), 1 + 5*3},
		{"evicted partitions", func() Model {
			m := once(2, Stage{Tasks: 2, CPU: 1}, Stage{Tasks: 2, CPU: 1, Cached: true, After: []int{0}})
			m.Classes[0].Cache, m.Classes[0].Rebuild = 2e6, Rebuild{Disk: 4e6, CPU: 2}
			m.Nodes[0].Storage, m.Nodes[1].Storage = 5e5, 5e5
			return m
		}(), 1 + 4 + 2 + 1},
	} {
		c.check(t)
	}
}

// A node dies: before it is noticed nothing moves; then its tasks run again elsewhere, and what its
// finished maps wrote is made again before the reducers that need it.
func TestLoss(t *testing.T) {
	maps, reduces := Stage{Tasks: 4, CPU: 10}, Stage{Tasks: 2, CPU: 10, Fetch: 1, After: []int{0}}
	for _, c := range []struct{ at, back, want float64 }{
		{1e6, 0, 30}, // too late to matter
		{5, 0, 60},   // four maps and two reducers on one node
		{5, 6, 40},   // a new node at 11 runs what waits
		{15, 0, 60},  // the map that was done there is made again too
		{25, 0, 60},  // the reducer there waits for two maps to be made again
		{-1, 0, 60},  // dead before the beginning
	} {
		m := once(2, maps, reduces)
		m.Loss = &Loss{At: c.at, Node: 1, Detect: 1, Back: c.back}
		all := answers(t, m)
		if got := all[len(all)-1]; got < c.want-0.01 || got > c.want+1.01 {
			t.Errorf("%+v: %v, want %v", c, got, c.want)
		}
	}
}

// What a reducer meets when maps' output died with a node: its next tasks fail where they come to the
// gap, the stage stops, waits, has the output made again, and goes on with what is missing. New
// executors are cold at first.
func TestLostOutput(t *testing.T) {
	maps, reduces := Stage{Tasks: 4, CPU: 10}, Stage{Tasks: 4, CPU: 10, Fetch: 1e-3, After: []int{0}}
	one, two := Stage{Tasks: 2, CPU: 10}, Stage{Tasks: 2, CPU: 10, Fetch: 1e-3, After: []int{0}}
	three, late := two, two
	three.After, late.Driver = []int{1}, 10
	for _, c := range []struct {
		name     string
		at, back float64
		stages   []Stage
		want     float64
	}{
		// Of four reducers one ends at 30; the next fails at 35; two maps from 37, three reducers from 57.
		{"a gap", 25, 0, []Stage{maps, reduces}, 87},
		// The new node takes a reducer at 31, which fails at 39: three seconds cold, five to the gap. Then it
		// makes a map until 49, as the old one does until 47; three reducers on two nodes.
		{"a new node", 25, 6, []Stage{maps, reduces}, 69},
		// A reducer fails at 35. At 37 the map that the lost one of the middle reads, then that one, then the reducer.
		{"maps of maps", 25, 0, []Stage{one, two, three}, 67},
		// The driver knows before it submits the stage: no task fails. A map until 30, then two reducers.
		{"known before", 12, 0, []Stage{one, late}, 50},
	} {
		m := once(2, c.stages...)
		m.Users[0].Asks = 1
		m.Loss = &Loss{At: c.at, Node: 1, Detect: 1, Back: c.back}
		m.Costs.Gap, m.Costs.Resubmit, m.Costs.Cold = 0.5, 2, 3
		known{c.name, m, c.want}.check(t)
	}
}

// A short query asked while long ones run: FIFO makes it wait for all tasks of the older, FAIR for
// one task, and a lane with a minimum share gets the next slot too.
func TestPolicies(t *testing.T) {
	for policy, most := range map[Policy]float64{FIFO: 1e9, Fair: 11.1, Lanes: 11.1} {
		m := plain(10)
		m.Horizon, m.Warmup = 2000, 300
		m.Classes = []Class{{Name: "short", Stages: []Stage{{Tasks: 2, CPU: 0.5}}},
			{Name: "long", Pool: 1, Stages: []Stage{{Tasks: 200, CPU: 10}}}}
		m.Users = []Users{{Name: "s", Count: 1, Think: 20, Mix: []Share{{0, 1}}}, {Name: "l", Count: 2, Mix: []Share{{1, 1}}}}
		m.Sched = Sched{Policy: policy, Pools: []Pool{{Name: "short", Weight: 1, MinShare: 2}, {Name: "long", Weight: 1}}}
		r := run(t, m)
		worst := Quantile(r.Classes[0].Latency, 1)
		if worst > most || policy == FIFO && worst < 100 {
			t.Errorf("policy %d: a short query took %v", policy, worst)
		}
	}
}

// One driver sends tasks one after the other: 1000 tasks of no work at 2 ms each take two seconds,
// on any number of nodes.
func TestDispatchLimits(t *testing.T) {
	m := once(100, Stage{Tasks: 1000, CPU: 1e-6})
	m.Master.Cores = 4
	m.Costs.Dispatch = 2e-3
	if got := answers(t, m)[0]; got < 2 || got > 2.1 {
		t.Errorf("%v", got)
	}
}

// Where adaptive execution makes each stage a job, FIFO serves the stage that was submitted first:
// the later stage of the older query waits for the younger query's only one.
func TestFIFOByStage(t *testing.T) {
	m := plain(1)
	m.Horizon, m.Warmup = 100, 0
	m.Classes = []Class{{Name: "old", Stages: []Stage{{Tasks: 1, CPU: 10}, {Tasks: 1, CPU: 10, After: []int{0}}}},
		{Name: "young", Plan: 5, Stages: []Stage{{Tasks: 2, CPU: 10}}}}
	m.Users = []Users{{Name: "a", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{0, 1}}}, {Name: "b", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{1, 1}}}}
	r := run(t, m)
	if old, young := r.Classes[0].Latency[0], r.Classes[1].Latency[0]; math.Abs(old-40) > 1e-6 || math.Abs(young-30) > 1e-6 {
		t.Errorf("old %v, young %v, want 40 and 30", old, young)
	}
}

// Users who leave: two ask three times each, ten seconds an answer on a slot each.
func TestAsks(t *testing.T) {
	m := once(2, Stage{Tasks: 1, CPU: 10})
	m.Users[0].Count, m.Users[0].Asks = 2, 3
	if r := run(t, m); len(r.Classes[0].Latency) != 6 || math.Abs(r.Last-30) > 1e-6 {
		t.Errorf("%d answers, the last at %v", len(r.Classes[0].Latency), r.Last)
	}
}

// A driver beside its tasks takes of their cores: ten seconds of a task and five of planning another
// query share one core.
func TestDriverBesideTasks(t *testing.T) {
	m := plain(1)
	m.Horizon, m.Warmup, m.Master.Beside = 100, 0, true
	m.Classes = []Class{{Name: "work", Stages: []Stage{{Tasks: 1, CPU: 10}}}, {Name: "plan", Plan: 5, Stages: []Stage{{Tasks: 1, External: 1}}}}
	m.Users = []Users{{Name: "a", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{0, 1}}}, {Name: "b", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{1, 1}}}}
	if r := run(t, m); math.Abs(r.Classes[0].Latency[0]-15) > 1e-6 {
		t.Errorf("%v, want 15", r.Classes[0].Latency[0])
	}
}

// A driver beside two tasks on two cores, as in planner/validate: each task is 4 s of its own and 1 s of unpacking,
// planning another query takes 2 s. All three get 2/3 of a core, so that planning ends at 3 and the tasks have
// 3 s left each, with a core each: the work ends at 6, and would at 5 without the driver. Unpacking as a mere
// wait would cost the driver nothing: tasks wait until 1, planning ends at 2.5.
func TestUnpackingBesideDriver(t *testing.T) {
	m := plain(1)
	m.Horizon, m.Warmup, m.Master.Beside, m.Nodes[0].Cores, m.Nodes[0].Slots, m.Costs.Unpack = 100, 0, true, 2, 2, 1
	m.Classes = []Class{{Name: "work", Stages: []Stage{{Tasks: 2, CPU: 4}}}, {Name: "plan", Plan: 2, Stages: []Stage{{Tasks: 1, External: 1}}}}
	m.Users = []Users{{Name: "a", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{0, 1}}}, {Name: "b", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{1, 1}}}}
	r := run(t, m)
	if l := r.Classes[0].Latency[0]; math.Abs(l-6) > 1e-6 {
		t.Errorf("the tasks end at %v, want 6", l)
	}
	if d := r.Classes[1].Mean.Driver; math.Abs(d-3) > 1e-6 {
		t.Errorf("planning takes %v, want 3", d)
	}
}

// Beside tasks a dispatcher is one more that wants the cores: two tasks of a second on one core, each
// sent off in a second. The first goes at 1; the second's dispatch and the first task share the core
// until both are done at 3; the second task ends at 4.
func TestDispatcherBesideTasks(t *testing.T) {
	m := plain(1)
	m.Horizon, m.Warmup, m.Master.Beside, m.Nodes[0].Slots, m.Costs.Dispatch = 100, 0, true, 2, 1
	m.Classes = []Class{{Name: "q", Stages: []Stage{{Tasks: 2, CPU: 1}}}}
	m.Users = []Users{{Name: "a", Count: 1, Think: 1e-9, Asks: 1, Mix: []Share{{0, 1}}}}
	if r := run(t, m); math.Abs(r.Classes[0].Latency[0]-4) > 1e-6 {
		t.Errorf("%v, want 4", r.Classes[0].Latency[0])
	}
}

// The door lets in so many at once.
func TestDoor(t *testing.T) {
	m := plain(10)
	m.Horizon, m.Warmup = 1000, 0
	m.Classes = []Class{{Name: "q", Stages: []Stage{{Tasks: 1, CPU: 10}}}}
	m.Users = []Users{{Name: "u", Count: 4, Mix: []Share{{0, 1}}}}
	m.Sched.MaxActive = 2
	r := run(t, m)
	if d := r.Classes[0].Mean.Door; d < 9.5 || d > 10.1 {
		t.Errorf("%v at the door: four users, two at a time, ten seconds each", d)
	}
}

func TestModelsThatMakeNoSense(t *testing.T) {
	for i, spoil := range []func(*Model){
		func(m *Model) { m.Horizon = 0 },
		func(m *Model) { m.Master.Cores = 0 },
		func(m *Model) { m.Nodes[0].Slots = 0 },
		func(m *Model) { m.Nodes[0].NIC.Base = 0 },
		func(m *Model) { m.Classes[0].Stages[0].Tasks = 0 },
		func(m *Model) { m.Classes[0].Stages[0].CPU = -1 },
		func(m *Model) { m.Classes[0].Stages[0].After = []int{0} },
		func(m *Model) { m.Users[0].Mix[0].Class = 7 },
		func(m *Model) { m.Users[0].Mix[0].Weight = 0 },
		func(m *Model) { m.Users[0].Count = -1 },
		func(m *Model) { m.Loss = &Loss{Node: 5} },
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			m := once(1, Stage{Tasks: 1, CPU: 1})
			spoil(&m)
			if _, err := Run(t.Context(), m); err == nil {
				t.Error("no error")
			}
		})
	}
}
