package report

// This file gathers what the page shows.

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode"

	"shoal/planner/eventlog"
	"shoal/planner/rank"
)

// page is what page.html is filled with.
type page struct {
	Input
	Style  template.CSS
	Script template.JS

	Title, Lead string
	Tiles       []tile
	All         []series // by place
	Shown       []series // in the charts
	Rows        []row
	Classes     []classRows
	Parts       []part

	Pareto []chart
	CDFs   []chart
	Times  []chart
	Gantts []ganttPanel

	People  int // users of the file
	Effects []effects
	Tornado []swing
	EMR     *emr
}

// tile is a figure at the top.
type tile struct{ Figure, What, More string }

// ganttPanel is a chart with what it shows.
type ganttPanel struct {
	chart
	Name    string
	Busy    float64
	Classes []key
}

// key is a line of a legend.
type key struct{ Name, Color string }

func newPage(in Input) (*page, error) {
	r := in.Report
	if len(r.Ranking) == 0 {
		return nil, fmt.Errorf("report: the ranking is empty")
	}
	p := &page{Input: in, Parts: parts, All: seriesOf(r)}
	style, err := files.ReadFile("style.css")
	if err != nil {
		return nil, err
	}
	script, err := files.ReadFile("script.js")
	if err != nil {
		return nil, err
	}
	p.Style, p.Script = template.CSS(style), template.JS(script)
	for _, u := range in.Workload.Users {
		p.People += u.Count
	}
	p.Shown = p.All[:min(len(p.All), most)]
	p.Title, p.Lead = split(r.Headline)
	p.tiles()
	p.table()
	p.charts()
	p.Effects = effectsOf(r)
	p.Tornado = tornado(r)
	p.EMR, err = p.emr()
	return p, err
}

// split cuts a headline into its first clause and the rest.
func split(headline string) (title, rest string) {
	const end = " an hour"
	i := strings.Index(headline, end)
	if i < 0 {
		return headline, ""
	}
	rest = strings.TrimLeft(headline[i+len(end):], ":;., ")
	if rest != "" {
		letters := []rune(rest)
		letters[0] = unicode.ToUpper(letters[0])
		rest = string(letters)
	}
	return headline[:i+len(end)], rest
}

func (p *page) tiles() {
	e := &p.Report.Ranking[0]
	p.Tiles = append(p.Tiles, tile{usd(e.Price.Total) + " an hour", fmt.Sprintf("of a budget of %s", usd(p.Report.Budget)),
		fmt.Sprintf("%s for 1000 answers", usd(e.PerKilo.Mid))})
	tightest := slices.MaxFunc(e.Classes, func(a, b rank.ClassReport) int { return cmp.Compare(a.P95.Mid/a.Goal, b.P95.Mid/b.Goal) })
	p.Tiles = append(p.Tiles, tile{seconds(tightest.P95.Mid), fmt.Sprintf("p95 of %s, whose goal of %s is the tightest", tightest.Name, tickSeconds(tightest.Goal)),
		map[bool]string{true: "all goals are kept", false: "a goal is missed"}[e.Meets]})
	if p.People > 0 {
		p.Tiles = append(p.Tiles, tile{fmt.Sprintf("%d users", e.Users), "at once, within all goals", fmt.Sprintf("%d are expected", p.People)})
	}
	p.Tiles = append(p.Tiles, tile{percent(e.Dead.Capacity), "of the slots die with a node", dead(e.Dead.P95)})
}

// dead says what becomes of p95 when a node dies; two runs differ a little by themselves.
func dead(by float64) string {
	if by < 1.02 {
		return "p95 stays as it is then"
	}
	return fmt.Sprintf("p95 is then %s times as long", times(by))
}

// row is a shape in the table.
type row struct {
	series
	Machines string
	Kind     string
	Score    spanBar
	Users    bar
	Lost     bar
	Slower   bar
}

// bar is a share of a cell, 0 to 100.
type bar struct {
	From, Width, Mark px
	Class             string
}

