package catalog

// This file keeps the names a session knows: its views, its current database, the views all share.

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"shoal/fault"
	"shoal/plan"
)

// The names every Spark session starts with.
const (
	SparkCatalog    = "spark_catalog"
	DefaultDatabase = "default"
	GlobalTemp      = "global_temp" // the database of views that all sessions share
)

// View is a temporary view. It is not changed once registered.
type View struct {
	Name     []string
	Columns  []string      // names given in parentheses, else nil
	Comments []string      // parallel to Columns, or nil
	Query    plan.Relation // unresolved
	Settings plan.Settings // as they were when the view was made
	Text     string        // the query's SQL, "" from DataFrame code
	Global   bool
	There    bool   // an attached server has the global view, too
	Database string // that was current when the view was made, "" is the one where it is used
	// Scope holds what the names in Query mean; nil: what they mean where the view is used, as for
	// views made by SQL.
	Scope *Names
}

// Table is a line of SHOW TABLES.
type Table struct {
	Namespace []string // empty for a session's own view
	Name      string
	Temporary bool
	View      bool
}

// Names are one session's names. Safe for concurrent use.
type Names struct {
	c         *Catalog
	mu        sync.RWMutex
	views     map[string]*View
	database  string
	variables map[string]*Variable
	// functions are the ones that only an attached server has; they hide Spark's own.
	functions map[string]bool
	written   map[string]*Function // temporary ones, in SQL
}

// NewNames starts a session in the database default.
func NewNames(c *Catalog) *Names {
	return &Names{c: c, views: map[string]*View{}, database: DefaultDatabase}
}

// Clone copies a session's names for another one.
func (n *Names) Clone() *Names {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return &Names{c: n.c, views: maps.Clone(n.views), database: n.database, variables: maps.Clone(n.variables), functions: maps.Clone(n.functions), written: maps.Clone(n.written)}
}

// In is n as it is with another current database.
func (n *Names) In(database string) *Names {
	if database == "" || database == n.Database() {
		return n
	}
	out := n.Clone()
	out.database = fold(database)
	return out
}

// Shared is what names mean that are neither temporary nor the session's own.
func (n *Names) Shared(database string) *Names {
	return &Names{c: n.c, views: map[string]*View{}, database: fold(database)}
}

func fold(s string) string { return strings.ToLower(s) }

// View finds a view by its name: v, or global_temp.v. Case does not matter.
func (n *Names) View(name []string) (*View, bool) {
	switch {
	case len(name) == 1:
		n.mu.RLock()
		defer n.mu.RUnlock()
		v, ok := n.views[fold(name[0])]
		return v, ok
	case len(name) == 2 && fold(name[0]) == GlobalTemp:
		n.c.globalMu.RLock()
		defer n.c.globalMu.RUnlock()
		v, ok := n.c.global[fold(name[1])]
		return v, ok
	default:
		return nil, false
	}
}

// SetView registers a view under the last part of its name.
func (n *Names) SetView(v *View, replace bool) error {
	name := v.Name[len(v.Name)-1]
	views, mu := n.views, &n.mu
	if v.Global {
		views, mu = n.c.global, &n.c.globalMu
	}
	mu.Lock()
	defer mu.Unlock()
	if _, exists := views[fold(name)]; exists && !replace {
		return fault.New("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.Quote(name))
	}
	views[fold(name)] = v
	return nil
}

// DropView removes a view, and tells whether there was one.
func (n *Names) DropView(name string, global bool) bool {
	views, mu := n.views, &n.mu
	if global {
		views, mu = n.c.global, &n.c.globalMu
	}
	mu.Lock()
	defer mu.Unlock()
	_, existed := views[fold(name)]
	delete(views, fold(name))
	return existed
}

// Full completes a table's name with the current database; ok is false for the name of another catalog.
func (n *Names) Full(name []string) (database, table string, ok bool) {
	switch {
	case len(name) == 1:
		return n.Database(), name[0], true
	case len(name) == 2:
		return name[0], name[1], true
	case len(name) == 3 && fold(name[0]) == SparkCatalog:
		return name[1], name[2], true
	}
	return "", "", false
}

// Stored finds one of Shoal's own tables by name.
func (n *Names) Stored(name []string) (*Stored, bool) {
	database, table, ok := n.Full(name)
	if !ok {
		return nil, false
	}
	return n.c.Stored(database, table)
}

// Scan lists a table's files: see [Catalog.ScanStored].
func (n *Names) Scan(ctx context.Context, t *Stored, options map[string]string, s plan.Settings) (*plan.Scan, error) {
	return n.c.ScanStored(ctx, t, options, s)
}

// Database is the current database, Catalog the current catalog.
func (n *Names) Database() string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.database
}

