package fromlog

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"shoal/planner/workload"
)

// week is what two people asked of three forms: light, heavy, and one that fails.
func week() []Asked {
	var all []Asked
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range 100 {
		at := start.Add(time.Duration(i) * time.Minute)
		all = append(all, Asked{User: "ann", Form: "light", Text: "SELECT a FROM t WHERE b = ?", Start: at, End: at.Add(2 * time.Second), CPU: 0.5, Input: 10 << 20})
		if i%10 == 0 {
			all = append(all, Asked{User: "bob", Form: "heavy", Text: "SELECT a, sum(b) FROM t GROUP BY a", Start: at, End: at.Add(90 * time.Second),
				CPU: 400, Input: 1 << 30, Memory: 4 << 30, Result: 1 << 20})
			all = append(all, Asked{User: "bob", Form: "none", Text: "SELECT nothing", Start: at, End: at, Failed: true})
		}
	}
	return all
}

func TestHistory(t *testing.T) {
	r, err := History(week(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := r.Workload
	if len(w.Queries) != 2 || len(w.Queries[0].Stages) != 1 || w.Queries[0].Name != "select-a-sum-b-from-t-group-by-a" {
		t.Fatalf("%+v", w.Queries)
	}
	heavy, light := w.Queries[0].Stages[0], w.Queries[1].Stages[0]
	if heavy.Tasks != 200 || math.Abs(float64(heavy.CPU)-2) > 1e-9 || heavy.Input != 1<<30 || heavy.Collect != 1<<20 || heavy.Memory != (4<<30)/200 {
		t.Errorf("%+v", heavy)
	}
	if light.Tasks != 1 || math.Abs(float64(light.CPU)-0.5) > 1e-9 || w.Queries[1].Plan != 0.1 {
		t.Errorf("%+v", w.Queries[1])
	}
	if len(w.Users) != 2 || w.Users[0].Name != "bob" {
		t.Fatalf("%+v", w.Users)
	}
	if ann := w.Users[1]; ann.Count != 1 || math.Abs(float64(ann.Think)-58) > 1 || ann.Mix[w.Queries[1].Name] != 1 {
		t.Errorf("%+v", ann)
	}
	if !strings.Contains(strings.Join(r.Notes, "\n"), "10 of 120 questions count for nothing") {
		t.Errorf("%v", r.Notes)
	}
	r.Goals()
	if w.Queries[0].Goal < 80 || w.Queries[1].Goal < 1.9 || w.Queries[1].Goal > 2.2 {
		t.Errorf("%+v", w.Queries)
	}
}

// TestHistoryIsRead: what was made is a file that the planner takes.
func TestHistoryIsRead(t *testing.T) {
	all := week()
	for i := range 30 { // more forms than are told apart, one of them of nothing
		at := all[0].Start
		all = append(all, Asked{User: fmt.Sprint("user ", i, ": #x"), Form: fmt.Sprint(i), Text: "", Start: at, End: at.Add(time.Second), CPU: float64(i), Input: int64(i) << 50})
	}
	r, err := History(all, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r.Workload.Budget, r.Workload.Search = 10, &workload.Search{}
	var text strings.Builder
	if err := workload.Write(&text, r.Workload, r.Notes...); err != nil {
		t.Fatal(err)
	}
	w, err := workload.Read("history.yaml", strings.NewReader(text.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, &text)
	}
	if len(w.Queries) != 12 || len(w.Users) != 1 {
		t.Errorf("%d queries, %d groups", len(w.Queries), len(w.Users))
	}
	if _, err := History(nil, Options{}); err == nil {
		t.Error("a workload of nothing")
	}
}
