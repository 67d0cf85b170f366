package workload

// This file says what is wrong with a workload.

import (
	"fmt"
	"math"
	"slices"
)

// Limits: beyond them a file is taken for a slip of the pen.
const (
	maxBudget = 1e5
	maxUsers  = 1e5
	maxTasks  = 1e6
	maxTime   = 30 * 86400
	maxBytes  = 1e18
	maxList   = 100

	maxQuestions = 5e6 // of a group in a run
	maxSimulated = 1e9 // tasks
)

// checker collects problems.
type checker struct{ found []problem }

func (c *checker) bad(field, what string, args ...any) {
	c.found = append(c.found, problem{field, fmt.Sprintf(what, args...)})
}

// within wants low <= v <= high.
func (c *checker) within(field string, v, low, high float64) {
	if math.IsNaN(v) || v < low || v > high {
		c.bad(field, "%g is not between %g and %g", v, low, high)
	}
}

func (c *checker) oneOf(field, v string, of ...string) {
	if !slices.Contains(of, v) {
		c.bad(field, "%q: %s", v, like(v, of))
	}
}

func (w *Workload) check() []problem {
	c := &checker{}
	c.within("budget", w.Budget, 0.01, maxBudget)
	c.oneOf("market", w.Market, "on-demand", "spot")
	c.within("duration", float64(w.Duration), 10, maxTime)
	c.within("warmup", float64(w.Warmup), 0, float64(w.Duration)*0.9)
	c.within("runs", float64(w.Runs), 1, 100)
	c.within("goals.p95", float64(w.Goals.P95), 1e-3, maxTime)
	c.within("goals.max_nodes", float64(w.Goals.MaxNodes), 0, 1e5)
	w.Spark.check(c)
	w.checkClasses(c)
	w.checkUsers(c)
	w.checkShapes(c)
	return c.found
}

func (s *Spark) check(c *checker) {
	c.oneOf("spark.driver", s.Driver, "shared", "per_user")
	c.oneOf("spark.scheduler", s.Scheduler, "fair", "fifo", "lanes")
	c.within("spark.max_active", float64(s.MaxActive), 0, maxUsers)
	c.within("spark.executor_cores", float64(s.ExecutorCores), 0, 128)
	c.within("spark.memory_fraction", s.MemoryFraction, 0.1, 0.95)
	c.within("spark.overhead", s.Overhead, 0, 2)
	c.within("spark.driver_memory", float64(s.DriverMemory), 256<<20, 1<<40)
	if s.Scheduler == "lanes" && len(s.Lanes) == 0 {
		c.bad("spark.lanes", "the scheduler is lanes, and there are none")
	}
	for i, l := range s.Lanes {
		at := fmt.Sprintf("spark.lanes[%d]", i)
		if l.Name == "" {
			c.bad(at+".name", "is missing")
		}
		c.within(at+".weight", l.Weight, 1e-3, 1e6)
		c.within(at+".min_share", l.MinShare, 0, 1)
	}
}

func (w *Workload) lanes() []string {
	var names []string
	for _, l := range w.Spark.Lanes {
		names = append(names, l.Name)
	}
	return names
}

func (w *Workload) checkLane(c *checker, field, lane string) {
	if w.Spark.Scheduler == "lanes" || lane != "" {
		if !slices.Contains(w.lanes(), lane) {
			c.bad(field, "no lane %q in spark.lanes: %s", lane, like(lane, w.lanes()))
		}
	}
}

