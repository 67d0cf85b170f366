package sched

// This file holds the state machine.

import (
	"cmp"
	"container/heap"
	"fmt"
	"maps"
	"slices"
	"time"
)

// State is the scheduler without time and threads of its own: now is the time of an event, from any beginning, never going
// back. It is for one goroutine.
type State struct {
	limits  Limits
	users   map[string]*user
	jobs    map[string]*entry // all that wait or run
	running map[*entry]struct{}
	pools   map[Pool]*pool
	order   []Pool   // short ones first
	arrived []*entry // those that wait by arrival, among others
	waiting int
	memory  int64 // of what runs
	clock   float64
	seq     int
}

// entry is a job in the machine.
type entry struct {
	Job
	user    *user
	seq     int
	since   time.Duration // it waits, or runs, from here on
	charged float64       // CPU seconds on the user's account
	running bool
	paused  bool // it runs, but waits for whoever reads its rows
	gone    bool // it waits no more
}

// user is one account and what waits on it.
type user struct {
	name    string
	weight  float64
	virtual float64 // CPU seconds had, over the weight; or what those had who stayed while this one was away
	memory  int64
	had     float64 // CPU seconds, since the account was opened
	jobs    int
	waiting int
	in      map[Pool]*share
}

// share is a user in a pool.
type share struct {
	user    *user
	queue   queue // what waits
	waiting int
	running int
	index   int // in the pool's order; -1: not in it
}

// pool is the users of a pool who may start something, by what they had.
type pool struct {
	slots, running int
	waiting        int
	queued         float64 // CPU seconds of what waits
	order          order
	aged           []*entry
}

// New makes a machine with nothing in it.
func New(l Limits) *State {
	s := &State{limits: l, users: map[string]*user{}, jobs: map[string]*entry{}, running: map[*entry]struct{}{}, pools: map[Pool]*pool{}}
	for at, n := range l.Slots {
		s.pools[at] = &pool{slots: n}
	}
	s.order = slices.SortedFunc(maps.Keys(s.pools), func(a, b Pool) int {
		return cmp.Or(-cmp.Compare(a.Lane, b.Lane), cmp.Compare(a.Engine, b.Engine))
	})
	return s
}

// Arrive lets a job wait, and tells in which pool: the one it asks for, or the engine's bulk lane. If too many wait the error is
// a *Refusal, and it is another one for a pool that is not there. Ids are unique among the jobs that are here.
func (s *State) Arrive(now time.Duration, j Job) (Pool, error) {
	if s.pools[j.Pool] == nil {
		return j.Pool, fmt.Errorf("sched: no pool %s", j.Pool)
	}
	if full := s.Full(j.User); full != nil {
		return j.Pool, full
	}
	u := s.users[j.User]
	if u == nil {
		u = &user{name: j.User, weight: s.limits.weight(j.User), in: map[Pool]*share{}}
		s.users[j.User] = u
	}
	if u.jobs == 0 {
		u.virtual = max(u.virtual, s.clock)
	}
	u.jobs++
	j.Pool = s.lane(u, j.Pool)
	s.wait(now, &entry{Job: s.bounded(j), user: u})
	return j.Pool, nil
}

// lane is where a user's next job for a pool waits. As many short ones as run at the same time are for the short lane, and more
// for the bulk lane, where there is one. Fair shares alone would not do: others would start next, but beside as many of this
// user's as the short lane has slots.
func (s *State) lane(u *user, at Pool) Pool {
	bulk := Pool{Engine: at.Engine, Lane: Bulk}
	if at.Lane == Short && s.pools[bulk] != nil && u.count(at)+u.count(bulk) >= s.pools[at].slots {
		return bulk
	}
	return at
}

// count is how many jobs of the user wait and run in a pool.
func (u *user) count(at Pool) int {
	sh := u.in[at]
	if sh == nil {
		return 0
	}
	return sh.waiting + sh.running
}

// Full says which limit keeps a user's next job from waiting; nil: none does.
func (s *State) Full(name string) *Refusal {
	switch u := s.users[name]; {
	case s.limits.Queued > 0 && s.waiting >= s.limits.Queued:
		return &Refusal{Limit: "Queued", Value: s.limits.Queued}
	case u != nil && s.limits.UserQueued > 0 && u.waiting >= s.limits.UserQueued:
		return &Refusal{Limit: "UserQueued", Value: s.limits.UserQueued, User: name}
	}
	return nil
}

// bounded is a job that fits an empty machine: an estimate may be far too high.
func (s *State) bounded(j Job) Job {
	for _, limit := range []int64{s.limits.Memory, s.limits.UserMemory} {
		if limit > 0 {
			j.Memory = min(j.Memory, limit)
		}
	}
	return j
}

