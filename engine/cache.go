package engine

// This file keeps answers, and gives them again where nothing has changed that they depend on.

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/arrow/util"

	"shoal/plan"
)

// Cache keeps the last answers of engines. An answer is that of a resolved plan, constants and all, under the settings of its
// session, over files in the states in which they were listed: the plan has those, and a file that has changed has another
// state. So whoever asks has resolved the plan, with all that a user may see and reach, and listed the files, just before.
// Random plans, and those that tell the time, are not kept. It is safe for concurrent use.
type Cache struct {
	limit     int64
	unchanged func(plan.File) bool

	mu    sync.Mutex
	known map[answerKey]*list.Element
	order *list.List // of *answer; the one used last comes first
	usage CacheUsage
}

// CacheUsage is what a cache holds and has done.
type CacheUsage struct {
	Kept, Bytes           int64
	Hits, Misses, Evicted int64 // since the server began; queries whose answers may not be kept do not count
}

const (
	// largestShare is the part of the cache that one answer may take.
	largestShare = 8
	// entryBytes is what an answer takes besides its rows, about.
	entryBytes = 1 << 10
)

// NewCache makes a cache of so many bytes. unchanged tells whether a file is for certain what it was when it was listed.
func NewCache(limit int64, unchanged func(plan.File) bool) *Cache {
	return &Cache{limit: limit, unchanged: unchanged, known: map[answerKey]*list.Element{}, order: list.New()}
}

// Reuse is what a query has that may be answered by an answer that was given before, and have its own kept.
type Reuse struct {
	sum   [sha256.Size]byte
	files []plan.File
}

