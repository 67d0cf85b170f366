package eventlog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestFindings looks for the trouble that each recorded application was made to have.
func TestFindings(t *testing.T) {
	for log, want := range map[string]struct{ kind, text string }{
		"skew-4.1.lzf":       {"skew", "it read"},
		"spill-4.1.snappy":   {"spill", "went to disk"},
		"manytasks-4.1.zstd": {"tiny-tasks", "200 tasks of"},
		"failures-4.1.lz4":   {"rework", "5 of 9 tasks failed"},
		"users-4.1.zstd":     {"queue", "waited"},
		"tpch-4.1.zstd":      {"driver", "before the first stage"},
		"ml-4.1.zstd":        {"waste", "core time"},
	} {
		found := Findings(readLog(t, "testdata/"+log))
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Kind == want.kind })
		if i < 0 {
			t.Errorf("%s: no %s among %d findings", log, want.kind, len(found))
			continue
		}
		if f := found[i]; !strings.Contains(f.Text, want.text) || f.Advice == "" || len(f.Numbers) == 0 || f.Share > 1 {
			t.Errorf("%s: %+v", log, f)
		}
		if !slices.IsSortedFunc(found, func(a, b Finding) int { return int(1e6*b.Share) - int(1e6*a.Share) }) {
			t.Errorf("%s: not sorted by share", log)
		}
	}
}

// madeUp is an application of one stage on an 8-core executor whose tasks are given.
func madeUp(tasks int, each func(i int, e *taskEnd)) *App {
	b := newBuilder()
	b.parse(`{"Event":"SparkListenerApplicationStart","App Name":"a","App ID":"1","Timestamp":1000,"User":"u"}`)
	b.parse(`{"Event":"SparkListenerExecutorAdded","Timestamp":1000,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":8}}`)
	b.parse(`{"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":1000,"Stage IDs":[0]}`)
	b.parse(fmt.Sprintf(`{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":0,"Number of Tasks":%d,"Submission Time":1000}}`, tasks))
	end := int64(1000)
	for i := range tasks {
		e := &taskEnd{launch: 1000, executor: "1"}
		each(i, e)
		if e.finish == 0 {
			e.finish = e.launch + e.sums.Run
		}
		end = max(end, e.finish)
		e.apply(b)
	}
	b.parse(fmt.Sprintf(`{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":0,"Number of Tasks":%d,"Submission Time":1000,"Completion Time":%d}}`, tasks, end))
	b.parse(fmt.Sprintf(`{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":%d,"Job Result":{"Result":"JobSucceeded"}}`, end))
	b.parse(fmt.Sprintf(`{"Event":"SparkListenerApplicationEnd","Timestamp":%d}`, end))
	return b.finish()
}

func (b *builder) parse(line string) {
	e, v := newParser().line([]byte(line))
	if v != read {
		panic(line)
	}
	e.apply(b)
}

// TestRules makes up what the recorded applications do not have, and what is no trouble.
func TestRules(t *testing.T) {
	cases := []struct {
		name    string
		app     *App
		kind    string
		seconds float64 // least, 0: the finding must not be there
		advice  string
	}{
		{"even tasks", madeUp(16, func(i int, e *taskEnd) { e.sums.Run = 2000 }), "skew", 0, ""},
		{"one long task, more data", madeUp(16, func(i int, e *taskEnd) {
			e.sums.Run, e.sums.ReadLocal = 1000, 1<<20
			if i == 3 {
				e.sums.Run, e.sums.ReadLocal = 20_000, 50<<20
			}
		}), "skew", 15, "skewJoin"},
		{"one long task, same data", madeUp(16, func(i int, e *taskEnd) {
			e.sums.Run, e.sums.ReadLocal = 1000, 1<<20
			if i == 3 {
				e.sums.Run = 20_000
			}
		}), "skew", 15, "speculation"},
		{"two tasks", madeUp(2, func(i int, e *taskEnd) { e.sums.Run = 8000 }), "few-tasks", 5, "8 to 24 tasks"},
		{"eight tasks", madeUp(8, func(i int, e *taskEnd) { e.sums.Run = 8000 }), "few-tasks", 0, ""},
		{"one task", madeUp(1, func(i int, e *taskEnd) { e.sums.Run = 8000 }), "single-task", 6, "coalesce(1)"},
		{"garbage", madeUp(8, func(i int, e *taskEnd) { e.sums.Run, e.sums.GC = 8000, 4000 }), "gc", 3, "heap"},
		{"slow network", madeUp(8, func(i int, e *taskEnd) {
			e.sums.Run, e.sums.FetchWait, e.sums.ReadRemote = 8000, 4000, 1<<30
		}), "shuffle-wait", 3, "bandwidth"},
		{"tiny blocks", madeUp(8, func(i int, e *taskEnd) {
			e.sums.Run, e.sums.ReadBlocks, e.sums.ReadLocal = 8000, 10_000, 1<<20
		}), "tiny-blocks", 0.9, "coalescePartitions"},
	}
	for _, c := range cases {
		found := Findings(c.app)
		i := slices.IndexFunc(found, func(f Finding) bool { return f.Kind == c.kind })
		switch {
		case (i >= 0) != (c.seconds > 0):
			t.Errorf("%s: finding %s: %v", c.name, c.kind, i >= 0)
		case i >= 0 && (found[i].Seconds < c.seconds || found[i].Seconds > 20 || !strings.Contains(found[i].Advice, c.advice)):
			t.Errorf("%s: %+v", c.name, found[i])
		}
	}
}

