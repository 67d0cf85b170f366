package duckdb

import (
	"context"
	"testing"

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

func BenchmarkUDF(b *testing.B) {
	const rows = 10_000_000
	for _, x := range []struct{ name, expr string }{
		{"none", "max(range)"},
		{"inc", "max(shoal_test_inc(range))"},
		{"text", "max(shoal_test_echo(range::varchar))"},
		{"notext", "max(range::varchar)"},
	} {
		b.Run(x.name, func(b *testing.B) {
			e := open(b)
			if err := e.execAll("SET threads=1"); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				drain(b, e, context.Background(), request{sql: "SELECT " + x.expr + " IS NULL FROM range(10000000)", schema: schemaOf(arrow.FixedWidthTypes.Boolean)})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rows, "ns/row")
		})
	}
}

func (e *Engine) execAll(sql string) error {
	c, err := e.get(context.Background())
	if err != nil {
		return err
	}
	defer e.put(c)
	return c.exec(sql)
}
