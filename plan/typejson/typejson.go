// Package typejson writes and reads Spark's JSON form of types: df.schema.json(), and the schema
// Spark keeps in the footers of Parquet files.
package typejson

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	case plan.Unsupported:
		return t.JSON
	default:
		return quote(Name(t))
	}
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
	if !utf8.ValidString(text) || !json.Valid([]byte(text)) {
		return nil, fault.BadPlan("a schema is not valid JSON")
	}
	return typeFromJSON([]byte(text), 0)
}

// maxDepth bounds nesting.
const maxDepth = 1024

// maxPrecision is the most digits a Spark decimal has.
const maxPrecision = 38

// jsonType has the members of every kind of nested type.
type jsonType struct {
	Type              string          `json:"type"`
	Fields            []jsonField     `json:"fields"`
	ElementType       json.RawMessage `json:"elementType"`
	ContainsNull      bool            `json:"containsNull"`
	KeyType           json.RawMessage `json:"keyType"`
	ValueType         json.RawMessage `json:"valueType"`
	ValueContainsNull bool            `json:"valueContainsNull"`
}

type jsonField struct {
	Name     string          `json:"name"`
	Type     json.RawMessage `json:"type"`
	Nullable *bool           `json:"nullable"`
	Metadata json.RawMessage `json:"metadata"`
}

func typeFromJSON(text []byte, depth int) (plan.Type, error) {
	if depth > maxDepth {
		return nil, fault.BadPlan("a schema nests more than %d levels deep", maxDepth)
	}
	var name string
	if json.Unmarshal(text, &name) == nil {
		return typeByName(name)
	}
	var t jsonType
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, fault.BadPlan("a schema is no type of Spark's").Because(err)
	}
	switch t.Type {
	case "struct":
		return structFromJSON(t.Fields, depth)
	case "array":
		elem, err := typeFromJSON(t.ElementType, depth+1)
		return plan.Array{Elem: elem, ContainsNull: t.ContainsNull}, err
	case "map":
		key, err := typeFromJSON(t.KeyType, depth+1)
		if err != nil {
			return nil, err
		}
		value, err := typeFromJSON(t.ValueType, depth+1)
		return plan.Map{Key: key, Value: value, ValueContainsNull: t.ValueContainsNull}, err
	case "udt":
		return plan.Unsupported{Name: "udt", JSON: string(text)}, nil
	default:
		return nil, fault.BadPlan("a schema has a type %q that Spark does not know", t.Type)
	}
}

func structFromJSON(in []jsonField, depth int) (plan.Type, error) {
	fields := make([]plan.Field, len(in))
	for i, f := range in {
		t, err := typeFromJSON(f.Type, depth+1)
		if err != nil {
			return nil, err
		}
		fields[i] = plan.Field{Name: f.Name, Type: t, Nullable: f.Nullable == nil || *f.Nullable}
		if m := string(f.Metadata); m != "{}" && m != "null" {
			fields[i].Metadata = m
		}
		if strings.Contains(fields[i].Metadata, `"__COLLATIONS"`) {
			fields[i].Type = plan.Unsupported{Name: "collated string", JSON: string(f.Type)}
		}
	}
	return plan.Struct{Fields: fields}, nil
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

func typeByName(name string) (plan.Type, error) {
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
	return nil, fault.BadPlan("a schema has a type %q that Spark does not know", name)
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
