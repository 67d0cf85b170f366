package main

// This file stops what a whole server does, in all the ways there are, and looks what is left of it.

import (
	"context"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/credentials/insecure"

	"shoal/connect"
	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// stopBench is a server with a client of its own, and the folder that it may write to.
type stopBench struct {
	t       *testing.T
	house   *house
	client  sparkpb.SparkConnectServiceClient
	session string
	data    string
	out     string
	addr    string
}

func newStopBench(t *testing.T) *stopBench {
	b := &stopBench{t: t, data: t.TempDir(), out: t.TempDir(), session: uuid.NewString()}
	c, err := parse(t, "--data="+b.data, "--allow="+b.out, "--memory-limit=1GB")
	if err != nil {
		t.Fatal(err)
	}
	if b.house, err = open(c, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	server := connect.New(connect.Options{Sessions: b.house.sessions})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(l)
	t.Cleanup(func() {
		server.Stop()
		if err := b.house.close(); err != nil {
			t.Error(err)
		}
	})
	b.addr = l.Addr().String()
	b.client = dial(t, b.addr, insecure.NewCredentials())
	return b
}

// sql is a statement as PySpark sends it.
func sql(text string) *sparkpb.Plan {
	input := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
	return sparkclient.Command(&sparkpb.Command{CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: input}}})
}

// save is df.write.format(format), to a path or to a table.
func save(query, format, path, table string) *sparkpb.Plan {
	w := &sparkpb.WriteOperation{
		Input: sparkclient.SQL(query).GetRoot(), Source: &format, Mode: sparkpb.WriteOperation_SAVE_MODE_OVERWRITE,
		SaveType: &sparkpb.WriteOperation_Path{Path: path},
	}
	if table != "" {
		w.SaveType = &sparkpb.WriteOperation_Table{Table: &sparkpb.WriteOperation_SaveTable{
			TableName: table, SaveMethod: sparkpb.WriteOperation_SaveTable_TABLE_SAVE_METHOD_SAVE_AS_TABLE,
		}}
	}
	return sparkclient.Command(&sparkpb.Command{CommandType: &sparkpb.Command_WriteOperation{WriteOperation: w}})
}

// begin sends a plan; its end is told.
func (b *stopBench) begin(ctx context.Context, plan *sparkpb.Plan, reattachable bool) (operation string, ended <-chan error) {
	b.t.Helper()
	request := &sparkpb.ExecutePlanRequest{SessionId: b.session, OperationId: new(uuid.NewString()), Plan: plan}
	if reattachable {
		request.RequestOptions = []*sparkpb.ExecutePlanRequest_RequestOption{{
			RequestOption: &sparkpb.ExecutePlanRequest_RequestOption_ReattachOptions{ReattachOptions: &sparkpb.ReattachOptions{Reattachable: true}},
		}}
	}
	stream, err := b.client.ExecutePlan(ctx, request)
	if err != nil {
		b.t.Fatal(err)
	}
	told := make(chan error, 1)
	go func() {
		for {
			if _, err := stream.Recv(); err != nil {
				told <- err
				return
			}
		}
	}()
	for running := 0; running == 0 && len(told) == 0; time.Sleep(time.Millisecond) { // until the server has it
		_, running = b.house.sessions.Counts()
	}
	return request.GetOperationId(), told
}

// do runs a statement to its end.
func (b *stopBench) do(text string) {
	b.t.Helper()
	_, ended := b.begin(b.t.Context(), sql(text), false)
	if err := <-ended; err.Error() != "EOF" {
		b.t.Fatalf("%s: %v", text, err)
	}
}

// idle waits until nothing is at work, and tells when that was.
func (b *stopBench) idle() time.Time {
	b.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); len(b.house.sessions.Live()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("still at work: %+v", b.house.sessions.Live())
		}
	}
	return time.Now()
}

