package main

// This file is a Spark Connect client with just what shoal sql needs.

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkpb"
)

// client is one session at a Spark Connect server.
type client struct {
	conn    *grpc.ClientConn
	service sparkpb.SparkConnectServiceClient
	session string
	token   string
	user    *sparkpb.UserContext
	after   func() error // what to close after the connection
}

// A printer writes an answer as it comes: its columns, its rows batch by batch, its end.
type printer interface {
	begin(*arrow.Schema)
	batch(arrow.RecordBatch) error
	end() error
}

func newClient(target string, params map[string]string, dialer func(context.Context, string) (net.Conn, error), after func() error) (*client, error) {
	token := params["token"]
	transport := insecure.NewCredentials()
	if params["use_ssl"] == "true" {
		transport = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	}
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(128 << 20)),
	}
	if dialer != nil {
		options = append(options, grpc.WithContextDialer(dialer))
	}
	conn, err := grpc.NewClient(target, options...)
	if err != nil {
		return nil, errors.Join(err, after())
	}
	return &client{
		conn: conn, service: sparkpb.NewSparkConnectServiceClient(conn), session: uuid.NewString(), token: token,
		user: &sparkpb.UserContext{UserId: params["user_id"]}, after: after,
	}, nil
}

// sql runs a statement. Spark answers a statement with a relation, which the client then asks for.
// A command that has nothing to tell prints nothing.
func (c *client) sql(ctx context.Context, text string, to printer) error {
	input := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
	command := &sparkpb.Command{CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: input}}}
	relation := input
	err := c.execute(ctx, &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: command}}, func(r *sparkpb.ExecutePlanResponse) error {
		if result := r.GetSqlCommandResult(); result != nil {
			relation = result.GetRelation()
		}
		return nil
	})
	if err != nil {
		return err
	}
	a := &answer{to: to}
	if err := c.execute(ctx, &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: relation}}, a.add); err != nil {
		return err
	}
	if a.schema == nil || a.schema.NumFields() == 0 && a.rows == 0 {
		return nil
	}
	return to.end()
}

// execute sends a plan and hands each response on.
func (c *client) execute(ctx context.Context, plan *sparkpb.Plan, take func(*sparkpb.ExecutePlanResponse) error) error {
	ctx, cancel := context.WithCancel(c.identify(ctx))
	defer cancel()
	stream, err := c.service.ExecutePlan(ctx, &sparkpb.ExecutePlanRequest{SessionId: c.session, UserContext: c.user, Plan: plan})
	if err != nil {
		return readable(err)
	}
	for {
		response, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return readable(err)
		}
		if err := take(response); err != nil {
			return err
		}
	}
}

// identify adds the token of the url, if there was one.
func (c *client) identify(ctx context.Context) context.Context {
	if c.token == "" {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+c.token)
}

// answer takes a result apart.
type answer struct {
	to     printer
	schema *arrow.Schema
	rows   int64
}

// add prints the Arrow batch of a response.
func (a *answer) add(r *sparkpb.ExecutePlanResponse) error {
	data := r.GetArrowBatch().GetData()
	if data == nil {
		return nil
	}
	reader, err := ipc.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	defer reader.Release()
	if a.schema == nil {
		a.schema = reader.Schema()
		a.to.begin(a.schema)
	}
	for reader.Next() {
		a.rows += reader.RecordBatch().NumRows()
		if err := a.to.batch(reader.RecordBatch()); err != nil {
			return err
		}
	}
	return reader.Err()
}

// close ends the session and everything under it.
func (c *client) close() error {
	_, err := c.service.ReleaseSession(c.identify(context.Background()), &sparkpb.ReleaseSessionRequest{SessionId: c.session, UserContext: c.user})
	if status.Code(err) != 0 {
		err = nil // the answer is what was asked for; a server that is gone has no session to end
	}
	return errors.Join(err, c.conn.Close(), c.after())
}

// readable is the server's own text, without gRPC's words around it.
func readable(err error) error {
	if status.Code(err) == codes.Unavailable {
		return fmt.Errorf("no Spark Connect server answers: %s", status.Convert(err).Message())
	}
	if s, ok := status.FromError(err); ok {
		return errors.New(s.Message())
	}
	return err
}
