// This file holds the rules about single stages.

package eventlog

import (
	"fmt"
	"math"
)

var stageRules = []stageRule{
	{"skew", "waited for a task far longer than the others", lookSkew},
	{"spill", "wrote data to disk that did not fit into memory", lookSpill},
	{"single-task", "ran as a single task", lookSingle},
	{"few-tasks", "had too few tasks for the cores", lookFew},
	{"tiny-tasks", "spent much of the time on starting tasks", lookTiny},
	{"tiny-blocks", "fetched a shuffle in very small pieces", lookBlocks},
	{"gc", "spent much of the time collecting garbage", lookGC},
	{"shuffle-wait", "waited for data from other nodes", lookFetch},
}

// lookSkew finds the stage whose end one task delays: the longest takes more than 2.5 times the
// median, and the stage would have ended earlier with its work spread evenly.
func lookSkew(v *view, s *Stage) (Place, bool) {
	longest, median := float64(s.Duration.Max), s.Duration.Quantile(0.5)
	if s.Duration.Count < 4 || longest <= 2.5*median {
		return Place{}, false
	}
	even := max(median, float64(s.Duration.Sum)/float64(min(v.slots, int(s.Duration.Count))))
	lost := min(longest, s.wall()) - even
	if lost < 100 || lost < 0.1*s.wall() {
		return Place{}, false
	}
	read := s.Read.Quantile(0.5)
	more := ratio(float64(s.Slowest.Read), read)
	p := Place{Seconds: lost / 1000, Numbers: []Number{
		{"longest task", longest / 1000, "s"}, {"median task", median / 1000, "s"}, {"tasks", float64(s.Duration.Count), "count"},
		{"read by the longest", float64(s.Slowest.Read), "bytes"}, {"read by the median", read, "bytes"},
	}}
	p.Text = fmt.Sprintf("its longest task took %s, the median %s of %d tasks", inSeconds(longest/1000), inSeconds(median/1000), s.Duration.Count)
	switch {
	case more >= 2 || read == 0 && s.Slowest.Read > 1<<20:
		p.Text += fmt.Sprintf("; it read %s, the median %s", inBytes(float64(s.Slowest.Read)), inBytes(read))
		p.Advice = "The rows are spread unevenly over the keys. In a join let adaptive execution split the partition " +
			"(spark.sql.adaptive.skewJoin.enabled), filter or handle NULL and default keys apart, or broadcast the smaller " +
			"side; in an aggregation, aggregate first by the key and a random number."
	case float64(s.Slowest.GC) > 0.3*longest:
		p.Text += fmt.Sprintf("; %s of that was garbage collection", inSeconds(seconds(s.Slowest.GC)))
		p.Advice = "The task did not read more than others but its executor collected garbage: give it more memory per core."
	default:
		p.Text += fmt.Sprintf("; it read no more than the others (on executor %s)", s.Slowest.Executor)
		p.Advice = "The data is even, so the first task on a cold executor, a slow node or costly rows are the cause: " +
			"keep executors alive between queries, try spark.speculation, and look at that executor's other tasks."
	}
	return p, true
}

// spillSpeed is what a task is assumed to write or read spilled data with.
const spillSpeed = 100e6 // bytes/s

func lookSpill(v *view, s *Stage) (Place, bool) {
	disk, memory := float64(s.Sums.SpillDisk), float64(s.Sums.SpillMemory)
	if disk == 0 {
		return Place{}, false
	}
	tasks := float64(s.Duration.Count)
	peak := float64(s.Sums.PeakMemory)
	times := 2.0
	if peak > 0 {
		times = math.Ceil(1 + memory/tasks/peak)
	}
	p := Place{Seconds: s.saved(2 * disk / spillSpeed * 1000), Numbers: []Number{
		{"spilled to disk", disk, "bytes"}, {"spilled, as it was in memory", memory, "bytes"},
		{"peak execution memory of a task", peak, "bytes"}, {"tasks", tasks, "count"},
	}}
	p.Text = fmt.Sprintf("%s went to disk (%s in memory) from %.0f tasks that had at most %s of execution memory each; "+
		"the cost assumes %s/s for writing and reading it", inBytes(disk), inBytes(memory), tasks, inBytes(peak), "100 MB")
	p.Advice = fmt.Sprintf("Make the tasks smaller: about %.0f partitions instead of %.0f (spark.sql.shuffle.partitions, or "+
		"spark.sql.files.maxPartitionBytes where the stage reads files). Or give each core more memory: fewer cores an "+
		"executor, or a family with more memory per vCPU.", times*tasks, tasks)
	return p, true
}