// wait puts a new entry into its pool's queue.
func (s *State) wait(now time.Duration, e *entry) {
	s.seq++
	e.seq, e.since = s.seq, now
	s.jobs[e.ID] = e
	s.arrived = append(s.arrived, e)
	u := e.user
	sh := u.in[e.Pool]
	if sh == nil {
		sh = &share{user: u, index: -1}
		u.in[e.Pool] = sh
	}
	heap.Push(&sh.queue, e)
	sh.waiting, u.waiting, s.waiting = sh.waiting+1, u.waiting+1, s.waiting+1
	p := s.pools[e.Pool]
	p.waiting, p.queued = p.waiting+1, p.queued+e.CPUSeconds
	s.reorder(u)
}

// leave takes an entry that waits out of its queue.
func (s *State) leave(e *entry) {
	e.gone = true
	u := e.user
	u.in[e.Pool].waiting--
	u.waiting, s.waiting = u.waiting-1, s.waiting-1
	p := s.pools[e.Pool]
	if p.waiting, p.queued = p.waiting-1, p.queued-e.CPUSeconds; p.waiting == 0 {
		p.queued = 0 // rid of what rounding left
	}
	if s.waiting == 0 {
		s.arrived = s.arrived[:0]
	}
}

// Next starts what may start, and names it: the order in which it is named is that of the decisions.
func (s *State) Next(now time.Duration) (started []string) {
	for _, at := range s.order {
		for e := s.pick(now, at); e != nil; e = s.pick(now, at) {
			s.start(now, e)
			started = append(started, e.ID)
		}
	}
	return started
}

// maxPassed bounds how many users, whose jobs are too large for the memory that is left, are passed over for others.
const maxPassed = 16

// pick finds the job that starts next in a pool: nil if none may.
func (s *State) pick(now time.Duration, at Pool) *entry {
	p := s.pools[at]
	if p.running >= p.slots {
		return nil
	}
	for len(p.aged) > 0 {
		e := p.aged[0]
		if e.gone || e.user.in[at].running > 0 || !s.userFits(e) {
			p.aged = p.aged[1:]
			continue
		}
		if s.fits(e) {
			return e
		}
		break
	}
	var passed []*share
	defer func() {
		for _, sh := range passed {
			heap.Push(&p.order, sh)
		}
	}()
	for len(p.order) > 0 && len(passed) < maxPassed {
		sh := p.order[0]
		e := sh.head()
		if s.fits(e) {
			return e
		}
		if s.limits.ReserveAfter > 0 && now-e.since >= s.limits.ReserveAfter {
			return nil
		}
		passed = append(passed, heap.Pop(&p.order).(*share))
	}
	return nil
}

// fits tells whether the memory that is left is enough.
func (s *State) fits(e *entry) bool {
	return s.limits.Memory == 0 || s.memory+e.Memory <= s.limits.Memory
}

// userFits tells whether a user's own limits let a job start.
func (s *State) userFits(e *entry) bool {
	l := &s.limits
	return (l.UserRunning == 0 || e.user.in[e.Pool].running < l.UserRunning) && (l.UserMemory == 0 || e.user.memory+e.Memory <= l.UserMemory)
}

// start lets a job run, and charges what it is expected to take.
func (s *State) start(now time.Duration, e *entry) {
	s.leave(e)
	e.running, e.since = true, now
	s.running[e] = struct{}{}
	u := e.user
	s.clock = max(s.clock, u.virtual)
	s.pools[e.Pool].running++
	u.in[e.Pool].running++
	u.memory, s.memory = u.memory+e.Memory, s.memory+e.Memory
	s.charge(e, e.CPUSeconds)
	s.reorder(u)
}

// charge puts what a job has taken on its user's account, in place of what was charged for it before.
func (s *State) charge(e *entry, cpu float64) {
	e.user.virtual += (cpu - e.charged) / e.user.weight
	e.user.had += cpu - e.charged
	e.charged = cpu
}

// Charge tells what a running job has taken so far; less than expected is told at its end.
func (s *State) Charge(id string, cpuSeconds float64) {
	if e := s.jobs[id]; e != nil && e.running && cpuSeconds > e.charged {
		s.charge(e, cpuSeconds)
		s.reorder(e.user)
	}
}

// Pause gives back the slot of a job that runs but waits for whoever reads its rows. It keeps its memory.
func (s *State) Pause(id string) {
	if e := s.jobs[id]; e != nil && e.running && !e.paused {
		e.paused = true
		s.pools[e.Pool].running--
		e.user.in[e.Pool].running--
		s.reorder(e.user)
	}
}

