package connect

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
	"shoal/session"
)

func sourceOf(paths []string, options map[string]string) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{RelType: &sparkpb.Relation_Filter{Filter: &sparkpb.Filter{
		Input: &sparkpb.Relation{RelType: &sparkpb.Relation_Read{Read: &sparkpb.Read{ReadType: &sparkpb.Read_DataSource_{
			DataSource: &sparkpb.Read_DataSource{Paths: paths, Options: options}}}}},
	}}}}}
}

func commandOf(c *sparkpb.Command) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: c}}
}

// TestPathsIn: the paths that a request shows, wherever it has them.
func TestPathsIn(t *testing.T) {
	b := newBench(t)
	c := b.client()
	c.sql("SET place = /etc/set")
	sess, err := b.sessions.Open(t.Context(), session.Key{User: localUser(), ID: c.id}, "")
	if err != nil {
		t.Fatal(err)
	}
	asArgument := sqlPlan("SELECT * FROM IDENTIFIER(:source)")
	asArgument.GetCommand().GetSqlCommand().GetInput().GetSql().NamedArguments = map[string]*sparkpb.Expression{"source": {
		ExprType: &sparkpb.Expression_Literal_{Literal: &sparkpb.Expression_Literal{
			LiteralType: &sparkpb.Expression_Literal_String_{String_: "text.`/etc/x`"}}}}}
	for name, test := range map[string]struct {
		request proto.Message
		want    []string
	}{
		"read":            {sourceOf([]string{"/etc/x", "b"}, map[string]string{"header": "/no"}), []string{"/etc/x", "b"}},
		"options":         {sourceOf(nil, map[string]string{"PATH": "/etc/x"}), []string{"/etc/x"}},
		"list in options": {sourceOf(nil, map[string]string{"paths": `["/etc/x", "/b"]`}), []string{"/etc/x", "/b"}},
		"named table": {&sparkpb.Read{ReadType: &sparkpb.Read_NamedTable_{NamedTable: &sparkpb.Read_NamedTable{UnparsedIdentifier: "orc.`/etc/x`"}}},
			[]string{"/etc/x"}},
		"write": {commandOf(&sparkpb.Command{CommandType: &sparkpb.Command_WriteOperation{WriteOperation: &sparkpb.WriteOperation{
			SaveType: &sparkpb.WriteOperation_Path{Path: "/etc/x"}}}}), []string{"/etc/x"}},
		"stream": {commandOf(&sparkpb.Command{CommandType: &sparkpb.Command_WriteStreamOperationStart{WriteStreamOperationStart: &sparkpb.WriteStreamOperationStart{
			Options: map[string]string{"checkpointLocation": "/etc/x"}}}}), []string{"/etc/x"}},
		"table": {&sparkpb.CreateTable{Path: proto.String("/etc/x")}, []string{"/etc/x"}},
		"model": {commandOf(&sparkpb.Command{CommandType: &sparkpb.Command_MlCommand{MlCommand: &sparkpb.MlCommand{
			Command: &sparkpb.MlCommand_Read_{Read: &sparkpb.MlCommand_Read{Path: "/etc/x"}}}}}), []string{"/etc/x"}},
		"expression": {&sparkpb.Expression_ExpressionString{Expression: "(SELECT max(value) FROM text.`/etc/x`)"}, []string{"/etc/x"}},
		"question":   {&sparkpb.AnalyzePlanRequest{Analyze: &sparkpb.AnalyzePlanRequest_Schema_{Schema: &sparkpb.AnalyzePlanRequest_Schema{Plan: sourceOf([]string{"/etc/x"}, nil)}}}, []string{"/etc/x"}},
		"variable":   {sqlPlan("SELECT * FROM text.`${place}`"), []string{"/etc/set"}},
		"argument":   {asArgument, []string{"/etc/x"}},
		"none":       {sqlPlan("SELECT '/etc/x' AS path"), nil},
	} {
		if got := pathsIn(test.request, sess); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
