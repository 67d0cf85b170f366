package web

// This file answers Prometheus in its text format, https://prometheus.io/docs/instrumenting/exposition_formats/.
// Prometheus' own library would bring seven modules for what is one loop here: package session counts already. Values
// of labels are few: engines, lanes and the classes of errors; never users, texts or ids.

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"shoal/sched"
	"shoal/session"
)

// Footprint is what a lane of the inner engine holds, in bytes.
type Footprint struct{ Memory, Spilled int64 }

// Answers is what the cache of answers holds, and has done since the server began.
type Answers struct{ Kept, Bytes, Hits, Misses, Evicted int64 }

// Process says of the process what the other rooms do not know.
type Process struct {
	Version  string
	Start    time.Time
	Resident func() int64 // bytes; 0 where the system does not tell
	// Lanes are those of the inner engine; one that does not answer in time is missing.
	Lanes func(context.Context) map[string]Footprint
	// Answers is that of the answers that are kept.
	Answers func() Answers
}

// footprintTimeout is how long a scrape waits for the lanes.
const footprintTimeout = time.Second

// metrics answers GET /metrics.
func (s *server) metrics(w http.ResponseWriter, r *http.Request, _ caller) {
	ctx, cancel := context.WithTimeout(r.Context(), footprintTimeout)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m := &exposition{w: w}
	m.totals(s.Sessions.Totals())
	m.pools(s.Sched.Snapshot())
	m.process(ctx, s)
}

// exposition writes metrics, all samples of a name below its head.
type exposition struct{ w io.Writer }

