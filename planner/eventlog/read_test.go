package eventlog

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// expected is what tools/sum_log.py found in a log.
type expected struct {
	Start, End       int64
	Jobs, Executions int
	Lines            int64
	Total            map[string]int64
	Stages           map[string]map[string]int64
	Durations        map[string]map[string]int64
}

func readSums(t *testing.T, path string) map[string]expected {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var sums map[string]expected
	if err := json.Unmarshal(text, &sums); err != nil {
		t.Fatal(err)
	}
	return sums
}

// TestSums compares all logs with the sums that tools/sum_log.py got from them. SHOAL_EVENTLOGS may
// name a folder with more logs and a sums.json.
func TestSums(t *testing.T) {
	for _, dir := range []string{"testdata", os.Getenv("SHOAL_EVENTLOGS")} {
		if dir == "" {
			continue
		}
		for name, want := range readSums(t, filepath.Join(dir, "sums.json")) {
			t.Run(name, func(t *testing.T) {
				app := readLog(t, filepath.Join(dir, name))
				compare(t, app, want)
			})
		}
	}
}

func readLog(t *testing.T, path string) *App {
	t.Helper()
	apps, err := Read(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return apps[0]
}

func compare(t *testing.T, app *App, want expected) {
	t.Helper()
	same(t, "total", &app.Total, want.Total)
	for _, s := range app.Stages {
		key := fmt.Sprintf("%d.%d", s.ID, s.Attempt)
		same(t, "stage "+key, &s.Sums, want.Stages[key])
		for q, v := range want.Durations[key] {
			got := float64(s.Duration.Max)
			switch q {
			case "p50":
				got = s.Duration.Quantile(0.5)
			case "p95":
				got = s.Duration.Quantile(0.95)
			}
			if s.Duration.Count <= exactLimit && got != float64(v) || math.Abs(got-float64(v)) > 0.011*float64(v) {
				t.Errorf("stage %s: %s of the durations is %v, want %d", key, q, got, v)
			}
		}
	}
	if len(app.Jobs) != want.Jobs || len(app.Executions) != want.Executions || app.Coverage.Lines != want.Lines {
		t.Errorf("%d jobs, %d executions, %d lines; want %d, %d, %d",
			len(app.Jobs), len(app.Executions), app.Coverage.Lines, want.Jobs, want.Executions, want.Lines)
	}
	if app.Start != want.Start || app.End != want.End {
		t.Errorf("from %d to %d, want %d to %d", app.Start, app.End, want.Start, want.End)
	}
	if !app.Coverage.Complete() {
		t.Error(app.Coverage.Note())
	}
}

// same compares sums by the names they have in JSON.
func same(t *testing.T, what string, got *Sums, want map[string]int64) {
	t.Helper()
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]int64
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	for name, v := range fields {
		if v != want[name] {
			t.Errorf("%s: %s is %d, want %d", what, name, v, want[name])
		}
	}
	for name := range want {
		if _, ok := fields[name]; !ok {
			t.Errorf("%s: no field %s", what, name)
		}
	}
}
