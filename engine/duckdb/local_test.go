package duckdb

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// localData is rows in Arrow's JSON, as a client would send them.
func localData(t testing.TB, types []plan.Type, batches ...string) *plan.LocalData {
	t.Helper()
	data := &plan.LocalData{}
	for i, typ := range types {
		data.Out = append(data.Out, &plan.Column{ID: plan.ColumnID(i + 1), Name: fmt.Sprintf("c%d", i), Type: typ, Nullable: true})
	}
	schema := arrowtype.Schema(data.Out, "UTC")
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(schema))
	for _, b := range batches {
		rec, _, err := array.RecordFromJSON(memory.DefaultAllocator, schema, strings.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		// A slice has offsets, which a copy of whole buffers would miss.
		if err := w.Write(rec.NewSlice(0, rec.NumRows())); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	data.Arrow = buf.Bytes()
	return data
}

func readLocals(t testing.TB, e *Engine, sql string, schema *arrow.Schema, locals ...*plan.LocalData) [][]string {
	t.Helper()
	r := request{sql: sql, schema: schema}
	for i, d := range locals {
		r.locals = append(r.locals, translate.Local{Name: fmt.Sprintf("shoal_local_%d", i), Data: d})
	}
	s, err := e.runSQL(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Release()
	var out [][]string
	for s.Next() {
		out = append(out, printed(s.RecordBatch())...)
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return out
}

func TestLocalTypes(t *testing.T) {
	e := open(t)
	for _, c := range []struct {
		typ    plan.Type
		values string // a JSON array
		want   []string
	}{
		{plan.Boolean, `[true, null, false]`, []string{"true", "(null)", "false"}},
		{plan.Byte, `[1, null, -3]`, []string{"1", "(null)", "-3"}},
		{plan.Long, `[1, null, -3]`, []string{"1", "(null)", "-3"}},
		{plan.Double, `[1.5, null, -3]`, []string{"1.5", "(null)", "-3"}},
		{plan.String, `["a", null, "", "longer than twelve bytes", "ä"]`, []string{"a", "(null)", "", "longer than twelve bytes", "ä"}},
		{plan.Binary, `["AGE=", null]`, []string{"AGE=", "(null)"}},
		{plan.Date, `["2024-02-29", null]`, []string{"2024-02-29", "(null)"}},
		{plan.Timestamp, `["2024-02-29T01:02:03.000004Z", null]`, []string{"2024-02-29T01:02:03.000004Z", "(null)"}},
		{plan.Decimal{Precision: 4, Scale: 2}, `["-1.25", null]`, []string{"-1.25", "(null)"}},
		{plan.Decimal{Precision: 9, Scale: 2}, `["-1.25", null]`, []string{"-1.25", "(null)"}},
		{plan.Decimal{Precision: 18, Scale: 2}, `["-1.25", null]`, []string{"-1.25", "(null)"}},
		{plan.Decimal{Precision: 38, Scale: 2}, `["-1.25", null]`, []string{"-1.25", "(null)"}},
		{plan.Null, `[null, null]`, []string{"(null)", "(null)"}},
		{plan.Array{Elem: plan.Int, ContainsNull: true}, `[[1, null, 3], null, [], [4]]`, []string{"[1,null,3]", "(null)", "[]", "[4]"}},
		{plan.Array{Elem: plan.Array{Elem: plan.String}, ContainsNull: true}, `[[["a"], ["b", "c"]], null, [[]]]`, []string{`[["a"],["b","c"]]`, "(null)", "[[]]"}},
		{plan.Map{Key: plan.String, Value: plan.Int, ValueContainsNull: true}, `[[{"key": "a", "value": 1}, {"key": "b", "value": null}], null]`,
			[]string{`[{"key":"a","value":1},{"key":"b","value":null}]`, "(null)"}},
		{plan.Struct{Fields: []plan.Field{{Name: "x", Type: plan.Int, Nullable: true}, {Name: "y", Type: plan.Array{Elem: plan.Int}, Nullable: true}}},
			`[{"x": 1, "y": [1, 2]}, null, {"x": null, "y": null}]`, []string{`{"x":1,"y":[1,2]}`, "(null)", `{"x":null,"y":null}`}},
	} {
		rows := strings.TrimSuffix(strings.TrimPrefix(c.values, "["), "]")
		var objects []string
		for _, v := range splitTop(rows) {
			objects = append(objects, `{"c0": `+v+`}`)
		}
		data := localData(t, []plan.Type{c.typ}, "["+strings.Join(objects, ",")+"]")
		got := readLocals(t, e, "SELECT c0 FROM shoal_local_0", arrowtype.Schema(data.Out, "UTC"), data)
		for i, w := range c.want {
			if len(got) != len(c.want) || got[i][0] != w {
				t.Errorf("%s: got %v, want %v", c.typ, got, c.want)
				break
			}
		}
	}
}

// splitTop splits JSON values at commas that are in no bracket or quote.
func splitTop(s string) (parts []string) {
	depth, quoted, start := 0, false, 0
	for i, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[' || r == '{':
			depth++
		case r == ']' || r == '}':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(s[start:]))
}

// manyRows is n rows in several batches: a number, a text and a list.
func manyRows(t testing.TB, n int) *plan.LocalData {
	var batches []string
	var b strings.Builder
	for i := range n {
		if b.Len() == 0 {
			b.WriteByte('[')
		} else {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"c0": %d, "c1": "text number %d", "c2": [%d, %d]}`, i, i, i, i+1)
		if i%5000 == 4999 || i == n-1 {
			b.WriteByte(']')
			batches = append(batches, b.String())
			b.Reset()
		}
	}
	return localData(t, []plan.Type{plan.Long, plan.String, plan.Array{Elem: plan.Long}}, batches...)
}

func TestLocalManyRowsManyConnections(t *testing.T) {
	e := open(t)
	data := manyRows(t, 12_000)
	schema := schemaOf(arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			got := readLocals(t, e, `SELECT count(*), sum((c1 = 'text number ' || c0 AND c2 = [c0, c0 + 1])::INT)::BIGINT
				FROM shoal_local_0`, schema, data)
			if got[0][0] != "12000" || got[0][1] != "12000" {
				t.Errorf("got %v", got)
			}
		})
	}
	wg.Wait()
	if n := len(e.locals.tables); n != 1 {
		t.Errorf("%d tables instead of one", n)
	}
}

func TestLocalNamesAreTheQuerysOwn(t *testing.T) {
	e := open(t)
	a := localData(t, []plan.Type{plan.Int}, `[{"c0": 1}]`)
	b := localData(t, []plan.Type{plan.String}, `[{"c0": "x"}]`)
	for range 3 {
		if got := readLocals(t, e, "SELECT c0 FROM shoal_local_0", arrowtype.Schema(a.Out, ""), a); got[0][0] != "1" {
			t.Errorf("got %v", got)
		}
		if got := readLocals(t, e, "SELECT c0 FROM shoal_local_0", arrowtype.Schema(b.Out, ""), b); got[0][0] != "x" {
			t.Errorf("got %v", got)
		}
	}
}

func TestLocalsAreBounded(t *testing.T) {
	e := open(t)
	for i := range 20 {
		data := localData(t, []plan.Type{plan.Int}, fmt.Sprintf(`[{"c0": %d}]`, i))
		readLocals(t, e, "SELECT c0 FROM shoal_local_0", arrowtype.Schema(data.Out, ""), data)
		e.locals.mu.Lock()
		e.locals.bytes += localBytes / 10 // as if they were large
		e.locals.tables[tableOf(e, i)].size += localBytes / 10
		e.locals.mu.Unlock()
	}
	e.dropLocals()
	if e.locals.bytes > localBytes || len(e.locals.tables) == 0 {
		t.Errorf("%d bytes in %d tables", e.locals.bytes, len(e.locals.tables))
	}
	got := collect(t, e, "SELECT count(*) FROM duckdb_tables()", arrow.PrimitiveTypes.Int64)
	if got[0][0] != fmt.Sprint(len(e.locals.tables)) {
		t.Errorf("%v tables in DuckDB, %d known", got, len(e.locals.tables))
	}
}

// tableOf is the table used last.
func tableOf(e *Engine, _ int) (name string) {
	for n, t := range e.locals.tables {
		if t.used == e.locals.clock {
			name = n
		}
	}
	return name
}

func TestLocalWithoutRows(t *testing.T) {
	e := open(t)
	data := localData(t, []plan.Type{plan.Int})
	none := &plan.LocalData{Common: data.Common}
	for _, d := range []*plan.LocalData{data, none} {
		if got := readLocals(t, e, "SELECT count(*) FROM shoal_local_0", schemaOf(arrow.PrimitiveTypes.Int64), d); got[0][0] != "0" {
			t.Errorf("got %v", got)
		}
	}
}

func TestLocalCancelWhileLoading(t *testing.T) {
	e := open(t)
	data := manyRows(t, 200_000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.loadLocals(ctx, nil, []translate.Local{{Name: "shoal_local_0", Data: data}}); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	got := readLocals(t, e, "SELECT count(*) FROM shoal_local_0", schemaOf(arrow.PrimitiveTypes.Int64), data)
	if got[0][0] != "200000" {
		t.Errorf("got %v", got)
	}
}

func TestLocalBadUTF8(t *testing.T) {
	e := open(t)
	data := localData(t, []plan.Type{plan.String}, `[{"c0": "abcdefgh"}]`)
	data.Arrow = bytes.Replace(data.Arrow, []byte("abcdefgh"), []byte("abc\xff\xfegh"+"x"), 1)
	_, err := e.runSQL(context.Background(), request{sql: "SELECT c0 FROM shoal_local_0",
		schema: arrowtype.Schema(data.Out, ""), locals: []translate.Local{{Name: "shoal_local_0", Data: data}}})
	if err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("error %v", err)
	}
}

// BenchmarkLocalLoad loads 100,000 rows of a number, a text and a list.
func BenchmarkLocalLoad(b *testing.B) {
	data := manyRows(b, 100_000)
	schema := schemaOf(arrow.PrimitiveTypes.Int64)
	for b.Loop() {
		e := open(b)
		readLocals(b, e, "SELECT count(*) FROM shoal_local_0", schema, data)
	}
}

// BenchmarkLocalAgain reads data that is loaded already.
func BenchmarkLocalAgain(b *testing.B) {
	data := manyRows(b, 100)
	schema := schemaOf(arrow.PrimitiveTypes.Int64)
	e := open(b)
	for b.Loop() {
		readLocals(b, e, "SELECT count(*) FROM shoal_local_0", schema, data)
	}
}
