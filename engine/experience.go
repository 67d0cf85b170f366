package engine

// This file remembers what queries took, and corrects by it what such queries are expected to take.

import (
	"encoding/binary"
	"hash/fnv"
	"math/bits"
	"slices"
	"sync"
)

const (
	maxKnown   = 8192 // kinds of queries that are remembered; when there are more, some go at random
	maxRecent  = 16   // runs of a kind
	percentile = 0.9
	fewRuns    = 0.4  // how much less one run tells than many
	settles    = 0.25 // how far an average may be from the settled one
)

// Took is what a query took on an engine.
type Took struct {
	Latency    float64 // seconds, without waits, and without the part of those that ran beside it
	CPUSeconds float64 // 0: not known
	PeakMemory int64   // bytes; 0: not known
	Failed     bool    // for lack of memory
}

// Experience has what queries took of late, by engine and by what they ask for (Key). The zero value knows nothing. It is safe
// for concurrent use.
//
// An engine measures the CPU time of its threads, and a thread that waits for a core counts, too: one query takes several times
// what its twin takes, by chance. Users are charged with the average (Settled), or who had bad luck once would wait for it; and
// all with the same one, or chance would order those who ask the same. People wait for the slow runs as well as for the quick
// ones: a latency is expected to be no better than nine of ten (Expected).
type Experience struct {
	mu    sync.Mutex
	known map[kind]*recent
}

// kind is what runs are remembered by.
type kind struct {
	engine string
	key    uint64
}

// recent is a ring of the last runs.
type recent struct {
	runs    [maxRecent]Took
	n       int     // how many there ever were
	settled float64 // an average of their CPU seconds
}

// Key is what the cost of a query is remembered under: its fingerprint, and the magnitude of what its constants make of that. It
// is 0, for nothing, where the fingerprint is: nothing is known of the query then.
func Key(fingerprint uint64, magnitude float64) uint64 {
	if fingerprint == 0 {
		return 0
	}
	return Mix(fingerprint, uint64(bits.Len64(uint64(magnitude))))
}

// Mix makes one key of several.
func Mix(keys ...uint64) uint64 {
	h := fnv.New64a()
	for _, k := range keys {
		h.Write(binary.LittleEndian.AppendUint64(nil, k))
	}
	return h.Sum64()
}

// Add notes what a query took on an engine.
func (x *Experience) Add(engine string, key uint64, took Took) {
	if key == 0 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	k := kind{engine, key}
	r := x.known[k]
	if r == nil {
		if x.known == nil {
			x.known = map[kind]*recent{}
		}
		for other := range x.known {
			if len(x.known) < maxKnown {
				break
			}
			delete(x.known, other)
		}
		r = &recent{}
		x.known[k] = r
	}
	r.runs[r.n%maxRecent] = took
	r.n++
}

// Expected is what a query will take on an engine: nine of ten took no more of late. It has Failed if the last one did. runs is
// of how many runs that is known.
func (x *Experience) Expected(engine string, key uint64) (took Took, runs int) {
	last, failed := x.last(engine, key)
	if len(last) == 0 {
		return took, 0
	}
	latencies, memory := make([]float64, len(last)), make([]int64, len(last))
	for i, t := range last {
		latencies[i], memory[i] = t.Latency, t.PeakMemory
	}
	took.Latency, took.PeakMemory = most(latencies), most(memory)
	took.CPUSeconds, _ = x.Settled(engine, key)
	took.Failed = failed
	return took, len(last)
}

// most is the value that nine of ten do not exceed.
func most[T float64 | int64](values []T) T {
	slices.Sort(values)
	return values[int(percentile*float64(len(values)-1)+0.5)]
}

// Settled is how many CPU seconds such queries take, on average. It stays the same until the average has moved away from it.
func (x *Experience) Settled(engine string, key uint64) (cpuSeconds float64, known bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	r := x.known[kind{engine, key}]
	if r == nil {
		return 0, false
	}
	sum, n := 0.0, 0
	for _, t := range r.last() {
		if t.CPUSeconds > 0 {
			sum += t.CPUSeconds
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	if mean := sum / float64(n); mean > r.settled*(1+settles) || mean < r.settled*(1-settles) {
		r.settled = mean
	}
	return r.settled, true
}

// last are the recent runs of a kind; failed tells of the very last.
func (x *Experience) last(engine string, key uint64) (runs []Took, failed bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if r := x.known[kind{engine, key}]; r != nil {
		return slices.Clone(r.last()), r.runs[(r.n-1)%maxRecent].Failed
	}
	return nil, false
}

func (r *recent) last() []Took {
	last := r.runs[:min(r.n, maxRecent)]
	if r.n > 1 && r.n <= maxRecent {
		last = last[1:] // the first one found the engine cold
	}
	return last
}

// corrected is an estimate after the experience with such queries.
func (x *Experience) corrected(engine string, key uint64, e Estimate) Estimate {
	e.Guessed = e.CPUSeconds
	took, runs := x.Expected(engine, key)
	if runs == 0 {
		return e
	}
	e.Latency = took.Latency
	if took.CPUSeconds > 0 {
		e.CPUSeconds = took.CPUSeconds
	}
	if took.PeakMemory > 0 {
		e.PeakMemory = took.PeakMemory
	}
	e.Fails = took.Failed
	e.Confidence = max(e.Confidence, surely-fewRuns/float64(runs))
	return e
}
