package eventlog

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// BenchmarkRead measures plain text from memory on one core, then what more cores and zstd do to it.
// Files in SHOAL_EVENTLOGS are read too.
func BenchmarkRead(b *testing.B) {
	text, err := io.ReadAll(&generated{left: 32 << 20, tasks: 200})
	if err != nil {
		b.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	packed := enc.EncodeAll(text, nil)
	run(b, "plain-1", text, len(text), 1)
	run(b, "plain-all", text, len(text), 0)
	run(b, "zstd-1", packed, len(text), 1)
	run(b, "zstd-all", packed, len(text), 0)
	folder := os.Getenv("SHOAL_EVENTLOGS")
	if folder == "" {
		return
	}
	files, _ := filepath.Glob(filepath.Join(folder, "*"))
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && filepath.Ext(f) != ".json" {
			run(b, filepath.Base(f), text, len(text), 1)
		}
	}
}

func run(b *testing.B, name string, stored []byte, size, workers int) {
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(size))
		b.ReportAllocs()
		before, n := cpuTime(), 0
		for ; b.Loop(); n++ {
			if _, err := ReadFrom(b.Context(), name, bytes.NewReader(stored), Options{Workers: workers}); err != nil {
				b.Fatal(err)
			}
		}
		// What a busy machine does not distort.
		if spent := cpuTime() - before; spent > 0 {
			b.ReportMetric(float64(size)*float64(n)/1e6/spent.Seconds(), "MB/cpu-s")
		}
	})
}

// TestMemory reads long logs that are made as they are read: 100 MB, or SHOAL_EVENTLOG_MB of them. The
// aim is 10 GB in 500 MB of memory, whether it is large stages or, as in training, many small ones.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	size := int64(100)
	if s := os.Getenv("SHOAL_EVENTLOG_MB"); s != "" {
		size, _ = strconv.ParseInt(s, 10, 64)
	}
	t.Run("large stages", func(t *testing.T) { testMemory(t, size, &generated{left: size << 20, tasks: 200}) })
	t.Run("small stages", func(t *testing.T) { testMemory(t, size, &generated{left: size << 20, tasks: 4, padding: 20_000}) })
}

func testMemory(t *testing.T, size int64, log *generated) {
	defer debug.SetGCPercent(debug.SetGCPercent(20))
	tasks := int64(log.tasks)
	peak, stop := watchHeap()
	start := time.Now()
	app, err := ReadFrom(t.Context(), "generated", log, Options{})
	stop()
	if err != nil {
		t.Fatal(err)
	}
	// Buffers take some 30 MB, what is kept of an application at most 50 KB for each MB of log.
	limit := min(60<<20+uint64(size)*50_000, 500<<20)
	t.Logf("%d MB in %.1f s, %d stages, heap at most %d MB", size, time.Since(start).Seconds(), len(app.Stages), peak()>>20)
	if peak() > limit {
		t.Errorf("the heap grew to %d MB, want at most %d", peak()>>20, limit>>20)
	}
	if want := int64(len(app.Stages)) * tasks; app.Total.Tasks != want || len(app.Stages) != len(app.Jobs) {
		t.Errorf("%d tasks, want %d", app.Total.Tasks, want)
	}
}

// watchHeap samples the heap until it is stopped.
func watchHeap() (peak func() uint64, stop func()) {
	var most uint64
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			select {
			case <-tick.C:
			case <-quit:
				return
			}
		}
	}()
	return func() uint64 { return most }, func() { close(quit); <-done }
}
