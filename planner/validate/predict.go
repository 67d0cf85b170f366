package main

// This file makes the simulator's model of a scenario.

import (
	"context"
	"maps"
	"slices"

	"shoal/planner/sim"
)

const (
	machine  = 2       // cores, which driver and executors share
	heap     = 1024    // MiB of an executor
	reserved = 300     // MiB of it that Spark keeps for itself
	mi       = 1 << 20 // bytes
	plenty   = 100e9   // bytes a second, or bytes, that never bind here
	ever     = 100_000 // seconds that no scenario takes
)

// predict plays a scenario in the simulator.
func (c *Calibration) predict(ctx context.Context, app *App, s *Scenario) (*Run, error) {
	m := c.model(app, s)
	r, err := sim.Run(ctx, m)
	if err != nil {
		return nil, err
	}
	p := &Run{Wall: r.Last, Answers: map[string][]float64{}}
	for _, class := range r.Classes {
		p.Answers[class.Name] = class.Latency
	}
	return p, nil
}

func (c *Calibration) model(app *App, s *Scenario) sim.Model {
	link := sim.Link{Base: plenty}
	cores := float64(machine)
	if app.Kind == "cpu" {
		cores = min(cores, c.Cores)
	}
	m := sim.Model{Master: sim.Master{Cores: cores, Speed: 1, NIC: link, Beside: s.Kill == 0}, Seed: c.spec.Seed, Horizon: ever, Costs: c.working}
	if app.Kind == "scheduling" {
		m.Costs = c.sleeping
	}
	node := sim.Node{Cores: cores, Speed: 1, Executors: app.Executors, Slots: app.Cores, NIC: link, Disk: link, WriteBack: plenty}
	fraction := app.Fraction
	if fraction == 0 {
		fraction = 0.6
	}
	node.Unified = (heap - reserved) * fraction * mi
	node.Storage = node.Unified / 2
	m.Nodes = []sim.Node{node}
	if s.Kill > 0 { // what dies in the simulator is a node
		node.Executors = 1
		m.Nodes = slices.Repeat([]sim.Node{node}, app.Executors)
		m.Loss = &sim.Loss{At: s.Kill, Detect: c.measured.Detect, Back: c.measured.Back}
	}
	pools := c.pools(app, &m)
	index := map[string]int{}
	for _, u := range s.Users {
		g := sim.Users{Name: u.Name, Count: u.Count, Think: u.Think, Asks: u.Asks}
		for _, part := range u.Mix {
			at, ok := index[part.Query]
			if !ok {
				at = len(m.Classes)
				index[part.Query] = at
				class := c.class(part.Query)
				class.Pool = pools[c.spec.Queries[part.Query].Pool]
				m.Classes = append(m.Classes, class)
			}
			g.Mix = append(g.Mix, sim.Share{Class: at, Weight: part.Weight})
		}
		m.Users = append(m.Users, g)
	}
	return m
}

// pools sets the scheduler and numbers its pools.
func (c *Calibration) pools(app *App, m *sim.Model) map[string]int {
	numbers := map[string]int{}
	switch app.Scheduler {
	case "FAIR":
		m.Sched.Policy = sim.Fair
	case "POOLS":
		m.Sched.Policy, m.Sched.FairIn = sim.Lanes, true
		for _, name := range slices.Sorted(maps.Keys(c.spec.Pools)) {
			p := c.spec.Pools[name]
			numbers[name] = len(m.Sched.Pools)
			m.Sched.Pools = append(m.Sched.Pools, sim.Pool{Name: name, Weight: p.Weight, MinShare: p.MinShare})
		}
	}
	return numbers
}

// class describes a query: as the event log of its calibration does, or, where that one never ran, by
// what it does more of than one that did.
func (c *Calibration) class(name string) sim.Class {
	q := c.spec.Queries[name]
	var class sim.Class
	switch {
	case len(q.Stages) == 1:
		return sleeping(name, c.classes["alone"], q.Stages, c.Sleepers)
	case len(q.Stages) == 2:
		return sleeping(name, c.classes["two"], q.Stages, c.Sleepers)
	case q.Iterations > 0:
		class = c.classes["fit10"]
		class.Loops += q.Iterations - c.spec.Queries["fit10"].Iterations
	case q.Sort > 0:
		class = scaled(c.classes["sort2"], q.Sort/c.spec.Queries["sort2"].Sort, 1)
	default:
		class = c.classes[name]
	}
	class = scaled(class, 1, c.Workers)
	class.Name = name
	return class
}

// sleeping has the stages of another number of tasks that sleep, with the same overheads.
func sleeping(name string, like sim.Class, stages []Sleep, cpu float64) sim.Class {
	like.Name, like.Stages = name, slices.Clone(like.Stages)
	for i, s := range stages {
		t := &like.Stages[i]
		if i > 0 {
			t.FetchOf = stages[i-1].Tasks
		}
		t.Tasks, t.External, t.Skew, t.CV = s.Tasks, s.Sleep, s.Skew, s.CV
		t.CPU *= cpu
	}
	return like
}

// scaled has stages with more data in as many tasks, and more CPU time for each of its seconds.
func scaled(c sim.Class, by, cpu float64) sim.Class {
	c.Stages = slices.Clone(c.Stages)
	for i := range c.Stages {
		s := &c.Stages[i]
		s.CPU *= by * cpu
		s.Input *= by
		s.Fetch *= by
		s.Write *= by
		s.Memory *= by
	}
	return c
}
