package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
	"shoal/web"
)

// long is a query that takes minutes.
const long = "SELECT count(*) FROM range(60000) a JOIN range(80000) b ON (a.id * 7) % 13 < b.id % 5 WHERE cast(a.id AS string) <> 'secret'"

// asks runs a query as a user, and gives its error when it has ended.
func asks(t *testing.T, r *running, token, text string) <-chan error {
	t.Helper()
	target, params, err := sparkclient.ParseURL("sc://" + r.connect + "/;token=" + token)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := sparkclient.Dial(target, params)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	relation := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
	ended := make(chan error, 1)
	go func() {
		ended <- sparkclient.New(conn, params).Execute(context.Background(), sparkclient.Root(relation), func(*sparkpb.ExecutePlanResponse) error { return nil })
	}()
	return ended
}

// look asks until what is there is as wanted.
func look(t *testing.T, f webFlags, wanted func(*web.Snapshot) bool) *web.Snapshot {
	t.Helper()
	c := topCmd{webFlags: f}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		snap, err := c.snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if wanted(snap) {
			return snap
		}
		if time.Now().After(deadline) {
			t.Fatalf("still %+v", snap)
		}
	}
}

func TestWhoSeesAndStopsWhat(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	os.WriteFile(tokens, []byte("0123456789abcdef-ann ann\n0123456789abcdef-bob bob\n0123456789abcdef-root root\n"), 0o600)
	r := start(t, "--token-file="+tokens, "--admin=root", "--threads=1")
	as := func(user string) webFlags { return webFlags{URL: r.http, Token: "0123456789abcdef-" + user} }
	anns := asks(t, r, "0123456789abcdef-ann", long)
	both := asks(t, r, "0123456789abcdef-ann", long)
	look(t, as("root"), func(s *web.Snapshot) bool { return len(s.Users) == 1 && s.Users[0].Running == 2 })
	bobs := asks(t, r, "0123456789abcdef-bob", long)
	all := look(t, as("root"), func(s *web.Snapshot) bool { return len(s.Queries) == 3 && s.Queries[2].Reason != "" })
	if !all.Admin || !strings.Contains(all.Queries[0].Text, "<> ?") || all.Queries[2].State != "waiting" || all.Queries[2].User != "bob" || len(all.Users) != 2 {
		t.Errorf("root sees %+v", all)
	}
	seen := look(t, as("bob"), func(*web.Snapshot) bool { return true })
	if other := seen.Queries[0]; seen.Admin || other != (web.Query{User: "ann", Lane: "heavy", State: "running", Progress: -1}) {
		t.Errorf("bob sees %+v", seen)
	}
	if own := seen.Queries[2]; own.Operation == "" || own.Text == "" || own.Reason == "" {
		t.Errorf("bob sees of his own query %+v", own)
	}
	stop := func(by, id string) error {
		c := stopCmd{webFlags: as(by), Operation: id}
		return c.Run(&kong.Context{Kong: &kong.Kong{Stdout: &bytes.Buffer{}}})
	}
	if err := stop("bob", all.Queries[0].Operation); err == nil {
		t.Error("bob stopped ann's query")
	}
	if err := stop("bob", all.Queries[2].Operation[:8]); err != nil {
		t.Error(err)
	}
	for _, q := range all.Queries[:2] {
		if err := stop("root", q.Operation); err != nil {
			t.Error(err)
		}
	}
	for _, ended := range []<-chan error{anns, both, bobs} {
		if err := <-ended; sparkclient.ErrorClass(err) != "OPERATION_CANCELED" {
			t.Errorf("its client gets %v", err)
		}
	}
	if err := stop("root", all.Queries[0].Operation); err == nil {
		t.Error("it was stopped twice")
	}
	for _, f := range []webFlags{{URL: r.http}, {URL: r.http, Token: "0123456789abcdef-eve"}} {
		if _, err := (&topCmd{webFlags: f}).snapshot(t.Context()); err == nil || !strings.Contains(err.Error(), "token") {
			t.Errorf("without a token: %v", err)
		}
	}
}

