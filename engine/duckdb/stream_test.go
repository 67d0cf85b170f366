package duckdb

import (
	"context"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
)

func open(t testing.TB) *Engine {
	t.Helper()
	e, err := Open(Options{TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// schemaOf names columns c0, c1, ... of the given types.
func schemaOf(types ...arrow.DataType) *arrow.Schema {
	fields := make([]arrow.Field, len(types))
	for i, dt := range types {
		fields[i] = arrow.Field{Name: "c" + string(rune('0'+i)), Type: dt, Nullable: true}
	}
	return arrow.NewSchema(fields, nil)
}

// text of every column of every row, as Arrow prints values.
func collect(t testing.TB, e *Engine, sql string, types ...arrow.DataType) [][]string {
	t.Helper()
	r, err := e.runSQL(context.Background(), request{sql: sql, schema: schemaOf(types...)})
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	defer r.Release()
	var out [][]string
	for r.Next() {
		out = append(out, printed(r.RecordBatch())...)
	}
	if r.Err() != nil {
		t.Fatalf("%s: %v", sql, r.Err())
	}
	return out
}

func printed(b arrow.RecordBatch) [][]string {
	out := make([][]string, b.NumRows())
	for i := range out {
		for _, c := range b.Columns() {
			out[i] = append(out[i], c.ValueStr(i))
		}
	}
	return out
}

func TestTypes(t *testing.T) {
	e := open(t)
	for _, c := range []struct {
		sql  string
		dt   arrow.DataType
		want string
	}{
		{"true", arrow.FixedWidthTypes.Boolean, "true"},
		{"7::TINYINT", arrow.PrimitiveTypes.Int8, "7"},
		{"7::SMALLINT", arrow.PrimitiveTypes.Int16, "7"},
		{"7", arrow.PrimitiveTypes.Int32, "7"},
		{"7::BIGINT", arrow.PrimitiveTypes.Int64, "7"},
		{"1.5::FLOAT", arrow.PrimitiveTypes.Float32, "1.5"},
		{"1.5::DOUBLE", arrow.PrimitiveTypes.Float64, "1.5"},
		{"'short'", arrow.BinaryTypes.String, "short"},
		{"'longer than twelve bytes'", arrow.BinaryTypes.String, "longer than twelve bytes"},
		{"''", arrow.BinaryTypes.String, ""},
		{"'\\x00a'::BLOB", arrow.BinaryTypes.Binary, "AGE="},
		{"DATE '2024-02-29'", arrow.FixedWidthTypes.Date32, "2024-02-29"},
		{"TIMESTAMP '2024-02-29 01:02:03.000004'", &arrow.TimestampType{Unit: arrow.Microsecond}, "2024-02-29T01:02:03.000004"},
		{"TIMESTAMP '2024-02-29 01:02:03'", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}, "2024-02-29T01:02:03Z"},
		{"-1.5::DECIMAL(3,1)", &arrow.Decimal128Type{Precision: 3, Scale: 1}, "-1.5"},
		{"-1.5::DECIMAL(9,1)", &arrow.Decimal128Type{Precision: 9, Scale: 1}, "-1.5"},
		{"-1.5::DECIMAL(18,1)", &arrow.Decimal128Type{Precision: 18, Scale: 1}, "-1.5"},
		{"-1.5::DECIMAL(38,1)", &arrow.Decimal128Type{Precision: 38, Scale: 1}, "-1.5"},
		{"NULL", arrow.Null, "(null)"},
		{"14", arrow.FixedWidthTypes.MonthInterval, "14"},
		{"14::BIGINT", &arrow.DurationType{Unit: arrow.Microsecond}, "14us"},
		{"INTERVAL '14 months 3 days 5 microseconds'", arrow.FixedWidthTypes.MonthDayNanoInterval,
			`{"months":14,"days":3,"nanoseconds":5000}`},
		{"[1, NULL, 3]", arrow.ListOf(arrow.PrimitiveTypes.Int32), "[1,null,3]"},
		{"{'a': 1, 'b': 'x'}", arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int32, Nullable: true},
			arrow.Field{Name: "b", Type: arrow.BinaryTypes.String, Nullable: true}), `{"a":1,"b":"x"}`},
		{"MAP {'k': 1, 'l': NULL}", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int32),
			`[{"key":"k","value":1},{"key":"l","value":null}]`},
		{"NULL::INTEGER", arrow.PrimitiveTypes.Int32, "(null)"},
		{"NULL::VARCHAR", arrow.BinaryTypes.String, "(null)"},
		{"NULL::INTEGER[]", arrow.ListOf(arrow.PrimitiveTypes.Int32), "(null)"},
	} {
		// A row beside others, so that the optimiser cannot fold it into a constant alone.
		got := collect(t, e, "SELECT "+c.sql+" FROM range(3)", c.dt)
		if len(got) != 3 || got[0][0] != c.want || got[2][0] != c.want {
			t.Errorf("%s: got %q, want %q", c.sql, got, c.want)
		}
	}
}

func TestCancelWhileRunning(t *testing.T) {
	e := open(t)
	for _, sql := range []string{
		"SELECT count(*) FROM range(1000000000) a, range(1000) b WHERE a.range + b.range = -1",
		"SELECT a.range FROM range(1000000000) a, range(1000) b", // streams
	} {
		ctx, cancel := context.WithCancel(context.Background())
		var cancelled time.Time
		time.AfterFunc(100*time.Millisecond, func() { cancelled = time.Now(); cancel() })
		r, err := e.runSQL(ctx, request{sql: sql, schema: schemaOf(arrow.PrimitiveTypes.Int64)})
		if err == nil {
			for r.Next() {
			}
			err = r.Err()
			r.Release()
		}
		if err != context.Canceled {
			t.Errorf("%s: %v", sql, err)
		}
		if d := time.Since(cancelled); d > 50*time.Millisecond {
			t.Errorf("%s: cancelled after %v", sql, d)
		}
		if got := collect(t, e, "SELECT 1", arrow.PrimitiveTypes.Int32); len(got) != 1 {
			t.Errorf("after cancel: %v", got)
		}
	}
}

var _ array.RecordReader = (*stream)(nil)

func TestProgress(t *testing.T) {
	e := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := e.execAll("CREATE TABLE numbers AS SELECT range AS i FROM range(5000000)"); err != nil {
		t.Fatal(err)
	}
	var last engine.Progress
	r, err := e.runSQL(ctx, request{
		sql:    "SELECT count(*) FROM numbers WHERE md5(md5(md5(i::VARCHAR))) = ''",
		schema: schemaOf(arrow.PrimitiveTypes.Int64),
		progress: func(p engine.Progress) {
			if last = p; p.Fraction > 0 {
				cancel()
			}
		},
	})
	if err == nil {
		for r.Next() {
		}
		r.Release()
	}
	if last.Fraction <= 0 || last.Fraction > 1 || last.Total == 0 {
		t.Errorf("progress %+v", last)
	}
}
