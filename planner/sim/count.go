package sim

// This file is what a run measures.

import "slices"

type counts struct {
	events  int64
	open    int // counted questions without an answer
	classes []classCount
	busy    float64 // slot seconds
	written float64 // bytes to the page cache
	wanted  float64 // cached partitions looked for, and found
	found   float64
	kept    float64 // byte seconds of cached partitions, until keptAt
	keptAt  float64
	last    float64 // time of the last answer
	lost    int
	rework  float64
	spans   []Span
}

type classCount struct {
	open    int
	failed  int
	latency []float64
	parts   []part8
	spilled float64
	tasks   int64
}

// part8 is Parts in half the room: there may be millions.
type part8 [8]float32

func pack(p Parts) part8 {
	return part8{float32(p.Door), float32(p.Driver), float32(p.Slot), float32(p.Launch),
		float32(p.CPU), float32(p.Network), float32(p.Disk), float32(p.Spill)}
}

func (p part8) unpack() Parts {
	return Parts{float64(p[0]), float64(p[1]), float64(p[2]), float64(p[3]),
		float64(p[4]), float64(p[5]), float64(p[6]), float64(p[7])}
}

// classState is what is worked out once for a class.
type classState struct {
	sigma     []float64 // of each stage's log-normal
	followers [][]int32
}

func newClassState(c *Class) classState {
	s := classState{sigma: make([]float64, len(c.Stages)), followers: make([][]int32, len(c.Stages))}
	for i, t := range c.Stages {
		s.sigma[i] = sigmaOf(t.CV)
		for _, a := range t.After {
			s.followers[a] = append(s.followers[a], int32(i))
		}
	}
	return s
}

// factor is the random part of a task's work.
func (c *classState) factor(t *Stage, of int, draw uint64) float64 {
	if t.Exponential {
		return exponential(draw)
	}
	return logNormal(draw, c.sigma[of])
}

func (c *counts) init(m *Model) { c.classes = make([]classCount, len(m.Classes)) }

func (c *counts) spill(q *query, bytes float64) {
	if bytes > 0 {
		c.classes[q.class].spilled += bytes
	}
}

// keep changes what active queries want to keep in memory.
func (e *engine) keep(bytes float64) {
	e.count.kept += e.cached * (e.now - e.count.keptAt)
	e.count.keptAt = e.now
	e.cached += bytes
}

// record notes an answer.
func (e *engine) record(q *query) {
	if !q.counted {
		return
	}
	c := &e.count.classes[q.class]
	e.count.open--
	c.open--
	if q.failed {
		c.failed++
		return
	}
	c.latency = append(c.latency, e.now-q.asked)
	c.parts = append(c.parts, pack(q.parts))
}

// span notes a task for the Gantt chart.
func (e *engine) span(at int32, l *slot, s *stage) {
	if e.m.Trace <= len(e.count.spans) || e.now < e.m.Warmup {
		return
	}
	e.count.spans = append(e.count.spans, Span{Node: int(l.node), Slot: int(at - e.nodes[l.node].first),
		Class: int(e.queries[s.query].class), Stage: int(s.of), Query: int(e.queries[s.query].order),
		Start: l.started, Finish: e.now})
}

func (e *engine) result() *Result {
	r := &Result{Events: e.count.events, Until: e.now, Rework: e.count.rework, Lost: e.count.lost, Last: e.count.last, Spans: e.count.spans}
	// Questions that never got an answer have waited at least until now.
	for _, i := range e.idle {
		e.queries[i].counted = false
	}
	for i := range e.queries {
		q := &e.queries[i]
		if q.counted {
			c := &e.count.classes[q.class]
			c.latency = append(c.latency, e.now-q.asked)
			p := q.parts
			p.Slot += max(0, e.now-q.asked-p.Sum())
			c.parts = append(c.parts, pack(p))
		}
	}
	for i := range e.m.Classes {
		r.Classes = append(r.Classes, e.count.classes[i].result(e.m.Classes[i].Name))
	}
	r.Use = e.usage()
	return r
}

func (c *classCount) result(name string) ClassResult {
	r := ClassResult{Name: name, Failed: c.failed, Open: c.open, Spill: c.spilled, Tasks: c.tasks}
	n := len(c.latency)
	if n == 0 {
		return r
	}
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case c.latency[a] < c.latency[b]:
			return -1
		case c.latency[a] > c.latency[b]:
			return 1
		}
		return int(a - b)
	})
	tail := n - max(1, n/20)
	for i, o := range order {
		p := c.parts[o].unpack()
		r.Mean.add(p)
		if i >= tail {
			r.Tail.add(p)
		}
	}
	r.Mean = r.Mean.times(1 / float64(n))
	r.Tail = r.Tail.times(1 / float64(n-tail))
	slices.Sort(c.latency)
	r.Latency = c.latency
	return r
}

// usage is the mean use of resources over the whole run.
func (e *engine) usage() Use {
	var u Use
	t := e.now
	if t == 0 {
		return u
	}
	var done, base [kinds]float64
	for i := range e.nodes {
		for kind := range kinds {
			s := &e.shares[e.share(int32(i), kind)]
			s.advance(t)
			done[kind] += s.done
			base[kind] += s.link.Base
		}
	}
	done[disk] += e.count.written
	e.shares[0].advance(t)
	u.Driver = e.shares[0].done / e.shares[0].link.Base / t
	for kind, to := range []*float64{&u.CPU, &u.Network, &u.Disk} {
		if base[kind] > 0 {
			*to = done[kind] / base[kind] / t
		}
	}
	if len(e.slots) > 0 {
		u.Slots = e.count.busy / float64(len(e.slots)) / t
	}
	e.keep(0)
	u.Cache = e.count.kept / t
	u.Cached = 1
	if e.count.wanted > 0 {
		u.Cached = e.count.found / e.count.wanted
	}
	return u
}
