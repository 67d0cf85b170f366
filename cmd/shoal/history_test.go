package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
	"shoal/planner/rank"
	"shoal/planner/workload"
	"shoal/session"
	"shoal/web"
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

func TestHistoryCommand(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(tokens, []byte("0123456789abcdef-ann ann\n0123456789abcdef-bob bob\n0123456789abcdef-root root\n"), 0o600)
	r := start(t, "--token-file="+tokens, "--admin=root")
	for range 3 {
		rowsOf(t, r, "0123456789abcdef-ann", "SELECT sum(id) FROM range(10) WHERE id > 7")
	}
	rowsOf(t, r, "0123456789abcdef-bob", "SELECT 'secret' AS mine")
	fails := sqlCmd{URL: "sc://" + r.connect + "/;token=0123456789abcdef-bob", Query: "SELECT 1 DIV 0"}
	fails.run(t.Context(), nil, &bytes.Buffer{})
	ask := func(c historyCmd, user string) string {
		t.Helper()
		c.webFlags = webFlags{URL: r.http, Token: "0123456789abcdef-" + user}
		var out bytes.Buffer
		if err := c.run(t.Context(), &out, 200); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		if strings.Contains(out.String(), "secret") {
			t.Errorf("a constant is told: %s", &out)
		}
		return out.String()
	}
	all := ask(historyCmd{}, "root")
	if lines := strings.Split(strings.TrimSpace(all), "\n"); len(lines) != 6 || !strings.HasPrefix(lines[0], "STARTED") ||
		!strings.Contains(lines[1], "ann") || !strings.Contains(lines[5], "DIVIDE_BY_ZERO") {
		t.Errorf("root sees\n%s", all)
	}
	for want, got := range map[int]string{
		2: ask(historyCmd{}, "bob"), 3: ask(historyCmd{User: "ann"}, "root"), 1: ask(historyCmd{Failed: true}, "root"),
		4: ask(historyCmd{Limit: 4}, "root"), 5: ask(historyCmd{Engine: "duckdb", Since: time.Hour}, "root"),
	} {
		if n := strings.Count(got, "\n") - 1; n != want {
			t.Errorf("%d queries, not %d:\n%s", n, want, got)
		}
	}
	for _, c := range []historyCmd{{User: "ann"}, {Engine: "spark"}, {Fingerprint: "1"}} {
		if got := ask(c, "bob"); got != "no query has ended\n" {
			t.Errorf("bob sees of %+v: %s", c, got)
		}
	}
	var sums []sum
	if err := json.Unmarshal([]byte(ask(historyCmd{By: "fingerprint", JSON: true}, "root")), &sums); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, s := range sums {
		counts[s.Text] += s.Count
	}
	if len(sums) != 3 || counts["SELECT sum(id) FROM range(?) WHERE id > ?"] != 3 {
		t.Errorf("%+v", sums)
	}
	if table := ask(historyCmd{By: "user"}, "root"); !strings.HasPrefix(table, "USER") || strings.Count(table, "\n") != 3 {
		t.Errorf("by user:\n%s", table)
	}
	var past web.History
	if err := json.Unmarshal([]byte(ask(historyCmd{JSON: true, User: "bob"}, "root")), &past); err != nil || len(past.Queries) != 2 || !past.Admin {
		t.Errorf("%+v, %v", past, err)
	}
}

// TestHistoryParameters: what cannot be meant is refused, and told.
func TestHistoryParameters(t *testing.T) {
	r := start(t)
	for query, status := range map[string]int{
		"": http.StatusOK, "?since=1h30m&limit=3&errors=false": http.StatusOK, "?since=2026-01-02T03:04:05Z": http.StatusOK,
		"?since=soon": http.StatusBadRequest, "?since=-1h": http.StatusBadRequest, "?limit=-1": http.StatusBadRequest, "?limit=many": http.StatusBadRequest,
		"?errors=perhaps": http.StatusBadRequest, "?usr=ann": http.StatusBadRequest,
	} {
		resp, err := http.Get(r.http + "/api/history" + query)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != status || !json.Valid(text) {
			t.Errorf("%s: %d %s", query, resp.StatusCode, text)
		}
	}
}

