package analyze_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

// TestRecorded compares the analyzer with what Spark 4.1.4 answered: testdata/*.txt, written by
// tools/record_schemas.py. What we answer otherwise, or leave to a real Spark, stands in
// testdata/exceptions.list, so that it can neither grow nor rot unseen.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	exceptions := readExceptions(t)
	ran := 0
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txt"), func(t *testing.T) {
			ran++
			runRecorded(t, f, exceptions)
		})
	}
	for question, met := range exceptions {
		if !met && ran == len(files) {
			t.Errorf("%s\nis right now: take it out of exceptions.list", question)
		}
	}
}

// session is the state that "set" and "view" lines of a file build up.
type session struct {
	confs map[string]string
	names *catalog.Names
}

func newSession() *session {
	return &session{confs: map[string]string{}, names: catalog.NewNames(catalog.New(catalog.Options{}))}
}

func (s *session) settings() plan.Settings {
	confs := map[string]string{}
	for k, v := range s.confs {
		confs[k] = v
	}
	return plan.Settings{
		ANSI:          confs["spark.sql.ansi.enabled"] != "false",
		CaseSensitive: confs["spark.sql.caseSensitive"] == "true",
		TimeZone:      "UTC",
		Conf: func(key string) (string, bool) {
			v, ok := confs[key]
			return v, ok
		},
	}
}

func (s *session) analyze(sql string) (plan.Relation, error) {
	stmt, err := sparksql.Parse(sql)
	if err != nil {
		return nil, err
	}
	rel, ok := stmt.(plan.Relation)
	if !ok {
		return nil, fmt.Errorf("not a query: %T", stmt)
	}
	return analyze.Analyze(context.Background(), rel, analyze.Env{Settings: s.settings(), Names: s.names})
}

func (s *session) view(t *testing.T, sql string) {
	t.Helper()
	stmt, err := sparksql.Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	v, ok := stmt.(*plan.CreateView)
	if !ok {
		t.Fatalf("not a view: %s", sql)
	}
	err = s.names.SetView(&catalog.View{Name: v.Name, Columns: v.Columns, Query: v.Query, Settings: s.settings(), Global: v.Global}, true)
	if err != nil {
		t.Fatal(err)
	}
}

// readExceptions reads testdata/exceptions.list: the questions we answer otherwise than Spark, or
// leave to it, with the reasons in comments. Their values tell whether they have been met.
func readExceptions(t *testing.T) map[string]bool {
	text, err := os.ReadFile("testdata/exceptions.list")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			out[line] = false
		}
	}
	return out
}

func runRecorded(t *testing.T, path string, exceptions map[string]bool) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := newSession()
	ask := func(question string, want []string) {
		if question == "" {
			return
		}
		got := s.answer(question)
		same := strings.Join(got, "\n") == strings.Join(want, "\n")
		if _, excepted := exceptions[question]; excepted {
			exceptions[question] = exceptions[question] || !same
		} else if !same {
			t.Errorf("%s\n%s", question, difference(got, want))
		}
	}
	var question string
	var want []string
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if answer, ok := strings.CutPrefix(line, "    "); ok {
			want = append(want, answer)
			continue
		}
		ask(question, want)
		question, want = "", nil
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "set":
			key, value, _ := strings.Cut(rest, "=")
			if s.confs[key] = value; value == "" {
				delete(s.confs, key)
			}
		case "view":
			s.view(t, rest)
		case ">":
			question = rest
		}
	}
	ask(question, want)
}

// difference shows the lines that differ.
func difference(got, want []string) string {
	var b strings.Builder
	for i := range max(len(got), len(want)) {
		g, w := "(nothing)", "(nothing)"
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			fmt.Fprintf(&b, " got: %s\nwant: %s\n", g, w)
		}
	}
	return b.String()
}

// answer is our answer in the form of the test data.
func (s *session) answer(sql string) []string {
	rel, err := s.analyze(sql)
	if err != nil {
		return []string{describeError(err, sql)}
	}
	var out []string
	for _, f := range analyze.Schema(plan.Output(rel)).Fields {
		out = append(out, describeType(f.Type, f.Nullable)+" "+strings.ReplaceAll(f.Name, "\n", "\\n"))
	}
	return out
}

func describeError(err error, sql string) string {
	if fault.IsUnsupported(err) {
		return "unknown: " + err.Error()
	}
	var e *fault.Error
	if !errors.As(err, &e) {
		return "error " + err.Error()
	}
	params := map[string]string{}
	for k, v := range e.Params {
		if k != "docroot" {
			params[k] = v
		}
	}
	state := e.SQLState
	if state == "" {
		state = "-"
	}
	text := fmt.Sprintf("error %s %s %s", e.Class, state, pythonJSON(params))
	if len(e.Context) > 0 {
		p := e.Context[0].Pos
		text += fmt.Sprintf(" %d-%d", p.Start, p.Stop)
	}
	return text
}

// pythonJSON is json.dumps(params, sort_keys=True).
func pythonJSON(params map[string]string) string {
	b := &strings.Builder{}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(params); err != nil {
		return err.Error()
	}
	s := strings.TrimSpace(b.String())
	var out strings.Builder
	inString := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		out.WriteByte(c)
		switch {
		case c == '\\' && inString:
			i++
			out.WriteByte(s[i])
		case c == '"':
			inString = !inString
		case (c == ':' || c == ',') && !inString:
			out.WriteByte(' ')
		}
	}
	return out.String()
}

func describeType(t plan.Type, nullable bool) string {
	mark := ""
	if !nullable {
		mark = "!"
	}
	switch t := t.(type) {
	case plan.Array:
		return "array<" + describeType(t.Elem, t.ContainsNull) + ">" + mark
	case plan.Map:
		return "map<" + describeType(t.Key, true) + "," + describeType(t.Value, t.ValueContainsNull) + ">" + mark
	case plan.Struct:
		parts := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			parts[i] = f.Name + ":" + describeType(f.Type, f.Nullable)
		}
		return "struct<" + strings.Join(parts, ",") + ">" + mark
	}
	return strings.ReplaceAll(t.String(), " ", "_") + mark
}
