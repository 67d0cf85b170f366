package connect

// This file writes a schema as df.printSchema shows it.

import (
	"fmt"
	"strings"

	"shoal/plan"
	"shoal/plan/typejson"
)

// treeString draws a schema down to a level; 0 or less means all of it.
func treeString(s plan.Struct, level int) string {
	if level <= 0 {
		level = 1 << 30
	}
	t := tree{deepest: level}
	t.b.WriteString("root\n")
	t.fields(s, " |", 1)
	return t.b.String()
}

type tree struct {
	b       strings.Builder
	deepest int
}

func (t *tree) line(prefix, name string, typ plan.Type, note string) {
	fmt.Fprintf(&t.b, "%s-- %s: %s%s\n", prefix, name, typejson.Name(typ), note)
}

func (t *tree) fields(s plan.Struct, prefix string, depth int) {
	if depth > t.deepest {
		return
	}
	for _, f := range s.Fields {
		t.line(prefix, lineBreaks.Replace(f.Name), f.Type, fmt.Sprintf(" (nullable = %t)", f.Nullable))
		t.inside(f.Type, prefix, depth+1)
	}
}

// lineBreaks keeps a field on one line, as Spark does.
var lineBreaks = strings.NewReplacer("\n", `\n`, "\r", `\r`, "\t", `\t`)

// inside draws what a nested type consists of.
func (t *tree) inside(typ plan.Type, prefix string, depth int) {
	if depth > t.deepest {
		return
	}
	prefix += "    |"
	switch typ := typ.(type) {
	case plan.Struct:
		t.fields(typ, prefix, depth)
	case plan.Array:
		t.line(prefix, "element", typ.Elem, fmt.Sprintf(" (containsNull = %t)", typ.ContainsNull))
		t.inside(typ.Elem, prefix, depth+1)
	case plan.Map:
		t.line(prefix, "key", typ.Key, "")
		t.inside(typ.Key, prefix, depth+1)
		t.line(prefix, "value", typ.Value, fmt.Sprintf(" (valueContainsNull = %t)", typ.ValueContainsNull))
		t.inside(typ.Value, prefix, depth+1)
	}
}
