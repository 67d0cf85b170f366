package catalog

// This file keeps what was read from files until the files change.

import (
	"slices"
	"sync"

	"shoal/plan"
)

// maxCached bounds a cache; when it is full, entries go at random.
const maxCached = 100_000

// stamp says which state of a file an entry describes. What was read from a file that is not settled may be of another state
// with the same stamp, and is not kept.
type stamp struct {
	size, modTime int64
	plan.FileState
}

func stampOf(f plan.File) stamp { return stamp{f.Size, f.ModTime, f.State} }

// allSettled is a stamp for what keys describe wholly, with the states of files in them.
func allSettled(files []plan.File) stamp {
	return stamp{FileState: plan.FileState{Settled: !slices.ContainsFunc(files, func(f plan.File) bool { return !f.State.Settled })}}
}

type cached[V any] struct {
	stamp stamp
	value V
}

// cache maps a key to a value for one state of a file. The zero value is ready; safe for concurrent use.
type cache[V any] struct {
	mu      sync.RWMutex
	entries map[string]cached[V]
}

func (c *cache[V]) get(key string, s stamp) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.entries[key]
	if !ok || e.stamp != s {
		var none V
		return none, false
	}
	return e.value, true
}

func (c *cache[V]) put(key string, s stamp, value V) {
	if !s.Settled {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries == nil {
		c.entries = map[string]cached[V]{}
	}
	for k := range c.entries {
		if len(c.entries) < maxCached {
			break
		}
		delete(c.entries, k)
	}
	c.entries[key] = cached[V]{s, value}
}
