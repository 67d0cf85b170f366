package sparktest

import (
	"flag"
	"os"
	"path/filepath"
)

var (
	report         = flag.String("report", filepath.Join(os.TempDir(), "shoal-sparktest.json"), "write all verdicts here, worst first")
	updateRefusals = flag.Bool("update-refusals", false, "set and clear only=spark by what Shoal refuses")
)
