package connect

// This file holds what the tests of the service stand on: a server over a scripted engine.

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"shoal/catalog"
	"shoal/engine"
	"shoal/internal/sparkpb"
	"shoal/plan"
	"shoal/session"
	"shoal/store"
)

// scripted is an engine that answers ranges: rows a batch, a pause before each.
type scripted struct {
	rows    int64
	pause   time.Duration
	panics  atomic.Bool
	running atomic.Int64
	made    atomic.Int64 // batches
}

func (*scripted) Name() string                          { return "scripted" }
func (*scripted) Accepts(engine.Query) error            { return nil }
func (*scripted) Estimate(engine.Query) engine.Estimate { return engine.Estimate{} }

func (e *scripted) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	if e.panics.Load() {
		panic("scripted panic")
	}
	next, end := int64(0), int64(1)
	plan.WalkRelations(q.Plan, func(r plan.Relation) bool {
		if r, ok := r.(*plan.Range); ok {
			next, end = r.Start, r.End
		}
		return true
	})
	e.running.Add(1)
	return &scriptedRows{e: e, ctx: ctx, schema: q.Schema, next: next, end: end, progress: q.Progress}, nil
}

type scriptedRows struct {
	array.RecordReader
	e         *scripted
	ctx       context.Context
	schema    *arrow.Schema
	next, end int64
	batch     arrow.RecordBatch
	err       error
	progress  func(engine.Progress)
	once      sync.Once
}

func (r *scriptedRows) Next() bool {
	if r.next >= r.end || r.err != nil {
		return false
	}
	select {
	case <-time.After(r.e.pause):
	case <-r.ctx.Done():
		r.err = context.Cause(r.ctx)
		return false
	}
	if r.progress != nil {
		r.progress(engine.Progress{Fraction: float64(r.next) / float64(r.end)})
	}
	b := array.NewRecordBuilder(memory.DefaultAllocator, r.schema)
	for n := min(r.e.rows, r.end-r.next); n > 0; n-- {
		b.Field(0).(*array.Int64Builder).Append(r.next)
		r.next++
	}
	r.batch = b.NewRecordBatch()
	r.e.made.Add(1)
	return true
}

func (r *scriptedRows) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *scriptedRows) Err() error                     { return r.err }
func (r *scriptedRows) Retain()                        {}
func (r *scriptedRows) Release()                       { r.once.Do(func() { r.e.running.Add(-1) }) }

// bench is a running server and what is behind it.
type bench struct {
	t        *testing.T
	addr     string
	engine   *scripted
	sessions *session.Registry
	log      *lockedBuffer
	dir      string
	stop     func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newBench starts a server; change may set what a test needs.
func newBench(t *testing.T, change ...func(*session.Options, *Options)) *bench {
	return restart(t, t.TempDir(), change...)
}

// restart starts a server over a data directory.
func restart(t *testing.T, dir string, change ...func(*session.Options, *Options)) *bench {
	t.Helper()
	b := &bench{t: t, engine: &scripted{rows: 10}, log: &lockedBuffer{}, dir: dir}
	st, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(b.log, nil))
	so := session.Options{
		Store: st, Catalog: catalog.New(catalog.Options{AllowedPaths: []string{dir}}), Router: &engine.Router{Engines: []engine.Engine{b.engine}},
		Decode: DecodeJournalled, Log: log, Artifacts: filepath.Join(dir, "artifacts"),
		Conf: map[string]string{"spark.sql.session.timeZone": "UTC"},
	}
	co := Options{Log: log}
	for _, c := range change {
		c(&so, &co)
	}
	if b.sessions, err = session.New(so); err != nil {
		t.Fatal(err)
	}
	co.Sessions = b.sessions
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.addr = l.Addr().String()
	server := New(co)
	go server.Serve(l)
	ctx, cancel := context.WithCancel(context.Background())
	watched := make(chan struct{})
	go func() { b.sessions.Watch(ctx); close(watched) }()
	b.stop = sync.OnceFunc(func() {
		server.Stop()
		cancel()
		<-watched
		now, done := context.WithCancel(context.Background())
		done()
		b.sessions.Shutdown(now)
		st.Close()
	})
	t.Cleanup(b.stop)
	return b
}