// TestLostExecutor tells executors that broke from those that were told to go.
func TestLostExecutor(t *testing.T) {
	app := func(reason string) *App {
		b := newBuilder()
		b.parse(`{"Event":"SparkListenerExecutorAdded","Timestamp":1000,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":4}}`)
		b.parse(fmt.Sprintf(`{"Event":"SparkListenerExecutorRemoved","Timestamp":9000,"Executor ID":"1","Removed Reason":%q}`, reason))
		return b.finish()
	}
	found := Findings(app("Container killed by YARN for exceeding physical memory limits"))
	if i := slices.IndexFunc(found, func(f Finding) bool { return f.Kind == "rework" }); i < 0 || !strings.Contains(found[i].Advice, "memoryOverhead") {
		t.Errorf("%+v", found)
	}
	for _, f := range Findings(app("Executor killed by driver.")) {
		if f.Kind == "rework" {
			t.Errorf("%+v", f)
		}
	}
	use := app("x").Use
	if use.CoreTime != 4*8000 || use.PeakCores != 4 {
		t.Errorf("%+v", use)
	}
}

// TestReserve: what only keeps slots is nobody's question.
func TestReserve(t *testing.T) {
	b := newBuilder()
	for i, pool := range []string{"reserve", "short", "default"} {
		for _, line := range []string{
			`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":%d,"time":1000,"sparkPlanInfo":{"nodeName":"Range"}}`,
			`{"Event":"SparkListenerJobStart","Job ID":%d,"Submission Time":1500,"Stage IDs":[],"Properties":{"spark.sql.execution.id":"%[1]d","spark.scheduler.pool":"` + pool + `"}}`,
			`{"Event":"SparkListenerJobEnd","Job ID":%d,"Completion Time":2800,"Job Result":{"Result":"JobSucceeded"}}`,
			`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":%d,"time":3000}`,
		} {
			b.parse(fmt.Sprintf(line, i))
		}
	}
	b.parse(`{"Event":"SparkListenerJobStart","Job ID":9,"Submission Time":1500,"Stage IDs":[],"Properties":{"spark.scheduler.pool":"reserve"}}`)
	b.parse(`{"Event":"SparkListenerJobEnd","Job ID":9,"Completion Time":2800,"Job Result":{"Result":"JobSucceeded"}}`)
	var pools []string
	for _, q := range b.finish().Questions() {
		pools = append(pools, q.Asker.Pool)
	}
	if want := []string{"short", "default"}; !slices.Equal(pools, want) {
		t.Errorf("questions in %v, want %v", pools, want)
	}
}

// TestSpent divides a question's time.
func TestSpent(t *testing.T) {
	b := newBuilder()
	for _, line := range []string{
		`{"Event":"SparkListenerExecutorAdded","Timestamp":0,"Executor ID":"1","Executor Info":{"Host":"h","Total Cores":2}}`,
		`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart","executionId":7,"time":1000,"sparkPlanInfo":{"nodeName":"Sort","children":[{"nodeName":"WholeStageCodegen (2)","children":[{"nodeName":"Range"}]}]}}`,
		`{"Event":"SparkListenerJobStart","Job ID":0,"Submission Time":1500,"Stage IDs":[0,1],"Properties":{"spark.sql.execution.id":"7","spark.job.tags":"SparkConnect_OperationTag_User_ann_Session_s1_Operation_o1"}}`,
		`{"Event":"SparkListenerStageSubmitted","Stage Info":{"Stage ID":0,"Submission Time":1600}}`,
		`{"Event":"SparkListenerTaskStart","Stage ID":0,"Task Info":{"Launch Time":1700}}`,
		`{"Event":"SparkListenerTaskEnd","Stage ID":0,"Task Info":{"Launch Time":1700,"Finish Time":2700,"Executor ID":"1"}}`,
		`{"Event":"SparkListenerStageCompleted","Stage Info":{"Stage ID":0,"Submission Time":1600,"Completion Time":2700}}`,
		`{"Event":"SparkListenerJobEnd","Job ID":0,"Completion Time":2800,"Job Result":{"Result":"JobSucceeded"}}`,
		`{"Event":"org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionEnd","executionId":7,"time":3000}`,
		`{"Event":"SparkListenerApplicationEnd","Timestamp":5000}`,
	} {
		b.parse(line)
	}
	app := b.finish()
	x := app.Executions[0]
	if want := (Spent{Planning: 600, Waiting: 100, Running: 1000, Driver: 300}); x.Spent != want || app.Use.Spent != want {
		t.Errorf("%+v and %+v, want %+v", x.Spent, app.Use.Spent, want)
	}
	if x.Plan != "Sort(Range)" || x.Asker.User != "ann" || x.Asker.Session != "s1" || app.Jobs[0].Skipped != 1 {
		t.Errorf("%+v %+v", x, app.Jobs[0])
	}
	if app.Use.CoreBusy != 1000 || app.Use.CoreAwake != 4000 {
		t.Errorf("%+v", app.Use)
	}
	if _, err := json.Marshal(app); err != nil {
		t.Error(err)
	}
}

// TestKinds sorts recorded work into classes and iterations.
func TestKinds(t *testing.T) {
	classes := Classes(readLog(t, "testdata/tpch-4.1.zstd").Questions())
	names := map[string]int{}
	for _, c := range classes {
		names[c.Name()] = len(c.Questions)
	}
	if len(classes) != 4 || names["TPC-H q1"] != 2 || names["TPC-H q3"] != 2 || names["TPC-H q6"] != 2 {
		t.Errorf("%v", names)
	}
	for _, log := range []string{"ml-4.1.zstd", "ml-3.5.zstd"} {
		found, rest := Iterations(readLog(t, "testdata/"+log).Questions())
		if len(found) != 1 || found[0].Count() < 12 || found[0].Period != 1 || found[0].Cached == 0 || len(rest) == 0 {
			t.Errorf("%s: %+v", log, found)
		}
	}
}
