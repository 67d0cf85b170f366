package sparksql

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"shoal/fault"
	"shoal/plan"
)

var update = flag.Bool("update", false, "rewrite what our own printer says in testdata (parse and expr blocks)")

// dataCase is a case of a file in testdata: a directive, a text, what is expected of it. See README.md there.
type dataCase struct {
	comment        string // lines before the directive
	directive      string
	input, expects string
	line           int
}

func readCases(t testing.TB, path string) []dataCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var blocks []dataCase
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	for i := 0; i < len(lines); {
		var b dataCase
		for ; i < len(lines) && (lines[i] == "" || lines[i][0] == '#'); i++ {
			b.comment += lines[i] + "\n"
		}
		if i == len(lines) {
			break
		}
		b.directive, b.line = lines[i], i+1
		start := i + 1
		for i++; i < len(lines) && lines[i] != "----"; i++ {
		}
		b.input = strings.Join(lines[start:i], "\n")
		start = i + 1
		for i++; i < len(lines) && lines[i] != ""; i++ {
		}
		b.expects = strings.Join(lines[min(start, len(lines)):min(i, len(lines))], "\n")
		blocks = append(blocks, b)
	}
	return blocks
}

func writeCases(t *testing.T, path string, blocks []dataCase) {
	t.Helper()
	var out strings.Builder
	for _, b := range blocks {
		fmt.Fprintf(&out, "%s%s\n%s\n----\n%s\n", b.comment, b.directive, b.input, b.expects)
	}
	if err := os.WriteFile(path, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestData(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.txt")
	if len(files) == 0 {
		t.Fatal("no files in testdata")
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			blocks := readCases(t, path)
			for i := range blocks {
				b := &blocks[i]
				got := runCase(t, b)
				if d, _, _ := strings.Cut(b.directive, " "); *update && (d == "parse" || d == "expr") {
					b.expects = got
				}
				if got != b.expects {
					t.Errorf("%s:%d: %s\n%s\ngot:\n%s\nwant:\n%s", path, b.line, b.directive, b.input, got, b.expects)
				}
			}
			if *update {
				writeCases(t, path, blocks)
			}
		})
	}
}

// runBlock is what our parser says to a block's text.
func runCase(t *testing.T, b *dataCase) string {
	t.Helper()
	switch b.directive {
	case "parse", "parse alone":
		return roundTrip(t, b, Parse, PrintStatement)
	case "expr", "expr alone":
		return roundTrip(t, b, ParseExpr, Print)
	case "literal":
		return literalText(t, b)
	case "type":
		typ, err := ParseType(b.input)
		if err != nil {
			return err.Error()
		}
		if again, err := ParseType(PrintType(typ)); err != nil || !reflect.DeepEqual(typ, again) {
			t.Errorf("line %d: %s prints as %s, which reads as %v, %v", b.line, b.input, PrintType(typ), again, err)
		}
		return typ.String()
	case "schema":
		s, err := ParseSchema(b.input)
		if err != nil {
			return err.Error()
		}
		return s.String()
	case "error":
		_, err := Parse(b.input)
		return errorText(b.input, err)
	case "error type":
		_, err := ParseType(b.input)
		return errorText(b.input, err)
	}
	t.Fatalf("line %d: unknown directive %q", b.line, b.directive)
	return ""
}

// roundTrip prints the tree of a text, and checks that what was printed reads as the same tree.
func roundTrip[T any](t *testing.T, b *dataCase, parse func(string) (T, error), print func(T) string) string {
	t.Helper()
	first, err := parse(b.input)
	if err != nil {
		return err.Error()
	}
	text := print(first)
	second, err := parse(text)
	if err != nil {
		t.Errorf("line %d: %s\nprints as\n%s\nwhich does not parse: %v", b.line, b.input, text, err)
		return text
	}
	if a, b2 := withoutPlaces(first), withoutPlaces(second); !reflect.DeepEqual(a, b2) {
		t.Errorf("line %d: %s\nprints as\n%s\nwhich is another tree", b.line, b.input, text)
	}
	return text
}

// withoutPlaces clears the positions in a tree, in place.
func withoutPlaces(tree any) any {
	clearPlaces(reflect.ValueOf(tree))
	return tree
}

func clearPlaces(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			clearPlaces(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[plan.Pos]() {
			if v.CanSet() {
				v.SetZero()
			}
			return
		}
		for i := range v.NumField() {
			clearPlaces(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			clearPlaces(v.Index(i))
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			clearPlaces(v.MapIndex(k))
		}
	}
}

// literalText checks a constant: Spark recorded its type, and the constant in its own words, which have
// to read as the same value. It returns what Spark recorded if they do.
func literalText(t *testing.T, b *dataCase) string {
	t.Helper()
	typ, words, _ := strings.Cut(b.expects, " | ")
	ours, err := ParseExpr(b.input)
	if err != nil {
		return err.Error()
	}
	theirs, err := ParseExpr(words)
	if err != nil {
		return words + ": " + err.Error()
	}
	if ours, theirs := withoutPlaces(ours), withoutPlaces(theirs); !reflect.DeepEqual(ours, theirs) {
		return fmt.Sprintf("%s | not %s", Print(ours.(plan.Expr)), Print(theirs.(plan.Expr)))
	}
	return plan.TypeOf(ours).String() + strings.TrimPrefix(b.expects, typ)
}

// errorText is an error as testdata has it: condition, SQLSTATE, line:column, what is at fault.
func errorText(text string, err error) string {
	var e *fault.Error
	if !errors.As(err, &e) {
		return fmt.Sprintf("no error: %v", err)
	}
	out := e.Class
	if e.SQLState != "" {
		out += " " + e.SQLState
	}
	if len(e.Context) > 0 && e.Kind == fault.Parse {
		line, col := fault.LineCol(text, e.Context[0].Pos.Start)
		out += fmt.Sprintf(" %d:%d", line, col)
	}
	if e.Class == "PARSE_SYNTAX_ERROR" {
		out += " " + e.Params["error"]
	}
	return out
}
