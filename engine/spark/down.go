package spark

// This file makes requests of newer clients fit older servers: what can be said in the older
// protocol is, what changes nothing is left out, and the rest is refused by its name.

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/fault"
	"shoal/internal/sparkpb"
)

// known is what a version of the server understands.
type known struct {
	version string
	lacking map[string]bool // names of fields and enum values, as the lists write them
}

//go:embed lacking-3.5.txt
var lacking35 string

//go:embed lacking-4.0.txt
var lacking40 string

// older are the versions that know less of the protocol than Shoal.
var older = sync.OnceValue(func() map[string]*known {
	all := map[string]*known{}
	for version, list := range map[string]string{"3.5": lacking35, "4.0": lacking40} {
		k := &known{version: version, lacking: map[string]bool{}}
		for line := range strings.Lines(list) {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
				k.lacking["spark.connect."+line] = true
			}
		}
		all[version] = k
	}
	return all
})

// knownTo gives what a version lacks, nil for nothing, or says that it is too old.
func knownTo(version string) (*known, error) {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return nil, fmt.Errorf("its version %q cannot be read", version)
	}
	major, err1 := strconv.Atoi(parts[0])
	minor, err2 := strconv.Atoi(parts[1])
	switch {
	case err1 != nil || err2 != nil:
		return nil, fmt.Errorf("its version %q cannot be read", version)
	case major < 3 || major == 3 && minor < 5:
		return nil, fmt.Errorf("it is Spark %s, and 3.5 is the oldest that serves", version)
	case major == 3:
		return older()["3.5"], nil
	}
	return older()[parts[0]+"."+parts[1]], nil
}

// immaterial are the fields that may be left out: they tell where the client's code stands, or ask
// for a convenience of the transport.
var immaterial = map[string]bool{
	"spark.connect.Expression.common":                                        true,
	"spark.connect.RelationCommon.origin":                                    true,
	"spark.connect.ExecutePlanRequest.RequestOption.result_chunking_options": true,
	"spark.connect.ConfigRequest.Set.silent":                                 true,
}

// fit changes a request into one that the server understands.
func (k *known) fit(m proto.Message) error {
	if k == nil {
		return nil
	}
	return k.message(m.ProtoReflect())
}

// message goes through a message and all below it.
func (k *known) message(m protoreflect.Message) (err error) {
	if err := k.restate(m.Interface()); err != nil {
		return err
	}
	if len(m.GetUnknown()) > 0 {
		return k.refuse(string(m.Descriptor().FullName()) + " with parts newer than Shoal")
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		if name := string(f.FullName()); k.lacking[name] {
			if strings.HasSuffix(name, ".client_observed_server_side_session_id") || immaterial[name] ||
				f.Kind() == protoreflect.BoolKind && !f.IsList() && !v.Bool() { // said to be what it is unsaid
				m.Clear(f)
				return true
			}
			err = k.refuse(name)
			return false
		}
		err = k.field(f, v)
		return err == nil
	})
	return err
}

// field goes on below a field.
func (k *known) field(f protoreflect.FieldDescriptor, v protoreflect.Value) (err error) {
	switch {
	case f.IsMap():
		if f.MapValue().Message() == nil {
			return nil
		}
		v.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
			err = k.message(v.Message())
			return err == nil
		})
		return err
	case f.IsList():
		for i := range v.List().Len() {
			if err := k.value(f, v.List().Get(i)); err != nil {
				return err
			}
		}
		return nil
	}
	return k.value(f, v)
}

// value goes on below one value.
func (k *known) value(f protoreflect.FieldDescriptor, v protoreflect.Value) error {
	switch {
	case f.Message() != nil && strings.HasPrefix(string(f.Message().FullName()), "spark.connect."):
		return k.message(v.Message())
	case f.Enum() != nil:
		if name := f.Enum().Values().ByNumber(v.Enum()); name != nil {
			if full := string(f.Enum().FullName()) + "." + string(name.Name()); k.lacking[full] {
				return k.refuse(full)
			}
		}
	}
	return nil
}

func (k *known) refuse(what string) error {
	return fault.Unsupported("the attached server is Spark %s, which does not know %s", k.version, strings.TrimPrefix(what, "spark.connect."))
}

// restate says in the older protocol what newer clients say in fields of their own.
func (k *known) restate(m proto.Message) error {
	if k.version != "3.5" {
		return nil
	}
	switch m := m.(type) {
	case *sparkpb.SqlCommand:
		return k.restateSQLCommand(m)
	case *sparkpb.SQL:
		var err error
		m.Args, m.PosArgs, err = k.literals(m.Args, m.PosArgs, m.NamedArguments, m.PosArguments)
		m.NamedArguments, m.PosArguments = nil, nil
		return err
	case *sparkpb.WithColumnsRenamed:
		for _, r := range m.GetRenames() {
			if m.RenameColumnsMap == nil {
				m.RenameColumnsMap = map[string]string{}
			}
			m.RenameColumnsMap[r.GetColName()] = r.GetNewColName()
		}
		m.Renames = nil
	}
	return nil
}

// restateSQLCommand puts the text and its arguments into the command itself.
func (k *known) restateSQLCommand(c *sparkpb.SqlCommand) (err error) {
	if in := c.GetInput(); in != nil {
		sql := in.GetSql()
		if sql == nil {
			return k.refuse("SQL text over DataFrames (SqlCommand.input)")
		}
		c.Input, c.Sql, c.Args, c.PosArgs = nil, sql.GetQuery(), sql.GetArgs(), sql.GetPosArgs()
		c.NamedArguments, c.PosArguments = sql.GetNamedArguments(), sql.GetPosArguments()
	}
	c.Args, c.PosArgs, err = k.literals(c.Args, c.PosArgs, c.NamedArguments, c.PosArguments)
	c.NamedArguments, c.PosArguments = nil, nil
	return err
}

// literals adds arguments that are expressions to those that are literals.
func (k *known) literals(named map[string]*sparkpb.Expression_Literal, positional []*sparkpb.Expression_Literal,
	namedExprs map[string]*sparkpb.Expression, exprs []*sparkpb.Expression) (map[string]*sparkpb.Expression_Literal, []*sparkpb.Expression_Literal, error) {
	for name, e := range namedExprs {
		if e.GetLiteral() == nil {
			return nil, nil, k.refuse("arguments of SQL text that are no literals (SQL.named_arguments)")
		}
		if named == nil {
			named = map[string]*sparkpb.Expression_Literal{}
		}
		named[name] = e.GetLiteral()
	}
	for _, e := range exprs {
		if e.GetLiteral() == nil {
			return nil, nil, k.refuse("arguments of SQL text that are no literals (SQL.pos_arguments)")
		}
		positional = append(positional, e.GetLiteral())
	}
	return named, positional, nil
}
