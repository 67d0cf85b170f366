package session

// This file has operations end before their time: because they take too long. Who else may stop them does it with [Session.Interrupt] and [Registry.Kill].

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"shoal/fault"
)

// ConfQueryTimeout is how long an operation may take, from its request to its last response; waiting for its turn counts.
const ConfQueryTimeout = "shoal.queryTimeout"

// The range of [ConfQueryTimeout]. What is to run without a limit has none set.
const (
	leastTimeout = time.Second
	mostTimeout  = 24 * time.Hour
)

// timeoutUnits are Spark's, of times in confs.
var timeoutUnits = map[string]time.Duration{
	"us": time.Microsecond, "ms": time.Millisecond, "": time.Second, "s": time.Second,
	"m": time.Minute, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// duration is a number with a unit, which is seconds where it has none.
var duration = regexp.MustCompile(`^([0-9]{1,9}) ?([a-z]*)$`)

// parseTimeout reads a value of [ConfQueryTimeout].
func parseTimeout(text string) (time.Duration, error) {
	m := duration.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		unit, known := timeoutUnits[m[2]]
		if d := time.Duration(n) * unit; known && n <= int64(mostTimeout/unit) && d >= leastTimeout {
			return d, nil
		}
	}
	return 0, fault.New("INVALID_CONF_VALUE.REQUIREMENT", "confName", ConfQueryTimeout, "confValue", text,
		"confRequirement", "It is a time from 1s to 24h, such as 30s or 10m; RESET "+ConfQueryTimeout+" takes it away.")
}

// limit ends an operation that takes too long; the function it gives says that it has ended.
func (s *Session) limit(op *Operation) (ended func() bool) {
	text, defined, _ := s.Conf().Lookup(ConfQueryTimeout)
	after, err := parseTimeout(text)
	if !defined || err != nil { // it was checked when it was set
		return func() bool { return true }
	}
	return time.AfterFunc(after, func() {
		op.interrupt(fault.New("SPARK_JOB_CANCELLED", "jobId", op.ID, "reason", "because it took longer than "+ConfQueryTimeout+" allows: "+text))
	}).Stop
}

// commits is called when a write has all its rows and begins to put them in place: from then on nobody can stop it, so that what
// its user is told is what has happened.
func (s *Session) commits(ctx context.Context, q Query) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if op, err := s.Operation(q.ID); err == nil {
		return op.seal()
	}
	return nil
}
