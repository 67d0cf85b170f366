package main

// This file reads Spark's event logs for shoal plan: what went wrong in them, and a workload made of
// them.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"shoal/planner/eventlog"
	"shoal/planner/fromlog"
	"shoal/planner/report"
	"shoal/planner/workload"
)

type planLogsCmd struct {
	Logs    string `arg:"" help:"An event log, a rolling one's directory, or a directory of many." placeholder:"DIR"`
	JSON    bool   `help:"Print JSON."`
	Full    bool   `help:"Print all findings of all applications."`
	Partial bool   `help:"Exit 0 also where logs could be read only in part."`
}

// Run reads and prints.
func (c *planLogsCmd) Run(k *kong.Context) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return c.run(ctx, k.Stdout, k.Stderr)
}

func (c *planLogsCmd) run(ctx context.Context, out, progress io.Writer) error {
	logs, err := readLogs(ctx, c.Logs, progress)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := writeJSON(out, logs); err != nil {
			return err
		}
	} else if err := printLogs(out, logs, c.Full); err != nil {
		return err
	}
	return logs.part(c.Partial)
}

// logReport is what event logs told. Its JSON is a contract: fields are added, never renamed.
type logReport struct {
	Complete bool               `json:"complete"` // all logs were there and read to their ends
	Notes    []string           `json:"notes"`    // what was not read, and what a workload made of it assumes
	Apps     []appReport        `json:"apps"`
	Observed []fromlog.Observed `json:"observed,omitempty"`

	apps []*eventlog.App
}

// appReport is an application.
type appReport struct {
	ID           string             `json:"id"`
	Name         string             `json:"name"`
	User         string             `json:"user"`
	SparkVersion string             `json:"spark_version"`
	Start        int64              `json:"start"`
	End          int64              `json:"end"`
	Use          eventlog.Use       `json:"use"`
	Total        eventlog.Sums      `json:"total"`
	Coverage     eventlog.Coverage  `json:"coverage"`
	Findings     []eventlog.Finding `json:"findings"`
}

// While logs are read, the collector of garbage lets the heap grow by a seventh rather than double, and
// aims at so many bytes: the whole process takes some 420 MB for 10 GB of many small stages.
const (
	logMemory  = 360 << 20
	logGarbage = 15 // percent
)

// readLogs reads all logs at a path. What could not be read is in the notes; an error means that
// nothing could be.
func readLogs(ctx context.Context, path string, progress io.Writer) (*logReport, error) {
	found, err := eventlog.Find(path)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for _, l := range found {
		total += l.Size
	}
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(logMemory))
	defer debug.SetGCPercent(debug.SetGCPercent(logGarbage))
	var done atomic.Int64
	stop := tell(progress, &done, total)
	apps, err := eventlog.Read(ctx, path, eventlog.Options{Progress: &done})
	stop()
	if ctx.Err() != nil {
		return nil, errors.New("interrupted")
	}
	if len(apps) == 0 {
		return nil, err
	}
	logs := &logReport{Complete: err == nil, apps: apps}
	for _, left := range unjoined(err) {
		logs.Notes = append(logs.Notes, "left out: "+left.Error())
	}
	for _, a := range apps {
		logs.Complete = logs.Complete && a.Coverage.Complete()
		if note := a.Coverage.Note(); note != "" {
			logs.Notes = append(logs.Notes, note)
		}
		logs.Apps = append(logs.Apps, appReport{ID: a.ID, Name: a.Name, User: a.User, SparkVersion: a.SparkVersion, Start: a.Start, End: a.End,
			Use: a.Use, Total: a.Total, Coverage: a.Coverage, Findings: append([]eventlog.Finding{}, eventlog.Findings(a)...)})
	}
	return logs, nil
}

func unjoined(err error) []error {
	if err == nil {
		return nil
	}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		return all.Unwrap()
	}
	return []error{err}
}

// tell writes every few seconds how far the reading is; a short one says nothing.
func tell(out io.Writer, done *atomic.Int64, total int64) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(3 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				n := done.Load()
				fmt.Fprintf(out, "reading logs: %.0f of %.0f MB, %.0f %%\n", float64(n)/1e6, float64(total)/1e6, 100*float64(n)/math.Max(1, float64(total)))
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit); <-gone }
}

// part is the error of a reading that was not whole: what was printed must not be taken for the whole.
func (l *logReport) part(allowed bool) error {
	if l.Complete || allowed {
		return nil
	}
	return errors.New("the logs could be read only in part, as said above; --partial accepts that")
}

