package rank

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"shoal/planner/catalogue"
	"shoal/planner/workload"
)

// BenchmarkSearch is the whole of "shoal plan examples/interactive-ml.yaml --search": the five shapes, those
// beside them and the best of the catalogue. The aim is 30 seconds; cpu-s is what a busy machine does not
// distort, to be divided by the cores.
func BenchmarkSearch(b *testing.B) {
	text, err := os.ReadFile("../../examples/interactive-ml.yaml")
	if err != nil {
		b.Fatal(err)
	}
	cat, err := catalogue.Load()
	if err != nil {
		b.Fatal(err)
	}
	var searched int
	before := cpu(b)
	for b.Loop() {
		w, err := workload.ReadOver("interactive-ml.yaml", strings.NewReader(string(text)), workload.Over{Search: true})
		if err != nil {
			b.Fatal(err)
		}
		r, err := Plan(b.Context(), cat, w)
		if err != nil {
			b.Fatal(err)
		}
		searched = r.Searched
	}
	b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-s/op")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/op")
	b.ReportMetric(float64(searched), "shapes")
}

func cpu(b *testing.B) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}
