package local

// This file decides which process is started, ended or let go: a pure state machine. The clock is
// in the events, and what is to be done is in the effects.

import (
	"fmt"
	"slices"
	"time"
)

// The roles beside the workers.
const (
	roleMaster  = "master"
	roleConnect = "connect"
)

// phase is where a member is in its life.
type phase string

const (
	waiting  phase = "waiting"  // to be started at Member.At
	starting phase = "starting" // until it is well; given up at Member.At
	running  phase = "running"  // and was well last at Member.At
	leaving  phase = "leaving"  // hands on what it holds; ended at Member.At
)

// Patience, and how soon what died is started again.
const (
	startLimit  = 3 * time.Minute
	illLimit    = 90 * time.Second
	leaveLimit  = 2 * time.Minute
	steadyAfter = time.Minute // a member that ran so long begins with a clean slate
	firstPause  = 500 * time.Millisecond
	longestWait = 30 * time.Second
)

// member is one process that is to run.
type member struct {
	Role     string    `json:"role"`
	Index    int       `json:"index,omitempty"` // of a worker, from 1
	Phase    phase     `json:"phase"`
	At       time.Time `json:"at"`
	Since    time.Time `json:"since"` // running: since when
	Proc     process   `json:"process"`
	Restarts int       `json:"restarts"`
	Fails    int       `json:"fails"` // in a row
	Reason   string    `json:"reason,omitempty"`
	Place    place     `json:"place"`
}

// crew is all of them.
type crew struct {
	Opened  bool     `json:"opened"` // the master was well once: the others may begin
	Members []member `json:"members"`
}

// sight is what was seen of a member's process.
type sight struct {
	PID   int  // the process it was seen of
	Alive bool // the process exists
	Well  bool // it does its work; meaningless where Blind
	Blind bool // nothing can be said now
	Over  bool // not well, and waiting will not help
	Idle  bool // has nothing left to do
	Why   string
}

type event interface{ event() }

type (
	look struct { // at every member
		Now    time.Time
		Sights map[string]sight
	}
	want struct { // so many workers
		Now     time.Time
		Workers int
	}
	began struct { // a start worked
		Role  string
		Proc  process
		Place place
	}
	stuck struct { // a start did not
		Now  time.Time
		Role string
		Why  string
	}
)

func (look) event()  {}
func (want) event()  {}
func (began) event() {}
func (stuck) event() {}

// deed is a kind of effect.
type deed string

const (
	start  deed = "start"  // prepare the volume, start the process
	end    deed = "end"    // kill what is left of the process and its children
	retire deed = "retire" // ask it to hand on what it holds
	remove deed = "remove" // its volume
)

type effect struct {
	Deed deed
	Role string
}

// step takes one event. It keeps c as it was.
func step(c crew, e event) (crew, []effect) {
	c.Members = slices.Clone(c.Members)
	switch e := e.(type) {
	case look:
		return c.look(e)
	case want:
		return c.want(e)
	case began:
		if m := c.find(e.Role); m != nil {
			m.Proc, m.Place = e.Proc, e.Place
		}
	case stuck:
		if m := c.find(e.Role); m != nil {
			return c, m.again(e.Now, e.Why)
		}
	}
	return c, nil
}

func (c *crew) find(role string) *member {
	for i := range c.Members {
		if c.Members[i].Role == role {
			return &c.Members[i]
		}
	}
	return nil
}

func (c crew) look(e look) (crew, []effect) {
	var effects []effect
	kept := c.Members[:0]
	for _, m := range c.Members {
		s := e.Sights[m.Role]
		if s.PID != m.Proc.PID { // seen before it was started
			s = sight{Alive: s.Alive, Blind: true}
		}
		gone := false
		var todo []effect
		switch m.Phase {
		case waiting:
			todo = m.begin(e.Now, c.Opened)
		case starting:
			todo = m.startup(e.Now, s)
		case running:
			todo = m.watch(e.Now, s)
		case leaving:
			todo, gone = m.leave(e.Now, s)
		}
		c.Opened = c.Opened || m.Role == roleMaster && m.Phase == running
		effects = append(effects, todo...)
		if !gone {
			kept = append(kept, m)
		}
	}
	c.Members = kept
	return c, effects
}

// want adds workers, or lets those go that came last.
func (c crew) want(e want) (crew, []effect) {
	var effects []effect
	staying := 0
	for i := range c.Members {
		m := &c.Members[i]
		if m.Index == 0 || m.Phase == leaving {
			continue
		}
		if staying++; staying > e.Workers {
			m.Phase, m.At = leaving, e.Now.Add(leaveLimit)
			effects = append(effects, effect{retire, m.Role})
		}
	}
	for ; staying < e.Workers; staying++ {
		index := 1
		for c.find(workerRole(index)) != nil {
			index++
		}
		c.Members = append(c.Members, member{Role: workerRole(index), Index: index, Phase: waiting, At: e.Now})
	}
	return c, effects
}

func workerRole(index int) string { return fmt.Sprintf("worker-%d", index) }

func (m *member) begin(now time.Time, opened bool) []effect {
	if now.Before(m.At) || m.Role != roleMaster && !opened {
		return nil
	}
	m.Phase, m.At, m.Proc = starting, now.Add(startLimit), process{}
	return []effect{{start, m.Role}}
}

func (m *member) startup(now time.Time, s sight) []effect {
	switch {
	case !s.Alive:
		return m.again(now, "it ended while it started; its log says why")
	case s.Over:
		return m.again(now, s.Why)
	case !s.Blind && s.Well:
		m.Phase, m.At, m.Since = running, now, now
	case now.After(m.At):
		return m.again(now, "it did not answer in "+startLimit.String())
	}
	return nil
}

func (m *member) watch(now time.Time, s sight) []effect {
	switch {
	case !s.Alive:
		return m.again(now, "it died")
	case s.Over:
		return m.again(now, s.Why)
	case s.Blind || s.Well:
		m.At = now
		if now.Sub(m.Since) >= steadyAfter {
			m.Fails = 0
		}
	case now.Sub(m.At) >= illLimit:
		return m.again(now, s.Why)
	}
	return nil
}

func (m *member) leave(now time.Time, s sight) ([]effect, bool) {
	if s.Alive && !s.Idle && now.Before(m.At) {
		return nil, false
	}
	return []effect{{end, m.Role}, {remove, m.Role}}, true
}

// again ends what is left of the process and starts another, later each time.
func (m *member) again(now time.Time, why string) []effect {
	pause := min(firstPause<<min(m.Fails, 10), longestWait)
	m.Phase, m.At, m.Reason = waiting, now.Add(pause), why
	m.Restarts++
	m.Fails++
	return []effect{{end, m.Role}}
}
