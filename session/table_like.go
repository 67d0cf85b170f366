package session

// This file makes tables like others: CREATE TABLE ... LIKE.

import (
	"context"
	"slices"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// createLike makes a table with the columns, partitions, format and options of another, or with the columns of a view.
func (s *Session) createLike(ctx context.Context, c *plan.CreateTable) error {
	source, err := s.likeSource(ctx, c.Like)
	if err != nil {
		return err
	}
	t, err := s.newTable(c.Name)
	if err != nil {
		return err
	}
	_, isTable := s.room.Catalog.Stored(t.Database, t.Name)
	_, isView := s.room.Catalog.StoredView(t.Database, t.Name)
	if isTable || isView {
		if c.IfNotExists {
			return nil
		}
		return fault.New("TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.QuoteParts([]string{t.Database, t.Name}))
	}
	if t.Format = c.Format; t.Format == "" {
		t.Format = source.Format
	}
	t.Properties, t.PartitionBy = c.Properties, slices.Clone(source.PartitionBy)
	t.Columns.Fields = slices.Clone(source.Columns.Fields)
	if err := s.located(t, c.Location, source.Options, false); err != nil {
		return err
	}
	return s.register(ctx, t)
}

// likeSource is what a table is to be like.
func (s *Session) likeSource(ctx context.Context, name []string) (*catalog.Stored, error) {
	if t, ok := s.shown(name); ok {
		return t, nil
	}
	_, temporary := s.names.View(name)
	if _, stored := s.names.StoredView(name); !temporary && !stored {
		return nil, fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(s.qualified(name)))
	}
	resolved, err := s.Analyze(ctx, &plan.Table{Name: name})
	if err != nil {
		return nil, err
	}
	t := &catalog.Stored{}
	for _, c := range plan.Output(resolved) {
		if !c.Nullable {
			return nil, fault.Unsupported("CREATE TABLE ... LIKE a view with columns that are NOT NULL")
		}
		t.Columns.Fields = append(t.Columns.Fields, plan.Field{Name: c.Name, Type: c.Type, Nullable: true, Metadata: c.Metadata})
	}
	return t, nil
}
