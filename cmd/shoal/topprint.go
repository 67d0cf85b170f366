package main

// This file draws the page of shoal top.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
	"unicode/utf8"

	"shoal/web"
)

// page is how things stand in lines of a width; no more of them than height, if that is not 0.
func page(snap *web.Snapshot, width, height int) []string {
	who := snap.User
	if snap.Admin {
		who += " (sees all)"
	}
	lines := []string{fmt.Sprintf("shoal top · %s · %s", who, snap.Time.Local().Format(time.TimeOnly)), ""}
	lines = append(lines, lanesOf(snap)...)
	lines = append(lines, usersOf(snap)...)
	lines = append(lines, queriesOf(snap)...)
	if height > 2 && len(lines) > height {
		more := len(lines) - height + 1
		lines = append(lines[:height-1], fmt.Sprintf("... %d more lines; shoal top --once prints all", more))
	}
	return clipped(lines, width)
}

// clipped cuts all lines to the width of the page.
func clipped(lines []string, width int) []string {
	for i, line := range lines {
		lines[i] = clip(line, width)
	}
	return lines
}

// clip cuts a line to the width of the page.
func clip(line string, width int) string {
	if width < 2 || utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:width-1]) + "…"
}

// columns aligns rows of cells.
func columns(rows [][]string) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	w.Flush()
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

func lanesOf(snap *web.Snapshot) []string {
	rows := [][]string{{"LANE", "SLOTS", "RUNNING", "WAITING", "PAUSED"}}
	for _, p := range snap.Pools {
		rows = append(rows, []string{p.Engine + " " + p.Lane, bar(p.Running, p.Slots), count(p.Running), count(p.Waiting), count(p.Paused)})
	}
	return append(columns(rows), "")
}

// bar shows how many of the slots are taken.
func bar(taken, slots int) string {
	const most = 16
	if slots > most {
		taken, slots = (taken*most+slots-1)/slots, most
	}
	taken = min(taken, slots)
	return "[" + strings.Repeat("#", taken) + strings.Repeat(".", slots-taken) + "]"
}

func count(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func usersOf(snap *web.Snapshot) []string {
	if len(snap.Users) == 0 {
		return nil
	}
	rows := [][]string{{"USER", "RUNNING", "WAITING", "PAUSED", "CPU", "SHARE"}}
	for _, u := range snap.Users {
		rows = append(rows, []string{clip(u.User, 20), count(u.Running), count(u.Waiting), count(u.Paused), seconds(u.CPUSeconds), fmt.Sprintf("%.0f %%", 100*u.Share)})
	}
	return append(columns(rows), "")
}

// idShown is how much of an operation's id tells it from others.
const idShown = 8

func queriesOf(snap *web.Snapshot) []string {
	if len(snap.Queries) == 0 {
		return []string{"no query is at work"}
	}
	queries := slices.Clone(snap.Queries)
	slices.SortStableFunc(queries, func(a, b web.Query) int {
		return cmp.Or(cmp.Compare(stage(a), stage(b)), cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Ahead, b.Ahead), -cmp.Compare(a.Elapsed, b.Elapsed))
	})
	rows := [][]string{{"QUERY", "USER", "STATE", "LANE", "ENGINE", "ELAPSED", "EXPECTED", "DONE", "ROWS"}}
	for _, q := range queries {
		row := []string{"-", clip(q.User, 12), q.State, cmp.Or(q.Lane, "-"), "", "", "", "", ""}
		if q.Operation != "" { // else it is nobody's business
			row[0] = q.Operation[:min(idShown, len(q.Operation))]
			copy(row[4:], []string{cmp.Or(q.Engine, "-"), seconds(q.Elapsed), seconds(q.ExpectedCPU), done(q.Progress), count(int(q.Rows))})
		}
		rows = append(rows, row)
	}
	head := columns(rows)
	lines := head[:1:1]
	for i, q := range queries {
		lines = append(lines, head[i+1])
		if about := about(q); about != "" {
			lines = append(lines, "  "+about)
		}
	}
	return lines
}

// stage puts what runs before what waits.
func stage(q web.Query) int {
	return slices.Index([]string{"running", "sending", "paused", "waiting"}, q.State) & 7 // what is new comes last
}

// about says what a query is, and why it waits.
func about(q web.Query) string {
	var parts []string
	switch {
	case q.Reason != "":
		parts = append(parts, waitText(q.Ahead, q.Reason, q.Wait))
	case q.State == "paused":
		parts = append(parts, "its client does not read")
	case q.Demoted:
		parts = append(parts, "it was thought to be short")
	}
	if q.Text != "" {
		parts = append(parts, q.Text)
	}
	return strings.Join(parts, " · ")
}

// waitText says where a query stands that waits.
func waitText(ahead int, reason string, expected float64) string {
	text := fmt.Sprintf("waits: %d before it, %s", ahead, reason)
	if ahead == 0 {
		text = "waits: next, " + reason
	}
	switch {
	case expected >= 10:
		text += "; about " + seconds(math.Round(expected))
	case expected > 0:
		text += fmt.Sprintf("; about %.1f s", expected)
	}
	return text
}

func done(progress float64) string {
	if progress <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*progress)
}

// seconds is a time as people say it.
func seconds(s float64) string { return waited(int64(1000 * s)) }
