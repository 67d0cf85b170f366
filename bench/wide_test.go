package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/plan"
	"shoal/sparksql"
)

// timed runs f as often as the benchmark wants, and reports the middle time.
func timed(b *testing.B, f func() error) time.Duration {
	b.Helper()
	b.ReportAllocs()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	middle := times[len(times)/2]
	b.ReportMetric(float64(middle.Nanoseconds())/1e3, "p50-us")
	return middle
}

// BenchmarkWideJoin is parse, analyse and translate of 500 expressions over a join of 20 tables of 25 columns.
func BenchmarkWideJoin(b *testing.B) {
	names := catalog.NewNames(catalog.New(catalog.Options{}))
	env := analyze.Env{Settings: plan.Settings{ANSI: true, TimeZone: "UTC"}, Names: names}
	var items []string
	from := "t0"
	for t := range 20 {
		var columns []string
		for c := range 25 {
			columns = append(columns, fmt.Sprintf("id + %d AS c%d", c, c))
			items = append(items, fmt.Sprintf("coalesce(t%d.c%d, 0) + %d AS x%d", t, c, t, len(items)))
		}
		query, err := sparksql.ParseQuery("SELECT id, " + strings.Join(columns, ", ") + " FROM range(10)")
		if err != nil {
			b.Fatal(err)
		}
		view := &catalog.View{Name: []string{fmt.Sprintf("t%d", t)}, Query: query, Settings: env.Settings}
		if err := names.SetView(view, false); err != nil {
			b.Fatal(err)
		}
		if t > 0 {
			from += fmt.Sprintf(" JOIN t%d ON t%d.id = t%d.id", t, t-1, t)
		}
	}
	text := "SELECT " + strings.Join(items, ", ") + " FROM " + from
	timed(b, func() error { return prepare(text, env) })
}

// BenchmarkSchemas lists 1,000 Parquet files and reads their footers: DuckDB, Shoal for the first time, Shoal once more.
func BenchmarkSchemas(b *testing.B) {
	dir := b.TempDir()
	duck := raw(b)
	for i := range 1000 {
		duck(fmt.Sprintf("COPY (SELECT i, i * 2 AS a, i * 0.5 AS b, 'text ' || i AS c, DATE '2024-01-01' + i::INT AS d FROM range(%d, %d) t(i)) TO '%s/part-%05d.parquet'",
			i*10, i*10+10, dir, i))
	}
	read := &plan.Read{Format: "parquet", Paths: []string{dir}, Options: map[string]string{"mergeschema": "true"}}
	settings := plan.Settings{ANSI: true, TimeZone: "UTC"}
	scan := func(c *catalog.Catalog) error {
		_, err := c.Scan(context.Background(), read, settings)
		return err
	}
	b.Run("duckdb", func(b *testing.B) {
		text := fmt.Sprintf("DESCRIBE SELECT * FROM read_parquet('%s', union_by_name = true)", filepath.Join(dir, "*.parquet"))
		timed(b, func() error { duck(text); return nil })
	})
	b.Run("first", func(b *testing.B) {
		timed(b, func() error { return scan(catalog.New(catalog.Options{AllowedPaths: []string{"/"}})) })
	})
	b.Run("second", func(b *testing.B) {
		known := catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
		if err := scan(known); err != nil {
			b.Fatal(err)
		}
		timed(b, func() error { return scan(known) })
	})
}

// raw opens DuckDB as it is; the function runs a statement.
func raw(b *testing.B) func(text string) {
	var db bind.Database
	var conn bind.Connection
	if bind.Open("", &db) != bind.StateSuccess || bind.Connect(db, &conn) != bind.StateSuccess {
		b.Fatal("cannot open DuckDB")
	}
	b.Cleanup(func() { bind.Disconnect(&conn); bind.Close(&db) })
	return func(text string) {
		var res bind.Result
		defer bind.DestroyResult(&res)
		if bind.Query(conn, text, &res) != bind.StateSuccess {
			b.Fatal(bind.ResultError(&res))
		}
	}
}
