package sparksql

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"shoal/fault"
	"shoal/plan"
)

func TestKeywordsMatchTheirText(t *testing.T) {
	if len(keywordText) != int(kindCount-firstKeyword) {
		t.Fatalf("%d words for %d constants", len(keywordText), kindCount-firstKeyword)
	}
	for _, c := range []struct {
		k    kind
		word string
	}{{kAdd, "ADD"}, {kDescribe, "DESCRIBE"}, {kMinus, "MINUS"}, {kTryCast, "TRY_CAST"}, {kZone, "ZONE"}} {
		if got := keywordText[c.k-firstKeyword]; got != c.word {
			t.Errorf("%s is called %s", c.word, got)
		}
	}
}

// tpchQueries reads the 22 queries of bench/queries.
func tpchQueries(t testing.TB) map[string]string {
	t.Helper()
	paths, _ := filepath.Glob("../bench/queries/q*.sql")
	if len(paths) != 22 {
		t.Fatalf("%d TPC-H queries", len(paths))
	}
	queries := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		queries[filepath.Base(path)] = string(text)
	}
	return queries
}

func TestTPCHRoundTrip(t *testing.T) {
	for name, text := range tpchQueries(t) {
		roundTrip(t, &dataCase{input: text, directive: name}, Parse, PrintStatement)
	}
}

// Every node says where it was read from.
func TestPositions(t *testing.T) {
	for name, text := range tpchQueries(t) {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(name, err)
		}
		checkPlaces(t, name, text, reflect.ValueOf(s), plan.Pos{Stop: len(text)})
	}
	e, _ := ParseExpr("  a + f(b, c) * 2")
	call := e.(*plan.Call)
	if got := call.Src.Text[call.Start:call.Stop]; got != "a + f(b, c) * 2" {
		t.Errorf("the sum is %q", got)
	}
	if f := call.Args[1].(*plan.Call).Args[0]; call.Src.Text[f.At().Start:f.At().Stop] != "f(b, c)" {
		t.Errorf("the call is at %v", f.At())
	}
}

func checkPlaces(t *testing.T, name, text string, v reflect.Value, within plan.Pos) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			checkPlaces(t, name, text, v.Elem(), within)
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkPlaces(t, name, text, v.Index(i), within)
		}
	case reflect.Struct:
		if node, ok := v.Interface().(interface{ At() plan.Pos }); ok {
			at := node.At()
			if at.Src == nil || at.Start < within.Start || at.Stop > within.Stop || at.Start > at.Stop {
				t.Errorf("%s: a %s at %d..%d in %d..%d", name, v.Type(), at.Start, at.Stop, within.Start, within.Stop)
			}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).Type != reflect.TypeFor[plan.Pos]() && v.Type().Field(i).Type != reflect.TypeFor[*plan.Source]() {
				checkPlaces(t, name, text, v.Field(i), within)
			}
		}
	}
}

