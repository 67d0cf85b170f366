package report

// This file draws where an answer's time goes, and a minute of a run.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"shoal/planner/rank"
	"shoal/planner/sim"
)

// part is a piece of an answer's time.
type part struct {
	Name, What, Color string
	of                func(sim.Parts) float64
}

var parts = []part{
	{"door", "waiting to be let in", "p0", func(p sim.Parts) float64 { return p.Door }},
	{"driver", "planning and collecting on the master", "p1", func(p sim.Parts) float64 { return p.Driver }},
	{"slots", "waiting for a free slot", "p2", func(p sim.Parts) float64 { return p.Slot }},
	{"start", "dispatch and start of tasks", "p3", func(p sim.Parts) float64 { return p.Launch }},
	{"computing", "busy cores and stragglers included", "p4", func(p sim.Parts) float64 { return p.CPU }},
	{"network", "input and shuffle", "p5", func(p sim.Parts) float64 { return p.Network }},
	{"disk", "shuffle, evicted partitions", "p6", func(p sim.Parts) float64 { return p.Disk }},
	{"spill", "memory that was too small", "p7", func(p sim.Parts) float64 { return p.Spill }},
}

// views of where the time goes.
var timeViews = []struct {
	name string
	of   func(*rank.ClassReport) sim.Parts
}{
	{"the mean answer", func(c *rank.ClassReport) sim.Parts { return c.Mean }},
	{"the slowest twentieth", func(c *rank.ClassReport) sim.Parts { return c.Tail }},
}

// stack draws where the time of a class goes, one bar a shape.
func (p *page) stack(i int, name string, view int) chart {
	const letters, right, top, row = 30, 64.0, 8.0, 22.0
	left := 92.0
	for _, s := range p.Shown {
		left = math.Max(left, 12+7*float64(min(letters, len([]rune(s.Name)))))
	}
	w := left + 428
	v := timeViews[view]
	c := chart{ID: fmt.Sprintf("time-%d-%d", i, view), W: w, Of: name, View: v.name, Hidden: view > 0,
		Title: fmt.Sprintf("Where the time of %s of %s goes", v.name, name), Desc: "One bar a shape, in seconds; the table of classes has the numbers."}
	high := 0.0
	var rows []series
	for _, s := range p.Shown {
		if k := classOf(s.Entry, name); k != nil {
			rows = append(rows, s)
			high = math.Max(high, v.of(k).Sum())
		}
	}
	bottom := top + row*float64(len(rows))
	c.H = bottom + 28
	x, xs := linear(0, high, left, w-right)
	for _, t := range xs {
		c.line("grid", x.at(t), top, x.at(t), bottom)
		c.text("tick mid", x.at(t), bottom+17, tickSeconds(t))
	}
	for n, s := range rows {
		k := v.of(classOf(s.Entry, name))
		y := top + row*float64(n)
		c.add(mark{Kind: "text", Class: "label end", X: px(left - 8), Y: px(y + 15), Text: clip(s.Name, letters), Series: s.Name})
		at, sum := 0.0, k.Sum()
		for _, q := range parts {
			t := q.of(k)
			if t <= 0 {
				continue
			}
			c.add(mark{Kind: "rect", Class: "bar " + q.Color, X: px(x.at(at)), Y: px(y + 3), W: px(x.at(at+t) - x.at(at)), H: row - 6, Series: s.Name,
				Tip: fmt.Sprintf("%s, %s: %s %s, %s of %s (%s)", s.Name, name, q.Name, seconds(t), percent(t/sum), seconds(sum), q.What)})
			at += t
		}
		c.add(mark{Kind: "text", Class: "value", X: px(x.at(at) + 6), Y: px(y + 15), Text: seconds(sum), Series: s.Name})
	}
	return c
}

// ganttColors is how many colours of classes the style has.
const ganttColors = 6

// gantt draws a minute on the first slots of a shape: a line a slot, one path a question.
func gantt(i int, t *rank.Trace) chart {
	const left, right, top, w = 84.0, 12.0, 8.0, 860.0
	rows := t.Nodes * t.Slots
	row := math.Min(9, 320/math.Max(1, float64(rows)))
	c := chart{ID: fmt.Sprintf("gantt-%d", i), W: w, H: top + row*float64(rows) + 42,
		Title: "A minute of " + t.Name, Desc: fmt.Sprintf("%d task slots on %d of its nodes; each block is a task, its colour the class of the question.", rows, t.Nodes)}
	bottom := top + row*float64(rows)
	x, xs := linear(0, t.To-t.From, left, w-right)
	for n := range t.Nodes {
		y := top + row*float64(n*t.Slots)
		c.rect("lane b"+fmt.Sprint(n%2), left, y, w-left-right, row*float64(t.Slots), "")
		if height := row * float64(t.Slots); n == 0 || height >= 11 || n%int(math.Ceil(11/height)) == 0 {
			c.text("tick end", left-8, y+math.Min(row*float64(t.Slots), 16)/2+4, fmt.Sprintf("node %d", n+1))
		}
	}
	for _, v := range xs {
		c.line("grid", x.at(v), top, x.at(v), bottom)
		c.text("tick mid", x.at(v), bottom+16, tickSeconds(v))
	}
	c.text("axis mid", (left+w-right)/2, bottom+34, "time since the warm-up of "+tickSeconds(t.From))
	for _, q := range questions(t) {
		var b strings.Builder
		for _, s := range q {
			from, to := x.at(math.Max(0, s.Start-t.From)), x.at(math.Min(t.To, s.Finish)-t.From)
			y := top + row*float64(s.Node*t.Slots+s.Slot)
			fmt.Fprintf(&b, "M%v %vh%vv%vh%vz", px(from), px(y+0.5), px(math.Max(0.6, to-from-0.3)), px(row-1), px(-math.Max(0.6, to-from-0.3)))
		}
		first, last := q[0].Start, 0.0
		for _, s := range q {
			first, last = math.Min(first, s.Start), math.Max(last, s.Finish)
		}
		c.add(mark{Kind: "path", Class: fmt.Sprintf("task k%d", q[0].Class%ganttColors), D: attr("d", b.String()),
			Tip: fmt.Sprintf("%s, question %d: %d tasks on these slots, from %s to %s", t.Classes[q[0].Class], q[0].Query, len(q),
				seconds(math.Max(0, first-t.From)), seconds(last-t.From))})
	}
	return c
}

// questions is the spans of a trace by question, in the order in which they began.
func questions(t *rank.Trace) [][]sim.Span {
	byQuery := map[int][]sim.Span{}
	for _, s := range t.Spans {
		byQuery[s.Query] = append(byQuery[s.Query], s)
	}
	var list [][]sim.Span
	for _, q := range byQuery {
		list = append(list, q)
	}
	slices.SortFunc(list, func(a, b []sim.Span) int {
		return cmp.Or(cmp.Compare(a[0].Start, b[0].Start), cmp.Compare(a[0].Query, b[0].Query))
	})
	return list
}

// busy is the share of a trace's slots that ran a task.
func busy(t *rank.Trace) float64 {
	sum := 0.0
	for _, s := range t.Spans {
		sum += math.Min(s.Finish, t.To) - math.Max(s.Start, t.From)
	}
	return sum / math.Max(1e-9, float64(t.Nodes*t.Slots)*(t.To-t.From))
}
