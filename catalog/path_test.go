package catalog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"shoal/fault"
	"shoal/plan"
)

// tree makes empty files below a new folder.
func tree(t *testing.T, names ...string) string {
	t.Helper()
	dir := realPath(t.TempDir())
	for _, n := range names {
		path := filepath.Join(dir, n)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func scanText(c *Catalog, paths ...string) (*plan.Scan, error) {
	return c.Scan(context.Background(), &plan.Read{Format: "text", Paths: paths}, utc)
}

func conditionOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Class
	}
	return ""
}

func TestAllowedPaths(t *testing.T) {
	dir := tree(t, "open/a.txt", "open/secret/b.txt", "openly/c.txt", "closed/d.txt", "open/deep/e.txt")
	for link, target := range map[string]string{"open/out": "../closed", "open/deep/out.txt": "../../closed/d.txt",
		"open/in": "deep/e.txt", "closed/in": "../open"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	c := New(Options{AllowedPaths: []string{dir + "/open"}, DeniedPaths: []string{dir + "/open/secret"}})
	for path, want := range map[string]string{
		"/open/a.txt":            "",
		"/open/in":               "",
		"/closed/in/a.txt":       "", // where it leads is what counts
		"/open/./deep/../a.txt":  "",
		"/open/nosuch":           "PATH_NOT_FOUND",
		"/closed/d.txt":          "INSUFFICIENT_PERMISSIONS",
		"/closed/nosuch":         "INSUFFICIENT_PERMISSIONS", // whether it exists is not told
		"/openly/c.txt":          "INSUFFICIENT_PERMISSIONS",
		"/open/../closed/d.txt":  "INSUFFICIENT_PERMISSIONS",
		"/open/out/d.txt":        "INSUFFICIENT_PERMISSIONS",
		"/open/secret/b.txt":     "INSUFFICIENT_PERMISSIONS",
		"/open/deep":             "INSUFFICIENT_PERMISSIONS", // holds a link to the outside
		"/open/out/nosuch":       "INSUFFICIENT_PERMISSIONS",
		"":                       "INSUFFICIENT_PERMISSIONS",
		"/*/d.txt":               "INSUFFICIENT_PERMISSIONS",
		"/{open,closed}/d.txt":   "INSUFFICIENT_PERMISSIONS",
		"/clos{ed/d.txt,e}":      "INSUFFICIENT_PERMISSIONS",
		"/open/{..,deep}/closed": "INSUFFICIENT_PERMISSIONS",
		"/open/a*":               "",
		"/open/deep/e*":          "",
	} {
		_, err := scanText(c, dir+path)
		if got := conditionOf(err); got != want {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
	if _, err := scanText(New(Options{}), dir+"/open/a.txt"); conditionOf(err) != "INSUFFICIENT_PERMISSIONS" {
		t.Errorf("no allowed paths: got %v, want a refusal", err)
	}
	for path, want := range map[string]string{"/open/new/file": "", "/closed/new": "INSUFFICIENT_PERMISSIONS"} {
		if _, err := c.Resolve(dir + path); conditionOf(err) != want {
			t.Errorf("Resolve(%s): got %v, want %q", path, err, want)
		}
	}
}

// TestURIs: what real Spark 4.1.4 makes of the same spellings.
func TestURIs(t *testing.T) {
	dir := tree(t, "a.txt", "a b", "%20x")
	c := New(Options{AllowedPaths: []string{dir}})
	for path, want := range map[string]string{
		"file:" + dir + "/a.txt": "", "file://" + dir + "/a.txt": "", "FILE:" + dir + "/a.txt": "", dir + "//a.txt": "", dir + "/a.txt/": "",
		dir + "/a b": "", dir + "/%20x": "", "file://localhost" + dir + "/a.txt": "INTERNAL_ERROR", "": "INTERNAL_ERROR",
		"hdfs://x/y": "UNSUPPORTED_FEATURE", "s3a://b/x": "UNSUPPORTED_FEATURE", dir + "/nosuch": "PATH_NOT_FOUND",
	} {
		if _, err := scanText(c, path); conditionOf(err) != want {
			t.Errorf("%q: got %v, want %q", path, err, want)
		}
	}
}

func TestGlob(t *testing.T) {
	dir := tree(t, "a.txt", "ab.txt", "b.txt", "d/a.txt", "d/e/f.txt", "x]y", "st*r", "q{r")
	c := New(Options{AllowedPaths: []string{dir}})
	for pattern, want := range map[string][]string{
		"*.txt": {"a.txt", "ab.txt", "b.txt"}, "?.txt": {"a.txt", "b.txt"}, "[ab].txt": {"a.txt", "b.txt"}, "[!a].txt": {"b.txt"},
		"[^a].txt": {"b.txt"}, "[a-b]b*": {"ab.txt"}, "{a,b}.txt": {"a.txt", "b.txt"}, "{a,{b,ab}}.txt": {"a.txt", "ab.txt", "b.txt"},
		"*/a.txt": {"d/a.txt"}, "*/*/f*": {"d/e/f.txt"}, "{a.txt,d/e/f.txt}": {"a.txt", "d/e/f.txt"}, "{a,a}.txt": {"a.txt"},
		`st\*r`: {"st*r"}, `q\{r`: {"q{r"}, "nosuch*": nil, "d/*": {"d/a.txt", "d/e"}, "*b.txt": {"ab.txt", "b.txt"},
	} {
		got, err := c.glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
		}
		for i, g := range got {
			got[i], _ = filepath.Rel(dir, g)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", pattern, got, want)
		}
	}
	for _, pattern := range []string{"[", "{a", "a[]", `x*\`, "{a,{b}", "{1,2,3,4,5,6,7,8,9,0}{1,2,3,4,5,6,7,8,9,0}{1,2,3,4,5,6,7,8,9,0}{1,2,3,4,5,6,7,8,9,0}{1,2}"} {
		if got, err := c.glob(filepath.Join(dir, pattern)); err == nil {
			t.Errorf("%s: got %v, want an error", pattern, got)
		}
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("a*{b,c}[d-e]?")
	c := New(Options{AllowedPaths: []string{"/nosuch"}})
	f.Fuzz(func(_ *testing.T, pattern string) {
		_, _ = c.glob("/nosuch/" + pattern)
		_, _ = nameFilter(pattern)
	})
}
