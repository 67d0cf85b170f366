package session

// This file answers the calls of spark.catalog that make and mend tables.

import (
	"context"
	"strings"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/sparksql"
)

// makesTable tells the calls that make a table, and answer with it.
func makesTable(c *plan.CatalogQuery) bool {
	return c.Op == "create_table" || c.Op == "create_external_table"
}

// createByCall is spark.catalog.createTable: it gives the table.
func (s *Session) createByCall(ctx context.Context, call *plan.CatalogQuery) (plan.Relation, error) {
	name, err := sparksql.ParseName(call.Args["table_name"])
	if err != nil {
		return nil, err
	}
	c := &plan.CreateTable{Name: name, Format: strings.ToLower(call.Args["source"]), Options: map[string]string{}}
	if text, ok := call.Args["schema"]; ok {
		t, err := typejson.Parse(text)
		if err != nil {
			return nil, err
		}
		schema, ok := t.(plan.Struct)
		if !ok {
			return nil, fault.BadPlan("a table's schema is a %s", t)
		}
		c.Columns = schema.Fields
	}
	if text := call.Args["description"]; text != "" {
		c.Comment = &text
	}
	for key, value := range call.Args {
		if option, ok := strings.CutPrefix(key, "options."); ok {
			c.Options[option] = value
		}
	}
	if path := call.Args["path"]; path != "" {
		c.Options["path"] = path
	}
	if _, err := s.createTable(ctx, c, Query{}, nil); err != nil {
		return nil, err
	}
	return &plan.Table{Common: call.Common, Name: name}, nil
}

// recoverPartitions is spark.catalog.recoverPartitions: the partitions are what the folders say, always.
func (s *Session) recoverPartitions(c *plan.CatalogQuery) (*table, error) {
	name, err := s.nameArg(c)
	if err != nil {
		return nil, err
	}
	t, err := s.ownTable(name, c.Pos, "recoverPartitions()")
	if err != nil {
		return nil, err
	}
	if len(t.PartitionBy) == 0 {
		return nil, fault.Unsupported("recoverPartitions of a table without partitions")
	}
	return done(nil)
}
