package duckdb

// This file joins two instances: one for short queries, and one whose threads give way to it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
)

const (
	// heavyNice is the niceness of the threads that run heavy queries: the lowest priority there is, so that they have all
	// that short ones leave.
	heavyNice = 19
	// shortShare is the part of the memory, and of the disk, that short queries have.
	shortShare = 0.25
)

// Lanes is two instances of the engine, which share nothing but the files they read. A query runs in the short lane unless it is
// Heavy. It is safe for use by many goroutines.
type Lanes struct {
	short, heavy *Engine
}

// OpenLanes starts both instances. They divide opts.MemoryLimit and opts.SpillLimit.
func OpenLanes(opts Options) (*Lanes, error) {
	opts = opts.withDefaults()
	short, heavy := opts, opts
	short.MemoryLimit = int64(shortShare * float64(opts.MemoryLimit))
	heavy.MemoryLimit = opts.MemoryLimit - short.MemoryLimit
	short.SpillLimit = int64(shortShare * float64(opts.SpillLimit))
	heavy.SpillLimit = opts.SpillLimit - short.SpillLimit
	heavy.Nice = heavyNice
	if opts.TempDir != "" {
		short.TempDir, heavy.TempDir = filepath.Join(opts.TempDir, "short"), filepath.Join(opts.TempDir, "heavy")
		for _, dir := range []string{short.TempDir, heavy.TempDir} {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return nil, fmt.Errorf("spill directory: %w", err)
			}
		}
	}
	l := &Lanes{}
	var failed [2]error
	var opened sync.WaitGroup
	opened.Go(func() { l.short, failed[0] = Open(short) })
	opened.Go(func() { l.heavy, failed[1] = Open(heavy) })
	opened.Wait()
	if err := errors.Join(failed[:]...); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Name is the engine's name in logs and EXPLAIN.
func (l *Lanes) Name() string { return l.short.Name() }

// Accepts tells whether the query can be translated; Run will not translate it again.
func (l *Lanes) Accepts(q engine.Query) error { return l.short.Accepts(q) }

// Estimate guesses what the query costs in the heavy lane: what is short needs no more than the short one has.
func (l *Lanes) Estimate(q engine.Query) engine.Estimate { return l.heavy.Estimate(q) }

// Run runs the query in its lane.
func (l *Lanes) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	if !q.Heavy {
		return l.short.Run(ctx, q)
	}
	l.short.translations.move(q, &l.heavy.translations)
	return l.heavy.Run(ctx, q)
}

// Memory is how many bytes heavy queries may use, all together; 0 says that nobody set it.
func (l *Lanes) Memory() int64 { return l.heavy.opts.MemoryLimit }

// Check runs a trivial query in both lanes: an error means that one of them is of no more use.
func (l *Lanes) Check(ctx context.Context) error {
	return errors.Join(l.short.Check(ctx), l.heavy.Check(ctx))
}

// Close ends both instances.
func (l *Lanes) Close() error {
	var failed []error
	for _, e := range []*Engine{l.short, l.heavy} {
		if e != nil {
			failed = append(failed, e.Close())
		}
	}
	return errors.Join(failed...)
}

var _ engine.Engine = (*Lanes)(nil)
