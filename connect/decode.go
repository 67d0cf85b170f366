package connect

// This file holds the decoder's frame: entry points, depth, errors. The other decode_*.go files
// turn one part of the protocol each into plan nodes.

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/session"
)

// maxDepth bounds how deeply relations and expressions may nest. Spark's own default (1,024
// protobuf levels, two or three a node) is below it.
const maxDepth = 1024

// decoder turns one request's protobufs into plan nodes. It decides nothing: what the protocol
// knows and plan does not becomes an opaque node. Not for concurrent use; the zero value works.
//
// Inside, the first error sticks (fail) and everything after it yields nil; the decode methods
// report it.
type decoder struct {
	// artifact finds what the session's client uploaded under cache/HASH.
	artifact func(hash string) ([]byte, bool)
	// variable gives what stands for ${name} in SQL text; nil leaves texts as they are.
	variable func(name string) (string, bool)
	replaced bool // a text held a variable
	settings plan.Settings
	depth    int
	err      error
}

// newDecoder decodes what a session's client sends.
func newDecoder(s *session.Session) *decoder {
	settings := s.Conf().Settings()
	return &decoder{artifact: s.CachedArtifact, variable: variables(settings), settings: settings}
}

// decodeRelation decodes a relation, or gives a *fault.Error.
func (d *decoder) decodeRelation(r *sparkpb.Relation) (plan.Relation, error) {
	out := d.relation(r)
	if err := d.take(); err != nil {
		return nil, err
	}
	return out, nil
}

// decodeExpr decodes an expression, or gives a *fault.Error.
func (d *decoder) decodeExpr(e *sparkpb.Expression) (plan.Expr, error) {
	out := d.expr(e)
	if err := d.take(); err != nil {
		return nil, err
	}
	return out, nil
}

// decodeCommand decodes a command, or gives a *fault.Error.
func (d *decoder) decodeCommand(c *sparkpb.Command) (plan.Statement, error) {
	out := d.command(c)
	if err := d.take(); err != nil {
		return nil, err
	}
	return out, nil
}

// decodeSQLCommand decodes SQL text with its arguments, as 3.5 and 4.x clients send it.
func (d *decoder) decodeSQLCommand(c *sparkpb.SqlCommand) (plan.Statement, error) {
	out := d.sqlCommand(c)
	if err := d.take(); err != nil {
		return nil, err
	}
	return out, nil
}

// take gives the error and makes the decoder usable again.
func (d *decoder) take() error {
	err := d.err
	d.err, d.depth = nil, 0
	return err
}

// fail keeps the first error.
func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) bad(format string, args ...any) { d.fail(fault.BadPlan(format, args...)) }

// enter counts a level; false means: give up, an error is set. Each true needs a leave.
func (d *decoder) enter() bool {
	if d.err != nil {
		return false
	}
	if d.depth >= maxDepth {
		d.bad("the plan nests more than %d levels deep", maxDepth)
		return false
	}
	d.depth++
	return true
}

func (d *decoder) leave() { d.depth-- }

// setField is the name of the field set in a message's oneof, "" if none: the protocol's own
// name for a kind of node.
func setField(m proto.Message, oneof protoreflect.Name) string {
	r := m.ProtoReflect()
	if !r.IsValid() {
		return ""
	}
	field := r.WhichOneof(r.Descriptor().Oneofs().ByName(oneof))
	if field == nil {
		return ""
	}
	return string(field.Name())
}

// position is where in the user's code a node was made, as far as the client tells.
func position(o *sparkpb.Origin) plan.Pos {
	p := o.GetPythonOrigin()
	if p.GetCallSite() == "" {
		return plan.Pos{}
	}
	return plan.Pos{Src: &plan.Source{Fragment: p.GetFragment(), CallSite: p.GetCallSite()}}
}
