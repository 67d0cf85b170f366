package plan

import (
	"fmt"
	"strings"
)

// Type is a Spark SQL data type. Types are immutable values; compare them with
// [Equal]. String gives Spark's simpleString ("array<int>"), [SQL] the form
// used in SQL text and error messages ("ARRAY<INT>").
type Type interface {
	isType()
	String() string
}

// Basic is a type without parameters.
type Basic uint8

// The parameterless types, named as in Spark.
const (
	Null Basic = iota // VOID
	Boolean
	Byte
	Short
	Int
	Long
	Float
	Double
	String
	Binary
	Date
	Timestamp    // an instant, shown in the session's time zone
	TimestampNTZ // a wall clock reading, without zone
	CalendarInterval
	Variant
)

var basicNames = [...]string{"void", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double",
	"string", "binary", "date", "timestamp", "timestamp_ntz", "interval", "variant"}

// Decimal is DECIMAL(Precision, Scale), 1 <= Precision <= 38, 0 <= Scale <= Precision.
type Decimal struct{ Precision, Scale int }

// Char is CHAR(Length), Varchar VARCHAR(Length); in a resolved plan both are
// [String] except in a table's declared schema.
type (
	Char    struct{ Length int }
	Varchar struct{ Length int }
)

// IntervalField is a unit an interval type starts or ends with.
type IntervalField uint8

// The fields of year-month (Year, Month) and day-time intervals (Day..Second).
const (
	Year IntervalField = iota
	Month
	Day
	Hour
	Minute
	Second
)

var fieldNames = [...]string{"year", "month", "day", "hour", "minute", "second"}

func (f IntervalField) String() string { return fieldNames[f] }

// YearMonthInterval counts months; DayTimeInterval counts microseconds.
type (
	YearMonthInterval struct{ From, To IntervalField }
	DayTimeInterval   struct{ From, To IntervalField }
)

// Array, Map and Struct are the nested types.
type (
	Array struct {
		Elem         Type
		ContainsNull bool
	}
	Map struct {
		Key, Value        Type
		ValueContainsNull bool
	}
	Struct struct{ Fields []Field }
)

// VariantParts is what a VARIANT is made of: its bytes and the dictionary of the names in them.
func VariantParts() Struct {
	return Struct{[]Field{{Name: "value", Type: Binary}, {Name: "metadata", Type: Binary}}}
}

// Field is a member of a struct, or a column of a schema.
type Field struct {
	Name     string
	Type     Type
	Nullable bool
	Metadata string // JSON object, "" when empty
}

// Unsupported is a type we can name but not work with (collated strings,
// TIME); JSON is Spark's own description of it.
type Unsupported struct{ Name, JSON string }

func (Basic) isType()             {}
func (Decimal) isType()           {}
func (Char) isType()              {}
func (Varchar) isType()           {}
func (YearMonthInterval) isType() {}
func (DayTimeInterval) isType()   {}
func (Array) isType()             {}
func (Map) isType()               {}
func (Struct) isType()            {}
func (Unsupported) isType()       {}

func (t Basic) String() string   { return basicNames[t] }
func (t Decimal) String() string { return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale) }
func (t Char) String() string    { return fmt.Sprintf("char(%d)", t.Length) }
func (t Varchar) String() string { return fmt.Sprintf("varchar(%d)", t.Length) }
func (t YearMonthInterval) String() string {
	return intervalName(t.From, t.To)
}
func (t DayTimeInterval) String() string {
	return intervalName(t.From, t.To)
}
func (t Array) String() string       { return "array<" + t.Elem.String() + ">" }
func (t Map) String() string         { return "map<" + t.Key.String() + "," + t.Value.String() + ">" }
func (t Unsupported) String() string { return t.Name }
func (t Struct) String() string {
	var b strings.Builder
	b.WriteString("struct<")
	for i, f := range t.Fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(f.Name + ":" + f.Type.String())
	}
	b.WriteByte('>')
	return b.String()
}

func intervalName(from, to IntervalField) string {
	if from == to {
		return "interval " + from.String()
	}
	return "interval " + from.String() + " to " + to.String()
}

// SQL is the type as written in SQL text and error messages.
func SQL(t Type) string {
	switch t := t.(type) {
	case Array:
		return "ARRAY<" + SQL(t.Elem) + ">"
	case Map:
		return "MAP<" + SQL(t.Key) + ", " + SQL(t.Value) + ">"
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = QuoteIfNeeded(f.Name) + ": " + SQL(f.Type)
			if !f.Nullable {
				fields[i] += " NOT NULL"
			}
		}
		return "STRUCT<" + strings.Join(fields, ", ") + ">"
	case UDT:
		return SQL(t.SQLType)
	default:
		return strings.ToUpper(t.String())
	}
}

// Equal tells whether two types are the same, nullability and metadata of
// nested fields included.
func Equal(a, b Type) bool { return equal(a, b, true) }

// SameIgnoringNulls is Equal without regard to nested nullability.
func SameIgnoringNulls(a, b Type) bool { return equal(a, b, false) }

func equal(a, b Type, nulls bool) bool {
	switch a := a.(type) {
	case Array:
		b, ok := b.(Array)
		return ok && (!nulls || a.ContainsNull == b.ContainsNull) && equal(a.Elem, b.Elem, nulls)
	case Map:
		b, ok := b.(Map)
		return ok && (!nulls || a.ValueContainsNull == b.ValueContainsNull) &&
			equal(a.Key, b.Key, nulls) && equal(a.Value, b.Value, nulls)
	case Struct:
		b, ok := b.(Struct)
		if !ok || len(a.Fields) != len(b.Fields) {
			return false
		}
		for i, f := range a.Fields {
			g := b.Fields[i]
			if f.Name != g.Name || (nulls && f.Nullable != g.Nullable) || !equal(f.Type, g.Type, nulls) {
				return false
			}
		}
		return true
	case UDT:
		b, ok := b.(UDT)
		return ok && a.Same(b)
	case Unsupported:
		return false
	default:
		switch b.(type) {
		case Struct, UDT:
			return false
		}
		return a == b
	}
}

// AsNullable is t with every nested field nullable: what a file may hold.
func AsNullable(t Type) Type {
	switch t := t.(type) {
	case Array:
		return Array{AsNullable(t.Elem), true}
	case Map:
		return Map{AsNullable(t.Key), AsNullable(t.Value), true}
	case Struct:
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type, f.Nullable = AsNullable(f.Type), true
			fields[i] = f
		}
		return Struct{fields}
	default:
		return t
	}
}
