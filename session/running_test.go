package session

// This file tests what people see of queries, at work and in the log.

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

func TestLive(t *testing.T) {
	n := scheduled(t, &laned{seconds: 60})
	first, err := n.Run(t.Context(), Query{ID: "first", Statement: upTo(3)})
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan Wait, 100)
	op, err := n.Start(t.Context(), OperationRequest{ID: uuid.NewString()}, func(ctx context.Context, op *Operation) error {
		result, err := n.Run(ctx, Query{ID: op.ID, Statement: upTo(4), Waits: func(w Wait) { seen <- w }})
		if err == nil {
			result.Close()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	told := <-seen
	all := n.room.Live()
	if len(all) != 2 || all[0].Operation != "first" || all[1].Operation != op.ID {
		t.Fatalf("at work: %+v", all)
	}
	if l := all[0]; l.State != Running || l.Engine != "numbers" || l.Lane != "heavy" || l.User != "ann" || l.Expected.CPUSeconds != 60 || l.Text != "Range" {
		t.Errorf("what runs: %+v", l)
	}
	if l := all[1]; l.State != Waiting || l.Wait.Reason == "" || l.Wait.Reason != told.Reason || l.Since.Before(l.Start) {
		t.Errorf("what waits: %+v", l)
	}
	first.Next()
	if l := n.room.Live()[0]; l.State != Sending || l.Rows != 3 || l.Bytes == 0 {
		t.Errorf("what sends: %+v", l)
	}
	if n.room.Kill(uuid.NewString(), "root") {
		t.Error("an operation was stopped that is not there")
	}
	if !n.room.Kill(op.ID, "root") {
		t.Error("it was not stopped")
	}
	cursor, err := op.Attach("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cursor.Next(t.Context()); class(err) != "OPERATION_CANCELED" {
		t.Errorf("its client gets %v", err)
	}
	first.Close()
	for deadline := time.Now().Add(5 * time.Second); len(n.room.Live()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still at work: %+v", n.room.Live())
		}
	}
	if n.room.Kill(op.ID, "root") {
		t.Error("it was stopped twice")
	}
}

// secrets are statements with constants that are nobody's business, all of which hold the word secret.
func secrets(t *testing.T) []plan.Statement {
	parsed := func(text string) plan.Statement {
		st, err := sparksql.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	literal := &plan.Literal{Value: "a secret", Type: plan.String}
	filter := &plan.Filter{Input: &plan.Read{Format: "csv", Paths: []string{"/secret.csv"}, Options: map[string]string{"key": "secret"}},
		Cond: &plan.Call{Name: []string{"="}, Args: []plan.Expr{&plan.Name{Parts: []string{"c"}}, literal}}}
	return []plan.Statement{
		parsed("SELECT 'a secret' AS c /* secret */ WHERE 'secret' = \"secret\""),
		parsed("WITH t AS (SELECT 'secret') SELECT * FROM t"),
		parsed("SET spark.some.key = secret"),
		parsed("CREATE TEMPORARY VIEW v AS SELECT X'05EC2E7' AS c, 'secret' AS d"),
		parsed("CREATE TEMPORARY VIEW v USING csv OPTIONS (path '/secret.csv', key 'secret')"),
		&plan.LocalData{Arrow: []byte("secret")},
		&plan.Values{Rows: [][]plan.Expr{{literal}}},
		filter,
		&plan.ShowString{Input: filter},
		&plan.WriteFiles{Query: filter, Format: "csv", Path: "/secret", Options: map[string]string{"key": "secret"}},
		&plan.SetConf{Key: "spark.some.key", Value: new(string)},
	}
}

func TestOneLineAQuery(t *testing.T) {
	zero := fault.New("CAST_INVALID_INPUT", "expression", "'secret'", "sourceType", "STRING", "targetType", "INT", "ansiConfig", "c")
	for _, asJSON := range []bool{false, true} {
		n := scheduled(t, &laned{fails: zero})
		var log bytes.Buffer
		n.room.Log = slog.New(slog.NewTextHandler(&log, nil))
		if asJSON {
			n.room.Log = slog.New(slog.NewJSONHandler(&log, nil))
		}
		all := append(secrets(t), upTo(3))
		for _, st := range all {
			if result, err := n.Run(t.Context(), Query{ID: uuid.NewString(), Statement: st}); err == nil {
				result.Close()
			}
		}
		text := log.String()
		if lines := strings.Count(text, "\n"); lines != len(all) || strings.Count(text, "fingerprint") != lines {
			t.Errorf("%d lines of %d queries:\n%s", lines, len(all), text)
		}
		if strings.Contains(text, "secret") {
			t.Errorf("a constant is in the log:\n%s", text)
		}
		if !asJSON {
			continue
		}
		var line map[string]any
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]any{"msg": "query", "user": "ann", "query": "Range", "text": "Range", "engine": "numbers",
			"lane": "short", "demoted": false, "rows": 0.0, "class": "CAST_INVALID_INPUT"} {
			if line[key] != want {
				t.Errorf("%s is %v in %v", key, line[key], line)
			}
		}
	}
}

func TestText(t *testing.T) {
	of := func(text string) string {
		st, err := sparksql.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return textOf(st)
	}
	a, b, c := of("SELECT a FROM t WHERE b = 1"), of("SELECT a\nFROM t WHERE b = 23"), of("SELECT a FROM t WHERE c = 1")
	if a != b || a == c || a != "SELECT a FROM t WHERE b = ?" {
		t.Errorf("%v %v %v", a, b, c)
	}
	filter := func(name string, value any) plan.Relation {
		return &plan.Filter{Input: &plan.Read{Format: "parquet"}, Cond: &plan.Call{Name: []string{"="}, Args: []plan.Expr{
			&plan.Name{Parts: []string{name}}, &plan.Literal{Value: value, Type: plan.String}}}}
	}
	if d := textOf(filter("x", "1")); d != "Filter(Read parquet)" {
		t.Error(d)
	}
	var deep plan.Relation = upTo(1)
	for range 10_000 {
		deep = &plan.Distinct{Input: deep}
	}
	if s := textOf(deep); len(s) > maxText+3 {
		t.Errorf("%d bytes", len(s))
	}
}

// BenchmarkAccount is what it costs a query to be seen while it works.
func BenchmarkAccount(b *testing.B) {
	room := &Registry{Options: Options{}.withDefaults()}
	s := &Session{room: room}
	q := Query{ID: "x", Statement: upTo(1)}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			a := s.open(q)
			a.runs("numbers", "", engine.Estimate{})
			a.waits("short", false)
			a.starts()
			a.sends(1, 1)
			a.end(nil)
		}
	})
}
