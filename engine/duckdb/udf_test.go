package duckdb

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
)

// testFuncs are functions only tests call.
var testFuncs = []udf{
	{name: "shoal_test_inc", params: []sqlType{tInt64}, returns: tInt64, call: func(c *call) error {
		in, out := arg[int64](c, 0), result[int64](c)
		for i := range c.live {
			out[i] = in[i] + 1
		}
		return nil
	}},
	{name: "shoal_test_echo", params: []sqlType{tText}, returns: tText, call: func(c *call) error {
		in := arg[text](c, 0)
		var out texts
		for i := range c.live {
			out.set(i, in[i].str())
		}
		out.store(c.out, c.n)
		return nil
	}},
	{name: "shoal_test_panic", params: []sqlType{tInt64}, returns: tInt64, call: func(c *call) error {
		panic("on purpose")
	}},
	{name: "shoal_test_fail", params: []sqlType{tText}, returns: tInt64, call: func(c *call) error {
		return fault.New("CAST_INVALID_INPUT", "expression", "'a:b'", "sourceType", "\"STRING\"", "targetType", "\"INT\"")
	}},
}

func TestMain(m *testing.M) {
	udfs = append(udfs, testFuncs...)
	os.Exit(m.Run())
}

// failing runs a query that must fail, and gives its error.
func failing(t *testing.T, e *Engine, sql string, types ...arrow.DataType) *fault.Error {
	t.Helper()
	r, err := e.runSQL(context.Background(), request{sql: sql, schema: schemaOf(types...)})
	if err == nil {
		defer r.Release()
		for r.Next() {
		}
		err = r.Err()
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("%s: error %v", sql, err)
	}
	return f
}

func TestUDFNulls(t *testing.T) {
	e := open(t)
	got := collect(t, e, "SELECT sum(shoal_test_inc(x))::BIGINT, count(shoal_test_inc(x)), count(shoal_test_echo(x::VARCHAR)), count(*) FILTER (shoal_test_echo('long long text ' || x) <> 'long long text ' || x) "+
		"FROM (SELECT CASE WHEN range % 3 = 0 THEN NULL ELSE range END AS x FROM range(9999))",
		arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64, arrow.PrimitiveTypes.Int64)
	if want := []string{"33333333", "6666", "6666", "0"}; !slices.Equal(got[0], want) {
		t.Errorf("got %v, want %v", got[0], want)
	}
}

func TestUDFErrors(t *testing.T) {
	e := open(t)
	f := failing(t, e, "SELECT shoal_test_fail(range::VARCHAR) FROM range(5000)", arrow.PrimitiveTypes.Int64)
	if f.Class != "CAST_INVALID_INPUT" || f.Params["expression"] != "'a:b'" || f.Params["targetType"] != "\"INT\"" {
		t.Errorf("got %v", f)
	}
	f = failing(t, e, "SELECT shoal_test_panic(range) FROM range(5000)", arrow.PrimitiveTypes.Int64)
	if f.Class != "INTERNAL_ERROR" || !strings.Contains(f.Message, "on purpose") {
		t.Errorf("got %v", f)
	}
	f = failing(t, e, `SELECT error('SHOAL:DIVIDE_BY_ZERO:{"config":"x"}')`, arrow.PrimitiveTypes.Int32)
	if f.Class != "DIVIDE_BY_ZERO" || f.Params["config"] != "x" {
		t.Errorf("got %v", f)
	}
}

// TestListIsComplete holds the list in udf_list.go and the functions together.
func TestListIsComplete(t *testing.T) {
	list, err := os.ReadFile("udf_list.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range udfs[:len(udfs)-len(testFuncs)] {
		name := u.name
		if cast, ok := strings.CutPrefix(name, "shoal_cast_string_to"); ok {
			name = cast // several share a line
		}
		if strings.HasPrefix(name, "shoal_kll_") {
			name = name[:strings.LastIndex(name, "_")] + "_kind" // three share a line
		}
		if !strings.Contains(string(list), name) {
			t.Errorf("udf_list.go does not list %s", u.name)
		}
	}
}
