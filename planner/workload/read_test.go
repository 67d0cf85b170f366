package workload

import (
	"os"
	"strings"
	"testing"
)

func TestExampleAndPresets(t *testing.T) {
	f, err := os.Open("../../examples/interactive-ml.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := Read("interactive-ml.yaml", f)
	if err != nil {
		t.Fatal(err)
	}
	join := w.Queries[3]
	if got := join.Stages[2].ShuffleRead; got != 4.5e9 {
		t.Errorf("join reads %v", got)
	}
	if got := join.Stages[2].Tasks; got != 68 { // 4.5 GB in parts of 64 MiB
		t.Errorf("join has %d tasks", got)
	}
	if w.Jobs[0].Partitions != 60 || w.Jobs[0].Cached != 20e9 {
		t.Errorf("fit: %+v", w.Jobs[0])
	}
	for _, name := range Presets() {
		text := "preset: " + name + "\nbudget: 5\nsearch: {}\nseed: 9\n"
		w, err := Read("f", strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if w.Seed != 9 || w.Budget != 5 || len(w.Users) == 0 {
			t.Errorf("%s: %+v", name, w)
		}
	}
}

// Each bad file must be refused with the line and the field.
func TestBadFiles(t *testing.T) {
	const head = "budget: 5\nsearch: {}\nusers: [{name: u, count: 1, think: 1s, mix: {q: 1}}]\n"
	const query = "queries: [{name: q, stages: [{name: s, tasks: 1, cpu: 1s}]}]\n"
	for _, c := range []struct{ text, want string }{
		{"", "f: the file is empty"},
		{"budget: [", "f:1:"},
		{head + query + "budgets: 3\n", `f:5: unknown field "budgets"`},
		{"budget: 0\n" + head[10:] + query, "f:1: budget: 0 is not between"},
		{"budget: -5\n" + head[10:] + query, "f:1: budget: -5 is not between"},
		{"budget: .nan\n" + head[10:] + query, "f:1: budget: NaN is not between"},
		{"budget: 1e300\n" + head[10:] + query, "f:1: budget: 1e+300 is not between"},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, tasks: 1, cpu: fast}\n", `f:7: "fast": expected something like 250ms`},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, tasks: 1, cpu: -1s}\n", `f:7: "-1s" is negative`},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, tasks: 1, cpu: 1}\n", `f:7: "1": expected something like 250ms`},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, tasks: -1, cpu: 1s}\n", "f:7: queries[0].stages[0].tasks: -1 is not between"},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, input: 9999999PB, cpu: 1s}\n", "f:7: queries[0].stages[0].input"},
		{head + "queries:\n  - name: q\n    stages:\n      - {name: s, tasks: 1, cpu: 1s, after: [t]}\n", `no stage "t" before this one`},
		{head + "queries: [{name: other, stages: [{name: s, tasks: 1, cpu: 1s}]}]\n", `f:3: users[0].mix.q: no query or job has that name: nearest is "other"`},
		{head + query + "preset: explorations\n", `f:5: preset: "explorations": nearest is "exploration"`},
		{head + query + "market: sport\n", `f:5: market: "sport": nearest is "spot"`},
		{head + query + "shapes:\n  - {name: A, workers: m5.xlarge}\n", "f:6: shapes[0].master: is missing"},
		{head + query + "---\nbudget: 7\n", "f:6: a second document"},
		{strings.Replace(head, "count: 1", "count: 1.5", 1) + query, "f:3: count: 1.5 is no whole number"},
		{strings.Replace(head, "count: 1", "count: 1e30", 1) + query, "f:3: expected a whole number in range, not 1e30"},
		{strings.Replace(head, "budget: 5", "budget: five", 1) + query, "f:1: expected a number, not string"},
		{strings.Replace(head, "count: 1, think: 1s", "rate: 1000000/s", 1) + query, "f:3: users[0]: asks up to 1.2e+09 questions"},
		{"budget: \xff\xfe", "f: is no UTF-8 text"},
		{"budget: 5\nx: " + strings.Repeat("[", 200000), "f:2: nested more than"},
		{"x:\n" + strings.Repeat("- ", 200000), "f:2: nested more than"},
		{"x: [\n" + strings.Repeat("\"a #\", [[[[[[[[[[\n", 20000), "brackets"},
		{"x: &a [*a]\n" + head + query, "f:1: no anchor &a before this alias"},
		{head + "queries:\n  - name: a\n    stages: &s\n" + strings.Repeat("    - name: b\n", 5000) + strings.Repeat("  - name: a\n    stages: *s\n", 5000),
			"f:5: too large with its aliases written out"},
		{head + query + strings.Repeat("# comment\n", 200000), "f: larger than 1 MiB"},
		{head + query + "spark: {scheduler: lanes}\n", "spark.lanes: the scheduler is lanes, and there are none"},
	} {
		_, err := Read("f", strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.300q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// A file of shapes for questions from elsewhere: its own do not count, its goals and Spark do.
func TestReadOver(t *testing.T) {
	questions := &Workload{Users: []Users{{Name: "log", Count: 2, Think: 5, Mix: map[string]float64{"x": 1}}},
		Queries: []Query{{Name: "x", Stages: []Stage{{Name: "s", CPU: 1}}}}, Spark: Spark{Scheduler: "fifo"}}
	const text = "goals: {p95: 3s}\nusers: [{name: u, count: 1, think: 1s, mix: {q: 1}}]\nshapes:\n  - {name: A, workers: m5.xlarge, master: m5.xlarge}\n"
	w, err := ReadOver("f", strings.NewReader(text), Over{Questions: questions, Budget: 7, Search: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Users) != 1 || w.Users[0].Name != "log" || w.Queries[0].Goal != 3 || w.Budget != 7 || w.Search == nil || w.Spark.Scheduler != "fifo" || w.Shapes[0].At != "f:4" {
		t.Errorf("%+v", w)
	}
	w, err = ReadOver("f", strings.NewReader(text+"budget: 4\nspark: {scheduler: fair}\n"), Over{Questions: questions})
	if err != nil || w.Budget != 4 || w.Spark.Scheduler != "fair" {
		t.Errorf("%+v, %v", w, err)
	}
}
