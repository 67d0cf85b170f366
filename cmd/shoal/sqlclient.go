package main

// This file is a Spark Connect client with just what shoal sql needs.

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
)

// client is one session at a Spark Connect server.
type client struct {
	conn    *grpc.ClientConn
	session *sparkclient.Session
	after   func() error // what to close after the connection
	status  *statusLine
}

// A printer writes an answer as it comes: its columns, its rows batch by batch, its end.
type printer interface {
	begin(*arrow.Schema)
	batch(arrow.RecordBatch) error
	end() error
}

func newClient(target string, params map[string]string, after func() error, more ...grpc.DialOption) (*client, error) {
	conn, err := sparkclient.Dial(target, params, more...)
	if err != nil {
		return nil, errors.Join(err, after())
	}
	return &client{conn: conn, session: sparkclient.New(conn, params), after: after, status: onTerminal()}, nil
}

// sql runs a statement. Spark answers a statement with a relation, which the client then asks for.
// A command that has nothing to tell prints nothing.
func (c *client) sql(ctx context.Context, text string, to printer) error {
	input := &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}
	command := &sparkpb.Command{CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: input}}}
	relation := input
	defer c.status.clear()
	err := c.session.Execute(ctx, sparkclient.Command(command), func(r *sparkpb.ExecutePlanResponse) error {
		c.status.see(r)
		if result := r.GetSqlCommandResult(); result != nil {
			relation = result.GetRelation()
		}
		return nil
	})
	if err != nil {
		return readable(err)
	}
	a := &answer{to: to}
	err = c.session.Execute(ctx, sparkclient.Root(relation), func(r *sparkpb.ExecutePlanResponse) error {
		c.status.see(r)
		return a.add(r)
	})
	if err != nil {
		return readable(err)
	}
	c.status.clear()
	if a.schema == nil || a.schema.NumFields() == 0 && a.rows == 0 {
		return nil
	}
	return to.end()
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
	_ = c.session.Release(context.Background()) // the answer is what was asked for; a server that is gone has no session to end
	return errors.Join(c.conn.Close(), c.after())
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
