// This file holds the builder: it folds events, in the log's order, into an App.

package eventlog

import (
	"cmp"
	"fmt"
)

type builder struct {
	app        *App
	usage      usage
	executors  map[string]*Executor
	executions map[int64]*Execution
	jobs       map[int]*Job
	stages     map[[2]int32]int32 // place in App.Stages
	slab       []Stage            // room for the next stages: a large block wastes less than each alone
	owner      map[int]*Job       // latest job that needs a stage ID
	meters     map[any]*meter
	started    bool // the application's start was seen
	ended      bool
	end        int64 // latest time seen
}

func newBuilder() *builder {
	app := &App{Executors: []*Executor{}, Executions: []*Execution{}, Jobs: []*Job{}, Stages: []*Stage{}} // JSON without null
	app.Coverage.Problems, app.Coverage.Missing = []Problem{}, []string{}
	b := &builder{
		app: app, executors: map[string]*Executor{}, executions: map[int64]*Execution{}, jobs: map[int]*Job{},
		stages: map[[2]int32]int32{}, owner: map[int]*Job{}, meters: map[any]*meter{},
	}
	b.usage.use = &app.Use
	b.usage.meter.spent = &app.Use.Spent
	return b
}

// finish closes what is still open at the end of the log.
func (b *builder) finish() *App {
	for _, m := range b.meters {
		m.end(b.end)
	}
	b.usage.advance(b.end)
	b.usage.meter.end(b.end)
	a := b.app
	if !b.ended {
		a.End = b.end
	}
	for _, j := range a.Jobs {
		for _, id := range j.Stages {
			if _, ran := b.stages[[2]int32{int32(id), 0}]; !ran && j.End != 0 {
				j.Skipped++
			}
		}
	}
	return a
}

// at notes a time that occurs in the log.
func (b *builder) at(t int64) {
	b.end = max(b.end, t)
	if b.app.Start == 0 && t != 0 {
		b.app.Start = t
	}
}

func (e *logStart) apply(b *builder) { b.app.SparkVersion = e.version }

func (e *appStart) apply(b *builder) {
	b.started = true
	a := b.app
	a.Name, a.ID, a.Attempt, a.User = e.name, e.id, e.attempt, e.user
	b.at(e.time)
	a.Start = e.time
}

func (e *appEnd) apply(b *builder) {
	b.at(e.time)
	b.ended = true
	b.app.End = e.time
}

func (e *environment) apply(b *builder) { b.app.Env = e.env }

// executor returns that of the name; a log that begins late may use one before it tells of it.
func (b *builder) executor(id string) *Executor {
	x := b.executors[id]
	if x == nil {
		x = &Executor{ID: id}
		b.executors[id] = x
		b.app.Executors = append(b.app.Executors, x)
	}
	return x
}

// maxCores is more than any machine has.
const maxCores = 1 << 12

func (e *executorAdded) apply(b *builder) {
	b.at(e.time)
	x := b.executor(e.id)
	if x.Added != 0 && x.Removed == 0 {
		return
	}
	x.Host, x.Cores, x.Added = e.host, min(e.cores, maxCores), e.time
	b.usage.addCores(e.time, x.Cores)
}

func (e *executorRemoved) apply(b *builder) {
	b.at(e.time)
	x := b.executor(e.id)
	if x.Removed != 0 {
		return
	}
	x.Removed, x.Reason = e.time, e.reason
	x.LostByItself = !orderly(e.reason)
	b.usage.addCores(e.time, -x.Cores)
}

func (e *blockManager) apply(b *builder) {
	if e.executor != "driver" || b.executors["driver"] != nil { // a driver runs tasks in local mode only
		b.executor(e.executor).Memory = e.memory
	}
}

func (e *stageMetrics) apply(b *builder) {
	if x := b.executors[e.executor]; x != nil {
		x.sample(e.heap, e.unified)
	}
}

func (x *Executor) sample(heap, unified int64) {
	x.PeakHeap = max(x.PeakHeap, heap)
	x.PeakUnified = max(x.PeakUnified, unified)
}

