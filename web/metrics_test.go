package web

import (
	"regexp"
	"strings"
	"testing"

	"shoal/sched"
	"shoal/session"
)

// line is one of Prometheus' text format.
var line = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [-+0-9.e]+)$`)

func TestExposition(t *testing.T) {
	var b strings.Builder
	m := &exposition{w: &b}
	short := session.Place{Engine: "duckdb", Lane: sched.Short}
	var waited session.Histogram
	waited.Counts[0], waited.Counts[3], waited.Counts[len(session.Bounds)], waited.Sum = 5, 2, 1, 400.25
	m.totals(session.Totals{
		Outcomes: map[session.Outcome]int64{{Place: short}: 7, {Place: short, Class: "DIVIDE_BY_ZERO"}: 1, {Class: "a\"b\n"}: 1},
		Places:   map[session.Place]session.Work{short: {Waited: waited, CPUSeconds: 1.5, Rows: 12}},
	})
	m.pools(sched.Snapshot{Pools: []sched.PoolUse{{Pool: sched.Pool{Engine: "duckdb", Lane: sched.Heavy}, Slots: 2, Running: 1}}})
	text := b.String()
	for _, l := range strings.Split(strings.TrimSpace(text), "\n") {
		if !line.MatchString(l) {
			t.Errorf("no line of the format: %s", l)
		}
	}
	for _, want := range []string{
		`shoal_queries_total{engine="duckdb",lane="short",outcome="ok"} 7`,
		`shoal_queries_total{engine="duckdb",lane="short",outcome="DIVIDE_BY_ZERO"} 1`,
		`shoal_queries_total{engine="none",lane="none",outcome="a\"b\n"} 1`,
		`shoal_query_wait_seconds_bucket{engine="duckdb",lane="short",le="0.001"} 5`,
		`shoal_query_wait_seconds_bucket{engine="duckdb",lane="short",le="0.01"} 5`,
		`shoal_query_wait_seconds_bucket{engine="duckdb",lane="short",le="0.025"} 7`,
		`shoal_query_wait_seconds_bucket{engine="duckdb",lane="short",le="+Inf"} 8`,
		`shoal_query_wait_seconds_sum{engine="duckdb",lane="short"} 400.25`,
		`shoal_query_wait_seconds_count{engine="duckdb",lane="short"} 8`,
		`shoal_query_cpu_seconds_total{engine="duckdb",lane="short"} 1.5`,
		`shoal_query_rows_total{engine="duckdb",lane="short"} 12`,
		`shoal_pool_slots{engine="duckdb",lane="heavy"} 2`,
	} {
		if strings.Count(text, want+"\n") != 1 {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}
