package connect

// This file hands requests on to an attached Spark, and its answers back.

import (
	"context"

	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// forward is how the operation's request leaves. p is its plan, not compressed.
func (x *execution) forward(p *sparkpb.Plan) *session.Forward {
	request := &sparkpb.ExecutePlanRequest{Plan: p, ClientType: x.request.ClientType, Tags: x.request.GetTags(), RequestOptions: x.request.GetRequestOptions()}
	request.ProtoReflect().SetUnknown(x.request.ProtoReflect().GetUnknown())
	isCommand := false
	return &session.Forward{
		Request: request,
		Send: func(ctx context.Context, m engine.Message) error {
			r := m.Body.(*sparkpb.ExecutePlanResponse)
			if result := r.GetSqlCommandResult(); result != nil {
				isCommand = result.GetRelation().GetLocalRelation() != nil // a query comes back as it went
			}
			return x.op.Send(ctx, m.Size, func(id string) any {
				r.SessionId, r.ServerSideSessionId, r.OperationId, r.ResponseId = x.sess.Key.ID, x.sess.ServerID, x.op.ID, id
				return r
			})
		},
		Changed: func() bool { return isCommand },
	}
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
