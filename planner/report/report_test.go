package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"shoal/planner/catalogue"
	"shoal/planner/eventlog"
	"shoal/planner/fromlog"
	"shoal/planner/rank"
	"shoal/planner/workload"
)

const rude = `<img src="x" onerror='alert(1)'>`

const small = `
name: "a & b </title>"
budget: 6
duration: 2m
runs: 2
users: [{name: u, count: 4, think: 10s, mix: {q: 3, fit: 1}}]
queries: [{name: q, goal_p95: 3s, plan: 100ms, stages: [{name: s, input: 1GB, cpu: 500ms, shuffle_write: 10MB}, {name: t, cpu: 50ms}]}]
jobs: [{name: fit, goal_p95: 30s, data: 1GB, iterations: 5, cpu: 100ms}]
shapes:
  - {name: C, workers: m5.large, master: m5.xlarge}
  - {name: A, note: big, workers: r5.2xlarge, master: m5.xlarge}
  - {name: "` + "<img src='x' onerror='alert(1)'>" + `", workers: [{type: r5.xlarge}, {type: m5.xlarge}], master: m5.xlarge}
`

// pageOf makes the page of a small comparison.
func pageOf(t *testing.T, text string, logs *Logs) (string, *rank.Report) {
	t.Helper()
	c, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	w, err := workload.Read("test.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := rank.Plan(t.Context(), c, w)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := rank.Traces(t.Context(), c, w, r)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := HTML(&b, Input{Report: r, Workload: w, Traces: traces, Logs: logs}); err != nil {
		t.Fatal(err)
	}
	return b.String(), r
}

// parsed is what a strict parser finds in a page.
type parsed struct {
	elements map[string]int
	classes  map[string]int
	ids      map[string]bool
	links    []string
	text     strings.Builder
}

// parse reads a page as XML, which forgives nothing.
func parse(t *testing.T, page string) *parsed {
	t.Helper()
	p := &parsed{elements: map[string]int{}, classes: map[string]int{}, ids: map[string]bool{}}
	d := xml.NewDecoder(strings.NewReader(page))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		switch k := token.(type) {
		case xml.CharData:
			p.text.Write(k)
		case xml.StartElement:
			p.elements[k.Name.Local]++
			for _, a := range k.Attr {
				p.attribute(t, a)
			}
		}
	}
}

func (p *parsed) attribute(t *testing.T, a xml.Attr) {
	switch name := a.Name.Local; {
	case name == "id":
		if p.ids[a.Value] {
			t.Errorf("two elements have the id %q", a.Value)
		}
		p.ids[a.Value] = true
	case name == "class":
		for c := range strings.FieldsSeq(a.Value) {
			p.classes[c]++
		}
	case name == "href" || name == "src" || name == "action" || name == "data":
		p.links = append(p.links, a.Value)
	case strings.HasPrefix(name, "on"):
		t.Errorf("an element has %s=%q", name, a.Value)
	case strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf"):
		t.Errorf("%s=%q", name, a.Value)
	}
	if a.Name.Local == "aria-labelledby" {
		for id := range strings.FieldsSeq(a.Value) {
			p.links = append(p.links, "#"+id)
		}
	}
}

