package session

import (
	"testing"

	"shoal/engine"
	"shoal/plan"
	"shoal/sched"
	"shoal/store"
)

// ask charges a query that was expected to take some CPU seconds and took others; it tells what such a query is expected to take,
// and what it is charged with.
func ask(n *notebook, constant int64, expected, took float64) (engine.Estimate, float64) {
	n.room.Router.Engines = []engine.Engine{&laned{seconds: expected}}
	work := &plan.Range{End: int64(expected * 1e9), Step: 1}
	acc := n.account(Query{ID: "q", Statement: upTo(constant), fingerprint: 7})
	chosen, err := n.room.Router.Pick(engine.Query{Plan: work, Fingerprint: acc.q.fingerprint})
	if err != nil {
		n.t.Fatal(err)
	}
	acc.costKey = chosen.Key
	acc.runs(chosen.Engine.Name(), "", chosen.Estimate)
	return chosen.Estimate, acc.charged(engine.Took{Latency: took, CPUSeconds: took})
}

func TestExperienceCorrectsEstimates(t *testing.T) {
	n := newNotebook(t)
	expected := func(constant int64, guess, took float64) float64 {
		e, _ := ask(n, constant, guess, took)
		return e.CPUSeconds
	}
	for range 3 {
		expected(3, 1, 0.125)
	}
	if got := expected(3, 1, 0.125); got != 0.125 {
		t.Errorf("a query that takes 0.125 s, and not 1 s, is expected to take %g s", got)
	}
	if got := expected(4, 1, 0.125); got != 0.125 {
		t.Errorf("one with another constant: %g s", got)
	}
	if got := expected(3, 1000, 0.125); got != 1000 {
		t.Errorf("one that does far more: %g s", got)
	}
	for range 3 {
		ask(n, 3, 0.05, 0.4)
	}
	if e, _ := ask(n, 3, 0.05, 0.4); laneOf(e) != "short" {
		t.Errorf("a short one on a busy machine: %+v", e)
	}
	for range 32 {
		ask(n, 3, 0.05, 5)
	}
	if e, _ := ask(n, 3, 0.05, 5); laneOf(e) != "heavy" {
		t.Errorf("one that takes 5 s: %+v", e)
	}
}

// Chance does not order those who ask the same: all are charged alike.
func TestChargesAreEqual(t *testing.T) {
	n := newNotebook(t)
	charges := map[float64]bool{}
	for i := range 200 {
		_, charge := ask(n, 3, 0.02, 0.02+0.03*float64(i*7919%100)/100) // by chance
		if i >= 32 {
			charges[charge] = true
		}
	}
	if len(charges) > 2 {
		t.Errorf("%d different charges: %v", len(charges), charges)
	}
	for c := range charges {
		if c < 0.02 || c > 0.05 {
			t.Errorf("charged %g s for what takes 0.02 to 0.05", c)
		}
	}
	acc := n.account(Query{}) // part of another one
	if got := acc.charged(engine.Took{Latency: 0.2, CPUSeconds: 0.3}); got != 0.3 {
		t.Errorf("what has no shape is charged %g s for 0.3", got)
	}
	if got := acc.charged(engine.Took{Latency: 0.2}); got != 0.2 {
		t.Errorf("what was not measured is charged %g s for 0.2 at work", got)
	}
}

// TestCostsSurviveARestart: a server that is started again expects of queries what the one before did, and classes them so.
func TestCostsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	a := forced(t)
	h := remembers(t, a.room, dir)
	runs := func(fingerprint uint64, took ...engine.Took) {
		for _, one := range took {
			acc := a.account(Query{ID: "q", Statement: upTo(3), fingerprint: fingerprint})
			acc.engine, acc.costKey = "duckdb", engine.Key(fingerprint, 1000)
			acc.charged(one)
			acc.end(nil)
		}
	}
	runs(7, engine.Took{Latency: 9, CPUSeconds: 9}, engine.Took{Latency: 0.5, CPUSeconds: 0.75, PeakMemory: 1 << 20}, engine.Took{Latency: 0.7, CPUSeconds: 0.8})
	runs(8, engine.Took{Latency: 1e-7, CPUSeconds: 1.5e-7})
	acc := a.account(Query{})
	acc.learns(lesson{"duckdb", 9, engine.Took{Latency: 3, Failed: true}})
	acc.learns(lesson{"spark", 10, engine.Took{Latency: 4}}) // of one query, two lessons
	acc.end(nil)
	text := "SELECT count(*) FROM small"
	class := func() weighed { return a.classify(t.Context(), a.known(a.query(text, nil))) }
	slow := a.account(a.known(a.query(text, nil)))
	slow.learns(lesson{"spark", class().key, engine.Took{Latency: 20}})
	slow.end(nil)
	before, heavy := a.room.Router, class()
	if heavy.lane != sched.Heavy {
		t.Fatalf("%+v", heavy)
	}
	h.Close()

	a.room.Router = &engine.Router{Engines: before.Engines, Remote: before.Remote}
	if light := class(); light.lane != sched.Short {
		t.Fatalf("a server that knows nothing: %+v", light)
	}
	remembers(t, a.room, dir)
	a.room.recall(t.Context())
	if got := class(); got.lane != sched.Heavy || got.seconds != heavy.seconds {
		t.Errorf("%+v, not %+v", got, heavy)
	}
	for key, name := range map[uint64]string{engine.Key(7, 1000): "duckdb", engine.Key(8, 1000): "duckdb", 9: "duckdb", 10: "spark"} {
		want, n := before.Experience.Expected(name, key)
		got, m := a.room.Router.Experience.Expected(name, key)
		if n == 0 || n != m || got != want {
			t.Errorf("%s %d: %d runs, %+v; before the restart %d, %+v", name, key, m, got, n, want)
		}
	}
}

// TestNothingToRecall: a history that cannot be read, or says what nobody understands, keeps no server from starting.
func TestNothingToRecall(t *testing.T) {
	n := newNotebook(t)
	h := remembers(t, n.room, t.TempDir())
	for _, learned := range []string{"", "duckdb", "duckdb xyz 1 2 3 true", "duckdb 07 fast", "\n\n", "duckdb 0000000000000007 1 2 3 false\nduckdb"} {
		h.Add(store.Record{Learned: learned})
	}
	n.room.recall(t.Context())
	if _, runs := n.room.Router.Experience.Expected("duckdb", 7); runs != 1 {
		t.Errorf("%d runs", runs)
	}
	h.Close()
	n.room.recall(t.Context())
	n.room.History = nil
	n.room.recall(t.Context())
}

// BenchmarkRecall is what a full history costs a server that starts.
func BenchmarkRecall(b *testing.B) {
	h := store.OpenHistory(store.HistoryOptions{Dir: b.TempDir(), Rows: 100_000})
	defer h.Close()
	for i := range mostRecalled {
		if i%1000 == 0 {
			h.Learned(b.Context(), 1) // waits until all is written
		}
		l := lesson{"duckdb", uint64(i%3000 + 1), engine.Took{Latency: 0.123456, CPUSeconds: 0.2345678, PeakMemory: 12345678}}
		h.Add(store.Record{User: "ann", Text: "SELECT a, sum(b) FROM t WHERE c > ? GROUP BY a", Learned: l.String()})
	}
	for b.Loop() {
		r := &Registry{Options: Options{History: h, Router: &engine.Router{}}.withDefaults()}
		r.recall(b.Context())
	}
}
