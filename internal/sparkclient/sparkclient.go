// Package sparkclient is the client's side of Spark Connect, as little of it as this repository's own programs need:
// addresses as Spark's clients write them, and sessions that execute plans. It knows nothing of what comes back.
package sparkclient

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkpb"
)

// ParseURL reads sc://host:port/;token=...;use_ssl=true as Spark's own clients do. The target is what Dial takes.
func ParseURL(url string) (target string, params map[string]string, err error) {
	rest, ok := strings.CutPrefix(url, "sc://")
	if !ok {
		return "", nil, fmt.Errorf("%q does not begin with sc://", url)
	}
	address, tail, _ := strings.Cut(rest, "/")
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(address, "15002")
	}
	params = map[string]string{}
	for _, param := range strings.Split(tail, ";") {
		if key, value, ok := strings.Cut(param, "="); ok {
			params[key] = value
		}
	}
	return "dns:" + address, params, nil
}

// Dial opens a connection, with TLS where params say use_ssl=true.
func Dial(target string, params map[string]string, more ...grpc.DialOption) (*grpc.ClientConn, error) {
	transport := insecure.NewCredentials()
	if params["use_ssl"] == "true" {
		transport = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	}
	return grpc.NewClient(target, append([]grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(128 << 20)),
	}, more...)...)
}

// Session is one session at a server. Its methods may be called from several goroutines at once.
type Session struct {
	ID      string
	service sparkpb.SparkConnectServiceClient
	user    *sparkpb.UserContext
	token   string
}

// New is a session that the server learns of with its first call; params are those of the url: user_id, token.
func New(conn grpc.ClientConnInterface, params map[string]string) *Session {
	return &Session{
		ID: uuid.NewString(), service: sparkpb.NewSparkConnectServiceClient(conn), token: params["token"],
		user: &sparkpb.UserContext{UserId: params["user_id"]},
	}
}

// Execute sends a plan and hands each response on; errors are the server's own, as gRPC has them. The end of the call
// ends the query: it cannot be reattached.
func (s *Session) Execute(ctx context.Context, plan *sparkpb.Plan, take func(*sparkpb.ExecutePlanResponse) error) error {
	ctx, cancel := context.WithCancel(s.identify(ctx))
	defer cancel()
	stream, err := s.service.ExecutePlan(ctx, &sparkpb.ExecutePlanRequest{SessionId: s.ID, UserContext: s.user, Plan: plan})
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := take(response); err != nil {
			return err
		}
	}
}

// InterruptAll ends all that runs in the session.
func (s *Session) InterruptAll(ctx context.Context) error {
	_, err := s.service.Interrupt(s.identify(ctx), &sparkpb.InterruptRequest{SessionId: s.ID, UserContext: s.user,
		InterruptType: sparkpb.InterruptRequest_INTERRUPT_TYPE_ALL})
	return err
}

// Release ends the session at the server.
func (s *Session) Release(ctx context.Context) error {
	_, err := s.service.ReleaseSession(s.identify(ctx), &sparkpb.ReleaseSessionRequest{SessionId: s.ID, UserContext: s.user})
	return err
}

// identify adds the token, if there is one.
func (s *Session) identify(ctx context.Context) context.Context {
	if s.token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+s.token)
}

// SQL is a plan that asks for a query's result.
func SQL(text string) *sparkpb.Plan {
	return Root(&sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}})
}

// Root is a plan that asks for a relation's rows.
func Root(relation *sparkpb.Relation) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: relation}}
}

// Command is a plan that does something.
func Command(command *sparkpb.Command) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: command}}
}

// ErrorClass is Spark's class of a call's error, or gRPC's code where a server gives none.
func ErrorClass(err error) string {
	s := status.Convert(err)
	for _, detail := range s.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.GetMetadata()["errorClass"] != "" {
			return info.GetMetadata()["errorClass"]
		}
	}
	return s.Code().String()
}
