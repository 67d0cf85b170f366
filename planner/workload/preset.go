package workload

// This file holds the ready workloads that a file can begin with.

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed presets/*.yaml
var presets embed.FS

// Presets is the names of the ready workloads.
func Presets() []string {
	files, _ := fs.Glob(presets, "presets/*.yaml")
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}

// preset reads the preset the file names.
func (w *Workload) preset() error {
	text, err := presets.ReadFile("presets/" + path.Base(w.Preset) + ".yaml")
	if err != nil {
		return fmt.Errorf("%q: %s", w.Preset, like(w.Preset, Presets()))
	}
	*w = Workload{}
	return decode(text, w)
}
