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

const smallPlan = `
budget: 6
duration: 2m
runs: 1
users: [{name: u, count: 4, think: 10s, mix: {q: 1}}]
queries: [{name: q, goal_p95: 3s, plan: 100ms, stages: [{name: s, input: 1GB, cpu: 500ms}]}]
shapes:
  - {name: C, workers: m5.large, master: m5.xlarge}
  - {name: A, workers: r5.2xlarge, master: m5.xlarge}
`

// The contract: shoal plan FILE --json prints {"ranking": [{"name": ...}, ...]}, the best first.
func TestPlanJSON(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	c := planFileCmd{Workload: "-", JSON: true, EMR: "A", EMRDir: filepath.Join(dir, "emr")}
	if err := c.run(t.Context(), strings.NewReader(smallPlan), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var report struct {
		Ranking []struct {
			Name  string
			Place int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Ranking) != 2 || report.Ranking[0].Place > report.Ranking[1].Place {
		t.Errorf("%+v", report)
	}
	var groups []struct {
		InstanceGroupType, InstanceType string
		InstanceCount                   int
	}
	text, err := os.ReadFile(filepath.Join(dir, "emr", "instance-groups.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &groups); err != nil || len(groups) != 2 || groups[1].InstanceType != "r5.2xlarge" || groups[1].InstanceCount == 0 {
		t.Errorf("%s, %v", text, err)
	}
}

func TestPlanTable(t *testing.T) {
	var out bytes.Buffer
	c := planFileCmd{Workload: "-", Full: true}
	if err := c.run(t.Context(), strings.NewReader(smallPlan), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"answers fastest", "place", "EMR does not sell m5.large", "One change to", "leans on"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// The default output is what fits on two screens: the answer, the order, why, and what else.
func TestPlanBrief(t *testing.T) {
	text, err := os.ReadFile("../../examples/interactive-ml.yaml")
	if err != nil {
		t.Fatal(err)
	}
	short := strings.NewReplacer("duration: 15m", "duration: 3m\nruns: 2").Replace(string(text))
	var out bytes.Buffer
	c := planFileCmd{Workload: "-"}
	if err := c.run(t.Context(), strings.NewReader(short), &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out.String(), "\n"); lines > 80 || lines < 30 {
		t.Errorf("%d lines", lines)
	}
	for _, want := range []string{"answers fastest", "few big m5 +", "buys", "One change to", "What else", "--full prints all"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

// What is wrong is said, and nothing is printed that could be taken for a report.
func TestPlanRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{strings.Replace(smallPlan, "budget: 6", "budget: -6", 1), "standard input:2: budget"},
		{strings.Replace(smallPlan, "r5.2xlarge", "r5.2xlarg", 1), "nearest: r5.2xlarge"},
		{strings.Replace(smallPlan, "budget: 6", "budget: 0.3", 1), "standard input:8: shape C: the budget of $0.30 an hour binds"},
		{smallPlan + "goals: {max_nodes: 1}\n", "goals.max_nodes binds"},
		{smallPlan + "goals: {launchable_only: true}\n", "goals.launchable_only binds"},
		{smallPlan + "search: {families: [m55]}\n", `no family "m55"`},
		{strings.Replace(smallPlan, "cpu: 500ms", "cpu: 20h", 1), "duration binds"},
	} {
		var out bytes.Buffer
		cmd := planFileCmd{Workload: "-"}
		if err := cmd.run(t.Context(), strings.NewReader(c.text), &out, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) || out.Len() > 0 {
			t.Errorf("%v, %q", err, out.String())
		}
	}
}

func TestPlanCatalogue(t *testing.T) {
	var out bytes.Buffer
	c := planCatalogueCmd{Kind: "balanced", OnEMR: true, Region: "us-east-1", VCPU: 4}
	if err := c.run(&out); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); !strings.Contains(text, "m5.xlarge") || strings.Contains(text, "r5.xlarge") || strings.Contains(text, "m5.large ") {
		t.Errorf("%s", text)
	}
	c.VCPU = 3
	if err := c.run(&out); err == nil {
		t.Error("no type has 3 vCPUs")
	}
}
