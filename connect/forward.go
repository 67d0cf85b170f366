package connect

// This file hands requests on to an attached Spark, and its answers back.

import (
	"context"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
	"shoal/session"
)

// forward is how the operation's request leaves. p is its plan, not compressed.
func (x *execution) forward(p *sparkpb.Plan) *session.Forward {
	request := &sparkpb.ExecutePlanRequest{Plan: p, ClientType: x.request.ClientType, Tags: x.request.GetTags(), RequestOptions: x.request.GetRequestOptions()}
	request.ProtoReflect().SetUnknown(x.request.ProtoReflect().GetUnknown())
	f := x.pickUp()
	f.Request, f.Command = request, p.GetCommand() != nil
	f.Held = func() bool { return holdsRemote(p.ProtoReflect()) }
	f.Paths = func() []string { return pathsIn(p, x.sess) }
	return f
}

// pickUp is forward for a request of an earlier life of this process.
func (x *execution) pickUp() *session.Forward {
	isCommand := false
	var outcome outcome
	return &session.Forward{
		Send: func(ctx context.Context, m engine.Message) error {
			r := m.Body.(*wire.Response)
			if result := r.GetSqlCommandResult(); result != nil {
				isCommand = result.GetRelation().GetLocalRelation() != nil // a query comes back as it went
			}
			outcome.add(r)
			return x.pass(ctx, m.Size, r)
		},
		Changed: func() bool { return isCommand },
		Outcome: outcome.bytes,
		Replay: func(ctx context.Context, kept []byte) error {
			responses, err := readOutcome(kept)
			if err != nil {
				return err
			}
			for _, r := range responses {
				if err := x.pass(ctx, proto.Size(r), &wire.Response{ExecutePlanResponse: r}); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// pass hands a response of another server on as one of ours.
func (x *execution) pass(ctx context.Context, size int, r *wire.Response) error {
	return x.op.Send(ctx, size, func(id string) session.Body {
		r.SessionId, r.ServerSideSessionId, r.OperationId, r.ResponseId = x.sess.Key.ID, x.sess.ServerID, x.op.ID, id
		return r
	})
}

// maxOutcome bounds what is kept of an operation's responses; those that matter are small.
const maxOutcome = 64 << 10

// outcome collects the responses of a command: each with its length before it. Progress is left out.
type outcome struct {
	kept []byte
	over bool
}

func (o *outcome) add(r *wire.Response) {
	if r.GetExecutionProgress() != nil || o.over {
		return
	}
	if len(o.kept)+r.Size() <= maxOutcome {
		if raw, err := wire.NewCodec().Marshal(r); err == nil {
			o.kept = protowire.AppendBytes(o.kept, raw.Materialize())
			raw.Free()
			return
		}
	}
	o.kept, o.over = nil, true
}

// bytes is what is kept; too much is kept as nothing but a mark.
func (o *outcome) bytes() []byte {
	if o.over {
		return []byte{0}
	}
	return o.kept
}

func readOutcome(kept []byte) (all []*sparkpb.ExecutePlanResponse, err error) {
	for len(kept) > 0 {
		raw, n := protowire.ConsumeBytes(kept)
		r := &sparkpb.ExecutePlanResponse{}
		if n < 0 || len(raw) == 0 || proto.Unmarshal(raw, r) != nil {
			return nil, fault.New("SPARK_JOB_CANCELLED", "jobId", "", "reason", "after its end: it succeeded, but its answer was too large to be kept")
		}
		all, kept = append(all, r), kept[n:]
	}
	return all, nil
}

// resume gives an operation that this process does not know and an earlier life of it began, or
// says what became of it.
func (s *Server) resume(ctx context.Context, sess *session.Session, req *sparkpb.ReattachExecuteRequest, unknown error) (*session.Operation, error) {
	id := req.GetOperationId()
	began, err := sess.Began(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !began && req.LastResponseId != nil: // without any, the client runs it again by itself
		return nil, fault.New("SPARK_JOB_CANCELLED", "jobId", id,
			"reason", "because the server was started again when a part of the result had been sent. Run it again")
	case !began:
		return nil, unknown
	}
	return sess.Start(ctx, session.OperationRequest{ID: id, Reattachable: true, Resumed: true}, func(ctx context.Context, op *session.Operation) error {
		x := &execution{sess: sess, op: op, options: options{reattachable: true}}
		result, err := sess.Resume(ctx, session.Query{ID: id, Forward: x.pickUp()})
		if err != nil {
			return err
		}
		result.Close()
		return x.complete(ctx)
	})
}

// call asks an attached Spark a question of the same kind.
func call[A proto.Message](ctx context.Context, sess *session.Session, request any) (none A, err error) {
	reply, err := sess.Call(ctx, request)
	if err != nil {
		return none, err
	}
	answer, ok := reply.(A)
	if !ok {
		return none, fault.Internalf("an attached server answers with a %T", reply)
	}
	return answer, nil
}
