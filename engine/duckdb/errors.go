package duckdb

// This file turns DuckDB's errors into Spark's.

import (
	"errors"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

// prepareError is for a statement DuckDB did not accept: a defect of the translation, mostly.
func prepareError(text string) error { return queryError(bind.ErrorTypeInvalid, text) }

// queryError finds Spark's error for DuckDB's.
func queryError(kind bind.ErrorType, text string) error {
	return fault.Internalf("duckdb: %s", text).Because(errors.New(text))
}
