package workload

import (
	"os"
	"strings"
	"testing"
)

// Whatever a file holds, Read gives a workload or an error that names the file.
func FuzzRead(f *testing.F) {
	text, err := os.ReadFile("../../examples/interactive-ml.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	for _, name := range Presets() {
		f.Add("preset: " + name + "\nbudget: 5\nsearch: {}\n")
	}
	f.Add("budget: 5\nusers: [{name: u, count: 1, think: 1s, mix: {q: 1}}]\nshapes: [{name: A, workers: [{type: m5.xlarge}], master: m5.xlarge}]\n")
	f.Add("a: &x [*x]\n")
	f.Add("users: !!seq\n") // once a panic of the library
	f.Fuzz(func(t *testing.T, text string) {
		w, err := Read("f", strings.NewReader(text))
		if err != nil && !strings.HasPrefix(err.Error(), "f:") {
			t.Errorf("%v", err)
		}
		if (w == nil) == (err == nil) {
			t.Error("a workload and an error, or neither")
		}
	})
}
