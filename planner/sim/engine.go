package sim

// This file is the virtual clock: what waits on it, and the loop that takes the next event.

import (
	"context"
	"fmt"
	"math"
)

// engine is a run. It is split by who acts: ask.go (users and the door), driver.go, stage.go,
// pool.go (who gets a free slot), task.go, loss.go, count.go (what is measured).
type engine struct {
	m   *Model
	now float64

	// The clock's ids: first the resources (the master's cores; cores, network and disk of each
	// node), then a timer for each slot, user, and the two steps of a loss, then alternating the
	// timers of stages and queries, which grow in number.
	clock                       heap
	places                      []int32
	slot0, user0, loss0, stage0 int32

	shares []share // by clock id
	nodes  []node
	slots  []slot
	execs  []exec
	free   bitset // executors with a free slot
	room   int    // free slots
	cursor int    // the executor offered next

	users   []user
	door    fifo // users that wait for admission
	active  int  // queries past the door
	queries []query
	idle    []int32 // free records of queries
	stages  []stage
	spare   []int32 // free records of stages

	top     heap // pools with waiting stages
	topAt   []int32
	pools   []pool
	waiting []int32 // places of stages in the pools' heaps

	sending   fifo      // slots whose tasks wait for a dispatcher beside tasks
	drivers   []float64 // when each driver's dispatcher is free
	order     int64     // queries begun
	submitted int64     // stages begun
	cached    float64   // bytes that active queries want to keep
	storage   float64   // bytes that fit

	died, noticed bool // the node of the loss

	classes []classState
	count   counts
}

// node is a worker while the clock runs.
type node struct {
	first, slots int32 // of its slots
	speed        float64
	dirty        float64 // bytes in its page cache that wait for the disk
	dirtyAt      float64
	dead         bool
}

// exec is an executor.
type exec struct {
	node    int32
	first   int32 // of its slots
	free    int32
	busy    int32
	storage float64
	warm    float64 // when a new JVM is warm; infinite before its first task, 0 where it is
}

// cores, network and disk are the order of a node's resources on the clock.
const (
	cores = iota
	network
	disk
	kinds
)

// share is the clock's id of a node's resource. Where the driver works beside the first node's tasks,
// the cores of both are the master's.
func (e *engine) share(node int32, kind int) int32 {
	if node == 0 && kind == cores && e.m.Master.Beside {
		return 0
	}
	return 1 + node*kinds + int32(kind)
}

// Run plays the model until ctx ends. It is deterministic; a model that makes no sense is an error.
func Run(ctx context.Context, m Model) (*Result, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	e := newEngine(&m)
	e.begin()
	if err := e.play(ctx); err != nil {
		return nil, err
	}
	return e.result(), nil
}

// patience is how many horizons the clock may run to finish what was asked before the first.
const patience = 3

func (e *engine) play(ctx context.Context) error {
	end := e.m.Horizon * patience
	for len(e.clock.e) > 0 {
		next := e.clock.e[0]
		if next.key > end || next.key > e.m.Horizon && e.count.open == 0 {
			break
		}
		if next.key < e.now-1e-9 || math.IsNaN(next.key) {
			return fmt.Errorf("simulation: time ran back from %v to %v", e.now, next.key)
		}
		e.now = max(e.now, next.key)
		if e.count.events++; e.count.events&(1<<16-1) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e.step(next.id)
		e.offer()
	}
	e.now = min(max(e.now, e.m.Horizon), end)
	return nil
}

// step is what happens at one event.
func (e *engine) step(id int32) {
	switch {
	case id < e.slot0:
		e.resource(id)
	case id < e.user0:
		e.clock.drop(id)
		e.taskTimer(id - e.slot0)
	case id < e.loss0:
		e.clock.drop(id)
		e.ask(id - e.user0)
	case id < e.stage0:
		e.clock.drop(id)
		e.lossTimer(id - e.loss0)
	case (id-e.stage0)%2 == 0:
		e.clock.drop(id)
		if at := (id - e.stage0) / 2; e.stages[at].blocked {
			e.recover(at)
		} else {
			e.enqueue(at)
		}
	default:
		e.clock.drop(id)
		e.plan((id - e.stage0) / 2)
	}
}

