package rank

// This file simulates candidates and reads their entries off the results.

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"shoal/planner/shape"
	"shoal/planner/sim"
	"shoal/planner/workload"
)

// parallel runs jobs on all cores until one fails or ctx ends.
func parallel(ctx context.Context, jobs []func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wait sync.WaitGroup
	errs := make([]error, len(jobs))
	next := make(chan int)
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range next {
				if errs[i] = jobs[i](ctx); errs[i] != nil {
					stop()
				}
			}
		})
	}
	for i := range jobs {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	for _, err := range errs { // the cause, not what it stopped
		if err != nil && !errors.Is(err, context.Canceled) {
			return err
		}
	}
	return errors.Join(append(errs, ctx.Err())...)
}

// run plays a candidate at a draw of the inputs; change may alter the model.
func (p *planner) run(ctx context.Context, k *candidate, draw int, change func(*sim.Model)) (*sim.Result, error) {
	m := k.Model(p.w, k.layout, p.draws[draw])
	m.Seed += uint64(draw)
	if change != nil {
		change(&m)
	}
	r, err := sim.Run(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("shape %s: %w", k.Name, err)
	}
	return r, nil
}

// losses is how many draws are played again with a dead node.
const losses = 3

// measured is all runs of a candidate.
type measured struct {
	runs  []*sim.Result
	lost  []*sim.Result
	users int
}

// measure chooses the layouts of candidates, plays them and fills in their entries.
func (p *planner) measure(ctx context.Context, all []*candidate) error {
	if err := p.layOut(ctx, all); err != nil {
		return err
	}
	results := make([]measured, len(all))
	var jobs []func(context.Context) error
	for i, k := range all {
		m := &results[i]
		m.runs = make([]*sim.Result, len(p.draws))
		m.lost = make([]*sim.Result, min(losses, len(p.draws)))
		for d := range m.runs {
			jobs = append(jobs, func(ctx context.Context) (err error) {
				m.runs[d], err = p.run(ctx, k, d, nil)
				return err
			})
		}
		for d := range m.lost {
			jobs = append(jobs, func(ctx context.Context) (err error) {
				m.lost[d], err = p.run(ctx, k, d, lose)
				return err
			})
		}
		jobs = append(jobs, func(ctx context.Context) (err error) {
			m.users, err = p.bears(ctx, k)
			return err
		})
	}
	if err := parallel(ctx, jobs); err != nil {
		return err
	}
	for i, k := range all {
		p.fill(k, &results[i])
	}
	return nil
}

// layOut chooses each candidate's executors by simulating those that look best on paper.
func (p *planner) layOut(ctx context.Context, all []*candidate) error {
	jobs := make([]func(context.Context) error, len(all))
	for i, k := range all {
		jobs[i] = func(ctx context.Context) error {
			layouts, err := k.Layouts(p.w, 4)
			if err != nil {
				return err
			}
			best := math.Inf(1)
			for _, l := range layouts {
				try := &candidate{Shape: k.Shape, layout: l}
				if len(layouts) == 1 {
					k.layout = l
					break
				}
				r, err := p.run(ctx, try, 0, nil)
				if err != nil {
					return err
				}
				if score := p.score(r); score < best {
					k.layout, best = l, score
				}
			}
			k.entry.Layout = k.layout
			return nil
		}
	}
	return parallel(ctx, jobs)
}

// back is how many seconds pass until EMR has a new node in a dead one's place.
const back = 600

// lose kills the last worker after the warm-up. The run ends when the new one comes: those who wait
// ask nothing, so that many quick answers afterwards would hide the few that took minutes.
func lose(m *sim.Model) {
	m.Loss = &sim.Loss{At: m.Warmup, Node: len(m.Nodes) - 1, Detect: 15, Back: back}
	m.Horizon = math.Min(m.Horizon, m.Warmup+back)
}

