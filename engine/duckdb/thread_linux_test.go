package duckdb

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
)

// niceness counts the threads of this process by their niceness.
func niceness(t *testing.T) map[int]int {
	t.Helper()
	found := map[int]int{}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		stat, err := os.ReadFile("/proc/self/task/" + task.Name() + "/stat")
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
		n, err := strconv.Atoi(fields[16])
		if err != nil {
			t.Fatal(err)
		}
		found[n]++
	}
	return found
}

// All threads that compute for a niced instance have its niceness, and no other thread has.
func TestNicedInstance(t *testing.T) {
	before := niceness(t)
	e, err := Open(Options{Threads: 3, Nice: 13})
	if err != nil {
		t.Fatal(err)
	}
	if got := collect(t, e, "SELECT count(*) FROM range(10000000) AS t(x) WHERE x % 7 = 3", arrow.PrimitiveTypes.Int64); got[0][0] != "1428571" {
		t.Errorf("counted %v", got)
	}
	during := niceness(t)
	if during[13]-before[13] < 3 { // two workers and a caller
		t.Errorf("threads by niceness: %v, before %v", during, before)
	}
	if during[0]-before[0] > 8 {
		t.Errorf("%d threads at normal priority, %d before", during[0], before[0])
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}
