package main

// This file fits the simulator's costs to the calibration scenarios, one number to one scenario.

import (
	"context"
	"fmt"
	"maps"
	"math"

	"shoal/planner/sim"
)

// A Calibration is all that predictions rest on.
type Calibration struct {
	spec     *Spec
	measured *Measured
	classes  map[string]sim.Class
	sleeping sim.Costs // of Spark while tasks sleep
	working  sim.Costs // of Spark while tasks compute

	// Sleepers and Workers are how much CPU time passes for each second that Spark counts: garbage
	// collection, compilation and the network's threads are not in a task's CPU time.
	Sleepers, Workers float64
	// Cores are left to tasks that compute and their driver: what else runs has the rest.
	Cores float64
}

// calibrate finds the costs that make the calibration scenarios take as long as they took.
func calibrate(ctx context.Context, spec *Spec, m *Measured) (*Calibration, error) {
	c := &Calibration{spec: spec, measured: m, classes: maps.Clone(m.Classes)}
	c.sleeping = sim.Usual()
	c.sleeping.Submit, c.sleeping.Cold, c.sleeping.Unpack = m.Submit, m.Cold, 0
	// No S3, no slow nodes: this is one machine.
	c.sleeping.FirstByte, c.sleeping.SourceFlow, c.sleeping.Uneven, c.sleeping.Straggle = 0, 0, 0, 0
	c.Sleepers, c.Workers, c.Cores = 1, 1, 0.8*machine
	c.sleeping.Dispatch, c.sleeping.Launch = 1e-3, 10e-3
	costs := []*float64{&c.sleeping.Dispatch, &c.sleeping.Launch, &c.Sleepers}
	if err := c.search(ctx, c.median, costs, "one stage", "two stages", "five waves", "empty tasks"); err != nil {
		return nil, err
	}
	if err := c.fit(ctx, &c.sleeping.Gap, 1, "a kill in the reduces, to calibrate", c.wall); err != nil {
		return nil, err
	}
	c.working = c.sleeping
	// How long tasks hold their slots, not how long answers take: else the driver's time would hide what
	// tasks take too long, and other users' tasks would wait too little. Launch is a wait, Unpack is work.
	c.working.Launch, c.working.Unpack = 5e-3, 5e-3
	costs = []*float64{&c.working.Launch, &c.working.Unpack, &c.Workers, &c.Cores}
	alone := []string{"q1 alone", "q3 alone", "q5 alone", "q6 alone", "q12 alone", "q18 alone"}
	if err := c.search(ctx, c.held, costs, append([]string{"one slot, q1", "one slot, q5"}, alone...)...); err != nil {
		return nil, err
	}
	c.Cores = min(c.Cores, machine)
	alone = append(alone, "training alone", "sort in memory")
	if err := c.settle(ctx, alone...); err != nil {
		return nil, err
	}
	c.working.SpillCPU = 0
	return c, c.fit(ctx, &c.working.SpillCPU, 1e-6, "sort with spill", c.median)
}

// A figure is a number of a scenario, measured and predicted.
type figure func(ctx context.Context, scenario string) (Figure, error)

// fit bisects a cost between nothing and most, so that a figure of a scenario is as large as it was.
func (c *Calibration) fit(ctx context.Context, cost *float64, most float64, name string, of figure) error {
	low, high := 0.0, most
	for range 30 {
		*cost = (low + high) / 2
		f, err := of(ctx, name)
		if err != nil {
			return err
		}
		if f.Measured > f.Predicted {
			low = *cost
		} else {
			high = *cost
		}
	}
	return nil
}

// search looks for the costs with the least squares of errors of a figure of the scenarios: it tries
// each a step up and down, in smaller and smaller steps.
func (c *Calibration) search(ctx context.Context, of figure, costs []*float64, names ...string) error {
	off := func() (sum float64, err error) {
		for _, name := range names {
			f, err := of(ctx, name)
			if err != nil {
				return 0, err
			}
			sum += f.Error() * f.Error()
		}
		return sum, nil
	}
	best, err := off()
	for step := 2.0; step > 1.005 && err == nil; {
		better := false
		for _, cost := range costs {
			for _, by := range []float64{step, 1 / step} {
				before := *cost
				*cost *= by
				var now float64
				if now, err = off(); now < best {
					best, better = now, true
				} else {
					*cost = before
				}
			}
		}
		if !better {
			step = math.Sqrt(step)
		}
	}
	return err
}

// median is the median answer of a scenario of one query, measured and predicted.
func (c *Calibration) median(ctx context.Context, name string) (Figure, error) {
	app, scenario := c.spec.find(name)
	query := scenario.Users[0].Mix[0].Query
	p, err := c.predict(ctx, app, scenario)
	if err != nil {
		return Figure{}, fmt.Errorf("%s: %w", name, err)
	}
	return Figure{App: app.Name, Scenario: name, What: "p50", Query: query, Measured: c.measured.median(name, query),
		Predicted: middle(p.Answers[query])}, nil
}

// held is how long the tasks of an answer hold their slots, all together.
func (c *Calibration) held(ctx context.Context, name string) (Figure, error) {
	app, scenario := c.spec.find(name)
	m := c.model(app, scenario)
	m.Trace = manyTasks
	r, err := sim.Run(ctx, m)
	if err != nil {
		return Figure{}, fmt.Errorf("%s: %w", name, err)
	}
	f := Figure{App: app.Name, Scenario: name, What: "held", Measured: c.measured.Held[name]}
	for _, s := range r.Spans {
		f.Predicted += s.Finish - s.Start
	}
	f.Predicted /= float64(len(r.Classes[0].Latency))
	if f.Measured == 0 {
		return f, fmt.Errorf("%s: no task times were measured", name)
	}
	return f, nil
}

// manyTasks are more than a calibration scenario has.
const manyTasks = 10_000

// wall is the whole time of a scenario, measured and predicted.
func (c *Calibration) wall(ctx context.Context, name string) (Figure, error) {
	app, scenario := c.spec.find(name)
	p, err := c.predict(ctx, app, scenario)
	if err != nil {
		return Figure{}, fmt.Errorf("%s: %w", name, err)
	}
	var walls []float64
	for _, r := range c.measured.Runs[name] {
		walls = append(walls, r.Wall)
	}
	return Figure{App: app.Name, Scenario: name, What: "wall", Measured: middle(walls), Predicted: p.Wall}, nil
}

// settle gives the driver what a query alone takes beyond its simulation, or takes it away: work of
// the client, of planning and between jobs that is in no stage.
func (c *Calibration) settle(ctx context.Context, names ...string) error {
	for _, name := range names {
		_, scenario := c.spec.find(name)
		query := scenario.Users[0].Mix[0].Query
		f, err := c.median(ctx, name)
		if err != nil {
			return err
		}
		class := c.classes[query]
		class.Plan = max(0, class.Plan+f.Measured-f.Predicted)
		c.classes[query] = class
	}
	return nil
}
