// Package connect is the front door: Spark Connect's gRPC service. It decodes requests into plans
// (decode_*.go), hands them to package session, and encodes results as Arrow batches and errors as
// Spark's. It knows who is calling; what a plan means it leaves to others. [New] is the entry point.
package connect

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"shoal/internal/sparkpb"
	"shoal/internal/wire"
	"shoal/plan"
	"shoal/session"
)

// Version is the Spark whose meaning we give, and so what clients are told.
const Version = "4.1.4"

// maxMessage is the largest message in either direction: Spark's default.
const maxMessage = 128 << 20

// writeBuffer is how many bytes go to a connection at once: batches are megabytes.
const writeBuffer = 256 << 10

// Options are what the service needs; Sessions is required.
type Options struct {
	Sessions *session.Registry
	// Users says who may come in. Empty: everybody, as one and the same user, which is right for
	// loopback only.
	Users Users
	Log   *slog.Logger
}

// Server is the Spark Connect service.
type Server struct {
	sparkpb.UnimplementedSparkConnectServiceServer
	Options
}

// New makes a gRPC server with the service in it; more are transport options, such as TLS.
func New(o Options, more ...grpc.ServerOption) *grpc.Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{Options: o}
	options := append([]grpc.ServerOption{
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxSendMsgSize(maxMessage),
		grpc.ForceServerCodecV2(wire.NewCodec()),
		grpc.WriteBufferSize(writeBuffer), // a connection has one only while it writes
		grpc.ChainUnaryInterceptor(s.unary),
		grpc.ChainStreamInterceptor(s.stream),
		grpc.ReadBufferSize(8 << 10), // an idle notebook's connection should cost little
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{PermitWithoutStream: true, MinTime: 5 * time.Second}),
		// A client whose machine is gone is noticed: what cannot be picked up again then ends.
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: time.Minute, Timeout: 20 * time.Second}),
	}, more...)
	g := grpc.NewServer(options...)
	sparkpb.RegisterSparkConnectServiceServer(g, s)
	return g
}

// addressed is what every request but AddArtifacts' pieces says of its session.
type addressed interface {
	GetSessionId() string
	GetClientObservedServerSideSessionId() string
}

// open finds or begins the request's session, of the user who was recognised.
func (s *Server) open(ctx context.Context, req addressed) (*session.Session, error) {
	return s.Sessions.Open(ctx, sessionKey(ctx, req.GetSessionId()), req.GetClientObservedServerSideSessionId())
}

// find is open for requests about something that must exist already.
func (s *Server) find(ctx context.Context, req addressed) (*session.Session, error) {
	return s.Sessions.Find(ctx, sessionKey(ctx, req.GetSessionId()), req.GetClientObservedServerSideSessionId())
}

func sessionKey(ctx context.Context, id string) session.Key {
	return session.Key{User: userOf(ctx), ID: id}
}

// DecodeJournalled reads back a request that package session kept in its journal.
func DecodeJournalled(request []byte, artifact func(hash string) ([]byte, bool)) (plan.Statement, error) {
	p, err := unmarshalPlan(request)
	if err != nil {
		return nil, err
	}
	d := &decoder{artifact: artifact}
	return d.decodePlan(p)
}
