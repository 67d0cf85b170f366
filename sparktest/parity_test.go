package sparktest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// inner are functions that only the analyzer calls: SQL writes them as operators, or a method of DataFrames stands for one.
var inner = []string{"and", "or", "not", "in", "div", "when", "between", "cmp", "escape", "isunknown", "isnotunknown", "freq_items", "distributed_sequence_id", "unwrap_udt", "semi_structured_extract",
	"seeded_rand", "seeded_randn", "seeded_randstr", "seeded_shuffle",
	"likeany", "likeall", "notlikeany", "notlikeall", "ilikeany", "ilikeall", "notilikeany", "notilikeall"}

// TestEveryFunctionHasACase holds the analyzer's function tables and the corpus together.
func TestEveryFunctionHasACase(t *testing.T) {
	names := functionNames(t)
	if len(names) < 200 {
		t.Fatalf("only %d functions found in analyze/func_*.go", len(names))
	}
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		for _, r := range f.Records {
			all.WriteString(strings.ToLower(r.SQL) + "\n")
		}
	}
	called := map[string]bool{}
	for _, m := range regexp.MustCompile(`([a-z_0-9]+)\s?\(`).FindAllStringSubmatch(all.String(), -1) {
		called[m[1]] = true
	}
	for _, name := range names {
		if !called[name] && !slices.Contains(inner, name) {
			t.Errorf("no case calls %s(): add one to corpus/", name)
		}
	}
}

var word = regexp.MustCompile(`^[a-z][a-z_0-9]*$`)

// functionNames reads the keys of the analyzer's tables, which are literals of the type funcs.
func functionNames(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../analyze/func_*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			table, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if id, ok := table.Type.(*ast.Ident); !ok || id.Name != "funcs" {
				return true
			}
			for _, e := range table.Elts {
				if key, ok := e.(*ast.KeyValueExpr).Key.(*ast.BasicLit); ok {
					if name, err := strconv.Unquote(key.Value); err == nil && word.MatchString(name) {
						names = append(names, name)
					}
				}
			}
			return true
		})
	}
	return names
}
