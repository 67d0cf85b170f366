// Package duckdb is Shoal's inner engine: a thin driver on DuckDB's C interface that runs what
// package translate makes of a resolved plan, and streams Arrow batches with exactly the types
// Spark would send. Start reading at [Engine.Run]. The package knows neither clients nor sessions,
// and nothing of Spark's functions except those DuckDB lacks: the udf_*.go files.
//
// Extra abilities found by type assertion: Close() error, Check(context.Context) error.
package duckdb

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/translate"
	"shoal/fault"
)

// Options configure an engine. The zero value works: DuckDB's own limits, no spilling.
type Options struct {
	TempDir         string // where queries larger than memory spill; "" = they fail
	SpillLimit      int64  // bytes that may lie in TempDir; 0 = 90 % of what is free there
	MemoryLimit     int64  // bytes; 0 = 80 % of the machine's memory
	Threads         int    // 0 = as many as the process may use
	MaxConnections  int    // queries at once; more wait. 0 = 256
	IdleConnections int    // kept open. 0 = 16
	ExtensionDir    string // "" = no extensions are loaded from disk
	// Nice is the niceness (setpriority(2)) of all threads that compute; 0: that of the process.
	Nice int
	Log  *slog.Logger
}

func (o Options) withDefaults() Options {
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 256
	}
	if o.IdleConnections <= 0 {
		o.IdleConnections = 16
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// config lists DuckDB's settings. Nothing is ever fetched from the network: extensions are
// linked in or lie in ExtensionDir.
func (o Options) config() map[string]string {
	c := map[string]string{
		"threads":                      strconv.Itoa(o.Threads),
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"allow_community_extensions":   "false",
		"allow_persistent_secrets":     "false",
		"temp_directory":               o.TempDir,
	}
	if o.MemoryLimit > 0 {
		c["memory_limit"] = strconv.FormatInt(o.MemoryLimit>>10, 10) + "KiB"
	}
	if o.SpillLimit > 0 {
		c["max_temp_directory_size"] = strconv.FormatInt(o.SpillLimit>>10, 10) + "KiB"
	}
	if o.ExtensionDir != "" {
		c["extension_directory"] = o.ExtensionDir
	}
	return c
}

// Engine is one DuckDB instance, in memory: it holds no data of its own but what clients sent.
// It is safe for use by many goroutines. [Lanes] joins two of them.
type Engine struct {
	opts         Options
	db           bind.Database
	mem          memory.Allocator
	threads      threads
	stops        *stopFlags
	slots        chan struct{} // one per running query
	locals       locals
	made         made
	translations translations
	meter        meter

	mu     sync.Mutex
	idle   []*conn
	busy   map[*conn]struct{}
	closed bool
}

// Open starts an instance.
func Open(opts Options) (*Engine, error) {
	opts = opts.withDefaults()
	var cfg bind.Config
	if bind.CreateConfig(&cfg) != bind.StateSuccess {
		return nil, fmt.Errorf("duckdb: cannot make a configuration")
	}
	defer bind.DestroyConfig(&cfg)
	for k, v := range opts.config() {
		if bind.SetConfig(cfg, k, v) != bind.StateSuccess {
			return nil, fmt.Errorf("duckdb: bad setting %s = %q", k, v)
		}
	}
	e := &Engine{opts: opts, stops: newStopFlags(), mem: &pool{}, locals: locals{tables: map[string]*localTable{}}, slots: make(chan struct{}, opts.MaxConnections), busy: map[*conn]struct{}{}}
	e.threads.nice = opts.Nice
	var text string
	var state bind.State
	e.threads.do(func() { state = bind.OpenExt("", &e.db, cfg, &text) })
	if state != bind.StateSuccess {
		return nil, fmt.Errorf("duckdb: %s", text)
	}
	if err := e.prepare(); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

// prepare registers what the instance must know before the first query.
func (e *Engine) prepare() error {
	c, err := e.get(context.Background())
	if err != nil {
		return err
	}
	defer e.put(c)
	if err := c.register(udfs, e.stops); err != nil {
		return err
	}
	if err := c.registerReader(); err != nil {
		return err
	}
	return c.exec(instanceSettings + strings.Join(translate.Macros, ";\n"))
}

// instanceSettings are those only SQL can set. The footers of Parquet files are kept (a fifth off
// a point query on 49 row groups); DuckDB reads one again when its file has changed.
const instanceSettings = "SET GLOBAL parquet_metadata_cache = true;\n"

// Name is the engine's name in logs and EXPLAIN.
func (e *Engine) Name() string { return "duckdb" }

// Check runs a trivial query: an error means the instance is of no more use.
func (e *Engine) Check(ctx context.Context) error {
	c, err := e.get(ctx)
	if err != nil {
		return err
	}
	defer e.put(c)
	return c.exec("SELECT 1")
}

// closeGrace is how long Close waits for readers that were not released yet.
const closeGrace = 5 * time.Second

// Close interrupts what runs, waits a little for it to end, and frees the instance.
func (e *Engine) Close() error {
	e.mu.Lock()
	e.closed = true
	idle := e.idle
	e.idle = nil
	e.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
	for deadline := time.Now().Add(closeGrace); e.interruptAll() > 0; {
		if time.Now().After(deadline) {
			return fmt.Errorf("duckdb: close: %d queries still run", e.interruptAll())
		}
		<-time.After(time.Millisecond)
	}
	bind.Close(&e.db)
	e.stops.self.Delete()
	e.threads.close()
	return nil
}

func (e *Engine) interruptAll() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	for c := range e.busy {
		c.interrupt()
	}
	return len(e.busy)
}

// errClosed is what a query gets from an engine that shuts down.
func errClosed() error { return fault.Internalf("the engine is shutting down") }
