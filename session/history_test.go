package session

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"

	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
	"shoal/store"
)

// remembers gives a session's server a history.
func remembers(t *testing.T, r *Registry, dir string) *store.History {
	t.Helper()
	h := store.OpenHistory(store.HistoryOptions{Dir: dir, Rows: 1000})
	r.History = h
	t.Cleanup(func() { h.Close() })
	return h
}

// past lists the queries that have ended, the last one first.
func past(t *testing.T, h *store.History) []store.Record {
	t.Helper()
	all, err := h.Records(t.Context(), store.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestHistory: each query that ends is remembered once, as it was.
func TestHistory(t *testing.T) {
	n := scheduled(t, &laned{seconds: 0.125})
	h := remembers(t, n.room, t.TempDir())
	began := time.Now()
	q := Query{ID: uuid.NewString(), Statement: upTo(3), Shape: func() uint64 { return 7 }}
	result, err := n.Run(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(past(t, h)) != 0 {
		t.Error("it is remembered before it ends")
	}
	for result.Next() {
	}
	result.Close()
	result.Close()
	all := past(t, h)
	if len(all) != 1 {
		t.Fatalf("%d records of one query", len(all))
	}
	r := all[0]
	if r.User != "ann" || r.Session != n.Key.ID || r.Operation != q.ID || r.Kind != "Range" || r.Text != "Range" || r.Engine != "numbers" ||
		r.Lane != "short" || r.Demoted || r.Reused || r.Error != "" || r.Rows != 3 || r.Bytes <= 0 || r.ExpectedCPU != 0.125 ||
		r.Fingerprint != hexText(n.known(q).fingerprint) || r.Why == "" {
		t.Errorf("%+v", r)
	}
	if r.Started.Before(began.Add(-time.Millisecond)) || r.Started.After(time.Now()) || r.Took <= 0 || r.First <= 0 || r.First > r.Took ||
		r.Analyze <= 0 || r.Took > 60 {
		t.Errorf("%+v", r)
	}
}

// TestHistoryOfFailures: what a server does for nothing is remembered, too.
func TestHistoryOfFailures(t *testing.T) {
	zero := fault.New("DIVIDE_BY_ZERO", "config", "c")
	n := scheduled(t, &laned{fails: zero})
	h := remembers(t, n.room, t.TempDir())
	ask := func(st plan.Statement) {
		if result, err := n.Run(t.Context(), Query{ID: uuid.NewString(), Statement: st}); err == nil {
			result.Close()
		}
	}
	ask(upTo(3))
	ask(&plan.Table{Name: []string{"nowhere"}})
	ask(&plan.SetConf{Key: "spark.some.key", Value: new(string)})
	all := past(t, h)
	if len(all) != 3 || all[0].Error != "" || all[0].Kind != "SetConf" || all[1].Error != "TABLE_OR_VIEW_NOT_FOUND" || all[1].Engine != "" ||
		all[2].Error != "DIVIDE_BY_ZERO" || all[2].Engine != "numbers" {
		t.Errorf("%+v", all)
	}
}

// TestHistoryOfTheUndelivered: what its client never got has not ended well.
func TestHistoryOfTheUndelivered(t *testing.T) {
	n := scheduled(t, &laned{})
	h := remembers(t, n.room, t.TempDir())
	result, err := n.Run(t.Context(), Query{ID: uuid.NewString(), Statement: upTo(3)})
	if err != nil {
		t.Fatal(err)
	}
	result.Fail(fault.New("OPERATION_CANCELED"))
	result.Close()
	if all := past(t, h); len(all) != 1 || all[0].Error != "OPERATION_CANCELED" {
		t.Errorf("%+v", all)
	}
}

// TestHistoryKeepsNoSecrets: neither the file nor what is beside it holds a constant.
func TestHistoryKeepsNoSecrets(t *testing.T) {
	n := scheduled(t, &laned{fails: fault.New("CAST_INVALID_INPUT", "expression", "'secret'", "sourceType", "STRING", "targetType", "INT", "ansiConfig", "c")})
	dir := t.TempDir()
	h := remembers(t, n.room, dir)
	for _, st := range append(secrets(t), upTo(3)) {
		if result, err := n.Run(t.Context(), Query{ID: uuid.NewString(), Statement: st}); err == nil {
			result.Close()
		}
	}
	if got := past(t, h); len(got) != len(secrets(t))+1 {
		t.Errorf("%d records", len(got))
	}
	h.Close()
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil || len(data) == 0 || bytes.Contains(data, []byte("secret")) {
			t.Errorf("%s, of %d bytes, holds a constant, or nothing: %v", f, len(data), err)
		}
	}
}

// TestHistoryElsewhere: what an attached Spark ran is remembered like all else, with what the router learned of it.
func TestHistoryElsewhere(t *testing.T) {
	a := forced(t)
	h := remembers(t, a.room, t.TempDir())
	a.lane("SELECT count(*) FROM elsewhere", nil)
	model := &plan.OpaqueCommand{What: "ml_command", About: "fit KMeans"}
	q := a.query("fit", func(q *Query) { q.Statement, q.Shape = model, func() uint64 { return 9 } })
	result, err := a.Run(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	result.Close()
	all := past(t, h)
	if len(all) != 2 || all[0].Kind != "ml_command" || all[0].Text != "fit KMeans" || all[0].Fingerprint != hexText(a.known(q).fingerprint) || all[1].Engine != "spark" ||
		all[1].Lane != "heavy" || all[1].Learned == "" || all[1].Work <= 0 || !strings.Contains(all[1].Text, "elsewhere") {
		t.Errorf("%+v", all)
	}
}

// TestBrokenHistory: a query neither fails nor waits because it cannot be written down.
func TestBrokenHistory(t *testing.T) {
	n := scheduled(t, &laned{})
	var log bytes.Buffer
	dir := filepath.Join(t.TempDir(), "none")
	n.room.History = store.OpenHistory(store.HistoryOptions{Dir: dir, Rows: 10, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 20 {
		if err := n.read(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	n.room.History.Close()
	if n.room.History.Lost() != 20 || strings.Count(log.String(), "missing in the history") != 1 {
		t.Errorf("%d lost: %s", n.room.History.Lost(), &log)
	}
}

// TestLine: the line in the log and the row in the history tell the same.
func TestLine(t *testing.T) {
	r := store.Record{User: "ann", Error: "DIVIDE_BY_ZERO", Took: 1.5, Rows: 3, ExpectedCPU: 0.25}
	got := map[string]slog.Value{}
	for _, a := range line(&r) {
		got[a.Key] = a.Value
	}
	if got["user"].String() != "ann" || got["class"].String() != "DIVIDE_BY_ZERO" || got["dur"].Duration() != 1500*time.Millisecond ||
		got["rows"].Int64() != 3 || math.Abs(got["expected_cpu_seconds"].Float64()-0.25) > 1e-9 {
		t.Errorf("%v", got)
	}
}

// TestSystemTableStays: what only this server has is answered here, wherever the session's other queries go.
func TestSystemTableStays(t *testing.T) {
	a := forced(t)
	remembers(t, a.room, t.TempDir())
	a.want("SELECT `rows` FROM shoal.system.queries", "here")
	a.want("SELECT x.`rows` FROM (SELECT * FROM Shoal.System.Queries WHERE `rows` > 3) AS x", "here")
	a.want("DESCRIBE shoal.system.queries", "here")
	a.want("SELECT id FROM range(3)", "there")
	a.want("SELECT `rows` FROM system.queries", "there")
	a.want("WITH q AS (SELECT 1) SELECT * FROM q", "there")
	a.want("CREATE TEMPORARY VIEW mine AS SELECT `rows` FROM shoal.system.queries", "here")
	a.want("SELECT `rows` FROM mine", "here")
	rel, err := sparksql.ParseQuery("SELECT `rows` FROM mine")
	if err != nil {
		t.Fatal(err)
	}
	text, err := a.Explain(t.Context(), rel, ExplainSimple)
	if err != nil || !strings.Contains(text, "Engine: duckdb ("+whyStays+")") {
		t.Errorf("%s %v", text, err)
	}
}

// TestSystemTableOfUser: users see their own.
func TestSystemTableOfUser(t *testing.T) {
	n := newNotebook(t)
	h := remembers(t, n.room, t.TempDir())
	for _, user := range []string{"ann", "bob", "ann"} {
		h.Add(store.Record{User: user, Started: time.Now()})
	}
	rows := func() int64 {
		t.Helper()
		data, err := n.system(t.Context(), systemQueries)
		if err != nil {
			t.Fatal(err)
		}
		r, err := ipc.NewReader(bytes.NewReader(data.Arrow))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Release()
		total := int64(0)
		for r.Next() {
			total += r.RecordBatch().NumRows()
		}
		return total
	}
	if got := rows(); got != 2 {
		t.Errorf("ann sees %d", got)
	}
	n.room.SeesAll = func(user string) bool { return user == "ann" }
	if got := rows(); got != 3 {
		t.Errorf("an administrator sees %d", got)
	}
	if data, err := n.system(t.Context(), []string{"shoal", "system", "users"}); data != nil || err != nil {
		t.Error("another table")
	}
}

// TestLately: rows are read once for a query that is analyzed and run, and again when there are more, or others may see them.
func TestLately(t *testing.T) {
	var l lately
	reads := 0
	get := func(by string, added int64) string {
		data, err := l.get(by, added, func() ([]byte, error) {
			reads++
			return fmt.Appendf(nil, "%s %d", by, added), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for i, c := range []struct {
		by    string
		added int64
		reads int
	}{{"ann", 1, 1}, {"ann", 1, 1}, {"bob", 1, 2}, {"ann", 1, 3}, {"ann", 2, 4}, {"", 2, 5}, {"", 2, 5}} {
		if got := get(c.by, c.added); got != fmt.Sprint(c.by, " ", c.added) || reads != c.reads {
			t.Errorf("%d: %q after %d reads", i, got, reads)
		}
	}
	failed := errors.New("unreadable")
	if _, err := l.get("eve", 2, func() ([]byte, error) { return nil, failed }); err != failed {
		t.Error(err)
	}
}
