package session

import (
	"testing"

	"shoal/engine"
)

// ask charges a query that was expected to take some CPU seconds and took others; it tells what such a query is expected to take.
func ask(s *Session, constant int64, expected, took float64) float64 {
	acc := s.account(Query{ID: "q", Statement: upTo(constant), fingerprint: 7})
	got := s.room.costs.corrected(acc, engine.Estimate{CPUSeconds: expected, Latency: expected})
	acc.charged(took, true)
	return got.CPUSeconds
}

func TestExperienceCorrectsEstimates(t *testing.T) {
	n := newNotebook(t).Session
	for range 3 {
		ask(n, 3, 1, 0.125)
	}
	if got := ask(n, 3, 1, 0.125); got != 0.125 {
		t.Errorf("a query that takes 0.125 s, and not 1 s, is expected to take %g s", got)
	}
	if got := ask(n, 4, 1, 0.125); got != 0.125 {
		t.Errorf("one with another constant: %g s", got)
	}
	if got := ask(n, 3, 1000, 0.125); got != 1000 {
		t.Errorf("one that does far more: %g s", got)
	}
	for range 3 {
		ask(n, 3, 0.05, 0.4)
	}
	if got := ask(n, 3, 0.05, 0.4); got != 0.05 {
		t.Errorf("a short one on a busy machine: %g s", got)
	}
	for range 2 * maxRecent {
		ask(n, 3, 0.05, 5)
	}
	if got := ask(n, 3, 0.05, 5); laneOf(engine.Estimate{CPUSeconds: got}) != "heavy" {
		t.Errorf("one that takes 5 s is expected to take %g s", got)
	}
}

// Chance does not order those who ask the same: all are charged alike.
func TestChargesAreEqual(t *testing.T) {
	n := newNotebook(t).Session
	charges := map[float64]bool{}
	for i := range 200 {
		acc := n.account(Query{ID: "q", Statement: upTo(3), fingerprint: 7})
		n.room.costs.corrected(acc, engine.Estimate{CPUSeconds: 0.02})
		took := 0.02 + 0.03*float64(i*7919%100)/100 // by chance
		if got := acc.charged(took, true); i >= 2*maxRecent {
			charges[got] = true
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
	if n.room.costs.corrected(acc, engine.Estimate{CPUSeconds: 1}); acc.charged(0.3, true) != 0.3 {
		t.Error("what has no shape is not charged with what it took")
	}
}
