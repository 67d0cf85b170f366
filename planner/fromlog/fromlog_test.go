package fromlog

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"shoal/planner/eventlog"
	"shoal/planner/workload"
)

func convert(t *testing.T, logs ...string) *Result {
	t.Helper()
	var apps []*eventlog.App
	for _, log := range logs {
		found, err := eventlog.Read(t.Context(), "../eventlog/testdata/"+log, eventlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		apps = append(apps, found...)
	}
	r, err := Workload(apps, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestQueries converts one person's TPC-H queries: their forms, stages and order.
func TestQueries(t *testing.T) {
	r := convert(t, "tpch-4.1.zstd")
	w := r.Workload
	if len(w.Queries) != 4 || w.Queries[0].Name != "tpc-h-q1" || w.Queries[1].Name != "tpc-h-q3" {
		t.Fatalf("%+v", w.Queries)
	}
	q3 := w.Queries[1]
	join := q3.Stages[2] // reads lineitem and joins what the two stages before have broadcast
	if len(q3.Stages) != 4 || len(join.After) != 2 || join.Broadcast == 0 || join.Input == 0 || join.ShuffleWrite == 0 {
		t.Errorf("%+v", q3.Stages)
	}
	if last := q3.Stages[3]; last.ShuffleRead != join.ShuffleWrite || len(last.After) != 1 {
		t.Errorf("%+v", last)
	}
	if w.Spark.Scheduler != "fair" || len(w.Users) != 1 || w.Users[0].Count != 1 {
		t.Errorf("%+v %+v", w.Spark, w.Users)
	}
	if u := w.Users[0]; u.Think < 0.4 || u.Think > 2 || math.Abs(sum(u.Mix)-1) > 1e-9 {
		t.Errorf("%+v", u)
	}
	if len(r.Observed) != 4 || r.Observed[0].Count != 2 || r.Observed[0].P50 <= 0 {
		t.Errorf("%+v", r.Observed)
	}
}

func sum(m map[string]float64) (s float64) {
	for _, v := range m {
		s += v
	}
	return s
}

// TestUsers finds four people in one session that asked at the same time.
func TestUsers(t *testing.T) {
	w := convert(t, "users-4.1.zstd").Workload
	if len(w.Users) != 1 || w.Users[0].Count != 4 {
		t.Errorf("%+v", w.Users)
	}
}

// TestTraining finds the iterations of a logistic regression, for both versions of Spark.
func TestTraining(t *testing.T) {
	for _, log := range []string{"ml-4.1.zstd", "ml-3.5.zstd"} {
		w := convert(t, log).Workload
		if len(w.Jobs) != 1 {
			t.Fatalf("%s: %+v", log, w.Jobs)
		}
		j := w.Jobs[0]
		if j.Iterations < 11 || j.Partitions != 4 || j.Cached < 1e6 || j.CPU <= 0 || j.LoadCPU <= j.CPU || j.Aggregate == 0 {
			t.Errorf("%s: %+v", log, j)
		}
	}
}

// TestComplete has the planner take what came out, for each log.
func TestComplete(t *testing.T) {
	for _, log := range []string{"tiny-4.1", "tiny-3.5", "sql-4.1", "sql-3.5.lz4", "tpch-4.1.zstd", "ml-4.1.zstd", "ml-3.5.zstd",
		"spill-4.1.snappy", "skew-4.1.lzf", "failures-4.1.lz4", "manytasks-4.1.zstd", "users-4.1.zstd"} {
		w := convert(t, log).Workload
		w.Budget = 10
		w.Shapes = []workload.Shape{{Name: "a", Master: "m5.xlarge", Workers: workload.Workers{{Type: "m5.xlarge"}}}}
		if err := w.Complete(); err != nil {
			t.Errorf("%s: %v", log, err)
		}
	}
}

// TestJoined keeps the work of a query with very many stages.
func TestJoined(t *testing.T) {
	var stages []workload.Stage
	for i := range 120 {
		stages = append(stages, workload.Stage{Name: fmt.Sprint("s", i), Tasks: 2, CPU: 3, Input: 5})
	}
	chain := joined(stages)
	tasks, input := 0, workload.Bytes(0)
	for i, s := range chain {
		tasks += s.Tasks
		input += s.Input
		if s.CPU != 3 || i > 0 && (len(s.After) != 1 || s.After[0] != chain[i-1].Name) {
			t.Errorf("%+v", s)
		}
	}
	if len(chain) > maxStages || tasks != 240 || input != 600 {
		t.Errorf("%d stages, %d tasks, %v bytes", len(chain), tasks, input)
	}
}

// TestNothing says what is missing.
func TestNothing(t *testing.T) {
	if _, err := Workload(nil, Options{}); err == nil || !strings.Contains(err.Error(), "no finished query") {
		t.Error(err)
	}
}

// TestSpeed scales CPU times with the speed of the recorded cores.
func TestSpeed(t *testing.T) {
	apps, err := eventlog.Read(t.Context(), "../eventlog/testdata/sql-4.1", eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	one, err1 := Workload(apps, Options{})
	two, err2 := Workload(apps, Options{Speed: 2})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	a, b := one.Workload.Queries[0].Stages[0].CPU, two.Workload.Queries[0].Stages[0].CPU
	if a <= 0 || math.Abs(float64(b/a)-2) > 1e-9 {
		t.Errorf("%v and %v", a, b)
	}
}

// TestOther folds rare forms into one class.
func TestOther(t *testing.T) {
	apps, err := eventlog.Read(t.Context(), "../eventlog/testdata/tpch-4.1.zstd", eventlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Workload(apps, Options{MaxClasses: 2})
	if err != nil {
		t.Fatal(err)
	}
	if q := r.Workload.Queries; len(q) != 2 || q[1].Name != "other" || r.Observed[1].Count != 7 {
		t.Errorf("%+v %+v", q, r.Observed)
	}
}
