package engine

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
)

// scripted is an engine that says what it is told to.
type scripted struct {
	name    string
	refuses string
	latency float64
}

func (s scripted) Name() string            { return s.name }
func (s scripted) Estimate(Query) Estimate { return Estimate{Latency: s.latency} }
func (s scripted) Accepts(Query) error {
	if s.refuses != "" {
		return fault.Unsupported("%s", s.refuses)
	}
	return nil
}

func (s scripted) Run(context.Context, Query) (array.RecordReader, error) { return nil, nil }

func conf(value string) Query {
	return Query{Settings: plan.Settings{Conf: func(key string) (string, bool) { return value, key == ConfEngine && value != "" }}}
}

func TestPick(t *testing.T) {
	duckdb, spark := scripted{name: "duckdb", latency: 0.01}, scripted{name: "spark", latency: 1}
	picky := scripted{name: "duckdb", latency: 0.01, refuses: "no such function"}
	for name, c := range map[string]struct {
		engines []Engine
		conf    string
		want    string // "" is an error
		why     string
	}{
		"the soonest":         {[]Engine{spark, duckdb}, "", "duckdb", "soonest"},
		"auto":                {[]Engine{duckdb, spark}, "auto", "duckdb", "soonest"},
		"one refuses":         {[]Engine{picky, spark}, "", "spark", "duckdb refuses: no such function"},
		"nobody can":          {[]Engine{picky}, "", "", "no such function"},
		"no engine":           {nil, "", "", "attached"},
		"forced":              {[]Engine{duckdb, spark}, "Spark", "spark", "shoal.engine = spark"},
		"forced and refused":  {[]Engine{picky, spark}, "duckdb", "", "no such function"},
		"forced and not here": {[]Engine{duckdb}, "spark", "", "not attached"},
	} {
		chosen, err := (&Router{Engines: c.engines}).Pick(conf(c.conf))
		e, est, why := chosen.Engine, chosen.Estimate, chosen.Why
		if c.want == "" {
			if err == nil || !fault.IsUnsupported(err) || !strings.Contains(err.Error(), c.why) {
				t.Errorf("%s: picked %v, error %v", name, e, err)
			}
			continue
		}
		if err != nil || e.Name() != c.want || !strings.Contains(why, c.why) || est.Latency != e.Estimate(Query{}).Latency {
			t.Errorf("%s: picked %v because %q, error %v", name, e, why, err)
		}
	}
}

// server is a remote server of a name.
type server struct{ Remote }

func (server) Name() string { return "spark" }

func TestPickElsewhere(t *testing.T) {
	work := &plan.Range{End: 1e9, Step: 1} // a second of the inner engine, ten of Spark
	works := WorkOf(work)
	sure := func(latency float64) worker { return worker{"duckdb", Estimate{Latency: latency, Confidence: surely}} }
	fails := worker{"duckdb", Estimate{Latency: 0.1, Fails: true}}
	busy := func(engine string, _ Estimate) Load {
		if engine == "duckdb" {
			return Load{Wait: 100}
		}
		return Load{}
	}
	for name, c := range map[string]struct {
		engine Engine
		query  Query
		want   string
		why    string
	}{
		"sooner here":           {sure(1), Query{Elsewhere: true}, "duckdb", "soonest: in 1 s, and in "},
		"sooner there":          {sure(100), Query{Elsewhere: true}, "", "soonest: in "},
		"must not leave":        {sure(100), Query{}, "duckdb", "soonest"},
		"a little sooner there": {worker{"duckdb", Estimate{Latency: works.OnSpark(2).Latency * 1.1, Confidence: surely}}, Query{Elsewhere: true}, "duckdb", "too uncertain"},
		"a busy engine":         {sure(1), Query{Elsewhere: true, Load: busy, Cores: 100}, "", "soonest"},
		"too little memory":     {fails, Query{Elsewhere: true}, "", "expected to run out of memory"},
		"it failed":             {sure(1), Query{Elsewhere: true, Without: "duckdb"}, "", "duckdb ran out of memory"},
		"it refuses":            {scripted{name: "duckdb", refuses: "no such function"}, Query{}, "", "duckdb refuses: no such function"},
	} {
		c.query.Plan = work
		r := &Router{Engines: []Engine{c.engine}, Remote: server{}}
		got, err := r.Pick(c.query)
		picked := ""
		if got.Engine != nil {
			picked = got.Engine.Name()
		}
		if err != nil || picked != c.want || !strings.Contains(got.Why, c.why) {
			t.Errorf("%s: picked %q because %q, error %v", name, picked, got.Why, err)
		}
		if c.query.Elsewhere && c.query.Without == "" && (got.Other.Name == "" || got.Other.Estimate.Latency <= 0 || got.Free != (picked == "")) {
			t.Errorf("%s: beside it %+v", name, got.Other)
		}
	}
}

// neighbour is a remote server on this machine.
type neighbour struct{ server }

func (neighbour) SharesFiles() bool { return true }

