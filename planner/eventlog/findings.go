// This file holds what findings are and how they are collected and ranked.

package eventlog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// A Finding is one kind of trouble in an application, with numbers and what to do about it.
type Finding struct {
	Kind        string   `json:"kind"`
	Text        string   `json:"text"`
	Advice      string   `json:"advice"`
	Seconds     float64  `json:"seconds"`      // of waiting for answers that it cost, estimated
	CoreSeconds float64  `json:"core_seconds"` // of paid capacity that it cost, estimated
	Share       float64  `json:"share"`        // the larger of both, of all there was
	Count       int      `json:"count"`        // places found; 0 for findings about the whole application
	Numbers     []Number `json:"numbers"`
	Places      []Place  `json:"places,omitempty"` // the worst few
}

// A Number is a measured value.
type Number struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"` // s, bytes, share, count
}

// A Place is a stage where a finding was made.
type Place struct {
	Stage     int      `json:"stage"`
	Attempt   int      `json:"attempt"`
	Execution int64    `json:"execution"` // -1: none
	Name      string   `json:"name"`
	Seconds   float64  `json:"seconds"`
	Text      string   `json:"text"`
	Advice    string   `json:"-"`
	Numbers   []Number `json:"numbers"`
}

const (
	maxPlaces = 5
	// What costs less than both of these is no finding: least seconds, and share of the waiting time.
	leastSeconds = 0.2
	leastShare   = 0.01
)

// Findings looks for trouble, the costliest first. Costs overlap: a skewed stage may also spill.
func Findings(a *App) []Finding {
	v := newView(a)
	var found []Finding
	for _, r := range stageRules {
		if f, ok := v.overStages(r); ok {
			found = append(found, f)
		}
	}
	for _, rule := range appRules {
		if f, ok := rule(v); ok {
			f.Share = v.share(f)
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return cmp.Compare(b.Share, a.Share) })
	return found
}

// A view is an application with what rules need to know about it.
type view struct {
	*App
	slots int     // tasks that could run at a time
	awake float64 // seconds in which somebody waited
	cores float64 // core-seconds held
}

func newView(a *App) *view {
	v := &view{App: a, slots: max(a.Use.PeakCores, 1)}
	if n, err := strconv.Atoi(a.Env.Confs["spark.task.cpus"]); err == nil && n > 1 {
		v.slots = max(v.slots/n, 1)
	}
	v.awake = seconds(a.Use.Spent.Wall())
	v.cores = seconds(a.Use.CoreTime)
	return v
}

func (v *view) share(f Finding) float64 {
	share := 0.0
	if v.awake > 0 {
		share = f.Seconds / v.awake
	}
	if v.cores > 0 {
		share = max(share, f.CoreSeconds/v.cores)
	}
	return min(share, 1)
}

// A stageRule looks at each stage on its own.
type stageRule struct {
	kind  string
	title string // "%d stages ..."
	look  func(*view, *Stage) (Place, bool)
}

// overStages gathers the places where a rule applies into one finding about the worst.
func (v *view) overStages(r stageRule) (Finding, bool) {
	f := Finding{Kind: r.kind}
	for _, s := range v.Stages {
		if s.Duration.Count == 0 {
			continue
		}
		p, ok := r.look(v, s)
		if !ok {
			continue
		}
		p.Stage, p.Attempt, p.Execution, p.Name = s.ID, s.Attempt, s.Execution, s.Name
		f.Count++
		f.Seconds += p.Seconds
		f.Places = append(f.Places, p)
		if len(f.Places) > 4*maxPlaces {
			f.Places = worst(f.Places)
		}
	}
	if f.Count == 0 || f.Seconds < leastSeconds || f.Seconds < leastShare*v.awake {
		return Finding{}, false
	}
	f.Places = worst(f.Places)
	top := f.Places[0]
	stages := "One stage"
	if f.Count > 1 {
		stages = fmt.Sprintf("%d stages", f.Count)
	}
	f.Text = fmt.Sprintf("%s %s, which cost about %s of waiting in all. The worst, stage %d (%s): %s.",
		stages, r.title, inSeconds(f.Seconds), top.Stage, top.Name, top.Text)
	f.Advice, f.Numbers = top.Advice, top.Numbers
	f.Share = v.share(f)
	return f, true
}

func worst(places []Place) []Place {
	slices.SortStableFunc(places, func(a, b Place) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return places[:min(len(places), maxPlaces)]
}

func seconds(ms int64) float64 { return float64(ms) / 1000 }

// wall is how long a stage took, in milliseconds; of one that did not complete, what its tasks took.
func (s *Stage) wall() float64 {
	if s.Completed > s.Launched && s.Launched > 0 {
		return float64(s.Completed - s.Launched)
	}
	return float64(s.Duration.Max)
}

// parallel is how many tasks of the stage ran at a time, on average; at least 1.
func (s *Stage) parallel() float64 {
	if w := s.wall(); w > 0 {
		return max(float64(s.Duration.Sum)/w, 1)
	}
	return 1
}

// saved is what a stage's waiting would shrink by if its tasks together took ms less, in seconds.
func (s *Stage) saved(ms float64) float64 { return ms / s.parallel() / 1000 }

func inSeconds(s float64) string {
	switch {
	case s >= 7200:
		return fmt.Sprintf("%.1f h", s/3600)
	case s >= 120:
		return fmt.Sprintf("%.1f min", s/60)
	case s >= 10:
		return fmt.Sprintf("%.0f s", s)
	case s >= 1:
		return fmt.Sprintf("%.1f s", s)
	}
	return fmt.Sprintf("%.0f ms", s*1000)
}

func inBytes(b float64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for b >= 1024 && i < len(units)-1 {
		b /= 1024
		i++
	}
	if b >= 100 || i == 0 {
		return fmt.Sprintf("%.0f %s", b, units[i])
	}
	return fmt.Sprintf("%.1f %s", b, units[i])
}

func inPercent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// ratio is a/b, 0 for b = 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
