// This file holds the events of SQL executions.

package eventlog

import (
	"hash/fnv"
	"strings"
)

type sqlStart struct {
	id, root    int64
	description string
	time        int64
	asker       Asker
	plan        string
	fingerprint uint64
}

func parseSQLStart(c *cursor, p *parser) event {
	e := &sqlStart{root: -1}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "executionId":
			e.id = c.number()
		case "rootExecutionId":
			if c.peek() == 'n' { // null
				c.skip()
			} else {
				e.root = c.number()
			}
		case "description":
			e.description = p.label(c, 200)
		case "time":
			e.time = c.time()
		case "jobGroupId":
			e.asker.Group = p.label(c, 200)
		case "jobTags":
			for ok := c.array(); ok && c.element(); {
				e.asker.tag(c.rawString(), p)
			}
		case "sparkPlanInfo":
			w := planWalk{p: p}
			w.node(c, 0)
			e.plan, e.fingerprint = p.same(clip(w.text.String(), 400)), w.sum()
		default:
			c.skip()
		}
	}
	if e.root < 0 {
		e.root = e.id
	}
	return e
}

// A planWalk writes down a plan's operators, and apart from them the places that its scans read.
type planWalk struct {
	p      *parser
	text   strings.Builder
	places strings.Builder
}

// maxDepth bounds the recursion on plans that no planner makes.
const maxDepth = 500

func (w *planWalk) node(c *cursor, depth int) {
	if depth > maxDepth {
		c.fail()
		return
	}
	if !c.object() {
		return
	}
	wrapper := false
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "nodeName":
			name := operator(w.p.intern(c.rawString()))
			// These stand around operators, depending on settings, and do nothing themselves.
			wrapper = name == "AdaptiveSparkPlan" || name == "WholeStageCodegen" || name == "InputAdapter"
			if !wrapper {
				w.text.WriteString(name)
			}
		case "children":
			w.children(c, depth, !wrapper)
		case "metadata":
			w.metadata(c)
		default:
			c.skip()
		}
	}
}

func (w *planWalk) children(c *cursor, depth int, brackets bool) {
	if !c.array() {
		return
	}
	n := 0
	for ; c.element(); n++ {
		switch {
		case n > 0:
			w.text.WriteByte(',')
		case brackets:
			w.text.WriteByte('(')
		}
		w.node(c, depth+1)
	}
	if n > 0 && brackets {
		w.text.WriteByte(')')
	}
}

func (w *planWalk) metadata(c *cursor) {
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "Location" || string(k) == "Format" {
			w.places.Write(c.rawString())
			w.places.WriteByte(';')
		} else {
			c.skip()
		}
	}
}

// sum is the plan's fingerprint. Names of columns and constants are not in it.
func (w *planWalk) sum() uint64 {
	h := fnv.New64a()
	h.Write([]byte(w.text.String()))
	h.Write([]byte{0})
	h.Write([]byte(w.places.String()))
	return h.Sum64()
}

type sqlEnd struct {
	id    int64
	time  int64
	error string
}

func parseSQLEnd(c *cursor, _ *parser) event {
	e := &sqlEnd{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "executionId":
			e.id = c.number()
		case "time":
			e.time = c.time()
		case "errorMessage":
			e.error = firstLine(c.text())
		default:
			c.skip()
		}
	}
	return e
}
