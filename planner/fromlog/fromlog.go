// Package fromlog turns what eventlog read of real applications into a workload that the planner can
// simulate: classes of queries, people with their pauses, and training as iterations over cached data.
// Workload is the entry, and History for what Shoal itself remembers. What a log does not tell is assumed and said in the notes.
package fromlog

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"shoal/planner/eventlog"
	"shoal/planner/workload"
)

// Options tune the conversion; the zero value is right.
type Options struct {
	// Speed is how fast a core of the recorded cluster is, in m5 vCPUs; 0 stands for 1.
	Speed float64
	// MaxClasses is how many classes of queries are told apart; 0 stands for 12.
	MaxClasses int
}

// A Result is a workload and what it rests on.
type Result struct {
	Workload *workload.Workload
	Observed []Observed // as it was in the logs, to hold a simulation against
	Notes    []string
}

// Observed is how a class of queries or jobs fared in the logs, in seconds.
type Observed struct {
	Name  string  `json:"name"`
	Count int64   `json:"count"`
	P50   float64 `json:"p50"`
	P95   float64 `json:"p95"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

// Workload converts applications. Times of day are dropped: people of all logs ask as if at once
// when their times overlap, and one after the other when not.
func Workload(apps []*eventlog.App, o Options) (*Result, error) {
	c := newConverter("from logs", o)
	var questions []*eventlog.Question
	for _, a := range apps {
		questions = append(questions, a.Questions()...)
		if note := a.Coverage.Note(); note != "" {
			c.note("%s", note)
		}
	}
	iterations, rest := eventlog.Iterations(questions)
	c.jobs(iterations)
	c.queries(rest)
	if len(c.asked) == 0 {
		return nil, fmt.Errorf("no finished query or job with tasks in %d applications", len(apps))
	}
	c.users()
	c.spark(apps)
	if c.Speed == 1 {
		c.note("CPU times count as those of an m5 vCPU: the log does not tell the machine")
	}
	return c.result, nil
}

func newConverter(name string, o Options) *converter {
	c := &converter{Options: o, names: map[string]bool{}, result: &Result{Workload: &workload.Workload{Name: name}}}
	c.Speed = cmp.Or(c.Speed, 1)
	c.MaxClasses = cmp.Or(c.MaxClasses, 12)
	return c
}

// Goals makes the p95 that was observed the goal of each class: as fast as it was, or a second.
func (r *Result) Goals() {
	for _, o := range r.Observed {
		goal := workload.Seconds(math.Max(1, o.P95))
		for i := range r.Workload.Queries {
			if r.Workload.Queries[i].Name == o.Name {
				r.Workload.Queries[i].Goal = goal
			}
		}
		for i := range r.Workload.Jobs {
			if r.Workload.Jobs[i].Name == o.Name {
				r.Workload.Jobs[i].Goal = goal
			}
		}
	}
	r.Notes = append(r.Notes, "the goal of each class is the p95 it had, or a second if that was less")
}

type converter struct {
	Options
	result *Result
	names  map[string]bool
	asked  []*ask
	sole   map[*eventlog.App]string // the session of applications with just one
}

// An ask is one question to the workload: a query, or a whole training.
type ask struct {
	who        eventlog.Asker
	app        *eventlog.App
	name       string
	start, end int64
}

func (c *converter) note(format string, args ...any) {
	c.result.Notes = append(c.result.Notes, fmt.Sprintf(format, args...))
}

// unique makes a name that no other class has.
func (c *converter) unique(text string) string {
	base := eventlog.ShortName(text)
	name := base
	for n := 2; c.names[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	c.names[name] = true
	return name
}

// queries makes a class of each form; the least costly ones beyond the limit become one.
func (c *converter) queries(questions []*eventlog.Question) {
	classes := eventlog.Classes(questions)
	idle := len(questions)
	for _, k := range classes {
		idle -= len(k.Questions)
	}
	if idle > 0 {
		c.note("%d of %d questions count for nothing: they failed or ran no task", idle, len(questions))
	}
	if len(classes) > c.MaxClasses {
		other := &eventlog.Class{}
		for _, k := range classes[c.MaxClasses-1:] {
			other.Questions = append(other.Questions, k.Questions...)
			other.Wall.Merge(&k.Wall)
			other.Work.Merge(&k.Work)
		}
		c.note("%d forms of queries count as one class, \"other\"; they hold %d of all %d questions",
			len(classes)-c.MaxClasses+1, len(other.Questions), len(questions))
		classes = append(classes[:c.MaxClasses-1:c.MaxClasses-1], other)
		other.Plan = "other"
	}
	for _, k := range classes {
		name := c.unique(k.Name())
		c.result.Workload.Queries = append(c.result.Workload.Queries, c.query(name, k.Typical()))
		c.observe(name, &k.Wall)
		for _, q := range k.Questions {
			c.asked = append(c.asked, &ask{q.Asker, q.App, name, q.Start, q.End})
		}
	}
}

func (c *converter) observe(name string, wall *eventlog.Dist) {
	c.result.Observed = append(c.result.Observed, Observed{
		Name: name, Count: wall.Count, P50: wall.Quantile(0.5) / 1000, P95: wall.Quantile(0.95) / 1000,
		P99: wall.Quantile(0.99) / 1000, Max: float64(wall.Max) / 1000,
	})
}

// spark takes over how Spark was run.
func (c *converter) spark(apps []*eventlog.App) {
	s := &c.result.Workload.Spark
	s.Scheduler, s.Driver = "fifo", "shared"
	cores := map[int]int{}
	for _, a := range apps {
		if a.Env.Confs["spark.scheduler.mode"] == "FAIR" {
			s.Scheduler = "fair"
		}
		if f, err := strconv.ParseFloat(a.Env.Confs["spark.memory.fraction"], 64); err == nil && f > 0 && f < 1 {
			s.MemoryFraction = f
		}
		for _, x := range a.Executors {
			if x.ID != "driver" {
				cores[x.Cores]++
			}
		}
	}
	if len(apps) > 1 {
		s.Driver = "per_user"
		c.note("each application counts as a driver of its own")
	}
	if len(cores) == 1 {
		s.ExecutorCores = slices.Collect(maps.Keys(cores))[0]
	}
}
