package catalog

// This file keeps what was read from files until the files change.

import (
	"sync"

	"shoal/plan"
)

// maxCached bounds a cache; when it is full, entries go at random.
const maxCached = 100_000

// stamp says which state of a file an entry describes.
type stamp struct{ size, modTime int64 }

func stampOf(f plan.File) stamp { return stamp{f.Size, f.ModTime} }

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
