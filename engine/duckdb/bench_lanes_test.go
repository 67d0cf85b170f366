package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// BenchmarkLanes compares the ways to keep short queries quick beside heavy ones: 8 A/B group-bys of a million rows a second,
// beside 2 users who loop TPC-H's Q9, Q18 and Q21 (SF1). Its table stands in DESIGN.md.
//
//	go test ./engine/duckdb -run '^$' -bench Lanes -benchtime 1x
func BenchmarkLanes(b *testing.B) {
	cache := os.Getenv("SHOAL_CACHE")
	if cache == "" {
		home, _ := os.UserHomeDir()
		cache = filepath.Join(home, ".cache", "shoal")
	}
	if _, err := os.Stat(filepath.Join(cache, "tpch", "sf1")); err != nil {
		b.Skip("make bench-data makes its data: ", err)
	}
	for _, c := range []struct {
		name  string
		heavy *Options // of an instance of its own; nil: heavy queries run beside the short ones
		users int
	}{
		{"short ones alone", nil, 0},
		{"one instance", nil, 2},
		{"two instances", &Options{}, 2},
		{"two instances, heavy with one thread", &Options{Threads: 1}, 2},
		{"two instances, heavy niced", &Options{Nice: heavyNice}, 2},
		{"two instances, heavy niced with one thread", &Options{Nice: heavyNice, Threads: 1}, 2},
		{"heavy ones alone, niced", &Options{Nice: heavyNice}, -2},
	} {
		b.Run(c.name, func(b *testing.B) {
			short := withTables(b, cache, Options{})
			heavy := short
			if c.heavy != nil {
				heavy = withTables(b, cache, *c.heavy)
			}
			for b.Loop() {
				meet(b, short, heavy, c.users)
			}
		})
	}
}

const meetFor = 20 * time.Second

// meet lets short queries arrive while heavy users are at work; a negative number of those is without short ones.
func meet(b *testing.B, short, heavy *Engine, users int) {
	group := counted(b, "ab")
	drain(b, short, context.Background(), group)
	ctx, stop := context.WithTimeout(context.Background(), meetFor)
	defer stop()
	var all sync.WaitGroup
	var mu sync.Mutex
	ended, took := 0, []time.Duration{}
	for u := range max(users, -users) {
		all.Go(func() {
			for i := u; ctx.Err() == nil; i++ {
				if drainUntil(ctx, heavy, counted(b, []string{"q9", "q18", "q21"}[i%3])) == nil {
					mu.Lock()
					ended++
					mu.Unlock()
				}
			}
		})
	}
	for next := time.NewTicker(time.Second / 8); users >= 0 && ctx.Err() == nil; <-next.C {
		arrived := time.Now()
		all.Go(func() {
			if drainUntil(ctx, short, group) == nil {
				mu.Lock()
				took = append(took, time.Since(arrived))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	b.ReportMetric(float64(ended)*float64(time.Minute/meetFor), "heavies/min")
	if len(took) > 0 {
		slices.Sort(took)
		b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
		b.ReportMetric(took[len(took)*95/100].Seconds()*1e3, "p95-ms")
	}
	b.ReportMetric(0, "ns/op")
}

// counted is a query of bench/queries whose whole result is computed and one number is told.
func counted(b *testing.B, name string) request {
	text, err := os.ReadFile(filepath.Join("..", "..", "bench", "queries", name+".sql"))
	if err != nil {
		b.Fatal(err)
	}
	sql := strings.TrimRight(strings.TrimSpace(string(text)), ";")
	return request{sql: "SELECT count(*) FILTER (hash(x) % 2 = 0) FROM (" + sql + ") x", schema: schemaOf(arrow.PrimitiveTypes.Int64)}
}

func drainUntil(ctx context.Context, e *Engine, r request) error {
	rows, err := e.runSQL(ctx, r)
	if err != nil {
		return err
	}
	defer rows.Release()
	for rows.Next() {
	}
	return rows.Err()
}

// withTables opens an instance that knows TPC-H's tables and the events of A/B tests by name.
func withTables(b *testing.B, cache string, o Options) *Engine {
	e, err := Open(o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	folders, _ := filepath.Glob(filepath.Join(cache, "tpch", "sf1", "*"))
	for _, dir := range append(folders, filepath.Join(cache, "bench", "events")) {
		if err := e.execAll("CREATE VIEW " + filepath.Base(dir) + " AS FROM '" + dir + "/*.parquet'"); err != nil {
			b.Fatal(err)
		}
	}
	return e
}
