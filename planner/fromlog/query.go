package fromlog

// This file makes queries of questions and training jobs of iterations.

import (
	"math"
	"strings"

	"shoal/planner/eventlog"
	"shoal/planner/workload"
)

// query copies a question's stages. The driver's time before the first stage is planning, the time
// after the last is the result's, and what is between is divided among the stages after the first.
func (c *converter) query(name string, q *eventlog.Question) workload.Query {
	out := workload.Query{Name: name, Plan: secs(float64(q.Spent.Planning))}
	links := after(q.Stages)
	end := q.Start
	for _, s := range q.Stages {
		end = max(end, s.Completed)
	}
	tail := min(max(q.End-end, 0), q.Spent.Driver)
	out.Result = secs(float64(tail))
	gap := 0.0
	if n := len(q.Stages) - 1; n > 0 {
		gap = float64(q.Spent.Driver-tail) / float64(n)
	}
	collected := map[string]workload.Bytes{}
	for i, s := range q.Stages {
		st := c.stage(s)
		st.After = links[i]
		if i > 0 {
			st.Driver = secs(gap)
		}
		for _, before := range st.After {
			st.Broadcast += collected[before]
		}
		if strings.Contains(s.Shape, "BroadcastExchange") {
			collected[st.Name] = st.Collect
		}
		out.Stages = append(out.Stages, st)
	}
	if len(out.Stages) > maxStages {
		c.note("%s has %d stages; neighbours are joined to at most %d, one after the other", name, len(out.Stages), maxStages)
		out.Stages = joined(out.Stages)
	}
	return out
}

// maxStages is what a workload takes for a query.
const maxStages = 50

// joined makes a chain of at most maxStages, each of neighbours: all of the work, less of the order.
func joined(stages []workload.Stage) []workload.Stage {
	size := (len(stages) + maxStages - 1) / maxStages
	var chain []workload.Stage
	for from := 0; from < len(stages); from += size {
		sum := stages[from]
		sum.After = []string{}
		if len(chain) > 0 {
			sum.After = []string{chain[len(chain)-1].Name}
		}
		cpu := float64(sum.CPU) * float64(sum.Tasks)
		for _, s := range stages[from+1 : min(from+size, len(stages))] {
			cpu += float64(s.CPU) * float64(s.Tasks)
			sum.Tasks += s.Tasks
			sum.Input += s.Input
			sum.ShuffleRead += s.ShuffleRead
			sum.ShuffleWrite += s.ShuffleWrite
			sum.Broadcast += s.Broadcast
			sum.Collect += s.Collect
			sum.Driver += s.Driver
			sum.Memory = max(sum.Memory, s.Memory)
			sum.CV, sum.Skew = max(sum.CV, s.CV), max(sum.Skew, s.Skew)
		}
		sum.CPU = workload.Seconds(cpu / float64(max(sum.Tasks, 1)))
		chain = append(chain, sum)
	}
	return chain
}

func secs(ms float64) workload.Seconds { return workload.Seconds(ms / 1000) }

// after says for each stage which ones it waits for. Where its parents ran in the same question these
// are they. Adaptive execution gives each stage a job of its own, whose parents are skipped copies:
// then it waits for those that ended before it was submitted and that no other has waited for.
func after(stages []*eventlog.Stage) [][]string {
	links := make([][]string, len(stages))
	byID := map[int]int{}
	for i, s := range stages {
		byID[s.ID] = i
	}
	waited := make([]bool, len(stages))
	for i, s := range stages {
		links[i] = []string{}
		for _, p := range s.Parents {
			if j, ok := byID[p]; ok && j < i {
				links[i] = append(links[i], stageName(stages[j]))
				waited[j] = true
			}
		}
		if len(links[i]) > 0 {
			continue
		}
		for j, before := range stages[:i] {
			if !waited[j] && before.Completed > 0 && before.Completed <= s.Submitted {
				links[i] = append(links[i], stageName(before))
				waited[j] = true
			}
		}
	}
	return links
}

func stageName(s *eventlog.Stage) string {
	return strings.ReplaceAll(s.String(), " ", "-")
}

