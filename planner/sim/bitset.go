package sim

import "math/bits"

// bitset is the executors that have a free slot.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) set(i int)   { b[i>>6] |= 1 << (i & 63) }
func (b bitset) clear(i int) { b[i>>6] &^= 1 << (i & 63) }

// next is the first member at or after i, going round; -1 where there is none.
func (b bitset) next(i int) int {
	if len(b) == 0 {
		return -1
	}
	at := (i >> 6) % len(b)
	if w := b[at] >> (i & 63) << (i & 63); w != 0 {
		return at<<6 + bits.TrailingZeros64(w)
	}
	for k := 1; k <= len(b); k++ {
		j := (at + k) % len(b)
		if b[j] != 0 {
			return j<<6 + bits.TrailingZeros64(b[j])
		}
	}
	return -1
}

// fifo is a queue whose room is used again.
type fifo struct {
	items []int32
	head  int
}

func (q *fifo) push(x int32) { q.items = append(q.items, x) }
func (q *fifo) len() int     { return len(q.items) - q.head }

func (q *fifo) pop() int32 {
	x := q.items[q.head]
	q.head++
	if q.head*2 > len(q.items) && q.head > 64 {
		q.items = q.items[:copy(q.items, q.items[q.head:])]
		q.head = 0
	}
	return x
}
