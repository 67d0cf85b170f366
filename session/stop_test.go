package session

// This file tests what ends operations before their time.

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// endless is an engine whose rows do not end: after the first ones it says that it waits, until it is stopped.
type endless struct {
	numbers
	waits, stopped chan struct{}
}

func (e *endless) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	rows, err := e.numbers.Run(ctx, q)
	return &endlessRows{RecordReader: rows, e: e, ctx: ctx}, err
}

type endlessRows struct {
	array.RecordReader
	e   *endless
	ctx context.Context
	err error
}

func (r *endlessRows) Next() bool {
	if r.RecordReader.Next() {
		return true
	}
	r.e.waits <- struct{}{}
	<-r.ctx.Done()
	r.err = context.Cause(r.ctx)
	r.e.stopped <- struct{}{}
	return false
}

func (r *endlessRows) Err() error { return r.err }

// stopBench is a session over an endless engine, which has a warehouse.
func stopBench(t *testing.T) (*notebook, *endless) {
	n := newNotebook(t)
	e := &endless{waits: make(chan struct{}, 1), stopped: make(chan struct{}, 1)}
	n.room.Catalog = catalog.New(catalog.Options{Warehouse: filepath.Join(n.dir, "warehouse"), AllowedPaths: []string{n.dir}})
	if err := n.room.Catalog.Keep(t.Context(), n.store); err != nil {
		t.Fatal(err)
	}
	n.room.Router = &engine.Router{Engines: []engine.Engine{e}}
	var err error
	if n.Session, err = n.room.Open(t.Context(), Key{User: "ann", ID: uuid.NewString()}, ""); err != nil {
		t.Fatal(err)
	}
	return n, e
}

// begin runs a statement as an operation and gives its id, and what becomes of it.
func (n *notebook) begin(st plan.Statement) (id string, ended <-chan error) {
	n.t.Helper()
	id = uuid.NewString()
	op, err := n.Start(n.t.Context(), OperationRequest{ID: id, Tags: []string{"red"}}, func(ctx context.Context, _ *Operation) error {
		result, err := n.Run(ctx, Query{ID: id, Statement: st})
		if err != nil {
			return err
		}
		defer result.Close()
		for result.Next() {
		}
		return result.Err()
	})
	if err != nil {
		n.t.Fatal(err)
	}
	cursor, err := op.Attach("")
	if err != nil {
		n.t.Fatal(err)
	}
	told := make(chan error, 1)
	go func() {
		_, err := cursor.Next(context.Background())
		told <- err
	}()
	return id, told
}

// The ways to stop an operation, and what its user is told: the conditions are those of Spark 4.1.4, which has no time-out.
func TestWaysToStop(t *testing.T) {
	for name, c := range map[string]struct {
		stop  func(n *notebook, id string) bool
		class string
		says  string
	}{
		"interrupt": {func(n *notebook, id string) bool {
			return len(n.Interrupt(func(op *Operation) bool { return op.ID == id })) == 1
		}, "OPERATION_CANCELED", ""},
		"kill": {func(n *notebook, id string) bool {
			return !n.room.Kill(uuid.NewString(), "root") && n.room.Kill(id, "root")
		}, "OPERATION_CANCELED", "stopped by root"},
		"release": {func(n *notebook, id string) bool { return n.Drop(id) }, "INVALID_CURSOR.DISCONNECTED", ""},
		"end of the session": {func(n *notebook, _ string) bool {
			_, err := n.room.Close(context.Background(), n.Key, false)
			return err == nil
		}, "INVALID_CURSOR.DISCONNECTED", ""},
		"time-out": {func(*notebook, string) bool { return true }, "SPARK_JOB_CANCELLED", ConfQueryTimeout + " allows: 1000ms"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, e := stopBench(t)
			var before time.Time
			if name == "time-out" {
				value := "1000ms"
				if _, err := n.Conf().With(ConfQueryTimeout, value); err != nil {
					t.Fatal(err)
				}
				n.conf, _ = n.conf.With(ConfQueryTimeout, value)
				before = time.Now()
			}
			id, ended := n.begin(upTo(3))
			<-e.waits
			if !c.stop(n, id) {
				t.Error("there was nothing to stop")
			}
			err := <-ended
			if class(err) != c.class || !strings.Contains(err.Error(), c.says) {
				t.Errorf("it ended with %v", err)
			}
			<-e.stopped
			if took := time.Since(before); took < time.Second {
				t.Errorf("stopped after %v", took)
			}
			if n.room.Kill(id, "root") {
				t.Error("stopped twice")
			}
		})
	}
}

