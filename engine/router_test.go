package engine

import (
	"context"
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
