package spark

// This file brings tables of ours into the server's catalog, where the server's own engine reads their files.

import (
	"context"
	"fmt"
	"strings"

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
	has, there, err := h.mark(ctx, s, name)
	switch {
	case err != nil || has == p.Mark:
		return err
	case there && !isMark(has):
		return fault.Unsupported("%s is a table of Shoal's own, and another one of the attached Spark's: rename one of them", name)
	case there:
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

// mark is the mark of a table, or what Spark says where a table has none; there tells whether there is a table.
func (h *home) mark(ctx context.Context, s engine.State, name string) (mark string, there bool, err error) {
	mark, err = h.ask(ctx, s, fmt.Sprintf("SHOW TBLPROPERTIES %s ('%s')", name, engine.MarkProperty), 1)
	if hasClass(err, "TABLE_OR_VIEW_NOT_FOUND") || hasClass(err, "SCHEMA_NOT_FOUND") {
		return "", false, nil
	}
	return mark, err == nil, err
}

// isMark tells whether a property's value is the mark of a published table.
func isMark(value string) bool {
	return strings.HasPrefix(value, engine.MarkPrefix) && value != engine.MarkPrefix
}

// Withdraw drops a published table, whose files stay.
func (h *home) Withdraw(ctx context.Context, s engine.State, table []string) error {
	name := plan.QuoteParts(table)
	has, there, err := h.mark(ctx, s, name)
	if err != nil || !there || !isMark(has) {
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