// resource lets those flows go on that have ended on a resource.
func (e *engine) resource(id int32) {
	s := &e.shares[id]
	s.advance(e.now)
	for {
		who, ok := s.ended()
		if !ok {
			break
		}
		switch {
		case who < 0:
			e.taskFlow(^who)
		case id == 0:
			e.driverDone(who)
		default:
			e.taskFlow(who)
		}
	}
	e.retime(id)
}

// use begins a flow on a resource.
func (e *engine) use(id int32, work float64, who int32) {
	s := &e.shares[id]
	s.advance(e.now)
	s.add(work, who)
	e.retime(id)
}

func (e *engine) retime(id int32) {
	if t := e.shares[id].next(); math.IsInf(t, 1) {
		e.clock.drop(id)
	} else {
		e.clock.set(id, max(t, e.now))
	}
}

func newEngine(m *Model) *engine {
	e := &engine{m: m}
	slots, execs := 0, 0
	for _, n := range m.Nodes {
		slots += n.Executors * n.Slots
		execs += n.Executors
	}
	people := 0
	for _, u := range m.Users {
		people += max(1, u.Count)
	}
	e.slot0 = int32(1 + len(m.Nodes)*kinds)
	e.user0 = e.slot0 + int32(slots)
	e.loss0 = e.user0 + int32(people)
	e.stage0 = e.loss0 + 3
	grow(&e.places, int(e.stage0)+256)
	e.clock.place = &e.places
	e.slots = make([]slot, slots)
	e.execs = make([]exec, 0, execs)
	e.layNodes()
	e.free = newBitset(execs)
	for i := range e.execs {
		e.free.set(i)
	}
	e.room = slots
	e.layUsers(people)
	e.layPools()
	e.classes = make([]classState, len(m.Classes))
	for i := range m.Classes {
		e.classes[i] = newClassState(&m.Classes[i])
	}
	e.count.init(m)
	return e
}

// layNodes makes nodes, resources and executors. Executors are numbered across the nodes, the first
// of each before the second of any, as Spark's offers spread tasks.
func (e *engine) layNodes() {
	m := e.m
	e.shares = make([]share, e.slot0)
	e.shares[0] = newShare(Link{Base: m.Master.Cores * m.Master.Speed}, m.Master.Speed)
	e.nodes = make([]node, len(m.Nodes))
	uneven := sigmaOf(m.Costs.Uneven)
	first, most := int32(0), 0
	for i, n := range m.Nodes {
		speed := n.Speed * logNormal(mix(m.Seed^mix(uint64(i)+0xb0a7)), uneven)
		e.nodes[i] = node{first: first, slots: int32(n.Executors * n.Slots), speed: speed}
		first += int32(n.Executors * n.Slots)
		most = max(most, n.Executors)
		id := int32(i)
		e.shares[e.share(id, cores)] = newShare(Link{Base: n.Cores * speed}, speed)
		e.shares[e.share(id, network)] = newShare(n.NIC, math.Inf(1))
		e.shares[e.share(id, disk)] = newShare(n.Disk, math.Inf(1))
		e.storage += float64(n.Executors) * n.Storage
	}
	for k := range most {
		for i, n := range m.Nodes {
			if k >= n.Executors {
				continue
			}
			x := exec{node: int32(i), first: e.nodes[i].first + int32(k*n.Slots), storage: n.Storage}
			for s := x.first; s < x.first+int32(n.Slots); s++ {
				e.slots[s] = slot{stage: -1, exec: int32(len(e.execs)), node: int32(i)}
			}
			x.free = int32(n.Slots)
			e.execs = append(e.execs, x)
		}
	}
}
