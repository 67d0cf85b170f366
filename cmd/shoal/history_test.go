package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rowsOf asks a server something as the user of a token and gives the answer as lines of CSV, without the names.
func rowsOf(t *testing.T, r *running, token, text string) []string {
	t.Helper()
	var out bytes.Buffer
	c := sqlCmd{URL: "sc://" + r.connect + "/;token=" + token, Query: text, CSV: true}
	if err := c.run(t.Context(), nil, &out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	return lines[1:]
}

func TestSystemQueries(t *testing.T) {
	r := start(t)
	rowsOf(t, r, "", "SELECT sum(id) FROM range(1000) WHERE id > 7")
	for _, text := range []string{"SELECT 1 DIV 0", "SELECT nowhere FROM range(3)", "SELECT 1 +"} {
		c := sqlCmd{URL: "sc://" + r.connect, Query: text}
		if err := c.run(t.Context(), nil, &bytes.Buffer{}); err == nil {
			t.Fatalf("%s has an answer", text)
		}
	}
	for text, want := range map[string]string{
		"SELECT `rows`, engine, lane, error_class FROM shoal.system.queries WHERE text LIKE '%sum(id)%id > ?'":                                                                                "1,duckdb,short,",
		"SELECT count(*) FROM shoal.system.queries WHERE error_class = 'DIVIDE_BY_ZERO' AND engine = 'duckdb'":                                                                                "1",
		"SELECT count(*) FROM Shoal.SYSTEM.queries WHERE error_class LIKE 'UNRESOLVED_COLUMN%' AND engine IS NULL":                                                                            "1",
		"SELECT kind, engine IS NULL FROM shoal.system.queries WHERE error_class = 'PARSE_SYNTAX_ERROR'":                                                                                      "unknown,true",
		"SELECT count(*) FROM shoal.system.queries q WHERE q.started > now() - INTERVAL 1 MINUTE AND q.took_seconds > 0 AND q.cpu_seconds >= 0 AND NOT q.demoted AND q.text LIKE '%sum(id)%'": "1",
		"SELECT count(DISTINCT fingerprint) FROM shoal.system.queries WHERE text LIKE '%sum(id)%'":                                                                                            "1",
	} {
		if got := rowsOf(t, r, "", text); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v, not %s", text, got, want)
		}
	}
	rowsOf(t, r, "", "SELECT text, count(*) AS n, sum(cpu_seconds) AS cpu, percentile(took_seconds, 0.95) AS p95 FROM shoal.system.queries "+
		"WHERE started > now() - INTERVAL 1 DAY GROUP BY ALL ORDER BY cpu DESC LIMIT 10") // which README shows
	described := strings.Join(rowsOf(t, r, "", "DESCRIBE shoal.system.queries"), "\n")
	for _, want := range []string{"started,timestamp,", "user,string,", "demoted,boolean,", "took_seconds,double,", "rows,bigint,"} {
		if !strings.Contains("\n"+described, "\n"+want) {
			t.Errorf("%s is missing in\n%s", want, described)
		}
	}
	c := sqlCmd{URL: "sc://" + r.connect, Query: "SELECT * FROM shoal.system.others"}
	if err := c.run(t.Context(), nil, &bytes.Buffer{}); err == nil {
		t.Error("a table that there is not")
	}
}

// TestWhoSeesTheHistory: users see their own queries, whoever may see more sees all.
func TestWhoSeesTheHistory(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(tokens, []byte("0123456789abcdef-ann ann\n0123456789abcdef-bob bob\n0123456789abcdef-root root\n"), 0o600)
	r := start(t, "--token-file="+tokens, "--admin=root")
	for _, user := range []string{"ann", "bob"} {
		rowsOf(t, r, "0123456789abcdef-"+user, "SELECT 1 AS of_"+user)
	}
	const ask = "SELECT DISTINCT user FROM shoal.system.queries WHERE text LIKE 'SELECT ? AS of_%' ORDER BY ALL"
	for user, want := range map[string]string{"ann": "ann", "bob": "bob", "root": "ann bob"} {
		if got := strings.Join(rowsOf(t, r, "0123456789abcdef-"+user, ask), " "); got != want {
			t.Errorf("%s sees the queries of %s, not %s", user, got, want)
		}
	}
}

func TestNoHistory(t *testing.T) {
	r := start(t, "--history=0")
	if got := rowsOf(t, r, "", "SELECT count(*) FROM shoal.system.queries"); got[0] != "0" {
		t.Errorf("%v", got)
	}
}
