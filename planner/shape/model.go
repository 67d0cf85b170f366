package shape

// This file makes the simulator's model of a shape and a workload.

import (
	"math"
	"slices"

	"shoal/planner/catalogue"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// Knobs are factors on inputs that nobody knows exactly; 1 is the usual value.
type Knobs struct {
	Work     float64            // CPU time of tasks
	Memory   float64            // execution memory and cache that tasks want
	Driver   float64            // CPU time of the driver: planning, submitting, dispatching
	Daemons  float64            // what runs beside executors
	Burst    float64            // size of network buckets
	Source   float64            // speed of a connection to the source
	Straggle float64            // how often tasks straggle
	Speed    map[string]float64 // of a vCPU, by family
}

// Usual is all knobs at 1.
func Usual() Knobs { return Knobs{1, 1, 1, 1, 1, 1, 1, nil} }

// The parameters of nodes that no catalogue has; planner/DESIGN.md gives their sources.
const (
	workerDaemons = 0.12     // cores: NodeManager, DataNode, EMR's agents
	masterDaemons = 0.5      // cores: ResourceManager, NameNode, history server, EMR's agents
	masterGiB     = 3.5      // memory of the same
	driverGiB     = 1.0      // of a driver that does nothing
	queryMiB      = 64.0     // of a driver for each query it runs
	networkBucket = 4000.0   // seconds of the baseline that a full network bucket holds above it
	diskBucket    = 1800.0   // seconds that EBS bursts at the most
	gp3           = 125 * mi // bytes a second of a volume
	nvme          = 500e6    // bytes a second of a local disk
	dirty         = 0.2      // of free memory that may be dirty: vm.dirty_ratio
	osGiB         = 1.0      // of a node's memory that YARN does not get and neither does the page cache

	mi = 1 << 20
	gi = 1 << 30
)

// Model is the shape under the workload.
func (s *Shape) Model(w *workload.Workload, l Layout, k Knobs) sim.Model {
	m := sim.Model{Master: s.master(w, k), Horizon: float64(w.Duration), Warmup: float64(w.Warmup), Seed: w.Seed,
		Costs: costs(k)}
	storage := storageOf(w, l, k)
	taken := l.AMNodes
	for i, g := range s.Groups {
		for range g.Count {
			n := s.worker(g, l.Groups[i], k)
			if taken > 0 && n.Executors > 0 {
				n.Executors--
				taken--
			}
			n.Slots = l.ExecutorCores / l.TaskCPUs
			n.Unified, n.Storage = l.UnifiedMiB*mi, storage
			m.Nodes = append(m.Nodes, n)
		}
	}
	m.Sched = sched(w, l)
	m.Classes = Classes(w, k)
	m.Users = users(w, m.Classes)
	return m
}

// Classes are the simulator's for the workload's queries, then for its jobs.
func Classes(w *workload.Workload, k Knobs) []sim.Class {
	var classes []sim.Class
	for _, q := range w.Queries {
		classes = append(classes, query(w, q, k))
	}
	for _, j := range w.Jobs {
		classes = append(classes, job(w, j, k))
	}
	return classes
}

func costs(k Knobs) sim.Costs {
	c := sim.Usual()
	c.Submit *= k.Driver
	c.Dispatch *= k.Driver
	c.SourceFlow *= k.Source
	c.Straggle *= k.Straggle
	return c
}

func (k Knobs) speed(t *catalogue.Type) float64 {
	f := catalogue.FamilyOf(t)
	if by, ok := k.Speed[f.Name]; ok {
		return f.Speed * by
	}
	return f.Speed
}

func (s *Shape) master(w *workload.Workload, k Knobs) sim.Master {
	t := s.Master
	speed := k.speed(t)
	free := t.MemoryGiB - masterGiB
	m := sim.Master{Cores: math.Max(0.25, float64(t.VCPU)-masterDaemons*k.Daemons/speed), Speed: speed, NIC: nic(t, k)}
	m.MaxActive = int(math.Max(1, (free*0.8-driverGiB)*1024/queryMiB))
	// A driver of one's own has its heap and a tenth more.
	m.Drivers = int(math.Max(1, free*gi/(float64(w.Spark.DriverMemory)*1.1)))
	return m
}

func nic(t *catalogue.Type, k Knobs) sim.Link {
	const gbit = 1e9 / 8
	base := t.NetBaseGbps.Or(0.5) * gbit
	l := sim.Link{Base: base, Peak: math.Max(base, t.NetPeakGbps.Or(0)*gbit)}
	if l.Peak > l.Base {
		l.Bucket = networkBucket * base * k.Burst
	}
	return l
}

func (s *Shape) worker(g Group, laid Laid, k Knobs) sim.Node {
	t := g.Type
	speed := k.speed(t)
	free := t.MemoryGiB - laid.YARNMiB/1024 - osGiB
	return sim.Node{
		Cores:     math.Max(0.25, float64(t.VCPU)-workerDaemons*k.Daemons/speed),
		Speed:     speed,
		Executors: laid.Executors,
		NIC:       nic(t, k),
		Disk:      diskOf(g),
		WriteBack: math.Max(0.1, free) * gi * dirty,
	}
}

// diskOf is the disks that spill, shuffle and evicted partitions go to.
func diskOf(g Group) sim.Link {
	t := g.Type
	if g.Volumes.Count == 0 && t.LocalDisks > 0 {
		return sim.Link{Base: nvme * float64(t.LocalDisks)}
	}
	volumes := gp3 * math.Max(1, float64(g.Volumes.Count))
	base := t.EBSBaseMBps.Or(50) * 1e6
	peak := t.EBSPeakMBps.Or(base/1e6) * 1e6
	l := sim.Link{Base: math.Min(base, volumes), Peak: math.Min(peak, volumes)}
	if l.Peak > l.Base {
		l.Bucket = (peak - base) * diskBucket
	}
	return l
}

// storageOf is what of an executor's memory cached partitions may hold: what the usual tasks leave,
// and never less than half, which Spark protects.
func storageOf(w *workload.Workload, l Layout, k Knobs) float64 {
	slots := float64(l.ExecutorCores / l.TaskCPUs)
	return math.Max(l.UnifiedMiB/2, l.UnifiedMiB-slots*UsualTask(w)*k.Memory) * mi
}

func sched(w *workload.Workload, l Layout) sim.Sched {
	s := sim.Sched{MaxActive: w.Spark.MaxActive, PerUser: w.Spark.Driver == "per_user"}
	switch w.Spark.Scheduler {
	case "fair":
		s.Policy = sim.Fair
	case "lanes":
		s.Policy, s.FairIn = sim.Lanes, true
		for _, lane := range w.Spark.Lanes {
			s.Pools = append(s.Pools, sim.Pool{Name: lane.Name, Weight: lane.Weight, MinShare: int(lane.MinShare * float64(l.Slots))})
		}
	}
	return s
}

func lane(w *workload.Workload, name string) int {
	return max(0, slices.IndexFunc(w.Spark.Lanes, func(l workload.Lane) bool { return l.Name == name }))
}

func query(w *workload.Workload, q workload.Query, k Knobs) sim.Class {
	c := sim.Class{Name: q.Name, Pool: lane(w, q.Lane), Plan: float64(q.Plan) * k.Driver, Result: float64(q.Result) * k.Driver}
	index := map[string]int{}
	for i, s := range q.Stages {
		index[s.Name] = i
		n := float64(s.Tasks)
		stage := sim.Stage{Name: s.Name, Tasks: s.Tasks, CPU: float64(s.CPU) * k.Work, CV: s.CV, Skew: s.Skew,
			Input: float64(s.Input) / n, Fetch: float64(s.ShuffleRead) / n, Write: float64(s.ShuffleWrite) / n,
			Memory: float64(s.Memory) * k.Memory, NoSpill: s.Spills != nil && !*s.Spills,
			Driver: float64(s.Driver) * k.Driver, Collect: float64(s.Collect), Spread: float64(s.Broadcast)}
		for _, a := range s.After {
			stage.After = append(stage.After, index[a])
			stage.FetchOf += q.Stages[index[a]].Tasks
		}
		c.Stages = append(c.Stages, stage)
	}
	return c
}

const (
	onDisk     = 0.5  // of a cached partition's size, once it is serialized
	decodeCPU  = 3e-9 // seconds a byte of it
	combineCPU = 1e-9 // seconds a byte to add two vectors
)

// job is the load, then in a loop the gradient of each partition and its sum by treeAggregate of
// depth 2: where partitions are many, about their root in number of tasks sums them, and one task sums
// those for the driver, as Spark 4 does (3.5 leaves the last sum to the driver).
func job(w *workload.Workload, j workload.Job, k Knobs) sim.Class {
	n := float64(j.Partitions)
	c := sim.Class{Name: j.Name, Pool: lane(w, j.Lane), Plan: float64(j.Plan) * k.Driver, Loops: j.Iterations}
	memory, hard := float64(j.Memory)*k.Memory, j.Spills != nil && !*j.Spills
	step := sim.Stage{Name: "step", Tasks: j.Partitions, CPU: float64(j.CPU) * k.Work, CV: j.CV, Memory: memory, NoSpill: hard,
		Driver: float64(j.Driver) * k.Driver, Spread: float64(j.Model)}
	part := float64(j.Cached) * k.Memory / n
	switch j.Storage {
	case "memory_and_disk":
		c.Rebuild = sim.Rebuild{Disk: part * onDisk, CPU: part * onDisk * decodeCPU}
	case "memory_only":
		c.Rebuild = sim.Rebuild{Source: float64(j.Data) / n, CPU: float64(j.LoadCPU) * k.Work}
	}
	if j.Storage == "none" {
		step.Input, step.CPU = float64(j.Data)/n, step.CPU+float64(j.LoadCPU)*k.Work
	} else {
		c.Cache, step.Cached = part*n, true
		c.Stages = append(c.Stages, sim.Stage{Name: "load", Tasks: j.Partitions, CPU: float64(j.LoadCPU) * k.Work, CV: j.CV,
			Input: float64(j.Data) / n, Memory: memory, NoSpill: hard})
		step.After = []int{0}
	}
	c.From = len(c.Stages)
	step.Write = float64(j.Aggregate)
	c.Stages = append(c.Stages, step)
	add := func(name string, tasks, from float64) {
		bytes := float64(j.Aggregate) * from / tasks
		c.Stages = append(c.Stages, sim.Stage{Name: name, After: []int{len(c.Stages) - 1}, Tasks: int(tasks),
			CPU: bytes*combineCPU + 1e-3, Fetch: bytes, FetchOf: int(from), Write: float64(j.Aggregate)})
	}
	if scale := math.Max(2, math.Ceil(math.Sqrt(n))); n > scale+math.Ceil(n/scale) {
		add("sum", math.Ceil(n/scale), n)
		n = math.Ceil(n / scale)
	}
	if n > 1 {
		add("total", 1, n)
	}
	c.To = len(c.Stages) - 1
	last := &c.Stages[c.To]
	last.Write, last.Collect = 0, float64(j.Aggregate)
	return c
}

func users(w *workload.Workload, classes []sim.Class) []sim.Users {
	var list []sim.Users
	for _, u := range w.Users {
		g := sim.Users{Name: u.Name, Count: u.Count, Think: float64(u.Think), Rate: float64(u.Rate)}
		for i, c := range classes {
			if share := u.Mix[c.Name]; share > 0 {
				g.Mix = append(g.Mix, sim.Share{Class: i, Weight: share})
			}
		}
		list = append(list, g)
	}
	return list
}
