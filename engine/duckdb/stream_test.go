package duckdb

import (
	"context"
	"fmt"
	"strings"
	"sync"
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

func TestProgress(t *testing.T) {
	e := open(t)
	if err := e.execAll("CREATE TABLE numbers AS SELECT range AS i FROM range(3000000)"); err != nil {
		t.Fatal(err)
	}
	told := make(chan engine.Progress, 100)
	r, err := e.runSQL(context.Background(), request{sql: "SELECT i FROM numbers",
		schema: schemaOf(arrow.PrimitiveTypes.Int64), progress: func(p engine.Progress) { told <- p }})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for range 20 {
		r.Next()
	}
	if p := <-told; p.Fraction <= 0 || p.Fraction >= 1 || p.Rows == 0 || p.Total == 0 {
		t.Errorf("progress %+v", p)
	}
}

// TestReleaseWhileNextWaits releases a reader from another goroutine.
func TestReleaseWhileNextWaits(t *testing.T) {
	e := open(t)
	r, err := e.runSQL(context.Background(), request{
		// Many rows come at once, then very few.
		sql:    "SELECT range FROM range(100000000000) WHERE range < 2000000 OR hash(range) % 100000000 = 1",
		schema: schemaOf(arrow.PrimitiveTypes.Int64),
	})
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan func() passed, 1)
	time.AfterFunc(100*time.Millisecond, func() { released <- stopwatch(); r.Release() })
	for r.Next() {
	}
	if p := (<-released)(); p.late(soonFree) {
		t.Errorf("Next returned %v after Release", p)
	}
}

func TestManyAtOnce(t *testing.T) {
	e := open(t)
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			for i := range 20 {
				n := g*200 + i*37
				sql := fmt.Sprintf("SELECT range, 'text ' || range, [range, NULL] FROM range(%d)", n)
				r, err := e.runSQL(context.Background(), request{sql: sql, schema: schemaOf(arrow.PrimitiveTypes.Int64,
					arrow.BinaryTypes.String, arrow.ListOf(arrow.PrimitiveTypes.Int64))})
				if err != nil {
					t.Error(err)
					return
				}
				rows := 0
				for r.Next() {
					b := r.RecordBatch()
					for j := range int(b.NumRows()) {
						if b.Column(0).ValueStr(j) != fmt.Sprint(rows) || b.Column(1).ValueStr(j) != fmt.Sprint("text ", rows) ||
							b.Column(2).ValueStr(j) != fmt.Sprintf("[%d,null]", rows) {
							t.Errorf("row %d is %s, %s, %s", rows, b.Column(0).ValueStr(j), b.Column(1).ValueStr(j), b.Column(2).ValueStr(j))
							r.Release()
							return
						}
						rows++
					}
				}
				if r.Release(); rows != n || r.Err() != nil {
					t.Errorf("%d rows instead of %d, error %v", rows, n, r.Err())
				}
			}
		})
	}
	wg.Wait()
	if len(e.busy) != 0 || len(e.slots) != 0 {
		t.Errorf("%d connections and %d slots are not given back", len(e.busy), len(e.slots))
	}
}

// TestNestedVectors compares nested results, made of constants and filtered rows too, with
// DuckDB's own text of them.
func TestNestedVectors(t *testing.T) {
	e := open(t)
	for _, expr := range []string{
		"[1, i]", "[i]", "list_transform(range(i % 5), lambda x: x + i)", "[[i], [1, 2]]", "[NULL, i]",
		"CASE WHEN i % 3 = 0 THEN NULL ELSE [i, 7] END", "list_filter([i, i + 1, 3], lambda x: x % 2 = 0)",
		"[7]", "list_reverse([1, 2, i])",
	} {
		typ := arrow.ListOf(arrow.PrimitiveTypes.Int64)
		if strings.HasPrefix(expr, "[[") {
			typ = arrow.ListOf(typ)
		}
		sql := "SELECT x, replace(replace(CAST(x AS VARCHAR), ' ', ''), 'NULL', 'null') FROM (SELECT CAST(" + expr + " AS BIGINT[]) AS x FROM range(10000) t(i) WHERE i % 7 <> 2)"
		if strings.HasPrefix(expr, "[[") {
			sql = strings.Replace(sql, "BIGINT[]", "BIGINT[][]", 1)
		}
		compareText(t, expr, collect(t, e, sql, typ, arrow.BinaryTypes.String))
	}
	pair := arrow.StructOf(arrow.Field{Name: "a", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		arrow.Field{Name: "b", Type: arrow.ListOf(arrow.BinaryTypes.String), Nullable: true})
	for _, expr := range []string{
		"{'a': i, 'b': ['x']}", "{'a': 1, 'b': ['x', i::VARCHAR]}", "{'a': 1::BIGINT, 'b': ['y']}",
		"CASE WHEN i % 3 = 0 THEN NULL ELSE {'a': i, 'b': [i::VARCHAR || ' is a longer text']} END",
		"[{'a': i, 'b': ['x']}, {'a': 2, 'b': NULL}][1 + i % 2]",
	} {
		sql := "SELECT x, x.a, to_json(x.b)::VARCHAR FROM (SELECT CAST(" + expr + " AS STRUCT(a BIGINT, b VARCHAR[])) AS x FROM range(10000) t(i) WHERE i % 7 <> 2)"
		for _, row := range collect(t, e, sql, pair, arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String) {
			want := fmt.Sprintf(`{"a":%s,"b":%s}`, row[1], strings.Replace(row[2], "(null)", "null", 1))
			if row[1] == "(null)" {
				want = "(null)"
			}
			if row[0] != want {
				t.Fatalf("%s: %s, DuckDB has %s", expr, row[0], want)
			}
		}
	}
}

func compareText(t *testing.T, what string, rows [][]string) {
	t.Helper()
	if len(rows) == 0 {
		t.Errorf("%s: no rows", what)
	}
	for _, r := range rows {
		if r[0] != r[1] {
			t.Fatalf("%s: %s, DuckDB has %s", what, r[0], r[1])
		}
	}
}

// TestLargeTexts sends more text in one chunk than a batch may hold.
func TestLargeTexts(t *testing.T) {
	e := open(t)
	r, err := e.runSQL(context.Background(), request{sql: "SELECT repeat('0123456789', 20000) FROM range(1000)", schema: schemaOf(arrow.BinaryTypes.String)})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	rows := 0
	for r.Next() {
		b := r.RecordBatch()
		rows += int(b.NumRows())
		if n := len(b.Column(0).(*array.String).ValueBytes()); n > 3*maxPiece {
			t.Errorf("a batch of %d bytes", n)
		}
	}
	if rows != 1000 || r.Err() != nil {
		t.Errorf("%d rows, %v", rows, r.Err())
	}
}
