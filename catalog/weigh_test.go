package catalog

import (
	"os"
	"path/filepath"
	"testing"

	"shoal/plan"
)

// TestWeigh: the columns that are read count, and files of which nothing is known in full.
func TestWeigh(t *testing.T) {
	c := testCatalog(t)
	file := filepath.Join(files(t), "types/basic.parquet")
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	weigh := func(format string, used map[string]bool) int64 {
		bytes, err := c.Weigh(t.Context(), &plan.Read{Format: format, Paths: []string{file}}, used)
		if err != nil {
			t.Fatal(err)
		}
		return bytes
	}
	if got := weigh("parquet", nil); got != info.Size() {
		t.Errorf("all columns: %d bytes of %d", got, info.Size())
	}
	one, two := weigh("parquet", map[string]bool{"d": true}), weigh("parquet", map[string]bool{"d": true, "s": true, "none": true})
	if one <= 0 || two <= one || two >= info.Size() {
		t.Errorf("one column: %d bytes, two: %d, all: %d", one, two, info.Size())
	}
	if got := weigh("text", map[string]bool{}); got != info.Size() {
		t.Errorf("another format: %d bytes of %d", got, info.Size())
	}
	for _, path := range []string{"/etc/passwd", filepath.Join(files(t), "nowhere"), filepath.Join(files(t), "corrupt/footer.parquet"), "s3a://bucket/x"} {
		if bytes, err := c.Weigh(t.Context(), &plan.Read{Format: "parquet", Paths: []string{path}}, map[string]bool{}); err == nil {
			t.Errorf("%s: %d bytes", path, bytes)
		}
	}
}
