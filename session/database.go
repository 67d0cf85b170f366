package session

// This file makes, alters and drops databases of Shoal's own.

import (
	"context"
	"errors"
	"maps"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

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
		return nil, catalog.NoDatabase(name)
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

// alterDatabase is ALTER DATABASE, and COMMENT ON DATABASE.
func (s *Session) alterDatabase(ctx context.Context, c *plan.AlterDatabase) (*table, error) {
	name, err := databaseName(c.Name)
	if err != nil {
		return nil, err
	}
	was, exists := s.room.Catalog.Database(name)
	switch {
	case !exists:
		return nil, catalog.NoDatabase(name)
	case strings.EqualFold(name, catalog.DefaultDatabase):
		return nil, fault.Unsupported("changes of the default database")
	}
	now := *was
	set := maps.Clone(c.Set)
	if comment, ok := set["comment"]; ok {
		now.Comment = comment
		delete(set, "comment")
	}
	now.Properties = withProperties(was.Properties, set, c.Unset)
	if c.Location != nil {
		if *c.Location == "" {
			return nil, fault.New("INVALID_EMPTY_LOCATION", "location", "")
		}
		if now.Location, err = s.room.Catalog.Resolve(*c.Location); err != nil {
			return nil, err
		}
	}
	return nothing(), s.room.Catalog.ChangeDatabase(ctx, was, &now)
}
