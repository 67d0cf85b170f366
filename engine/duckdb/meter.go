package duckdb

// This file measures how much memory a query needs. DuckDB counts what an instance holds, not who holds it: so only a query that
// runs alone in its instance is told, and only one that takes long enough to be looked at more than once.

import "sync"

// fewLooks are not enough to tell a peak.
const fewLooks = 3

// neededSQL is what queries hold in an instance, in memory and on disk. The rest is kept for the next ones, and given up when there is
// no room.
const neededSQL = `SELECT sum(memory_usage_bytes + temporary_storage_bytes)::BIGINT FROM duckdb_memory()
	WHERE tag NOT IN ('BASE_TABLE', 'EXTERNAL_FILE_CACHE', 'IN_MEMORY_TABLE', 'METADATA', 'OBJECT_CACHE')`

// meter knows which queries run in an instance.
type meter struct {
	mu      sync.Mutex
	running map[*need]struct{}
}

// need is what was seen of one query.
type need struct {
	beside bool // another one ran at the same time
	looks  int
	peak   int64 // bytes
}

func (m *meter) begin() *need {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := &need{beside: len(m.running) > 0}
	for other := range m.running {
		other.beside = true
	}
	if m.running == nil {
		m.running = map[*need]struct{}{}
	}
	m.running[r] = struct{}{}
	return r
}

// end tells how much the query needed, in bytes; 0: nobody knows.
func (m *meter) end(r *need) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.running, r)
	if r.beside || r.looks < fewLooks {
		return 0
	}
	return r.peak
}

func (m *meter) alone(r *need) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !r.beside
}

// look notes what a query holds now.
func (e *Engine) look(r *need) {
	if !e.meter.alone(r) {
		return
	}
	c, done, err := e.side()
	if err != nil {
		return // the engine ends
	}
	defer done()
	var held int64
	if c.numbers(neededSQL, &held) != nil {
		return
	}
	e.meter.mu.Lock()
	defer e.meter.mu.Unlock()
	r.looks++
	r.peak = max(r.peak, held)
}
