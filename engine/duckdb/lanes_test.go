package duckdb

import (
	"context"
	"os"
	"testing"

	"shoal/engine"
)

func TestLanes(t *testing.T) {
	dir := t.TempDir()
	l, err := OpenLanes(Options{TempDir: dir, MemoryLimit: 400 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if got := l.Memory(); got != 300<<20 || l.short.opts.MemoryLimit != 100<<20 {
		t.Errorf("heavy queries have %d bytes, short ones %d", got, l.short.opts.MemoryLimit)
	}
	for _, lane := range []string{"short", "heavy"} {
		if _, err := os.Stat(dir + "/" + lane); err != nil {
			t.Error(err) // two instances must not spill into the same files
		}
	}
	for _, heavy := range []bool{false, true} {
		q := numbers(5000)
		q.Heavy = heavy
		if err := l.Accepts(q); err != nil {
			t.Fatal(err)
		}
		r, err := l.Run(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if used := busy(l.heavy); (used > 0) != heavy {
			t.Errorf("heavy %t: %d queries run in the heavy lane", heavy, used)
		}
		rows := int64(0)
		for r.Next() {
			rows += r.RecordBatch().NumRows()
		}
		r.Release()
		if rows != 5000 || r.Err() != nil {
			t.Errorf("heavy %t: %d rows, error %v", heavy, rows, r.Err())
		}
		if left := len(l.short.translations.known) + len(l.heavy.translations.known); left != 0 {
			t.Errorf("heavy %t: %d translations are left", heavy, left)
		}
	}
	if err := l.Check(context.Background()); err != nil {
		t.Error(err)
	}
}

func busy(e *Engine) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.busy)
}

func TestUsage(t *testing.T) {
	r, err := open(t).Run(context.Background(), numbers(50_000_000))
	if err != nil {
		t.Fatal(err)
	}
	for r.Next() {
	}
	r.Release()
	if took := r.(engine.Metered).Usage().CPUSeconds; took <= 0 || took > 60 {
		t.Errorf("%g CPU seconds", took)
	}
}

func TestFootprints(t *testing.T) {
	l, err := OpenLanes(Options{TempDir: t.TempDir(), MemoryLimit: 400 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := l.heavy.get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer l.heavy.put(c)
	if err := c.exec("CREATE TEMP TABLE t AS SELECT range AS a FROM range(1000000)"); err != nil {
		t.Fatal(err)
	}
	got := l.Footprints(t.Context())
	if len(got) != 2 || got["heavy"].Memory < 1<<20 || got["heavy"].Memory > 100<<20 || got["heavy"].Memory < got["short"].Memory || got["heavy"].Spilled != 0 {
		t.Errorf("got %+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	l.Footprints(ctx) // returns, whatever it finds
}