func lookSingle(v *view, s *Stage) (Place, bool) {
	if s.Tasks != 1 || v.slots < 2 {
		return Place{}, false
	}
	d := float64(s.Duration.Max)
	lost := d * (1 - 1/float64(v.slots))
	if d < 200 {
		return Place{}, false
	}
	read := float64(s.Sums.ReadBytes())
	p := Place{Seconds: lost / 1000, Numbers: []Number{
		{"duration", d / 1000, "s"}, {"cores", float64(v.slots), "count"}, {"read", read, "bytes"},
	}}
	p.Text = fmt.Sprintf("one task of %s over %s, while %d cores were there", inSeconds(d/1000), inBytes(read), v.slots)
	p.Advice = "One task uses one core however many you rent. Look for coalesce(1) or repartition(1), a window or global " +
		"sort without partitions, a file that cannot be split (gzip, one large JSON document), or one shuffle partition; " +
		"for a small final aggregation a faster core helps, more cores do not."
	return p, true
}

func lookFew(v *view, s *Stage) (Place, bool) {
	if s.Tasks < 2 || 2*s.Tasks > v.slots {
		return Place{}, false
	}
	even := float64(s.Duration.Sum) / float64(v.slots)
	lost := min(float64(s.Duration.Max), s.wall()) - even
	if s.Duration.Quantile(0.5) < 1000 || lost < 500 {
		return Place{}, false
	}
	p := Place{Seconds: lost / 1000, Numbers: []Number{
		{"tasks", float64(s.Tasks), "count"}, {"cores", float64(v.slots), "count"},
		{"median task", s.Duration.Quantile(0.5) / 1000, "s"}, {"read", float64(s.Sums.ReadBytes()), "bytes"},
	}}
	p.Text = fmt.Sprintf("%d tasks of %s (median) on %d cores", s.Tasks, inSeconds(s.Duration.Quantile(0.5)/1000), v.slots)
	p.Advice = fmt.Sprintf("Split the work into %d to %d tasks: lower spark.sql.files.maxPartitionBytes, raise "+
		"spark.sql.shuffle.partitions, or lower spark.sql.adaptive.advisoryPartitionSizeInBytes where adaptive execution "+
		"has merged partitions. Otherwise rent fewer cores.", v.slots, 3*v.slots)
	return p, true
}

// enoughForTask is the data a task should have at least, and a block of a shuffle.
const (
	enoughForTask  = 64 << 20
	enoughForBlock = 32 << 10
)

