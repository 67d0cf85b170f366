package duckdb

// This file tests what a query that reads files must share with others, though it is planned otherwise.

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
)

// overFiles makes a query be started as one that reads files.
const overFiles = " -- read_parquet("

// fallingFile is a file of numbers in falling order, and their texts.
func fallingFile(t testing.TB, e *Engine, rows int) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "it's.parquet")
	quoted := "'" + strings.ReplaceAll(file, "'", "''") + "'"
	sql := fmt.Sprintf("COPY (SELECT %d - range AS n, 'text ' || range AS s FROM range(%d)) TO %s (FORMAT parquet)", rows, rows, quoted)
	if err := e.execAll(sql); err != nil {
		t.Fatal(err)
	}
	return "read_parquet(" + quoted + ")"
}

func TestQueryOverFiles(t *testing.T) {
	e := open(t)
	file := fallingFile(t, e, 5000)
	for sql, want := range map[string]string{
		"SELECT n AS a, n AS a FROM " + file + " ORDER BY s LIMIT 2":                              "[[5000 5000] [4999 4999]]",
		"WITH w AS (SELECT n FROM " + file + ") SELECT n, 'it''s ? $1' FROM w WHERE n = 7":        "[[7 it's ? $1]]",
		"SELECT n, NULL::INTEGER FROM " + file + " WHERE s = 'text 4999' OR s = 'text 4998'":      "[[2 (null)] [1 (null)]]",
		"SELECT count(*), 1 FROM " + file + " WHERE n > (SELECT avg(n) FROM " + file + ")":        "[[2500 1]]",
		"SELECT max(n), 1 FROM (SELECT n FROM " + file + " UNION ALL SELECT n FROM " + file + ")": "[[5000 1]]",
	} {
		second := arrow.DataType(arrow.PrimitiveTypes.Int32)
		switch {
		case strings.Contains(sql, "it''s ?"):
			second = arrow.BinaryTypes.String
		case strings.Contains(sql, "n AS a"):
			second = arrow.PrimitiveTypes.Int64
		}
		if got := fmt.Sprint(collect(t, e, sql, arrow.PrimitiveTypes.Int64, second)); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
	rows := collect(t, e, "SELECT n FROM "+file+" ORDER BY n", arrow.PrimitiveTypes.Int64)
	for i, row := range rows {
		if row[0] != fmt.Sprint(i+1) {
			t.Fatalf("row %d is %s", i, row[0])
		}
	}
}

func TestErrorsOverFiles(t *testing.T) {
	e := open(t)
	for sql, class := range map[string]string{
		"SELECT 1::HUGEINT": "INTERNAL_ERROR",
		"SELECT 1, 2":       "INTERNAL_ERROR",
		"SELEC 1":           "INTERNAL_ERROR",
		`SELECT error('SHOAL:DIVIDE_BY_ZERO:{}')::INT`:     "DIVIDE_BY_ZERO",
		"SELECT n FROM read_parquet('/nowhere/a.parquet')": "FAILED_READ_FILE.FILE_NOT_EXIST",
	} {
		if f := failing(t, e, sql+overFiles, arrow.PrimitiveTypes.Int32); f.Class != class {
			t.Errorf("%s: got %v", sql, f)
		}
	}
	for _, sql := range []string{
		strings.Repeat("SELECT * FROM (", 1200) + "SELECT 1 AS x" + strings.Repeat(")", 1200),
		"SELECT 1" + strings.Repeat(" + 1", 5000) + " AS x",
	} {
		if f := failing(t, e, sql+overFiles, arrow.PrimitiveTypes.Int32); !fault.IsUnsupported(f) {
			t.Errorf("%.40s...: %.200v", sql, f)
		}
	}
}

// BenchmarkPlan is a query whose planning takes longer than its rows.
func BenchmarkPlan(b *testing.B) {
	e := open(b)
	file := fallingFile(b, e, 10)
	var sql strings.Builder
	sql.WriteString("SELECT count(*) FROM " + file + " t0")
	for i := 1; i < 5; i++ {
		fmt.Fprintf(&sql, " JOIN %s t%d ON t%d.n = t%d.n", file, i, i-1, i)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for b.Loop() {
		drain(b, e, ctx, request{sql: sql.String(), schema: schemaOf(arrow.PrimitiveTypes.Int64)})
	}
}