// What nests too deeply is an error, whatever it nests.
func TestDepth(t *testing.T) {
	const n = 10_000
	for _, c := range []struct{ name, open, middle, closing string }{
		{"parentheses", "SELECT " + strings.Repeat("(", n), "1", strings.Repeat(")", n)},
		{"queries", strings.Repeat("(", n), "SELECT 1", strings.Repeat(")", n)},
		{"subqueries", strings.Repeat("SELECT * FROM (", n), "SELECT 1", strings.Repeat(")", n)},
		{"scalar subqueries", strings.Repeat("SELECT (", n), "SELECT 1", strings.Repeat(")", n)},
		{"CTEs", strings.Repeat("WITH a AS (", n), "SELECT 1", strings.Repeat(") SELECT 1", n)},
		{"joins", "SELECT * FROM " + strings.Repeat("(", n), "a JOIN b", strings.Repeat(")", n)},
		{"IN", "SELECT " + strings.Repeat("a IN (", n), "1", strings.Repeat(")", n)},
		{"NOT", "SELECT " + strings.Repeat("NOT ", n), "a", ""},
		{"!", "SELECT " + strings.Repeat("!", n), "a", ""},
		{"minus", "SELECT " + strings.Repeat("- ", n), "a", ""},
		{"calls", "SELECT " + strings.Repeat("f(", n), "a", strings.Repeat(")", n)},
		{"CASE", "SELECT " + strings.Repeat("CASE WHEN a THEN ", n), "1", strings.Repeat(" END", n)},
		{"CAST", "SELECT " + strings.Repeat("CAST(", n), "1", strings.Repeat(" AS INT)", n)},
		{"types", "SELECT CAST(a AS " + strings.Repeat("ARRAY<", n), "INT", strings.Repeat(">", n) + ")"},
		{"lambdas", "SELECT f(" + strings.Repeat("x -> ", n), "x", ")"},
		{"brackets", "SELECT " + strings.Repeat("a[", n), "0", strings.Repeat("]", n)},
		{"EXPLAIN", strings.Repeat("EXPLAIN ", n), "SELECT 1", ""},
		{"powers of right operands", "SELECT " + strings.Repeat("1 + 2 * 3 = ", 1) + strings.Repeat("(1 + ", n), "1", strings.Repeat(")", n)},
		{"windows", "SELECT " + strings.Repeat("sum(a) OVER (ORDER BY ", n), "b", strings.Repeat(")", n)},
		{"grouping sets", "SELECT 1 FROM t GROUP BY " + strings.Repeat("GROUPING SETS (", n), "a", strings.Repeat(")", n)},
	} {
		_, err := Parse(c.open + c.middle + c.closing)
		var e *fault.Error
		if !errors.As(err, &e) || e.Class != "FAILED_TO_PARSE_TOO_COMPLEX" {
			t.Errorf("%s: %.200v", c.name, err)
		}
	}
}

// What is merely long works.
func TestLongChains(t *testing.T) {
	const n = 20_000
	for name, text := range map[string]string{
		"AND":      "SELECT a" + strings.Repeat(" AND a", n),
		"OR":       "SELECT a" + strings.Repeat(" OR a = 1", n),
		"sum":      "SELECT a" + strings.Repeat(" + a", n),
		"concat":   "SELECT a" + strings.Repeat(" || 'x'", n),
		"IN":       "SELECT a IN (1" + strings.Repeat(", 1", n) + ")",
		"columns":  "SELECT a" + strings.Repeat(", a", n) + " FROM t",
		"VALUES":   "VALUES (1, 'a')" + strings.Repeat(", (1, 'a')", n),
		"UNION":    "SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", n),
		"joins":    "SELECT * FROM t" + strings.Repeat(" JOIN t ON a = b", n),
		"commas":   "SELECT * FROM t" + strings.Repeat(", t", n),
		"WHEN":     "SELECT CASE" + strings.Repeat(" WHEN a THEN 1", n) + " END",
		"CTEs":     "WITH a0 AS (SELECT 1)" + manyCTEs(n) + " SELECT 1",
		"fields":   "SELECT a" + strings.Repeat(".b", n),
		"elements": "SELECT a" + strings.Repeat("[0]", n),
		"casts":    "SELECT a" + strings.Repeat("::int", n),
		"pipes":    "FROM t" + strings.Repeat(" |> WHERE a", 100),
	} {
		s, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %.200v", name, err)
			continue
		}
		if printed := PrintStatement(s); len(printed) < n/2 && name != "pipes" {
			t.Errorf("%s prints as %d bytes", name, len(printed))
		}
	}
}

func TestTooManyTokens(t *testing.T) {
	_, err := Parse("SELECT 1" + strings.Repeat("+1", maxTokens/2))
	var e *fault.Error
	if !errors.As(err, &e) || e.Class != "FAILED_TO_PARSE_TOO_COMPLEX" {
		t.Errorf("%.200v", err)
	}
}

