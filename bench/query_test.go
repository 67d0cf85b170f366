// Package bench has the Go part of the standing benchmarks (make bench runs it): what a query costs
// before an engine sees it.
package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/sparksql"
)

// BenchmarkQuery is parse, analyse and translate of each TPC-H query, with the schemas of the files
// already known, as they are from a session's second question on.
func BenchmarkQuery(b *testing.B) {
	env := tpch(b)
	for n := range 22 {
		text := query(b, n+1)
		b.Run(fmt.Sprintf("q%d", n+1), func(b *testing.B) {
			b.ReportAllocs()
			var times []time.Duration
			for b.Loop() {
				start := time.Now()
				if err := prepare(text, env); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
		})
	}
}

func prepare(text string, env analyze.Env) error {
	parsed, err := sparksql.ParseQuery(text)
	if err != nil {
		return err
	}
	resolved, err := analyze.Analyze(context.Background(), parsed, env)
	if err != nil {
		return err
	}
	_, err = translate.Query(resolved, env.Settings)
	return err
}

// query is the text of a file under queries/.
func query(b *testing.B, number int) string {
	text, err := os.ReadFile(filepath.Join("queries", fmt.Sprintf("q%d.sql", number)))
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimRight(strings.TrimSpace(string(text)), ";")
}

// cacheFolder is where data are that tests and benchmarks make.
func cacheFolder(b *testing.B) string {
	if cache := os.Getenv("SHOAL_CACHE"); cache != "" {
		return cache
	}
	home, err := os.UserHomeDir()
	if err != nil {
		b.Fatal(err)
	}
	return filepath.Join(home, ".cache", "shoal")
}

// tpch is an environment in which the TPC-H tables are temporary views, as a notebook makes them.
func tpch(b *testing.B) analyze.Env {
	data := filepath.Join(cacheFolder(b), "tpch", "sf0.1")
	if _, err := os.Stat(data); err != nil {
		b.Skipf("%v: make tpch makes it", err)
	}
	files := catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
	names := catalog.NewNames(files)
	settings := plan.Settings{ANSI: true, TimeZone: "UTC"}
	for _, table := range strings.Fields("lineitem orders customer part partsupp supplier nation region") {
		read := &plan.Read{Format: "parquet", Paths: []string{filepath.Join(data, table)}}
		view := &catalog.View{Name: []string{table}, Query: read, Settings: settings}
		if err := names.SetView(view, false); err != nil {
			b.Fatal(err)
		}
	}
	return analyze.Env{Settings: settings, Names: names, Catalog: files}
}