// spanBar is a band with its middle.
type spanBar struct{ Low, Width, Mid, One px }

func (p *page) table() {
	best, worst, crowd, lost, slower := 1.0, 1.0, p.People, 0.0, 1.0
	for _, s := range p.All {
		if !math.IsInf(s.Score.High, 0) {
			best, worst = math.Min(best, s.Score.Low), math.Max(worst, s.Score.High)
		}
		crowd = max(crowd, s.Entry.Users)
		lost, slower = math.Max(lost, s.Dead.Capacity), math.Max(slower, s.Dead.P95)
	}
	x, _ := logarithmic(best, worst, 2, 98)
	to := func(v float64) px { return px(math.Min(98, x.at(v))) }
	share := func(v, of float64) px { return px(100 * math.Min(1, math.Max(0, v)/math.Max(of, 1e-9))) }
	for _, s := range p.All {
		kind := "asked"
		switch {
		case !s.Asked && s.Variant != "":
			kind = "beside"
		case !s.Asked:
			kind = "found"
		}
		p.Rows = append(p.Rows, row{series: s, Machines: machines(s.Entry), Kind: kind,
			Score:  spanBar{to(s.Score.Low), to(s.Score.High) - to(s.Score.Low), to(s.Score.Mid), to(1)},
			Users:  bar{Width: share(float64(s.Entry.Users), float64(crowd)), Mark: share(float64(p.People), float64(crowd)), Class: s.Color},
			Lost:   bar{Width: share(s.Dead.Capacity, lost), Class: s.Color},
			Slower: bar{Width: share(s.Dead.P95-1, math.Max(0.1, slower-1)), Class: s.Color}})
	}
	for _, c := range p.Report.Ranking[0].Classes {
		k := classRows{Name: c.Name, Goal: c.Goal}
		for _, s := range p.All {
			if q := classOf(s.Entry, c.Name); q != nil {
				k.Rows = append(k.Rows, classRow{s, q})
			}
		}
		p.Classes = append(p.Classes, k)
	}
}

// classRows is a class on every shape.
type classRows struct {
	Name string
	Goal float64
	Rows []classRow
}

type classRow struct {
	series
	Class *rank.ClassReport
}

// Share is a part of the class's mean answer.
func (c classRow) Share(q part) string {
	sum := c.Class.Mean.Sum()
	if sum <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*q.of(c.Class.Mean)/sum)
}

// machines is an entry's nodes in few words.
func machines(e *rank.Entry) string {
	var list []string
	for _, w := range e.Workers {
		list = append(list, fmt.Sprintf("%d × %s", w.Count, w.Type))
	}
	return strings.Join(list, " + ")
}

func (p *page) charts() {
	r := p.Report
	classes := r.Ranking[0].Classes
	if len(r.Curve) > 0 {
		p.Pareto = append(p.Pareto, p.pareto(r, "", 1))
		for _, c := range classes {
			p.Pareto = append(p.Pareto, p.pareto(r, c.Name, c.Goal))
		}
	}
	for i, c := range classes {
		p.CDFs = append(p.CDFs, p.cdf(i, c.Name, c.Goal))
		for v := range timeViews {
			p.Times = append(p.Times, p.stack(i, c.Name, v))
		}
	}
	for i := range p.Traces {
		t := &p.Traces[i]
		g := ganttPanel{chart: gantt(i, t), Name: t.Name, Busy: busy(t)}
		for n, name := range t.Classes {
			g.Classes = append(g.Classes, key{name, fmt.Sprintf("k%d", n%ganttColors)})
		}
		p.Gantts = append(p.Gantts, g)
	}
}

// Views is the views of charts that share a place, each once.
func (p *page) Views(charts []chart) []string {
	var list []string
	for _, c := range charts {
		if !slices.Contains(list, c.View) {
			list = append(list, c.View)
		}
	}
	return list
}

// More is how many shapes the charts leave out.
func (p *page) More() int { return len(p.All) - len(p.Shown) }

