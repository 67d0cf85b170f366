package main

// This file joins the rooms: the one place that knows them all.

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"shoal/catalog"
	"shoal/connect"
	"shoal/engine"
	"shoal/engine/duckdb"
	"shoal/engine/spark"
	"shoal/fault"
	"shoal/plan"
	"shoal/sched"
	"shoal/session"
	"shoal/store"
	"shoal/web"
)

// house is every room, joined. Close it when nothing runs any more.
type house struct {
	store    *store.Store
	history  *store.History // nil: nothing is remembered
	engine   *duckdb.Lanes
	memory   int64         // that queries may have, in bytes
	spill    string        // the folder of what they spill
	answers  *engine.Cache // nil: none are kept
	sched    *sched.Scheduler
	spark    *spark.Engine // nil: none is attached
	sessions *session.Registry
}

// open joins the rooms for a data directory.
func open(o serveCmd, log *slog.Logger) (_ *house, err error) {
	data, err := filepath.Abs(o.Data)
	if err != nil {
		return nil, err
	}
	h := &house{}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	if h.store, err = store.Open(data); err != nil {
		return nil, err
	}
	h.history = o.remembered(data, log)
	h.spill = filepath.Join(data, "spill")
	if err := os.MkdirAll(h.spill, 0o700); err != nil {
		return nil, fmt.Errorf("spill directory: %w", err)
	}
	var given bool
	if h.memory, given = parseMemory(o.MemoryLimit); !given {
		h.memory = memoryLimit()
	}
	h.engine, err = duckdb.OpenLanes(duckdb.Options{TempDir: h.spill, SpillLimit: freeDisk(h.spill) / 2, MemoryLimit: h.memory, Threads: o.Threads, Log: log})
	if err != nil {
		return nil, err
	}
	warehouse := filepath.Join(data, "warehouse")
	if err := os.MkdirAll(warehouse, 0o700); err != nil {
		return nil, fmt.Errorf("warehouse: %w", err)
	}
	files := catalog.New(catalog.Options{AllowedPaths: o.allowed(), DeniedPaths: []string{data}, Warehouse: warehouse})
	router := &engine.Router{Engines: []engine.Engine{h.remembering(o.cacheBytes(), files.Unchanged)}}
	attachCluster(&o, log)
	if o.Spark != "" {
		if h.spark, err = o.attach(log); err != nil {
			return nil, err
		}
		router.Remote = h.spark
	}
	limits := o.limits(h.engine.Memory())
	h.sched = sched.Start(limits)
	h.sessions, err = session.New(session.Options{
		Store:          h.store,
		Sched:          h.sched,
		UserOperations: o.userOperations(limits),
		Catalog:        files,
		Router:         router,
		Decode:         connect.DecodeJournalled,
		Log:            log,
		History:        h.history,
		SeesAll:        o.seesAll,
		Artifacts:      filepath.Join(data, "artifacts"),
		Conf:           o.Conf,
		Warehouse:      "file:" + warehouse,
		IdleTimeout:    o.SessionTimeout,
		DetachTimeout:  o.DetachTimeout,
	})
	return h, err
}

// seesAll tells whether a user may see what others do: without tokens all are one and the same.
func (c *serveCmd) seesAll(user string) bool {
	return c.TokenFile == "" || slices.Contains(c.Admin, user)
}

// remembered is the history in a data directory; nil for none.
func (c *serveCmd) remembered(data string, log *slog.Logger) *store.History {
	if c.History == 0 {
		return nil
	}
	return store.OpenHistory(store.HistoryOptions{Dir: data, Rows: c.History, Log: log})
}

// remembering is the inner engine, with a cache of its answers unless that has no room.
func (h *house) remembering(bytes int64, unchanged func(plan.File) bool) engine.Engine {
	if bytes <= 0 {
		return h.engine
	}
	h.answers = engine.NewCache(bytes, unchanged)
	return h.answers.Over(h.engine)
}

// relieve frees memory: that of the answers that are kept, or of the query that needs most.
func (h *house) relieve(held, most int64) string {
	if h.answers != nil && h.answers.Clear() > 0 {
		debug.FreeOSMemory()
		return ""
	}
	return h.sessions.Relieve(fault.OutOfMemory(held, most))
}

// answered tells what the cache of answers holds and has done.
func (h *house) answered() web.Answers {
	if h.answers == nil {
		return web.Answers{}
	}
	return web.Answers(h.answers.Usage())
}

// footprints tells what the lanes of the inner engine hold.
func (h *house) footprints(ctx context.Context) map[string]web.Footprint {
	all := map[string]web.Footprint{}
	for lane, f := range h.engine.Footprints(ctx) {
		all[lane] = web.Footprint(f)
	}
	return all
}

// close gives everything back, front to back.
func (h *house) close() error {
	var err error
	if h.sched != nil {
		h.sched.Close()
	}
	if h.spark != nil {
		err = h.spark.Close()
	}
	if h.engine != nil {
		if e := h.engine.Close(); err == nil {
			err = e
		}
	}
	if e := h.history.Close(); err == nil {
		err = e
	}
	if h.store != nil {
		if e := h.store.Close(); err == nil {
			err = e
		}
	}
	return err
}
