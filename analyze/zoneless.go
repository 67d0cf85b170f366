package analyze

import (
	"strings"

	"shoal/plan"
)

// This file holds what spark.sql.timestampType = TIMESTAMP_NTZ changes: the word TIMESTAMP and the functions
// that make timestamps mean those without a zone.

// zoneless tells whether timestamps have no zone unless a query says otherwise.
func (a *analyzer) zoneless() bool {
	v, _ := a.settings.Get("spark.sql.timestampType")
	return strings.EqualFold(v, "TIMESTAMP_NTZ")
}

// zonelessFuncs are the functions that make a timestamp of the conf's type, and what they are without zone.
var zonelessFuncs = map[string]string{"to_timestamp": "to_timestamp_ntz", "try_to_timestamp": "try_to_timestamp_zoneless",
	"make_timestamp": "make_timestamp_zoneless", "try_make_timestamp": "try_make_timestamp_zoneless"}

// called finds a function by the name users write, as the confs have it.
func (a *analyzer) called(key string) (*sig, bool) {
	s, ok := a.lookup(key)
	name := zonelessFuncs[key]
	if !ok || name == "" || !a.zoneless() {
		return s, ok
	}
	z, _ := a.lookup(name)
	shown := *z
	shown.show = s.show
	return &shown, true
}

var zonelessTable = funcs{
	"make_timestamp_zoneless": fn(tInt, tInt, tInt, tInt, tInt, secondsParam, tString).min(6).
		returns(plan.TimestampNTZ).orErrors().is("make_timestamp_ntz").inner(),
	"try_make_timestamp_zoneless": custom(tryMake("make_timestamp_zoneless")).inner(),
	"try_to_timestamp_zoneless":   custom(tryMake("to_timestamp_ntz")).inner(),
}

// writtenType is a type as the SQL text that names it means it.
func (a *analyzer) writtenType(t plan.Type, text string) plan.Type {
	if !a.zoneless() || strings.Contains(strings.ToUpper(text), "TIMESTAMP_LTZ") {
		return t
	}
	return withoutZone(t)
}

func withoutZone(t plan.Type) plan.Type {
	switch t := t.(type) {
	case plan.Array:
		t.Elem = withoutZone(t.Elem)
		return t
	case plan.Map:
		t.Key, t.Value = withoutZone(t.Key), withoutZone(t.Value)
		return t
	case plan.Struct:
		fields := make([]plan.Field, len(t.Fields))
		for i, f := range t.Fields {
			f.Type = withoutZone(f.Type)
			fields[i] = f
		}
		return plan.Struct{Fields: fields}
	}
	if t == plan.Timestamp {
		return plan.TimestampNTZ
	}
	return t
}
