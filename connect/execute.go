package connect

// This file runs plans: ExecutePlan, and the calls that pick its result up again.

import (
	"context"
	"errors"
	"io"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
	"shoal/plan"
	"shoal/session"
)

// ExecutePlan starts an operation and streams its responses. A reattachable operation goes on
// without its client; ReattachExecute picks it up.
func (s *Server) ExecutePlan(req *sparkpb.ExecutePlanRequest, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	ctx := stream.Context()
	sess, err := s.open(ctx, req)
	if err != nil {
		return s.status(nil, err)
	}
	if err := checkTags(req.GetTags()); err != nil {
		return s.status(sess, err)
	}
	raw, err := marshalPlan(req.GetPlan())
	if err != nil {
		return s.status(sess, err)
	}
	options := readOptions(req)
	op, err := sess.Start(ctx, session.OperationRequest{
		ID: req.GetOperationId(), Tags: req.GetTags(), Reattachable: options.reattachable, Request: fingerprint(raw),
	}, func(ctx context.Context, op *session.Operation) error {
		x := &execution{sess: sess, op: op, request: req, options: options, raw: raw}
		return x.run(ctx, req.GetPlan())
	})
	if err != nil {
		return s.status(sess, err)
	}
	if !options.reattachable {
		defer sess.Drop(op.ID)
	}
	return s.status(sess, relay(ctx, op, "", stream))
}

// ReattachExecute streams an operation's responses after the last one the client has seen.
func (s *Server) ReattachExecute(req *sparkpb.ReattachExecuteRequest, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	ctx := stream.Context()
	sess, err := s.find(ctx, req)
	if err != nil {
		return s.status(nil, err)
	}
	op, err := sess.Operation(req.GetOperationId())
	if err != nil {
		op, err = s.resume(ctx, sess, req, err)
	}
	if err != nil {
		return s.status(sess, err)
	}
	if !op.Reattachable {
		return s.status(sess, fault.New("INVALID_CURSOR.NOT_REATTACHABLE"))
	}
	return s.status(sess, relay(ctx, op, req.GetLastResponseId(), stream))
}

// ReleaseExecute forgets responses the client has, or the whole operation.
func (s *Server) ReleaseExecute(ctx context.Context, req *sparkpb.ReleaseExecuteRequest) (*sparkpb.ReleaseExecuteResponse, error) {
	sess, err := s.find(ctx, req)
	if err != nil {
		return nil, s.status(nil, err)
	}
	resp := &sparkpb.ReleaseExecuteResponse{SessionId: sess.Key.ID, ServerSideSessionId: sess.ServerID}
	op, err := sess.Operation(req.GetOperationId())
	if err != nil {
		return resp, nil // released already, or never begun: the client need not care
	}
	if !op.Reattachable {
		return nil, s.status(sess, fault.New("INVALID_CURSOR.NOT_REATTACHABLE"))
	}
	resp.OperationId = proto.String(op.ID)
	if until := req.GetReleaseUntil(); until != nil {
		return resp, s.status(sess, op.Release(until.GetResponseId()))
	}
	sess.Drop(op.ID)
	return resp, nil
}

// relay sends what a cursor reads: the end of the main flow.
func relay(ctx context.Context, op *session.Operation, after string, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	cursor, err := op.Attach(after)
	if err != nil {
		return err
	}
	defer cursor.Close()
	told := false
	for {
		r, err := cursor.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !told {
			told, err = true, stream.SetHeader(routeHeader(op.Route()))
		}
		if err == nil {
			err = stream.SendMsg(r.Body)
		}
		r.Body.Free()
		if err != nil {
			return err
		}
	}
}

// routeHeader tells clients where their query runs, why, and what was expected.
func routeHeader(r session.Route) metadata.MD {
	header := metadata.MD{}
	for key, value := range map[string]string{"x-shoal-engine": r.Engine, "x-shoal-reason": r.Why, "x-shoal-estimate": r.Expected} {
		if value != "" {
			header.Set(key, printable(value))
		}
	}
	return header
}

// printable is a text as a header may have it: short, and of ASCII letters and signs.
func printable(text string) string {
	const most = 1000
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text[:min(len(text), most)])
}

