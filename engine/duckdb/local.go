package duckdb

// This file makes tables of the data clients send with a query. The tables are ordinary ones of
// the in-memory instance, named by their content, so that all connections share them and a
// DataFrame that is used ten times is loaded once; a temporary view gives one the name by which
// the translated SQL reads it.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/ipc"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/engine/duckdb/translate"
	"shoal/fault"
	"shoal/plan"
)

// localBytes is how much client data stays loaded when no query reads it.
const localBytes = 256 << 20

// locals is the cache of client data.
type locals struct {
	mu     sync.Mutex
	tables map[string]*localTable
	clock  int64
	bytes  int
}

type localTable struct {
	name  string
	size  int
	users int
	used  int64         // clock at the last use
	ready chan struct{} // closed once it is loaded, or failed with err
	err   error
}

// loadLocals makes the tables the query reads and names them on the connection. The caller calls
// release when the query has ended.
func (e *Engine) loadLocals(ctx context.Context, c *conn, list []translate.Local) (release func(), err error) {
	var held []*localTable
	release = func() {
		for _, t := range held {
			e.locals.leave(t)
		}
		e.dropLocals()
	}
	for _, l := range list {
		t, err := e.local(ctx, l.Data)
		if err != nil {
			release()
			return nil, err
		}
		held = append(held, t)
		if c.views[l.Name] == t.name {
			continue
		}
		if err := c.exec("CREATE OR REPLACE TEMP VIEW " + l.Name + " AS FROM memory.main." + t.name); err != nil {
			release()
			return nil, err
		}
		c.views[l.Name] = t.name
	}
	return release, nil
}

// local gives the table of some data, loading it if need be; the caller leaves it later.
func (e *Engine) local(ctx context.Context, data *plan.LocalData) (*localTable, error) {
	types, err := physicalTypes(data)
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	hash.Write([]byte(types))
	hash.Write(data.Arrow)
	name := "shoal_data_" + hex.EncodeToString(hash.Sum(nil)[:16])
	t, fresh := e.locals.enter(name, len(data.Arrow))
	if fresh {
		go func() { // it goes on for others when this query is cancelled
			t.err = e.load(name, types, data)
			close(t.ready)
			e.locals.leave(t)
		}()
	}
	select {
	case <-t.ready:
	case <-ctx.Done():
		e.locals.leave(t)
		return nil, context.Cause(ctx)
	}
	if t.err != nil {
		e.locals.leave(t)
		return nil, t.err
	}
	return t, nil
}

// physicalTypes is the column list of the table.
func physicalTypes(data *plan.LocalData) (string, error) {
	cols := make([]string, len(data.Out))
	for i, c := range data.Out {
		typ, err := translate.Physical(c.Type)
		if err != nil {
			return "", err
		}
		cols[i] = fmt.Sprintf("c%d %s", i, typ)
	}
	return strings.Join(cols, ", "), nil
}

// enter adds a user to a table's entry; fresh means that the caller must have it loaded, and leave
// once more after that.
func (l *locals) enter(name string, size int) (t *localTable, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok := l.tables[name]
	if !ok {
		t = &localTable{name: name, size: size, ready: make(chan struct{})}
		l.tables[name] = t
		l.bytes += size
	}
	l.clock++
	t.used = l.clock
	t.users++
	if !ok {
		t.users++ // who loads it
	}
	return t, !ok
}

func (l *locals) leave(t *localTable) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.users--
}

// dropLocals drops what failed to load, and the least recently used tables above the bound.
func (e *Engine) dropLocals() {
	for {
		t := e.locals.victim()
		if t == nil {
			return
		}
		c, done, err := e.side()
		if err != nil {
			return
		}
		if err := c.exec("DROP TABLE IF EXISTS memory.main." + t.name); err != nil {
			e.opts.Log.Warn("client data stays loaded", "err", err)
		}
		done()
	}
}

// victim takes a table without users out of the cache.
func (l *locals) victim() *localTable {
	l.mu.Lock()
	defer l.mu.Unlock()
	var oldest *localTable
	for _, t := range l.tables {
		if t.users == 0 && (t.err != nil || l.bytes > localBytes) && (oldest == nil || t.used < oldest.used) {
			oldest = t
		}
	}
	if oldest != nil {
		delete(l.tables, oldest.name)
		l.bytes -= oldest.size
	}
	return oldest
}

// load makes one table and fills it, on a connection of its own: the query's may be in use.
func (e *Engine) load(name, types string, data *plan.LocalData) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	c, done, err := e.side()
	if err != nil {
		return err
	}
	defer done()
	if types == "" {
		return fault.Unsupported("a local relation without columns")
	}
	if err := c.exec("CREATE TABLE memory.main." + name + "(" + types + ")"); err != nil {
		return err
	}
	if len(data.Arrow) == 0 {
		return nil // createDataFrame([], schema): no rows, and no stream either
	}
	if len(data.Arrow) == 0 { // a schema only
		return nil
	}
	r, err := ipc.NewReader(bytes.NewReader(data.Arrow), ipc.WithAllocator(e.mem))
	if err != nil {
		return fault.Internalf("the client's Arrow data: %v", err)
	}
	defer r.Release()
	if n := r.Schema().NumFields(); n != len(data.Out) {
		return fault.Internalf("the client's Arrow data has %d columns instead of %d", n, len(data.Out))
	}
	var app bind.Appender
	if bind.AppenderCreateExt(c.c, "memory", "main", name, &app) != bind.StateSuccess {
		return fault.Internalf("duckdb: %s", bind.AppenderError(app))
	}
	defer bind.AppenderDestroy(&app)
	a := newAppender(app, data)
	defer a.close()
	for r.Next() {
		if err := a.append(r.RecordBatch()); err != nil {
			return err
		}
	}
	if r.Err() != nil {
		return fault.Internalf("the client's Arrow data: %v", r.Err())
	}
	if bind.AppenderClose(app) != bind.StateSuccess {
		return fault.Internalf("duckdb: %s", bind.AppenderError(app))
	}
	return nil
}
