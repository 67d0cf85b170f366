package rank

import (
	"testing"
)

// A minute of the best and of the last shape: whole tasks, no two at once on a slot.
func TestTraces(t *testing.T) {
	w := parse(t, `
budget: 6
duration: 3m
runs: 1
users: [{name: u, count: 6, think: 5s, mix: {q: 1}}]
queries: [{name: q, goal_p95: 3s, plan: 100ms, stages: [{name: s, input: 2GB, cpu: 500ms}]}]
shapes:
  - {name: C, workers: m5.xlarge, master: m5.xlarge}
  - {name: A, workers: r5.2xlarge, master: m5.xlarge}
  - {name: B, workers: r5d.xlarge, master: m5.xlarge}
`)
	r, err := Plan(t.Context(), open(t), w)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Sensitivity {
		if s.FirstAt[0] <= 0 || s.SecondAt[1] <= 0 {
			t.Errorf("%+v", s)
		}
	}
	for _, q := range r.Curve {
		if q.P95["q"] <= 0 {
			t.Errorf("%+v", q)
		}
	}
	traces, err := Traces(t.Context(), open(t), w, r)
	if err != nil {
		t.Fatal(err)
	}
	if len(traces) != 2 || traces[0].Name != r.Ranking[0].Name || traces[1].Name != r.Ranking[2].Name {
		t.Fatalf("%+v", traces)
	}
	for _, tr := range traces {
		if len(tr.Spans) < 20 || tr.Nodes*tr.Slots > traceSlots || tr.To-tr.From != traceFor {
			t.Errorf("%s: %d spans on %d nodes of %d slots", tr.Name, len(tr.Spans), tr.Nodes, tr.Slots)
		}
		busy := map[[2]int]float64{}
		for _, s := range tr.Spans { // in order of their ends
			at := [2]int{s.Node, s.Slot}
			if s.Start < busy[at] || s.Finish <= s.Start || s.Slot >= tr.Slots || s.Node >= tr.Nodes {
				t.Errorf("%s: %+v begins before %.2f", tr.Name, s, busy[at])
			}
			busy[at] = s.Finish
		}
	}
}
