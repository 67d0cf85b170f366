package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// sample has a row of values and a row of NULLs.
func sample() arrow.RecordBatch {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "n", Type: arrow.PrimitiveTypes.Int64},
		{Name: "x", Type: arrow.PrimitiveTypes.Float64},
		{Name: "d", Type: &arrow.Decimal128Type{Precision: 5, Scale: 2}},
		{Name: "s", Type: arrow.BinaryTypes.String},
		{Name: "t", Type: &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "Europe/Paris"}},
		{Name: "l", Type: arrow.ListOf(arrow.PrimitiveTypes.Int32)},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	b.Field(0).(*array.Int64Builder).Append(42)
	b.Field(1).(*array.Float64Builder).Append(math.Inf(1))
	b.Field(2).(*array.Decimal128Builder).Append(decimal128.FromI64(-125))
	b.Field(3).(*array.StringBuilder).Append("a, \"é\"")
	b.Field(4).(*array.TimestampBuilder).Append(1_700_000_000_500_000)
	l := b.Field(5).(*array.ListBuilder)
	l.Append(true)
	l.ValueBuilder().(*array.Int32Builder).AppendValues([]int32{1, 2}, nil)
	for i := range schema.NumFields() {
		b.Field(i).AppendNull()
	}
	return b.NewRecordBatch()
}

func TestPrint(t *testing.T) {
	cases := []struct {
		cmd  sqlCmd
		want string
	}{
		{sqlCmd{}, strings.TrimLeft(`
┌──────┬──────────┬───────┬────────┬───────────────────────┬───────┐
│ n    │ x        │ d     │ s      │ t                     │ l     │
├──────┼──────────┼───────┼────────┼───────────────────────┼───────┤
│   42 │ Infinity │ -1.25 │ a, "é" │ 2023-11-14 23:13:20.5 │ [1,2] │
│ NULL │     NULL │  NULL │ NULL   │ NULL                  │ NULL  │
└──────┴──────────┴───────┴────────┴───────────────────────┴───────┘
2 rows
`, "\n")},
		{sqlCmd{CSV: true}, "n,x,d,s,t,l\n42,Infinity,-1.25,\"a, \"\"é\"\"\",2023-11-14 23:13:20.5,\"[1,2]\"\n,,,,,\n"},
		{sqlCmd{JSON: true}, `[{"n": 42, "x": "Infinity", "d": -1.25, "s": "a, \"é\"", "t": "2023-11-14 23:13:20.5", "l": [1,2]},
 {"n": null, "x": null, "d": null, "s": null, "t": null, "l": null}]
`},
	}
	for _, c := range cases {
		var out bytes.Buffer
		p := c.cmd.printer(&out)
		p.begin(sample().Schema())
		if err := errors.Join(p.batch(sample()), p.end()); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("%+v prints\n%swant\n%s", c.cmd, out.String(), c.want)
		}
	}
}

func TestSQLInProcess(t *testing.T) {
	var out bytes.Buffer
	cmd := sqlCmd{Query: "-", CSV: true}
	if err := cmd.run(context.Background(), strings.NewReader("SELECT 1 AS one, 'x' AS two;\n"), &out); err != nil {
		t.Fatal(err)
	}
	if want := "one,two\n1,x\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestSQLErrorIsSparks(t *testing.T) {
	cmd := sqlCmd{Query: "SELECT nope"}
	err := cmd.run(context.Background(), nil, &bytes.Buffer{})
	if err == nil || !strings.HasPrefix(err.Error(), "[UNRESOLVED_COLUMN.WITHOUT_SUGGESTION]") {
		t.Errorf("got %v", err)
	}
}

func TestURL(t *testing.T) {
	if _, err := dialURL("http://localhost"); err == nil {
		t.Error("a url that is not sc:// was taken")
	}
	c, err := dialURL("sc://localhost/;token=secret;use_ssl=true")
	if err != nil {
		t.Fatal(err)
	}
	defer c.conn.Close()
	if c.conn.Target() != "dns:localhost:15002" {
		t.Errorf("target %q", c.conn.Target())
	}
}

// TestSQLAnswers shows what a person, and what a program, reads of each kind of answer.
func TestSQLAnswers(t *testing.T) {
	for _, c := range []struct {
		cmd  sqlCmd
		want string
	}{
		{sqlCmd{Query: "CREATE TEMP VIEW v AS SELECT 1"}, ""},
		{sqlCmd{Query: "SELECT * FROM range(0)", CSV: true}, "id\n"},
		{sqlCmd{Query: "SELECT * FROM range(0)", JSON: true}, "[]\n"},
		{sqlCmd{Query: "SELECT INTERVAL '3 04:05:06.7' DAY TO SECOND AS i, INTERVAL '-1-2' YEAR TO MONTH AS m", CSV: true}, "i,m\n3 04:05:06.7,-1-2\n"},
		{sqlCmd{Query: "SELECT double('NaN') AS n, float('-Infinity') AS f", JSON: true}, `[{"n": "NaN", "f": "-Infinity"}]` + "\n"},
	} {
		var out bytes.Buffer
		if err := c.cmd.run(t.Context(), nil, &out); err != nil || out.String() != c.want {
			t.Errorf("%+v prints %q (%v), want %q", c.cmd, out.String(), err, c.want)
		}
	}
}

// TestSQLStreams: an answer's length must not be the client's memory, and who has read enough may go.
func TestSQLStreams(t *testing.T) {
	for _, cmd := range []sqlCmd{{}, {JSON: true}, {CSV: true}} {
		cmd.Query = "SELECT * FROM range(100000000000)"
		read, write := io.Pipe()
		done := make(chan error, 1)
		go func() { done <- cmd.run(t.Context(), nil, write) }()
		if _, err := io.CopyN(io.Discard, read, 1<<20); err != nil {
			t.Fatal(err)
		}
		read.CloseWithError(syscall.EPIPE)
		if err := <-done; err != nil {
			t.Errorf("%+v ends with %v", cmd, err)
		}
	}
}

// TestWideCellsLateInATable push their border aside and lose nothing.
func TestWideCellsLateInATable(t *testing.T) {
	var out bytes.Buffer
	cmd := sqlCmd{Query: "SELECT IF(id = 20000, 'a wide cell', '') AS s FROM range(20001)"}
	if err := cmd.run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(out.String(), "│ a wide cell │\n└───┘\n20001 rows\n") {
		t.Errorf("ends with %q", out.String()[max(0, out.Len()-100):])
	}
}

// BenchmarkSelectOne is the server's share of a question: both calls that a client makes for one,
// through gRPC over memory, this client's own work included.
func BenchmarkSelectOne(b *testing.B) {
	c, err := dialHere()
	if err != nil {
		b.Fatal(err)
	}
	defer c.close()
	b.ReportAllocs()
	var times []time.Duration
	for b.Loop() {
		start := time.Now()
		if err := c.sql(context.Background(), "SELECT 1", (&sqlCmd{}).printer(io.Discard)); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
}