// reusable is nil for a query whose answer may be another one next time, and for one of files that may change unseen.
func reusable(q Query) *Reuse {
	if q.Plan == nil || q.Settings.Set == nil {
		return nil
	}
	digest := plan.DigestOf(q.Plan)
	if !digest.Fixed {
		return nil
	}
	for _, f := range digest.Files {
		if f.State.Changed == 0 || !f.State.Settled {
			return nil
		}
	}
	h := sha256.New()
	h.Write(digest.Sum[:])
	flags := []byte{0, 0}
	for i, set := range []bool{q.Settings.ANSI, q.Settings.CaseSensitive} {
		if set {
			flags[i] = 1
		}
	}
	h.Write(flags)
	for _, text := range append([]string{q.Settings.TimeZone}, q.Settings.Set()...) {
		h.Write(binary.AppendUvarint(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	r := &Reuse{files: digest.Files}
	h.Sum(r.sum[:0])
	return r
}

// answerKey is equal for queries of which one's answer is the other's.
type answerKey struct {
	engine string
	sum    [sha256.Size]byte
}

// answer is a whole one, in memory of its own.
type answer struct {
	key     answerKey
	schema  *arrow.Schema
	batches []arrow.RecordBatch
	bytes   int64
}

// Over is an engine whose answers are kept. Queries without Reuse pass by.
func (c *Cache) Over(e Engine) Engine { return &caching{Engine: e, cache: c} }

// Usage tells what the cache holds and has done.
func (c *Cache) Usage() CacheUsage {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.usage
}

// Clear forgets all answers, and tells how many bytes they had.
func (c *Cache) Clear() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	held := c.usage.Bytes
	clear(c.known)
	c.order.Init()
	c.usage.Kept, c.usage.Bytes = 0, 0
	return held
}

// find gives an answer, or nil.
func (c *Cache) find(key answerKey, schema *arrow.Schema) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.known[key]
	if !ok || !at.Value.(*answer).schema.Equal(schema) {
		c.usage.Misses++
		return nil
	}
	c.usage.Hits++
	c.order.MoveToFront(at)
	return at.Value.(*answer)
}

// keep takes an answer in, and drops those that were used longest ago.
func (c *Cache) keep(a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, ok := c.known[a.key]; ok { // who asked at the same time was faster
		c.drop(at)
	}
	c.known[a.key] = c.order.PushFront(a)
	c.usage.Kept++
	c.usage.Bytes += a.bytes
	for c.usage.Bytes > c.limit {
		c.drop(c.order.Back())
		c.usage.Evicted++
	}
}

// drop is for who holds the lock.
func (c *Cache) drop(at *list.Element) {
	a := c.order.Remove(at).(*answer)
	delete(c.known, a.key)
	c.usage.Kept--
	c.usage.Bytes -= a.bytes
}

// caching is an engine whose answers are kept.
type caching struct {
	Engine
	cache *Cache
}

// Known gives the answer of a query that was answered before; nil: it must run.
func (e *caching) Known(q Query) array.RecordReader {
	if q.Reuse == nil {
		return nil
	}
	a := e.cache.find(answerKey{e.Name(), q.Reuse.sum}, q.Schema)
	if a == nil {
		return nil
	}
	rows, err := array.NewRecordReader(a.schema, a.batches)
	if err != nil { // the batches are not of the schema: a defect, which costs time only
		return nil
	}
	return rows
}

// Knower is what an engine may be besides: one that has answers at hand.
type Knower interface {
	// Known gives the rows of a query's answer, or nil. It is never an old one.
	Known(q Query) array.RecordReader
}

// Known gives the answer of a query that one of the engines has given before, and which one. Without one the query is to be
// Picked for; what it gives may be kept then.
func (r *Router) Known(q *Query) (array.RecordReader, string) {
	want, _ := q.Settings.Get(ConfEngine)
	for _, e := range r.Engines {
		k, ok := e.(Knower)
		if ok && q.Reuse == nil {
			q.Reuse = reusable(*q)
		}
		if q.Reuse == nil || !ok || want != "" && !strings.EqualFold(want, "auto") && !strings.EqualFold(want, e.Name()) {
			continue
		}
		if rows := k.Known(*q); rows != nil {
			return rows, e.Name()
		}
	}
	return nil, ""
}

// Run runs the query, and keeps its answer if it may be kept and is small enough.
func (e *caching) Run(ctx context.Context, q Query) (array.RecordReader, error) {
	rows, err := e.Engine.Run(ctx, q)
	if err != nil || q.Reuse == nil {
		return rows, err
	}
	a := &answer{key: answerKey{e.Name(), q.Reuse.sum}, schema: q.Schema, bytes: entryBytes}
	return &keeping{RecordReader: rows, cache: e.cache, answer: a, files: q.Reuse.files}, nil
}

// keeping are the rows of an answer on its way that is copied meanwhile. What is cancelled, fails or is not read to its end
// is not kept.
type keeping struct {
	array.RecordReader
	cache  *Cache
	answer *answer // nil: it is not to be kept, or was
	files  []plan.File
}

// Next moves to the next batch.
func (k *keeping) Next() bool {
	if k.RecordReader.Next() {
		k.copy(k.RecordBatch())
		return true
	}
	if a := k.answer; a != nil && k.Err() == nil && k.stillThere() {
		k.cache.keep(a)
	}
	k.answer = nil
	return false
}

// stillThere looks at the files again: what changed while they were read may be half in the answer.
func (k *keeping) stillThere() bool {
	for _, f := range k.files {
		if !k.cache.unchanged(f) {
			return false
		}
	}
	return true
}

// copy adds a batch to what is kept. The engine uses its memory again.
func (k *keeping) copy(b arrow.RecordBatch) {
	if k.answer == nil {
		return
	}
	columns := make([]arrow.Array, b.NumCols())
	for i := range columns {
		var err error
		if columns[i], err = array.Concatenate([]arrow.Array{b.Column(i)}, memory.DefaultAllocator); err != nil {
			k.answer = nil
			return
		}
	}
	kept := array.NewRecordBatch(k.answer.schema, columns, b.NumRows())
	k.answer.bytes += util.TotalRecordSize(kept)
	if k.answer.bytes > k.cache.limit/largestShare {
		k.answer = nil
		return
	}
	k.answer.batches = append(k.answer.batches, kept)
}

// Usage is what the engine says of the query.
func (k *keeping) Usage() Usage {
	if m, ok := k.RecordReader.(Metered); ok {
		return m.Usage()
	}
	return Usage{}
}
