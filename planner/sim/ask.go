package sim

// This file is the users: they ask, wait at the door, get an answer, think.

// user is one person, or one open source of questions.
type user struct {
	group int32
	asked uint64  // questions so far
	last  float64 // when the last answer came
	open  bool    // asks again without waiting
	pool  int32
	seed  uint64
}

// query is a question on its way to an answer.
type query struct {
	class, user int32
	asked       float64
	admitted    float64
	seed        uint64
	order       int64 // of admission
	stagesLeft  int32
	loop        int32 // rounds of the loop that are done
	live        int32 // stage records in use
	collect     float64
	lostCache   float64 // share of cached partitions that died with a node
	failed      bool
	counted     bool
	late        float64 // seconds that executors need to start
	since       float64 // of the driver's present step
	parts       Parts
	need        []int8  // stages each stage still waits for
	output      []uint8 // what has become of each stage's
}

func (e *engine) layUsers(people int) {
	e.users = make([]user, 0, people)
	for g, group := range e.m.Users {
		for k := range max(1, group.Count) {
			seed := mix(e.m.Seed ^ mix(uint64(g)<<32|uint64(k)))
			e.users = append(e.users, user{group: int32(g), open: group.Count == 0, seed: seed, last: -1e18})
		}
	}
}

// begin sets every user thinking and the loss in its place.
func (e *engine) begin() {
	for i := range e.users {
		e.think(int32(i))
	}
	e.beginLoss()
}

// think sets the time of a user's next question.
func (e *engine) think(i int32) {
	u := &e.users[i]
	g := &e.m.Users[u.group]
	draw := exponential(mix(u.seed ^ mix(u.asked*4+1)))
	wait := draw * g.Think
	if u.open {
		wait = draw / g.Rate
	}
	e.clock.set(e.user0+i, e.now+wait)
}

// ask is a question: it goes in, or waits at the door.
func (e *engine) ask(i int32) {
	u := &e.users[i]
	if u.open && e.now < e.m.Horizon*patience {
		defer e.think(i)
	}
	class := e.choose(u)
	id := e.newQuery()
	q := &e.queries[id]
	n := len(e.m.Classes[class].Stages)
	*q = query{class: class, user: i, asked: e.now, seed: mix(u.seed ^ mix(u.asked*4+3)), stagesLeft: int32(n),
		need: q.need[:0], output: q.output[:0]}
	for s := range n {
		q.need = append(q.need, int8(len(e.m.Classes[class].Stages[s].After)))
		q.output = append(q.output, unmade)
	}
	u.asked++
	q.counted = e.now >= e.m.Warmup && e.now <= e.m.Horizon
	if q.counted {
		e.count.open++
		e.count.classes[class].open++
	}
	if limit := e.limit(); limit > 0 && e.active >= limit {
		e.door.push(id)
		return
	}
	e.admit(id)
}

// limit is how many queries may be past the door at once; 0 is no limit.
func (e *engine) limit() int {
	limit := e.m.Sched.MaxActive
	lower := func(n int) {
		if n > 0 && (limit == 0 || n < limit) {
			limit = n
		}
	}
	lower(e.m.Master.MaxActive)
	if e.m.Sched.PerUser {
		lower(e.m.Master.Drivers)
	}
	return limit
}

func (e *engine) choose(u *user) int32 {
	shares := e.m.Users[u.group].Mix
	total := 0.0
	for _, s := range shares {
		total += s.Weight
	}
	at := unit(mix(u.seed^mix(u.asked*4+2))) * total
	for _, s := range shares {
		if at -= s.Weight; at < 0 {
			return int32(s.Class)
		}
	}
	return int32(shares[len(shares)-1].Class)
}

func (e *engine) newQuery() int32 {
	if n := len(e.idle); n > 0 {
		id := e.idle[n-1]
		e.idle = e.idle[:n-1]
		return id
	}
	e.queries = append(e.queries, query{})
	id := int32(len(e.queries) - 1)
	grow(&e.places, int(e.stage0)+2*int(id)+2)
	return id
}

// admit lets a query past the door: where it has executors of its own that were given back, they
// start first.
func (e *engine) admit(id int32) {
	q := &e.queries[id]
	e.active++
	q.admitted = e.now
	q.order = e.order
	e.order++
	q.parts.Door = e.now - q.asked
	e.keep(e.m.Classes[q.class].Cache)
	if c := e.m.Costs; e.m.Sched.PerUser && c.Start > 0 && e.now-e.users[q.user].last > c.Idle {
		q.late = c.Start + c.Cold
		e.clock.set(e.stage0+2*id+1, e.now+q.late)
		return
	}
	e.plan(id)
}

// answer ends a query: its user thinks, the next comes in.
func (e *engine) answer(id int32) {
	q := &e.queries[id]
	e.record(q)
	e.active--
	e.keep(-e.m.Classes[q.class].Cache)
	u := &e.users[q.user]
	u.last = e.now
	e.count.last = e.now
	if asks := e.m.Users[u.group].Asks; !u.open && (asks == 0 || u.asked < uint64(asks)) {
		e.think(q.user)
	}
	e.idle = append(e.idle, id)
	limit := e.limit()
	for e.door.len() > 0 && (limit == 0 || e.active < limit) {
		e.admit(e.door.pop())
	}
}
