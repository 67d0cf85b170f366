// Package textfile reads CSV, JSON and plain text as Spark does: it parts files into records and
// records into values, infers types, and converts values to columns in Arrow's form. The
// functions from_json, from_csv and their kin use the same parsers.
//
// Open reads files; CSV and JSON (built by NewCSV and NewJSON from Spark's options) parse single
// records. The package knows no catalogue, no engine and no SQL.
package textfile
