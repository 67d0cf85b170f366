package sched

// This file holds the orders: of a user's jobs in a pool, and of the users.

import (
	"cmp"
	"container/heap"
)

// queue is what waits of one user in one pool: higher priority first, then older first. What is gone stays until it would
// be next.
type queue []*entry

// before compares two of a user's jobs: negative if a comes first.
func before(a, b *entry) int {
	return cmp.Or(-cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.seq, b.seq))
}

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return before(q[i], q[j]) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is heap's.
func (q *queue) Push(x any) { *q = append(*q, x.(*entry)) }

// Pop is heap's.
func (q *queue) Pop() any {
	last := len(*q) - 1
	e := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return e
}

// head is the next job of the user; nil if none waits.
func (sh *share) head() *entry {
	for len(sh.queue) > 0 && sh.queue[0].gone {
		heap.Pop(&sh.queue)
	}
	if len(sh.queue) == 0 {
		return nil
	}
	return sh.queue[0]
}

// order is users who may start something: who had least first, then whose job is oldest.
type order []*share

func (o order) Len() int { return len(o) }
func (o order) Less(i, j int) bool {
	a, b := o[i], o[j]
	if a.user.virtual != b.user.virtual {
		return a.user.virtual < b.user.virtual
	}
	return a.queue[0].seq < b.queue[0].seq
}
func (o order) Swap(i, j int) {
	o[i], o[j] = o[j], o[i]
	o[i].index, o[j].index = i, j
}

// Push is heap's.
func (o *order) Push(x any) {
	sh := x.(*share)
	sh.index = len(*o)
	*o = append(*o, sh)
}

// Pop is heap's.
func (o *order) Pop() any {
	last := len(*o) - 1
	sh := (*o)[last]
	(*o)[last] = nil
	*o = (*o)[:last]
	sh.index = -1
	return sh
}
