package connect

// This file names the JSON form of types, for the rest of the package.

import (
	"shoal/plan"
	"shoal/plan/typejson"
)

// typeJSON is Spark's JSON description of a type.
func typeJSON(t plan.Type) string { return typejson.Format(t) }

// parseTypeJSON reads Spark's JSON description of a type, or gives a *fault.Error.
func parseTypeJSON(text string) (plan.Type, error) { return typejson.Parse(text) }
