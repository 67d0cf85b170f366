package duckdb

// This file holds what finds frequent values.

import (
	"container/heap"
	"slices"
	"strconv"
	"strings"

	"shoal/fault"
)

var frequentFuncs = []udf{
	{name: "shoal_frequent", params: []sqlType{tText, tInt32}, returns: tTexts, call: frequent},
}

// frequent gives the places, from 1, of the counts that are left when at most size of them are kept
// and all others are taken off those (Karp, Schenker, Papadimitriou: A simple algorithm for finding
// frequent elements in streams and bags).
func frequent(c *call) error {
	in, sizes := arg[text](c, 0), arg[int32](c, 1)
	out := newTextLists(c)
	for i := range c.live {
		kept := &tallies{}
		for place, count := range strings.Split(in[i].str(), ",") {
			n, err := strconv.ParseInt(count, 10, 64)
			if err != nil {
				return fault.Internalf("no count: %q", count)
			}
			kept.add(place+1, n, int(sizes[i]))
		}
		slices.SortFunc(kept.list, func(a, b tally) int { return a.place - b.place })
		out.begin(i)
		for _, t := range kept.list {
			out.add(strconv.Itoa(t.place))
		}
		out.end(i)
	}
	return out.store()
}

// tally is a value that is kept: by its place, and its count plus what had been taken off by then.
type tally struct {
	place int
	count int64
}

// tallies is a heap, the smallest count first; off is what was taken off each.
type tallies struct {
	list []tally
	off  int64
}

func (t *tallies) Len() int           { return len(t.list) }
func (t *tallies) Less(i, j int) bool { return t.list[i].count < t.list[j].count }
func (t *tallies) Swap(i, j int)      { t.list[i], t.list[j] = t.list[j], t.list[i] }
func (t *tallies) Push(x any)         { t.list = append(t.list, x.(tally)) }
func (t *tallies) Pop() any {
	last := t.list[len(t.list)-1]
	t.list = t.list[:len(t.list)-1]
	return last
}

func (t *tallies) add(place int, n int64, size int) {
	for n > 0 && len(t.list) >= size {
		step := min(n, t.list[0].count-t.off)
		t.off += step
		n -= step
		for len(t.list) > 0 && t.list[0].count <= t.off {
			heap.Pop(t)
		}
	}
	if n > 0 {
		heap.Push(t, tally{place, n + t.off})
	}
}
