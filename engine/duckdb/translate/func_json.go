package translate

// This file holds functions of JSON and CSV texts, whose parsers are in Go: Spark's take more than
// DuckDB's.

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/textfile"
)

var jsonFuncs = funcs{
	"get_json_object":   same("shoal_get_json_object"),
	"json_array_length": same("shoal_json_array_length"),
	"json_object_keys":  same("shoal_json_object_keys"),
	"from_json":         build(textFunction),
	"from_csv":          build(textFunction),
	"to_json":           build(textFunction),
	"to_csv":            build(textFunction),
}

// Function is a function that the driver makes known to DuckDB before the query runs: its type
// depends on a schema.
type Function struct {
	Name    string // in SQL, by what it does
	Kind    string // from_json, from_csv, to_json, to_csv, from_variant, to_variant
	Type    plan.Type
	Options textfile.Options
	Zone    string
	Corrupt string
	Keep    bool // NULLs are written
	Strict  bool // what cannot be cast is an error
}

// textFunction calls a function whose arguments behind the first are its schema and its options.
func textFunction(c *call) string {
	schema, _ := c.text(1)
	text, ok := c.text(2)
	typ, err := typejson.Parse(schema)
	if err != nil || !ok {
		return c.unsupported("%s without a schema", c.f.Name)
	}
	var options textfile.Options
	if err := json.Unmarshal([]byte(text), &options); err != nil {
		return c.unsupported("%s: %v", c.f.Name, err)
	}
	if strings.EqualFold(options["mode"], "FAILFAST") {
		c.t.traits |= raises
	}
	return c.t.textFunction(c.f.Name, typ, options) + "(" + c.arg(0) + ")"
}

// textFunction is the name of a function that the driver will make.
func (t *translator) textFunction(kind string, typ plan.Type, options textfile.Options) string {
	return t.made(Function{Kind: kind, Type: typ, Options: options})
}

// made is the name of a function that the driver will make of f.
func (t *translator) made(f Function) string {
	f.Type = plan.Stored(f.Type)
	kind, typ, options := f.Kind, f.Type, f.Options
	f.Zone, f.Corrupt = t.settings.TimeZone, textfile.Corrupt
	if v, ok := t.settings.Get("spark.sql.columnNameOfCorruptRecord"); ok {
		f.Corrupt = v
	}
	if v, ok := t.settings.Get("spark.sql.jsonGenerator.ignoreNullFields"); ok {
		f.Keep = strings.EqualFold(v, "false")
	}
	if v, _ := t.settings.Get(timePolicy); strings.EqualFold(v, "LEGACY") {
		t.unsupported("%s with %s LEGACY", kind, timePolicy)
	}
	t.physical(typ)
	if err := f.check(); err != nil {
		t.fail(err)
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%q %q %v %q %q %v %v", kind, typejson.Format(typ), options, f.Zone, f.Corrupt, f.Keep, f.Strict))
	f.Name = "shoal_" + kind + "_" + hex.EncodeToString(hash[:12])
	t.functions = append(t.functions, f)
	return f.Name
}

// check refuses what the function cannot do.
func (f *Function) check() error {
	switch f.Kind {
	case "from_json":
		_, err := textfile.NewFromJSON(f.Options, f.Type, f.Zone, f.Corrupt)
		return err
	case "from_csv":
		_, err := textfile.NewFromCSV(f.Options, f.Type, f.Zone, f.Corrupt)
		return err
	case "from_variant", "to_variant":
		return nil
	case "to_csv":
		_, err := textfile.NewToCSV(f.Options, f.Type, f.Zone)
		return err
	}
	w, err := textfile.NewJSONWriter(f.Options, f.Zone, !f.Keep)
	if err != nil {
		return err
	}
	return w.CheckJSON(f.Type)
}

// jsonTuple is a list of one struct, with the texts of the fields that are asked for; at says where
// each of them is.
func (c *call) jsonTuple() (list string, at []int) {
	var s plan.Struct
	places := map[string]int{}
	for i := 1; i < c.n(); i++ {
		name, ok := c.text(i)
		if !ok {
			c.unsupported("json_tuple with names that are not constants")
		}
		k, twice := places[name]
		if !twice {
			k = len(s.Fields)
			places[name] = k
			s.Fields = append(s.Fields, plan.Field{Name: name, Type: plan.String, Nullable: true})
		}
		at = append(at, k)
	}
	return "[" + c.t.textFunction("from_json", s, nil) + "(" + c.arg(0) + ")]", at
}
