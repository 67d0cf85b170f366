package main

// This file sees to it that queries hold no more memory and disk than they may.

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"shoal/fault"
)

const (
	// guardEvery is how often the process looks at what it holds.
	guardEvery = 200 * time.Millisecond
	// guardAgain is how long an ended query may take to give back what it held before another one is ended.
	guardAgain = 5 * time.Second
	// lastShare is the part of all memory that the process must not go beyond: the machine would end it.
	lastShare = 0.85
)

// guard watches something that queries use up, which the engine does not count reliably.
type guard struct {
	what    string
	held    func() (bytes, most int64)
	relieve func(held, most int64) (operation string) // ends the largest query, and names it
}

// watch ends the largest query while more is held than may be.
func (g guard) watch(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(guardEvery)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			n, most := g.held()
			if n <= most || now.Sub(last) < guardAgain {
				continue
			}
			if op := g.relieve(n, most); op != "" {
				last = now
				log.Warn("ended a query: too much is held", "what", g.what, "op", op, "bytes", n, "limit", most)
			}
		}
	}
}

// guards are what a server watches.
func (h *house) guards() []guard {
	most := ceiling(h.memory)
	return []guard{
		{"memory", func() (int64, int64) { return residentMemory(), most }, h.relieve},
		{"disk", func() (int64, int64) { return spilledTo(h.spill) }, func(held, most int64) string {
			return h.sessions.Relieve(fault.Spilled(held, most))
		}},
	}
}

// ceiling is what the whole process may hold when queries may have limit: DuckDB does not count all that they take.
func ceiling(limit int64) int64 {
	most := limit + limit/2 + 1<<30
	if all := allMemory(); all > 0 {
		most = min(most, int64(float64(all)*lastShare))
	}
	return most
}

// residentMemory is what the process holds now; 0 where the system does not tell.
func residentMemory() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// spilledTo is what queries have written below a folder, and how much that may be: half of what the disk has for them. Others fill
// the disk as well, and DuckDB's own limit does not hold (a sort of texts wrote 17 GB where 1 GB was allowed).
func spilledTo(dir string) (bytes, most int64) {
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil // gone meanwhile: so is what it held
		}
		if info, err := d.Info(); err == nil {
			if s, ok := info.Sys().(*syscall.Stat_t); ok {
				bytes += s.Blocks * 512
			}
		}
		return nil
	})
	return bytes, (bytes + freeDisk(dir)) / 2
}

// freeDisk is how many bytes a folder can take; 0 where the system does not tell.
func freeDisk(dir string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
