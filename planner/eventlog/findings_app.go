// This file holds the rules about the application as a whole.

package eventlog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

var appRules = []func(*view) (Finding, bool){lookDriver, lookQueue, lookRework, lookWaste, lookMemory}

// lookDriver finds that answers wait for the driver: it plans, lists files, or works between stages.
func lookDriver(v *view) (Finding, bool) {
	u := v.Use.Spent
	driver := seconds(u.Planning + u.Driver)
	if driver < 0.2*v.awake || driver < leastSeconds {
		return Finding{}, false
	}
	f := Finding{Kind: "driver", Seconds: driver, Numbers: []Number{
		{"before the first stage", seconds(u.Planning), "s"}, {"between and after stages", seconds(u.Driver), "s"},
		{"somebody waited", v.awake, "s"}, {"queries", float64(len(v.Executions)), "count"}, {"jobs", float64(len(v.Jobs)), "count"},
	}}
	f.Text = fmt.Sprintf("For %s of the %s in which somebody waited, no stage was there to run and the driver worked alone: "+
		"%s before the first stage of a query (planning, listing files), %s between stages and after the last.",
		inPercent(driver/v.awake), inSeconds(v.awake), inSeconds(seconds(u.Planning)), inSeconds(seconds(u.Driver)))
	f.Advice = "More workers do not help here. Give the driver faster and more cores (a larger master), keep one warm " +
		"session for all instead of starting new ones, prefer few large jobs over many small ones in a loop, keep tables in a " +
		"catalogue instead of listing folders, and bring small results home with limit or aggregates."
	return f, true
}

// lookQueue finds that questions wait for each other: a stage was ready, but others' tasks had the slots.
func lookQueue(v *view) (Finding, bool) {
	var waiting, wall int64
	n := 0
	for _, s := range v.questions() {
		waiting += s.Waiting
		wall += s.Wall()
		n++
	}
	queue := seconds(waiting - v.Use.Spent.Waiting)
	if queue < 0.1*seconds(wall) || queue < leastSeconds {
		return Finding{}, false
	}
	mode := cmp.Or(v.Env.Confs["spark.scheduler.mode"], "FIFO")
	f := Finding{Kind: "queue", Seconds: queue / max(seconds(wall)/max(v.awake, 1e-9), 1), Numbers: []Number{
		{"waiting for slots", queue, "s"}, {"all questions' time", seconds(wall), "s"}, {"questions", float64(n), "count"},
	}}
	f.Text = fmt.Sprintf("%d questions waited %s in all for slots that others' tasks held, %s of their time (scheduler mode %s).",
		n, inSeconds(queue), inPercent(queue/seconds(wall)), mode)
	f.Advice = "Give short questions a FAIR pool of their own with a minimum share, let long jobs run in smaller tasks, " +
		"and add cores if all of them are short."
	if mode != "FAIR" {
		f.Advice = "Set spark.scheduler.mode=FAIR: with FIFO a long job takes all slots first. " + f.Advice
	}
	return f, true
}

// questions are what people waited for: outer executions, and jobs outside any.
func (a *App) questions() []Spent {
	var all []Spent
	for _, x := range a.Executions {
		if x.Root == x.ID {
			all = append(all, x.Spent)
		}
	}
	for _, j := range a.Jobs {
		if j.Execution < 0 {
			all = append(all, j.Spent)
		}
	}
	return all
}

// lookRework finds work done in vain: lost executors, failed and killed tasks, stages run again.
func lookRework(v *view) (Finding, bool) {
	again, executors := 0, 0
	reasons := map[string]int{}
	for _, s := range v.Stages {
		if s.Attempt > 0 {
			again++
		}
		for r, n := range s.Failures {
			reasons[r] += n
		}
	}
	why := ""
	for _, x := range v.Executors {
		if x.LostByItself {
			executors++
			why = cmp.Or(why, x.Reason)
		}
	}
	t := &v.Total
	if t.Failed == 0 && executors == 0 && again == 0 {
		return Finding{}, false
	}
	lost := seconds(t.Lost)
	f := Finding{Kind: "rework", CoreSeconds: lost, Count: int(t.Failed) + executors, Numbers: []Number{
		{"executors lost", float64(executors), "count"}, {"failed tasks", float64(t.Failed), "count"},
		{"killed tasks", float64(t.Killed), "count"}, {"stages run again", float64(again), "count"}, {"time in vain", lost, "s"},
	}}
	f.Text = fmt.Sprintf("%d of %d tasks failed and %d were killed, %d executors were lost and %d stages ran again: %s of task time in vain.",
		t.Failed, t.Tasks, t.Killed, executors, again, inSeconds(lost))
	if len(reasons) > 0 {
		f.Text += " Reasons: " + commonest(reasons, 3) + "."
	}
	if why != "" {
		f.Text += " First executor: " + why
	}
	f.Advice = reworkAdvice(strings.ToLower(why + " " + commonest(reasons, 8)))
	return f, true
}

