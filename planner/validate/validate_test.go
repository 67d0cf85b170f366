package main

import (
	"testing"
)

// missed is how much an aim may be missed by: the report says where it is. A change of the simulator
// that makes predictions worse fails.
const missed = 1.03

// TestPredictions predicts what was measured on real Spark again: the aims of accuracy hold.
func TestPredictions(t *testing.T) {
	spec, err := readSpec()
	if err != nil {
		t.Fatal(err)
	}
	measured, err := readMeasured("measured.json")
	if err != nil {
		t.Fatal(err)
	}
	c, err := compare(t.Context(), spec, measured)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"scheduling", "cpu"} {
		v := c.verdict(kind)
		t.Logf("%s: %+v", kind, v)
		if v.Median > v.Allowed() || v.P90 > aimP90*missed || v.Right < aimOrder {
			t.Errorf("%s: the median error is %.1f %%, P90 %.1f %%, %.1f %% of %d pairs are in order", kind, 100*v.Median, 100*v.P90, 100*v.Right, v.Pairs)
		}
	}
	for _, f := range c.worst(25) {
		t.Logf("%-40s %-8s %-5s measured %.3f predicted %.3f (%+.0f %%; spread %.0f %%)", f.Scenario, f.Query, f.What, f.Measured, f.Predicted, 100*f.Error(), 100*f.Spread)
	}
}

// What predictions are tested on was not calibrated on, and every measured scenario is in the spec.
func TestSpec(t *testing.T) {
	spec, err := readSpec()
	if err != nil {
		t.Fatal(err)
	}
	measured, err := readMeasured("measured.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, a := range spec.Apps {
		for _, s := range a.Scenarios {
			if seen[s.Name] {
				t.Errorf("two scenarios %s", s.Name)
			}
			seen[s.Name] = true
			if len(measured.Runs[s.Name]) == 0 {
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
