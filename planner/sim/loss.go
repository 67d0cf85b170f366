package sim

// This file is the death of a node: what ran on it, what it kept, and what has to be done again.

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
	n.dead = true
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
	for id := range e.stages { // those made meanwhile are redone stages themselves
		if e.activeStage(int32(id)) {
			e.remake(int32(id), share)
			e.refetch(int32(id), share)
		}
	}
	for i := range e.queries {
		if e.m.Classes[e.queries[i].class].Cache > 0 {
			e.queries[i].lostCache = share
		}
	}
}

// activeStage says whether a record is in use by a stage whose tasks wait or run.
func (e *engine) activeStage(id int32) bool {
	s := &e.stages[id]
	return s.left > 0 && s.redo < 0 && !s.blocked && s.ready > 0
}

// remake puts back those finished tasks of a running stage whose map output was on the node.
func (e *engine) remake(id int32, share float64) {
	s := &e.stages[id]
	class := e.queries[s.query].class
	if len(e.classes[class].followers[s.of]) == 0 {
		return
	}
	t := &e.m.Classes[class].Stages[s.of]
	tasks := int32(float64(int32(t.Tasks)-s.pending-s.running)*share + 0.5)
	if tasks <= 0 {
		return
	}
	e.count.rework += float64(tasks) * t.CPU
	s.pending += tasks
	s.left += tasks
	e.wait(id)
}

// refetch makes a stage wait until the share of its map output that was on the node is there again.
func (e *engine) refetch(id int32, share float64) {
	s := &e.stages[id]
	q := &e.queries[s.query]
	class := &e.m.Classes[q.class]
	t := &class.Stages[s.of]
	if t.Fetch == 0 || len(t.After) == 0 || s.pending == 0 {
		return
	}
	of := int32(t.After[0])
	tasks := int32(float64(class.Stages[of].Tasks)*share + 0.5)
	if tasks == 0 {
		return
	}
	e.leave(id)
	s.blocked = true
	e.count.rework += float64(tasks) * class.Stages[of].CPU
	redo := e.newStage()
	e.stages[redo] = stage{query: e.stages[id].query, of: of, pool: e.stages[id].pool, pending: tasks, left: tasks,
		next: int32(class.Stages[of].Tasks), redo: id, order: e.stages[id].order, since: e.now, ready: e.now}
	q.live++
	e.wait(redo)
}

// unblock lets a stage go on whose lost input is there again.
func (e *engine) unblock(id int32) {
	s := &e.stages[id]
	s.blocked = false
	e.wait(id)
}

// replace brings a new node, empty.
func (e *engine) replace() {
	at := int32(e.m.Loss.Node)
	e.nodes[at].dead = false
	for i := range e.execs {
		if x := &e.execs[i]; x.node == at {
			x.free = int32(e.m.Nodes[at].Slots)
			e.room += int(x.free)
			e.free.set(i)
			e.storage += x.storage
		}
	}
}
