package report

// This file holds what charts are drawn with: marks, scales and how numbers are written.

import (
	"cmp"
	"fmt"
	"html/template"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// chart is one drawing; page.html has the template.
type chart struct {
	ID, Title, Desc string
	W, H            float64
	Of              string // the class it is about
	View            string // of the charts that share a place, which one it is
	Hidden          bool   // until its view is chosen
	Marks           []mark
}

// mark is a piece of a chart. Which fields count depends on Kind.
type mark struct {
	Kind       string // line, rect, path, dot, text
	Class      string
	X, Y, W, H px // line: from X, Y by W, H; dot: H is the radius
	D          template.HTMLAttr
	Text       string
	Series     string // toggled with that shape
	Tip        string // what the pointer and the keyboard tell
}

// px is a coordinate, written with one decimal.
type px float64

func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

func (c *chart) add(m mark) { c.Marks = append(c.Marks, m) }

func (c *chart) line(class string, x1, y1, x2, y2 float64) {
	c.add(mark{Kind: "line", Class: class, X: px(x1), Y: px(y1), W: px(x2), H: px(y2)})
}

func (c *chart) text(class string, x, y float64, text string) {
	c.add(mark{Kind: "text", Class: class, X: px(x), Y: px(y), Text: text})
}

func (c *chart) rect(class string, x, y, w, h float64, tip string) {
	c.add(mark{Kind: "rect", Class: class, X: px(x), Y: px(y), W: px(w), H: px(h), Tip: tip})
}

// polyline is a path through points.
func polyline(points [][2]float64) string {
	var b strings.Builder
	for i, p := range points {
		b.WriteByte("ML"[min(i, 1)])
		b.WriteString(px(p[0]).String() + " " + px(p[1]).String())
	}
	return b.String()
}

// scale maps values to coordinates.
type scale struct {
	low, high, from, to float64
	log                 bool
}

func (s scale) at(v float64) float64 {
	f := 0.0
	if s.log {
		f = math.Log(math.Max(v, 1e-9)/s.low) / math.Log(s.high/s.low)
	} else {
		f = (v - s.low) / (s.high - s.low)
	}
	return s.from + (s.to-s.from)*f
}

// linear is a scale from zero, or from below low, with some four to six ticks.
func linear(low, high, from, to float64) (scale, []float64) {
	if high <= low {
		high = low + math.Max(1, math.Abs(low))
	}
	step := niceStep((high - low) / 5)
	low, high = step*math.Floor(low/step+1e-9), step*math.Ceil(high/step-1e-9)
	var ticks []float64
	for v := low; v <= high+step/2; v += step {
		ticks = append(ticks, v)
	}
	return scale{low: low, high: high, from: from, to: to}, ticks
}

func niceStep(v float64) float64 {
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if v <= m*base*(1+1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// logarithmic is a scale with ticks at 1, 2 and 5 times powers of ten; where these are few, at more.
func logarithmic(low, high, from, to float64) (scale, []float64) {
	low = math.Max(low, 1e-6)
	if high < 1.2*low {
		low, high = low/1.1, high*1.1
	}
	s := scale{low: low, high: high, from: from, to: to, log: true}
	for _, steps := range [][]float64{{1}, {1, 2, 5}, {1, 1.5, 2, 3, 5, 7}, {1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9}} {
		var ticks []float64
		for e := math.Floor(math.Log10(low)); e <= math.Ceil(math.Log10(high)); e++ {
			for _, m := range steps {
				if v := m * math.Pow(10, e); v >= low*(1-1e-9) && v <= high*(1+1e-9) {
					ticks = append(ticks, v)
				}
			}
		}
		if len(ticks) >= 4 {
			return s, ticks
		}
	}
	return s, []float64{low, high}
}

// label is a text that may be moved up or down a little so that it hides no other.
type label struct {
	y    float64
	mark mark
}

// spread moves labels apart, and adds them.
func (c *chart) spread(labels []label, gap, top, bottom float64) {
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.y, b.y) })
	for i := range labels {
		labels[i].y = math.Max(labels[i].y, top)
		if i > 0 {
			labels[i].y = math.Max(labels[i].y, labels[i-1].y+gap)
		}
	}
	for i := len(labels) - 1; i >= 0; i-- {
		limit := bottom
		if i+1 < len(labels) {
			limit = labels[i+1].y - gap
		}
		labels[i].y = math.Min(labels[i].y, limit)
		labels[i].mark.Y = px(labels[i].y)
		c.add(labels[i].mark)
	}
}

// clip shortens a name to what a chart has room for; the table has it whole.
func clip(name string, letters int) string {
	if r := []rune(name); len(r) > letters {
		return string(r[:letters-1]) + "…"
	}
	return name
}

// seconds writes a time.
func seconds(v float64) string {
	switch {
	case v == 0:
		return "0 s"
	case v < 0.01:
		return fmt.Sprintf("%.1f ms", v*1000)
	case v < 0.9995:
		return fmt.Sprintf("%.0f ms", v*1000)
	case v < 1.995:
		return fmt.Sprintf("%.2f s", v)
	case v < 9.95:
		return fmt.Sprintf("%.1f s", v)
	case v < 600:
		return fmt.Sprintf("%.0f s", v)
	case v < 7200:
		return fmt.Sprintf("%.0f min", v/60)
	default:
		return fmt.Sprintf("%.1f h", v/3600)
	}
}

// tickSeconds writes a time on an axis, where 2 is 2 s and not 2.0 s.
func tickSeconds(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.9995:
		return short(v*1000) + " ms"
	case v < 600:
		return short(v) + " s"
	case v < 7200:
		return short(v/60) + " min"
	default:
		return short(v/3600) + " h"
	}
}

func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

func usd(v float64) string { return fmt.Sprintf("$%.2f", v) }

// times writes a ratio.
func times(v float64) string {
	if v < 9.995 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// percent writes a share.
func percent(v float64) string {
	if p := 100 * v; p != 0 && math.Abs(p) < 9.95 {
		return fmt.Sprintf("%.1f %%", p)
	}
	return fmt.Sprintf("%.0f %%", 100*v)
}

// unbroken keeps a number and its unit on one line.
func unbroken(text string) string { return units.ReplaceAllString(text, "$1\u00a0$2") }

var units = regexp.MustCompile(`(\d) (%|s\b|ms\b|MB/s|Gbit/s|GiB)`)

// change writes a ratio as more or less than before, in percent.
func change(ratio float64) string {
	p := 100 * (ratio - 1)
	if math.Abs(p) < 0.5 {
		return "±0 %"
	}
	return strings.Replace(fmt.Sprintf("%+.0f %%", p), "-", "−", 1)
}