// The page is well-formed, asks nobody for anything, and shows every shape.
func TestPage(t *testing.T) {
	text, r := pageOf(t, small, nil)
	p := parse(t, text)
	if found := regexp.MustCompile(`(?i)https?:|url\(|@import|ZgotmplZ`).FindString(text); found != "" {
		t.Errorf("the page has %q", found)
	}
	for _, l := range p.links {
		if !strings.HasPrefix(l, "#") || !p.ids[l[1:]] {
			t.Errorf("a link leads to %q", l)
		}
	}
	if p.elements["img"] > 0 || p.elements["link"] > 0 || p.elements["script"] != 1 || p.elements["iframe"] > 0 {
		t.Errorf("%v", p.elements)
	}
	words := p.text.String()
	for _, list := range [][]rank.Entry{r.Ranking, r.Beside} {
		for _, e := range list {
			if !strings.Contains(words, e.Name) || !strings.Contains(words, machines(&e)) {
				t.Errorf("%s is missing", e.Name)
			}
			for _, reason := range e.Reasons {
				if !strings.Contains(words, unbroken(reason)) {
					t.Errorf("%s: %q is missing", e.Name, reason)
				}
			}
		}
	}
	for _, remark := range r.Remarks {
		if !strings.Contains(words, unbroken(remark)) {
			t.Errorf("%q is missing", remark)
		}
	}
	for _, id := range []string{"ranking", "price", "latency", "time", "bears", "effects", "gantt", "inputs", "emr", "leans", "pareto-", "cdf-0", "cdf-1", "time-0-1", "gantt-1"} {
		if !p.ids[id] {
			t.Errorf("no %q", id)
		}
	}
	shapes := len(r.Ranking) + len(r.Beside)
	if p.classes["curve"] != 2*shapes || p.classes["dot"] != 3*len(r.Curve) || p.classes["task"] < 4 || p.classes["plus"] != 2*len(r.Sensitivity) {
		t.Errorf("%d shapes, %v", shapes, p.classes)
	}
	if len(text) > 2<<20 {
		t.Errorf("the page has %d bytes", len(text))
	}
}

// A search alone has no effects and no curve; the page has no empty charts then.
func TestSearchPage(t *testing.T) {
	text, r := pageOf(t, `
budget: 4
duration: 1m
runs: 1
users: [{name: u, rate: 10/min, mix: {q: 1}}]
queries: [{name: q, goal_p95: 3s, plan: 100ms, stages: [{name: s, input: 1GB, cpu: 500ms}]}]
search: {families: [m5, r5], top: 3}
`, nil)
	p := parse(t, text)
	if !r.SearchOnly() || p.ids["price"] || p.ids["effects"] || p.ids["inputs"] || !p.ids["latency"] || p.classes["curve"] != len(r.Found) {
		t.Errorf("%v %v", p.ids, p.classes)
	}
	if strings.Contains(p.text.String(), "users at once") {
		t.Error("nobody counted users")
	}
}

// What logs told stands in the page, first of all what they did not tell.
func TestLogsPage(t *testing.T) {
	text, _ := pageOf(t, small, &Logs{Notes: []string{"x.zstd is used in part " + rude},
		Observed: []fromlog.Observed{{Name: "q", Count: 3, P50: 1.5, P95: 2, P99: 2, Max: 2}},
		Apps:     []App{{Name: "app-1", Findings: []eventlog.Finding{{Kind: "skew", Text: "One stage is skewed.", Advice: "Salt it.", Share: 0.3}}}}})
	words := parse(t, text).text.String()
	for _, want := range []string{"is used in part " + rude, "One stage is skewed.", "Salt it.", "1.50 s"} {
		if !strings.Contains(words, want) {
			t.Errorf("no %q", want)
		}
	}
}

// A chart has at least two ticks, and all of them on it, whatever the values.
func TestScales(t *testing.T) {
	for _, c := range [][2]float64{{0, 1}, {0, 0}, {3, 3}, {0.7, 3.1}, {1e-4, 2e5}, {5.9, 6.1}, {22, 24}} {
		for name, make := range map[string]func(a, b, c, d float64) (scale, []float64){"linear": linear, "log": logarithmic} {
			s, ticks := make(c[0], c[1], 10, 100)
			if len(ticks) < 2 || len(ticks) > 40 {
				t.Errorf("%s of %v: ticks %v", name, c, ticks)
			}
			for _, v := range ticks {
				if at := s.at(v); at < 9.9 || at > 100.1 {
					t.Errorf("%s of %v: %v is at %v", name, c, v, at)
				}
			}
		}
	}
	for v, want := range map[float64]string{0: "0 s", 0.0042: "4.2 ms", 0.159: "159 ms", 1.066: "1.07 s", 5.88: "5.9 s", 59.6: "60 s", 3600: "60 min", 9000: "2.5 h"} {
		if got := seconds(v); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}
