package duckdb

// This file has DuckDB plan a query, and start it.

import (
	"context"
	"strings"
	"time"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

// planned is a query that DuckDB has planned and begun to execute.
type planned struct {
	stmt    bind.PreparedStatement
	pending bind.PendingResult
}

func (p *planned) drop() {
	bind.DestroyPending(&p.pending)
	bind.DestroyPrepare(&p.stmt)
}

// abandonAfter is how long a cancelled query may go on being planned: DuckDB's planner does not
// always notice an interrupt.
const abandonAfter = 20 * time.Millisecond

// plan has DuckDB plan the query. If that does not end after cancellation, the connection is left
// alone with it and closed when it has ended.
func (s *stream) plan() error {
	if s.ctx.Done() == nil {
		return s.query.begin(s.ctx, s.conn, s.sql, &s.eng.threads)
	}
	q := &planned{}
	done := make(chan error, 1)
	c, sql := s.conn, s.sql
	go func() { done <- q.begin(s.ctx, c, sql, &s.eng.threads) }()
	select {
	case err := <-done:
		s.query = *q
		return err
	case <-s.ctx.Done():
	}
	select {
	case err := <-done:
		s.query = *q
		return err
	case <-time.After(abandonAfter):
	}
	c.abandoned = true
	go func() {
		<-done
		q.drop()
		s.eng.discard(c)
	}()
	return context.Cause(s.ctx)
}

// begin plans a query once. DuckDB has no call that streams a query but by a prepared statement, and
// plans one that reads files again when it is executed: such a query is the argument of a statement
// that cannot be planned before it has one.
func (p *planned) begin(ctx context.Context, c *conn, sql string, on *threads) (err error) {
	on.do(func() { err = p.beginHere(ctx, c, sql) })
	return err
}

func (p *planned) beginHere(ctx context.Context, c *conn, sql string) error {
	argument := readsFiles(sql) && strings.IndexByte(sql, 0) < 0
	text := sql
	if argument {
		text = "FROM query(?)"
	}
	if bind.Prepare(c.c, text, &p.stmt) != bind.StateSuccess {
		return prepareError(bind.PrepareError(p.stmt))
	}
	if argument && bind.BindVarchar(p.stmt, 1, sql) != bind.StateSuccess {
		return fault.Internalf("DuckDB takes no query as an argument")
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if bind.PendingPreparedStreaming(p.stmt, &p.pending) != bind.StateSuccess {
		return prepareError(bind.PendingError(p.pending))
	}
	return nil
}

// readsFiles tells whether DuckDB itself lists files in a query. A text that only looks so is
// planned once, too, with a fifth of a millisecond more.
func readsFiles(sql string) bool {
	return strings.Contains(sql, "read_parquet(") || strings.Contains(sql, "read_csv(")
}
