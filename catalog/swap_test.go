package catalog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"shoal/plan"
	"shoal/store"
)

// desk is a catalog with a store, and a table in it.
type desk struct {
	t     *testing.T
	c     *Catalog
	store *store.Store
	dir   string
	table *Stored
}

func newDesk(t *testing.T) *desk {
	d := &desk{t: t, dir: t.TempDir()}
	var err error
	if d.store, err = store.Open(d.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.store.Close() })
	d.restart()
	d.table = &Stored{ID: "1", Database: "default", Name: "t", Format: "text", Location: d.c.DefaultLocation("default", "t"),
		Columns: plan.Struct{Fields: []plan.Field{{Name: "value", Type: plan.String, Nullable: true}}}}
	d.must(d.c.Change(t.Context(), Change{Now: d.table}))
	return d
}

// restart is what the next life of the server begins with.
func (d *desk) restart() {
	d.c = New(Options{Warehouse: filepath.Join(d.dir, "warehouse")})
	d.must(d.c.Keep(context.Background(), d.store))
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

// stage writes files as a write does and gives the change that brings them in.
func (d *desk) stage(overwrite bool, names ...string) Change {
	ch := Change{Was: d.table, Now: d.table, Stage: filepath.Join(d.table.Location, Staging, names[0]), Add: names}
	d.must(os.MkdirAll(ch.Stage, 0o755))
	for _, n := range names {
		d.must(os.WriteFile(filepath.Join(ch.Stage, n), []byte(n), 0o644))
	}
	if overwrite {
		ch.Replaces = func(string) bool { return true }
	}
	return ch
}

// files lists what a reader finds.
func (d *desk) files() (names []string) {
	d.t.Helper()
	scan, err := d.c.ScanStored(d.t.Context(), d.table, nil, plan.Settings{})
	d.must(err)
	for _, f := range scan.Files {
		names = append(names, filepath.Base(f.Path))
	}
	slices.Sort(names)
	return names
}

func (d *desk) want(names ...string) {
	d.t.Helper()
	if got := d.files(); !slices.Equal(got, names) {
		d.t.Fatalf("files %v, want %v", got, names)
	}
}

// TestReaderKeepsItsFiles: an overwrite is seen at once, and takes nothing from a query under way.
func TestReaderKeepsItsFiles(t *testing.T) {
	d := newDesk(t)
	d.must(d.c.Change(t.Context(), d.stage(false, "a", "b")))
	reading := d.c.Read()
	d.must(d.c.Change(t.Context(), d.stage(true, "c")))
	d.want("c")
	old := filepath.Join(d.table.Location, "a")
	if _, err := os.Stat(old); err != nil {
		t.Fatal("the file went under the reader:", err)
	}
	late := d.c.Read()
	reading.End()
	reading.End() // twice is once
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Error("nobody reads the file, but it is still there")
	}
	late.End()
	d.want("c")
	if items, _ := d.store.Items(t.Context()); len(items) != 1 {
		t.Errorf("left in the store: %v", items)
	}
}

// TestCutShort stops a change at each of its steps; the next start finds the old table or the new one.
func TestCutShort(t *testing.T) {
	steps := map[string]struct {
		run  func(d *desk, ch Change, s *swap)
		want []string
	}{
		"staged":  {func(*desk, Change, *swap) {}, []string{"a", "b"}},
		"decided": {func(d *desk, ch Change, s *swap) { d.must(d.c.decide(d.t.Context(), ch, "default.t", s)) }, []string{"c", "d"}},
		"half renamed": {func(d *desk, ch Change, s *swap) {
			d.must(d.c.decide(d.t.Context(), ch, "default.t", s))
			d.must(os.Rename(s.Rename[0][0], s.Rename[0][1]))
		}, []string{"c", "d"}},
		"half removed": {func(d *desk, ch Change, s *swap) {
			d.must(d.c.decide(d.t.Context(), ch, "default.t", s))
			d.must(s.rename())
			d.must(os.Remove(s.Remove[0]))
		}, []string{"c", "d"}},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.must(d.c.Change(t.Context(), d.stage(false, "a", "b")))
			ch := d.stage(true, "c", "d")
			s, err := d.c.plan(t.Context(), ch, d.table)
			d.must(err)
			step.run(d, ch, s)
			d.restart()
			d.want(step.want...)
			entries, _ := os.ReadDir(d.table.Location)
			if len(entries) != len(step.want) {
				t.Errorf("left in the folder: %v", entries)
			}
			if items, _ := d.store.Items(t.Context()); len(items) != 1 {
				t.Errorf("left in the store: %v", items)
			}
		})
	}
}

// TestChangedMeanwhile: a write into a table that was dropped, or made anew, fails.
func TestChangedMeanwhile(t *testing.T) {
	d := newDesk(t)
	ch := d.stage(false, "a")
	all := func(string) bool { return true }
	d.must(d.c.Change(t.Context(), Change{Was: d.table, Replaces: all}))
	if err := d.c.Change(t.Context(), ch); conditionOf(err) != "TABLE_OR_VIEW_NOT_FOUND" {
		t.Errorf("into a dropped table: %v", err)
	}
	again := *d.table
	again.ID = "2"
	d.must(d.c.Change(t.Context(), Change{Now: &again}))
	if err := d.c.Change(t.Context(), ch); conditionOf(err) != "TABLE_OR_VIEW_NOT_FOUND" {
		t.Errorf("into another table of the name: %v", err)
	}
	if err := d.c.Change(t.Context(), Change{Now: d.table}); conditionOf(err) != "TABLE_OR_VIEW_ALREADY_EXISTS" {
		t.Errorf("a table that is there: %v", err)
	}
	d.restart()
	if now, ok := d.c.Stored("DEFAULT", "T"); !ok || now.ID != "2" || now.Columns.String() != "struct<value:string>" {
		t.Errorf("after a restart: %+v", now)
	}
}

// TestRenameCutShort: a managed table's folder moves with its name.
func TestRenameCutShort(t *testing.T) {
	d := newDesk(t)
	d.must(d.c.Change(t.Context(), d.stage(false, "a")))
	d.must(d.c.Rename(t.Context(), d.table, "U"))
	d.table, _ = d.c.Stored("default", "u")
	d.want("a")
	now := *d.table
	now.Name, now.Location = "v", d.c.DefaultLocation("default", "v")
	s := &swap{ID: "x", Root: filepath.Dir(now.Location), Rename: [][2]string{{d.table.Location, now.Location}}}
	d.must(d.c.decideRename(t.Context(), d.table, &now, s))
	d.restart()
	d.table, _ = d.c.Stored("default", "v")
	d.want("a")
}

// TestOperationIsDoneWithItsChange: a write that was repeated after a kill -9 must find that it was done.
func TestOperationIsDoneWithItsChange(t *testing.T) {
	d := newDesk(t)
	ch := d.stage(false, "a")
	ch.By = store.Doer{Session: store.SessionKey{User: "ann", ID: "s"}, ID: "op"}
	s, err := d.c.plan(t.Context(), ch, d.table)
	d.must(err)
	d.must(d.c.decide(t.Context(), ch, "default.t", s))
	if o, _, err := d.store.Operation(t.Context(), ch.By.Session, "op"); err != nil || !o.Committed {
		t.Errorf("the operation: %+v, %v", o, err)
	}
	d.restart()
	d.want("a")
}
