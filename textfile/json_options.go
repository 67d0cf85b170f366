package textfile

// This file holds the options of JSON.

import (
	"shoal/engine/duckdb/java"
)

// JSON is how JSON is written. It is safe for use by many goroutines.
type JSON struct {
	syntax                             java.JSONSyntax
	MultiLine                          bool
	primitivesAsString, prefersDecimal bool
	dropAllNull, inferTimestamp        bool
	mode                               Mode
	corrupt                            string
	lineSep, charset                   string
	exact                              bool // texts of values that are no strings are as written
	times                              times
}

// NewJSON reads Spark's options; zone is the session's, corrupt its name of the column of malformed records.
func NewJSON(o Options, zone, corrupt string) (*JSON, error) {
	j := &JSON{mode: o.mode(), corrupt: o.text("columnnameofcorruptrecord", corrupt), syntax: java.JSONSyntax{SingleQuotes: true, NonNumeric: true}}
	err := o.flags(map[string]*bool{"multiLine": &j.MultiLine, "primitivesAsString": &j.primitivesAsString,
		"prefersDecimal": &j.prefersDecimal, "dropFieldIfAllNull": &j.dropAllNull, "inferTimestamp": &j.inferTimestamp,
		"allowComments": &j.syntax.Comments, "allowUnquotedFieldNames": &j.syntax.UnquotedNames, "allowSingleQuotes": &j.syntax.SingleQuotes,
		"allowNumericLeadingZeros": &j.syntax.LeadingZeros, "allowNonNumericNumbers": &j.syntax.NonNumeric,
		"allowBackslashEscapingAnyCharacter": &j.syntax.AnyEscape, "allowUnquotedControlChars": &j.syntax.ControlChars})
	if err != nil {
		return nil, err
	}
	j.lineSep = o["linesep"]
	if j.charset, err = o.charset(!j.MultiLine); err != nil {
		return nil, err
	}
	_, encoded := o["encoding"]
	_, charset := o["charset"]
	j.exact = !encoded && !charset
	j.times, err = o.newTimes(zone, false)
	return j, err
}
