package catalog

// This file keeps functions written in SQL: those of the catalog, and the temporary ones of a session.

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/store"
)

// Function is a function written in SQL. It is not changed once registered.
type Function struct {
	Database string // "" is a temporary one's
	Name     string
	Params   []FunctionParam
	Table    bool
	// Returns is the type, of a table function the struct of its columns.
	Returns plan.Type `json:"-"`
	Type    string    // Returns in JSON
	Text    string    // the body
	Query   bool      // the body is a query
	Comment string
	Reads   bool // it may read tables
	Conf    map[string]string
	In      string // the database that was current
	Created time.Time
}

// FunctionParam is a parameter.
type FunctionParam struct {
	Name    string
	Type    plan.Type `json:"-"`
	JSON    string    // Type in JSON
	Default *string   // SQL
	Comment string
}

const itemFunction = "function"

// Qualified is the function's full name.
func (f *Function) Qualified() []string {
	if f.Database == "" {
		return []string{f.Name}
	}
	return []string{SparkCatalog, f.Database, f.Name}
}

// FormatFunction is a function as the store keeps it.
func FormatFunction(f *Function) ([]byte, error) {
	kept := *f
	kept.Type = typejson.Format(f.Returns)
	kept.Params = make([]FunctionParam, len(f.Params))
	for i, p := range f.Params {
		p.JSON = typejson.Format(p.Type)
		kept.Params[i] = p
	}
	return json.Marshal(&kept)
}

// ReadFunction reads what FormatFunction wrote.
func ReadFunction(payload []byte) (*Function, error) {
	f := &Function{}
	err := json.Unmarshal(payload, f)
	if err != nil {
		return nil, err
	}
	if f.Returns, err = typejson.Parse(f.Type); err != nil {
		return nil, err
	}
	for i := range f.Params {
		if f.Params[i].Type, err = typejson.Parse(f.Params[i].JSON); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// TempFunction finds a temporary function.
func (n *Names) TempFunction(name []string) (*Function, bool) {
	key, ok := sessionName(name)
	if !ok {
		return nil, false
	}
	n.mu.RLock()
	defer n.mu.RUnlock()
	f, ok := n.written[key]
	return f, ok
}

// SetTempFunction registers a temporary function; nil removes it.
func (n *Names) SetTempFunction(name string, f *Function) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if f == nil {
		delete(n.written, fold(name))
		return
	}
	if n.written == nil {
		n.written = map[string]*Function{}
	}
	n.written[fold(name)] = f
}

// StoredFunction finds a function of the catalog.
func (n *Names) StoredFunction(name []string) (*Function, bool) {
	database, function, ok := n.Full(name)
	if !ok {
		return nil, false
	}
	return n.c.Function(database, function)
}

// TempFunctions lists the session's temporary functions.
func (n *Names) TempFunctions() []string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return slices.Collect(maps.Keys(n.written))
}

// Function finds a function of a database.
func (c *Catalog) Function(database, name string) (*Function, bool) {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	f, ok := c.shelf.functions[tableKey(database, name)]
	return f, ok
}

// FunctionsIn lists the functions of a database.
func (c *Catalog) FunctionsIn(database string) map[string]*Function {
	c.shelf.mu.RLock()
	defer c.shelf.mu.RUnlock()
	return inDatabase(c.shelf.functions, database)
}

// ChangeFunction registers a function in the place of one of the same name; without now it removes was.
func (c *Catalog) ChangeFunction(ctx context.Context, was, now *Function) error {
	of := now
	if now == nil {
		of = was
	}
	item := store.Item{Kind: itemFunction, Key: tableKey(of.Database, of.Name)}
	var err error
	if now != nil {
		if item.Payload, err = FormatFunction(now); err != nil {
			return err
		}
	}
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	if there := c.shelf.functions[item.Key]; there != was {
		return fault.New("ROUTINE_ALREADY_EXISTS", "routineName", plan.QuoteParts(of.Qualified()), "newRoutineType", "routine", "existingRoutineType", "routine")
	}
	if err := c.shelf.change(ctx, item); err != nil {
		return err
	}
	if now == nil {
		delete(c.shelf.functions, item.Key)
	} else {
		c.shelf.functions[item.Key] = now
	}
	return nil
}

// Param finds a parameter by its name; -1 is none.
func (f *Function) Param(name string) int {
	for i, p := range f.Params {
		if fold(p.Name) == fold(name) {
			return i
		}
	}
	return -1
}