// stage copies the numbers of one stage.
func (c *converter) stage(s *eventlog.Stage) workload.Stage {
	n := float64(max(s.Duration.Count, 1))
	sums := &s.Sums
	out := workload.Stage{
		Name: stageName(s), Tasks: max(s.Tasks, int(s.Duration.Count)),
		CPU:         c.cpu(s),
		ShuffleRead: workload.Bytes(sums.ReadLocal + sums.ReadRemote), ShuffleWrite: workload.Bytes(sums.WriteBytes),
		Memory:  workload.Bytes(float64(sums.PeakMemory) + float64(sums.SpillMemory)/n),
		Collect: workload.Bytes(sums.Result),
		CV:      spread(&s.CPU),
	}
	if len(s.Cached) == 0 { // else the input came out of memory
		out.Input = workload.Bytes(sums.InputBytes)
	}
	if skew := ratio(float64(s.Duration.Max), s.Duration.Mean()); skew > 2 && ratio(float64(s.Read.Max), s.Read.Mean()) > 2 {
		out.Skew = skew
	}
	return out
}

// cpu is the CPU time of a task. Python works in processes of its own, whose time Spark does not
// count: there the run time stands for it, without waiting for a shuffle.
func (c *converter) cpu(s *eventlog.Stage) workload.Seconds {
	n := float64(max(s.Duration.Count, 1))
	ns := float64(s.Sums.CPU + s.Sums.DeserializeCPU)
	if strings.Contains(s.Shape, "Python") || strings.Contains(s.Shape, "Pandas") || strings.Contains(s.Shape, "ArrowEval") {
		ns = max(ns, float64(s.Sums.Run-s.Sums.FetchWait)*1e6)
	}
	return workload.Seconds(ns / 1e9 / n * c.Speed)
}

// spread is the relative deviation of the log-normal distribution with the same quartiles.
func spread(d *eventlog.Dist) float64 {
	low, high := d.Quantile(0.25), d.Quantile(0.75)
	if d.Count < 4 || low <= 0 || high <= low {
		return 0
	}
	const quartiles = 1.349 // of a normal distribution, in deviations
	sigma := math.Log(high/low) / quartiles
	return math.Min(math.Sqrt(math.Expm1(sigma*sigma)), 3)
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// jobs makes a training job of each iteration.
func (c *converter) jobs(iterations []*eventlog.Iteration) {
	for _, it := range iterations {
		name := c.unique(it.Name)
		c.result.Workload.Jobs = append(c.result.Workload.Jobs, c.job(name, it))
		first, last := it.Rounds[0], it.Rounds[len(it.Rounds)-1]
		var wall eventlog.Dist
		wall.Add(last.End - first.Start)
		c.observe(name, &wall)
		c.asked = append(c.asked, &ask{first.Asker, first.App, name, first.Start, last.End})
	}
	if len(iterations) > 0 {
		c.note("what training broadcasts in an iteration is not in a log and counts as nothing")
	}
}

// job describes an iteration by its rounds: the first loads what it reads into the cache, and the
// middle of the others stands for all.
func (c *converter) job(name string, it *eventlog.Iteration) workload.Job {
	out := workload.Job{Name: name, Cached: workload.Bytes(it.Cached), Storage: "memory_and_disk", Iterations: it.Count() - 1}
	var cpu, gaps, aggregate eventlog.Dist
	for i, q := range it.Rounds {
		s := widest(q.Stages)
		if s.Tasks > out.Partitions {
			out.Partitions = s.Tasks
		}
		out.Memory = max(out.Memory, workload.Bytes(s.Sums.PeakMemory))
		if i == 0 {
			out.LoadCPU = c.cpu(s)
			out.CV = spread(&s.CPU)
			out.Data = workload.Bytes(s.Sums.InputBytes)
			continue
		}
		cpu.Add(int64(float64(c.cpu(s)) * 1e6))
		share := s.Sums.WriteBytes
		if share == 0 { // few partitions: the results go to the driver without a shuffle
			share = s.Sums.Result
		}
		aggregate.Add(share / max(s.Duration.Count, 1))
		between := q.Start - it.Rounds[i-1].End
		gaps.Add(max(between, 0) + q.Spent.Planning + q.Spent.Driver)
	}
	period := float64(it.Period)
	out.CPU = workload.Seconds(cpu.Quantile(0.5) / 1e6 * period)
	out.Driver = secs(gaps.Quantile(0.5) * period)
	out.Aggregate = workload.Bytes(aggregate.Quantile(0.5))
	return out
}

// widest is the stage with most task time.
func widest(stages []*eventlog.Stage) *eventlog.Stage {
	w := stages[0]
	for _, s := range stages {
		if s.Sums.Duration > w.Sums.Duration {
			w = s
		}
	}
	return w
}