func (e *sqlStart) apply(b *builder) {
	b.at(e.time)
	x := &Execution{
		ID: e.id, Root: e.root, Description: e.description, Asker: e.asker, Start: e.time,
		Plan: e.plan, plan: e.fingerprint,
	}
	if b.executions[e.id] != nil {
		return
	}
	b.executions[e.id] = x
	b.app.Executions = append(b.app.Executions, x)
	b.open(x, &x.Spent, e.time)
}

func (e *sqlEnd) apply(b *builder) {
	b.at(e.time)
	if x := b.executions[e.id]; x != nil && x.End == 0 {
		x.End, x.Error = e.time, e.error
		b.close(x, e.time)
	}
}

// open starts the meter of a job or an execution.
func (b *builder) open(what any, spent *Spent, t int64) {
	t = cmp.Or(t, b.end) // a damaged line may lack it
	m := &meter{spent: spent}
	m.start(t)
	b.meters[what] = m
	b.usage.ask(t, 1)
}

func (b *builder) close(what any, t int64) {
	if m := b.meters[what]; m != nil {
		m.end(t)
		delete(b.meters, what)
		b.usage.ask(t, -1)
	}
}

func (e *jobStart) apply(b *builder) {
	b.at(e.time)
	if b.jobs[e.id] != nil {
		return
	}
	p := &e.props
	j := &Job{
		ID: e.id, Execution: p.execution, Description: p.description, CallSite: p.callSite,
		Asker: p.asker, Start: e.time, Stages: e.stages,
	}
	b.jobs[e.id] = j
	b.app.Jobs = append(b.app.Jobs, j)
	for _, s := range e.stages {
		b.owner[s] = j
	}
	if x := b.executions[j.Execution]; x != nil {
		x.Jobs = append(x.Jobs, j.ID)
		x.Asker.fill(p.asker)
	}
	b.open(j, &j.Spent, e.time)
}

// fill takes over what is not known yet.
func (a *Asker) fill(o Asker) {
	for _, f := range []struct{ to, from *string }{
		{&a.User, &o.User}, {&a.Session, &o.Session}, {&a.Group, &o.Group}, {&a.Pool, &o.Pool},
	} {
		if *f.to == "" {
			*f.to = *f.from
		}
	}
}

func (e *jobEnd) apply(b *builder) {
	b.at(e.time)
	j := b.jobs[e.id]
	if j == nil || j.End != 0 {
		return
	}
	j.End, j.Failure = e.time, e.failure
	b.close(j, e.time)
	delete(b.jobs, e.id) // its end comes once
	for _, s := range j.Stages {
		if b.owner[s] == j {
			delete(b.owner, s)
		}
	}
}

// stage returns the attempt of a stage, which it makes up when the log does not tell of it.
func (b *builder) stage(id, attempt int) *Stage {
	key := [2]int32{int32(id), int32(attempt)} // Spark's own are ints of 32 bits
	if at, known := b.stages[key]; known {
		return b.app.Stages[at]
	}
	if len(b.slab) == 0 {
		b.slab = make([]Stage, 32)
	}
	s := &b.slab[0]
	b.slab = b.slab[1:]
	*s = Stage{ID: id, Attempt: attempt, Job: -1, Execution: -1}
	if j := b.owner[id]; j != nil {
		s.job, s.Job, s.Execution = j, j.ID, j.Execution
		s.execution = b.executions[j.Execution]
	}
	b.stages[key] = int32(len(b.app.Stages))
	b.app.Stages = append(b.app.Stages, s)
	return s
}

func (e *stage) apply(b *builder) {
	s := b.stage(e.info.ID, e.info.Attempt)
	i := &e.info
	begun := s.Submitted != 0
	s.Name, s.Tasks, s.Parents, s.Cached, s.Shape = i.Name, i.Tasks, i.Parents, i.Cached, i.Shape
	s.Failure = i.Failure
	// A stage may be told of before Spark has set the time.
	s.Submitted = max(cmp.Or(i.Submitted, b.end), 1)
	b.at(s.Submitted)
	switch {
	case i.Completed == 0 && !begun:
		b.meter(s, func(m *meter) { m.stage(s.Submitted, 1) })
	case i.Completed != 0 && s.Completed == 0:
		s.Completed = i.Completed
		b.at(s.Completed)
		if begun {
			b.meter(s, func(m *meter) { m.stage(s.Completed, -1) })
		}
	}
}

