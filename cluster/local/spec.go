package local

// This file checks what is asked for against what the machine has.

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"shoal/cluster"
)

const (
	mib = 1 << 20
	gib = 1 << 30

	leastMemory = 512 * mib // less and Spark refuses to begin
	daemonHeap  = 256 * mib // of the master and of each worker's own process
	beside      = 128 * mib // what such a process needs besides
	leastBeside = 384 * mib // what Spark itself grants besides a driver's or an executor's heap: that or a tenth
	mostWorkers = 200       // each has an address of its own
)

// need is the memory a process with so much for queries takes.
func need(heap int64) int64 { return heap + max(leastBeside, heap/10) }

// sum is what a cluster takes, and how that adds up.
type sum struct {
	Master, Driver, Worker, Total int64
	Workers                       int
}

func sumOf(s cluster.Spec) sum {
	r := sum{Master: daemonHeap + beside, Driver: need(s.DriverMemory), Worker: daemonHeap + beside + need(s.Memory), Workers: s.Workers}
	r.Total = r.Master + r.Driver + int64(r.Workers)*r.Worker
	return r
}

func (r sum) String() string {
	return fmt.Sprintf("%d workers x %s + driver %s + master %s = %s", r.Workers, Size(r.Worker), Size(r.Driver), Size(r.Master), Size(r.Total))
}

// fitting is how many workers of that kind the machine has memory for.
func fitting(s cluster.Spec, memory int64) int {
	s.Workers = 0
	r := sumOf(s)
	return int(min(max((memory-r.Total)/r.Worker, 0), mostWorkers))
}

// check refuses what cannot be; memory is the machine's, 0 where it does not tell.
func check(s cluster.Spec, memory int64) error {
	switch {
	case s.Workers < 1 || s.Workers > mostWorkers:
		return fmt.Errorf("%d workers: 1 to %d can be", s.Workers, mostWorkers)
	case s.Cores < 1:
		return fmt.Errorf("%d cores a worker: at least 1 is needed", s.Cores)
	case s.Memory < leastMemory:
		return fmt.Errorf("%s a worker: Spark needs at least %s", Size(s.Memory), Size(leastMemory))
	case s.DriverMemory < leastMemory:
		return fmt.Errorf("%s for the driver: Spark needs at least %s", Size(s.DriverMemory), Size(leastMemory))
	case s.VolumeSize != 0 && s.VolumeSize < 16*mib:
		return fmt.Errorf("a volume of %s: at least %s is needed", Size(s.VolumeSize), Size(16*mib))
	case s.ConnectPort < 0 || s.ConnectPort > 65535:
		return fmt.Errorf("port %d: there is none", s.ConnectPort)
	}
	if r := sumOf(s); memory > 0 && r.Total > memory {
		return fmt.Errorf("too much for this machine's %s of memory: %s; %d such workers would fit", Size(memory), r, fitting(s, memory))
	}
	return nil
}

// machineMemory is what the machine, or the container we are in, has; 0 where it does not tell.
func machineMemory() int64 {
	memory := memoryLine("MemTotal:")
	for _, path := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && (memory == 0 || n < memory) {
			memory = n
		}
	}
	return memory
}

func memoryLine(name string) int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) >= 2 && f[0] == name {
			kb, _ := strconv.ParseInt(f[1], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// Size writes a size as people do.
func Size(n int64) string {
	switch {
	case n >= gib:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/gib), ".0") + " GiB"
	case n >= mib:
		return fmt.Sprintf("%d MiB", n/mib)
	}
	return fmt.Sprintf("%d KiB", (n+1023)>>10)
}

// ParseSize reads a size such as 512m, 1g or 1536MiB: powers of 1024, as Spark means them.
func ParseSize(text string) (int64, error) {
	low := strings.ToLower(strings.TrimSpace(text))
	digits := strings.TrimRight(low, "kmgtib")
	unit := strings.TrimSuffix(strings.TrimSuffix(low[len(digits):], "b"), "i")
	shift, ok := map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[unit]
	n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
	if err != nil || !ok || n < 0 || n > (1<<62)>>shift {
		return 0, fmt.Errorf("%q is no size such as 512m or 1g", text)
	}
	if n > 0 && shift == 0 {
		return 0, errors.New(text + " bytes? a size has a unit, such as 512m or 1g")
	}
	return n << shift, nil
}
