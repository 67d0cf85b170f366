package sparktest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

// TestMain makes the folder that cases write to.
func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "sparktest"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(scratch)
	os.Exit(code)
}

var (
	report         = flag.String("report", filepath.Join(os.TempDir(), "shoal-sparktest.json"), "write all verdicts here, worst first")
	updateRefusals = flag.Bool("update-refusals", false, "set and clear only=spark by what Shoal refuses")
)
