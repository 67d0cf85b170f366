package duckdb

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/engine"
)

// TestPeakMemory looks at what a query needs that runs alone for long enough, and at nothing of others.
func TestPeakMemory(t *testing.T) {
	e, err := Open(Options{TempDir: t.TempDir(), MemoryLimit: 1 << 30, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	needed := func(sql string) int64 {
		t.Helper()
		s, err := e.runSQL(t.Context(), request{sql: sql, schema: schemaOf(arrow.PrimitiveTypes.Int64), progress: func(engine.Progress) {}})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Release()
		for s.Next() {
		}
		if s.Err() != nil {
			t.Fatal(s.Err())
		}
		return s.Usage().PeakMemory
	}
	if got := needed("SELECT 1::BIGINT"); got != 0 {
		t.Errorf("a short query needed %d bytes", got)
	}
	// Three million groups of a key and a count, 16 bytes each at least; of so many rows that it takes long enough.
	var groups string
	var got int64
	for rows := 20_000_000; got == 0 && rows < 5_000_000_000; rows *= 2 {
		groups = fmt.Sprintf("SELECT count(*) FROM (SELECT range * 7 %% 3000001 AS k, count(*) FROM range(%d) GROUP BY k)", rows)
		got = needed(groups)
	}
	if got < 3_000_000*16 || got > 2<<30 {
		t.Errorf("3 million groups needed %d bytes", got)
	}
	other, err := e.runSQL(t.Context(), request{sql: "SELECT range FROM range(100000000)", schema: schemaOf(arrow.PrimitiveTypes.Int64)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Release()
	if got := needed(groups); got != 0 {
		t.Errorf("beside another query it needed %d bytes", got)
	}
}

// BenchmarkLook is what it costs to look at what a query holds: ten times a second, while it runs alone.
func BenchmarkLook(b *testing.B) {
	e, err := Open(Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	r := e.meter.begin()
	for b.Loop() {
		e.look(r)
	}
}