// everything lists what is below a folder.
func everything(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && path != dir {
			paths = append(paths, strings.TrimPrefix(path, dir+"/"))
		}
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return paths
}

// A write that is stopped in the middle leaves nothing, neither files nor a table.
func TestStoppedWritesLeaveNothing(t *testing.T) {
	for name, st := range map[string]func(out string) plan.Statement{
		"parquet": func(out string) plan.Statement {
			return &plan.WriteFiles{Query: upTo(3), Format: "parquet", Path: out, Mode: "error"}
		},
		"csv": func(out string) plan.Statement {
			return &plan.WriteFiles{Query: upTo(3), Format: "csv", Path: out, Mode: "overwrite"}
		},
		"saveAsTable": func(string) plan.Statement {
			return &plan.WriteFiles{Query: upTo(3), Format: "parquet", Table: []string{"t"}, Mode: "error"}
		},
		"CTAS": func(string) plan.Statement {
			return &plan.CreateTable{Name: []string{"t"}, Format: "csv", Query: upTo(3)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n, e := stopBench(t)
			warehouse, out := filepath.Join(n.dir, "warehouse"), filepath.Join(n.dir, "out")
			before := len(everything(t, warehouse))
			_, ended := n.begin(st(filepath.Join(out, "a")))
			<-e.waits
			n.Interrupt(func(*Operation) bool { return true })
			if err := <-ended; class(err) != "OPERATION_CANCELED" {
				t.Errorf("it ended with %v", err)
			}
			<-e.stopped
			<-n.room.work.close() // the work is over
			if _, there := n.names.Stored([]string{"t"}); there {
				t.Error("the table is there")
			}
			if left := everything(t, warehouse); len(left) > before {
				t.Errorf("the warehouse has %q", left)
			}
			for _, path := range everything(t, out) {
				if info, err := os.Stat(filepath.Join(out, path)); err == nil && !info.IsDir() {
					t.Errorf("%s is left", path)
				}
			}
		})
	}
}

// Once a write has begun to put its files in place it cannot be stopped: its user is told that it succeeded.
func TestCommitCannotBeStopped(t *testing.T) {
	n, _ := stopBench(t)
	id, proceed, sealed := uuid.NewString(), make(chan struct{}), make(chan error, 1)
	op, err := n.Start(t.Context(), OperationRequest{ID: id}, func(ctx context.Context, _ *Operation) error {
		sealed <- n.commits(ctx, Query{ID: id})
		<-proceed
		return context.Cause(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-sealed; err != nil {
		t.Error(err)
	}
	if n.room.Kill(id, "root") || len(n.Interrupt(func(*Operation) bool { return true })) > 0 {
		t.Error("stopped")
	}
	close(proceed)
	cursor, _ := op.Attach("")
	if _, err := cursor.Next(t.Context()); class(err) != "" {
		t.Errorf("it ended with %v", err)
	}
	stopped, cancel := context.WithCancelCause(t.Context())
	cancel(fault.New("OPERATION_CANCELED"))
	if err := n.commits(stopped, Query{ID: id}); class(err) != "OPERATION_CANCELED" {
		t.Errorf("a stopped write may go on: %v", err)
	}
}

func TestQueryTimeoutIsChecked(t *testing.T) {
	for value, want := range map[string]time.Duration{
		"30": 30 * time.Second, "30s": 30 * time.Second, " 5 min ": 5 * time.Minute, "2H": 2 * time.Hour, "1d": 24 * time.Hour, "1000ms": time.Second,
		"0": 0, "999ms": 0, "86401": 0, "2d": 0, "999999999d": 0, "-5s": 0, "": 0, "soon": 0, "5 weeks": 0, "1.5h": 0, "99999999999999999999": 0,
	} {
		_, err := Conf{}.With(ConfQueryTimeout, value)
		if want == 0 {
			if class(err) != "INVALID_CONF_VALUE.REQUIREMENT" || !strings.Contains(err.Error(), "1s to 24h") {
				t.Errorf("%q: %v", value, err)
			}
			continue
		}
		if got, _ := parseTimeout(value); got != want || err != nil {
			t.Errorf("%q: %v, %v", value, got, err)
		}
	}
	if value, defined, err := (Conf{}).Get(ConfQueryTimeout); value != "" || defined || err != nil {
		t.Errorf("it is %q, %v, %v before it is set", value, defined, err)
	}
}
