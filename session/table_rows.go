package session

// This file refuses DELETE, UPDATE and MERGE as Spark does: its tables of files take none of them.

import (
	"context"

	"shoal/fault"
	"shoal/plan"
)

func (s *Session) changeRows(ctx context.Context, c *plan.ChangeRows) (*table, error) {
	if _, err := s.Analyze(ctx, c.Query); err != nil {
		return nil, err
	}
	t, ok := s.shown(c.Name)
	if !ok {
		return nil, fault.Unsupported("%s of what is no table", c.What)
	}
	err := fault.New("UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", plan.QuoteParts(t.Qualified()), "operation", c.What)
	if c.What != "DELETE" {
		err.Kind = fault.UnsupportedOperation // Spark notices when it plans them
	}
	return nil, err
}
