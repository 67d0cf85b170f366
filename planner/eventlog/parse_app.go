// This file holds the events of the application and its executors.

package eventlog

import "strings"

type logStart struct{ version string }

func parseLogStart(c *cursor, _ *parser) event {
	e := &logStart{}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "Spark Version" {
			e.version = c.text()
		} else {
			c.skip()
		}
	}
	return e
}

type appStart struct {
	name, id, attempt, user string
	time                    int64
}

func parseAppStart(c *cursor, _ *parser) event {
	e := &appStart{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "App Name":
			e.name = clip(c.text(), 200)
		case "App ID":
			e.id = c.text()
		case "App Attempt ID":
			e.attempt = c.text()
		case "User":
			e.user = c.text()
		case "Timestamp":
			e.time = c.time()
		default:
			c.skip()
		}
	}
	return e
}

type appEnd struct{ time int64 }

func parseAppEnd(c *cursor, _ *parser) event {
	e := &appEnd{}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "Timestamp" {
			e.time = c.time()
		} else {
			c.skip()
		}
	}
	return e
}

// confs are the settings kept of an environment: names, or prefixes that end in a point.
var confs = []string{
	"spark.master", "spark.submit.deployMode", "spark.app.id", "spark.task.", "spark.executor.cores",
	"spark.executor.instances", "spark.executor.memory", "spark.executor.memoryOverhead",
	"spark.executor.memoryOverheadFactor", "spark.executor.pyspark.memory", "spark.cores.max",
	"spark.driver.cores", "spark.driver.memory", "spark.driver.memoryOverhead", "spark.driver.maxResultSize",
	"spark.memory.", "spark.default.parallelism", "spark.scheduler.", "spark.dynamicAllocation.",
	"spark.shuffle.service.enabled", "spark.speculation", "spark.locality.", "spark.serializer",
	"spark.io.compression.codec", "spark.sql.shuffle.partitions", "spark.sql.adaptive.",
	"spark.sql.autoBroadcastJoinThreshold", "spark.sql.files.", "spark.sql.session.timeZone",
	"spark.sql.execution.arrow.",
}

func wanted(conf []byte) bool {
	for _, c := range confs {
		if string(conf) == c || strings.HasSuffix(c, ".") && len(conf) > len(c) && string(conf[:len(c)]) == c {
			return true
		}
	}
	return false
}

type environment struct{ env Environment }

func parseEnvironment(c *cursor, _ *parser) event {
	e := &environment{Environment{Confs: map[string]string{}}}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "JVM Information":
			for ok := c.object(); ok; {
				switch k := c.key(); string(k) {
				case "Java Version":
					e.env.Java = c.text()
				case "Scala Version":
					e.env.Scala = strings.TrimPrefix(c.text(), "version ")
				default:
					if ok = k != nil; ok {
						c.skip()
					}
				}
			}
		case "Spark Properties":
			e.properties(c)
		default:
			c.skip()
		}
	}
	return e
}

// properties reads an object of settings, or, as some versions write it, an array of pairs.
func (e *environment) properties(c *cursor) {
	if c.peek() == '[' {
		c.array()
		for c.element() {
			if !c.array() {
				continue
			}
			if c.element() {
				e.property(c, c.rawString(), c.element())
			}
			for c.element() {
				c.skip()
			}
		}
		return
	}
	if !c.object() {
		return
	}
	for k := c.key(); k != nil; k = c.key() {
		e.property(c, k, true)
	}
}

func (e *environment) property(c *cursor, name []byte, has bool) {
	switch {
	case !has:
	case wanted(name):
		e.env.Confs[string(name)] = clip(c.text(), 200)
	default:
		c.skip()
	}
}

type executorAdded struct {
	id, host string
	cores    int
	time     int64
}

func parseExecutorAdded(c *cursor, p *parser) event {
	e := &executorAdded{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Timestamp":
			e.time = c.time()
		case "Executor ID":
			e.id = p.intern(c.rawString())
		case "Executor Info":
			if !c.object() {
				continue
			}
			for k := c.key(); k != nil; k = c.key() {
				switch string(k) {
				case "Host":
					e.host = c.text()
				case "Total Cores":
					e.cores = int(c.amount())
				default:
					c.skip()
				}
			}
		default:
			c.skip()
		}
	}
	return e
}

type executorRemoved struct {
	id, reason string
	time       int64
}

func parseExecutorRemoved(c *cursor, p *parser) event {
	e := &executorRemoved{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Timestamp":
			e.time = c.time()
		case "Executor ID":
			e.id = p.intern(c.rawString())
		case "Removed Reason":
			e.reason = clip(c.text(), 300)
		default:
			c.skip()
		}
	}
	return e
}

type blockManager struct {
	executor string
	memory   int64
}

func parseBlockManager(c *cursor, p *parser) event {
	e := &blockManager{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Block Manager ID":
			if !c.object() {
				continue
			}
			for k := c.key(); k != nil; k = c.key() {
				if string(k) == "Executor ID" {
					e.executor = p.intern(c.rawString())
				} else {
					c.skip()
				}
			}
		case "Maximum Memory":
			e.memory = c.amount()
		default:
			c.skip()
		}
	}
	return e
}

// stageMetrics are the peaks of an executor during a stage, where Spark was told to log them.
type stageMetrics struct {
	executor      string
	heap, unified int64
}

func parseStageMetrics(c *cursor, p *parser) event {
	e := &stageMetrics{}
	for k := c.key(); k != nil; k = c.key() {
		switch string(k) {
		case "Executor ID":
			e.executor = p.intern(c.rawString())
		case "Executor Metrics":
			e.heap, e.unified = executorMetrics(c)
		default:
			c.skip()
		}
	}
	return e
}
