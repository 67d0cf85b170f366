package report

// This file draws price against p95, and the distributions of latency.

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"slices"

	"shoal/planner/rank"
)

func attr(name, value string) template.HTMLAttr { return template.HTMLAttr(name + `="` + value + `"`) }

// spot is a point of the curve in one view.
type spot struct {
	*rank.Point
	v     float64
	front bool
}

// spots is the points of a view: "" is the score, else the p95 of a class. A point is on the front
// where no other is both cheaper and faster.
func spots(r *rank.Report, class string) []spot {
	var list []spot
	for i := range r.Curve {
		q := &r.Curve[i]
		v, ok := q.Score, true
		if class != "" {
			v, ok = q.P95[class]
		}
		if ok && v > 0 && !math.IsInf(v, 0) {
			list = append(list, spot{Point: q, v: v})
		}
	}
	for i := range list {
		a := &list[i]
		a.front = !slices.ContainsFunc(list, func(o spot) bool {
			return o.Price <= a.Price && o.v <= a.v && (o.Price < a.Price || o.v < a.v)
		})
	}
	slices.SortStableFunc(list, func(a, b spot) int { return cmp.Compare(a.Price, b.Price) })
	return list
}

// pareto draws a view of price against speed: each shape at several budgets.
func (p *page) pareto(r *rank.Report, class string, goal float64) chart {
	const left, right, top, bottom, w, h = 64.0, 96.0, 28.0, 48.0, 860.0, 400.0
	c := chart{ID: "pareto-" + class, W: w, H: h, View: cmp.Or(class, "all questions"), Hidden: class != ""}
	what, write := "p95 of "+class, tickSeconds
	if class == "" {
		what, write = "p95 over its goal, all questions", short
	}
	c.Title = "Price against " + what
	list := spots(r, class)
	c.Desc = fmt.Sprintf("%d points: each shape at half to one and a half times the budget. Lower and further left is better.", len(list))
	lowX, highX, lowY, highY := math.Inf(1), 0.0, goal, goal
	for _, s := range list {
		lowX, highX = math.Min(lowX, s.Price), math.Max(highX, s.Price)
		lowY, highY = math.Min(lowY, s.v), math.Max(highY, s.v)
	}
	x, xs := linear(lowX*0.95, highX, left, w-right)
	y, ys := logarithmic(lowY/1.08, highY*1.08, h-bottom, top)
	for _, v := range xs {
		c.line("grid", x.at(v), top, x.at(v), h-bottom)
		c.text("tick mid", x.at(v), h-bottom+18, "$"+short(v))
	}
	for _, v := range ys {
		c.line("grid", left, y.at(v), w-right, y.at(v))
		c.text("tick end", left-8, y.at(v)+4, write(v))
	}
	c.text("axis mid", (left+w-right)/2, h-8, "dollars an hour")
	c.text("axis", 4, 14, what+" (lower is better)")
	if r.Budget >= x.low && r.Budget <= x.high {
		c.line("ref", x.at(r.Budget), top, x.at(r.Budget), h-bottom)
		c.text("note mid", x.at(r.Budget), top-8, "the budget, "+usd(r.Budget))
	}
	c.line("goal", left, y.at(goal), w-right, y.at(goal))
	c.text("note", left+6, y.at(goal)-6, "goal")
	p.front(&c, list, x, y)
	p.trails(&c, list, x, y, write)
	return c
}

// front is the line of the points that nothing beats.
func (p *page) front(c *chart, list []spot, x, y scale) {
	var points [][2]float64
	for _, s := range list {
		if !s.front {
			continue
		}
		if n := len(points); n > 0 {
			points = append(points, [2]float64{x.at(s.Price), points[n-1][1]})
		}
		points = append(points, [2]float64{x.at(s.Price), y.at(s.v)})
	}
	c.add(mark{Kind: "path", Class: "front", D: attr("d", polyline(points))})
}

// trails is each shape's points, joined, with its name at the last.
func (p *page) trails(c *chart, list []spot, x, y scale, write func(float64) string) {
	var labels []label
	edge := 0.0
	for _, q := range list {
		edge = math.Max(edge, x.at(q.Price)+10)
	}
	for _, s := range p.Shown {
		var points [][2]float64
		for _, q := range list {
			if q.Name != s.Name {
				continue
			}
			at := [2]float64{x.at(q.Price), y.at(q.v)}
			points = append(points, at)
			class := "dot " + s.Color
			if !q.Meets {
				class += " open"
			}
			tip := fmt.Sprintf("%s for %s an hour: %s workers, %s; %s", q.Name, usd(q.Price), short(float64(q.Nodes)), write(q.v), goals(q.Meets))
			if q.front {
				tip += "; nothing is both cheaper and faster"
			}
			c.add(mark{Kind: "dot", Class: class, X: px(at[0]), Y: px(at[1]), H: 4.5, Series: s.Name, Tip: tip})
		}
		if len(points) == 0 {
			continue
		}
		c.add(mark{Kind: "path", Class: "trail " + s.Color + dash(s), D: attr("d", polyline(points)), Series: s.Name})
		end := points[len(points)-1]
		labels = append(labels, label{end[1] + 4, mark{Kind: "text", Class: "name " + s.Color, X: px(edge), Text: clip(s.Name, 14), Series: s.Name}})
	}
	c.spread(labels, 14, 20, c.H-44)
}