// meter calls f for each meter that a stage runs under.
func (b *builder) meter(s *Stage, f func(*meter)) {
	if m := b.meters[s.job]; m != nil {
		f(m)
	}
	if m := b.meters[s.execution]; m != nil {
		f(m)
	}
	if root := b.root(s.execution); root != nil && root != s.execution {
		if m := b.meters[root]; m != nil {
			f(m)
		}
	}
	f(&b.usage.meter)
}

// root is the outermost execution that x is part of.
func (b *builder) root(x *Execution) *Execution {
	if x == nil || x.Root == x.ID {
		return x
	}
	return b.executions[x.Root]
}

func (e *taskStart) apply(b *builder) {
	b.at(e.launch)
	b.launch(b.stage(e.stage, e.attempt), e.launch)
}

func (b *builder) launch(s *Stage, t int64) {
	if s.Launched == 0 || t < s.Launched {
		s.Launched = t
	}
	s.running++
	b.meter(s, func(m *meter) {
		if m != &b.usage.meter {
			m.task(t, 1)
		}
	})
	b.usage.addTask(t, 1)
}

func (e *taskEnd) apply(b *builder) {
	b.at(e.finish)
	s := b.stage(e.stage, e.attempt)
	if s.running == 0 { // its start was not told
		b.launch(s, cmp.Or(e.launch, e.finish))
	}
	s.running--
	b.meter(s, func(m *meter) {
		if m != &b.usage.meter {
			m.task(e.finish, -1)
		}
	})
	b.usage.addTask(e.finish, -1)

	e.count()
	s.takeTask(e)
	b.app.Total.add(&e.sums)
	x := b.executor(e.executor)
	x.Tasks++
	x.Failed += e.sums.Failed
	x.Busy += e.duration()
	x.GC += e.sums.GC
	x.sample(e.heap, e.unified)
}

// count turns the task's own numbers into its share of the sums.
func (e *taskEnd) count() {
	s := &e.sums
	duration := e.duration()
	if e.failed || e.killed {
		*s = Sums{Lost: duration}
	} else {
		s.Duration = duration
		if e.gettingResult > 0 {
			s.GettingResult = max(e.finish-e.gettingResult, 0)
		}
		s.Delay = max(duration-s.Run-s.Deserialize-s.Serialize-s.GettingResult, 0)
	}
	s.Tasks = 1
	s.Failed, s.Killed = one(e.failed), one(e.killed)
	s.Retried, s.Speculative = one(e.retry), one(e.speculative)
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// maxReasons bounds the kinds of failure told apart in a stage.
const maxReasons = 8

func (s *Stage) takeTask(e *taskEnd) {
	s.Sums.add(&e.sums)
	if e.failure != "" {
		if s.Failures == nil {
			s.Failures = map[string]int{}
		}
		if _, known := s.Failures[e.failure]; !known && len(s.Failures) >= maxReasons {
			e.failure = "other"
		}
		s.Failures[e.failure]++
		return
	}
	s.Locality.add(e.locality)
	t := &e.sums
	s.Duration.Add(t.Duration)
	s.CPU.Add(t.CPU / 1e6)
	s.Read.Add(t.ReadBytes())
	s.Memory.Add(t.PeakMemory)
	if s.Sums.Tasks == 1 || t.Duration > s.Slowest.Duration {
		s.Slowest = Task{
			Index: e.index, Executor: e.executor, Duration: t.Duration, Read: t.ReadBytes(),
			GC: t.GC,
		}
	}
}

func (s *Stage) String() string { return fmt.Sprintf("stage %d.%d", s.ID, s.Attempt) }
