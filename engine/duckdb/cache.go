package duckdb

// This file keeps what functions compile from constant arguments: patterns, paths.

import (
	"strings"
	"sync"
)

// compiled remembers the results of an expensive function of a text. It forgets everything when
// it has grown to maxCompiled: the texts came from data, not from constants.
type compiled[T any] struct {
	compile func(string) (T, error)
	known   sync.Map // text -> result[T]
	mu      sync.Mutex
	size    int
}

const maxCompiled = 1000

type outcome[T any] struct {
	value T
	err   error
}

func (c *compiled[T]) get(s string) (T, error) {
	if v, ok := c.known.Load(s); ok {
		o := v.(outcome[T])
		return o.value, o.err
	}
	s = strings.Clone(s) // it lies in a chunk
	v, err := c.compile(s)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.size++; c.size > maxCompiled {
		c.known.Clear()
		c.size = 1
	}
	c.known.Store(s, outcome[T]{v, err})
	return v, err
}

// constant is a compiled argument that is nearly always the same in all rows of a chunk.
type constant[T any] struct {
	from  *compiled[T]
	texts []text
	last  text
	valid bool
	value T
}

func newConstant[T any](c *call, i int, from *compiled[T]) constant[T] {
	return constant[T]{from: from, texts: arg[text](c, i)}
}

func (k *constant[T]) at(row int) (T, error) {
	if k.valid && k.texts[row] == k.last { // the same bytes, or at the same place
		return k.value, nil
	}
	v, err := k.from.get(k.texts[row].str())
	k.last, k.value, k.valid = k.texts[row], v, err == nil
	return v, err
}
