package session

// This file holds results: what a query gives back.

import (
	"fmt"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// Result is a query's rows, on their way. It is for one goroutine, which must Close it.
type Result struct {
	Out    []*plan.Column
	Schema *arrow.Schema
	rows   array.RecordReader
	acc    *account
	once   sync.Once
	failed error // what kept its rows from the client
	// Relayed says that the responses have been sent already, as another server made them.
	Relayed bool
}

// newRelayed is the result of a query that ran elsewhere.
func newRelayed(acc *account) *Result { return &Result{acc: acc, Relayed: true} }

func newResult(out []*plan.Column, schema *arrow.Schema, rows array.RecordReader, acc *account) *Result {
	return &Result{Out: out, Schema: schema, rows: rows, acc: acc}
}

// Next moves to the next batch; false at the end, or at an error.
func (r *Result) Next() bool {
	if !r.rows.Next() {
		return false
	}
	r.acc.batch(r.rows.RecordBatch())
	return true
}

// Batch is the current batch, valid until Next.
func (r *Result) Batch() arrow.RecordBatch { return r.rows.RecordBatch() }

// Err is why the rows ended early, if they did.
func (r *Result) Err() error { return r.rows.Err() }

// Fail says what kept the rows from the client, before Close: it was stopped, or went away.
func (r *Result) Fail(err error) { r.failed = err }

// Close gives everything back and writes the query's line in the log.
func (r *Result) Close() {
	r.once.Do(func() {
		if r.Relayed {
			r.acc.end(r.failed)
			return
		}
		err := r.rows.Err()
		r.rows.Release()
		if err == nil {
			err = r.failed
		}
		r.acc.end(err)
	})
}

// Cost is what a query took until now.
type Cost struct {
	Engine      string
	Rows, Bytes int64
	Time        time.Duration
}

// Cost tells what the query took until now.
func (r *Result) Cost() Cost {
	return r.acc.cost()
}

// table is a small result that Shoal itself computes: a command's answer.
type table struct {
	columns []plan.Field
	rows    [][]any // string, bool, int32, int64, []string or nil
}

// text is a column that is never NULL; textOrNull may be.
func text(name string) plan.Field { return plan.Field{Name: name, Type: plan.String} }
func textOrNull(name string) plan.Field {
	return plan.Field{Name: name, Type: plan.String, Nullable: true}
}

// add appends a row.
func (t *table) add(values ...any) { t.rows = append(t.rows, values) }

// output gives the columns, with identities.
func (t *table) output() []*plan.Column {
	out := make([]*plan.Column, len(t.columns))
	for i, f := range t.columns {
		out[i] = &plan.Column{ID: plan.ColumnID(i + 1), Name: f.Name, Type: f.Type, Nullable: f.Nullable}
	}
	return out
}

// result turns the table into a result.
func (t *table) result(acc *account) (*Result, error) {
	out := t.output()
	schema := arrowtype.Schema(out, "UTC")
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for _, row := range t.rows {
		for i, v := range row {
			if err := appendValue(b.Field(i), v); err != nil {
				return nil, err
			}
		}
	}
	batch := b.NewRecordBatch()
	if len(t.columns) == 0 {
		batch = array.NewRecordBatch(schema, nil, int64(len(t.rows)))
	}
	defer batch.Release()
	rows, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return nil, fmt.Errorf("a command's rows: %w", err)
	}
	return newResult(out, schema, rows, acc), nil
}

func appendValue(b array.Builder, v any) error {
	switch b := b.(type) {
	case *array.StringBuilder:
		if s, ok := v.(string); ok {
			b.Append(s)
			return nil
		}
	case *array.BooleanBuilder:
		if x, ok := v.(bool); ok {
			b.Append(x)
			return nil
		}
	case *array.Int32Builder:
		if x, ok := v.(int32); ok {
			b.Append(x)
			return nil
		}
	case *array.Int64Builder:
		if x, ok := v.(int64); ok {
			b.Append(x)
			return nil
		}
	case *array.ListBuilder:
		if list, ok := v.([]string); ok {
			b.Append(true)
			for _, s := range list {
				b.ValueBuilder().(*array.StringBuilder).Append(s)
			}
			return nil
		}
	}
	if v != nil {
		return fault.Internalf("a %T in a column of %s", v, b.Type())
	}
	b.AppendNull()
	return nil
}