// Resume lets a paused job go on, whether or not a slot is free: whoever reads it must not wait behind what it reads next.
func (s *State) Resume(id string) {
	if e := s.jobs[id]; e != nil && e.paused {
		e.paused = false
		s.pools[e.Pool].running++
		e.user.in[e.Pool].running++
		s.reorder(e.user)
	}
}

// Move counts a running job, which nobody can stop to start it again, in another pool from here on, whether or not a slot is
// free there: it is not what it was expected to be.
func (s *State) Move(id string, to Pool) {
	e := s.jobs[id]
	if e == nil || !e.running || s.pools[to] == nil {
		return
	}
	u := e.user
	if u.in[to] == nil {
		u.in[to] = &share{user: u, index: -1}
	}
	if !e.paused {
		s.pools[e.Pool].running--
		u.in[e.Pool].running--
		s.pools[to].running++
		u.in[to].running++
	}
	e.Pool = to
	s.reorder(u)
}

// Resize changes the number of slots of a pool. What runs goes on.
func (s *State) Resize(at Pool, slots int) {
	if p := s.pools[at]; p != nil {
		p.slots = slots
	}
}

// Finish ends a job that runs, whatever became of it, with what it took. It does nothing if the job does not run.
func (s *State) Finish(id string, cpuSeconds float64) {
	if e := s.jobs[id]; e != nil && e.running {
		s.stop(e, cpuSeconds)
		s.forget(e)
	}
}

// stop takes a job off its slot.
func (s *State) stop(e *entry, cpuSeconds float64) {
	s.Resume(e.ID)
	u := e.user
	e.running = false
	delete(s.running, e)
	s.pools[e.Pool].running--
	u.in[e.Pool].running--
	u.memory, s.memory = u.memory-e.Memory, s.memory-e.Memory
	s.charge(e, cpuSeconds)
	s.reorder(u)
}

// Demote sends a running job back to wait in another pool, with what it took there on the account. It tells whether the job
// was running.
func (s *State) Demote(now time.Duration, id string, to Pool, cpuSeconds float64) bool {
	e := s.jobs[id]
	if e == nil || !e.running {
		return false
	}
	s.stop(e, cpuSeconds)
	again := &entry{Job: e.Job, user: e.user}
	again.Pool = to
	s.wait(now, again)
	return true
}

// Cancel takes away a job that waits. It tells whether one did.
func (s *State) Cancel(id string) bool {
	e := s.jobs[id]
	if e == nil || e.running {
		return false
	}
	s.leave(e)
	s.forget(e)
	s.reorder(e.user)
	return true
}

// forget drops a job that neither waits nor runs.
func (s *State) forget(e *entry) {
	delete(s.jobs, e.ID)
	u := e.user
	u.jobs--
	s.close(u)
}

// close drops an account that says nothing any more.
func (s *State) close(u *user) {
	if u.jobs == 0 && u.virtual <= s.clock {
		delete(s.users, u.name)
	}
}

// Tick is called now and then. It ages what waits, drops accounts that say nothing any more, and sends away what waited
// too long: those are named.
func (s *State) Tick(now time.Duration) (expired []string) {
	s.arrived = slices.DeleteFunc(s.arrived, func(e *entry) bool { return e.gone })
	for _, p := range s.pools {
		p.aged = p.aged[:0]
	}
	seen := map[*share]bool{}
	for _, e := range slices.Clone(s.arrived) {
		waited := now - e.since
		if s.limits.QueueTimeout > 0 && waited >= s.limits.QueueTimeout {
			expired = append(expired, e.ID)
			s.Cancel(e.ID)
			continue
		}
		sh := e.user.in[e.Pool]
		if s.limits.AgeAfter > 0 && waited >= s.limits.AgeAfter && sh.running == 0 && !seen[sh] {
			seen[sh] = true
			s.pools[e.Pool].aged = append(s.pools[e.Pool].aged, e)
		}
	}
	for _, u := range s.users {
		s.close(u)
	}
	return expired
}

// reorder puts a user where it belongs in each pool: in its place, or out where nothing of it may start.
func (s *State) reorder(u *user) {
	for at, sh := range u.in {
		p := s.pools[at]
		e := sh.head()
		ready := e != nil && s.userFits(e)
		switch {
		case ready && sh.index >= 0:
			heap.Fix(&p.order, sh.index)
		case ready:
			heap.Push(&p.order, sh)
		case sh.index >= 0:
			heap.Remove(&p.order, sh.index)
		}
	}
}
