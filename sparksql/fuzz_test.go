package sparksql

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// FuzzParse: no text makes the parser panic, and what it accepts prints as the same tree.
func FuzzParse(f *testing.F) {
	for _, text := range tpchQueries(f) {
		f.Add(text)
	}
	paths, _ := filepath.Glob("testdata/*.txt")
	for _, path := range paths {
		for _, c := range readCases(f, path) {
			switch strings.Fields(c.directive)[0] {
			case "parse", "error":
				f.Add(c.input)
			case "expr", "literal":
				f.Add("SELECT " + c.input)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, err := Parse(text)
		if err != nil || strings.Contains(text, "?") {
			return // x LIKE ANY (a, b) repeats x: a ? in it would be two
		}
		printed := PrintStatement(first)
		second, err := Parse(printed)
		if err != nil {
			t.Fatalf("%q\nprints as\n%q\nwhich does not parse: %v", text, printed, err)
		}
		if !reflect.DeepEqual(withoutPlaces(first), withoutPlaces(second)) {
			t.Fatalf("%q\nprints as\n%q\nwhich is another tree", text, printed)
		}
	})
}

func BenchmarkParseTPCH(b *testing.B) {
	queries := tpchQueries(b)
	for _, name := range []string{"q1.sql", "q3.sql", "q6.sql", "q9.sql", "q21.sql"} {
		b.Run(strings.TrimSuffix(name, ".sql"), func(b *testing.B) {
			text := queries[name]
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, text := range queries {
				if _, err := Parse(text); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func BenchmarkPrintTPCH(b *testing.B) {
	s, err := Parse(tpchQueries(b)["q21.sql"])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		_ = PrintStatement(s)
	}
}
