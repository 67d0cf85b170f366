package analyze

import (
	"encoding/json"
	"strings"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/sparksql"
	"shoal/textfile"
)

// This file holds the functions between values and text in JSON or CSV. A resolved call has the
// schema, as JSON, and the options, as a JSON object, for further arguments.

var jsonFuncs = funcs{
	"get_json_object":   fn(tString, tString).returns(plan.String).always(),
	"json_array_length": fn(tString).strict().returns(plan.Int).always(),
	"json_object_keys":  fn(tString).strict().returns(plan.Array{Elem: plan.String, ContainsNull: true}).always(),
	"json_tuple":        custom(jsonTuple).generator(nil),

	"from_json":      custom(fromText).showing(1),
	"from_csv":       custom(fromText).showing(1),
	"to_json":        custom(toText).showing(1),
	"to_csv":         custom(toText).showing(1),
	"schema_of_json": custom(schemaOf).showing(1),
	"schema_of_csv":  custom(schemaOf).showing(1),
}

// isCSV tells the functions of CSV from those of JSON.
func (c *call) isCSV() bool { return strings.HasSuffix(c.name, "_csv") }

// fromText is from_json(text, schema [, options]) and from_csv.
func fromText(c *call) (plan.Expr, error) {
	if len(c.args) < 2 || len(c.args) > 3 {
		return nil, c.wrongCount("[2, 3]")
	}
	if c.typ(0) != plan.String && c.typ(0) != plan.Null {
		return nil, fault.Unsupported("%s of %s", c.name, c.typ(0)).At(c.pos)
	}
	t, err := c.schemaArg()
	if err != nil {
		return nil, err
	}
	options, err := c.optionsArg(2)
	if err != nil {
		return nil, err
	}
	switch mode := strings.ToUpper(options["mode"]); mode {
	case "", "PERMISSIVE", "FAILFAST":
	case "DROPMALFORMED":
		return nil, fault.New("PARSE_MODE_UNSUPPORTED", "funcName", plan.Quote(c.name), "mode", mode)
	}
	if _, isStruct := t.(plan.Struct); c.isCSV() && !isStruct {
		return nil, fault.Unsupported("from_csv with a schema that is no struct").At(c.pos)
	}
	c.cast(0, plan.String)
	c.spec(t, options)
	nullable := !c.isCSV() || c.nulls(0)
	f := c.make(plan.AsNullable(t), nullable)
	if _, isMap := t.(plan.Map); isMap {
		c.a.remember(f, &call{a: c.a, show: "entries", form: formText})
	}
	return f, nil
}

// spec replaces the arguments behind the first by what the engine needs to know.
func (c *call) spec(t plan.Type, options map[string]string) {
	text, _ := json.Marshal(options) // strings always can be
	c.args = []plan.Expr{c.args[0], lit(typejson.Format(t)), lit(string(text))}
}

// schemaArg reads the second argument: a DDL string, Spark's JSON, or schema_of_json(...).
func (c *call) schemaArg() (plan.Type, error) {
	l, ok := c.args[1].(*plan.Literal)
	text, isText := "", false
	if ok {
		text, isText = l.Value.(string)
	}
	if !isText {
		return nil, fault.Unsupported("%s with a schema that is not a constant", c.name).At(c.pos)
	}
	t, err := parseSchema(text)
	if err != nil {
		return nil, fault.Unsupported("%s with the schema %s", c.name, text).At(c.pos).Because(err)
	}
	t = c.a.writtenType(t, text)
	switch t.(type) {
	case plan.Struct, plan.Array, plan.Map:
		return t, nil
	}
	if c.isCSV() || t == plan.Variant {
		return t, nil
	}
	return nil, c.mismatch("INVALID_JSON_SCHEMA", "schema", plan.QuotedSQL(t))
}

func parseSchema(text string) (plan.Type, error) {
	if t, err := sparksql.ParseType(text); err == nil {
		return t, nil
	}
	if s, err := sparksql.ParseSchema(text); err == nil {
		return s, nil
	}
	return typejson.Parse(text)
}

