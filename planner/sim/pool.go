package sim

// This file says which waiting stage gets the next free slot, as Spark's schedulable pools do.

// pool is a FAIR pool: a user, a lane, or the only one.
type pool struct {
	weight  float64
	min     float64
	running int32
	stages  heap
}

func (e *engine) layPools() {
	s := &e.m.Sched
	switch s.Policy {
	case Fair:
		for i := range e.users {
			e.users[i].pool = int32(i)
			e.pools = append(e.pools, pool{weight: 1})
		}
	case Lanes:
		for _, p := range s.Pools {
			e.pools = append(e.pools, pool{weight: p.Weight, min: float64(p.MinShare)})
		}
	default:
		e.pools = append(e.pools, pool{weight: 1})
	}
	for i := range e.pools {
		e.pools[i].stages.place = &e.waiting
	}
	e.top.place = &e.topAt
	grow(&e.topAt, len(e.pools))
	n := 1
	if s.PerUser {
		n = len(e.users)
	}
	e.drivers = make([]float64, n)
}

func (e *engine) poolOf(q *query) int32 {
	switch e.m.Sched.Policy {
	case Fair:
		return e.users[q.user].pool
	case Lanes:
		return int32(e.m.Classes[q.class].Pool)
	default:
		return 0
	}
}

// key orders pools as Spark's FairSchedulingAlgorithm: those below their minimum share first, the
// emptiest of them before the others; then by running tasks against weight.
func (p *pool) key() float64 {
	running := float64(p.running)
	if running < p.min {
		return running/p.min - 1
	}
	return running / p.weight
}

// keyIn orders stages inside a pool: those submitted before first, or the one with fewest running
// tasks. Spark compares jobs; with adaptive execution each stage is one, so that a query's later
// stage waits behind another's earlier one, whoever asked first.
func (e *engine) keyIn(s *stage) float64 {
	age := float64(s.order)
	if s.redo >= 0 {
		age -= 0.5 // before the stage that waits for it
	}
	if e.m.Sched.FairIn {
		return float64(s.running)*(1<<38) + age
	}
	return age
}

// wait puts a stage into its pool.
func (e *engine) wait(id int32) {
	s := &e.stages[id]
	if s.pending == 0 || s.blocked {
		return
	}
	p := &e.pools[s.pool]
	p.stages.set(id, e.keyIn(s))
	e.top.set(s.pool, p.key())
}

// leave takes a stage out of its pool.
func (e *engine) leave(id int32) {
	p := &e.pools[e.stages[id].pool]
	p.stages.drop(id)
	if len(p.stages.e) == 0 {
		e.top.drop(e.stages[id].pool)
	}
}

// offer gives free slots to waiting stages.
func (e *engine) offer() {
	for e.room > 0 && len(e.top.e) > 0 {
		at := e.top.e[0].id
		p := &e.pools[at]
		id := p.stages.e[0].id
		s := &e.stages[id]
		x := e.free.next(e.cursor)
		if x < 0 {
			return
		}
		e.cursor = x + 1
		if e.cursor == len(e.execs) {
			e.cursor = 0
		}
		s.pending--
		s.running++
		p.running++
		if s.pending == 0 {
			e.leave(id)
		} else if e.m.Sched.FairIn {
			p.stages.set(id, e.keyIn(s))
		}
		if len(p.stages.e) > 0 {
			e.top.set(at, p.key())
		}
		e.startTask(id, int32(x))
	}
}

// freed tells a stage's pool that one of its tasks has ended.
func (e *engine) freed(id int32) {
	s := &e.stages[id]
	s.running--
	p := &e.pools[s.pool]
	p.running--
	if len(p.stages.e) > 0 {
		e.top.set(s.pool, p.key())
		if e.m.Sched.FairIn && p.stages.has(id) {
			p.stages.set(id, e.keyIn(s))
		}
	}
}
