package catalog

// This file keeps the databases and tables that all sessions share: the shelf.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/store"
)

// Stored is a table of Shoal's own. It is not changed once registered: a changed table is another
// value with the same ID.
type Stored struct {
	ID          string
	Database    string
	Name        string
	Columns     plan.Struct `json:"-"` // the partition columns last
	Schema      string      // Columns in JSON
	PartitionBy []string
	Format      string
	Options     map[string]string // keys as written
	Location    string            // absolute
	External    bool              // the files stay when the table goes
	Comment     *string
	Properties  map[string]string
	Created     time.Time
}

// Qualified is the table's full name.
func (t *Stored) Qualified() []string { return []string{SparkCatalog, t.Database, t.Name} }

// Kind is MANAGED or EXTERNAL.
func (t *Stored) Kind() string {
	if t.External {
		return "EXTERNAL"
	}
	return "MANAGED"
}

// Database is a database.
type Database struct {
	Name       string
	Comment    string
	Location   string // absolute
	Properties map[string]string
}

// The kinds of items in the store.
const (
	itemDatabase = "database"
	itemTable    = "table"
	itemSwap     = "swap"
	itemStage    = "stage" // a folder beside a plain path: see exchange.go
	// itemPublished is a table's name that an attached Spark's catalog has been given.
	itemPublished = "published"
)

// shelf is what is known of databases and tables, as in the store.
type shelf struct {
	store *store.Store // nil: what is kept ends with the process

	mu        sync.RWMutex
	databases map[string]*Database
	tables    map[string]*Stored
	published map[string]bool // tables' names
	views     map[string]*StoredView
	functions map[string]*Function
	version   atomic.Int64 // counts changes

	files tableFiles
}

// tableKey names a table in the shelf.
func tableKey(database, name string) string { return fold(database) + "." + fold(name) }

// Keep takes over what the store has and keeps there what changes from then on. Changes of files
// that were cut short are completed.
func (c *Catalog) Keep(ctx context.Context, st *store.Store) error {
	items, err := st.Items(ctx)
	if err != nil {
		return err
	}
	c.shelf.mu.Lock()
	c.shelf.store = st
	var swaps, stages []store.Item
	for _, i := range items {
		switch i.Kind {
		case itemDatabase:
			d := &Database{}
			if err := json.Unmarshal(i.Payload, d); err != nil {
				return fmt.Errorf("database %s: %w", i.Key, err)
			}
			c.shelf.databases[i.Key] = d
		case itemTable:
			t, err := readTable(i.Payload)
			if err != nil {
				return fmt.Errorf("table %s: %w", i.Key, err)
			}
			c.shelf.tables[i.Key] = t
		case itemView:
			v, err := readView(i.Payload)
			if err != nil {
				return fmt.Errorf("view %s: %w", i.Key, err)
			}
			c.shelf.views[i.Key] = v
		case itemFunction:
			f, err := ReadFunction(i.Payload)
			if err != nil {
				return fmt.Errorf("function %s: %w", i.Key, err)
			}
			c.shelf.functions[i.Key] = f
		case itemSwap:
			swaps = append(swaps, i)
		case itemStage:
			stages = append(stages, i)
		case itemPublished:
			c.shelf.published[i.Key] = true
		}
	}
	c.shelf.mu.Unlock()
	for _, i := range stages {
		if err := c.discard(ctx, i); err != nil {
			return err
		}
	}
	return c.recover(ctx, swaps)
}

func readTable(payload []byte) (*Stored, error) {
	t := &Stored{}
	if err := json.Unmarshal(payload, t); err != nil {
		return nil, err
	}
	columns, err := typejson.Parse(t.Schema)
	if err != nil {
		return nil, err
	}
	s, ok := columns.(plan.Struct)
	if !ok {
		return nil, fmt.Errorf("the schema is a %s", columns)
	}
	t.Columns = s
	return t, nil
}

// item is a table as the store keeps it; nil means that it is gone.
func tableItem(key string, t *Stored) (store.Item, error) {
	i := store.Item{Kind: itemTable, Key: key}
	if t == nil {
		return i, nil
	}
	c := *t
	c.Schema = typejson.Format(t.Columns)
	var err error
	i.Payload, err = json.Marshal(&c)
	return i, err
}

func (s *shelf) change(ctx context.Context, items ...store.Item) error {
	return s.changeBy(ctx, store.Doer{}, items...)
}

func (s *shelf) changeBy(ctx context.Context, by store.Doer, items ...store.Item) error {
	s.version.Add(1)
	if s.store == nil {
		return nil
	}
	return s.store.ChangeItems(ctx, by, items...)
}