// score is the answers' p95 over their goals, the geometric mean by traffic. Answers that fail count
// as if they had taken ten times as long.
func (p *planner) score(r *sim.Result) float64 {
	sum, weight := 0.0, 0.0
	for _, c := range r.Classes {
		n := len(c.Latency) + c.Failed
		if n == 0 {
			continue
		}
		ratio := math.Max(1e-6, sim.Quantile(c.Latency, 0.95)/p.goal(c.Name))
		if len(c.Latency) == 0 {
			ratio = 1
		}
		ratio *= 1 + 9*float64(c.Failed)/float64(n)
		w := p.weights[c.Name]
		sum += w * math.Log(ratio)
		weight += w
	}
	if weight == 0 { // everybody still waits for an answer from the warm-up
		for name, w := range p.weights {
			sum += w * math.Log(10*float64(p.w.Duration)/p.goal(name))
		}
		return math.Exp(sum)
	}
	return math.Exp(sum / weight)
}

// answers says whether any question was answered, be it by a failure.
func (k *candidate) answers() bool {
	for _, c := range k.entry.Classes {
		if c.Failed > 0 {
			return true
		}
	}
	return k.entry.PerHour.High > 0
}

func (p *planner) goal(class string) float64 {
	for _, q := range p.w.Queries {
		if q.Name == class {
			return float64(q.Goal)
		}
	}
	for _, j := range p.w.Jobs {
		if j.Name == class {
			return float64(j.Goal)
		}
	}
	return float64(p.w.Goals.P95)
}

// meets says which goals a result misses.
func (p *planner) misses(r *sim.Result) []string {
	var list []string
	asked := 0
	for _, c := range r.Classes {
		asked += len(c.Latency) + c.Failed
		goal := p.goal(c.Name)
		switch p95 := sim.Quantile(c.Latency, 0.95); {
		case c.Failed > 0 && float64(c.Failed) > tolerable*float64(c.Failed+len(c.Latency)):
			list = append(list, fmt.Sprintf("%s: %d of %d fail for want of memory", c.Name, c.Failed, c.Failed+len(c.Latency)))
		case p95 > goal:
			list = append(list, fmt.Sprintf("%s: p95 %s, goal %s", c.Name, seconds(p95), seconds(goal)))
		}
	}
	if asked == 0 {
		list = append(list, "everybody still waits for the first answer")
	}
	return list
}

// most is the largest crowd, in multiples of the file's, that is looked for.
const most = 16.0

// bears is how many users a shape bears within all goals: by halving, on a shorter run.
func (p *planner) bears(ctx context.Context, k *candidate) (int, error) {
	people := 0
	for _, u := range p.w.Users {
		people += u.Count
	}
	if people == 0 {
		return 0, nil
	}
	ok := func(f float64) (bool, error) {
		r, err := p.run(ctx, k, 0, func(m *sim.Model) {
			m.Horizon = math.Min(m.Horizon, 480)
			m.Warmup = math.Min(m.Warmup, m.Horizon/8)
			crowd(m, f)
		})
		return err == nil && len(p.misses(r)) == 0, err
	}
	low, high := 0.0, 1.0
	for high <= most {
		fine, err := ok(high)
		if err != nil {
			return 0, err
		}
		if !fine {
			break
		}
		low, high = high, high*2
	}
	for range 4 {
		mid := (low + high) / 2
		fine, err := ok(mid)
		if err != nil {
			return 0, err
		}
		if fine {
			low = mid
		} else {
			high = mid
		}
	}
	return int(low * float64(people)), nil
}

// crowd multiplies the users.
func crowd(m *sim.Model, f float64) {
	users := make([]sim.Users, len(m.Users))
	copy(users, m.Users)
	for i := range users {
		if users[i].Count > 0 {
			users[i].Count = max(1, int(math.Round(float64(users[i].Count)*f)))
		}
		users[i].Rate *= f
	}
	m.Users = users
}

