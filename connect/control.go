package connect

// This file answers the calls about sessions and operations as such: Interrupt, ReleaseSession,
// CloneSession.

import (
	"context"
	"slices"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

// Interrupt stops operations: all of the session's, those with a tag, or one.
func (s *Server) Interrupt(ctx context.Context, req *sparkpb.InterruptRequest) (*sparkpb.InterruptResponse, error) {
	sess, err := s.open(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	match, err := interruptMatch(req)
	if err != nil {
		return nil, s.status(sess, err)
	}
	return &sparkpb.InterruptResponse{
		SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID, InterruptedIds: sess.Interrupt(match),
	}, nil
}

func interruptMatch(req *sparkpb.InterruptRequest) (func(*session.Operation) bool, error) {
	switch req.GetInterruptType() {
	case sparkpb.InterruptRequest_INTERRUPT_TYPE_ALL:
		return func(*session.Operation) bool { return true }, nil
	case sparkpb.InterruptRequest_INTERRUPT_TYPE_TAG:
		if _, ok := req.GetInterrupt().(*sparkpb.InterruptRequest_OperationTag); !ok {
			return nil, fault.New("INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_TAG_REQUIRES_TAG",
				"parameter", "operation_tag", "functionName", "interrupt")
		}
		return func(op *session.Operation) bool { return slices.Contains(op.Tags, req.GetOperationTag()) }, nil
	case sparkpb.InterruptRequest_INTERRUPT_TYPE_OPERATION_ID:
		if _, ok := req.GetInterrupt().(*sparkpb.InterruptRequest_OperationId); !ok {
			return nil, fault.New("INVALID_PARAMETER_VALUE.INTERRUPT_TYPE_OPERATION_ID_REQUIRES_ID",
				"parameter", "operation_id", "functionName", "interrupt")
		}
		return func(op *session.Operation) bool { return op.ID == req.GetOperationId() }, nil
	default:
		return nil, fault.New("UNSUPPORTED_FEATURE.INTERRUPT_TYPE", "interruptType", req.GetInterruptType().String())
	}
}

// ReleaseSession ends a session. To end what is not there is no error.
func (s *Server) ReleaseSession(ctx context.Context, req *sparkpb.ReleaseSessionRequest) (*sparkpb.ReleaseSessionResponse, error) {
	serverID, err := s.Sessions.Close(ctx, sessionKey(ctx, req.GetSessionId()), req.GetAllowReconnect())
	if err != nil {
		return nil, s.status(nil, err)
	}
	return &sparkpb.ReleaseSessionResponse{SessionId: req.GetSessionId(), ServerSideSessionId: serverID}, nil
}

// CloneSession begins a session with the state of another.
func (s *Server) CloneSession(ctx context.Context, req *sparkpb.CloneSessionRequest) (*sparkpb.CloneSessionResponse, error) {
	from, err := s.find(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	to, err := s.Sessions.Clone(ctx, from, req.GetNewSessionId())
	if err != nil {
		return nil, s.status(from, err)
	}
	return &sparkpb.CloneSessionResponse{
		SessionId: from.Key.ID, ServerSideSessionId: from.ServerID,
		NewSessionId: to.Key.ID, NewServerSideSessionId: to.ServerID,
	}, nil
}
