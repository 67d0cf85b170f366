package session

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
)

// Expected texts in this file are what Spark 4.1.4 wrote.

func TestPartitionDirectories(t *testing.T) {
	for text, want := range map[string]string{"q": "q", "a/b c=%:": "a%2Fb c%3D%25%3A", "..": "%2E%2E"} {
		if got := escapePath(text); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

// numbers is an engine that answers everything with three rows of numbers, and then perhaps fails.
type numbers struct{ err error }

func (*numbers) Name() string                          { return "numbers" }
func (*numbers) Accepts(engine.Query) error            { return nil }
func (*numbers) Estimate(engine.Query) engine.Estimate { return engine.Estimate{} }
func (e *numbers) Run(_ context.Context, q engine.Query) (array.RecordReader, error) {
	b := array.NewRecordBuilder(memory.DefaultAllocator, q.Schema)
	b.Field(0).(*array.Int64Builder).AppendValues([]int64{1, 2, 3}, nil)
	rows, err := array.NewRecordReader(q.Schema, []arrow.RecordBatch{b.NewRecordBatch()})
	return &failing{rows, e.err}, err
}

type failing struct {
	array.RecordReader
	err error
}

func (f *failing) Err() error { return f.err }

// files lists what is in a directory, by the kind of file.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, filepath.Ext(path))
		}
		return nil
	})
	slices.Sort(names)
	return names
}

func TestWritesAreAllOrNothing(t *testing.T) {
	out := t.TempDir()
	n := newNotebook(t)
	n.room.Catalog = catalog.New(catalog.Options{AllowedPaths: []string{out}})
	e := &numbers{}
	n.room.Router = &engine.Router{Engines: []engine.Engine{e}}
	path := filepath.Join(out, "a", "b")
	write := func(mode, path string) error {
		result, err := n.Run(t.Context(), Query{Statement: &plan.WriteFiles{Query: upTo(3), Format: "parquet", Path: path, Mode: mode}})
		if err == nil {
			result.Close()
		}
		return err
	}
	e.err = errors.New("in the middle")
	if err := write("error", path); err == nil {
		t.Fatal("the write succeeded")
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed write left %v, %v", files(t, path), err)
	}

	e.err = nil
	for _, step := range []struct {
		mode, class string
		want        []string
	}{
		{"error", "", []string{"", ".parquet"}},
		{"error", "PATH_ALREADY_EXISTS", []string{"", ".parquet"}},
		{"ignore", "", []string{"", ".parquet"}},
		{"append", "", []string{"", ".parquet", ".parquet"}},
		{"overwrite", "", []string{"", ".parquet"}},
	} {
		if err := write(step.mode, path); class(err) != step.class || (err != nil) != (step.class != "") {
			t.Errorf("%s: %v", step.mode, err)
		}
		if got := files(t, path); !slices.Equal(got, step.want) {
			t.Errorf("%s left %q", step.mode, got)
		}
	}

	e.err = errors.New("in the middle")
	if err := write("overwrite", path); err == nil {
		t.Fatal("the write succeeded")
	}
	if got := files(t, path); !slices.Equal(got, []string{"", ".parquet"}) {
		t.Errorf("a failed overwrite left %q", got)
	}
	if err := write("error", filepath.Join(t.TempDir(), "x")); class(err) != "INSUFFICIENT_PERMISSIONS" {
		t.Errorf("outside the allowed folders: %v", err)
	}
}
