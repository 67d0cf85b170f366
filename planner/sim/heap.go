package sim

// This file is the heap behind the clock, the pools and the stages that wait in them.

// heap is a four-way heap of small integers by a key, with their places beside it, so that a key
// can be changed in O(log n). Equal keys come out by id: the order never depends on history.
// Several heaps may share places where an id is in at most one of them.
type heap struct {
	e     []entry
	place *[]int32 // of an id in e; -1 where it is not
}

type entry struct {
	key float64
	id  int32
}

func (a entry) before(b entry) bool { return a.key < b.key || a.key == b.key && a.id < b.id }

// grow makes room for ids below n.
func grow(place *[]int32, n int) {
	for len(*place) < n {
		*place = append(*place, -1)
	}
}

func (h *heap) has(id int32) bool { return (*h.place)[id] >= 0 }

// set puts id at a key, or moves it there.
func (h *heap) set(id int32, key float64) {
	at := int((*h.place)[id])
	if at < 0 {
		at = len(h.e)
		h.e = append(h.e, entry{})
		h.up(at, entry{key, id})
		return
	}
	old := h.e[at].key
	switch {
	case key < old:
		h.up(at, entry{key, id})
	case key > old:
		h.down(at, entry{key, id})
	}
}

// drop takes id out; it need not be in.
func (h *heap) drop(id int32) {
	at := int((*h.place)[id])
	if at < 0 {
		return
	}
	(*h.place)[id] = -1
	last := len(h.e) - 1
	moved := h.e[last]
	h.e = h.e[:last]
	if at == last {
		return
	}
	if at > 0 && moved.before(h.e[(at-1)/4]) {
		h.up(at, moved)
	} else {
		h.down(at, moved)
	}
}

func (h *heap) up(at int, x entry) {
	place := *h.place
	for at > 0 {
		parent := (at - 1) / 4
		if !x.before(h.e[parent]) {
			break
		}
		h.e[at] = h.e[parent]
		place[h.e[at].id] = int32(at)
		at = parent
	}
	h.e[at] = x
	place[x.id] = int32(at)
}

func (h *heap) down(at int, x entry) {
	place, e := *h.place, h.e
	for {
		child := 4*at + 1
		if child >= len(e) {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, len(e)); c++ {
			if e[c].before(e[least]) {
				least = c
			}
		}
		if !e[least].before(x) {
			break
		}
		e[at] = e[least]
		place[e[at].id] = int32(at)
		at = least
	}
	e[at] = x
	place[x.id] = int32(at)
}
