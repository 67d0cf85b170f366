package translate_test

// This file measures what a session time zone whose clocks change costs.

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	bind "github.com/duckdb/duckdb-go-bindings"
)

const (
	changingZone = "America/New_York"
	zoneRows     = "5000000"
)

// BenchmarkZone computes with instants of twenty years, in no order, in a zone whose clocks change.
// x-plain is how many times longer that takes than the same on TIMESTAMP_NTZ, by the best runs in
// turn; the aim is 2. x-plain-cpu is that in processor time, for busy machines.
func BenchmarkZone(b *testing.B) {
	file := instants(b)
	for name, expr := range map[string]string{
		"date_trunc-day":  "max(date_trunc('day', %))",
		"date_trunc-hour": "max(date_trunc('hour', %))",
		"year":            "max(year(%))",
		"hour":            "max(hour(%))",
		"to-date":         "max(CAST(% AS DATE))",
		"date_format":     "max(date_format(%, 'yyyy-MM-dd HH:mm'))",
		"to-string":       "max(CAST(% AS STRING))",
		"group-by-day":    "count(*) FROM events GROUP BY date_trunc('day', %)",
	} {
		b.Run(name, func(b *testing.B) {
			zoned, plain := eventsSession(b, file, changingZone), eventsSession(b, file, "UTC")
			ours, theirs := cost{math.Inf(1), math.Inf(1)}, cost{math.Inf(1), math.Inf(1)}
			for b.Loop() {
				ours.keepLess(measure(b, func() error { return zoned.drain(onColumn(expr, "at")) }))
				theirs.keepLess(measure(b, func() error { return plain.drain(onColumn(expr, "plain")) }))
			}
			b.ReportMetric(ours.wall*1e3, "zone-ms")
			b.ReportMetric(theirs.wall*1e3, "plain-ms")
			b.ReportMetric(ours.wall/theirs.wall, "x-plain")
			b.ReportMetric(ours.cpu/theirs.cpu, "x-plain-cpu")
		})
	}
}

// onColumn is the query of an expression with % in the column's place.
func onColumn(expr, column string) string {
	text := "SELECT " + strings.ReplaceAll(expr, "%", column)
	if !strings.Contains(text, " FROM ") {
		text += " FROM events"
	}
	return text
}

func eventsSession(b *testing.B, file, zone string) *session {
	s := newSession(openEngine(b), map[string]string{"spark.sql.session.timeZone": zone})
	if _, err := s.analyze(b.Context(), "CREATE TEMPORARY VIEW events USING parquet OPTIONS (path '"+file+"')"); err != nil {
		b.Fatal(err)
	}
	return s
}

// instants makes a Parquet file of the same times as TIMESTAMP and as TIMESTAMP_NTZ.
func instants(b *testing.B) string {
	var db bind.Database
	raw := &rawDuckDB{}
	if bind.Open("", &db) != bind.StateSuccess || bind.Connect(db, &raw.conn) != bind.StateSuccess {
		b.Fatal("cannot open DuckDB")
	}
	defer bind.Close(&db)
	defer bind.Disconnect(&raw.conn)
	file := filepath.Join(b.TempDir(), "events.parquet")
	if err := raw.drain("SET TimeZone = 'UTC'"); err != nil {
		b.Fatal(err)
	}
	const twentyYears = "631152000"
	if err := raw.drain("COPY (SELECT plain, CAST(plain AS TIMESTAMPTZ) AS at FROM (SELECT TIMESTAMP '2005-01-01' + to_seconds((hash(range) % " +
		twentyYears + ")::BIGINT) AS plain FROM range(" + zoneRows + "))) TO '" + file + "' (FORMAT parquet)"); err != nil {
		b.Fatal(err)
	}
	return file
}
