package session

// This file sees to it that what must not run twice does not: the operation's id is kept with its
// beginning and its end, so that a request that is repeated after a restart is recognised.

import (
	"context"
	"errors"
	"time"

	"shoal/engine"
	"shoal/fault"
)

// operationGrace is how long operations are remembered that must not run twice.
const operationGrace = 24 * time.Hour

// executeOnce runs an operation of the attached Spark that must not run twice. One that is known
// already is answered as it was, or picked up where it is.
func (s *Session) executeOnce(ctx context.Context, q Query, x engine.Execution, send func(context.Context, engine.Message) error) error {
	known, found, err := s.room.Store.Operation(ctx, s.Key, q.ID)
	switch {
	case err != nil:
		return err
	case known.Committed:
		return q.Forward.Replay(ctx, known.Outcome)
	case !found:
		if err := s.room.Store.BeginOperation(ctx, s.Key, q.ID); err != nil {
			return err
		}
	}
	x.Resume = found
	err = s.home.Execute(ctx, s.state(), x, send)
	end := context.WithoutCancel(ctx)
	switch {
	case err == nil:
		return s.room.Store.CommitOperation(end, s.Key, q.ID, q.Forward.Outcome())
	case inDoubt(err):
		return err
	}
	return errors.Join(err, s.room.Store.ForgetOperation(end, s.Key, q.ID))
}

// onceOnly writes, unless the operation has done so before. One that was cut short has left nothing,
// and so may begin again.
func (s *Session) onceOnly(ctx context.Context, q Query, write func() (*table, error)) (*table, error) {
	if q.ID == "" { // not a client's
		return write()
	}
	known, _, err := s.room.Store.Operation(ctx, s.Key, q.ID)
	if err != nil || known.Committed {
		return nothing(), err
	}
	t, err := write()
	if err != nil {
		return nil, err
	}
	return t, s.room.Store.CommitOperation(context.WithoutCancel(ctx), s.Key, q.ID, nil)
}

// inDoubt tells whether an error leaves open what became of an operation.
func inDoubt(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && (f.Class == "SPARK_JOB_CANCELLED" || f.SQLState == "08001")
}

// Began tells whether an operation that must not run twice began in an earlier life of this process.
func (s *Session) Began(ctx context.Context, id string) (bool, error) {
	_, found, err := s.room.Store.Operation(ctx, s.Key, id)
	return found && s.home != nil, err
}

// Resume answers an operation that began in an earlier life of this process.
func (s *Session) Resume(ctx context.Context, q Query) (*Result, error) {
	acc := s.open(q)
	result, err := s.forward(ctx, q, acc, "it began there", nil)
	if err != nil {
		acc.end(err)
	}
	return result, err
}
