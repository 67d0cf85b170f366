package sim

// This file is a task: it starts on a slot, reads, computes, writes, ends.

// slot is a place for a task, with the one that is on it.
type slot struct {
	stage int32 // record; -1 where the slot is free
	exec  int32
	node  int32
	phase phase
	fails bool
	try   uint8 // the stage's attempt
	gone  bool  // comes to map output that is lost

	since   float64 // of the phase
	started float64 // when the task got the slot
	net     float64 // bytes still to read over the network
	sure    float64 // earliest end of reading: one connection is no faster
	read    float64 // bytes to read from local disk
	work    float64 // CPU seconds at speed 1
	write   float64 // bytes to write to local disk
	spilled float64 // bytes that did not fit into memory
	spilt   float32 // share of work and write that is spill
	parts   [6]float32
}

type phase uint8

const (
	launching phase = iota
	reading
	trickling // the connection is slower than the network
	fetching  // from local disk
	computing
	writing
)

// Indices of slot.parts.
const (
	pLaunch = iota
	pNetwork
	pDisk
	pCPU
	pSpill
)

// startTask gives the next task of a stage a slot of an executor.
func (e *engine) startTask(id, on int32) {
	x := &e.execs[on]
	at := x.first
	for e.slots[at].stage >= 0 {
		at++
	}
	x.free--
	x.busy++
	e.room--
	if x.free == 0 {
		e.free.clear(int(on))
	}
	s := &e.stages[id]
	q := &e.queries[s.query]
	t := &e.m.Classes[q.class].Stages[s.of]
	number := s.next
	s.next++
	l := &e.slots[at]
	*l = slot{stage: id, try: s.try, exec: on, node: x.node, since: e.now, started: e.now}
	e.count.classes[q.class].tasks++
	l.net = t.Input + t.Fetch
	l.write = t.Write
	draw := mix(q.seed ^ uint64(s.of+1)<<40 ^ uint64(q.loop)<<24 ^ uint64(number+1))
	size := e.size(t, number)
	l.net *= size
	factor := size * e.classes[q.class].factor(t, int(s.of), draw)
	l.work = t.CPU * factor
	if c := &e.m.Costs; c.Straggle > 0 && unit(mix(draw^2)) < c.Straggle {
		l.work *= c.StraggleBy
	}
	if s.misses > 0 {
		s.misses--
		again := &e.m.Classes[q.class].Rebuild
		l.read += again.Disk
		l.net += again.Source
		l.work += again.CPU
	}
	e.remember(x, t, size, l)
	wait := t.External * factor
	if e.died && e.lacks(q, s.of) {
		share := e.m.Costs.Gap
		l.gone, l.write = true, 0
		l.net, l.work, wait = l.net*share, l.work*share, wait*share
	}
	l.work += e.m.Costs.Unpack
	wait += e.overhead(t, l) + e.warming(x)
	if e.m.Master.Beside && e.m.Costs.Dispatch > 0 {
		l.sure = wait
		e.send(at)
		return
	}
	e.launch(at, e.dispatched(q)-e.now+wait)
}

// launch begins a task's work after a time.
func (e *engine) launch(at int32, wait float64) {
	if wait > 0 {
		e.clock.set(e.slot0+at, e.now+wait)
		return
	}
	e.taskRead(at)
}

// size is how much larger than the mean the task of a number is: the first of a skewed stage is the
// large one.
func (e *engine) size(t *Stage, number int32) float64 {
	if t.Skew <= 1 || t.Tasks < 2 {
		return 1
	}
	most := min(t.Skew, float64(t.Tasks))
	if number == 0 {
		return most
	}
	return (float64(t.Tasks) - most) / float64(t.Tasks-1)
}

// remember gives a task its share of the executor's memory, as Spark does: an even part of what
// storage does not hold. What does not fit is spilled, or the task fails.
func (e *engine) remember(x *exec, t *Stage, size float64, l *slot) {
	want := t.Memory * size
	if want == 0 {
		return
	}
	n := &e.m.Nodes[x.node]
	held := 0.0
	if e.storage > 0 {
		held = x.storage * min(1, e.cached/e.storage)
	}
	// What storage holds above half of the memory gives way.
	has := (n.Unified - min(held, n.Unified/2)) / float64(x.busy)
	if want <= has {
		return
	}
	if t.NoSpill {
		l.fails = true
		return
	}
	l.spilled = want - has
	c := &e.m.Costs
	work, write := l.spilled*c.SpillCPU, l.spilled*c.SpillBytes
	if total := l.work + work + l.write + write; total > 0 {
		l.spilt = float32(work / max(l.work+work, 1e-12))
	}
	l.work += work
	l.write += write
}

// overhead is what passes between dispatch and the first byte of work.
func (e *engine) overhead(t *Stage, l *slot) float64 {
	c := &e.m.Costs
	wait := c.Launch
	if t.Input > 0 {
		wait += c.FirstByte
	}
	if t.Fetch > 0 {
		hosts := float64(min(len(e.nodes)-1, max(t.FetchOf, 1)))
		wait += hosts*c.FetchHost + float64(t.FetchOf)*c.FetchBlock
		// What a node wrote itself does not cross the network.
		l.net -= t.Fetch / float64(len(e.nodes))
	}
	return wait
}

