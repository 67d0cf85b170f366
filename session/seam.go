package session

import (
	"context"

	"shoal/fault"
	"shoal/plan"
)

// TEMPORARY: writes come next.

func (s *Session) writeFiles(ctx context.Context, c *plan.WriteFiles, q Query, acc *account) (*table, error) {
	return nil, fault.Unsupported("no writes yet")
}