func (w *Workload) checkClasses(c *checker) {
	if len(w.Queries)+len(w.Jobs) == 0 {
		c.bad("queries", "there are neither queries nor jobs; preset: exploration gives some")
	}
	if len(w.Queries) > maxList || len(w.Jobs) > maxList {
		c.bad("queries", "more than %d", maxList)
	}
	seen := map[string]bool{}
	name := func(at, n string) {
		if n == "" {
			c.bad(at+".name", "is missing")
		} else if seen[n] {
			c.bad(at+".name", "%q is there twice", n)
		}
		seen[n] = true
	}
	for i := range w.Queries {
		at := fmt.Sprintf("queries[%d]", i)
		name(at, w.Queries[i].Name)
		w.checkLane(c, at+".lane", w.Queries[i].Lane)
		w.Queries[i].check(c, at)
	}
	for i := range w.Jobs {
		at := fmt.Sprintf("jobs[%d]", i)
		name(at, w.Jobs[i].Name)
		w.checkLane(c, at+".lane", w.Jobs[i].Lane)
		w.Jobs[i].check(c, at)
	}
}

func (q *Query) check(c *checker, at string) {
	c.within(at+".goal_p95", float64(q.Goal), 1e-3, maxTime)
	c.within(at+".plan", float64(q.Plan), 0, 3600)
	c.within(at+".result", float64(q.Result), 0, 3600)
	if len(q.Stages) == 0 || len(q.Stages) > 50 {
		c.bad(at+".stages", "%d; a query has 1 to 50", len(q.Stages))
	}
	var before []string
	for i, s := range q.Stages {
		at := fmt.Sprintf("%s.stages[%d]", at, i)
		if s.Name == "" {
			c.bad(at+".name", "is missing")
		} else if slices.Contains(before, s.Name) {
			c.bad(at+".name", "%q is there twice", s.Name)
		}
		for k, a := range s.After {
			if !slices.Contains(before, a) {
				c.bad(fmt.Sprintf("%s.after[%d]", at, k), "no stage %q before this one: %s", a, like(a, before))
			}
		}
		before = append(before, s.Name)
		s.check(c, at)
	}
}

func (s *Stage) check(c *checker, at string) {
	c.within(at+".tasks", float64(s.Tasks), 1, maxTasks)
	c.within(at+".split", float64(s.Split), 1, maxBytes)
	c.within(at+".cpu", float64(s.CPU), 0, 86400)
	c.within(at+".cv", s.CV, 0, 10)
	c.within(at+".skew", s.Skew, 0, 1000)
	c.within(at+".driver", float64(s.Driver), 0, 3600)
	for field, v := range map[string]Bytes{"input": s.Input, "shuffle_read": s.ShuffleRead, "shuffle_write": s.ShuffleWrite,
		"memory": s.Memory, "broadcast": s.Broadcast, "collect": s.Collect} {
		c.within(at+"."+field, float64(v), 0, maxBytes)
	}
	if s.CPU == 0 && s.Input == 0 && s.ShuffleRead == 0 {
		c.bad(at+".cpu", "the tasks do nothing: neither cpu nor input nor shuffle_read")
	}
}

func (j *Job) check(c *checker, at string) {
	c.within(at+".goal_p95", float64(j.Goal), 1e-3, maxTime)
	c.within(at+".plan", float64(j.Plan), 0, 3600)
	c.within(at+".data", float64(j.Data), 1, maxBytes)
	c.oneOf(at+".storage", j.Storage, "memory_and_disk", "memory_only", "none")
	c.within(at+".partitions", float64(j.Partitions), 1, maxTasks)
	c.within(at+".iterations", float64(j.Iterations), 1, 10000)
	c.within(at+".load_cpu", float64(j.LoadCPU), 0, 86400)
	c.within(at+".cpu", float64(j.CPU), 0, 86400)
	c.within(at+".cv", j.CV, 0, 10)
	c.within(at+".driver", float64(j.Driver), 0, 3600)
	for field, v := range map[string]Bytes{"cached": j.Cached, "memory": j.Memory, "model": j.Model, "aggregate": j.Aggregate} {
		c.within(at+"."+field, float64(v), 0, maxBytes)
	}
	if j.CPU == 0 {
		c.bad(at+".cpu", "an iteration does nothing")
	}
}