// taskTimer goes on with a task that waited.
func (e *engine) taskTimer(at int32) {
	l := &e.slots[at]
	switch l.phase {
	case launching:
		l.parts[pLaunch] += float32(e.now - l.since)
		e.taskRead(at)
	case trickling:
		l.parts[pNetwork] += float32(e.now - l.since)
		e.taskFetch(at)
	}
}

// taskFlow goes on with a task whose flow on a resource ended.
func (e *engine) taskFlow(at int32) {
	l := &e.slots[at]
	took := float32(e.now - l.since)
	switch l.phase {
	case reading:
		l.parts[pNetwork] += took
		if l.sure > e.now {
			l.phase, l.since = trickling, e.now
			e.clock.set(e.slot0+at, l.sure)
			return
		}
		e.taskFetch(at)
	case fetching:
		l.parts[pDisk] += took
		e.taskCompute(at)
	case computing:
		l.parts[pSpill] += took * l.spilt
		l.parts[pCPU] += took * (1 - l.spilt)
		e.taskWrite(at)
	case writing:
		if l.spilled > 0 {
			l.parts[pSpill] += took
		} else {
			l.parts[pDisk] += took
		}
		e.taskDone(at)
	}
}

func (e *engine) taskRead(at int32) {
	l := &e.slots[at]
	if l.net <= 0 {
		e.taskFetch(at)
		return
	}
	l.phase, l.since = reading, e.now
	s := &e.stages[l.stage]
	t := &e.m.Classes[e.queries[s.query].class].Stages[s.of]
	if flow := e.m.Costs.SourceFlow; flow > 0 && t.Input > 0 {
		l.sure = e.now + l.net/flow
	}
	e.use(e.share(l.node, network), l.net, at)
}

func (e *engine) taskFetch(at int32) {
	l := &e.slots[at]
	if l.read <= 0 {
		e.taskCompute(at)
		return
	}
	l.phase, l.since = fetching, e.now
	e.flush(l.node)
	e.use(e.share(l.node, disk), l.read, at)
}

func (e *engine) taskCompute(at int32) {
	l := &e.slots[at]
	if l.work <= 0 {
		e.taskWrite(at)
		return
	}
	l.phase, l.since = computing, e.now
	id, who := e.share(l.node, cores), at
	if id == 0 { // among the driver's flows
		who = ^at
	}
	e.use(id, l.work, who)
}

// taskWrite hands what a task writes to the page cache, and waits for the disk with what the cache
// does not take.
func (e *engine) taskWrite(at int32) {
	l := &e.slots[at]
	if l.write > 0 {
		e.flush(l.node)
		n := &e.nodes[l.node]
		room := max(0, e.m.Nodes[l.node].WriteBack-n.dirty)
		taken := min(room, l.write)
		n.dirty += taken
		e.count.written += taken
		if rest := l.write - taken; rest > 0 {
			l.phase, l.since = writing, e.now
			e.use(e.share(l.node, disk), rest, at)
			return
		}
	}
	e.taskDone(at)
}

// flush lets the page cache of a node write back what it could since the last time: it does while
// nobody waits for the disk.
func (e *engine) flush(id int32) {
	n := &e.nodes[id]
	d := &e.shares[e.share(id, disk)]
	if len(d.flows) == 0 {
		n.dirty = max(0, n.dirty-d.link.Base*(e.now-max(n.dirtyAt, d.at)))
	}
	n.dirtyAt = e.now
}

// taskDone frees the slot and tells the stage.
func (e *engine) taskDone(at int32) {
	l := e.slots[at]
	e.release(at)
	s := &e.stages[l.stage]
	q := &e.queries[s.query]
	e.count.spill(q, l.spilled)
	e.span(at, &l, s)
	e.freed(l.stage)
	if l.gone && !q.failed {
		e.gap(&l)
		return
	}
	if l.fails && !q.failed {
		s.fails++
		if s.fails >= maxFailures {
			q.failed = true
			e.abandon(l.stage, &l)
			return
		}
		s.pending++
		e.wait(l.stage)
		return
	}
	s.left--
	switch {
	case s.left == 0:
		e.stageDone(l.stage, e.partsOf(&l, s))
	case q.failed:
		e.abandon(l.stage, &l)
	}
}

// maxFailures is spark.task.maxFailures.
const maxFailures = 4

// abandon stops a stage of a failed query: tasks that run go on, others do not begin.
func (e *engine) abandon(id int32, l *slot) {
	s := &e.stages[id]
	if s.pending > 0 {
		e.leave(id)
		s.pending = 0
	}
	if s.running == 0 {
		e.stageDone(id, e.partsOf(l, s))
	}
}

// partsOf is where the time went from a stage's start to the end of one of its tasks.
func (e *engine) partsOf(l *slot, s *stage) Parts {
	return Parts{
		Slot:    l.started - s.ready,
		Launch:  float64(l.parts[pLaunch]),
		Network: float64(l.parts[pNetwork]),
		Disk:    float64(l.parts[pDisk]),
		CPU:     float64(l.parts[pCPU]),
		Spill:   float64(l.parts[pSpill]),
	}
}

// release makes a slot free.
func (e *engine) release(at int32) {
	l := &e.slots[at]
	x := &e.execs[l.exec]
	e.count.busy += e.now - l.started
	l.stage = -1
	x.busy--
	if e.nodes[l.node].dead {
		return
	}
	x.free++
	e.room++
	e.free.set(int(l.exec))
}
