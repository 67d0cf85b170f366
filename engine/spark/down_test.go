package spark

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"shoal/internal/sparkpb"
)

func number(n int32) *sparkpb.Expression {
	return &sparkpb.Expression{ExprType: &sparkpb.Expression_Literal_{Literal: &sparkpb.Expression_Literal{
		LiteralType: &sparkpb.Expression_Literal_Integer{Integer: n}}}}
}

func TestDownTo35(t *testing.T) {
	k, err := knownTo("3.5.9")
	if err != nil {
		t.Fatal(err)
	}
	req := sql("SELECT :a, ?")
	in := req.GetPlan().GetCommand().GetSqlCommand().GetInput()
	in.Common = &sparkpb.RelationCommon{PlanId: proto.Int64(7), Origin: &sparkpb.Origin{}}
	in.GetSql().NamedArguments = map[string]*sparkpb.Expression{"a": number(1)}
	in.GetSql().PosArguments = []*sparkpb.Expression{number(2)}
	req.ClientObservedServerSideSessionId = proto.String("x")
	if err := k.fit(req); err != nil {
		t.Fatal(err)
	}
	c := req.GetPlan().GetCommand().GetSqlCommand()
	if c.Input != nil || c.GetSql() != "SELECT :a, ?" || c.GetArgs()["a"].GetInteger() != 1 || len(c.GetPosArgs()) != 1 ||
		c.NamedArguments != nil || c.PosArguments != nil || req.ClientObservedServerSideSessionId != nil {
		t.Errorf("became %v", req)
	}

	column := &sparkpb.Expression_UnresolvedAttribute{UnparsedIdentifier: "a", IsMetadataColumn: proto.Bool(false)}
	if err := k.fit(column); err != nil || column.IsMetadataColumn != nil {
		t.Errorf("became %v, %v", column, err)
	}
	renamed := &sparkpb.WithColumnsRenamed{Renames: []*sparkpb.WithColumnsRenamed_Rename{{ColName: "a", NewColName: "b"}}}
	if err := k.fit(renamed); err != nil || renamed.GetRenameColumnsMap()["a"] != "b" || renamed.Renames != nil {
		t.Errorf("became %v, %v", renamed, err)
	}
}

func TestRefusedByName(t *testing.T) {
	k35, _ := knownTo("3.5.0")
	k40, _ := knownTo("4.0.1")
	for want, c := range map[string]struct {
		k *known
		m proto.Message
	}{
		"Relation.transpose":       {k35, &sparkpb.Relation{RelType: &sparkpb.Relation_Transpose{Transpose: &sparkpb.Transpose{}}}},
		"Command.ml_command":       {k35, &sparkpb.Command{CommandType: &sparkpb.Command_MlCommand{MlCommand: &sparkpb.MlCommand{}}}},
		"Command.pipeline_command": {k40, &sparkpb.Command{CommandType: &sparkpb.Command_PipelineCommand{PipelineCommand: &sparkpb.PipelineCommand{}}}},
	} {
		if err := c.k.fit(c.m); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), c.k.version) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, version := range []string{"4.1.4", "4.2.0", "4.10.0", "5.0.0"} {
		if k, err := knownTo(version); k != nil || err != nil {
			t.Errorf("%s: %v, %v", version, k, err)
		}
	}
	for _, version := range []string{"3.4.1", "2.4.0", "nonsense", ""} {
		if _, err := knownTo(version); err == nil {
			t.Errorf("%q is taken", version)
		}
	}
}

// TestListsAreOfThisProtocol: every name in the lists of what is lacking is one of the protocol's.
func TestListsAreOfThisProtocol(t *testing.T) {
	for version, k := range older() {
		for name := range k.lacking {
			if !exists(name) {
				t.Errorf("%s: there is no %s", version, name)
			}
		}
	}
}

// exists tells whether a list's name is a field or an enum value.
func exists(name string) bool {
	at := strings.LastIndexByte(name, '.')
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name[:at]))
	if err != nil {
		return false
	}
	part := protoreflect.Name(name[at+1:])
	switch d := d.(type) {
	case protoreflect.MessageDescriptor:
		return d.Fields().ByName(part) != nil
	case protoreflect.EnumDescriptor:
		return d.Values().ByName(part) != nil
	}
	return false
}
