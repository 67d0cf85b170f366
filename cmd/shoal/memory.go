package main

// This file finds out how much memory queries may use.

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// memoryShare is the part of the process's memory that queries get: results on their way, plans and
// the Go runtime need the rest.
const memoryShare = 0.6

// memoryLimit is the share in DuckDB's words, "" where the machine does not tell.
func memoryLimit() string {
	limit := uint64(0)
	for _, found := range []uint64{cgroupMemory("/sys/fs/cgroup/memory.max"), cgroupMemory("/sys/fs/cgroup/memory/memory.limit_in_bytes"), machineMemory("/proc/meminfo")} {
		if found > 0 && (limit == 0 || found < limit) {
			limit = found
		}
	}
	if limit == 0 {
		return ""
	}
	return fmt.Sprintf("%dMiB", uint64(float64(limit)*memoryShare)>>20)
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
