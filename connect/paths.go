package connect

// This file finds the file paths in a request that is handed on, so that they can be checked first. It
// looks at fields by their names, so that messages of later versions are read, too.

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/internal/sparkpb"
	"shoal/session"
	"shoal/sparksql"
)

// The fields that hold a path, and those that hold SQL or a name as SQL writes it.
var (
	pathFields = []protoreflect.Name{"path", "paths", "sql_file_path", "storage"}
	textFields = []protoreflect.Name{"query", "sql", "sql_text", "expression", "unparsed_identifier", "table_name"}
)

// pathsIn lists the paths that a request names.
func pathsIn(request proto.Message, sess *session.Session) []string {
	f := &pathFinder{variable: variables(sess.Conf().Settings())}
	f.message(request.ProtoReflect())
	return f.found
}

type pathFinder struct {
	variable func(string) (string, bool)
	found    []string
}

func (f *pathFinder) message(m protoreflect.Message) {
	switch q := m.Interface().(type) {
	case *sparkpb.SQL:
		f.arguments(q.GetQuery(), q)
	case *sparkpb.SqlCommand:
		f.arguments(q.GetSql(), q)
	}
	m.Range(func(d protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case d.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
				if d.MapValue().Message() != nil {
					f.message(v.Message())
				} else if d.MapValue().Kind() == protoreflect.StringKind && sparksql.IsPathOption(k.String()) {
					f.option(v.String())
				}
				return true
			})
		case d.IsList():
			for i := range v.List().Len() {
				f.value(d, v.List().Get(i))
			}
		default:
			f.value(d, v)
		}
		return true
	})
}

func (f *pathFinder) value(d protoreflect.FieldDescriptor, v protoreflect.Value) {
	switch {
	case d.Message() != nil:
		f.message(v.Message())
	case d.Kind() != protoreflect.StringKind:
	case slices.Contains(pathFields, d.Name()):
		f.found = append(f.found, v.String())
	case slices.Contains(textFields, d.Name()):
		f.text(v.String())
	}
}

// option is the value of an option that holds a path, or a JSON list of them.
func (f *pathFinder) option(value string) {
	var list []string
	if json.Unmarshal([]byte(value), &list) != nil {
		list = []string{value}
	}
	f.found = append(f.found, list...)
}

func (f *pathFinder) text(text string) {
	if f.variable != nil {
		if plain, err := sparksql.Substitute(text, f.variable); err == nil {
			text = plain
		}
	}
	f.found = append(f.found, sparksql.Paths(text)...)
}

// made finds texts in which an argument may become a path or a name.
var made = regexp.MustCompile(`(?i)\b(identifier|immediate|location|inpath|directory|options)\b`)

// arguments looks at the strings among a text's arguments.
func (f *pathFinder) arguments(text string, q proto.Message) {
	if !made.MatchString(text) {
		return
	}
	walkStrings(q.ProtoReflect(), func(s string) {
		if strings.HasPrefix(s, "/") || strings.HasPrefix(strings.ToLower(s), "file:") {
			f.found = append(f.found, s)
		}
		f.text(s)
	})
}

// walkStrings visits the string literals in a message.
func walkStrings(m protoreflect.Message, visit func(string)) {
	if l, ok := m.Interface().(*sparkpb.Expression_Literal); ok {
		if s, ok := l.GetLiteralType().(*sparkpb.Expression_Literal_String_); ok {
			visit(s.String_)
		}
	}
	m.Range(func(d protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case d.IsMap() && d.MapValue().Message() != nil:
			v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				walkStrings(v.Message(), visit)
				return true
			})
		case d.IsMap() || d.Message() == nil:
		case d.IsList():
			for i := range v.List().Len() {
				walkStrings(v.List().Get(i).Message(), visit)
			}
		default:
			walkStrings(v.Message(), visit)
		}
		return true
	})
}