// effects is the changes of one kind.
type effects struct {
	Of   string
	Rows []effectRow
}

type effectRow struct {
	rank.Effect
	Change string
	Bar    bar
}

// effectsOf groups changes; bars go left and right of the middle, by the logarithm of the ratio.
func effectsOf(r *rank.Report) []effects {
	far := math.Log(1.1)
	for _, e := range r.Effects {
		far = math.Max(far, math.Abs(math.Log(e.Score)))
	}
	var list []effects
	for _, e := range r.Effects {
		if len(list) == 0 || list[len(list)-1].Of != e.Of {
			list = append(list, effects{Of: e.Of})
		}
		g := &list[len(list)-1]
		g.Rows = append(g.Rows, effectRow{e, change(e.Score), diverging(math.Log(e.Score) / far)})
	}
	return list
}

// diverging is a bar from the middle to a share between -1 and 1.
func diverging(v float64) bar {
	v = math.Min(1, math.Max(-1, v))
	b := bar{From: 50, Width: px(50 * v), Class: "worse"}
	if v < 0 {
		b.From, b.Width, b.Class = px(50+50*v), px(-50*v), "better"
	}
	return b
}

// swing is an uncertain input: what it does to the first and to the second shape.
type swing struct {
	Input, Why, Spread string
	Bars               []swingBar
	far                float64
}

type swingBar struct {
	Name        string
	Minus, Plus bar
	At          [2]float64
	Text        string
}

// tornado is the inputs, the one that moves most first.
func tornado(r *rank.Report) []swing {
	far := math.Log(1.05)
	for _, s := range r.Sensitivity {
		for _, at := range [][2]float64{s.FirstAt, s.SecondAt} {
			for _, v := range at {
				if v > 0 {
					far = math.Max(far, math.Abs(math.Log(v)))
				}
			}
		}
	}
	var list []swing
	for i, s := range r.Sensitivity {
		w := swing{Input: s.Input}
		if i < len(r.Uncertain) {
			w.Why = r.Uncertain[i].Why
			if w.Spread = "by family"; r.Uncertain[i].Spread > 0 {
				w.Spread = fmt.Sprintf("±%.0f %%", 100*r.Uncertain[i].Spread)
			}
		}
		for n, at := range [][2]float64{s.FirstAt, s.SecondAt} {
			if n >= len(r.Ranking) || at[0] <= 0 || at[1] <= 0 {
				continue
			}
			minus, plus := math.Log(at[0]), math.Log(at[1])
			w.far = math.Max(w.far, math.Max(math.Abs(minus), math.Abs(plus)))
			b := swingBar{Name: r.Ranking[n].Name, Minus: diverging(minus / far), Plus: diverging(plus / far), At: at,
				Text: change(at[0]) + " … " + change(at[1])}
			b.Minus.Class, b.Plus.Class = "minus", "plus"
			w.Bars = append(w.Bars, b)
		}
		list = append(list, w)
	}
	slices.SortStableFunc(list, func(a, b swing) int { return cmp.Compare(b.far, a.far) })
	return list
}

// emr is the configuration of the best shape that EMR can start.
type emr struct{ Name, Cluster, Groups, Configurations, Pools string }

func (p *page) emr() (*emr, error) {
	for _, s := range p.All {
		if !s.Launchable {
			continue
		}
		conf, err := s.EMR(p.Workload)
		if err != nil {
			return nil, err
		}
		groups, err := json.MarshalIndent(conf.InstanceGroups, "", "  ")
		if err != nil {
			return nil, err
		}
		configurations, err := json.MarshalIndent(conf.Configurations, "", "  ")
		return &emr{s.Name, eventlog.ShortName(p.Report.Workload), string(groups), string(configurations), conf.Pools}, err
	}
	return nil, nil
}

func byPlace(list []series) []series {
	slices.SortStableFunc(list, func(a, b series) int { return cmp.Compare(a.Place, b.Place) })
	return list
}
