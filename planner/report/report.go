// Package report writes what planner/rank found as one HTML page that needs nothing else: its
// charts are SVG drawn here, its style and its few lines of script stand in the page, and it asks no
// other machine for anything. HTML is the entry. The package computes no results; it only shows them.
package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"

	"shoal/planner/eventlog"
	"shoal/planner/fromlog"
	"shoal/planner/rank"
	"shoal/planner/workload"
)

// Input is what a page is made of.
type Input struct {
	Report   *rank.Report
	Workload *workload.Workload
	Traces   []rank.Trace // none: no Gantt chart
	Logs     *Logs        // nil: the workload was not read off event logs
}

// Logs is what event logs told.
type Logs struct {
	Notes    []string // what was read in part, and what was assumed
	Observed []fromlog.Observed
	Apps     []App
}

// App is an application with its findings.
type App struct {
	Name     string
	Findings []eventlog.Finding
}

//go:embed page.html style.css script.js
var files embed.FS

// HTML writes the page. Nothing is written where it fails.
func HTML(out io.Writer, in Input) error {
	p, err := newPage(in)
	if err != nil {
		return err
	}
	t, err := template.New("page.html").Funcs(template.FuncMap{"percent": percent, "seconds": seconds, "usd": usd, "times": times, "unbroken": unbroken}).ParseFS(files, "page.html")
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = out.Write(b.Bytes())
	return err
}

// most is how many shapes the charts show; the table has all.
const most = 10

// series is a shape with its colour; variants have the colour of their shape, dashed.
type series struct {
	*rank.Entry
	Color  string // class of the style
	Dashed bool
	Asked  bool
}

// colors is how many the style has.
const colors = 8

// seriesOf is all entries, by place.
func seriesOf(r *rank.Report) []series {
	var list []series
	color := map[string]string{}
	next := func(name string) string {
		color[name] = fmt.Sprintf("s%d", len(color)%colors)
		return color[name]
	}
	add := func(entries []rank.Entry, asked bool) {
		for i := range entries {
			e := &entries[i]
			s := series{Entry: e, Asked: asked}
			if base, ok := color[e.Of]; ok && e.Of != "" {
				s.Color, s.Dashed = base, true
			} else {
				s.Color = next(e.Name)
			}
			list = append(list, s)
		}
	}
	add(r.Ranking, true)
	add(r.Beside, false)
	if !r.SearchOnly() {
		add(r.Found, false)
	}
	return byPlace(list)
}
