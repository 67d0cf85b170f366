package archtest

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "shoal/"

// root is the repository's folder, seen from this package's.
const root = "../.."

func TestRoomsImportOnlyRoomsBelow(t *testing.T) {
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := ladder[room]
		if !known {
			t.Errorf("room %s is not in the ladder: add a line to internal/archtest/ladder.go", room)
			continue
		}
		for _, imported := range p.Imports {
			if below, ours := strings.CutPrefix(imported, module); ours {
				if !slices.Contains(allowed, below) {
					t.Errorf("%s imports %s, which is not below it", room, below)
				}
				continue
			}
			checkForeign(t, room, imported)
		}
	}
}

func checkForeign(t *testing.T, room, imported string) {
	t.Helper()
	for prefix, rooms := range foreign {
		if strings.HasPrefix(imported, prefix) && !slices.Contains(rooms, room) {
			t.Errorf("%s imports %s; only %v may", room, imported, rooms)
		}
	}
}

func TestLadderHasNoCycle(t *testing.T) {
	done := map[string]bool{}
	var walk func(room string, path []string)
	walk = func(room string, path []string) {
		if slices.Contains(path, room) {
			t.Fatalf("the ladder goes in a circle: %v", append(path, room))
		}
		if done[room] {
			return
		}
		for _, below := range ladder[room] {
			if _, known := ladder[below]; !known {
				t.Errorf("%s may import %s, which has no line of its own", room, below)
			}
			walk(below, append(slices.Clone(path), room))
		}
		done[room] = true
	}
	for room := range ladder {
		walk(room, nil)
	}
}

// pathInText finds back-quoted words that are paths: a slash inside, or a file name's ending.
var pathInText = regexp.MustCompile("`([A-Za-z0-9_.][A-Za-z0-9_./-]*)`")

func TestArchitecturePathsExist(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range pathInText.FindAllStringSubmatch(string(text), -1) {
		path := m[1]
		if !strings.Contains(path, "/") && !slices.Contains([]string{".md", ".go", ".py"}, filepath.Ext(path)) {
			continue
		}
		found++
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Errorf("ARCHITECTURE.md names %s: %v", path, err)
		}
	}
	if found < 10 {
		t.Errorf("found %d paths in ARCHITECTURE.md; the test no longer understands how they are written", found)
	}
}

// What must not stand in a tracked file: folders of one machine, addresses of package registries.
var (
	machinePath = regexp.MustCompile(`(^|[^A-Za-z0-9_.])/(work|root|farm|home/[a-z]+)/[A-Za-z0-9_.-]+`)
	registry    = regexp.MustCompile(`(?i)https?://[^ "/]*(pypi|pythonhosted|npmjs|golang|maven|crates|debian)[^ "]*`)
)

func TestNoMachineInTrackedFiles(t *testing.T) {
	out, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Skip("not a git checkout: there are no tracked files to look at")
	}
	for _, path := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		if path == "go.sum" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, path))
		if os.IsNotExist(err) {
			continue // deleted, not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if m := machinePath.Find(line); m != nil {
				t.Errorf("%s:%d holds a path of one machine: %s", path, i+1, m)
			}
			if m := registry.Find(line); m != nil {
				t.Errorf("%s:%d holds the address of a package registry: %s", path, i+1, m)
			}
		}
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
