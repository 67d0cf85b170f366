package session

// This file tests the choice between this process and an attached Spark, for queries that both can run.

import (
	"context"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// modest is the engine of this process: it says how long it will take, and may have too little memory.
type modest struct {
	inside
	seconds float64
	fails   error // before the first row
	late    error // after it
	ran     int
}

func (m *modest) Estimate(engine.Query) engine.Estimate {
	return engine.Estimate{Latency: m.seconds, Confidence: 0.9}
}

func (m *modest) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	m.ran++
	rows, err := m.numbers.Run(ctx, q)
	if m.fails != nil {
		return &broken{rows, m.fails}, nil
	}
	return &failing{rows, m.late}, err
}

// broken has no rows.
type broken struct {
	array.RecordReader
	err error
}

func (*broken) Next() bool   { return false }
func (b *broken) Err() error { return b.err }

// between is a session between an engine and a distant server that reads the same files.
func between(t *testing.T) (*attached, *modest) {
	a := attach(t)
	m := &modest{inside: inside{&numbers{}}}
	a.room.Router.Engines = []engine.Engine{m}
	a.far.shares = true
	return a, m
}

// run runs a query to its end, and tells where it ran.
func (a *attached) run(text string, change func(*Query)) (string, error) {
	a.t.Helper()
	result, err := a.Run(a.t.Context(), a.query(text, change))
	if err != nil {
		return "", err
	}
	defer result.Close()
	if result.Relayed {
		return "there", nil
	}
	for result.Next() {
	}
	return "here", result.Err()
}

func (a *attached) runs(text, place string) {
	a.t.Helper()
	if got, err := a.run(text, nil); got != place || err != nil {
		a.t.Errorf("%s: %q, %v; want %q", text, got, err, place)
	}
}

const three = "SELECT id FROM range(3)"

func TestSooner(t *testing.T) {
	a, m := between(t)
	a.runs(three, "here")
	m.seconds = 100
	a.runs(three, "there")
	a.runs("SHOW TABLES", "there")
	a.want("CREATE TEMP VIEW v AS SELECT id FROM range(3)", "here") // a command
	a.runs("SELECT id FROM v", "there")
	a.runs("SELECT id FROM range(3) LIMIT 1", "there")
	a.want("SET shoal.engine = duckdb", "here")
	a.runs(three, "here")
	a.want("SET shoal.engine = auto", "here")
	a.want("CREATE TABLE own (a BIGINT)", "there") // which tables there are the server says
	a.far.shares = false
	a.runs(three, "here")
	a.far.shares = true
	about := engine.About{Version: "4.0.2"}
	a.room.about.Store(&about)
	m.seconds = 0
	a.runs(three, "there") // whose answers may be others
}

func TestOwnTablesStay(t *testing.T) {
	a, m := between(t)
	a.want("SET shoal.engine = duckdb", "here")
	a.want("CREATE TABLE own (a BIGINT)", "here")
	a.want("SET shoal.engine = auto", "here")
	m.seconds = 100
	a.runs("SELECT a FROM own", "here")
	a.runs(three, "there")
}

// What the attached Spark was only expected to answer sooner is answered here when it cannot, unless the client has a part of the
// answer, or the query was not ours to answer.
func TestRunsAgain(t *testing.T) {
	a, m := between(t)
	m.seconds = 100
	a.far.fails = fault.New("PATH_NOT_FOUND", "path", "/x")
	a.runs(three, "here")
	if m.ran != 1 || len(a.far.ran) != 1 {
		t.Errorf("it ran %d times here, %d there", m.ran, len(a.far.ran))
	}
	a.far.late = true
	if place, err := a.run(three, nil); class(err) != "PATH_NOT_FOUND" {
		t.Errorf("%q, %v after a part of the answer was sent", place, err)
	}
	a.far.late = false
	if place, err := a.run("SELECT count(*) FROM nowhere", nil); class(err) != "PATH_NOT_FOUND" {
		t.Errorf("%q, %v for what only the server can answer", place, err)
	}
}

func TestOutOfMemory(t *testing.T) {
	a, m := between(t)
	m.fails = fault.New("UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", "1", "receivedBytes", "0")
	a.runs(three, "there")
	if m.ran != 2 { // in both lanes
		t.Errorf("it ran %d times here", m.ran)
	}
	a.runs(three, "there")
	if m.ran != 2 {
		t.Error("what failed for lack of memory is tried again")
	}
	m.fails, m.late = nil, m.fails
	if place, err := a.run("SELECT id FROM range(4)", nil); !fault.IsOutOfMemory(err) {
		t.Errorf("%q, %v after a batch was given", place, err)
	}
	m.fails, m.late = m.late, nil
	ran := len(a.far.ran)
	a.want("SET shoal.engine = duckdb", "here")
	if place, err := a.run("SELECT id FROM range(5)", nil); !fault.IsOutOfMemory(err) {
		t.Errorf("%q, %v where the engine is forced", place, err)
	}
	a.want("CREATE TABLE own (id BIGINT)", "here")
	a.want("SET shoal.engine = auto", "here")
	if place, err := a.ask("INSERT INTO own SELECT id FROM range(3)"); !fault.IsOutOfMemory(err) {
		t.Errorf("%q, %v for a write", place, err)
	}
	if len(a.far.ran) != ran {
		t.Errorf("the server ran %s", a.far.ran[ran:])
	}
}

// People see what was expected of both.
func TestExplained(t *testing.T) {
	a, m := between(t)
	for seconds, want := range map[float64][]string{
		0.02: {"\nExpected: duckdb 0.02 s (", "; spark 0.", "\nEngine: duckdb (expected to answer soonest: in 0.02 s, and in 0."},
		100:  {"\nExpected: spark 0.", "; duckdb 100 s (", "\nEngine: spark (expected to answer soonest: in 0.", "in 100 s on duckdb)"},
	} {
		m.seconds = seconds
		text, err := a.Explain(t.Context(), a.query(three, nil).Statement.(plan.Relation), ExplainSimple)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in\n%s", part, text)
			}
		}
		acc := a.account(Query{})
		chosen, _ := a.room.Router.Pick(a.asked(numbersUpTo(3), plan.Settings{}, a.query(three, nil)))
		acc.chose(chosen)
		if r := acc.record(nil); (r.Other == "spark") != (seconds < 1) || r.OtherLatency <= 0 {
			t.Errorf("the history has %q, %g s", r.Other, r.OtherLatency)
		}
	}
}

func numbersUpTo(n int64) plan.Relation {
	r := &plan.Range{End: n, Step: 1}
	r.Out = []*plan.Column{{ID: 1, Name: "id", Type: plan.Long}}
	return r
}