func goals(kept bool) string {
	if kept {
		return "all p95 goals kept"
	}
	return "a p95 goal is missed"
}

func dash(s series) string {
	if s.Dashed {
		return " dashed"
	}
	return ""
}

// cdf draws how the answers of a class are spread over time, for each shape.
func (p *page) cdf(i int, name string, goal float64) chart {
	const left, right, top, bottom, w, h = 42.0, 14.0, 26.0, 42.0, 350.0, 250.0
	c := chart{ID: fmt.Sprintf("cdf-%d", i), W: w, H: h, Title: "Latency of " + name}
	low, high := goal, goal
	best, worst := "", ""
	fastest, slowest := math.Inf(1), 0.0
	for _, s := range p.Shown {
		k := classOf(s.Entry, name)
		if k == nil || k.Answers == 0 || len(k.CDF) < 101 {
			continue
		}
		low, high = math.Min(low, k.CDF[2]), math.Max(high, k.CDF[99])
		if k.P95.Mid < fastest {
			fastest, best = k.P95.Mid, s.Name
		}
		if k.P95.Mid > slowest {
			slowest, worst = k.P95.Mid, s.Name
		}
	}
	c.Desc = "No shape answered in the run."
	if slowest > 0 {
		c.Desc = fmt.Sprintf("The share of answers within a time. p95 is between %s (%s) and %s (%s); the goal is %s.",
			seconds(fastest), best, seconds(slowest), worst, seconds(goal))
	}
	x, xs := logarithmic(low, high*1.05, left, w-right)
	y := scale{low: 0, high: 100, from: h - bottom, to: top}
	for _, v := range xs {
		c.line("grid", x.at(v), top, x.at(v), h-bottom)
	}
	for _, v := range thin(xs, x, 46) {
		c.text("tick mid", x.at(v), h-bottom+17, tickSeconds(v))
	}
	for _, v := range []float64{0, 25, 50, 75, 95} {
		c.line("grid", left, y.at(v), w-right, y.at(v))
		c.text("tick end", left-6, y.at(v)+4, fmt.Sprintf("%.0f %%", v))
	}
	c.line("ref", left, y.at(95), w-right, y.at(95))
	c.line("goal", x.at(goal), top, x.at(goal), h-bottom)
	c.text("note mid", math.Min(math.Max(x.at(goal), left+50), w-right-56), top-8, "goal for p95: "+tickSeconds(goal))
	c.text("axis mid", (left+w-right)/2, h-6, "time to the answer, logarithmic")
	for _, s := range p.Shown {
		k := classOf(s.Entry, name)
		if k == nil || k.Answers == 0 || len(k.CDF) < 101 {
			continue
		}
		var points [][2]float64
		for q := 0; q < len(k.CDF); q += 1 + btoi(q < 90) {
			points = append(points, [2]float64{math.Min(math.Max(x.at(k.CDF[q]), left), w-right), y.at(float64(q))})
		}
		tip := fmt.Sprintf("%s: half within %s, 95 %% within %s (between %s and %s in 80 %% of the draws), 99 %% within %s; goal %s",
			s.Name, seconds(k.P50.Mid), seconds(k.P95.Mid), seconds(k.P95.Low), seconds(k.P95.High), seconds(k.P99.Mid), seconds(goal))
		c.add(mark{Kind: "path", Class: "curve " + s.Color + dash(s), D: attr("d", polyline(points)), Series: s.Name, Tip: tip})
	}
	return c
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// thin is the ticks that have room for their text.
func thin(ticks []float64, s scale, room float64) []float64 {
	var list []float64
	for _, v := range ticks {
		if n := len(list); n == 0 || s.at(v)-s.at(list[n-1]) >= room {
			list = append(list, v)
		}
	}
	return list
}

func classOf(e *rank.Entry, name string) *rank.ClassReport {
	for i := range e.Classes {
		if e.Classes[i].Name == name {
			return &e.Classes[i]
		}
	}
	return nil
}
