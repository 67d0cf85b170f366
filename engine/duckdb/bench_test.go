package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		e, err := Open(Options{})
		if err != nil {
			b.Fatal(err)
		}
		e.Close()
	}
}

func BenchmarkSelect1(b *testing.B) {
	e := open(b)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		drain(b, e, ctx, request{sql: "SELECT 1", schema: schemaOf(arrow.PrimitiveTypes.Int32)})
	}
}

// wide is the 6M rows of 6 columns of the speed targets, as a Parquet file that is kept.
func wide(b *testing.B, e *Engine) request {
	file := filepath.Join(os.TempDir(), "shoal-bench-6m.parquet")
	if _, err := os.Stat(file); err != nil {
		err := e.execAll(`COPY (SELECT range AS id, (range * 7919 % 10007)::INTEGER AS k, range / 7 AS x, 'name ' || range % 1000 AS name,
			(range % 100000 / 100)::DECIMAL(12,2) AS price, TIMESTAMP '2020-01-01' + to_seconds(range) AS t
			FROM range(6000000)) TO '` + file + `' (FORMAT parquet)`)
		if err != nil {
			b.Fatal(err)
		}
	}
	return request{sql: "SELECT * FROM '" + file + "'", schema: schemaOf(arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int32,
		arrow.PrimitiveTypes.Float64, arrow.BinaryTypes.String, &arrow.Decimal128Type{Precision: 12, Scale: 2}, &arrow.TimestampType{Unit: arrow.Microsecond})}
}

// BenchmarkFirstBatch6M is the time to the first rows of a large result; target 100 ms.
func BenchmarkFirstBatch6M(b *testing.B) {
	e := open(b)
	r := wide(b, e)
	for b.Loop() {
		rd, err := e.runSQL(context.Background(), r)
		if err != nil {
			b.Fatal(err)
		}
		rd.Next()
		rd.Release()
	}
}

// BenchmarkExport6M reads it all. growth-MB is how much the process's memory grew at most.
func BenchmarkExport6M(b *testing.B) {
	e := open(b)
	r := wide(b, e)
	base, peak := rss(), 0
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				peak = max(peak, rss())
			}
		}
	}()
	for b.Loop() {
		if n := drain(b, e, context.Background(), r); n != 6_000_000 {
			b.Fatal(n, "rows")
		}
	}
	close(stop)
	b.ReportMetric(float64(peak-base)/(1<<20), "growth-MB")
}

// rss is the process's resident memory in bytes, 0 where there is no /proc.
func rss() int {
	text, _ := os.ReadFile("/proc/self/statm")
	if fields := strings.Fields(string(text)); len(fields) > 1 {
		pages, _ := strconv.Atoi(fields[1])
		return pages * os.Getpagesize()
	}
	return 0
}

// BenchmarkUDF is what functions in Go cost a row, beside the same query without them.
func BenchmarkUDF(b *testing.B) {
	const rows = 10_000_000
	for _, x := range []struct{ name, expr string }{
		{"plain-int64", "max(range)"},
		{"go-int64", "max(shoal_test_inc(range))"},
		{"plain-text", "max(range::VARCHAR)"},
		{"go-text", "max(shoal_test_echo(range::VARCHAR))"},
		{"plain-timestamp", "max(make_timestamp(range * 100000000))"},
		{"localtime", "max(shoal_localtime(make_timestamp(range * 100000000), 'America/New_York'))"},
		{"instant", "max(shoal_instant(make_timestamp(range * 100000000), 'America/New_York'))"},
		{"hash", "max(shoal_hash(range))"},
		{"xxhash64-text", "max(shoal_xxhash64(range::VARCHAR))"},
		{"string-to-int", "max(shoal_cast_string_to_int(range::VARCHAR, true))"},
		{"date-format", "max(shoal_date_format(make_timestamp(range * 100000000), 'yyyy-MM-dd', 'UTC'))"},
	} {
		b.Run(x.name, func(b *testing.B) {
			e := open(b)
			if err := e.execAll("SET threads = 1"); err != nil {
				b.Fatal(err)
			}
			r := request{sql: "SELECT " + x.expr + " IS NULL FROM range(10000000)", schema: schemaOf(arrow.FixedWidthTypes.Boolean)}
			for b.Loop() {
				drain(b, e, context.Background(), r)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func drain(b testing.TB, e *Engine, ctx context.Context, r request) (rows int64) {
	b.Helper()
	rd, err := e.runSQL(ctx, r)
	if err != nil {
		b.Fatal(err)
	}
	defer rd.Release()
	for rd.Next() {
		rows += rd.RecordBatch().NumRows()
	}
	if rd.Err() != nil {
		b.Fatal(rd.Err())
	}
	return rows
}

// execAll runs statements on some connection.
func (e *Engine) execAll(sql string) error {
	c, err := e.get(context.Background())
	if err != nil {
		return err
	}
	defer e.put(c)
	return c.exec(sql)
}
