package catalog

// This file keeps the views that all sessions share and a restart leaves: those CREATE VIEW makes.

import (
	"context"
	"encoding/json"
	"time"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/store"
)

// StoredView is a view of the shelf. It is not changed once registered.
type StoredView struct {
	Database, Name string
	Columns        plan.Struct `json:"-"` // as they were when the view was made
	Schema         string      // Columns in JSON
	Given          []string    // names the statement gives in parentheses, or nil
	QueryColumns   []string    // names of the query's columns
	Text           string      // the query
	Mode           string      // what happens when the query's schema changes: see the View modes
	Conf           map[string]string
	In             string // the database that was current
	Comment        *string
	Properties     map[string]string
	Created        time.Time
}

// The modes of a view, which say what becomes of it when its query's schema changes.
const (
	ViewBinding       = "BINDING"
	ViewCompensation  = "COMPENSATION"
	ViewTypeEvolution = "TYPE EVOLUTION"
	ViewEvolution     = "EVOLUTION"
)

const itemView = "view"

// Qualified is the view's full name.
func (v *StoredView) Qualified() []string { return []string{SparkCatalog, v.Database, v.Name} }

func readView(payload []byte) (*StoredView, error) {
	v := &StoredView{}
	if err := json.Unmarshal(payload, v); err != nil {
		return nil, err
	}
	columns, err := typejson.Parse(v.Schema)
	if err != nil {
		return nil, err
	}
	v.Columns, _ = columns.(plan.Struct)
	return v, nil
}

// StoredView finds a view of a database.
func (c *Catalog) StoredView(database, name string) (*StoredView, bool) {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	v, ok := c.shelf.views[tableKey(database, name)]
	return v, ok
}

// StoredView finds a view by its name, which may lack the database.
func (n *Names) StoredView(name []string) (*StoredView, bool) {
	database, view, ok := n.Full(name)
	if !ok {
		return nil, false
	}
	return n.c.StoredView(database, view)
}

// ViewsIn lists the views of a database.
func (c *Catalog) ViewsIn(database string) map[string]*StoredView {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return inDatabase(c.shelf.views, database)
}

// ChangeView puts now in the place of was; either may be nil. Both names must be in the same database.
func (c *Catalog) ChangeView(ctx context.Context, was, now *StoredView) error {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	var items []store.Item
	if was != nil {
		items = append(items, store.Item{Kind: itemView, Key: tableKey(was.Database, was.Name)})
	}
	if now != nil {
		key := tableKey(now.Database, now.Name)
		_, isTable := c.shelf.tables[key]
		_, isView := c.shelf.views[key]
		if isTable || isView && (was == nil || tableKey(was.Database, was.Name) != key) {
			return fault.New("TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.QuoteParts(now.Qualified()))
		}
		kept := *now
		kept.Schema = typejson.Format(now.Columns)
		payload, err := json.Marshal(&kept)
		if err != nil {
			return err
		}
		if was != nil && items[0].Key == key {
			items = nil
		}
		items = append(items, store.Item{Kind: itemView, Key: key, Payload: payload})
	}
	if err := c.shelf.change(ctx, items...); err != nil {
		return err
	}
	if was != nil {
		delete(c.shelf.views, tableKey(was.Database, was.Name))
	}
	if now != nil {
		c.shelf.views[tableKey(now.Database, now.Name)] = now
	}
	return nil
}