func lookTiny(v *view, s *Stage) (Place, bool) {
	overhead := float64(s.Sums.Delay + s.Sums.Deserialize + s.Sums.Serialize + s.Sums.GettingResult)
	if s.Tasks < 4*v.slots || s.Duration.Quantile(0.5) > 300 || overhead < 0.2*float64(s.Sums.Duration) {
		return Place{}, false
	}
	n := float64(s.Duration.Count)
	better := max(v.slots, int(math.Ceil(float64(s.Sums.ReadBytes())/enoughForTask)), int(math.Ceil(float64(s.Sums.Run)/500)))
	if 2*better > s.Tasks {
		return Place{}, false
	}
	p := Place{Seconds: s.saved(overhead * (1 - float64(better)/n)), Numbers: []Number{
		{"tasks", n, "count"}, {"median task", s.Duration.Quantile(0.5) / 1000, "s"},
		{"overhead of a task", overhead / n / 1000, "s"}, {"read by a task", float64(s.Sums.ReadBytes()) / n, "bytes"},
	}}
	p.Text = fmt.Sprintf("%.0f tasks of %s (median), %s of their time for dispatch, deserialising and results",
		n, inSeconds(s.Duration.Quantile(0.5)/1000), inPercent(ratio(overhead, float64(s.Sums.Duration))))
	p.Advice = fmt.Sprintf("About %d tasks would do: lower spark.sql.shuffle.partitions or let adaptive execution merge "+
		"partitions, merge small files, raise spark.sql.files.maxPartitionBytes. A faster driver dispatches more tasks a second.", better)
	return p, true
}

func lookBlocks(v *view, s *Stage) (Place, bool) {
	blocks := float64(s.Sums.ReadBlocks)
	size := ratio(float64(s.Sums.ReadLocal+s.Sums.ReadRemote), blocks)
	if blocks < 1000 || size > enoughForBlock {
		return Place{}, false
	}
	// A block costs its request on both sides, whatever is in it: about a tenth of a millisecond.
	p := Place{Seconds: s.saved(float64(s.Sums.FetchWait) + 0.1*blocks), Numbers: []Number{
		{"blocks", blocks, "count"}, {"average block", size, "bytes"}, {"fetch wait of all tasks", seconds(s.Sums.FetchWait), "s"},
	}}
	p.Text = fmt.Sprintf("%.0f blocks of %s on average, fetched by %d tasks", blocks, inBytes(size), s.Tasks)
	p.Advice = "Blocks are the map tasks times the reduce tasks: lower either. spark.sql.shuffle.partitions near twice the " +
		"cores, or adaptive execution with spark.sql.adaptive.coalescePartitions.parallelismFirst=false; fewer, larger input splits."
	return p, true
}

func lookGC(v *view, s *Stage) (Place, bool) {
	share := ratio(float64(s.Sums.GC), float64(s.Sums.Run))
	if share < 0.1 {
		return Place{}, false
	}
	p := Place{Seconds: s.saved(float64(s.Sums.GC)), Numbers: []Number{
		{"garbage collection", seconds(s.Sums.GC), "s"}, {"share of run time", share, "share"},
		{"peak execution memory of a task", float64(s.Sums.PeakMemory), "bytes"},
	}}
	p.Text = fmt.Sprintf("%s of %s run time, over all tasks (%s)", inSeconds(seconds(s.Sums.GC)), inSeconds(seconds(s.Sums.Run)), inPercent(share))
	p.Advice = "Give each core more heap (fewer cores an executor, or more spark.executor.memory), keep less cached or keep " +
		"it serialised (MEMORY_ONLY_SER) or as a DataFrame, and prefer built-in functions over UDFs that make many objects."
	return p, true
}

func lookFetch(v *view, s *Stage) (Place, bool) {
	share := ratio(float64(s.Sums.FetchWait), float64(s.Sums.Run))
	if share < 0.2 {
		return Place{}, false
	}
	p := Place{Seconds: s.saved(float64(s.Sums.FetchWait)), Numbers: []Number{
		{"fetch wait", seconds(s.Sums.FetchWait), "s"}, {"share of run time", share, "share"},
		{"from other nodes", float64(s.Sums.ReadRemote), "bytes"}, {"from the own node", float64(s.Sums.ReadLocal), "bytes"},
	}}
	p.Text = fmt.Sprintf("tasks waited %s of their run time for %s from other nodes", inPercent(share), inBytes(float64(s.Sums.ReadRemote)))
	p.Advice = "Network or the other nodes' disks limit the shuffle: take types with more network and EBS bandwidth for " +
		"each vCPU, broadcast small tables, filter and aggregate before the join, select fewer columns."
	return p, true
}
