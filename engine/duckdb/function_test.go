package duckdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/fault"
)

// TestFunctionsAsSpark compares functions in Go with what real Spark answered: testdata/*.txt,
// whose format and recorder are tools/oracle_functions.py.
func TestFunctionsAsSpark(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	e := open(t)
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) { functionFile(t, e, f) })
	}
}

func functionFile(t *testing.T, e *Engine, file string) {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	template := ""
	for i, line := range strings.Split(string(content), "\n") {
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case word == "shoal":
			template = rest
		case line == "" || word == "spark" || word == "set" || strings.HasPrefix(line, "#"):
		default:
			args, want, recorded := strings.Cut(line, " => ")
			if !recorded {
				args, recorded = strings.CutSuffix(line, " =>")
			}
			if !recorded {
				t.Errorf("%s:%d: not recorded", file, i+1)
				continue
			}
			sql := fillIn(template, strings.Split(args, " ; "))
			if got := answer(e, sql); got != want {
				t.Errorf("%s:%d: %s: got %s, Spark has %s", file, i+1, sql, got, want)
			}
		}
	}
}

var placeholder = regexp.MustCompile(`\$\d`)

func fillIn(template string, args []string) string {
	return placeholder.ReplaceAllStringFunc(template, func(p string) string {
		if i := int(p[1] - '1'); i < len(args) {
			return args[i]
		}
		return p
	})
}

// answer is an expression's value as the test files write it.
func answer(e *Engine, expr string) string {
	// DuckDB writes floating-point numbers another way than Spark.
	sql := "SELECT CASE typeof(x) WHEN 'DOUBLE' THEN shoal_double_to_string(TRY_CAST(x AS DOUBLE)) " +
		"WHEN 'DATE' THEN shoal_date_to_string(TRY_CAST(x AS DATE)) WHEN 'TIMESTAMP' THEN shoal_timestamp_to_string(TRY_CAST(x AS TIMESTAMP), 'UTC') " +
		"WHEN 'FLOAT' THEN shoal_float_to_string(TRY_CAST(x AS FLOAT)) ELSE CAST(x AS VARCHAR) END FROM (SELECT " + expr + " AS x)"
	r, err := e.runSQL(context.Background(), request{sql: sql, schema: schemaOf(arrow.BinaryTypes.String)})
	if err != nil {
		return failure(err)
	}
	defer r.Release()
	if !r.Next() {
		return failure(r.Err())
	}
	c := r.RecordBatch().Column(0)
	if c.IsNull(0) {
		return "NULL"
	}
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(c.ValueStr(0))
}

func failure(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Class == "" && f.Kind == fault.IllegalArgument {
		return "error IllegalArgumentException"
	}
	if errors.As(err, &f) && f.Class != "INTERNAL_ERROR" {
		return "error " + f.Class
	}
	return err.Error()
}
