// Package typejson writes and reads Spark's JSON form of types: df.schema.json(), and the schema
// Spark keeps in the footers of Parquet files.
package typejson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"shoal/fault"
	"shoal/plan"
)

// Name is Spark's typeName: "integer" where simpleString says "int", no parts of nested types.
func Name(t plan.Type) string {
	switch t := t.(type) {
	case plan.Basic:
		switch t {
		case plan.Byte:
			return "byte"
		case plan.Short:
			return "short"
		case plan.Int:
			return "integer"
		case plan.Long:
			return "long"
		}
	case plan.Array:
		return "array"
	case plan.Map:
		return "map"
	case plan.Struct:
		return "struct"
	}
	return t.String()
}

// Format is Spark's JSON description of a type.
func Format(t plan.Type) string {
	switch t := t.(type) {
	case plan.Array:
		return fmt.Sprintf(`{"type":"array","elementType":%s,"containsNull":%t}`, Format(t.Elem), t.ContainsNull)
	case plan.Map:
		return fmt.Sprintf(`{"type":"map","keyType":%s,"valueType":%s,"valueContainsNull":%t}`,
			Format(t.Key), Format(t.Value), t.ValueContainsNull)
	case plan.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			metadata := f.Metadata
			if metadata == "" {
				metadata = "{}"
			}
			fields[i] = fmt.Sprintf(`{"name":%s,"type":%s,"nullable":%t,"metadata":%s}`,
				quote(f.Name), Format(f.Type), f.Nullable, metadata)
		}
		return `{"type":"struct","fields":[` + strings.Join(fields, ",") + `]}`
	case plan.UDT:
		return formatUDT(t)
	case plan.Unsupported:
		return t.JSON
	default:
		return quote(Name(t))
	}
}

// formatUDT has a class of the JVM, or one of Python and its pickled form.
func formatUDT(t plan.UDT) string {
	if t.Class == "" {
		return fmt.Sprintf(`{"type":"udt","pyClass":%s,"serializedClass":%s,"sqlType":%s}`, quote(t.PyClass), quote(t.Pickled), Format(t.SQLType))
	}
	return fmt.Sprintf(`{"type":"udt","class":%s,"pyClass":%s,"sqlType":%s}`, quote(t.Class), quote(t.PyClass), Format(t.SQLType))
}