// optionsArg reads map('name', 'value', ...).
func (c *call) optionsArg(i int) (map[string]string, error) {
	options := map[string]string{}
	if i >= len(c.args) {
		return options, nil
	}
	f, ok := c.args[i].(*plan.Func)
	if !ok || f.Name != "map" {
		return nil, fault.New("INVALID_OPTIONS.NON_MAP_FUNCTION").At(c.pos)
	}
	if t := f.Type.(plan.Map); len(f.Args) > 0 && (t.Key != plan.String || t.Value != plan.String) {
		return nil, fault.New("INVALID_OPTIONS.NON_STRING_TYPE", "mapType", plan.QuotedSQL(t)).At(c.pos)
	}
	for k := 0; k+1 < len(f.Args); k += 2 {
		name, okName := textLiteral(f.Args[k])
		value, okValue := textLiteral(f.Args[k+1])
		if !okName || !okValue {
			return nil, fault.Unsupported("%s with options that are not constants", c.name).At(c.pos)
		}
		options[strings.ToLower(name)] = value
	}
	return options, nil
}

func textLiteral(e plan.Expr) (string, bool) {
	l, ok := e.(*plan.Literal)
	if !ok {
		return "", false
	}
	s, ok := l.Value.(string)
	return s, ok
}

// toText is to_json(value [, options]) and to_csv.
func toText(c *call) (plan.Expr, error) {
	if len(c.args) < 1 || len(c.args) > 2 {
		return nil, c.wrongCount("[1, 2]")
	}
	t := c.typ(0)
	switch t.(type) {
	case plan.Struct:
	case plan.Array, plan.Map:
		if c.isCSV() {
			return nil, fault.Unsupported("to_csv of %s", t).At(c.pos)
		}
	default:
		if t == plan.Variant && !c.isCSV() {
			break
		}
		if t == plan.Null && !c.isCSV() {
			null := &plan.Literal{Pos: c.pos, Type: plan.String}
			c.args = c.args[:1]
			return c.a.remember(null, c), nil
		}
		if c.isCSV() {
			return nil, fault.Unsupported("to_csv of %s", t).At(c.pos)
		}
		return nil, c.mismatch("INVALID_JSON_SCHEMA", "schema", plan.QuotedSQL(t))
	}
	options, err := c.optionsArg(1)
	if err != nil {
		return nil, err
	}
	c.spec(t, options)
	return c.make(plan.String, true), nil
}

// schemaOf is schema_of_json(text [, options]) and schema_of_csv: a constant.
func schemaOf(c *call) (plan.Expr, error) {
	if len(c.args) < 1 || len(c.args) > 2 {
		return nil, c.wrongCount("[1, 2]")
	}
	l, ok := c.args[0].(*plan.Literal)
	if !ok {
		return nil, fault.Unsupported("%s of what is not a literal", c.name).At(c.pos)
	}
	if l.Value == nil {
		return nil, c.mismatch("UNEXPECTED_NULL", "exprName", strings.TrimPrefix(c.name, "schema_of_"))
	}
	text, ok := l.Value.(string)
	if !ok {
		return nil, fault.Unsupported("%s of %s", c.name, l.Type).At(c.pos)
	}
	options, err := c.optionsArg(1)
	if err != nil {
		return nil, err
	}
	t, err := c.inferText(text, options)
	if err != nil {
		return nil, fault.Unsupported("%s of this text", c.name).At(c.pos).Because(err)
	}
	c.args = c.args[:1]
	return c.a.remember(&plan.Literal{Pos: c.pos, Value: plan.SQL(t), Type: plan.String}, c), nil
}

func (c *call) inferText(text string, options textfile.Options) (plan.Type, error) {
	if !c.isCSV() {
		j, err := textfile.NewJSON(options, c.a.settings.TimeZone, textfile.Corrupt)
		if err != nil {
			return nil, err
		}
		return j.TypeOf(text)
	}
	v, err := textfile.NewCSV(options, c.a.settings.TimeZone, textfile.Corrupt)
	if err != nil {
		return nil, err
	}
	types, err := v.TypesOf(text)
	if err != nil || len(types) == 0 {
		return nil, fault.Unsupported("schema_of_csv of an empty text").Because(err)
	}
	var s plan.Struct
	for i, t := range types {
		s.Fields = append(s.Fields, plan.Field{Name: "_c" + itoa(i), Type: t, Nullable: true})
	}
	return s, nil
}

// jsonTuple makes a column of each field of a JSON object.
func jsonTuple(c *call) (plan.Expr, error) {
	if len(c.args) < 2 {
		return nil, c.wrongCount("> 1")
	}
	var s plan.Struct
	for i, e := range c.args {
		if plan.TypeOf(e) != plan.String {
			return nil, c.mismatch("NON_STRING_TYPE", "funcName", plan.Quote(c.name))
		}
		if i > 0 {
			s.Fields = append(s.Fields, plan.Field{Name: "c" + itoa(i-1), Type: plan.String, Nullable: true})
		}
	}
	return c.make(s, false), nil
}
