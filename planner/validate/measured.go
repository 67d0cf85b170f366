package main

// This file condenses what real Spark did: answers by scenario, and what its event logs say of the
// calibration scenarios.

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"shoal/planner/eventlog"
	"shoal/planner/fromlog"
	"shoal/planner/shape"
	"shoal/planner/sim"
)

// Measured is measured.json.
type Measured struct {
	Date    string               `json:"date"`
	Spark   string               `json:"spark"`
	Machine string               `json:"machine"`
	Runs    map[string][]Run     `json:"runs"`    // by scenario, one for each repeat
	Classes map[string]sim.Class `json:"classes"` // by query, from the event logs of calibration
	Held    map[string]float64   `json:"held"`    // seconds that the tasks of an answer hold slots, by calibration scenario
	Submit  float64              `json:"submit"`  // seconds from a stage's submission to its first task
	Detect  float64              `json:"detect"`  // seconds until the driver knew that an executor was dead
	Back    float64              `json:"back"`    // seconds until there was a new one
	Cold    float64              `json:"cold"`    // seconds longer that its first tasks took
}

// A Run is what people waited for, in seconds.
type Run struct {
	Wall    float64              `json:"wall"`
	Answers map[string][]float64 `json:"answers"` // by query, ascending
}

func readMeasured(path string) (*Measured, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var m Measured
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &m, nil
}

// recorded is a file of tools/validate_planner.py.
type recorded struct {
	Date  string
	Spark string
	Runs  []struct {
		Scenario string
		Wall     float64
		Killed   float64 // seconds since 1970
		Answers  map[string][]float64
	}
}

