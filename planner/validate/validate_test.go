package main

import (
	"testing"

	"shoal/planner/sim"
)

// missed is how much an aim may be missed by, as one recording differs from the next: the report says where
// it is. A change of the simulator
// that makes predictions worse fails.
const missed = 1.2

// recording is the scenarios, and what was measured of them.
func recording(t *testing.T) (*Spec, *Measured) {
	t.Helper()
	spec, err := readSpec()
	if err != nil {
		t.Fatal(err)
	}
	measured, err := readMeasured("measured.json")
	if err != nil {
		t.Fatal(err)
	}
	return spec, measured
}

// TestPredictions predicts what was measured on real Spark again: the aims of accuracy hold.
func TestPredictions(t *testing.T) {
	spec, measured := recording(t)
	c, err := compare(t.Context(), spec, measured)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"scheduling", "cpu"} {
		v := c.verdict(kind, false)
		t.Logf("%s: %+v; fresh: %+v", kind, v, c.verdict(kind, true))
		if v.Median > v.Allowed() || v.P90 > aimP90*missed || v.Right < aimOrder {
			t.Errorf("%s: the median error is %.1f %%, P90 %.1f %%, %.1f %% of %d pairs are in order", kind, 100*v.Median, 100*v.P90, 100*v.Right, v.Pairs)
		}
	}
	for _, f := range c.worst(25) {
		t.Logf("%-40s %-8s %-5s measured %.3f predicted %.3f (%+.0f %%; spread %.0f %%)", f.Scenario, f.Query, f.What, f.Measured, f.Predicted, 100*f.Error(), 100*f.Spread)
	}
}

// The simulator's usual costs are those that were calibrated here: of tasks that compute, as each has a
// core then; launching 64 that sleep crowds two cores.
func TestUsual(t *testing.T) {
	spec, measured := recording(t)
	c, err := calibrate(t.Context(), spec, measured)
	if err != nil {
		t.Fatal(err)
	}
	u := sim.Usual()
	for _, f := range []struct {
		what            string
		usual, measured float64
	}{
		{"dispatch", u.Dispatch, c.working.Dispatch},
		{"launch of a task", u.Launch + u.Unpack, c.working.Launch + c.working.Unpack},
		{"cold executor", u.Cold, c.working.Cold},
		{"submit", u.Submit, measured.Submit},
	} {
		t.Logf("%s: %.4f s, measured %.4f s", f.what, f.usual, f.measured)
		if f.usual > 2*f.measured || f.measured > 2*f.usual { // runs differ
			t.Errorf("%s is %.4f s, but %.4f s was measured", f.what, f.usual, f.measured)
		}
	}
}

// What predictions are tested on was not calibrated on, and every measured scenario is in the spec.
func TestSpec(t *testing.T) {
	spec, measured := recording(t)
	seen := map[string]bool{}
	for _, a := range spec.Apps {
		for _, s := range a.Scenarios {
			if seen[s.Name] {
				t.Errorf("two scenarios %s", s.Name)
			}
			seen[s.Name] = true
			if len(measured.Runs[s.Name]) == 0 && !a.Fresh {
				t.Errorf("%s was not measured", s.Name)
			}
		}
	}
	for name := range measured.Runs {
		if !seen[name] {
			t.Errorf("%s was measured but is no scenario", name)
		}
	}
}