// Catalog is the current catalog: there is one.
func (n *Names) Catalog() string { return SparkCatalog }

// Use makes a database current: db, or spark_catalog.db.
func (n *Names) Use(name []string) error {
	db := name[len(name)-1]
	if len(name) > 2 || len(name) == 2 && fold(name[0]) != SparkCatalog {
		return fault.New("SCHEMA_NOT_FOUND", "schemaName", plan.QuoteParts(name))
	}
	if fold(db) == GlobalTemp {
		return fault.New("_LEGACY_ERROR_TEMP_1068", "database", GlobalTemp)
	}
	if err := n.checkDatabase(db); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.database = fold(db)
	return nil
}

// Enter makes a database current that an attached server has.
func (n *Names) Enter(database string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.database = fold(database)
}

// SetFunction notes that the session has a function of its own on an attached server, or no more.
func (n *Names) SetFunction(name string, there bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.functions == nil {
		n.functions = map[string]bool{}
	}
	n.functions[fold(name)] = there
}

// HasFunction tells whether the session has a function of that name on an attached server.
func (n *Names) HasFunction(name string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.functions[fold(name)]
}

// UseCatalog makes a catalog current.
func (n *Names) UseCatalog(name string) error {
	if fold(name) == SparkCatalog {
		return nil
	}
	return fault.New("CATALOG_NOT_FOUND", "catalogName", plan.Quote(name), "config", `"spark.sql.catalog.`+name+`"`)
}

// HasDatabase tells whether a database exists.
func (n *Names) HasDatabase(name string) bool {
	_, ok := n.c.Database(name)
	return ok || fold(name) == GlobalTemp
}

func (n *Names) checkDatabase(name string) error {
	if !n.HasDatabase(name) {
		return NoDatabase(name)
	}
	return nil
}

// NoDatabase says that the catalog has no database of that name; one of several parts is no database's.
func NoDatabase(name ...string) error {
	return fault.New("SCHEMA_NOT_FOUND", "schemaName", plan.QuoteParts(append([]string{SparkCatalog}, name...)))
}

// Databases lists the databases whose name matches, as SHOW DATABASES does.
func (n *Names) Databases(pattern string) []string { return Filter(n.c.databaseNames(), pattern) }

// Tables lists the tables and views of a database ("" is the current one) as SHOW TABLES does: the
// session's own views belong to each.
func (n *Names) Tables(database, pattern string) ([]Table, error) {
	if database == "" {
		database = n.Database()
	}
	if err := n.checkDatabase(database); err != nil {
		return nil, err
	}
	var out []Table
	if fold(database) == GlobalTemp {
		n.c.globalMu.RLock()
		names := slices.Collect(maps.Keys(n.c.global))
		n.c.globalMu.RUnlock()
		for _, name := range Filter(names, pattern) {
			out = append(out, Table{Namespace: []string{GlobalTemp}, Name: name, Temporary: true, View: true})
		}
	}
	stored := slices.Collect(maps.Keys(n.c.StoredIn(database)))
	views := n.c.ViewsIn(database)
	for _, name := range Filter(slices.AppendSeq(stored, maps.Keys(views)), pattern) {
		out = append(out, Table{Namespace: []string{fold(database)}, Name: name, View: views[name] != nil})
	}
	n.mu.RLock()
	names := slices.Collect(maps.Keys(n.views))
	n.mu.RUnlock()
	for _, name := range Filter(names, pattern) {
		out = append(out, Table{Name: name, Temporary: true, View: true})
	}
	return out, nil
}

// Filter keeps the names a SHOW pattern matches, sorted: * is any text, | parts alternatives, case
// does not matter; "" is all.
func Filter(names []string, pattern string) []string {
	names = slices.Sorted(slices.Values(names))
	if pattern == "" {
		return names
	}
	var out []string
	for alternative := range strings.SplitSeq(strings.TrimSpace(pattern), "|") {
		re, err := regexp.Compile(`(?i)\A(?:` + strings.ReplaceAll(alternative, "*", ".*") + `)\z`)
		if err != nil {
			continue // as Spark: a malformed pattern matches nothing
		}
		for _, n := range names {
			if re.MatchString(n) && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return slices.Sorted(slices.Values(out))
}