func manyCTEs(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, ", a%d AS (SELECT 1)", i)
	}
	return b.String()
}

// A text of any kind takes time in proportion to its length.
func TestLinearTime(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds")
	}
	const size = 256 << 10
	for name, unit := range map[string]string{
		"(": "(", "((a": "((a ", "quotes": "' '' ", "from": "FROM ", "case": "CASE WHEN ", "select": "SELECT ", "comments": "/* ",
		"letters": "a", "digits": "1", "dots": "a.", "commas": "a, ", "hint": "/*+ ", "arrows": "(a, a, ", "where": "t WHERE ",
		"lateral": "LATERAL VIEW ", "union": "UNION ALL ", "order": "ORDER BY ", "bytes": "\xff", "backslashes": `'\\`, "types": "ARRAY<",
		"interval": "INTERVAL '1' DAY ", "as": "AS ", "in": "a IN (", "over": "f() OVER (", "not": "NOT ", "minus": "- ", "back-quotes": "` ",
	} {
		for _, before := range []string{"", "SELECT ", "SELECT a FROM "} {
			began := time.Now()
			_, _ = Parse(before + strings.Repeat(unit, size/len(unit)))
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s%s...: %v", before, name, took)
			}
		}
	}
}

func TestNeverPanics(t *testing.T) {
	for _, text := range []string{"\x00", "\xff\xfe", "SELECT '\xff'", "SELECT `\xff`", "SELECT \u00a01", "SELECT\u20281", "é", "SELECT 'é'",
		"SET", "SET ;", "SET =", "SET `", "SET 'x", "SET a = 'x", "RESET `", "ADD", "ADD JAR 'x", "REFRESH ;", "EXPLAIN ;", "SHOW ;", "USE ;", "CREATE ;",
		"SELECT 1 -", "SELECT INTERVAL '1", "SELECT r'", "SELECT x'", "SELECT a::", "SELECT f(", "SELECT :", "SELECT ?::", "SELECT -1L",
		"SELECT 1e999999999999BD", "SELECT 1e-999999999999", "SELECT INTERVAL '99999999999999999999' SECOND", "SELECT INTERVAL '-' DAY",
		"SELECT DATE '-'", "SELECT TIMESTAMP '+'", "SELECT TIMESTAMP ''", "SELECT TIMESTAMP '2020-01-01 1:1:1 +'", "SELECT CAST(a AS DECIMAL(99999999999999999999))"} {
		for n := 0; n <= len(text); n++ {
			_, _ = Parse(text[:n])
			_, _ = ParseExpr(text[:n])
			_, _ = ParseType(text[:n])
			_, _ = ParseSchema(text[:n])
			_, _ = ParseName(text[:n])
		}
	}
}

