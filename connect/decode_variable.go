package connect

// This file replaces ${name} in SQL text by the session's confs.

import (
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/session"
	"shoal/sparksql"
)

// variables looks confs up for ${name}; nil where the session has switched that off.
func variables(s plan.Settings) func(name string) (string, bool) {
	if on, _ := s.Get("spark.sql.variable.substitute"); on == "false" {
		return nil
	}
	return s.Get
}

// substituted is a SQL text with its variables replaced.
func (d *decoder) substituted(text string) (string, error) {
	if err := session.CheckText(d.settings, text); err != nil {
		return "", err
	}
	if d.variable == nil || !strings.Contains(text, "${") {
		return text, nil
	}
	d.replaced = true
	return sparksql.Substitute(text, d.variable)
}

// withoutVariables is p with the variables of all its SQL texts replaced: what the journal keeps, for
// the confs may change.
func withoutVariables(p *sparkpb.Plan, variable func(string) (string, bool)) (*sparkpb.Plan, error) {
	out := proto.Clone(p).(*sparkpb.Plan)
	return out, replaceIn(out.ProtoReflect(), variable)
}

func replaceIn(m protoreflect.Message, variable func(string) (string, bool)) (err error) {
	one := func(v protoreflect.Value) bool {
		err = replaceIn(v.Message(), variable)
		return err == nil
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.FullName() == "spark.connect.SQL.query" || f.FullName() == "spark.connect.SqlCommand.sql":
			var text string
			if text, err = sparksql.Substitute(v.String(), variable); err == nil {
				m.Set(f, protoreflect.ValueOfString(text))
			}
		case f.IsMap():
			if f.MapValue().Message() != nil {
				v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool { return one(v) })
			}
		case f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				if !one(v.List().Get(i)) {
					break
				}
			}
		default:
			one(v)
		}
		return err == nil
	})
	return err
}
