package catalog

// This file remembers which tables an attached Spark's catalog was told of, so that it is told of their end, too.

import (
	"context"
	"maps"
	"slices"
	"strings"

	"shoal/store"
)

// Version is another number when what the shelf holds may be something else: ask for it before what it is about.
func (c *Catalog) Version() int64 { return c.shelf.version.Load() }

// All lists the tables by name, and the databases but the first.
func (c *Catalog) All() (tables []*Stored, databases []string) {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(c.shelf.tables)) {
		tables = append(tables, c.shelf.tables[key])
	}
	return tables, slices.Sorted(maps.Keys(c.shelf.databases))
}

// Publishing notes that a Spark's catalog is about to be told of a table.
func (c *Catalog) Publishing(ctx context.Context, t *Stored) error {
	key := tableKey(t.Database, t.Name)
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if c.shelf.published[key] {
		return nil
	}
	if err := c.shelf.change(ctx, store.Item{Kind: itemPublished, Key: key, Payload: []byte{}}); err != nil {
		return err
	}
	c.shelf.published[key] = true
	return nil
}

// Withdrawn notes that a Spark's catalog does not have a ghost any more.
func (c *Catalog) Withdrawn(ctx context.Context, ghost []string) error {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	key := tableKey(ghost[1], ghost[2])
	delete(c.shelf.published, key)
	return c.shelf.change(ctx, store.Item{Kind: itemPublished, Key: key})
}

// IsGhost tells whether a full name was published and is no table any more.
func (c *Catalog) IsGhost(name []string) bool {
	if len(name) != 3 || fold(name[0]) != SparkCatalog {
		return false
	}
	key := tableKey(name[1], name[2])
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return c.shelf.published[key] && c.shelf.tables[key] == nil
}

// Ghosts are the full names that were published and are no tables any more.
func (c *Catalog) Ghosts() (names [][]string) {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	for key := range c.shelf.published {
		if c.shelf.tables[key] == nil {
			database, table, _ := strings.Cut(key, ".")
			names = append(names, []string{SparkCatalog, database, table})
		}
	}
	return names
}