func (m *exposition) head(name, kind, help string) {
	fmt.Fprintf(m.w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes a value; labels are names and values in turn.
func (m *exposition) sample(name string, value float64, labels ...string) {
	fmt.Fprintf(m.w, "%s%s %s\n", name, labelled(labels), strconv.FormatFloat(value, 'g', -1, 64))
}

var labelEscape = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func labelled(labels []string) string {
	if len(labels) == 0 {
		return ""
	}
	var b strings.Builder
	for i := 0; i < len(labels); i += 2 {
		b.WriteString([]string{"{", ","}[min(i, 1)] + labels[i] + `="` + labelEscape.Replace(labels[i+1]) + `"`)
	}
	return b.String() + "}"
}

// gauge writes a metric of one sample.
func (m *exposition) gauge(name, help string, value float64, labels ...string) {
	m.head(name, "gauge", help)
	m.sample(name, value, labels...)
}

func (m *exposition) totals(t session.Totals) {
	m.head("shoal_queries_total", "counter", "Queries that ended, by engine, lane and class of their error.")
	outcomes := slices.SortedFunc(maps.Keys(t.Outcomes), func(a, b session.Outcome) int {
		return cmp.Or(places(a.Place, b.Place), cmp.Compare(a.Class, b.Class))
	})
	for _, o := range outcomes {
		m.sample("shoal_queries_total", float64(t.Outcomes[o]), append(at(o.Place), "outcome", cmp.Or(o.Class, "ok"))...)
	}
	sorted := slices.SortedFunc(maps.Keys(t.Places), places)
	for _, h := range []struct {
		name, help string
		of         func(session.Work) session.Histogram
	}{
		{"shoal_query_wait_seconds", "How long queries waited for their turns.", func(w session.Work) session.Histogram { return w.Waited }},
		{"shoal_query_first_row_seconds", "Time until the first rows, of queries that gave some.", func(w session.Work) session.Histogram { return w.First }},
		{"shoal_query_seconds", "Time until queries ended, their clients' reading included.", func(w session.Work) session.Histogram { return w.Took }},
	} {
		m.head(h.name, "histogram", h.help)
		for _, p := range sorted {
			m.histogram(h.name, h.of(t.Places[p]), at(p))
		}
	}
	for _, c := range []struct {
		name, help string
		of         func(session.Work) float64
	}{
		{"shoal_query_cpu_seconds_total", "Processor time of queries.", func(w session.Work) float64 { return w.CPUSeconds }},
		{"shoal_query_rows_total", "Rows sent to clients.", func(w session.Work) float64 { return float64(w.Rows) }},
		{"shoal_query_bytes_total", "Bytes of results sent to clients.", func(w session.Work) float64 { return float64(w.Bytes) }},
		{"shoal_queries_demoted_total", "Queries that were thought to be short and began again as heavy ones.", func(w session.Work) float64 { return float64(w.Demoted) }},
	} {
		m.head(c.name, "counter", c.help)
		for _, p := range sorted {
			m.sample(c.name, c.of(t.Places[p]), at(p)...)
		}
	}
}

func places(a, b session.Place) int {
	return cmp.Or(cmp.Compare(a.Engine, b.Engine), cmp.Compare(a.Lane, b.Lane))
}

// at labels a place.
func at(p session.Place) []string {
	return []string{"engine", cmp.Or(p.Engine, "none"), "lane", cmp.Or(string(p.Lane), "none")}
}

func (m *exposition) histogram(name string, h session.Histogram, labels []string) {
	sum := int64(0)
	for i, n := range h.Counts {
		bound := "+Inf"
		if i < len(session.Bounds) {
			bound = strconv.FormatFloat(session.Bounds[i], 'g', -1, 64)
		}
		sum += n
		m.sample(name+"_bucket", float64(sum), append(labels[:len(labels):len(labels)], "le", bound)...)
	}
	m.sample(name+"_sum", h.Sum, labels...)
	m.sample(name+"_count", float64(sum), labels...)
}

func (m *exposition) pools(s sched.Snapshot) {
	for _, g := range []struct {
		name, help string
		of         func(sched.PoolUse) int
	}{
		{"shoal_pool_slots", "Queries that may run at the same time.", func(p sched.PoolUse) int { return p.Slots }},
		{"shoal_pool_running", "Queries that run.", func(p sched.PoolUse) int { return p.Running }},
		{"shoal_pool_waiting", "Queries that wait for their turns.", func(p sched.PoolUse) int { return p.Waiting }},
		{"shoal_pool_paused", "Queries whose clients do not read, and who have no slot meanwhile.", func(p sched.PoolUse) int { return p.Paused }},
	} {
		m.head(g.name, "gauge", g.help)
		for _, p := range s.Pools {
			m.sample(g.name, float64(g.of(p)), "engine", p.Pool.Engine, "lane", string(p.Pool.Lane))
		}
	}
	m.gauge("shoal_users", "Users with queries at work, or who had more than others of late.", float64(len(s.Users)))
}

func (m *exposition) process(ctx context.Context, s *server) {
	sessions, operations := s.Sessions.Counts()
	m.gauge("shoal_sessions", "Sessions in memory.", float64(sessions))
	m.gauge("shoal_operations", "Operations at work.", float64(operations))
	lanes := s.Process.Lanes(ctx)
	for _, g := range []struct {
		name, help string
		of         func(Footprint) int64
	}{
		{"shoal_duckdb_memory_bytes", "Memory that a lane of the inner engine holds, by its own count.", func(f Footprint) int64 { return f.Memory }},
		{"shoal_duckdb_spilled_bytes", "What a lane of the inner engine has on disk for want of memory.", func(f Footprint) int64 { return f.Spilled }},
	} {
		m.head(g.name, "gauge", g.help)
		for _, lane := range slices.Sorted(maps.Keys(lanes)) {
			m.sample(g.name, float64(g.of(lanes[lane])), "lane", lane)
		}
	}
	m.head("shoal_history_lost_total", "counter", "Queries that could not be written down in the history.")
	m.sample("shoal_history_lost_total", float64(s.Sessions.History.Lost()))
	m.answers(s.Process.Answers())
	m.gauge("shoal_info", "The version that runs.", 1, "version", s.Process.Version)
	m.gauge("go_goroutines", "Goroutines.", float64(runtime.NumGoroutine()))
	m.gauge("process_resident_memory_bytes", "Memory of the process.", float64(s.Process.Resident()))
	m.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", float64(s.Process.Start.UnixMilli())/1000)
}

func (m *exposition) answers(a Answers) {
	m.gauge("shoal_cache_answers", "Answers that are kept to be given again.", float64(a.Kept))
	m.gauge("shoal_cache_bytes", "Memory of the answers that are kept.", float64(a.Bytes))
	for _, c := range []struct {
		name, help string
		n          int64
	}{
		{"shoal_cache_hits_total", "Queries that had an answer that was given before.", a.Hits},
		{"shoal_cache_misses_total", "Queries whose answers may be kept, and that had to run.", a.Misses},
		{"shoal_cache_evicted_total", "Answers that had to go for want of memory.", a.Evicted},
	} {
		m.head(c.name, "counter", c.help)
		m.sample(c.name, float64(c.n))
	}
}
