package main

// This file holds predictions against what was measured.

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"shoal/planner/sim"
)

// A Figure is one number, measured and predicted.
type Figure struct {
	App, Scenario, Kind string
	What                string // p50, p95 (of a query), wall
	Query               string // empty for wall
	Measured            float64
	Predicted           float64
	Fresh               bool
	Spread              float64 // of the repeats of the same run: the farthest from their median, relative to it
}

// Error is how far the prediction is off, relative to the measurement.
func (f *Figure) Error() float64 { return f.Predicted/f.Measured - 1 }

// A Comparison is all figures that were predicted.
type Comparison struct {
	Calibration *Calibration
	Figures     []Figure
	Fits        []Figure // of what was calibrated on: the median answer
}

// compare calibrates, and predicts every measured scenario that nothing was calibrated on.
func compare(ctx context.Context, spec *Spec, m *Measured) (*Comparison, error) {
	cal, err := calibrate(ctx, spec, m)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Calibration: cal}
	for i := range spec.Apps {
		app := &spec.Apps[i]
		for j := range app.Scenarios {
			s := &app.Scenarios[j]
			runs := m.Runs[s.Name]
			if len(runs) == 0 {
				continue
			}
			if s.Calibration {
				fit, err := cal.median(ctx, s.Name)
				if err != nil {
					return nil, err
				}
				c.Fits = append(c.Fits, fit)
				continue
			}
			p, err := cal.predict(ctx, app, s)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", s.Name, err)
			}
			c.add(app, s, runs, p)
		}
	}
	return c, nil
}

func (c *Comparison) add(app *App, s *Scenario, runs []Run, p *Run) {
	figure := func(what, query string, of func(*Run) float64) {
		var values []float64
		for i := range runs {
			values = append(values, of(&runs[i]))
		}
		f := Figure{App: app.Name, Scenario: s.Name, Kind: app.Kind, Fresh: app.Fresh, What: what, Query: query, Measured: middle(values), Predicted: of(p)}
		for _, v := range values {
			f.Spread = max(f.Spread, math.Abs(v/f.Measured-1))
		}
		c.Figures = append(c.Figures, f)
	}
	for _, q := range runs[0].queries() {
		figure("p50", q, func(r *Run) float64 { return sim.Quantile(r.Answers[q], 0.5) })
		figure("p95", q, func(r *Run) float64 { return sim.Quantile(r.Answers[q], 0.95) })
	}
	figure("wall", "", func(r *Run) float64 { return r.Wall })
}

// A Verdict sums up the figures of a kind against the aims.
type Verdict struct {
	Figures int
	Median  float64 // of |error|
	P90     float64
	Spread  float64 // median
	Pairs   int     // that differ by more than 10 %
	Right   float64 // share of them in the right order
}

// The aims.
const (
	aimMedian = 0.10
	aimSpread = 1.5 // times the spread, where that is more
	aimP90    = 0.25
	aimOrder  = 0.90
	apart     = 1.10 // measured figures that differ by that factor are a pair
)

// Allowed is what the median error may be.
func (v *Verdict) Allowed() float64 { return max(aimMedian, aimSpread*v.Spread) }

// verdict is that of a kind, of scenarios that are fresh or of the others.
func (c *Comparison) verdict(kind string, fresh bool) Verdict {
	var v Verdict
	var off, spread []float64
	byWhat := map[string][]Figure{}
	for _, f := range c.Figures {
		if f.Kind == kind && f.Fresh == fresh {
			off = append(off, math.Abs(f.Error()))
			spread = append(spread, f.Spread)
			byWhat[f.Kind+f.What] = append(byWhat[f.Kind+f.What], f)
		}
	}
	slices.Sort(off)
	v.Figures, v.Median, v.P90, v.Spread = len(off), sim.Quantile(off, 0.5), sim.Quantile(off, 0.9), middle(spread)
	right := 0
	for _, list := range byWhat {
		for i, a := range list {
			for _, b := range list[:i] {
				if max(a.Measured, b.Measured) < apart*min(a.Measured, b.Measured) {
					continue
				}
				v.Pairs++
				if (a.Measured < b.Measured) == (a.Predicted < b.Predicted) {
					right++
				}
			}
		}
	}
	v.Right = float64(right) / float64(max(v.Pairs, 1))
	return v
}

// worst are the figures that are farthest off, the farthest first.
func (c *Comparison) worst(n int) []Figure {
	sorted := slices.SortedStableFunc(slices.Values(c.Figures), func(a, b Figure) int {
		return cmp.Compare(math.Abs(b.Error()), math.Abs(a.Error()))
	})
	return sorted[:min(n, len(sorted))]
}