// condense reads a folder of runs. Applications that were not run again keep what was measured before.
func condense(ctx context.Context, spec *Spec, folder, path string) error {
	m, err := readMeasured(path)
	if err != nil {
		m = &Measured{}
	}
	m.Machine = fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	if m.Runs == nil {
		m.Runs, m.Classes = map[string][]Run{}, map[string]sim.Class{}
	}
	if m.Held == nil {
		m.Held = map[string]float64{}
	}
	for i := range spec.Apps {
		app := &spec.Apps[i]
		text, err := os.ReadFile(filepath.Join(folder, app.Name+".json"))
		if os.IsNotExist(err) {
			continue
		}
		var r recorded
		if err == nil {
			err = json.Unmarshal(text, &r)
		}
		if err != nil {
			return err
		}
		m.Date, m.Spark = max(m.Date, r.Date), r.Spark
		m.take(app, &r)
		if err := m.read(ctx, spec, app, folder, &r); err != nil {
			return fmt.Errorf("%s: %w", app.Name, err)
		}
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// read takes from an application's event log what its calibration scenarios teach.
func (m *Measured) read(ctx context.Context, spec *Spec, app *App, folder string, r *recorded) error {
	if !slices.ContainsFunc(app.Scenarios, func(s Scenario) bool { return s.Calibration }) {
		return nil
	}
	logs, err := eventlog.Read(ctx, filepath.Join(folder, "logs", app.Name), eventlog.Options{})
	if err != nil {
		return err
	}
	if app.Kind == "cpu" {
		m.hold(app, logs[0])
	}
	if app.Calibration {
		return m.learn(spec, app, logs[0], r)
	}
	return nil
}

// hold finds out how long the tasks of an answer hold their slots, in calibration scenarios.
func (m *Measured) hold(app *App, log *eventlog.App) {
	for _, s := range app.Scenarios {
		var held []float64
		for _, q := range log.Questions() {
			if q.Asker.Group != s.Name {
				continue
			}
			sum := 0.0
			for _, stage := range q.Stages {
				sum += float64(stage.Duration.Sum) / 1000
			}
			held = append(held, sum)
		}
		if s.Calibration && len(held) > 0 {
			m.Held[s.Name] = middle(held)
		}
	}
}

// take copies the answers of an application.
func (m *Measured) take(app *App, r *recorded) {
	for _, s := range app.Scenarios {
		delete(m.Runs, s.Name)
	}
	for _, run := range r.Runs {
		for _, took := range run.Answers {
			slices.Sort(took)
		}
		m.Runs[run.Scenario] = append(m.Runs[run.Scenario], Run{Wall: run.Wall, Answers: run.Answers})
	}
}

// learn takes from an event log what the calibration scenarios teach.
func (m *Measured) learn(spec *Spec, app *App, log *eventlog.App, r *recorded) error {
	all := *log
	for _, s := range app.Scenarios {
		log.Executions = slices.DeleteFunc(slices.Clone(all.Executions), func(x *eventlog.Execution) bool { return x.Asker.Group != s.Name })
		log.Jobs = slices.DeleteFunc(slices.Clone(all.Jobs), func(j *eventlog.Job) bool { return j.Asker.Group != s.Name })
		if s.Kill > 0 {
			m.learnKill(log, r)
			continue
		}
		query := s.Users[0].Mix[0].Query
		class, wall, err := classOf(log, spec.Queries[query].Iterations > 0)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		// What the client and the analysis of a query take is not in the log; the driver does it.
		if wall > 0 {
			class.Plan += max(0, m.median(s.Name, query)-wall)
		}
		class.Name = query
		m.Classes[query] = class
		if app.Kind == "scheduling" && query == "alone" {
			m.Submit = submit(log)
		}
	}
	return nil
}

// classOf is the simulator's class for the questions of a log, and their median time; a training is
// many jobs, whose whole the log does not tell.
func classOf(log *eventlog.App, training bool) (sim.Class, float64, error) {
	from, err := fromlog.Workload([]*eventlog.App{log}, fromlog.Options{})
	if err != nil {
		return sim.Class{}, 0, err
	}
	w := from.Workload
	if !training {
		w.Jobs = nil
		name := w.Queries[0].Name // most task time
		w.Queries = w.Queries[:1]
		i := slices.IndexFunc(from.Observed, func(o fromlog.Observed) bool { return o.Name == name })
		return shape.Classes(w, shape.Usual())[0], from.Observed[i].P50, nil
	}
	if len(w.Jobs) == 0 {
		return sim.Class{}, 0, fmt.Errorf("no iterations in the log")
	}
	w.Queries = nil
	classes := shape.Classes(w, shape.Usual())
	slices.SortFunc(classes, func(a, b sim.Class) int { return cmp.Compare(work(&a), work(&b)) })
	return classes[len(classes)/2], 0, nil
}

// work is the CPU time of a class.
func work(c *sim.Class) (sum float64) {
	for i, s := range c.Stages {
		cpu := s.CPU * float64(s.Tasks)
		if c.Loops > 0 && i >= c.From && i <= c.To {
			cpu *= float64(c.Loops)
		}
		sum += cpu
	}
	return sum
}

// submit is the median time from a stage's submission to its first task.
func submit(log *eventlog.App) float64 {
	var d eventlog.Dist
	for _, q := range log.Questions() {
		for _, s := range q.Stages {
			d.Add(s.Launched - s.Submitted)
		}
	}
	return d.Quantile(0.5) / 1000
}

// learnKill finds out how long an executor's death went unnoticed, and how long a new one took.
func (m *Measured) learnKill(log *eventlog.App, r *recorded) {
	var detect, back []float64
	for _, run := range r.Runs {
		if run.Killed == 0 {
			continue
		}
		first := func(at func(*eventlog.Executor) int64) float64 {
			later := slices.DeleteFunc(slices.Clone(log.Executors), func(x *eventlog.Executor) bool { return float64(at(x)) < run.Killed*1000 })
			if len(later) == 0 {
				return 0
			}
			return float64(at(slices.MinFunc(later, func(a, b *eventlog.Executor) int { return cmp.Compare(at(a), at(b)) })))/1000 - run.Killed
		}
		detect = append(detect, first(func(x *eventlog.Executor) int64 { return x.Removed }))
		back = append(back, first(func(x *eventlog.Executor) int64 { return x.Added }))
	}
	m.Detect, m.Back, m.Cold = middle(detect), middle(back), cold(log, r)
}

// cold is how much longer than others of its stage the first tasks of a new executor took.
func cold(log *eventlog.App, r *recorded) float64 {
	kill := math.Inf(1)
	for _, run := range r.Runs {
		if run.Killed > 0 {
			kill = min(kill, run.Killed*1000)
		}
	}
	var longer []float64
	for _, x := range log.Executors {
		if float64(x.Added) < kill {
			continue
		}
		for _, s := range log.Stages { // in order of submission
			if s.Completed > x.Added && s.Slowest.Executor == x.ID {
				longer = append(longer, (float64(s.Slowest.Duration)-s.Duration.Quantile(0.5))/1000)
				break
			}
		}
	}
	return middle(longer)
}

// median is that of all answers to a query in a scenario.
func (m *Measured) median(scenario, query string) float64 {
	var all []float64
	for _, r := range m.Runs[scenario] {
		all = append(all, r.Answers[query]...)
	}
	return middle(all)
}

// middle is the median of values in any order.
func middle(values []float64) float64 {
	return sim.Quantile(slices.Sorted(slices.Values(values)), 0.5)
}

// queries are the names of what a scenario asked, in order.
func (r *Run) queries() []string { return slices.Sorted(maps.Keys(r.Answers)) }
