package workload

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// written is a workload as text.
func written(t *testing.T, w *Workload) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, w, "a note", "of two\nlines"); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(b.String(), "# a note\n# of two\n# lines\n") {
		t.Errorf("the notes: %s", b.String()[:60])
	}
	return b.String()
}

// TestWriteAndRead: what was written is what is read.
func TestWriteAndRead(t *testing.T) {
	texts := map[string]string{}
	for _, name := range Presets() {
		texts[name] = "preset: " + name + "\nbudget: 5\nsearch: {top: 3, families: [m5]}\n"
	}
	examples, err := filepath.Glob("../../examples/*.yaml")
	if err != nil || len(examples) == 0 {
		t.Fatal(examples, err)
	}
	for _, path := range examples {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = string(text)
	}
	for name, text := range texts {
		w, err := Read(name, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		w.Preset = "" // its parts are in it
		once := written(t, w)
		again, err := Read(name, strings.NewReader(once))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, once)
			continue
		}
		if twice := written(t, again); twice != once {
			t.Errorf("%s: another text the second time:\n%s", name, twice)
		}
		for i := range w.Shapes {
			w.Shapes[i].At, again.Shapes[i].At = "", ""
		}
		if !reflect.DeepEqual(w, again) {
			t.Errorf("%s: another workload:\n%s", name, once)
		}
	}
}

func TestWriteUnits(t *testing.T) {
	w := &Workload{Users: []Users{{Name: "a: b # c", Rate: 0.5, Think: 0.001}},
		Queries: []Query{{Name: "- x", Stages: []Stage{{Name: "s", After: []string{}, Input: 1.5 * (1 << 40), Memory: 100, CPU: 2000, Collect: 3 << 20}}}}}
	text := written(t, w)
	for _, want := range []string{"rate: 0.5/s", "think: 0.001s", "input: 1.5TiB", "memory: 100B", "cpu: 2000s", "collect: 3MiB", "after: []"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing in\n%s", want, text)
		}
	}
	var back Workload
	if err := decode([]byte(text), &back); err != nil || back.Users[0].Name != w.Users[0].Name || back.Queries[0].Name != "- x" {
		t.Errorf("%v: %+v", err, back)
	}
}