// A crowd is not sent to a server that has the same processors.
func TestPickBesideCrowd(t *testing.T) {
	r := &Router{Engines: []Engine{worker{"duckdb", Estimate{Latency: 0.05, Confidence: surely}}}, Remote: server{}}
	q := Query{Plan: numbers(1000), Elsewhere: true, Load: func(engine string, _ Estimate) Load {
		if engine == "duckdb" {
			return Load{Wait: 2, Beside: 4}
		}
		return Load{}
	}}
	if c, err := r.Pick(q); err != nil || c.Engine != nil {
		t.Errorf("to a server elsewhere: %+v, %v", c, err)
	}
	r.Remote = neighbour{}
	if c, err := r.Pick(q); err != nil || c.Engine == nil {
		t.Errorf("to a server beside: %+v, %v", c, err)
	}
}

// worker is an engine with an estimate.
type worker struct {
	name     string
	estimate Estimate
}

func (w worker) Name() string                                         { return w.name }
func (w worker) Accepts(Query) error                                  { return nil }
func (w worker) Estimate(Query) Estimate                              { return w.estimate }
func (worker) Run(context.Context, Query) (array.RecordReader, error) { return nil, nil }

// What engines took decides, however wrong the guesses are.
func TestPickByExperience(t *testing.T) {
	work := &plan.Range{End: 1e9, Step: 1}
	r := &Router{Engines: []Engine{worker{"duckdb", Estimate{Latency: 1, CPUSeconds: 1, Confidence: 0.2}}}, Remote: server{}}
	q := Query{Plan: work, Fingerprint: 7, Elsewhere: true}
	pick := func() Choice {
		c, err := r.Pick(q)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	first := pick()
	for range 5 {
		r.Experience.Add("duckdb", first.Key, Took{Latency: 60, CPUSeconds: 60})
	}
	if c := pick(); c.Engine == nil || c.Estimate.Latency != 60 {
		t.Errorf("after a minute here, of what is as much more work there: %+v", c)
	}
	r.Experience.Add("spark", first.Key, Took{Latency: 6})
	if c := pick(); c.Engine != nil || c.Other.Estimate.Latency != 60 {
		t.Errorf("after six seconds there: %+v", c)
	}
	for range 20 {
		r.Experience.Add("spark", first.Key, Took{Latency: 300})
	}
	if c := pick(); c.Engine == nil || c.Estimate.Confidence < 0.5 {
		t.Errorf("after five minutes there: %+v", c)
	}
	r.Experience.Add("duckdb", first.Key, Took{Latency: 60, Failed: true})
	if c := pick(); c.Engine != nil || c.Why != "duckdb ran out of memory at such a query" {
		t.Errorf("after it ran out of memory here: %+v", c)
	}
}

func TestInside(t *testing.T) {
	w := Work{CPUSeconds: 1, PeakMemory: 2 << 30, Kept: 1 << 20}
	if e := w.Inside(0, 2, 0); e.Latency != 0.5 || e.Fails {
		t.Errorf("without a limit: %+v", e)
	}
	if e := w.Inside(0, 2, 1<<30); e.Latency < 3 || e.Fails {
		t.Errorf("what goes to disk: %+v", e)
	}
	w.Kept = 2 << 30
	if e := w.Inside(0, 2, 1<<30); !e.Fails {
		t.Errorf("what cannot: %+v", e)
	}
}

// BenchmarkPick is the router's own time for a query of seven joins between two engines.
func BenchmarkPick(b *testing.B) {
	rel := plan.Relation(events())
	for i := range 7 {
		scan := events()
		for k, c := range scan.Out {
			c.ID = plan.ColumnID(1000*(i+1) + k)
		}
		join := &plan.Join{Common: plan.Common{Out: append(plan.Output(rel), scan.Out...)}, Left: rel, Right: scan}
		equal := &plan.Func{Name: "=", Args: []plan.Expr{plan.Output(rel)[0], scan.Out[0]}}
		small := &plan.Func{Name: "<", Args: []plan.Expr{scan.Out[1], &plan.Literal{Value: int64(3), Type: plan.Long}}}
		rel = &plan.Filter{Common: join.Common, Input: join, Cond: &plan.Func{Name: "and", Args: []plan.Expr{equal, small}}}
	}
	r := &Router{Engines: []Engine{worker{"duckdb", Estimate{Latency: 1}}}, Remote: server{}}
	q := Query{Plan: rel, Fingerprint: 7, Elsewhere: true, Load: func(string, Estimate) Load { return Load{} }}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Pick(q); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSane(t *testing.T) {
	for _, n := range []float64{-1, 1e300, math.Inf(1), math.Inf(-1), math.NaN()} {
		e := Estimate{Latency: n, CPUSeconds: n, Confidence: n, Bytes: math.MinInt64, PeakMemory: math.MaxInt64}.sane()
		if !(e.Latency >= 0 && e.Latency <= 1e9 && e.CPUSeconds >= 0 && e.CPUSeconds <= 1e9 && e.Confidence >= 0 && e.Confidence <= 1) ||
			e.Bytes != 0 || e.PeakMemory <= 0 || 2*e.PeakMemory <= 0 {
			t.Errorf("%g became %+v", n, e)
		}
	}
	if e := (Estimate{Latency: 1, CPUSeconds: 2, Confidence: 0.5, Bytes: 3, PeakMemory: 4}); e.sane() != e {
		t.Errorf("%+v became %+v", e, e.sane())
	}
}