func quote(s string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		return `""` // a string always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Parse reads Spark's JSON description of a type, or gives a *fault.Error.
func Parse(text string) (plan.Type, error) {
	if !utf8.ValidString(text) {
		return nil, bad("is no text")
	}
	p := parser{text: text, dec: json.NewDecoder(strings.NewReader(text))}
	t, err := p.parse(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, bad("goes on after its end")
	}
	return t, nil
}

func bad(what string) *fault.Error { return fault.BadPlan("a schema in JSON %s", what) }

// maxDepth bounds nesting.
const maxDepth = 1024

// maxPrecision is the most digits a Spark decimal has.
const maxPrecision = 38

// parser reads the text once, from token to token.
type parser struct {
	text string
	dec  *json.Decoder
}

func (p *parser) parse(depth int) (plan.Type, error) {
	if depth > maxDepth {
		return nil, bad("nests too deeply")
	}
	start := int(p.dec.InputOffset())
	token, err := p.dec.Token()
	if err != nil {
		return nil, bad("is not valid").Because(err)
	}
	switch token := token.(type) {
	case string:
		return byName(token)
	case json.Delim:
		if token == '{' {
			return p.nested(start, depth)
		}
	}
	return nil, bad("has a type that is neither a name nor an object")
}

// nested reads the members of an array, map, struct or UDT; they may stand in any order.
func (p *parser) nested(start, depth int) (plan.Type, error) {
	var kind string
	types := map[string]plan.Type{}
	flags := map[string]bool{}
	fields := []plan.Field(nil)
	members, classes := map[string]bool{}, map[string]string{}
	for p.dec.More() {
		name, err := p.memberName(members)
		if err != nil {
			return nil, err
		}
		switch name {
		case "type":
			err = p.value(&kind)
		case "elementType", "keyType", "valueType", "sqlType":
			types[name], err = p.parse(depth + 1)
		case "containsNull", "valueContainsNull":
			var flag bool
			err = p.value(&flag)
			flags[name] = flag
		case "fields":
			fields, err = p.fields(depth)
		case "class", "pyClass", "serializedClass":
			var text *string
			if err = p.value(&text); err == nil && text != nil {
				classes[name] = *text
			}
		default:
			err = bad("has an unknown member " + name)
		}
		if err != nil {
			return nil, err
		}
	}
	if _, err := p.dec.Token(); err != nil {
		return nil, bad("is not valid").Because(err)
	}
	switch {
	case kind == "array" && exactly(members, "type", "elementType", "containsNull"):
		return plan.Array{Elem: types["elementType"], ContainsNull: flags["containsNull"]}, nil
	case kind == "map" && exactly(members, "type", "keyType", "valueType", "valueContainsNull"):
		return plan.Map{Key: types["keyType"], Value: types["valueType"], ValueContainsNull: flags["valueContainsNull"]}, nil
	case kind == "struct" && exactly(members, "type", "fields"):
		return plan.Struct{Fields: fields}, nil
	case kind == "udt" && types["sqlType"] != nil:
		udt := plan.UDT{SQLType: types["sqlType"], Class: classes["class"], PyClass: classes["pyClass"], Pickled: classes["serializedClass"]}
		return KnownUDT(udt), nil
	default:
		return nil, bad("has a type " + kind + " that lacks members, or has too many")
	}
}

// memberName reads a member's name; twice the same is refused.
func (p *parser) memberName(seen map[string]bool) (string, error) {
	token, err := p.dec.Token()
	if err != nil {
		return "", bad("is not valid").Because(err)
	}
	name, _ := token.(string) // in an object, a name follows
	if seen[name] {
		return "", bad("has the member " + name + " twice")
	}
	seen[name] = true
	return name, nil
}

func (p *parser) value(to any) error {
	if err := p.dec.Decode(to); err != nil {
		return bad("is not valid").Because(err)
	}
	return nil
}

func exactly(members map[string]bool, names ...string) bool {
	for _, n := range names {
		if !members[n] {
			return false
		}
	}
	return len(members) == len(names)
}

func (p *parser) fields(depth int) ([]plan.Field, error) {
	if token, err := p.dec.Token(); err != nil || token != json.Delim('[') {
		return nil, bad("has fields that are no list")
	}
	out := []plan.Field{}
	for p.dec.More() {
		f, err := p.field(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	if _, err := p.dec.Token(); err != nil {
		return nil, bad("is not valid").Because(err)
	}
	return out, nil
}

func (p *parser) field(depth int) (plan.Field, error) {
	if token, err := p.dec.Token(); err != nil || token != json.Delim('{') {
		return plan.Field{}, bad("has a field that is no object")
	}
	f := plan.Field{Nullable: true}
	members := map[string]bool{}
	for p.dec.More() {
		name, err := p.memberName(members)
		if err != nil {
			return f, err
		}
		switch name {
		case "name":
			err = p.value(&f.Name)
		case "type":
			f.Type, err = p.parse(depth + 1)
		case "nullable":
			err = p.value(&f.Nullable)
		case "metadata":
			f.Metadata, err = p.metadata()
		default:
			err = bad("has an unknown member " + name)
		}
		if err != nil {
			return f, err
		}
	}
	if _, err := p.dec.Token(); err != nil || !members["name"] || !members["type"] {
		return f, bad("has a field without name or type")
	}
	if strings.Contains(f.Metadata, `"__COLLATIONS"`) {
		f.Type = plan.Unsupported{Name: "collated string", JSON: Format(f.Type)}
	}
	return f, nil
}

// metadata is kept as it stands, an empty one as "".
func (p *parser) metadata() (string, error) {
	var raw json.RawMessage
	if err := p.value(&raw); err != nil {
		return "", err
	}
	if m := string(raw); m != "{}" && m != "null" {
		return m, nil
	}
	return "", nil
}

var (
	namedTypes = map[string]plan.Type{
		"void": plan.Null, "null": plan.Null, "boolean": plan.Boolean, "byte": plan.Byte, "short": plan.Short,
		"integer": plan.Int, "long": plan.Long, "float": plan.Float, "double": plan.Double, "string": plan.String,
		"binary": plan.Binary, "date": plan.Date, "timestamp": plan.Timestamp, "timestamp_ltz": plan.Timestamp,
		"timestamp_ntz": plan.TimestampNTZ, "interval": plan.CalendarInterval, "variant": plan.Variant,
		"decimal": plan.Decimal{Precision: 10},
	}
	decimalName  = regexp.MustCompile(`^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$`)
	charName     = regexp.MustCompile(`^(char|varchar)\(\s*(\d{1,9})\s*\)$`)
	intervalType = regexp.MustCompile(`^interval (year|month|day|hour|minute|second)(?: to (month|hour|minute|second))?$`)
	refusedName  = regexp.MustCompile(`^(time\(\d\)|string collate \w+|geometry.*|geography.*)$`)
)

func byName(name string) (plan.Type, error) {
	if t, ok := namedTypes[name]; ok {
		return t, nil
	}
	if m := decimalName.FindStringSubmatch(name); m != nil {
		precision, _ := strconv.Atoi(m[1])
		scale, _ := strconv.Atoi(m[2])
		if precision >= 1 && precision <= maxPrecision && scale <= precision {
			return plan.Decimal{Precision: precision, Scale: scale}, nil
		}
	}
	if m := charName.FindStringSubmatch(name); m != nil {
		length, _ := strconv.Atoi(m[2])
		if m[1] == "char" {
			return plan.Char{Length: length}, nil
		}
		return plan.Varchar{Length: length}, nil
	}
	if m := intervalType.FindStringSubmatch(name); m != nil {
		if t, ok := intervalByFields(m[1], m[2]); ok {
			return t, nil
		}
	}
	if refusedName.MatchString(name) {
		return plan.Unsupported{Name: name, JSON: quote(name)}, nil
	}
	return nil, bad("has a type " + name + " that Spark does not know")
}

func intervalByFields(first, last string) (plan.Type, bool) {
	if last == "" {
		last = first
	}
	from, to := intervalField(first), intervalField(last)
	switch {
	case from > to:
		return nil, false
	case to <= plan.Month:
		return plan.YearMonthInterval{From: from, To: to}, true
	case from >= plan.Day:
		return plan.DayTimeInterval{From: from, To: to}, true
	default:
		return nil, false
	}
}

func intervalField(name string) plan.IntervalField {
	for f := plan.Year; f < plan.Second; f++ {
		if f.String() == name {
			return f
		}
	}
	return plan.Second
}