func TestSums(t *testing.T) {
	past := []session.Past{}
	for i := range 20 {
		past = append(past, session.Past{User: "ann", Took: float64(20 - i), CPUSeconds: 1})
	}
	past = append(past, session.Past{User: "bob", Took: 100, CPUSeconds: 50, Error: "DIVIDE_BY_ZERO"})
	sums := sumsOf(past, "user")
	if len(sums) != 2 || sums[0].Key != "bob" || sums[0].Failed != 1 || sums[0].P50 != 0 {
		t.Errorf("%+v", sums[0])
	}
	if a := sums[1]; a.Count != 20 || a.P50 != 10 || a.P95 != 19 || a.Max != 20 || a.CPUSeconds != 20 {
		t.Errorf("%+v", a)
	}
}

// TestHistoryWorkload: what a server has seen is a workload that the planner takes and simulates.
func TestHistoryWorkload(t *testing.T) {
	r := start(t)
	for range 3 {
		rowsOf(t, r, "", "SELECT id % 10 AS k, count(*) FROM range(3000000) GROUP BY k")
		rowsOf(t, r, "", "SELECT 1")
	}
	var out bytes.Buffer
	c := historyCmd{webFlags: webFlags{URL: r.http}, Workload: true, Budget: 4}
	if err := c.run(t.Context(), &out, 100); err != nil {
		t.Fatal(err)
	}
	w, err := workload.Read("history.yaml", bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if len(w.Queries) != 2 || len(w.Users) != 1 || w.Budget != 4 || w.Queries[0].Stages[0].CPU <= 0 || !strings.HasPrefix(out.String(), "# Made of 6 queries") {
		t.Errorf("%+v\n%s", w, &out)
	}
	w.Search, w.Duration, w.Warmup, w.Runs = nil, 120, 10, 1
	w.Shapes = []workload.Shape{{Name: "a", Master: "m5.xlarge", Workers: workload.Workers{{Type: "m5.xlarge", Share: 1}}}}
	cat, err := openCatalogue(nil)
	if err != nil {
		t.Fatal(err)
	}
	report, err := rank.Plan(t.Context(), cat, w)
	if err != nil || len(report.Ranking) != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
}

func TestNothingToPlan(t *testing.T) {
	r := start(t)
	c := historyCmd{webFlags: webFlags{URL: r.http}, Workload: true, Budget: 4}
	if err := c.run(t.Context(), &bytes.Buffer{}, 100); err == nil || !strings.Contains(err.Error(), "no query") {
		t.Errorf("%v", err)
	}
}

// TestHistoryOfTheStopped: a query that is stopped while its client reads has not ended well.
func TestHistoryOfTheStopped(t *testing.T) {
	r := start(t)
	target, params, err := sparkclient.ParseURL("sc://" + r.connect)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := sparkclient.Dial(target, params)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	text := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: "SELECT id, id * 2, id * 3 FROM range(500000000)"}}}
	stopped := make(chan bool)
	ended := make(chan error, 1)
	go func() {
		ended <- sparkclient.New(conn, params).Execute(t.Context(), sparkclient.Root(text), func(*sparkpb.ExecutePlanResponse) error {
			<-stopped // it does not read
			return nil
		})
	}()
	server := webFlags{URL: r.http}
	id := look(t, server, sending).Queries[0].Operation
	stop := stopCmd{webFlags: server, Operation: id}
	if err := stop.Run(&kong.Context{Kong: &kong.Kong{Stdout: &bytes.Buffer{}}}); err != nil {
		t.Fatal(err)
	}
	close(stopped)
	if err := <-ended; sparkclient.ErrorClass(err) != "OPERATION_CANCELED" {
		t.Errorf("its client gets %v", err)
	}
	look(t, server, func(s *web.Snapshot) bool { return len(s.Queries) == 0 }) // its client may know before
	past, err := (&historyCmd{webFlags: server, Limit: 10}).past(t.Context())
	if err != nil || len(past.Queries) != 1 || past.Queries[0].Error != "OPERATION_CANCELED" || past.Queries[0].Rows == 0 {
		t.Errorf("%+v, %v", past, err)
	}
}

func sending(s *web.Snapshot) bool { return len(s.Queries) == 1 && s.Queries[0].Rows > 0 }
