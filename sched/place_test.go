package sched

import (
	"testing"
	"time"
)

// TestOutlook: who comes finds those that run, and waits if there is no slot, or others wait.
func TestOutlook(t *testing.T) {
	at := Pool{"duckdb", Heavy}
	s := New(Limits{Slots: map[Pool]int{at: 2}})
	want := func(what string, running int, wait time.Duration) {
		t.Helper()
		if got := s.Outlook(at, time.Second); got != (Outlook{running, wait}) {
			t.Errorf("%s: %+v", what, got)
		}
	}
	arrive := func(id string, seconds float64) {
		t.Helper()
		if _, err := s.Arrive(0, Job{ID: id, User: id, Pool: at, CPUSeconds: seconds}); err != nil {
			t.Fatal(err)
		}
		s.Next(0)
	}
	want("an idle pool", 0, 0)
	arrive("a", 5)
	want("a free slot", 1, 0)
	arrive("b", 3)
	want("no slot", 2, 3*time.Second) // 4 and 2 seconds are left, for two slots
	arrive("c", 10)
	want("others wait", 2, 8*time.Second)
	s.Pause("a")
	if got := s.Outlook(at, time.Second); got.Running > 2 {
		t.Errorf("%+v", got)
	}
	if got := s.Outlook(Pool{"spark", Short}, 0); got != (Outlook{}) {
		t.Errorf("a pool that is none: %+v", got)
	}
}