func TestAdminsNeedTokens(t *testing.T) {
	if _, err := parse(t, "--admin=ann"); err == nil {
		t.Error("it is taken")
	}
}

func TestPage(t *testing.T) {
	snap := &web.Snapshot{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.Local), User: "ann", Admin: true,
		Pools: []web.Pool{{Engine: "duckdb", Lane: "short", Slots: 4}, {Engine: "duckdb", Lane: "heavy", Slots: 2, Running: 2, Waiting: 1}},
		Users: []web.User{{User: "ann", Running: 1, CPUSeconds: 12.34, Share: 0.8}, {User: "bob", Running: 1, Waiting: 1, CPUSeconds: 3, Share: 0.2}},
		Queries: []web.Query{
			{Operation: "33333333-x", User: "bob", State: "waiting", Lane: "heavy", Engine: "duckdb", Elapsed: 2, ExpectedCPU: 4,
				Ahead: 3, Reason: "all slots are taken", Wait: 2, Text: "SELECT ?"},
			{Operation: "22222222-x", User: "ann", State: "running", Lane: "heavy", Engine: "duckdb", Elapsed: 12, ExpectedCPU: 30, Progress: 0.34, Text: "Aggregate(Read parquet)"},
			{User: "bob", Lane: "heavy", State: "running", Progress: -1},
		},
	}
	want := `shoal top · ann (sees all) · 03:04:05

LANE          SLOTS   RUNNING  WAITING  PAUSED
duckdb short  [....]  -        -        -
duckdb heavy  [##]    2        1        -

USER  RUNNING  WAITING  PAUSED  CPU     SHARE
ann   1        -        -       12.3 s  80 %
bob   1        1        -       3 s     20 %

QUERY     USER  STATE    LANE   ENGINE  ELAPSED  EXPECTED  DONE  ROWS
22222222  ann   running  heavy  duckdb  12 s     30 s      34 %  -
  Aggregate(Read parquet)
-         bob   running  heavy
33333333  bob   waiting  heavy  duckdb  2 s      4 s       -     -
  waits: 3 before it, all slots are taken; about 2.0 s · SELECT ?`
	if got := strings.Join(page(snap, 80, 0), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	lines := page(snap, 40, 8)
	if len(lines) != 8 || !strings.HasPrefix(lines[7], "... 9 more lines") || slices.ContainsFunc(lines, func(l string) bool { return len([]rune(l)) > 40 }) {
		t.Errorf("on a small terminal:\n%s", strings.Join(lines, "\n"))
	}
	if lines := page(&web.Snapshot{}, 80, 24); !strings.Contains(lines[len(lines)-1], "no query") {
		t.Errorf("with nothing to show:\n%s", strings.Join(lines, "\n"))
	}
}

func TestWaitText(t *testing.T) {
	for _, c := range []struct {
		ahead    int
		expected float64
		want     string
	}{{0, 0, "waits: next, why"}, {3, 0.25, "waits: 3 before it, why; about 0.2 s"}, {1, 44.4, "waits: 1 before it, why; about 44 s"}} {
		if got := waitText(c.ahead, "why", c.expected); got != c.want {
			t.Errorf("got %q", got)
		}
	}
}

func TestMetrics(t *testing.T) {
	r := start(t)
	if err := <-asks(t, r, "", "SELECT 1"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(r.http + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`shoal_queries_total{engine="duckdb",lane="short",outcome="ok"} 1`, `shoal_pool_slots{engine="duckdb",lane="heavy"}`,
		`shoal_duckdb_memory_bytes{lane="heavy"}`, `shoal_sessions 1`, "shoal_history_lost_total 0", "go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !bytes.Contains(text, []byte("\n"+want)) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
}
