package analyze_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/plan"
	"shoal/sparksql"
)

// tpchTables are the tables of TPC-H, as their Parquet files are typed.
var tpchTables = map[string]string{
	"customer": "c_custkey BIGINT, c_name STRING, c_address STRING, c_nationkey BIGINT, c_phone STRING, c_acctbal DECIMAL(15,2), c_mktsegment STRING, c_comment STRING",
	"lineitem": "l_orderkey BIGINT, l_partkey BIGINT, l_suppkey BIGINT, l_linenumber INT, l_quantity DECIMAL(15,2), l_extendedprice DECIMAL(15,2), l_discount DECIMAL(15,2), l_tax DECIMAL(15,2), l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE, l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING, l_comment STRING",
	"nation":   "n_nationkey BIGINT, n_name STRING, n_regionkey BIGINT, n_comment STRING",
	"orders":   "o_orderkey BIGINT, o_custkey BIGINT, o_orderstatus STRING, o_totalprice DECIMAL(15,2), o_orderdate DATE, o_orderpriority STRING, o_clerk STRING, o_shippriority INT, o_comment STRING",
	"part":     "p_partkey BIGINT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size INT, p_container STRING, p_retailprice DECIMAL(15,2), p_comment STRING",
	"partsupp": "ps_partkey BIGINT, ps_suppkey BIGINT, ps_availqty INT, ps_supplycost DECIMAL(15,2), ps_comment STRING",
	"region":   "r_regionkey BIGINT, r_name STRING, r_comment STRING",
	"supplier": "s_suppkey BIGINT, s_name STRING, s_address STRING, s_nationkey BIGINT, s_phone STRING, s_acctbal DECIMAL(15,2), s_comment STRING",
}

// schemas is a catalog of files that knows schemas only.
type schemas map[string]plan.Struct

func (s schemas) Scan(_ context.Context, r *plan.Read, _ plan.Settings) (*plan.Scan, error) {
	scan := &plan.Scan{Format: r.Format}
	for _, f := range s[r.Paths[0]].Fields {
		scan.Out = append(scan.Out, &plan.Column{Name: f.Name, Type: f.Type, Nullable: f.Nullable})
		scan.Physical = append(scan.Physical, f.Name)
	}
	return scan, nil
}

func tpchEnv(t testing.TB) analyze.Env {
	t.Helper()
	files := schemas{}
	names := catalog.NewNames(catalog.New(catalog.Options{}))
	settings := plan.Settings{ANSI: true, TimeZone: "UTC"}
	for table, ddl := range tpchTables {
		schema, err := sparksql.ParseSchema(ddl)
		if err != nil {
			t.Fatal(err)
		}
		files[table] = schema
		view := &catalog.View{Name: []string{table}, Settings: settings, Query: &plan.Read{Format: "parquet", Paths: []string{table}}}
		if err := names.SetView(view, true); err != nil {
			t.Fatal(err)
		}
	}
	return analyze.Env{Settings: settings, Names: names, Catalog: files}
}

func tpchQueries(t testing.TB) map[string]string {
	t.Helper()
	files, _ := filepath.Glob("../bench/queries/q*.sql")
	if len(files) != 22 {
		t.Skip("no TPC-H queries")
	}
	out := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".sql")] = strings.TrimRight(string(text), "; \n")
	}
	return out
}

func TestTPCHResolves(t *testing.T) {
	env := tpchEnv(t)
	for name, text := range tpchQueries(t) {
		rel, err := sparksql.ParseQuery(text)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := analyze.Analyze(context.Background(), rel, env); err != nil {
			t.Error(name, err)
		}
	}
}

// BenchmarkAnalyzeTPCH analyzes each of the 22 queries; parsing is not counted.
func BenchmarkAnalyzeTPCH(b *testing.B) {
	env := tpchEnv(b)
	for name, text := range tpchQueries(b) {
		rel, err := sparksql.ParseQuery(text)
		if err != nil {
			b.Fatal(name, err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := analyze.Analyze(context.Background(), rel, env); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestDeepExpressions: neither the stack nor the time may explode.
func TestDeepExpressions(t *testing.T) {
	sum := strings.Repeat("1 + ", 10_000) + "1"
	parens := strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200)
	and := strings.Repeat("a > 1 AND ", 10_000) + "a > 2"
	for _, sql := range []string{
		"SELECT " + sum + " AS x",
		"SELECT " + parens + " AS x",
		"SELECT a FROM VALUES (1) AS t(a) WHERE " + and,
		"SELECT a + " + sum + " AS s, count(*) FROM VALUES (1) AS t(a) GROUP BY a + " + sum,
	} {
		rel, err := sparksql.ParseQuery(sql)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := analyze.Analyze(context.Background(), rel, analyze.Env{Settings: plan.Settings{ANSI: true}}); err != nil {
			t.Errorf("%.60s...: %v", sql, err)
		}
	}
}

// nested is a plan as deep as a client cares to send.
func nested(depth int) plan.Expr {
	var e plan.Expr = &plan.Literal{Value: int32(1), Type: plan.Int}
	for range depth {
		e = &plan.Call{Name: []string{"negative"}, Args: []plan.Expr{e}, Operator: true}
	}
	return e
}

func TestDepthIsBounded(t *testing.T) {
	for _, depth := range []int{10_000, 1_000_000} {
		rel := &plan.Project{Input: &plan.OneRow{}, Exprs: []plan.Expr{&plan.Alias{Expr: nested(depth), Names: []string{"x"}}}}
		_, err := analyze.Analyze(context.Background(), rel, analyze.Env{Settings: plan.Settings{ANSI: true}})
		if (err != nil) != (depth > 50_000) {
			t.Errorf("depth %d: %v", depth, err)
		}
	}
}

// BenchmarkWide is a notebook's habit: many withColumn calls over a wide table.
func BenchmarkWide(b *testing.B) {
	fields := make([]plan.Field, 1000)
	for i := range fields {
		fields[i] = plan.Field{Name: fmt.Sprintf("c%d", i), Type: plan.Int, Nullable: true}
	}
	var rel plan.Relation = &plan.LocalData{Schema: &plan.Struct{Fields: fields}}
	for i := range 50 {
		sum := &plan.Call{Name: []string{"+"}, Operator: true, Args: []plan.Expr{
			&plan.Name{Parts: []string{fmt.Sprintf("c%d", i)}}, &plan.Literal{Value: int32(1), Type: plan.Int}}}
		rel = &plan.WithColumns{Input: rel, Columns: []*plan.Alias{{Expr: sum, Names: []string{fmt.Sprintf("n%d", i)}}}}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := analyze.Analyze(context.Background(), rel, analyze.Env{Settings: plan.Settings{ANSI: true}}); err != nil {
			b.Fatal(err)
		}
	}
}
