package analyze

import (
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the functions of VARIANT. A resolved variant_get has the path for its second argument, and its
// own type says what to cast to.

var tVariant = exactly(plan.Variant)

var variantFuncs = funcs{
	"parse_json":            fn(tString).strict().returns(plan.Variant),
	"try_parse_json":        fn(tString).strict().returns(plan.Variant).always(),
	"is_variant_null":       fn(tVariant).strict().returns(plan.Boolean).never(),
	"variant_get":           custom(variantGet).showing(2),
	"try_variant_get":       custom(variantGet).showing(2),
	"to_variant_object":     fn(tAny).uncast().check(variantObject).returns(plan.Variant),
	"schema_of_variant":     fn(tVariant).strict().returns(plan.String),
	"schema_of_variant_agg": fn(tVariant).strict().returns(plan.String).never().aggregate(),

	"semi_structured_extract": custom(variantExtract).inner(),

	"variant_explode":       fn(tVariant).strict().generator(variantColumns).fromOnly(),
	"variant_explode_outer": fn(tVariant).strict().generator(variantColumns).fromOnly(),
}

func variantColumns(*call) []plan.Field {
	return []plan.Field{{Name: "pos", Type: plan.Int}, {Name: "key", Type: plan.String, Nullable: true}, {Name: "value", Type: plan.Variant}}
}

// variantGet is variant_get(variant, path [, type]).
func variantGet(c *call) (plan.Expr, error) {
	if len(c.args) < 2 || len(c.args) > 3 {
		return nil, c.wrongCount("[2, 3]")
	}
	t := plan.Type(plan.Variant)
	if len(c.args) == 3 {
		var err error
		if t, err = c.variantTarget(); err != nil {
			return nil, err
		}
		c.args = c.args[:2]
	}
	for i, p := range []param{tVariant, tString} {
		if c.typ(i) == plan.Null {
			c.cast(i, p.concrete)
		}
		if !p.accepts(c.typ(i)) {
			return nil, c.wrongType(i, p)
		}
	}
	if !castableFromVariant(t) {
		return nil, c.mismatch("CAST_WITHOUT_SUGGESTION", "srcType", `"VARIANT"`, "targetType", plan.QuotedSQL(t))
	}
	return c.make(t, true), nil
}

// variantExtract is variant:a.b[0], which names the column as its last field.
func variantExtract(c *call) (plan.Expr, error) {
	if c.typ(0) != plan.Variant {
		return nil, fault.Unsupported("taking a field with : out of %s", c.typ(0)).At(c.pos)
	}
	text, _ := textLiteral(c.args[1])
	path, name, ok := extractPath(text)
	if !ok {
		return nil, fault.Unsupported("the path %s", text).At(c.pos)
	}
	c.name, c.show, c.form = "variant_get", name, formNamed
	c.args[1] = lit(path)
	f := c.make(plan.Variant, true)
	return c.a.remember(f, c), nil
}

// extractPath reads a.`b c`['d'][0] as a path of variant_get, and its last field.
func extractPath(text string) (path, name string, ok bool) {
	b := []byte("$")
	for text != "" {
		switch text[0] {
		case '.', ' ', '\t', '\n', '\r':
			text = text[1:]
		case '[':
			inner, rest, _ := strings.Cut(text[1:], "]")
			inner, text = strings.TrimSpace(inner), rest
			if strings.ContainsAny(inner, "\\\"") || inner == "" {
				return "", "", false
			}
			b = append(append(append(b, '['), inner...), ']')
			if inner[0] == '\'' {
				name = strings.Trim(inner, "'")
			}
		case '`':
			field, rest, closed := strings.Cut(text[1:], "`")
			if !closed || strings.HasPrefix(rest, "`") {
				return "", "", false
			}
			b, text = append(append(b, '.'), field...), rest
			name = field[strings.LastIndexByte(field, '.')+1:]
		default:
			end := strings.IndexAny(text, ".[` \t\r\n")
			if end < 0 {
				end = len(text)
			}
			name = text[:end]
			b, text = append(append(b, '.'), name...), text[end:]
		}
	}
	return string(b), name, true
}

// extractedName is the name of a column made by variant:path, also of a cast of it; "" for others.
func (a *analyzer) extractedName(e plan.Expr) string {
	for {
		c, ok := e.(*plan.Cast)
		if !ok || a.written[e] != nil {
			break
		}
		e = c.Expr
	}
	if c := a.written[e]; c != nil && c.form == formNamed {
		return c.show
	}
	return ""
}

// variantTarget reads the third argument: a type, or the fields of a struct.
func (c *call) variantTarget() (plan.Type, error) {
	text, ok := textLiteral(c.args[2])
	if !ok {
		if isFoldable(c.args[2]) && plan.TypeOf(c.args[2]) != plan.Null {
			return nil, fault.Unsupported("%s with a computed type", c.name).At(c.pos)
		}
		return nil, fault.New("INVALID_SCHEMA.NON_STRING_LITERAL", "inputSchema", quoteSQL(c.a.pretty(c.args[2]))).At(c.pos)
	}
	t, err := parseSchema(text)
	if err != nil {
		return nil, fault.Unsupported("%s with the type %s", c.name, text).At(c.pos).Because(err)
	}
	return usable(c.a.writtenType(t, text), c.pos)
}

// variantObject: what a plain cast makes a variant of is no object.
func variantObject(c *call) error {
	t := c.typ(0)
	switch t.(type) {
	case plan.Struct, plan.Array, plan.Map:
		if castableToVariant(t, true) {
			return nil
		}
	}
	return c.mismatch("CAST_WITHOUT_SUGGESTION", "srcType", plan.QuotedSQL(t), "targetType", `"VARIANT"`)
}

// castableToVariant tells which types become variants; objects are made by to_variant_object only.
func castableToVariant(t plan.Type, objects bool) bool {
	switch t := t.(type) {
	case plan.Array:
		return castableToVariant(t.Elem, objects)
	case plan.Map:
		return objects && t.Key == plan.String && castableToVariant(t.Value, objects)
	case plan.Struct:
		for _, f := range t.Fields {
			if !castableToVariant(f.Type, objects) {
				return false
			}
		}
		return objects
	case plan.YearMonthInterval, plan.DayTimeInterval, plan.Unsupported, plan.UDT:
		return false
	}
	return t != plan.CalendarInterval
}

// castableFromVariant tells which types variants are cast to.
func castableFromVariant(t plan.Type) bool {
	switch t := t.(type) {
	case plan.Array:
		return castableFromVariant(t.Elem)
	case plan.Map:
		return t.Key == plan.String && castableFromVariant(t.Value)
	case plan.Struct:
		for _, f := range t.Fields {
			if !castableFromVariant(f.Type) {
				return false
			}
		}
		return true
	case plan.YearMonthInterval, plan.DayTimeInterval, plan.Unsupported, plan.UDT:
		return false
	}
	return t != plan.CalendarInterval && t != plan.Null
}

// hasVariant tells whether a type is or holds VARIANT.
func hasVariant(t plan.Type) bool {
	switch t := t.(type) {
	case plan.Map:
		return hasVariant(t.Key) || hasVariant(t.Value)
	case plan.UDT:
		return hasVariant(t.SQLType)
	case plan.Array:
		return hasVariant(t.Elem)
	case plan.Struct:
		for _, f := range t.Fields {
			if hasVariant(f.Type) {
				return true
			}
		}
	}
	return t == plan.Variant
}

// comparableRows refuses columns whose values cannot be compared, for DISTINCT and the like.
func comparableRows(cols []*plan.Column, pos plan.Pos) error {
	for _, c := range cols {
		class := ""
		switch {
		case hasMap(c.Type):
			class = "UNSUPPORTED_FEATURE.SET_OPERATION_ON_MAP_TYPE"
		case hasVariant(c.Type):
			class = "UNSUPPORTED_FEATURE.SET_OPERATION_ON_VARIANT_TYPE"
		default:
			continue
		}
		return fault.New(class, "colName", plan.Quote(c.Name), "dataType", plan.QuotedSQL(c.Type)).At(pos)
	}
	return nil
}

// positional takes the names off the arguments of a table function that has one argument, called input.
func positional(r *plan.TableFunc) []plan.Expr {
	if len(r.Args) == 1 {
		if n, ok := r.Args[0].(*plan.NamedArg); ok && strings.EqualFold(n.Name, "input") {
			return []plan.Expr{n.Expr}
		}
	}
	return r.Args
}
