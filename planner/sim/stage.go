package sim

// This file is the stages of a query: when they may start, and what follows them.

import "math"

// stage is a stage that may run, or does.
type stage struct {
	query   int32
	of      int32 // its index in the class
	pool    int32
	pending int32 // tasks without a slot
	running int32
	left    int32 // tasks not finished
	next    int32 // number of the next task
	misses  int32 // tasks whose cached partition must be built again
	fails   int32
	blocked bool  // waits until lost map output is there again
	redo    int32 // the stage record that waits for this one, -1 for none
	try     uint8 // attempts before this one
	awaits  int32 // how many such ones this waits for
	order   int64 // of submission: with adaptive execution each stage is a job of its own
	since   float64
	ready   float64 // when its tasks could first have started
	parts   Parts   // along the critical path up to its start
}

// roots starts the stages that wait for none.
func (e *engine) roots(id int32) {
	q := &e.queries[id]
	if q.stagesLeft == 0 {
		e.finish(id)
		return
	}
	stages := e.m.Classes[q.class].Stages
	for s := range stages {
		if len(stages[s].After) == 0 {
			e.startStage(id, int32(s), Parts{})
		}
	}
}

func (e *engine) newStage() int32 {
	if n := len(e.spare); n > 0 {
		id := e.spare[n-1]
		e.spare = e.spare[:n-1]
		return id
	}
	e.stages = append(e.stages, stage{})
	id := int32(len(e.stages) - 1)
	grow(&e.places, int(e.stage0)+2*int(id)+2)
	grow(&e.waiting, int(id)+1)
	return id
}

// startStage begins a stage with the driver's part.
func (e *engine) startStage(query, of int32, parts Parts) {
	id := e.newStage()
	q := &e.queries[query]
	q.live++
	q.output[of] = unmade
	t := &e.m.Classes[q.class].Stages[of]
	e.stages[id] = stage{query: query, of: of, pool: e.poolOf(q), pending: int32(t.Tasks), left: int32(t.Tasks),
		redo: -1, order: e.submitted, since: e.now, parts: parts}
	e.submitted++
	e.drive(e.m.Costs.Submit+t.Driver+e.collected(q), id<<2|staging)
}

// spread sends a stage's broadcast to the executors, along a tree.
func (e *engine) spread(id int32) {
	s := &e.stages[id]
	s.parts.Driver += e.now - s.since
	s.since = e.now
	q := &e.queries[s.query]
	t := &e.m.Classes[q.class].Stages[s.of]
	if t.Spread == 0 {
		e.enqueue(id)
		return
	}
	// Blocks of 4 MiB go from whoever has them to whoever asks: as long as the slowest link needs for
	// the whole once in and once out, and a hop for each doubling.
	slowest := math.Inf(1)
	if nic := e.m.Master.NIC.Peak; nic > 0 {
		slowest = nic
	}
	for i := range e.nodes {
		nic := &e.shares[e.share(int32(i), network)]
		slowest = min(slowest, nic.link.Peak)
	}
	wait := e.m.Costs.Hop*math.Ceil(math.Log2(float64(len(e.execs)+1))) + 2*t.Spread/slowest
	e.clock.set(e.stage0+2*id, e.now+wait)
}

// enqueue lets a stage's tasks wait for slots.
func (e *engine) enqueue(id int32) {
	s := &e.stages[id]
	q := &e.queries[s.query]
	t := &e.m.Classes[q.class].Stages[s.of]
	s.parts.Network += e.now - s.since
	s.ready = e.now
	if t.Cached {
		s.misses = e.missing(q, s.pending)
	}
	if work := e.m.Costs.Dispatch * float64(s.pending); work > 0 && !e.m.Master.Beside {
		e.use(0, work, nobody)
	}
	if n := len(e.execs); n > 0 {
		e.cursor = int(mix(q.seed^uint64(s.of)<<8) % uint64(n))
	}
	if e.noticed && s.redo < 0 && e.redo(id) {
		return
	}
	e.wait(id)
}

// missing is how many of a stage's partitions are not in memory.
func (e *engine) missing(q *query, tasks int32) int32 {
	fits := 1.0
	if e.cached > 0 {
		fits = min(1, e.storage/e.cached)
	}
	lost := min(fits, q.lostCache)
	q.lostCache = 0
	e.count.wanted += float64(tasks)
	misses := int32(math.Round(float64(tasks) * (1 - fits + lost)))
	e.count.found += float64(tasks - misses)
	return misses
}

// stageDone follows a stage's last task; last is where the time of that task went.
func (e *engine) stageDone(id int32, last Parts) {
	s := e.stages[id]
	e.stages[id].left = 0
	s.parts.add(last)
	q := &e.queries[s.query]
	q.live--
	e.spare = append(e.spare, id)
	if s.redo >= 0 {
		e.redone(&s)
		return
	}
	if q.output[s.of] != lost {
		q.output[s.of] = made
	}
	if q.failed {
		if q.live == 0 {
			q.parts.add(s.parts)
			e.finish(s.query)
		}
		return
	}
	class := &e.m.Classes[q.class]
	q.collect += class.Stages[s.of].Collect
	if class.Loops > 0 && int(s.of) == class.To && int(q.loop)+1 < class.Loops {
		q.loop++
		q.stagesLeft += int32(class.To - class.From)
		e.startStage(s.query, int32(class.From), s.parts)
		return
	}
	q.stagesLeft--
	if q.stagesLeft == 0 {
		q.parts.add(s.parts)
		e.finish(s.query)
		return
	}
	e.followers(s.query, s.of, s.parts)
}

// followers starts the stages that waited for one that is done.
func (e *engine) followers(query, of int32, parts Parts) {
	class := &e.classes[e.queries[query].class]
	for _, f := range class.followers[of] {
		q := &e.queries[query]
		q.need[f]--
		if q.need[f] <= 0 { // below 0 in later rounds of a loop
			e.startStage(query, f, parts)
		}
	}
}