func TestParseName(t *testing.T) {
	for text, want := range map[string][]string{
		"a": {"a"}, "a.b.c": {"a", "b", "c"}, "`a.b`.c": {"a.b", "c"}, "a . `b``c`": {"a", "b`c"}, "select": {"select"}, "1a.2": {"1a", "2"},
	} {
		if got, err := ParseName(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{"", ".", "a.", "a b", "a-b", "`a", "'a'"} {
		if got, err := ParseName(text); err == nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestParseSchemaOfStruct(t *testing.T) {
	s, err := ParseSchema("struct<a: int, b: array<string>>")
	if err != nil || s.String() != "struct<a:int,b:array<string>>" {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := ParseSchema("a"); err == nil {
		t.Error("a column without type passes")
	}
}

func TestBind(t *testing.T) {
	one := &plan.Literal{Value: int32(1), Type: plan.Int}
	two := &plan.Literal{Value: "two", Type: plan.String}
	for _, c := range []struct{ text, want string }{
		{"SELECT :a + :b, x IN (SELECT y FROM t WHERE z = :a) FROM t WHERE y = :b LIMIT :a",
			"SELECT 1 + 'two', x IN (SELECT y FROM t WHERE z = 1) FROM t WHERE y = 'two' LIMIT 1"},
		{"SELECT ? FROM t WHERE a = ? GROUP BY ? HAVING ? ORDER BY ?", "SELECT 1 FROM t WHERE a = 'two' GROUP BY 1 HAVING 'two' ORDER BY 1"},
		{"WITH c AS (VALUES (:a)) SELECT f(x -> x + :a) OVER (ORDER BY :b) FROM range(:a) AS r JOIN c ON :b UNION ALL TABLE t OFFSET :a",
			"WITH c AS (VALUES (1)) (SELECT f(x -> x + 1) OVER (ORDER BY 'two') FROM range(1) AS r JOIN c ON 'two') UNION ALL (TABLE t) OFFSET 1"},
		{"SELECT * FROM t LATERAL VIEW explode(:a) e PIVOT (sum(:a) FOR p IN (:b)) WINDOW w AS (ORDER BY :a)", ""},
		{"EXPLAIN SELECT :a", "EXPLAIN SELECT 1"},
		{"CREATE TEMP VIEW v AS SELECT :a", "CREATE TEMPORARY VIEW v AS SELECT 1"},
		{"SHOW TABLES", "SHOW TABLES"},
	} {
		s, err := Parse(c.text)
		if err != nil {
			if c.want != "" {
				t.Error(c.text, err)
			}
			continue
		}
		before := PrintStatement(s)
		bound, err := Bind(s, Arguments{map[string]plan.Expr{"a": one, "b": two, "unused": one}, []plan.Expr{one, two, one, two, one}})
		if err != nil || PrintStatement(bound) != c.want {
			t.Errorf("%s: %v\n%s", c.text, err, PrintStatement(bound))
		}
		if PrintStatement(s) != before {
			t.Errorf("%s: Bind changed the tree it was given", c.text)
		}
	}
}

func TestBindWithoutValue(t *testing.T) {
	for text, name := range map[string]string{"SELECT :a": "a", "SELECT 1, ?": "_10", "SELECT (SELECT :x)": "x"} {
		s, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = Bind(s, Arguments{Named: map[string]plan.Expr{"b": &plan.Literal{}}})
		var e *fault.Error
		if !errors.As(err, &e) || e.Class != "UNBOUND_SQL_PARAMETER" || e.Params["name"] != name {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Zones and clock changes, as java.time reads them: seconds since 1970 from Spark 4.1.4
// (unix_micros of the literal, session zone UTC).
func TestTimestampWithZone(t *testing.T) {
	for text, seconds := range map[string]int64{
		"2020-01-01 10:11:12Z":                 1577873472,
		"2020-01-01 10:11:12+01:00":            1577869872,
		"2020-01-01 10:11:12 +1:2":             1577869752,
		"2020-01-01 10:11:12-08":               1577902272,
		"2020-01-01 10:11:12 America/New_York": 1577891472,
		"2020-01-01 10:11:12PST":               1577902272,
		"2020-01-01 10:11:12 GMT+01:00":        1577869872,
		"2020-01-01 10:11:12 -08:00:30":        1577902302,
		"2020-01-01 01:02:03+0530":             1577820723,
		"2020-03-29 02:30:00 Europe/Berlin":    1585445400,
		"2020-10-25 02:30:00 Europe/Berlin":    1603585800,
		"2020-03-08 02:30:00 America/New_York": 1583652600,
		"2020-11-01 01:30:00 America/New_York": 1604208600,
		"2020-04-05 02:30:00 Australia/Sydney": 1586014200,
		"1883-11-18 12:03:00 America/New_York": -2717650858,
	} {
		e, err := ParseExpr("TIMESTAMP '" + text + "'")
		if err != nil {
			t.Error(text, err)
			continue
		}
		l, ok := e.(*plan.Literal)
		if !ok || l.Value.(plan.Micros) != plan.Micros(seconds*1_000_000) {
			t.Errorf("%s: %v, want %d", text, Print(e), seconds)
		}
	}
}
