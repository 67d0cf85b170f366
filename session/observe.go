package session

// This file computes what a query observes.

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"shoal/analyze"
	"shoal/fault"
	"shoal/plan"
)

// Observation is what df.observe found: a batch of one row, which is nobody's beyond the call that is given it.
type Observation struct {
	Name   string
	PlanID int64
	Out    []*plan.Column
	Row    arrow.RecordBatch
}

// Observe computes what the query observes, and tells each. It is asked when the rows have been read.
func (r *Result) Observe(ctx context.Context, each func(Observation) error) error {
	for _, o := range r.acc.observed {
		if err := r.acc.s.observation(ctx, o, each); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) observation(ctx context.Context, o analyze.Observed, each func(Observation) error) error {
	q := Query{}
	result, err := s.execute(ctx, o.Metrics, s.Conf().Settings(), q, s.account(q))
	if err != nil {
		return err
	}
	defer result.rows.Release() // its account is not the client's
	for result.rows.Next() {
		if row := result.rows.RecordBatch(); row.NumRows() > 0 {
			return each(Observation{Name: o.Name, PlanID: o.PlanID.ID, Out: result.Out, Row: row})
		}
	}
	if err := result.rows.Err(); err != nil {
		return err
	}
	return fault.Internalf("an aggregate without keys gave no row")
}
