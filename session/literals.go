package session

// This file runs a query whose rows decide a schema.

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
)

// literals runs a resolved relation and gives its rows to the analyzer.
func (s *Session) literals(ctx context.Context, resolved plan.Relation) ([][]*plan.Literal, error) {
	q := Query{}
	result, err := s.execute(ctx, resolved, s.Conf().Settings(), q, s.account(q))
	if err != nil {
		return nil, err
	}
	defer result.rows.Release() // its account is not the client's
	var out [][]*plan.Literal
	for result.rows.Next() {
		batch := result.rows.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := make([]*plan.Literal, len(result.Out))
			for j, c := range result.Out {
				v, err := literalAt(batch.Column(j), i)
				if err != nil {
					return nil, err
				}
				row[j] = &plan.Literal{Value: v, Type: c.Type}
			}
			out = append(out, row)
		}
	}
	return out, result.rows.Err()
}

// literalAt is a value as plan.Literal keeps it.
func literalAt(a arrow.Array, i int) (any, error) {
	//size: one case per type
	if a.IsNull(i) {
		return nil, nil
	}
	switch a := a.(type) {
	case *array.Boolean:
		return a.Value(i), nil
	case *array.Int8:
		return a.Value(i), nil
	case *array.Int16:
		return a.Value(i), nil
	case *array.Int32:
		return a.Value(i), nil
	case *array.Int64:
		return a.Value(i), nil
	case *array.Float32:
		return a.Value(i), nil
	case *array.Float64:
		return a.Value(i), nil
	case *array.String:
		return string([]byte(a.Value(i))), nil // the batch's memory is used again
	case *array.Decimal128:
		return plan.Unscaled{Int: a.Value(i).BigInt()}, nil
	case *array.Date32:
		return plan.Days(a.Value(i)), nil
	case *array.Timestamp:
		return plan.Micros(a.Value(i)), nil
	default:
		return nil, fault.Unsupported("a value of %s that decides how a statement is read", a.DataType())
	}
}
