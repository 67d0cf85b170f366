package session

// This file corrects what queries are expected to take by what such queries took of late, and charges users so.

import (
	"math/bits"

	"shoal/engine"
)

// costs has what queries of a shape took here, in CPU seconds. An engine measures the time of its threads, and a thread that
// waits for a core counts, too: one query takes several times what its twin takes, by chance. Users are charged with the average,
// or who had bad luck once would wait for it; and all with the same one, or chance would order those who ask the same.
type costs struct{ shapes }

// corrected is an estimate after the experience with such queries.
func (c *costs) corrected(acc *account, e engine.Estimate) engine.Estimate {
	acc.costKey = costKey(acc.q.fingerprint, e)
	mean, ok := c.settled(acc.costKey)
	if !ok || e.CPUSeconds <= shortSeconds && mean > shortSeconds && mean < muchLonger*shortSeconds {
		return e // on a busy machine all take longer, and the short ones are still short
	}
	e.Latency *= mean / e.CPUSeconds
	e.CPUSeconds = mean
	return e
}

// costKey is what the cost of a query is remembered under: its fingerprint, and the magnitude of what its constants make of that.
// It is 0 where nothing is known of the query.
func costKey(fingerprint uint64, e engine.Estimate) uint64 {
	if fingerprint == 0 {
		return 0
	}
	return mix(fingerprint, uint64(bits.Len64(uint64(e.CPUSeconds*1e6))))
}

// charged is what a user is charged for a query that took so much: what such queries take, if that was measured.
func (a *account) charged(cpuSeconds float64, measured bool) float64 {
	if !measured || a.costKey == 0 {
		return cpuSeconds
	}
	c := &a.s.room.costs
	c.add(a.costKey, cpuSeconds)
	mean, _ := c.settled(a.costKey)
	return mean
}