// fill reads an entry off its runs.
func (p *planner) fill(k *candidate, m *measured) {
	e := &k.entry
	k.scores = k.scores[:0]
	var perHour, perKilo []float64
	for _, r := range m.runs {
		k.scores = append(k.scores, p.score(r))
		answers := 0
		for _, c := range r.Classes {
			answers += len(c.Latency) - c.Open
		}
		hours := float64(p.w.Duration-p.w.Warmup) / 3600
		perHour = append(perHour, float64(answers)/hours)
		perKilo = append(perKilo, k.Price.Total/math.Max(1, float64(answers)/hours)*1000)
		p.events += r.Events
	}
	e.Score, e.PerHour, e.PerKilo = band(k.scores), band(perHour), band(perKilo)
	e.Use, e.Users = m.runs[0].Use, m.users
	e.Binds = p.binds(k, m.runs)
	e.Meets = len(e.Binds) == 0
	e.Classes = nil
	for i := range m.runs[0].Classes {
		e.Classes = append(e.Classes, p.class(i, m.runs))
	}
	e.HeadRoom = headRoom(p.w, k)
	p.dead(k, m)
	if p.w.Goals.SurviveNodeLoss && !e.Dead.Meets && e.Meets {
		e.Meets = false
		e.Binds = append(e.Binds, fmt.Sprintf("survive_node_loss: a goal is missed when one of %d workers dies", k.Nodes()))
	}
}

// binds is the goals missed in the run with the usual inputs, where half of all draws miss one too.
func (p *planner) binds(k *candidate, runs []*sim.Result) []string {
	usual := p.misses(runs[0])
	missing, names := 0, []string{}
	for _, r := range runs {
		missed := p.misses(r)
		if len(missed) > 0 {
			missing++
		}
		for _, m := range missed {
			if name, _, _ := strings.Cut(m, ":"); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if 2*missing < len(runs) {
		return nil
	}
	if len(usual) == 0 {
		return []string{fmt.Sprintf("%s: over the goal in %d of %d draws of the uncertain inputs", strings.Join(names, ", "), missing, len(runs))}
	}
	return usual
}

func (p *planner) class(i int, runs []*sim.Result) ClassReport {
	first := &runs[0].Classes[i]
	c := ClassReport{Name: first.Name, Goal: p.goal(first.Name), Answers: len(first.Latency), Mean: first.Mean, Tail: first.Tail}
	if n := len(first.Latency) + first.Failed; n > 0 {
		c.Failed = float64(first.Failed) / float64(n)
	}
	for q, to := range map[float64]*Band{0.5: &c.P50, 0.95: &c.P95, 0.99: &c.P99} {
		var values []float64
		for _, r := range runs {
			values = append(values, sim.Quantile(r.Classes[i].Latency, q))
		}
		*to = band(values)
	}
	for q := range 101 {
		c.CDF = append(c.CDF, math.Round(1e4*sim.Quantile(first.Latency, float64(q)/100))/1e4)
	}
	return c
}

// headRoom is the share of execution and storage memory that is not needed on average.
func headRoom(w *workload.Workload, k *candidate) float64 {
	executors := float64(k.layout.Slots) / float64(max(1, k.layout.ExecutorCores/k.layout.TaskCPUs))
	has := executors * k.layout.UnifiedMiB
	needs := k.entry.Use.Cache/(1<<20) + k.entry.Use.Slots*float64(k.layout.Slots)*shape.UsualTask(w)
	return math.Max(0, 1-needs/has)
}

// dead compares runs with and without the loss of a node.
func (p *planner) dead(k *candidate, m *measured) {
	d := &k.entry.Dead
	last := k.layout.Groups[len(k.layout.Groups)-1]
	d.Capacity = float64(last.Slots) / float64(k.layout.Slots)
	var ratios, rework, tasks []float64
	missed := 0
	for i, r := range m.lost {
		ratios = append(ratios, p.score(r)/p.score(m.runs[i]))
		rework = append(rework, r.Rework)
		tasks = append(tasks, float64(r.Lost))
		if len(p.misses(r)) > 0 {
			missed++
		}
	}
	d.P95, d.Rework, d.Tasks = band(ratios).Mid, band(rework).Mid, int(band(tasks).Mid)
	d.Meets = 2*missed < len(m.lost)
}
