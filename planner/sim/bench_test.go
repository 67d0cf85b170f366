package sim

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// crowd is many users of one small query on many small nodes: 30 s of thinking, 20 tasks a query.
func crowd(users, nodes int, horizon float64) Model {
	m := Model{Master: Master{Cores: 64, Speed: 1}, Horizon: horizon, Warmup: horizon / 10, Seed: 1,
		Costs: Costs{Submit: 1e-3, Dispatch: 5e-5, Launch: 5e-3, FirstByte: 10e-3, Straggle: 0.01, StraggleBy: 3, Uneven: 0.03}}
	for range nodes {
		m.Nodes = append(m.Nodes, Node{Cores: 3.8, Speed: 1, Executors: 1, Slots: 4, Unified: 4 << 30,
			NIC: Link{Base: 156e6, Peak: 1250e6, Bucket: 4e11}, Disk: Link{Base: 125e6, Peak: 250e6, Bucket: 1e11}, WriteBack: 1 << 30})
	}
	m.Classes = []Class{{Name: "q", Plan: 0.05, Stages: []Stage{
		{Name: "scan", Tasks: 16, CPU: 0.4, CV: 0.3, Input: 32e6, Write: 2e6},
		{Name: "agg", After: []int{0}, Tasks: 4, CPU: 0.1, CV: 0.3, Fetch: 8e6, FetchOf: 16},
	}}}
	m.Users = []Users{{Name: "all", Count: users, Think: 30, Mix: []Share{{0, 1}}}}
	m.Sched = Sched{Policy: Fair, PerUser: true}
	return m
}

// BenchmarkEvents shows that the cost of an event hardly grows with the size of the cluster.
func BenchmarkEvents(b *testing.B) {
	for _, size := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprintf("users=%d", size), func(b *testing.B) {
			var events int64
			for b.Loop() {
				r, err := Run(b.Context(), crowd(size, size/10, 120*1000/float64(size)))
				if err != nil {
					b.Fatal(err)
				}
				events += r.Events
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func cpuTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCrowd is the size the planner promises: 10,000 users on 1,000 nodes for an hour, within 60 s
// and 2 GiB. It is run when asked for: SHOAL_CROWD=1 go test -run Crowd -v ./planner/sim
func TestCrowd(t *testing.T) {
	if os.Getenv("SHOAL_CROWD") == "" {
		t.Skip("SHOAL_CROWD is not set")
	}
	begin := cpuTime(t)
	r := run(t, crowd(10000, 1000, 3600))
	took := cpuTime(t) - begin // of one core: the machine may be busy
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("%d answers, %d events in %v: %.2f million a second; %d MiB from the system; p95 %.2f s; use %+v", len(r.Classes[0].Latency),
		r.Events, took, float64(r.Events)/took.Seconds()/1e6, mem.Sys>>20, Quantile(r.Classes[0].Latency, 0.95), r.Use)
	if took > time.Minute || mem.Sys > 2<<30 {
		t.Errorf("%v and %d MiB", took, mem.Sys>>20)
	}
}
