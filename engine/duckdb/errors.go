package duckdb

// This file turns DuckDB's errors into Spark's.

import (
	"encoding/json"
	"errors"
	"strings"

	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

// raisedMark starts a Spark error raised inside SQL: SHOAL:<class>:<parameters in JSON>.
const raisedMark = "SHOAL:"

// prepareError is for a statement DuckDB did not accept: a defect of the translation, mostly.
func prepareError(text string) error { return queryError(bind.ErrorTypeInvalid, text) }

// queryError finds Spark's error for DuckDB's.
func queryError(kind bind.ErrorType, text string) error {
	if f := raisedInSQL(text); f != nil {
		return f
	}
	return fault.Internalf("duckdb: %s", text).Because(errors.New(text))
}

// raisedInSQL reads an error that translated SQL or a function of ours has raised.
func raisedInSQL(text string) *fault.Error {
	_, rest, ok := strings.Cut(text, raisedMark)
	if !ok {
		return nil
	}
	class, rest, _ := strings.Cut(rest, ":")
	params := map[string]string{}
	// The text may go on behind the object.
	if err := json.NewDecoder(strings.NewReader(rest)).Decode(&params); err != nil && rest != "" {
		return fault.Internalf("an error %s without parameters", class).Because(errors.New(text))
	}
	list := make([]string, 0, 2*len(params))
	for k, v := range params {
		list = append(list, k, v)
	}
	return fault.New(class, list...)
}
