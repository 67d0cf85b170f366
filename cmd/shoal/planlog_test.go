package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const eventLogs = "../../planner/eventlog/testdata/"

// What logs did becomes the workload; the file gives shapes and money.
func TestPlanFromLog(t *testing.T) {
	page := filepath.Join(t.TempDir(), "plan.html")
	var out bytes.Buffer
	c := planFileCmd{Workload: "-", FromLog: eventLogs + "tpch-4.1.zstd", CoreSpeed: 1, JSON: true, HTML: page}
	if err := c.run(t.Context(), strings.NewReader(smallPlan), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Ranking []struct {
			Name    string
			Classes []struct{ Name string }
		}
		Logs struct {
			Complete bool
			Notes    []string
			Observed []struct{ Name string }
			Apps     []struct {
				Findings []struct{ Kind, Text, Advice string }
				Coverage struct{ Events int }
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Ranking) != 2 || got.Ranking[0].Classes[0].Name != "tpc-h-q1" || !got.Logs.Complete || len(got.Logs.Observed) != 4 ||
		len(got.Logs.Apps) != 1 || len(got.Logs.Apps[0].Findings) == 0 || got.Logs.Apps[0].Coverage.Events == 0 {
		t.Errorf("%+v", got)
	}
	if notes := strings.Join(got.Logs.Notes, "\n"); !strings.Contains(notes, "those of - do not count") || !strings.Contains(notes, "the goal of each class") {
		t.Errorf("%q", notes)
	}
	if text, err := os.ReadFile(page); err != nil || !bytes.Contains(text, []byte("What the event logs say")) {
		t.Errorf("%.100s, %v", text, err)
	}
}

// With a budget alone the catalogue is searched; with nothing there are findings and a hint.
func TestPlanFromLogSearch(t *testing.T) {
	budget := 2.0
	for want, c := range map[string]planFileCmd{
		"answers fastest for $2.00":    {Budget: &budget},
		"With --budget USD, or a file": {},
	} {
		c.FromLog, c.CoreSpeed = eventLogs+"users-4.1.zstd", 1
		var out bytes.Buffer
		if err := c.run(t.Context(), nil, &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, want) || !strings.Contains(text, "do: ") || !strings.Contains(text, "As it was in the logs") == (c.Budget != nil) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// Part of a log is used, said to be a part, and not taken for the whole.
func TestPlanPartialLogs(t *testing.T) {
	dir := t.TempDir()
	whole, err := os.ReadFile(eventLogs + "sql-4.1")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cut := write("cut", whole[:20000])
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		c := planLogsCmd{Logs: cut, JSON: asJSON}
		if err := c.run(t.Context(), &out, io.Discard); err == nil || !strings.Contains(err.Error(), "only in part") {
			t.Errorf("%v", err)
		}
		if !strings.Contains(out.String(), "is used in part") || asJSON != strings.Contains(out.String(), `"complete": false`) ||
			asJSON == strings.Contains(out.String(), "PART OF THE LOGS") {
			t.Errorf("%s", out.String())
		}
		c.Partial = true
		if err := c.run(t.Context(), &out, io.Discard); err != nil {
			t.Errorf("%v", err)
		}
	}
	write("page.html", []byte("<html></html>\n"))
	var out bytes.Buffer
	c := planLogsCmd{Logs: dir, JSON: true}
	if err := c.run(t.Context(), &out, io.Discard); err == nil || !strings.Contains(out.String(), "left out: ") || !strings.Contains(out.String(), "page.html") {
		t.Errorf("%v: %s", err, out.String())
	}
	foreign := planLogsCmd{Logs: write("only.html", []byte("<html></html>\n"))}
	out.Reset()
	if err := foreign.run(t.Context(), &out, io.Discard); err == nil || !strings.Contains(err.Error(), "line 1: no JSON object") || out.Len() > 0 {
		t.Errorf("%v: %s", err, out.String())
	}
}

// Flags that make no sense are refused before anything is read, and no file is left behind.
func TestPlanFlags(t *testing.T) {
	dir := t.TempDir()
	zero := 0.0
	for _, c := range []struct {
		cmd  planFileCmd
		want string
	}{
		{planFileCmd{}, "expected a workload file"},
		{planFileCmd{Workload: "-", Budget: &zero}, "--budget: 0 is not between"},
		{planFileCmd{FromLog: eventLogs, Search: true, CoreSpeed: 1}, "for how much money"},
		{planFileCmd{FromLog: eventLogs}, "--core-speed: 0"},
		{planFileCmd{FromLog: eventLogs, CoreSpeed: 1, HTML: filepath.Join(dir, "x.html")}, "nothing to rank"},
		{planFileCmd{FromLog: dir, CoreSpeed: 1}, "holds no event log"},
		{planFileCmd{Workload: "-", EMR: "Z", HTML: filepath.Join(dir, "x.html")}, `no shape "Z"`},
	} {
		var out bytes.Buffer
		if err := c.cmd.run(t.Context(), strings.NewReader(smallPlan), &out, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
			t.Errorf("%+v: %v, %q", c.cmd, err, out.String())
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}
