package main

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// sample has a row of values and a row of NULLs.
func sample() *answer {
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
	return &answer{schema: schema, batches: []arrow.RecordBatch{b.NewRecordBatch()}}
}

func TestPrint(t *testing.T) {
	cases := []struct {
		cmd  sqlCmd
		want string
	}{
		{sqlCmd{}, strings.TrimLeft(`
┌──────┬──────┬───────┬────────┬───────────────────────┬───────┐
│ n    │ x    │ d     │ s      │ t                     │ l     │
├──────┼──────┼───────┼────────┼───────────────────────┼───────┤
│   42 │ +Inf │ -1.25 │ a, "é" │ 2023-11-14 23:13:20.5 │ [1,2] │
│ NULL │ NULL │  NULL │ NULL   │ NULL                  │ NULL  │
└──────┴──────┴───────┴────────┴───────────────────────┴───────┘
2 rows
`, "\n")},
		{sqlCmd{CSV: true}, "n,x,d,s,t,l\n42,+Inf,-1.25,\"a, \"\"é\"\"\",2023-11-14 23:13:20.5,\"[1,2]\"\n,,,,,\n"},
		{sqlCmd{JSON: true}, `[{"n": 42, "x": "+Inf", "d": -1.25, "s": "a, \"é\"", "t": "2023-11-14 23:13:20.5", "l": [1,2]},
 {"n": null, "x": null, "d": null, "s": null, "t": null, "l": null}]
`},
	}
	for _, c := range cases {
		var out bytes.Buffer
		if err := c.cmd.printer(&out)(sample()); err != nil {
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
	if c.token != "secret" || c.conn.Target() != "dns:localhost:15002" {
		t.Errorf("token %q, target %q", c.token, c.conn.Target())
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
		if _, err := c.sql(context.Background(), "SELECT 1"); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
}