// below lists the files under a folder.
func below(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path != dir {
			paths = append(paths, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// heavyRows are more than anybody waits for.
const heavyRows = "SELECT id, CAST(id AS STRING) AS s, id % 1000 AS k FROM range(2000000000)"

// TestStop stops queries in every way there is. The bound is generous for machines on which others work: how soon the engine lets
// go of what it holds is tested there.
func TestStop(t *testing.T) {
	ways := map[string]struct {
		reattachable bool
		class        string
		stop         func(b *stopBench, operation string, hangUp func())
	}{
		"interrupt": {true, "OPERATION_CANCELED", func(b *stopBench, operation string, _ func()) {
			b.client.Interrupt(b.t.Context(), &sparkpb.InterruptRequest{SessionId: b.session, InterruptType: sparkpb.InterruptRequest_INTERRUPT_TYPE_OPERATION_ID,
				Interrupt: &sparkpb.InterruptRequest_OperationId{OperationId: operation}})
		}},
		"gone": {false, "Canceled", func(_ *stopBench, _ string, hangUp func()) { hangUp() }},
		"release": {true, "INVALID_CURSOR.DISCONNECTED", func(b *stopBench, operation string, _ func()) {
			b.client.ReleaseExecute(b.t.Context(), &sparkpb.ReleaseExecuteRequest{SessionId: b.session, OperationId: operation,
				Release: &sparkpb.ReleaseExecuteRequest_ReleaseAll_{ReleaseAll: &sparkpb.ReleaseExecuteRequest_ReleaseAll{}}})
		}},
		"kill":     {true, "OPERATION_CANCELED", func(b *stopBench, operation string, _ func()) { b.house.sessions.Kill(operation, "root") }},
		"time-out": {true, "SPARK_JOB_CANCELLED", func(*stopBench, string, func()) {}},
		"end of the session": {true, "INVALID_CURSOR.DISCONNECTED", func(b *stopBench, _ string, _ func()) {
			b.client.ReleaseSession(b.t.Context(), &sparkpb.ReleaseSessionRequest{SessionId: b.session})
		}},
	}
	queries := map[string]string{
		"aggregate": "SELECT s, count(*) FROM (" + heavyRows + ") GROUP BY s",
		"stream":    heavyRows,
		"sort":      heavyRows + " ORDER BY s",
	}
	b := newStopBench(t)
	for way, w := range ways {
		for query, text := range queries {
			t.Run(way+", "+query, func(t *testing.T) {
				b.t, b.session = t, uuid.NewString()
				ctx, hangUp := context.WithCancel(t.Context())
				defer hangUp()
				if way == "time-out" {
					b.do("SET shoal.queryTimeout = 1s")
				}
				operation, ended := b.begin(ctx, sparkclient.SQL(text), w.reattachable)
				time.Sleep(rand.N(300 * time.Millisecond)) // any moment
				start := time.Now()
				w.stop(b, operation, hangUp)
				if class := sparkclient.ErrorClass(<-ended); class != w.class {
					t.Errorf("the client is told %s", class)
				}
				told := time.Since(start)
				free := b.idle().Sub(start)
				if free > 5*time.Second {
					t.Errorf("free after %v", free)
				}
				t.Logf("told after %v, free after %v", told.Round(100*time.Microsecond), free.Round(100*time.Microsecond))
			})
		}
	}
	if left := below(t, filepath.Join(b.data, "spill")); len(left) > 2 { // the lanes' folders
		t.Errorf("left: %q", left)
	}
}

// TestStopWhileQueued stops more queries than may run.
func TestStopWhileQueued(t *testing.T) {
	b := newStopBench(t)
	var all []<-chan error
	for range 8 { // nothing here grows, so that those that run do not end by themselves
		_, ended := b.begin(t.Context(), sparkclient.SQL("SELECT sum(id % 7) FROM range(2000000000000)"), true)
		all = append(all, ended)
	}
	waiting := func() (operations []string) {
		for _, l := range b.house.sessions.Live() {
			if l.State == session.Waiting {
				operations = append(operations, l.Operation)
			}
		}
		return operations
	}
	for len(waiting()) < 6 {
		time.Sleep(time.Millisecond)
	}
	for _, operation := range waiting() {
		start := time.Now()
		b.house.sessions.Kill(operation, "root")
		for slices.Contains(waiting(), operation) {
			time.Sleep(100 * time.Microsecond)
		}
		took := time.Since(start).Round(10 * time.Microsecond)
		if took > 5*time.Second {
			t.Errorf("a queued one is gone after %v", took)
		}
		t.Logf("a queued one is gone after %v", took)
	}
	start := time.Now()
	resp, err := b.client.Interrupt(t.Context(), &sparkpb.InterruptRequest{SessionId: b.session, InterruptType: sparkpb.InterruptRequest_INTERRUPT_TYPE_ALL})
	if n := len(resp.GetInterruptedIds()); err != nil || n == 0 || n > 2 {
		t.Errorf("interrupted %d, %v", n, err)
	}
	for _, ended := range all {
		if class := sparkclient.ErrorClass(<-ended); class != "OPERATION_CANCELED" {
			t.Errorf("a client is told %s", class)
		}
	}
	if free := b.idle().Sub(start); free > 5*time.Second {
		t.Errorf("free after %v", free)
	}
}

// TestStoppedWrites stops writes at any moment: nothing of them is left, and what was there before still is.
func TestStoppedWrites(t *testing.T) {
	b := newStopBench(t)
	b.do("CREATE TABLE kept USING csv AS SELECT id, CAST(id AS STRING) AS s, id % 1000 AS k FROM range(5)")
	b.do("CREATE TABLE parts (id BIGINT, s STRING, k BIGINT) USING parquet PARTITIONED BY (k)")
	b.do("INSERT INTO parts SELECT id, CAST(id AS STRING), id FROM range(3)")
	b.do("INSERT OVERWRITE DIRECTORY '" + b.out + "/kept' USING parquet SELECT id FROM range(5)")
	before := slices.Concat(below(t, filepath.Join(b.data, "warehouse")), below(t, b.out))
	writes := map[string]*sparkpb.Plan{
		"CTAS":             sql("CREATE TABLE fresh USING parquet AS " + heavyRows),
		"CTAS, parts":      sql("CREATE TABLE fresh USING csv PARTITIONED BY (k) AS " + heavyRows),
		"INSERT":           sql("INSERT INTO kept " + heavyRows),
		"INSERT OVERWRITE": sql("INSERT OVERWRITE kept " + heavyRows),
		"INSERT, parts":    sql("INSERT INTO parts " + heavyRows),
		"directory":        sql("INSERT OVERWRITE DIRECTORY '" + b.out + "/kept' USING parquet " + heavyRows),
		"parquet":          save(heavyRows, "parquet", b.out+"/fresh", ""),
		"csv, overwrite":   save(heavyRows, "csv", b.out+"/kept", ""),
		"json":             save(heavyRows, "json", b.out+"/fresh", ""),
		"saveAsTable":      save(heavyRows, "parquet", "", "fresh"),
		"saveAsTable, old": save(heavyRows, "parquet", "", "kept"),
	}
	for name, plan := range writes {
		t.Run(name, func(t *testing.T) {
			b.t, b.session = t, uuid.NewString()
			for range 3 {
				operation, ended := b.begin(t.Context(), plan, true)
				time.Sleep(rand.N(400 * time.Millisecond))
				start := time.Now()
				if !b.house.sessions.Kill(operation, "root") {
					t.Error("there is nothing to stop")
				}
				class := sparkclient.ErrorClass(<-ended)
				free := b.idle().Sub(start)
				if class != "OPERATION_CANCELED" || free > 5*time.Second {
					t.Errorf("the client is told %s; free after %v", class, free)
				}
				t.Logf("free after %v", free.Round(100*time.Microsecond))
				after := slices.Concat(below(t, filepath.Join(b.data, "warehouse")), below(t, b.out))
				if !slices.Equal(before, after) {
					t.Errorf("before: %q\nafter: %q", before, after)
				}
			}
		})
	}
	b.t = t
	b.do("CREATE TABLE fresh AS SELECT 1 AS id") // the name is free
}