// Stored finds a table of a database.
func (c *Catalog) Stored(database, name string) (*Stored, bool) {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	t, ok := c.shelf.tables[tableKey(database, name)]
	return t, ok
}

// StoredIn lists the tables of a database.
func (c *Catalog) StoredIn(database string) map[string]*Stored {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return inDatabase(c.shelf.tables, database)
}

// inDatabase picks what a database holds of all, by the name in it.
func inDatabase[V any](all map[string]V, database string) map[string]V {
	out := map[string]V{}
	for key, v := range all {
		if name, ok := strings.CutPrefix(key, tableKey(database, "")); ok {
			out[name] = v
		}
	}
	return out
}

// Owns tells whether there is any table, view or function.
func (c *Catalog) Owns() bool {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return len(c.shelf.tables)+len(c.shelf.views)+len(c.shelf.functions) > 0
}

// HasGlobal tells whether there is any global temporary view.
func (c *Catalog) HasGlobal() bool {
	c.globalMu.RLock()
	defer c.globalMu.RUnlock()
	return len(c.global) > 0
}

// Database finds a database.
func (c *Catalog) Database(name string) (*Database, bool) {
	if fold(name) == DefaultDatabase {
		return &Database{Name: DefaultDatabase, Comment: "default database", Location: c.options.Warehouse}, true
	}
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	d, ok := c.shelf.databases[fold(name)]
	return d, ok
}

// databaseNames lists all databases.
func (c *Catalog) databaseNames() []string {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	names := []string{DefaultDatabase}
	for d := range maps.Keys(c.shelf.databases) {
		names = append(names, d)
	}
	return names
}

// CreateDatabase adds a database; one without a Location lives in the warehouse.
func (c *Catalog) CreateDatabase(ctx context.Context, d *Database) error {
	if d.Location == "" {
		d.Location = filepath.Join(c.options.Warehouse, fold(d.Name)+".db")
	}
	payload, err := json.Marshal(d)
	if err != nil {
		return err
	}
	if _, exists := c.Database(d.Name); exists {
		return fault.New("SCHEMA_ALREADY_EXISTS", "schemaName", plan.Quote(d.Name))
	}
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if err := c.shelf.change(ctx, store.Item{Kind: itemDatabase, Key: fold(d.Name), Payload: payload}); err != nil {
		return err
	}
	c.shelf.databases[fold(d.Name)] = d
	return nil
}

// ChangeDatabase puts now in the place of was, of the same name.
func (c *Catalog) ChangeDatabase(ctx context.Context, was, now *Database) error {
	payload, err := json.Marshal(now)
	if err != nil {
		return err
	}
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if c.shelf.databases[fold(was.Name)] != was {
		return NoDatabase(was.Name)
	}
	if err := c.shelf.change(ctx, store.Item{Kind: itemDatabase, Key: fold(now.Name), Payload: payload}); err != nil {
		return err
	}
	c.shelf.databases[fold(now.Name)] = now
	return nil
}

// DropDatabase removes a database that holds nothing.
func (c *Catalog) DropDatabase(ctx context.Context, name string) error {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	held := len(inDatabase(c.shelf.tables, name)) + len(inDatabase(c.shelf.views, name)) + len(inDatabase(c.shelf.functions, name))
	if held > 0 {
		return fault.New("SCHEMA_NOT_EMPTY", "schemaName", plan.Quote(name))
	}
	if err := c.shelf.change(ctx, store.Item{Kind: itemDatabase, Key: fold(name)}); err != nil {
		return err
	}
	if d := c.shelf.databases[fold(name)]; d != nil {
		os.Remove(d.Location) // unless something is in it
	}
	delete(c.shelf.databases, fold(name))
	return nil
}

// DefaultLocation is where a table of that name lives unless it says otherwise.
func (c *Catalog) DefaultLocation(database, name string) string {
	d, ok := c.Database(database)
	if !ok {
		return ""
	}
	return filepath.Join(d.Location, fold(name))
}

// ScanStored lists a table's files. A table whose folder is not there has none.
func (c *Catalog) ScanStored(ctx context.Context, t *Stored, options map[string]string, s plan.Settings) (*plan.Scan, error) {
	f, ok := formats[t.Format]
	if !ok {
		return nil, unknownFormat(t.Format)
	}
	read := &plan.Read{Format: t.Format, Paths: []string{t.Location}, Options: map[string]string{}, Schema: &t.Columns}
	for key, value := range t.Options {
		read.Options[fold(key)] = value
	}
	maps.Copy(read.Options, options)
	delete(read.Options, "path")
	if err := f.check(read); err != nil {
		return nil, err
	}
	q := &query{c: c, ctx: ctx, read: read, settings: s, format: f, table: t}
	return q.scan()
}
