package spark

// This file brings tables of ours into the server's catalog, where the server's own engine reads their files.

import (
	"context"
	"fmt"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
)

// Publish gives the server's catalog a table of ours, unless it has the table as it is.
func (h *home) Publish(ctx context.Context, s engine.State, p engine.Publication) error {
	name := plan.QuoteParts(p.Name)
	if !h.e.Address.Near() {
		return fault.Unsupported("%s is a table of Shoal's own, whose files the attached Spark, on another machine, may not have", name)
	}
	has, err := h.ask(ctx, s, fmt.Sprintf("SHOW TBLPROPERTIES %s ('%s')", name, engine.MarkProperty), 1)
	switch {
	case hasClass(err, "TABLE_OR_VIEW_NOT_FOUND") || hasClass(err, "SCHEMA_NOT_FOUND"):
	case err != nil:
		return err
	case has == p.Mark:
		return nil
	case !isMark(has):
		return fault.Unsupported("%s is a table of Shoal's own, and another one of the attached Spark's: rename one of them", name)
	default:
		if err := h.drop(ctx, s, name); err != nil {
			return err
		}
	}
	_, err = h.ask(ctx, s, p.Create, 0)
	if hasClass(err, "TABLE_OR_VIEW_ALREADY_EXISTS") { // another session was faster
		return nil
	}
	return err
}

// PublishDatabase makes a database of that name.
func (h *home) PublishDatabase(ctx context.Context, s engine.State, name string) error {
	_, err := h.ask(ctx, s, "CREATE DATABASE IF NOT EXISTS "+plan.Quote(name), 0)
	return err
}

// markPrefix begins all marks: what Spark says where a table has no such property does not.
const markPrefix = "shoal:"

// isMark tells whether a property's value is the mark of a published table.
func isMark(value string) bool {
	return len(value) > len(markPrefix) && value[:len(markPrefix)] == markPrefix
}

// Withdraw drops a published table, whose files stay.
func (h *home) Withdraw(ctx context.Context, s engine.State, table []string) error {
	name := plan.QuoteParts(table)
	has, err := h.ask(ctx, s, fmt.Sprintf("SHOW TBLPROPERTIES %s ('%s')", name, engine.MarkProperty), 1)
	switch {
	case hasClass(err, "TABLE_OR_VIEW_NOT_FOUND") || hasClass(err, "SCHEMA_NOT_FOUND"):
		return nil
	case err != nil || !isMark(has):
		return err
	}
	return h.drop(ctx, s, name)
}

func (h *home) drop(ctx context.Context, s engine.State, name string) error {
	_, err := h.ask(ctx, s, "DROP TABLE IF EXISTS "+name, 0)
	return err
}

// Relist makes the home see a published table's files as they are now.
func (h *home) Relist(ctx context.Context, s engine.State, table []string, partitioned bool) error {
	statement := "REFRESH TABLE " + plan.QuoteParts(table)
	if partitioned {
		statement = "MSCK REPAIR TABLE " + plan.QuoteParts(table) + " SYNC PARTITIONS" // which refreshes, too
	}
	_, err := h.ask(ctx, s, statement, 0)
	return err
}