// client is one session on a connection of its own.
type client struct {
	sparkpb.SparkConnectServiceClient
	t   *testing.T
	id  string
	ctx context.Context
}

func (b *bench) client() *client { return b.clientAt(b.addr) }

func (b *bench) clientAt(addr string) *client {
	b.t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { conn.Close() })
	return &client{sparkpb.NewSparkConnectServiceClient(conn), b.t, uuid.NewString(), b.t.Context()}
}

func rangePlan(end int64) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{
		RelType: &sparkpb.Relation_Range{Range: &sparkpb.Range{End: end, Step: 1}},
	}}}
}

func sqlPlan(text string) *sparkpb.Plan {
	return &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: &sparkpb.Command{
		CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{
			Input: &sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}},
		}},
	}}}
}

// request makes an ExecutePlan request that can be picked up again.
func (c *client) request(p *sparkpb.Plan, tags ...string) *sparkpb.ExecutePlanRequest {
	id := uuid.NewString()
	return &sparkpb.ExecutePlanRequest{
		SessionId: c.id, OperationId: &id, Plan: p, Tags: tags,
		RequestOptions: []*sparkpb.ExecutePlanRequest_RequestOption{{
			RequestOption: &sparkpb.ExecutePlanRequest_RequestOption_ReattachOptions{
				ReattachOptions: &sparkpb.ReattachOptions{Reattachable: true},
			},
		}},
	}
}

// responses is either stream of responses.
type responses interface {
	Recv() (*sparkpb.ExecutePlanResponse, error)
}

// ids reads the numbers of a batch, which must be a stream of its own and start where the last ended.
func (c *client) ids(b *sparkpb.ExecutePlanResponse_ArrowBatch, seen int) []int64 {
	c.t.Helper()
	if int(b.GetStartOffset()) != seen {
		c.t.Fatalf("a batch starts at %d after %d rows", b.GetStartOffset(), seen)
	}
	r, err := ipc.NewReader(bytes.NewReader(b.GetData()))
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Release()
	var ids []int64
	batches := 0
	for r.Next() {
		batches++
		ids = append(ids, r.RecordBatch().Column(0).(*array.Int64).Int64Values()...)
	}
	if batches != 1 || len(ids) != int(b.GetRowCount()) {
		c.t.Fatalf("%d batches of %d rows in a message that says %d", batches, len(ids), b.GetRowCount())
	}
	return ids
}

// collect runs a plan to its end.
func (c *client) collect(p *sparkpb.Plan) (ids []int64, err error) {
	c.t.Helper()
	stream, err := c.ExecutePlan(c.ctx, c.request(p))
	if err != nil {
		return nil, err
	}
	complete := false
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			if !complete {
				c.t.Error("the stream ended without saying so")
			}
			return ids, nil
		}
		if err != nil {
			return ids, err
		}
		if b := r.GetArrowBatch(); b != nil {
			ids = append(ids, c.ids(b, len(ids))...)
		}
		complete = r.GetResultComplete() != nil
	}
}

// sql runs a statement and fails the test if it cannot.
func (c *client) sql(text string) {
	c.t.Helper()
	if _, err := c.collect(sqlPlan(text)); err != nil {
		c.t.Fatalf("%s: %v", text, err)
	}
}

func (c *client) conf(key string) (string, error) {
	r, err := c.Config(c.ctx, &sparkpb.ConfigRequest{SessionId: c.id, Operation: &sparkpb.ConfigRequest_Operation{
		OpType: &sparkpb.ConfigRequest_Operation_Get{Get: &sparkpb.ConfigRequest_Get{Keys: []string{key}}},
	}})
	if err != nil {
		return "", err
	}
	return r.GetPairs()[0].GetValue(), nil
}

// errorInfo is what a Spark client reads off an error.
func errorInfo(err error) *errdetails.ErrorInfo {
	for _, d := range status.Convert(err).Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok {
			return info
		}
	}
	return &errdetails.ErrorInfo{}
}

func errorClass(err error) string { return errorInfo(err).GetMetadata()["errorClass"] }

func wantClass(t *testing.T, err error, want string) {
	t.Helper()
	if got := errorClass(err); got != want {
		t.Errorf("got %v (%v), want %s", got, err, want)
	}
}

// eventually waits for something that another goroutine does.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}
