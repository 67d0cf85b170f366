package session

import (
	"testing"

	"shoal/engine"
	"shoal/plan"
)

// ask charges a query that was expected to take some CPU seconds and took others; it tells what such a query is expected to take,
// and what it is charged with.
func ask(n *notebook, constant int64, expected, took float64) (engine.Estimate, float64) {
	n.room.Router.Engines = []engine.Engine{&laned{seconds: expected}}
	work := &plan.Range{End: int64(expected * 1e9), Step: 1}
	acc := n.account(Query{ID: "q", Statement: upTo(constant), fingerprint: 7})
	chosen, err := n.room.Router.Pick(engine.Query{Plan: work, Fingerprint: acc.q.fingerprint})
	if err != nil {
		n.t.Fatal(err)
	}
	acc.costKey = chosen.Key
	acc.runs(chosen.Engine.Name(), "", chosen.Estimate)
	return chosen.Estimate, acc.charged(engine.Took{Latency: took, CPUSeconds: took})
}

func TestExperienceCorrectsEstimates(t *testing.T) {
	n := newNotebook(t)
	expected := func(constant int64, guess, took float64) float64 {
		e, _ := ask(n, constant, guess, took)
		return e.CPUSeconds
	}
	for range 3 {
		expected(3, 1, 0.125)
	}
	if got := expected(3, 1, 0.125); got != 0.125 {
		t.Errorf("a query that takes 0.125 s, and not 1 s, is expected to take %g s", got)
	}
	if got := expected(4, 1, 0.125); got != 0.125 {
		t.Errorf("one with another constant: %g s", got)
	}
	if got := expected(3, 1000, 0.125); got != 1000 {
		t.Errorf("one that does far more: %g s", got)
	}
	for range 3 {
		ask(n, 3, 0.05, 0.4)
	}
	if e, _ := ask(n, 3, 0.05, 0.4); laneOf(e) != "short" {
		t.Errorf("a short one on a busy machine: %+v", e)
	}
	for range 32 {
		ask(n, 3, 0.05, 5)
	}
	if e, _ := ask(n, 3, 0.05, 5); laneOf(e) != "heavy" {
		t.Errorf("one that takes 5 s: %+v", e)
	}
}

// Chance does not order those who ask the same: all are charged alike.
func TestChargesAreEqual(t *testing.T) {
	n := newNotebook(t)
	charges := map[float64]bool{}
	for i := range 200 {
		_, charge := ask(n, 3, 0.02, 0.02+0.03*float64(i*7919%100)/100) // by chance
		if i >= 32 {
			charges[charge] = true
		}
	}
	if len(charges) > 2 {
		t.Errorf("%d different charges: %v", len(charges), charges)
	}
	for c := range charges {
		if c < 0.02 || c > 0.05 {
			t.Errorf("charged %g s for what takes 0.02 to 0.05", c)
		}
	}
	acc := n.account(Query{}) // part of another one
	if got := acc.charged(engine.Took{Latency: 0.2, CPUSeconds: 0.3}); got != 0.3 {
		t.Errorf("what has no shape is charged %g s for 0.3", got)
	}
	if got := acc.charged(engine.Took{Latency: 0.2}); got != 0.2 {
		t.Errorf("what was not measured is charged %g s for 0.2 at work", got)
	}
}
