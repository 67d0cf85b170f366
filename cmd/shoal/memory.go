package main

// This file finds out how much memory queries may use.

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
)

// memoryShare is the part of the process's memory that queries get: results on their way, plans and
// the Go runtime need the rest.
const memoryShare = 0.6

// memorySize is a size in bytes, as --memory-limit has it: 4GB, 512MiB.
var memorySize = regexp.MustCompile(`(?i)^([0-9]+(?:\.[0-9]+)?|\.[0-9]+) *([kmgt])(i?)b$`)

// parseMemory reads a size; 0 would let no query run.
func parseMemory(text string) (bytes int64, ok bool) {
	m := memorySize.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseFloat(m[1], 64)
	unit := 1000.0
	if m[3] != "" {
		unit = 1024
	}
	for range 1 + strings.Index("kmgt", strings.ToLower(m[2])) {
		n *= unit
	}
	return int64(n), err == nil && n >= 1 && n < math.MaxInt64
}

// memoryLimit is the share of what there is, 0 where the machine does not tell.
func memoryLimit() int64 { return int64(float64(allMemory()) * memoryShare) }

// allMemory is what the process may have, 0 where the machine does not tell.
func allMemory() uint64 {
	limit := uint64(0)
	for _, found := range []uint64{cgroupMemory("/sys/fs/cgroup/memory.max"), cgroupMemory("/sys/fs/cgroup/memory/memory.limit_in_bytes"), machineMemory("/proc/meminfo")} {
		if found > 0 && (limit == 0 || found < limit) {
			limit = found
		}
	}
	return limit
}

const (
	// cacheShare is the part of all memory that answers have which are kept, and mostCached is as much as they ever have.
	cacheShare = 0.03
	mostCached = 1 << 30
)

// cacheBytes is the memory for answers that are kept.
func (c *serveCmd) cacheBytes() int64 {
	if n, ok := parseMemory(c.CacheMemory); ok || c.CacheMemory == "0" {
		return n
	}
	return min(int64(float64(allMemory())*cacheShare), mostCached)
}

// cgroupMemory reads a container's limit; 0 means none.
func cgroupMemory(path string) uint64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil { // "max"
		return 0
	}
	return n
}

// machineMemory reads MemTotal.
func machineMemory(path string) uint64 {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "MemTotal:" {
			if kb, err := strconv.ParseUint(fields[1], 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}
