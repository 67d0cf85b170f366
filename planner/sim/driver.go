package sim

// This file is the driver: it plans, submits stages, dispatches tasks and collects results, all on
// the master's cores.

// What a flow on the master is for: who = 4*id + kind.
const (
	nobody    = iota // dispatching, which runs beside the tasks
	planning         // of query id
	finishing        // of query id
	staging          // of stage record id
)

// plan begins a query's planning.
func (e *engine) plan(id int32) {
	q := &e.queries[id]
	q.parts.Launch += q.late
	q.late = 0
	q.since = e.now
	e.drive(e.m.Classes[q.class].Plan, id<<2|planning)
}

// drive begins a step of the driver.
func (e *engine) drive(work float64, who int32) {
	if work <= 0 {
		e.driverDone(who)
		return
	}
	e.use(0, work, who)
}

// driverDone is the end of a step of the driver.
func (e *engine) driverDone(who int32) {
	id := who >> 2
	switch who & 3 {
	case nobody:
		if e.m.Master.Beside {
			e.sent()
		}
	case planning:
		q := &e.queries[id]
		q.parts.Driver += e.now - q.since
		e.roots(id)
	case staging:
		e.spread(id)
	case finishing:
		q := &e.queries[id]
		q.parts.Driver += e.now - q.since
		e.answer(id)
	}
}

// finish begins the last step of a query.
func (e *engine) finish(id int32) {
	q := &e.queries[id]
	q.since = e.now
	e.drive(e.m.Classes[q.class].Result+e.collected(q), id<<2|finishing)
}

// collected is the driver's work on what tasks sent it.
func (e *engine) collected(q *query) float64 {
	bytes := q.collect
	q.collect = 0
	if bytes == 0 {
		return 0
	}
	work := bytes * e.m.Costs.Merge
	if nic := e.m.Master.NIC.Peak; nic > 0 {
		work += bytes / nic * e.m.Master.Speed
	}
	return work
}

// send has a task wait for the driver's dispatcher, which shares cores with tasks: how long it needs
// for each depends on what they do meanwhile.
func (e *engine) send(at int32) {
	e.sending.push(at)
	if e.sending.len() == 1 {
		e.use(0, e.m.Costs.Dispatch, nobody)
	}
}

// sent lets the first of the waiting tasks go.
func (e *engine) sent() {
	at := e.sending.pop()
	if e.sending.len() > 0 {
		e.use(0, e.m.Costs.Dispatch, nobody)
	}
	l := &e.slots[at]
	wait := l.sure
	l.sure = 0
	e.launch(at, wait)
}

// dispatched is when the driver of a query has sent off its next task: one after the other, slower
// where the master's cores are busy.
func (e *engine) dispatched(q *query) float64 {
	each := e.m.Costs.Dispatch
	if each == 0 {
		return e.now
	}
	master := &e.shares[0]
	if n := float64(len(master.flows)); n > 0 {
		each *= max(1, n*master.flow/master.link.Base)
	}
	driver := &e.drivers[0]
	if e.m.Sched.PerUser {
		driver = &e.drivers[q.user]
	}
	*driver = max(*driver, e.now) + each/e.m.Master.Speed
	return *driver
}
