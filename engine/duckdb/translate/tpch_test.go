package translate_test

// This file measures TPC-H: how long translation takes, and how the result compares with the same
// query as a person would give it to DuckDB.

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine"
	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

var (
	tpch = flag.String("tpch", "", "a folder of TPC-H tables as Parquet: compare with raw DuckDB")
	runs = flag.Int("runs", 5, "how often each query runs; the best time counts")
)

// tpchQueries are the texts of bench/queries, valid Spark and DuckDB SQL alike.
func tpchQueries(t testing.TB) []string {
	t.Helper()
	queries := make([]string, 22)
	for i := range queries {
		text, err := os.ReadFile(filepath.Join("..", "..", "..", "bench", "queries", fmt.Sprintf("q%d.sql", i+1)))
		if err != nil {
			t.Skip(err)
		}
		queries[i] = strings.TrimRight(strings.TrimSpace(string(text)), ";")
	}
	return queries
}

func utcSession(t testing.TB) *session {
	return newSession(openEngine(t), map[string]string{"spark.sql.session.timeZone": "UTC"})
}

func BenchmarkTranslateTPCH(b *testing.B) {
	if *tpch == "" {
		b.Skip("no -tpch folder")
	}
	s := utcSession(b)
	s.tpchTables(b, *tpch)
	var plans []plan.Relation
	for _, text := range tpchQueries(b) {
		rel, err := s.analyze(context.Background(), text)
		if err != nil {
			b.Fatal(err)
		}
		plans = append(plans, rel)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if _, err := translate.Query(plans[i%len(plans)], s.env.Settings); err != nil {
			b.Fatal(err)
		}
	}
}

// TestTPCHSpeed runs both sides in turn and prints the best times: by the clock, and of the
// processors, which means more on a machine that others use.
func TestTPCHSpeed(t *testing.T) {
	if *tpch == "" {
		t.Skip("no -tpch folder")
	}
	s := utcSession(t)
	s.tpchTables(t, *tpch)
	raw := openRaw(t, *tpch)
	var wall, cpu ratios
	for i, text := range tpchQueries(t) {
		ours, theirs := cost{math.Inf(1), math.Inf(1)}, cost{math.Inf(1), math.Inf(1)}
		for range *runs {
			ours.keepLess(measure(t, func() error { return s.drain(text) }))
			theirs.keepLess(measure(t, func() error { return raw.drain(text) }))
		}
		t.Logf("Q%-2d  clock %7.1f / %7.1f ms = %.2f   processors %7.1f / %7.1f ms = %.2f", i+1,
			ours.wall*1e3, theirs.wall*1e3, wall.add(ours.wall/theirs.wall), ours.cpu*1e3, theirs.cpu*1e3, cpu.add(ours.cpu/theirs.cpu))
	}
	t.Logf("ours / raw: clock %v; processors %v", wall, cpu)
}

// cost is what a run took, in seconds.
type cost struct{ wall, cpu float64 }

func (c *cost) keepLess(d cost) { c.wall, c.cpu = min(c.wall, d.wall), min(c.cpu, d.cpu) }

type ratios []float64

func (r *ratios) add(x float64) float64 {
	*r = append(*r, x)
	return x
}

func (r ratios) String() string {
	sum := 0.0
	for _, x := range r {
		sum += math.Log(x)
	}
	return fmt.Sprintf("geometric mean %.3f, worst %.2f", math.Exp(sum/float64(len(r))), slices.Max(r))
}

func measure(t testing.TB, run func() error) cost {
	t.Helper()
	start, used := time.Now(), processorTime()
	if err := run(); err != nil {
		t.Fatal(err)
	}
	return cost{time.Since(start).Seconds(), processorTime() - used}
}

// processorTime is what all threads of this process have used, in seconds.
func processorTime() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

func (s *session) drain(text string) error {
	rel, err := s.analyze(context.Background(), text)
	if err != nil {
		return err
	}
	q := engine.Query{Plan: rel, Settings: s.env.Settings, Schema: arrowtype.Schema(plan.Output(rel), s.env.Settings.TimeZone)}
	r, err := s.engine.Run(context.Background(), q)
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
	}
	return r.Err()
}

// rawDuckDB is DuckDB without us, with views on the same files.
type rawDuckDB struct{ conn bind.Connection }

func openRaw(t *testing.T, folder string) *rawDuckDB {
	t.Helper()
	var db bind.Database
	r := &rawDuckDB{}
	if bind.Open("", &db) != bind.StateSuccess || bind.Connect(db, &r.conn) != bind.StateSuccess {
		t.Fatal("cannot open DuckDB")
	}
	t.Cleanup(func() { bind.Disconnect(&r.conn); bind.Close(&db) })
	setup := []string{"SET threads = 2"}
	for _, table := range strings.Fields("customer lineitem nation orders part partsupp region supplier") {
		files, _ := filepath.Glob(filepath.Join(folder, table, "*.parquet"))
		slices.Sort(files)
		setup = append(setup, "CREATE VIEW "+table+" AS FROM read_parquet(['"+strings.Join(files, "', '")+"'])")
	}
	for _, text := range setup {
		if err := r.drain(text); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *rawDuckDB) drain(text string) error {
	var res bind.Result
	defer bind.DestroyResult(&res)
	if bind.Query(r.conn, text, &res) != bind.StateSuccess {
		return fmt.Errorf("%s", bind.ResultError(&res))
	}
	return nil
}
