package duckdb

// This file recycles the memory of batches: Go would zero it and collect it each time.

import (
	"math/bits"
	"sync"
	"unsafe"
)

// pool is an arrow allocator with a free list for each power of two. Memory comes back when the
// last user of a batch has released it; the runtime may take unused memory away.
type pool struct {
	free [maxClass + 1]sync.Pool
}

const (
	minClass = 12 // 4 KB
	maxClass = 26 // 64 MB; larger pieces are not kept
)

// class is the smallest power of two that holds size bytes.
func class(size int) int { return max(bits.Len(uint(max(size, 1)-1)), minClass) }

// Allocate gives size bytes, not zeroed.
func (p *pool) Allocate(size int) []byte {
	k := class(size)
	if k > maxClass {
		return make([]byte, size)
	}
	if b, ok := p.free[k].Get().(*byte); ok {
		return unsafe.Slice(b, 1<<k)[:size]
	}
	return make([]byte, 1<<k)[:size]
}

// Reallocate moves b to a piece of another size.
func (p *pool) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	grown := p.Allocate(size)
	copy(grown, b)
	p.Free(b)
	return grown
}

// Free takes back what Allocate gave.
func (p *pool) Free(b []byte) {
	if k := class(cap(b)); k <= maxClass && cap(b) == 1<<k {
		p.free[k].Put(unsafe.SliceData(b))
	}
}