func checkTags(tags []string) error {
	for _, t := range tags {
		if t == "" || strings.Contains(t, ",") {
			return fault.Illegal("a tag must not be empty or hold a comma: %q", t)
		}
	}
	return nil
}

// options are what a request says about the way its result is sent.
type options struct {
	reattachable bool
	chunk        bool // the client puts batches in pieces together again
	chunkSize    int64
}

func readOptions(req *sparkpb.ExecutePlanRequest) (o options) {
	for _, r := range req.GetRequestOptions() {
		if r.GetReattachOptions().GetReattachable() {
			o.reattachable = true
		}
		if c := r.GetResultChunkingOptions(); c.GetAllowArrowBatchChunking() {
			o.chunk, o.chunkSize = true, c.GetPreferredArrowChunkSize()
		}
	}
	return o
}

// execution is one plan on its way to responses.
type execution struct {
	sess    *session.Session
	op      *session.Operation
	request *sparkpb.ExecutePlanRequest
	options options
	raw     []byte
	offset  int64 // rows sent
	metrics *sparkpb.ExecutePlanResponse_Metrics
}

// run decodes the plan and does what it says.
func (x *execution) run(ctx context.Context, p *sparkpb.Plan) error {
	p, err := expand(p)
	if err != nil {
		return err
	}
	if done, err := x.keeping(ctx, p.GetCommand()); done || err != nil {
		return err
	}
	d := x.decoder()
	st, err := d.decodePlan(p)
	shape := func() uint64 { return shape(p.ProtoReflect()) }
	if err != nil && !x.sess.Undecoded() {
		x.sess.Failed(session.Query{ID: x.op.ID, Shape: shape}, err)
		return err
	}
	if _, command := st.(plan.Command); command && d.replaced {
		plain, err := withoutVariables(p, d.variable)
		if err != nil {
			return err
		}
		if x.raw, err = marshalPlan(plain); err != nil {
			return err
		}
	}
	sql := p.GetCommand().GetSqlCommand()
	rel, isQuery := st.(plan.Relation)
	q := session.Query{ID: x.op.ID, Statement: st, Undecoded: err, Raw: x.raw, Forward: x.forward(p), Shape: shape}
	if sql != nil && isQuery && err == nil {
		err = x.answerLater(ctx, sql, rel, q)
	} else {
		err = x.answer(ctx, q, sql != nil)
	}
	if err != nil {
		return err
	}
	return x.complete(ctx)
}

func (x *execution) decoder() *decoder {
	return newDecoder(x.sess)
}

// keeping carries out the commands about checkpoints; done is false for all others, and where the attached Spark keeps them.
func (x *execution) keeping(ctx context.Context, c *sparkpb.Command) (done bool, err error) {
	if x.sess.Undecoded() {
		return false, nil
	}
	switch c := c.GetCommandType().(type) {
	case *sparkpb.Command_CheckpointCommand:
		err = x.checkpoint(ctx, c.CheckpointCommand)
	case *sparkpb.Command_RemoveCachedRemoteRelationCommand:
		err = x.sess.ForgetRelation(ctx, c.RemoveCachedRemoteRelationCommand.GetRelation().GetRelationId())
	default:
		return false, nil
	}
	if err != nil {
		return true, err
	}
	return true, x.complete(ctx)
}

// answerLater gives a query back to the client as the relation it will ask for. Its errors show now.
func (x *execution) answerLater(ctx context.Context, sql *sparkpb.SqlCommand, rel plan.Relation, q session.Query) error {
	if x.sess.Elsewhere(nil) {
		return x.answer(ctx, q, true)
	}
	if _, err := x.sess.Analyze(ctx, rel); x.sess.Elsewhere(err) {
		return x.answer(ctx, q, true)
	} else if err != nil {
		x.sess.Failed(q, err)
		return err
	}
	return x.sendRelation(ctx, sqlRelation(sql))
}

