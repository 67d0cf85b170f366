package plan

import "strings"

// UDT is a user-defined type: values of SQLType, which clients show as objects of a class. One written in Python has its
// class pickled, one of the JVM the class's name.
type UDT struct {
	SQLType Type
	Class   string // of the JVM, "" for a type written in Python
	PyClass string
	Pickled string
}

func (UDT) isType() {}

// String is what Spark calls the type: by its class, without the ending UDT.
func (t UDT) String() string {
	if t.Class == "" {
		return "pythonuserdefined"
	}
	return strings.ToLower(strings.TrimSuffix(t.Class[strings.LastIndexByte(t.Class, '.')+1:], "UDT"))
}

// Same tells whether two types are of one class.
func (t UDT) Same(u UDT) bool {
	return t.Class == u.Class && (t.Class != "" || t.PyClass == u.PyClass && t.Pickled == u.Pickled)
}

// QuotedSQL is a type as messages quote it; of a user-defined one they show what it is stored as.
func QuotedSQL(t Type) string {
	text := `"` + SQL(t) + `"`
	if _, ok := t.(UDT); ok {
		return "UDT(" + text + ")"
	}
	return text
}

// Stored is t with its user-defined types replaced by what their values are.
func Stored(t Type) Type {
	switch t := t.(type) {
	case UDT:
		return Stored(t.SQLType)
	case Array:
		t.Elem = Stored(t.Elem)
		return t
	case Map:
		t.Key, t.Value = Stored(t.Key), Stored(t.Value)
		return t
	case Struct:
		if !HasUDT(t) {
			return t
		}
		fields := make([]Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type = Stored(f.Type)
			fields[i] = f
		}
		return Struct{fields}
	}
	return t
}

// HasUDT tells whether t is or holds a user-defined type.
func HasUDT(t Type) bool {
	switch t := t.(type) {
	case UDT:
		return true
	case Array:
		return HasUDT(t.Elem)
	case Map:
		return HasUDT(t.Key) || HasUDT(t.Value)
	case Struct:
		for _, f := range t.Fields {
			if HasUDT(f.Type) {
				return true
			}
		}
	}
	return false
}
