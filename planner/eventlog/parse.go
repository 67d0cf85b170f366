// This file holds the way from a line to an event.

package eventlog

import "bytes"

// An event is what one line tells. It keeps nothing of the line's memory.
type event interface{ apply(*builder) }

// parsers says which events are read; the others are counted and passed over.
var parsers = map[string]func(*cursor, *parser) event{
	"SparkListenerTaskStart":            parseTaskStart,
	"SparkListenerTaskEnd":              parseTaskEnd,
	"SparkListenerStageSubmitted":       parseStage,
	"SparkListenerStageCompleted":       parseStage,
	"SparkListenerStageExecutorMetrics": parseStageMetrics,
	"SparkListenerJobStart":             parseJobStart,
	"SparkListenerJobEnd":               parseJobEnd,
	"SparkListenerLogStart":             parseLogStart,
	"SparkListenerApplicationStart":     parseAppStart,
	"SparkListenerApplicationEnd":       parseAppEnd,
	"SparkListenerEnvironmentUpdate":    parseEnvironment,
	"SparkListenerExecutorAdded":        parseExecutorAdded,
	"SparkListenerExecutorRemoved":      parseExecutorRemoved,
	"SparkListenerBlockManagerAdded":    parseBlockManager,
	sqlEvents + "SQLExecutionStart":     parseSQLStart,
	sqlEvents + "SQLExecutionEnd":       parseSQLEnd,
}

const sqlEvents = "org.apache.spark.sql.execution.ui.SparkListener"

// A parser turns lines into events. It is used by one goroutine.
type parser struct {
	names map[string]string // by their bytes in the log
	texts map[string]string // by themselves
	slab  []taskEnd         // ends of tasks are made in blocks: there are millions of them
}

func newParser() *parser { return &parser{names: map[string]string{}, texts: map[string]string{}} }

func (p *parser) newTaskEnd() *taskEnd {
	if len(p.slab) == 0 {
		p.slab = make([]taskEnd, 128)
	}
	e := &p.slab[0]
	p.slab = p.slab[1:]
	return e
}

// maxNames bounds the strings that a parser keeps to share them.
const maxNames = 1 << 16

// intern returns one string for equal bytes. It forgets all when a foreign log brings too many.
func (p *parser) intern(raw []byte) string {
	if s, ok := p.names[string(raw)]; ok {
		return s
	}
	if len(p.names) >= maxNames {
		clear(p.names)
	}
	s := unescape(raw)
	p.names[string(raw)] = s
	return s
}

// label reads a string value that many events repeat, at most n bytes of it.
func (p *parser) label(c *cursor, n int) string {
	raw := c.rawString()
	if s, ok := p.names[string(raw)]; ok {
		return s
	}
	if len(raw) <= n {
		return p.intern(raw)
	}
	return p.same(clip(unescape(raw), n))
}

// same returns one string for equal ones, so that what is kept of many events shares its memory.
func (p *parser) same(s string) string {
	if kept, ok := p.texts[s]; ok {
		return kept
	}
	if len(p.texts) >= maxNames {
		clear(p.texts)
	}
	p.texts[s] = s
	return s
}

// A verdict says what a line was.
type verdict int

const (
	read    verdict = iota // an event, returned
	ignored                // an event that is not needed
	blank
	notJSON    // no JSON object, or one that breaks off
	notAnEvent // a JSON object, but no Spark event
)

var eventPrefix = []byte(`{"Event":"`)

// line reads one line of a log.
func (p *parser) line(b []byte) (event, verdict) {
	c := &cursor{b: b}
	switch c.peek() {
	case 0:
		return nil, blank
	case '{':
	default:
		return nil, notJSON
	}
	name := eventName(b)
	if name == nil {
		if c.skip(); c.bad {
			return nil, notJSON
		}
		return nil, notAnEvent
	}
	parse := parsers[string(name)]
	if parse == nil {
		return nil, ignored
	}
	c.i++ // the brace
	e := parse(c, p)
	if c.bad || c.peek() != 0 {
		return nil, notJSON
	}
	return e, read
}

// eventName finds the kind of event. Spark writes it first; others may have sorted the keys.
func eventName(b []byte) []byte {
	if rest, ok := bytes.CutPrefix(b, eventPrefix); ok {
		if end := bytes.IndexByte(rest, '"'); end >= 0 {
			return rest[:end]
		}
		return nil
	}
	c := &cursor{b: b}
	if !c.object() {
		return nil
	}
	for k := c.key(); k != nil; k = c.key() {
		if string(k) == "Event" {
			return c.rawString()
		}
		c.skip()
	}
	return nil
}

// clip shortens a text to at most n bytes, at a rune's border, and copies it.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return string([]byte(s[:n])) + "…"
}
