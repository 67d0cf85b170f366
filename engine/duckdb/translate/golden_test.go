package translate_test

// This file keeps the generated SQL for review: testdata/*.sql holds questions, the neighbouring
// .golden what becomes of them (go test -run Golden -update). It proves nothing about their meaning.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine/duckdb/translate"
	"shoal/plan"
	"shoal/sparksql"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const goldenTable = "CREATE TEMPORARY VIEW t AS SELECT * FROM VALUES (1, 2, 'x', 1.5D, CAST(1.25 AS DECIMAL(15,2))) AS v(a, b, s, d, m)"

func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no questions", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".sql"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			for _, question := range strings.Split(strings.TrimSpace(string(text)), "\n\n") {
				got.WriteString(question + "\n----\n" + translated(t, question) + "\n\n")
			}
			golden := strings.TrimSuffix(file, ".sql") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != string(want) {
				t.Errorf("%s differs; if the new SQL is right: go test -run Golden -update\n%s", golden, got.String())
			}
		})
	}
}

// translated is the SQL for one question, whose comment lines are left out.
func translated(t *testing.T, question string) string {
	t.Helper()
	settings := plan.Settings{ANSI: true, TimeZone: "UTC"}
	files := catalog.New(catalog.Options{})
	env := analyze.Env{Settings: settings, Names: catalog.NewNames(files), Catalog: files}
	view, err := sparksql.Parse(goldenTable)
	if err != nil {
		t.Fatal(err)
	}
	v := view.(*plan.CreateView)
	if err := env.Names.SetView(&catalog.View{Name: v.Name, Query: v.Query, Settings: settings}, false); err != nil {
		t.Fatal(err)
	}
	for strings.HasPrefix(question, "#") {
		_, question, _ = strings.Cut(question, "\n")
	}
	rel, err := sparksql.ParseQuery(question)
	if err != nil {
		t.Fatal(err)
	}
	if rel, err = analyze.Analyze(context.Background(), rel, env); err != nil {
		t.Fatal(err)
	}
	tr, err := translate.Query(rel, settings)
	if err != nil {
		t.Fatal(err)
	}
	return renumbered(tr.SQL)
}

var columnNames = regexp.MustCompile(`\bc\d+\b`)

// renumbered numbers columns as they appear: their ids are the analyzer's affair.
func renumbered(sql string) string {
	numbers := map[string]string{}
	return columnNames.ReplaceAllStringFunc(sql, func(name string) string {
		if numbers[name] == "" {
			numbers[name] = fmt.Sprintf("c%d", len(numbers)+1)
		}
		return numbers[name]
	})
}
