package translate

// This file holds functions of JSON texts, whose parser is in Go: Spark's takes more than DuckDB's.

var jsonFuncs = funcs{
	"get_json_object":   same("shoal_get_json_object"),
	"json_array_length": same("shoal_json_array_length"),
	"json_object_keys":  same("shoal_json_object_keys"),
}
