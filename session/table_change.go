package session

// This file drops and alters tables and databases of Shoal's own.

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// dropTable is DROP TABLE; it drops a temporary view of that name, too, as Spark does.
func (s *Session) dropTable(ctx context.Context, c *plan.DropTable) (*table, error) {
	if dropped, err := s.dropTemp(ctx, c.Name, false); dropped || err != nil {
		return nothing(), err
	}
	t, ok := s.names.Stored(c.Name)
	if v, isView := s.names.StoredView(c.Name); isView {
		return nil, fault.New("WRONG_COMMAND_FOR_OBJECT_TYPE", "operation", "DROP TABLE", "requiredType", "EXTERNAL or MANAGED",
			"foundType", "VIEW", "objectName", strings.Join(v.Qualified(), "."), "alternative", "DROP VIEW")
	}
	if !ok {
		missing := fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(s.qualified(c.Name))).At(c.NamePos)
		if where, _ := s.place(); c.IfExists && where == here {
			return nothing(), nil
		}
		return nil, missing
	}
	return nothing(), s.drop(ctx, t)
}

// qualified completes a name with the current database.
func (s *Session) qualified(name []string) []string {
	if database, table, ok := s.names.Full(name); ok {
		return []string{catalog.SparkCatalog, database, table}
	}
	return name
}

// drop removes a table, with its files if they are its own.
func (s *Session) drop(ctx context.Context, t *catalog.Stored) error {
	change := catalog.Change{Was: t}
	if !t.External {
		change.Replaces = func(string) bool { return true }
	}
	if err := s.room.Catalog.Change(ctx, change); err != nil || t.External {
		return err
	}
	os.Remove(t.Location) // if nobody reads it
	return nil
}

// truncateTable is TRUNCATE TABLE.
func (s *Session) truncateTable(ctx context.Context, c *plan.TruncateTable) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "TRUNCATE TABLE")
	switch {
	case err != nil:
		return nil, err
	case len(c.Partition) > 0:
		return nil, fault.Unsupported("TRUNCATE TABLE with PARTITION")
	case t.External:
		return nil, fault.New("_LEGACY_ERROR_TEMP_1266", "tableIdentWithDB", plan.QuoteParts(t.Qualified()))
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: t, Replaces: func(string) bool { return true }})
}

// addColumns is ALTER TABLE ... ADD COLUMNS.
func (s *Session) addColumns(ctx context.Context, c *plan.AddColumns) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... ADD COLUMNS")
	if err != nil {
		return nil, err
	}
	if t.Format == "text" {
		return nil, fault.Unsupported("ADD COLUMNS to a table of text")
	}
	now := *t
	at := len(t.Columns.Fields) - len(t.PartitionBy)
	now.Columns.Fields = slices.Insert(slices.Clone(t.Columns.Fields), at, c.Columns...)
	if err := s.finish(&now); err != nil {
		return nil, err
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}

// setProperties is ALTER TABLE ... SET and UNSET TBLPROPERTIES.
func (s *Session) setProperties(ctx context.Context, c *plan.SetProperties) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... SET TBLPROPERTIES")
	if err != nil {
		return nil, err
	}
	now := *t
	if now.Properties = maps.Clone(t.Properties); now.Properties == nil {
		now.Properties = map[string]string{}
	}
	for key, value := range c.Set {
		if key == "comment" {
			now.Comment = &value
			continue
		}
		now.Properties[key] = value
	}
	for _, key := range c.Unset {
		delete(now.Properties, key)
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}

// renameTable is ALTER TABLE ... RENAME TO.
func (s *Session) renameTable(ctx context.Context, c *plan.RenameTable) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... RENAME TO")
	if err != nil {
		return nil, err
	}
	to, err := s.newTable(c.To)
	if err != nil {
		return nil, err
	}
	if len(c.To) == 1 {
		to.Database = t.Database
	}
	if to.Database != t.Database {
		return nil, fault.Unsupported("ALTER TABLE ... RENAME TO another schema")
	}
	return nothing(), s.room.Catalog.Rename(ctx, t, to.Name)
}

// createDatabase is CREATE DATABASE.
func (s *Session) createDatabase(ctx context.Context, c *plan.CreateDatabase) (*table, error) {
	if err := s.tablesElsewhere("CREATE DATABASE"); err != nil {
		return nil, err
	}
	name, err := databaseName(c.Name)
	if err != nil {
		return nil, err
	}
	if c.IfNotExists && s.names.HasDatabase(name) {
		return nothing(), nil
	}
	d := &catalog.Database{Name: strings.ToLower(name), Comment: c.Comment, Properties: c.Properties}
	if c.Location != "" {
		if d.Location, err = s.room.Catalog.Resolve(c.Location); err != nil {
			return nil, err
		}
	}
	return nothing(), s.room.Catalog.CreateDatabase(ctx, d)
}

// databaseName is the schema that a statement about one names.
func databaseName(name []string) (string, error) {
	if len(name) == 2 && strings.EqualFold(name[0], catalog.SparkCatalog) {
		name = name[1:]
	}
	if len(name) != 1 {
		return "", fault.New("REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", catalog.SparkCatalog, "namespace", plan.QuoteParts(name))
	}
	if !plainName.MatchString(name[0]) {
		return "", fault.New("INVALID_SCHEMA_OR_RELATION_NAME", "name", plan.Quote(name[0]))
	}
	return name[0], nil
}

// dropDatabase is DROP DATABASE.
func (s *Session) dropDatabase(ctx context.Context, c *plan.DropDatabase) (*table, error) {
	name, err := databaseName(c.Name)
	if err != nil {
		return nil, err
	}
	_, exists := s.room.Catalog.Database(name)
	where, _ := s.place()
	switch {
	case !exists && c.IfExists && where == here:
		return nothing(), nil
	case !exists:
		return nil, fault.New("SCHEMA_NOT_FOUND", "schemaName", plan.QuoteParts([]string{catalog.SparkCatalog, name}))
	case strings.EqualFold(name, catalog.DefaultDatabase):
		return nil, fault.New("UNSUPPORTED_FEATURE.DROP_DATABASE", "database", plan.QuoteParts([]string{catalog.SparkCatalog, name}))
	}
	if c.Cascade {
		var all error
		for _, t := range s.room.Catalog.StoredIn(name) {
			all = errors.Join(all, s.drop(ctx, t))
		}
		for _, v := range s.room.Catalog.ViewsIn(name) {
			all = errors.Join(all, s.room.Catalog.ChangeView(ctx, v, nil))
		}
		for _, f := range s.room.Catalog.FunctionsIn(name) {
			all = errors.Join(all, s.room.Catalog.ChangeFunction(ctx, f, nil))
		}
		if all != nil {
			return nil, all
		}
	}
	return nothing(), s.room.Catalog.DropDatabase(ctx, name)
}
