package translate_test

// This file runs Spark's recorded answers through parser, analyzer, translator and DuckDB, without a
// session: go test ./engine/duckdb/translate -run Corpus/joins -corpus. The whole corpus, through
// sessions, is package sparktest's own test.

import (
	"context"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine"
	"shoal/engine/duckdb"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
	"shoal/sparksql"
	"shoal/sparktest"
)

var (
	corpus = flag.Bool("corpus", false, "run the corpus of sparktest")
	report = flag.String("report", "", "write the corpus' verdicts to this file")
)

func TestCorpus(t *testing.T) {
	if !*corpus {
		t.Skip("package sparktest runs it; -corpus runs it here")
	}
	data, err := filepath.Abs(filepath.Join("..", "..", "..", "sparktest", "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("SPARKTEST_DATA", data) // ${DATA} in the corpus
	e := openEngine(t)
	sparktest.Run(t, sparktest.Options{Report: *report, Open: func(_ context.Context, conf map[string]string) (sparktest.Session, error) {
		return newSession(e, conf), nil
	}})
}

func openEngine(t testing.TB) *duckdb.Engine {
	t.Helper()
	e, err := duckdb.Open(duckdb.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// session is the least a SQL text needs: settings and views.
type session struct {
	engine *duckdb.Engine
	files  *catalog.Catalog
	env    analyze.Env
}

func newSession(e *duckdb.Engine, conf map[string]string) *session {
	files := catalog.New(catalog.Options{AllowedPaths: []string{"/"}})
	s := plan.Settings{ANSI: conf["spark.sql.ansi.enabled"] != "false", TimeZone: conf["spark.sql.session.timeZone"]}
	s.Conf = func(key string) (string, bool) { v, ok := conf[key]; return v, ok }
	return &session{engine: e, files: files,
		env: analyze.Env{Settings: s, Names: catalog.NewNames(files), Catalog: files}}
}

func (s *session) Close() error { return nil }

func (s *session) Query(ctx context.Context, text string) (plan.Struct, array.RecordReader, error) {
	rel, err := s.analyze(ctx, text)
	if err != nil || rel == nil {
		return plan.Struct{}, nil, err
	}
	out := plan.Output(rel)
	q := engine.Query{Plan: rel, Settings: s.env.Settings, Schema: arrowtype.Schema(out, s.env.Settings.TimeZone)}
	rows, err := s.engine.Run(ctx, q)
	return analyze.Schema(out), rows, err
}

// analyze gives nil for a statement that was executed and has no rows.
func (s *session) analyze(ctx context.Context, text string) (plan.Relation, error) {
	stmt, err := sparksql.Parse(text)
	if err != nil {
		return nil, err
	}
	switch stmt := stmt.(type) {
	case plan.Relation:
		return analyze.Analyze(ctx, stmt, s.env)
	case *plan.CreateView:
		return nil, s.env.Names.SetView(&catalog.View{Name: stmt.Name, Columns: stmt.Columns, Query: stmt.Query,
			Settings: s.env.Settings, Text: stmt.Text, Global: stmt.Global}, true)
	}
	return nil, fault.Unsupported("the statement %T in this test", stmt)
}

// tpchTables are views on Parquet files below a folder.
func (s *session) tpchTables(t testing.TB, folder string) {
	t.Helper()
	for _, table := range strings.Fields("customer lineitem nation orders part partsupp region supplier") {
		view := "CREATE TEMPORARY VIEW " + table + " USING parquet OPTIONS (path '" + filepath.Join(folder, table) + "')"
		if _, err := s.analyze(context.Background(), view); err != nil {
			t.Fatal(err)
		}
	}
}
