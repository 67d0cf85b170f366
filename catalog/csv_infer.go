package catalog

// This file infers the types of CSV columns, value by value, as Spark's CSVInferSchema does.

import (
	"slices"
	"strings"

	"shoal/plan"
)

// inference is what is known of the columns of one file so far.
type inference struct {
	d     *dialect
	types []plan.Type
}

func newInference(d *dialect, columns int) *inference {
	in := &inference{d: d, types: make([]plan.Type, columns)}
	for i := range in.types {
		in.types[i] = plan.Null
	}
	return in
}

func (in *inference) add(record []string) {
	for i, value := range record[:min(len(record), len(in.types))] {
		if value == "" || value == in.d.nullValue || in.types[i] == plan.String {
			continue
		}
		in.types[i] = compatible(in.types[i], in.guess(in.types[i], value))
	}
}

// guess is the first type, beginning with the one known so far, that takes the value.
func (in *inference) guess(known plan.Type, value string) plan.Type {
	switch known {
	case plan.Null, plan.Int:
		if _, ok := parseInteger(value, 32); ok {
			return plan.Int
		}
		fallthrough
	case plan.Long:
		if _, ok := parseInteger(value, 64); ok {
			return plan.Long
		}
		return in.guessDecimal(value)
	case plan.Double:
		return in.guessDouble(value)
	case plan.Date:
		return in.guessDate(value)
	case plan.Timestamp:
		return guessTimestamp(value)
	case plan.Boolean:
		return guessBoolean(value)
	case plan.String:
		return plan.String
	default:
		return in.guessDecimal(value)
	}
}

// guessDecimal takes numbers without fraction and exponent only.
func (in *inference) guessDecimal(value string) plan.Type {
	if unscaled, scale, ok := parseDecimal(value); ok && scale == 0 {
		if precision := len(unscaled.Abs(unscaled).String()); precision <= maxPrecision {
			return plan.Decimal{Precision: precision}
		}
	}
	return in.guessDouble(value)
}

func (in *inference) guessDouble(value string) plan.Type {
	if _, ok := parseDouble(value); ok || slices.Contains(in.d.numbers, value) {
		return plan.Double
	}
	if in.d.preferDate {
		return in.guessDate(value)
	}
	return guessTimestamp(value)
}

func (in *inference) guessDate(value string) plan.Type {
	if in.d.preferDate && isDate(value) {
		return plan.Date
	}
	return guessTimestamp(value)
}

func guessTimestamp(value string) plan.Type {
	if isTimestamp(value) {
		return plan.Timestamp
	}
	return guessBoolean(value)
}

func guessBoolean(value string) plan.Type {
	if strings.EqualFold(value, "true") || strings.EqualFold(value, "false") {
		return plan.Boolean
	}
	return plan.String
}

// compatible is the type for a column that holds both.
func compatible(a, b plan.Type) plan.Type {
	switch {
	case a == plan.Null || a == b:
		return b
	case b == plan.Null:
		return a
	case a == plan.Double && isNumber(b) || b == plan.Double && isNumber(a):
		return plan.Double
	case a == plan.Date && b == plan.Timestamp || a == plan.Timestamp && b == plan.Date:
		return plan.Timestamp
	}
	if t, ok := widerNumber(a, b); ok {
		return t
	}
	return plan.String
}

func isNumber(t plan.Type) bool {
	_, ok := asDecimal(t)
	return ok || t == plan.Double
}