func (w *Workload) checkUsers(c *checker) {
	if len(w.Users) == 0 {
		c.bad("users", "there are none")
	}
	names := w.names()
	people := 0
	for i, u := range w.Users {
		at := fmt.Sprintf("users[%d]", i)
		c.within(at+".count", float64(u.Count), 0, maxUsers)
		people += u.Count
		c.within(at+".think", float64(u.Think), 0, maxTime)
		c.within(at+".rate", float64(u.Rate), 0, 1e6)
		if (u.Count > 0) == (u.Rate > 0) {
			c.bad(at+".count", "a group has either a count (and a think time) or a rate")
		}
		total := 0.0
		for class, share := range u.Mix {
			c.within(at+".mix."+class, share, 0, 1e9)
			total += share
			if !slices.Contains(names, class) {
				c.bad(at+".mix."+class, "no query or job has that name: %s", like(class, names))
			}
		}
		if total == 0 {
			c.bad(at+".mix", "asks nothing")
		}
	}
	if people > maxUsers {
		c.bad("users", "%d people; at most %g", people, float64(maxUsers))
	}
	if len(c.found) == 0 {
		w.checkSize(c)
	}
}

// checkSize refuses what a simulation would take hours or all memory for.
func (w *Workload) checkSize(c *checker) {
	each := map[string]float64{} // tasks of a question
	for _, q := range w.Queries {
		for _, s := range q.Stages {
			each[q.Name] += float64(s.Tasks)
		}
	}
	for _, j := range w.Jobs {
		each[j.Name] = float64(j.Partitions) * float64(j.Iterations+1)
	}
	for i, u := range w.Users {
		at := fmt.Sprintf("users[%d]", i)
		questions := float64(u.Rate) * float64(w.Duration)
		if u.Count > 0 {
			// Nobody asks again before the answer; some tenth of a second is the least.
			questions = float64(u.Count) * float64(w.Duration) / max(0.1, float64(u.Think))
		}
		total, tasks := 0.0, 0.0
		for class, share := range u.Mix {
			total += share
			tasks += share * each[class]
		}
		if questions > maxQuestions || questions*tasks/total > maxSimulated {
			c.bad(at, "asks up to %.3g questions of %.3g tasks in %.4g s; a simulation bears %.0e questions and %.0e tasks: a shorter duration shows the same",
				questions, tasks/total, float64(w.Duration), maxQuestions, maxSimulated)
		}
	}
}

func (w *Workload) checkShapes(c *checker) {
	if len(w.Shapes) == 0 && w.Search == nil {
		c.bad("shapes", "there are none, and no search: {}")
	}
	if len(w.Shapes) > maxList {
		c.bad("shapes", "more than %d", maxList)
	}
	seen := map[string]bool{}
	for i, s := range w.Shapes {
		at := fmt.Sprintf("shapes[%d]", i)
		if s.Name == "" || seen[s.Name] {
			c.bad(at+".name", "%q is missing or there twice", s.Name)
		}
		seen[s.Name] = true
		if s.Master == "" {
			c.bad(at+".master", "is missing")
		}
		if len(s.Workers) == 0 {
			c.bad(at+".workers", "are missing")
		}
		counted := 0
		for g, group := range s.Workers {
			at := fmt.Sprintf("%s.workers[%d]", at, g)
			c.within(at+".count", float64(group.Count), 0, 1e5)
			c.within(at+".share", group.Share, 1e-6, 1e6)
			c.within(at+".volumes", float64(group.Volumes), 0, 24)
			c.within(at+".gib", float64(group.GiB), 0, 16384)
			if group.Count > 0 {
				counted++
			}
		}
		if counted > 0 && counted < len(s.Workers) {
			c.bad(at+".workers", "either all groups have a count or none")
		}
	}
	if w.Search != nil {
		c.within("search.top", float64(w.Search.Top), 1, 200)
		c.oneOf("search.arch", w.Search.Arch, "", "x86_64", "arm64")
	}
}
