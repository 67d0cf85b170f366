// This file finds logs: one file, a rolling directory, or a directory of many.

package eventlog

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A Log is where one application's events are.
type Log struct {
	Name    string   // its file or rolling directory
	Files   []string // in the order of their events
	Missing []string // what is known to be absent, in words
	Size    int64    // bytes on disk
}

// rollingPrefix begins the names of rolling directories, and eventsPrefix those of the files in them.
const (
	rollingPrefix = "eventlog_v2_"
	eventsPrefix  = "events_"
)

// Find lists the logs at a path: a log, or a directory that holds some.
func Find(path string) ([]Log, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []Log{{Name: path, Files: []string{path}, Size: info.Size()}}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	if isRolling(path, entries) {
		log, err := rolling(path, entries)
		if err != nil {
			return nil, err
		}
		return []Log{log}, nil
	}
	var logs []Log
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") {
			continue // checksums and temporary files
		}
		inner := filepath.Join(path, e.Name())
		if e.IsDir() && !strings.HasPrefix(e.Name(), rollingPrefix) {
			continue
		}
		found, err := Find(inner)
		if err != nil {
			return nil, err
		}
		logs = append(logs, found...)
	}
	if len(logs) == 0 {
		return nil, fmt.Errorf("%s holds no event log (files, or directories named %s...)", path, rollingPrefix)
	}
	return logs, nil
}

func isRolling(path string, entries []os.DirEntry) bool {
	if strings.HasPrefix(filepath.Base(path), rollingPrefix) {
		return true
	}
	return slices.ContainsFunc(entries, func(e os.DirEntry) bool { return strings.HasPrefix(e.Name(), "appstatus_") })
}

// rolling orders the files of a rolling log. A compacted file stands for all before it.
func rolling(path string, entries []os.DirEntry) (Log, error) {
	type part struct {
		index   int
		compact bool
		name    string
		size    int64
	}
	var parts []part
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), eventsPrefix)
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(rest, "_")
		index, err := strconv.Atoi(number)
		if err != nil {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return Log{}, err
		}
		parts = append(parts, part{index, strings.HasSuffix(e.Name(), ".compact"), filepath.Join(path, e.Name()), info.Size()})
	}
	if len(parts) == 0 {
		return Log{}, fmt.Errorf("%s is a rolling event log without any %s file", path, eventsPrefix)
	}
	slices.SortFunc(parts, func(a, b part) int { return a.index - b.index })
	log := Log{Name: path}
	next := 1
	for i, p := range parts {
		superseded := slices.ContainsFunc(parts[i:], func(q part) bool {
			return q.compact && (q.index > p.index || q.index == p.index && !p.compact)
		})
		if superseded {
			continue
		}
		if p.index > next && !p.compact {
			log.Missing = append(log.Missing, fmt.Sprintf("files %s%d to %d of the rolling log", eventsPrefix, next, p.index-1))
		}
		if p.compact {
			log.Missing = append(log.Missing, "events of finished jobs, which Spark's compaction has dropped")
		}
		next = p.index + 1
		log.Files = append(log.Files, p.name)
		log.Size += p.size
	}
	return log, nil
}