// answer runs a statement. The rows of a command that came as SQL text go back as a relation.
func (x *execution) answer(ctx context.Context, q session.Query, asRelation bool) (err error) {
	result, err := x.sess.Run(ctx, x.watched(q))
	if err != nil {
		return err
	}
	defer func() {
		result.Fail(err)
		result.Close()
	}()
	if result.Relayed {
		return nil
	}
	if asRelation {
		local, err := encodeLocal(result)
		if err != nil {
			return err
		}
		return x.sendRelation(ctx, &sparkpb.Relation{RelType: &sparkpb.Relation_LocalRelation{LocalRelation: local}})
	}
	if _, command := q.Statement.(plan.Command); !command {
		if err := x.sendRows(ctx, result); err != nil {
			return err
		}
	}
	x.metrics = encodeMetrics(result.Cost())
	return x.sendObservations(ctx, result)
}

// encodeMetrics tells what a query took, as one node of a plan.
func encodeMetrics(c session.Cost) *sparkpb.ExecutePlanResponse_Metrics {
	value := func(name, kind string, v int64) *sparkpb.ExecutePlanResponse_Metrics_MetricValue {
		return &sparkpb.ExecutePlanResponse_Metrics_MetricValue{Name: name, MetricType: kind, Value: v}
	}
	return &sparkpb.ExecutePlanResponse_Metrics{Metrics: []*sparkpb.ExecutePlanResponse_Metrics_MetricObject{{
		Name: c.Engine, PlanId: 1, ExecutionMetrics: map[string]*sparkpb.ExecutePlanResponse_Metrics_MetricValue{
			"numOutputRows": value("number of output rows", "sum", c.Rows),
			"dataSize":      value("data size", "size", c.Bytes),
			"time":          value("time until the last row", "timing", c.Time.Milliseconds()),
		},
	}}}
}

// sendObservations tells what df.observe found.
func (x *execution) sendObservations(ctx context.Context, result *session.Result) error {
	var metrics []*sparkpb.ExecutePlanResponse_ObservedMetrics
	size := 0
	err := result.Observe(ctx, func(o session.Observation) error {
		m, err := encodeObservation(o)
		metrics, size = append(metrics, m), size+proto.Size(m)
		return err
	})
	if err != nil || len(metrics) == 0 {
		return err
	}
	return x.send(ctx, size, func(r *sparkpb.ExecutePlanResponse) { r.ObservedMetrics = metrics })
}

// sqlRelation is the relation a SQL command's query is.
func sqlRelation(c *sparkpb.SqlCommand) *sparkpb.Relation {
	if c.GetInput() != nil {
		return c.GetInput()
	}
	return &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{
		Query: c.GetSql(), Args: c.GetArgs(), PosArgs: c.GetPosArgs(),
		NamedArguments: c.GetNamedArguments(), PosArguments: c.GetPosArguments(),
	}}}
}

// send puts a response into the operation's buffer; it waits for a slow client.
func (x *execution) send(ctx context.Context, size int, fill func(*sparkpb.ExecutePlanResponse)) error {
	return x.op.Send(ctx, size, x.response(nil, fill))
}

// response is one of ours; data are its batch's, if they go apart.
func (x *execution) response(data []byte, fill func(*sparkpb.ExecutePlanResponse)) func(id string) session.Body {
	return func(id string) session.Body {
		r := &sparkpb.ExecutePlanResponse{
			SessionId: x.sess.Key.ID, ServerSideSessionId: x.sess.ServerID, OperationId: x.op.ID, ResponseId: id,
		}
		fill(r)
		response := &wire.Response{ExecutePlanResponse: r}
		if len(data) > 0 {
			response.Data = mem.BufferSlice{mem.SliceBuffer(data)}
		}
		return response
	}
}

func (x *execution) sendRelation(ctx context.Context, rel *sparkpb.Relation) error {
	return x.send(ctx, proto.Size(rel), func(r *sparkpb.ExecutePlanResponse) {
		r.ResponseType = &sparkpb.ExecutePlanResponse_SqlCommandResult_{
			SqlCommandResult: &sparkpb.ExecutePlanResponse_SqlCommandResult{Relation: rel},
		}
	})
}

// complete tells a client that would otherwise reattach that there is no more.
func (x *execution) complete(ctx context.Context) error {
	if !x.options.reattachable {
		return nil
	}
	return x.send(ctx, 0, func(r *sparkpb.ExecutePlanResponse) {
		r.Metrics = x.metrics
		r.ResponseType = &sparkpb.ExecutePlanResponse_ResultComplete_{ResultComplete: &sparkpb.ExecutePlanResponse_ResultComplete{}}
	})
}