// reworkAdvice goes by the words that resource managers use.
func reworkAdvice(reasons string) string {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(reasons, w) })
	}
	switch {
	case has("memory limit", "physical memory", "outofmemory", "oom"):
		return "Memory ran out: raise spark.executor.memoryOverhead (Python and native memory live there) or " +
			"spark.executor.memory, or run fewer cores in an executor."
	case has("137", "143"):
		return "Something killed executors from outside: most often YARN or Linux, because memory ran out. Then raise " +
			"spark.executor.memoryOverhead (Python and native memory live there) or run fewer cores in an executor."
	case has("heartbeat"):
		return "Executors stopped answering, mostly in long garbage collections: give them more memory per core, or raise " +
			"spark.network.timeout."
	case has("fetchfailed", "executorlost", "lost"):
		return "Nodes went away with shuffle data on them: on spot capacity turn on spark.decommission.enabled and " +
			"spark.storage.decommission.shuffleBlocks.enabled, or keep the shuffle-heavy work on on-demand nodes; small nodes lose less at a time."
	}
	return "The tasks' own errors are the cause: the first message in the job's failure tells more. Failing tasks are tried " +
		"spark.task.maxFailures times, so an error in the code costs its time that many times."
}

// commonest lists the n most frequent reasons.
func commonest(reasons map[string]int, n int) string {
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	})
	var parts []string
	for _, name := range names[:min(n, len(names))] {
		parts = append(parts, fmt.Sprintf("%s (%d)", name, reasons[name]))
	}
	return strings.Join(parts, ", ")
}

// lookWaste finds paid cores that ran nothing.
func lookWaste(v *view) (Finding, bool) {
	u := &v.Use
	if u.CoreTime == 0 {
		return Finding{}, false
	}
	idle := seconds(u.CoreTime - u.CoreBusy)
	if idle < 0.4*v.cores || idle < 1 {
		return Finding{}, false
	}
	asleep := seconds(u.CoreTime - u.CoreAwake)
	f := Finding{Kind: "waste", CoreSeconds: idle, Numbers: []Number{
		{"core time held", v.cores, "s"}, {"core time used", seconds(u.CoreBusy), "s"}, {"nobody waited", asleep, "s"},
		{"cores at most", float64(u.PeakCores), "count"}, {"tasks at a time at most", float64(u.PeakTasks), "count"},
	}}
	f.Text = fmt.Sprintf("Tasks used %s of the %s of core time that was held (%s); %s of it passed while nobody waited for anything.",
		inSeconds(seconds(u.CoreBusy)), inSeconds(v.cores), inPercent(ratio(seconds(u.CoreBusy), v.cores)), inSeconds(asleep))
	f.Advice = "While somebody waits the cores idle for want of tasks: see the findings on few, single and skewed tasks and on the driver."
	if asleep > idle/2 {
		f.Advice = "Most of it is pauses: let executors go when idle (spark.dynamicAllocation.enabled with " +
			"shuffle tracking), share one cluster among people, or shut it down between sessions."
	}
	return f, true
}

// lookMemory finds executor memory that was never used. Spark samples it at heartbeats: short peaks may be missed.
func lookMemory(v *view) (Finding, bool) {
	var have, used int64
	sampled := 0
	for _, x := range v.Executors {
		if x.PeakUnified > 0 && x.Memory > 0 {
			sampled++
			have += x.Memory
			used += min(x.PeakUnified, x.Memory)
		}
	}
	share := ratio(float64(used), float64(have))
	if sampled == 0 || share > 0.4 || v.Total.SpillDisk > 0 {
		return Finding{}, false
	}
	perCore := ratio(float64(used), float64(max(v.Use.PeakCores, 1)))
	f := Finding{Kind: "memory", Numbers: []Number{
		{"memory for execution and storage", float64(have), "bytes"}, {"used at most", float64(used), "bytes"},
		{"used at most for a core", perCore, "bytes"}, {"executors sampled", float64(sampled), "count"},
	}}
	f.Text = fmt.Sprintf("Of %s for execution and storage, at most %s was in use (%s) on %d executors, and nothing spilled.",
		inBytes(float64(have)), inBytes(float64(used)), inPercent(share), sampled)
	f.Advice = "Machines with less memory for each vCPU do the same work: compare compute-optimised and general types " +
		"with memory-optimised ones in the planner. Spark samples memory at heartbeats, so leave a margin for short peaks."
	return f, true
}

// orderly says whether an executor went because it was told to, not because something broke.
func orderly(reason string) bool {
	reason = strings.ToLower(reason)
	return slices.ContainsFunc([]string{"killed by driver", "idle", "decommission", "shutdown"}, func(word string) bool {
		return strings.Contains(reason, word)
	})
}
