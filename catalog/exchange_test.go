package catalog

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// beside makes a folder with an old file in two parts, and a new one that waits.
func (d *desk) beside(path string) (stage string) {
	d.t.Helper()
	for name, text := range map[string]string{"p=1/a": "old", "p=2/b": "old", "_SUCCESS": ""} {
		d.must(os.MkdirAll(filepath.Dir(filepath.Join(path, name)), 0o755))
		d.must(os.WriteFile(filepath.Join(path, name), []byte(text), 0o644))
	}
	stage, err := d.c.Beside(d.t.Context(), path, "id")
	d.must(err)
	d.must(os.MkdirAll(filepath.Join(stage, "p=2"), 0o755))
	d.must(os.WriteFile(filepath.Join(stage, "p=2/c"), []byte("new"), 0o644))
	return stage
}

func below(dir string) (names []string) {
	filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names
}

// TestExchangeCutShort stops an overwrite of a plain path at each of its steps: a reader that knows nothing of us finds the
// old or the new at once, and the next start removes the rest.
func TestExchangeCutShort(t *testing.T) {
	old, static, dynamic := []string{"_SUCCESS", "p=1/a", "p=2/b"}, []string{"p=2/c"}, []string{"_SUCCESS", "p=1/a", "p=2/c"}
	keep := func(name string) bool { return filepath.Dir(name) != "p=2" }
	steps := map[string]struct {
		run  func(d *desk, path, stage string)
		want []string
	}{
		"staged":                {func(*desk, string, string) {}, old},
		"linked":                {func(d *desk, path, stage string) { d.must(link(path, stage, keep)) }, old},
		"exchanged":             {func(d *desk, path, stage string) { d.must(d.c.Exchange(path, stage, nil)) }, static},
		"exchanged, with links": {func(d *desk, path, stage string) { d.must(d.c.Exchange(path, stage, keep)) }, dynamic},
		"half removed": {func(d *desk, path, stage string) {
			d.must(d.c.Exchange(path, stage, nil))
			d.must(os.RemoveAll(filepath.Join(stage, "p=1")))
		}, static},
	}
	for name, step := range steps {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.c.allowed = []string{d.dir}
			path := filepath.Join(d.dir, "out", "x")
			stage := d.beside(path)
			if stage == "" {
				t.Skip("folders cannot be exchanged here")
			}
			step.run(d, path, stage)
			if got := below(path); !slices.Equal(got, step.want) {
				t.Errorf("before the next start: %v", got)
			}
			d.restart()
			if got := below(filepath.Dir(path)); len(got) != len(step.want) || !slices.Equal(below(path), step.want) {
				t.Errorf("after the next start: %v", got)
			}
			if items, _ := d.store.Items(t.Context()); len(items) != 1 {
				t.Errorf("left in the store: %v", items)
			}
		})
	}
}
