package sim

// This file is the death of a node: what ran on it, what it kept, and what has to be done again.

import "math"

// The steps of a loss, in order of their timers.
const (
	dies = iota
	noticed
	replaced
)

func (e *engine) beginLoss() {
	l := e.m.Loss
	switch {
	case l == nil:
	case l.At < 0:
		e.die()
	default:
		e.clock.set(e.loss0+dies, l.At)
	}
}

func (e *engine) lossTimer(step int32) {
	l := e.m.Loss
	switch step {
	case dies:
		e.die()
		e.clock.set(e.loss0+noticed, e.now+l.Detect)
		if l.Back > 0 {
			e.clock.set(e.loss0+replaced, e.now+max(l.Back, l.Detect))
		}
	case noticed:
		e.notice()
	case replaced:
		e.replace()
	}
}

// die stops everything on the node; nobody knows yet, so its tasks still count as running.
func (e *engine) die() {
	at := int32(e.m.Loss.Node)
	n := &e.nodes[at]
	n.dead, e.died = true, true
	e.lose()
	for kind := range int32(kinds) {
		id := e.share(at, int(kind))
		e.shares[id].advance(e.now)
		e.shares[id].clear()
		e.clock.drop(id)
	}
	for s := n.first; s < n.first+n.slots; s++ {
		e.clock.drop(e.slot0 + s)
	}
	for i := range e.execs {
		if x := &e.execs[i]; x.node == at {
			e.room -= int(x.free)
			x.free = 0
			e.free.clear(i)
			e.storage -= x.storage
		}
	}
}

// notice puts the node's tasks back, and has lost map output and cached partitions made again.
func (e *engine) notice() {
	at := int32(e.m.Loss.Node)
	n := &e.nodes[at]
	share := float64(n.slots) / float64(len(e.slots))
	for s := n.first; s < n.first+n.slots; s++ {
		l := &e.slots[s]
		if l.stage < 0 {
			continue
		}
		id := l.stage
		e.count.lost++
		e.count.rework += l.work
		e.release(s)
		e.freed(id)
		if e.queries[e.stages[id].query].failed {
			e.stages[id].left--
			if e.stages[id].running == 0 {
				e.stageDone(id, e.partsOf(l, &e.stages[id]))
			}
			continue
		}
		e.stages[id].pending++
		e.wait(id)
	}
	e.noticed = true
	for id := range e.stages {
		if e.activeStage(int32(id)) {
			e.remake(int32(id), share)
		}
	}
	for i := range e.queries {
		if e.m.Classes[e.queries[i].class].Cache > 0 {
			e.queries[i].lostCache = share
		}
	}
}

// replace brings a new node, empty and cold.
func (e *engine) replace() {
	at := int32(e.m.Loss.Node)
	e.nodes[at].dead = false
	for i := range e.execs {
		if x := &e.execs[i]; x.node == at {
			x.free = int32(e.m.Nodes[at].Slots)
			x.warm = math.Inf(1)
			e.room += int(x.free)
			e.free.set(i)
			e.storage += x.storage
		}
	}
}

// warming is how long a task waits on an executor that came during the run: a new JVM loads and
// compiles Spark while its first tasks are there.
func (e *engine) warming(x *exec) float64 {
	if x.warm == 0 {
		return 0
	}
	if math.IsInf(x.warm, 1) {
		x.warm = e.now + e.m.Costs.Cold
	}
	if x.warm <= e.now {
		x.warm = 0
		return 0
	}
	return x.warm - e.now
}
