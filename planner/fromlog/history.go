package fromlog

// This file converts a history that knows what queries took, but not their stages: Shoal's own.

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"shoal/planner/eventlog"
	"shoal/planner/workload"
)

// Asked is a query of a history.
type Asked struct {
	User       string
	Form       string // equal for queries that differ in constants only
	Text       string // for its name
	Start, End time.Time
	CPU        float64 // seconds of one core, on Spark
	Input      int64   // bytes
	Memory     int64   // bytes at a time, of all its tasks; 0: not known
	Result     int64   // bytes
	Failed     bool
}

const (
	planning = 100 * time.Millisecond // of Spark, before the first task: what the presets have, about
	split    = 128 << 20              // bytes of input a task: spark.sql.files.maxPartitionBytes
	taskTime = 1                      // seconds of work that is no reading, for which there is another task
	shuffles = 200                    // at most so many of those: spark.sql.shuffle.partitions
	maxTasks = 100_000
)

// History converts queries. Each counts as one stage.
func History(asked []Asked, o Options) (*Result, error) {
	c := newConverter("from history", o)
	app := &eventlog.App{}
	questions := make([]*eventlog.Question, len(asked))
	for i := range asked {
		questions[i] = asked[i].question(app)
	}
	slices.SortStableFunc(questions, func(a, b *eventlog.Question) int { return cmp.Compare(a.Start, b.Start) })
	c.queries(questions)
	if len(c.asked) == 0 {
		return nil, errors.New("no query of the history has ended well on an engine")
	}
	c.users()
	c.result.Workload.Spark = workload.Spark{Scheduler: "fair", Driver: "shared"}
	c.note("a history knows no stages: a query is one, of a task for %d MiB that it reads or a second of work", split>>20)
	c.note("planning counts as %v a query, what queries read as what was expected of them", planning)
	return c.result, nil
}

// question is the query as event logs would tell of it.
func (a *Asked) question(app *eventlog.App) *eventlog.Question {
	tasks := max(math.Ceil(float64(a.Input)/split), min(math.Ceil(a.CPU/taskTime), shuffles), 1)
	n := int64(min(tasks, maxTasks))
	work := max(time.Duration(a.CPU*float64(time.Second)), time.Millisecond)
	s := &eventlog.Stage{Tasks: int(n), Sums: eventlog.Sums{
		Tasks: n, CPU: work.Nanoseconds(), Duration: work.Milliseconds(), InputBytes: a.Input, Result: a.Result, PeakMemory: a.Memory / n,
	}}
	for range n {
		s.Duration.Add(work.Milliseconds() / n)
	}
	form := fnv.New64a()
	fmt.Fprint(form, a.Form)
	return &eventlog.Question{
		App: app, Description: a.Text, Asker: eventlog.Asker{User: a.User}, Start: a.Start.UnixMilli(), End: a.End.UnixMilli(),
		Spent: eventlog.Spent{Planning: planning.Milliseconds()}, Sums: s.Sums, Stages: []*eventlog.Stage{s},
		Failed: a.Failed, Fingerprint: form.Sum64(), Plan: a.Text,
	}
}
