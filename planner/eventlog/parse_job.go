// This file holds the events of jobs and stages.

package eventlog

import (
	"slices"
	"strings"
)

// properties are the local settings under which a job was submitted.
type properties struct {
	asker       Asker
	description string
	callSite    string
	execution   int64 // -1: none
}

func (p *properties) read(c *cursor, in *parser) {
	p.execution = -1
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "spark.jobGroup.id":
			p.asker.Group = in.label(c, 200)
		case "spark.scheduler.pool":
			p.asker.Pool = in.label(c, 200)
		case "spark.job.description":
			p.description = in.label(c, 200)
		case "callSite.short":
			p.callSite = in.label(c, 200)
		case "spark.sql.execution.id":
			p.execution = decimal(c.rawString())
		case "spark.job.tags":
			p.asker.tag(c.rawString(), in)
		default:
			c.skip()
		}
	}
}

// decimal reads a whole number, -1 for anything else.
func decimal(digits []byte) int64 {
	c := &cursor{b: digits}
	if len(digits) == 0 || digits[0]-'0' > 9 {
		return -1
	}
	return c.number()
}

// tag reads the user and session out of the tags that Spark gives the jobs of its sessions:
// SparkConnect_OperationTag_User_U_Session_S_Operation_O, or spark-session-UUID (since 4.0).
func (a *Asker) tag(tags []byte, p *parser) {
	for tag := range strings.SplitSeq(string(tags), ",") {
		if rest, ok := strings.CutPrefix(tag, "SparkConnect_OperationTag_User_"); ok {
			user, rest, _ := strings.Cut(rest, "_Session_")
			session, _, _ := strings.Cut(rest, "_Operation_")
			a.User, a.Session = p.same(user), p.same(session)
			return
		}
		const uuid = 36
		if rest, ok := strings.CutPrefix(tag, "spark-session-"); ok && len(rest) >= uuid {
			a.Session = p.same(rest[:uuid])
		}
	}
}

type jobStart struct {
	id     int
	time   int64
	stages []int
	props  properties
}

func parseJobStart(c *cursor, p *parser) event {
	e := &jobStart{props: properties{execution: -1}}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Job ID":
			e.id = int(c.amount())
		case "Submission Time":
			e.time = c.time()
		case "Stage IDs":
			e.stages = numbers(c)
		case "Properties":
			e.props.read(c, p)
		default:
			c.skip() // Stage Infos: each stage brings its own when it is submitted
		}
	}
	return e
}

func numbers(c *cursor) []int {
	var list []int
	for ok := c.array(); ok && c.element(); {
		list = append(list, int(c.amount()))
	}
	return list
}

type jobEnd struct {
	id      int
	time    int64
	failure string
}

func parseJobEnd(c *cursor, _ *parser) event {
	e := &jobEnd{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Job ID":
			e.id = int(c.amount())
		case "Completion Time":
			e.time = c.time()
		case "Job Result":
			e.result(c)
		default:
			c.skip()
		}
	}
	return e
}

func (e *jobEnd) result(c *cursor) {
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Result":
			if r := c.text(); r != "JobSucceeded" && e.failure == "" {
				e.failure = r
			}
		case "Exception":
			for ok := c.object(); ok; {
				k := c.key()
				if ok = k != nil; !ok {
					break
				}
				if string(k) == "Message" {
					e.failure = firstLine(c.text())
				} else {
					c.skip()
				}
			}
		default:
			c.skip()
		}
	}
}

// firstLine is the part of a message that people read.
func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return clip(line, 300)
}

// A stage is SparkListenerStageSubmitted or, with a completion time, SparkListenerStageCompleted.
type stage struct {
	info  Stage
	props properties
	rdds  []string
}

func parseStage(c *cursor, p *parser) event {
	e := &stage{props: properties{execution: -1}}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Stage Info":
			e.read(c, p)
		case "Properties":
			e.props.read(c, p)
		default:
			c.skip()
		}
	}
	e.info.Shape = p.same(shape(e.rdds))
	return e
}

func (e *stage) read(c *cursor, p *parser) {
	if !c.object() {
		return
	}
	s := &e.info
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Stage ID":
			s.ID = int(c.amount())
		case "Stage Attempt ID":
			s.Attempt = int(c.amount())
		case "Stage Name":
			s.Name = p.label(c, 200)
		case "Number of Tasks":
			s.Tasks = int(c.amount())
		case "RDD Info":
			for ok := c.array(); ok && c.element(); {
				e.rdd(c, p)
			}
		case "Parent IDs":
			s.Parents = numbers(c)
		case "Submission Time":
			s.Submitted = c.time()
		case "Completion Time":
			s.Completed = c.time()
		case "Failure Reason":
			s.Failure = firstLine(c.text())
		default:
			c.skip()
		}
	}
}

func (e *stage) rdd(c *cursor, p *parser) {
	if !c.object() {
		return
	}
	id, name, scope, cached := 0, "", "", false
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "RDD ID":
			id = int(c.amount())
		case "Name":
			if raw := c.rawString(); len(raw) <= 40 { // a cached table's name is its whole plan
				name = p.intern(raw)
			}
		case "Scope":
			scope = p.scope(c.rawString())
		case "Storage Level":
			cached = inMemory(c)
		default:
			c.skip()
		}
	}
	if cached {
		e.info.Cached = append(e.info.Cached, id)
	}
	if scope == "" {
		scope = name
	}
	e.rdds = append(e.rdds, scope)
}

// inMemory says whether a storage level keeps blocks in memory.
func inMemory(c *cursor) (yes bool) {
	if !c.object() {
		return false
	}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "Use Memory" {
			yes = c.truth()
		} else {
			c.skip()
		}
	}
	return yes
}

// scope returns the operator's name out of an RDD's scope: JSON inside a string.
func (p *parser) scope(raw []byte) string {
	c := &cursor{b: []byte(unescape(raw))}
	if !c.object() {
		return ""
	}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "name" {
			return operator(c.text())
		}
		c.skip()
	}
	return ""
}

// operator drops what differs from run to run: the number of a WholeStageCodegen.
func operator(name string) string {
	name, _, _ = strings.Cut(name, " (")
	return strings.TrimSpace(name)
}

// shape names a stage by its operators, each once, in order of their names.
func shape(operators []string) string {
	slices.Sort(operators)
	return clip(strings.Join(slices.Compact(operators), "+"), 200)
}