// workload turns the logs into questions, and adds what that assumes to the notes.
func (l *logReport) workload(speed float64) (*workload.Workload, error) {
	r, err := fromlog.Workload(l.apps, fromlog.Options{Speed: speed})
	if err != nil {
		return nil, err
	}
	r.Goals()
	for _, n := range r.Notes {
		if !slices.Contains(l.Notes, n) {
			l.Notes = append(l.Notes, n)
		}
	}
	l.Observed = r.Observed
	return r.Workload, nil
}

// page is the same for the HTML report.
func (l *logReport) page() *report.Logs {
	p := &report.Logs{Notes: l.Notes, Observed: l.Observed}
	for _, a := range l.Apps {
		p.Apps = append(p.Apps, report.App{Name: a.title(), Findings: a.Findings})
	}
	return p
}

func (a *appReport) title() string {
	if a.Name == "" || a.Name == a.ID {
		return a.ID
	}
	return a.Name + " (" + a.ID + ")"
}

// What is printed without --full.
const (
	briefApps     = 3
	briefFindings = 4
)

func printLogs(out io.Writer, l *logReport, full bool) error {
	if !l.Complete {
		fmt.Fprintln(out, "PART OF THE LOGS: this does not rest on all that there was.")
	}
	for _, n := range l.Notes {
		fmt.Fprintf(out, "  - %s\n", wrap(n, "    "))
	}
	apps := slices.Clone(l.Apps)
	slices.SortStableFunc(apps, func(a, b appReport) int { return int(b.cost() - a.cost()) })
	for i, a := range apps {
		if i == briefApps && !full {
			fmt.Fprintf(out, "\n%d more applications, where less was lost; --full prints them\n", len(apps)-i)
			break
		}
		u := a.Use.Spent
		fmt.Fprintf(out, "\n%s, Spark %s, user %s: somebody waited %s; %.0f %% planning, %.0f %% tasks running, %.0f %% waiting for slots, %.0f %% driver\n",
			a.title(), a.SparkVersion, a.User, waited(u.Wall()), of(u.Planning, u.Wall()), of(u.Running, u.Wall()), of(u.Waiting, u.Wall()), of(u.Driver, u.Wall()))
		printFindings(out, a.Findings, full)
	}
	if len(l.Observed) > 0 {
		fmt.Fprintln(out, "\nAs it was in the logs:")
		var lines []string
		for _, o := range l.Observed {
			lines = append(lines, fmt.Sprintf("  %s\t%d asked\tp50 %.3g s\tp95 %.3g s\tlongest %.3g s", o.Name, o.Count, o.P50, o.P95, o.Max))
		}
		printTable(out, lines)
	}
	return nil
}

// cost is what the findings of an application cost, in seconds.
func (a *appReport) cost() float64 {
	sum := 0.0
	for _, f := range a.Findings {
		sum += f.Seconds
	}
	return sum
}

func of(part, whole int64) float64 { return 100 * float64(part) / float64(max(1, whole)) }

func printFindings(out io.Writer, list []eventlog.Finding, full bool) {
	if len(list) == 0 {
		fmt.Fprintln(out, "  nothing worth a change was found")
	}
	for i, f := range list {
		if i == briefFindings && !full {
			fmt.Fprintf(out, "  and %d smaller ones; --full prints them\n", len(list)-i)
			return
		}
		kind := f.Kind
		if f.Share >= 0.005 {
			kind += fmt.Sprintf(", %.0f %%", 100*f.Share)
		}
		fmt.Fprintf(out, "  %s: %s\n", kind, wrap(f.Text, "    "))
		fmt.Fprintf(out, "    do: %s\n", wrap(f.Advice, "    "))
		if full {
			var numbers []string
			for _, n := range f.Numbers {
				numbers = append(numbers, n.Name+" "+amount(n))
			}
			fmt.Fprintf(out, "    numbers: %s\n", wrap(strings.Join(numbers, ", "), "    "))
		}
	}
}

// amount writes a number with its unit.
func amount(n eventlog.Number) string {
	switch n.Unit {
	case "bytes":
		return fmt.Sprintf("%.4g MB", n.Value/1e6)
	case "share":
		return fmt.Sprintf("%.0f %%", 100*n.Value)
	case "count":
		return fmt.Sprintf("%.0f", n.Value)
	default:
		return fmt.Sprintf("%.4g %s", n.Value, n.Unit)
	}
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// waited is a time of milliseconds as people say it.
func waited(ms int64) string {
	switch s := float64(ms) / 1000; {
	case s < 120:
		return fmt.Sprintf("%.3g s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	default:
		return fmt.Sprintf("%.1f h", s/3600)
	}
}
