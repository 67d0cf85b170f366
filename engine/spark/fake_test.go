package spark

// This file holds what the tests stand on: a Spark Connect server that does what it is told.

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"strconv"
	"strings"
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
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shoal/engine"
	"shoal/internal/sparkpb"
)

// fake keeps sessions and reattachable operations as Spark does. A plan is SQL text:
//
//	rows N SIZE   N batches of SIZE bytes
//	schema        a schema, and then no row
//	wait          answers when it is interrupted
//	fail CLASS    fails with Spark's error of that class
//	SHOW TBL…     tells the property
//	anything else succeeds, and is remembered
type fake struct {
	sparkpb.UnimplementedSparkConnectServiceServer
	version  string
	nameless bool // gives no server side ids, as 3.5

	breakAfter atomic.Int64 // the next stream breaks after so many responses
	cutAfter   atomic.Int64 // the next stream ends after so many responses, without an error
	sent       atomic.Int64 // responses sent
	asked      atomic.Int64 // for confs
	property   string       // of every table; "": there is none

	mu       sync.Mutex
	sessions map[string]*fakeSession
	closed   map[string]bool
	ops      map[string]*fakeOp
	told     []string // calls of note
}

type fakeSession struct {
	id   string
	conf map[string]string
	ran  []string // each with the conf "c" it ran under
}

type fakeOp struct {
	responses   []*sparkpb.ExecutePlanResponse
	interrupted chan struct{}
	once        sync.Once
}

func newFake() *fake {
	return &fake{version: "4.1.4", sessions: map[string]*fakeSession{}, closed: map[string]bool{}, ops: map[string]*fakeOp{}}
}

// restart is another process on the same port.
func (f *fake) restart() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sessions, f.ops, f.closed = map[string]*fakeSession{}, map[string]*fakeOp{}, map[string]bool{}
}

func (f *fake) tell(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.told = append(f.told, fmt.Sprintf(format, args...))
}

// heard counts the calls that began like that.
func (f *fake) heard(beginning string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.told {
		if strings.HasPrefix(t, beginning) {
			n++
		}
	}
	return n
}

// ran lists what ran in the only home there is.
func (f *fake) ran() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, s := range f.sessions {
		all = append(all, s.ran...)
	}
	return all
}

func sparkError(class string) error {
	st, _ := status.New(codes.Internal, "["+class+"] scripted").WithDetails(&errdetails.ErrorInfo{
		Reason: "org.apache.spark.SparkException", Domain: "org.apache.spark", Metadata: map[string]string{"errorId": uuid.NewString()}})
	return st.Err()
}

// session finds or begins a session.
func (f *fake) session(id, observed string) (*fakeSession, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed[id] {
		return nil, sparkError("INVALID_HANDLE.SESSION_CLOSED")
	}
	s := f.sessions[id]
	if s == nil {
		s = &fakeSession{id: uuid.NewString(), conf: map[string]string{}}
		if f.nameless {
			s.id = ""
		}
		if observed != "" {
			return nil, sparkError("INVALID_HANDLE.SESSION_CHANGED")
		}
		f.sessions[id] = s
	}
	if observed != "" && observed != s.id {
		return nil, sparkError("INVALID_HANDLE.SESSION_CHANGED")
	}
	return s, nil
}

func (f *fake) ExecutePlan(req *sparkpb.ExecutePlanRequest, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	s, err := f.session(req.GetSessionId(), req.GetClientObservedServerSideSessionId())
	if err != nil {
		return err
	}
	text := describe(req.GetPlan())
	words := strings.Fields(text)
	f.tell("execute %s", text)
	op := &fakeOp{interrupted: make(chan struct{})}
	response := func() *sparkpb.ExecutePlanResponse {
		return &sparkpb.ExecutePlanResponse{SessionId: req.GetSessionId(), ServerSideSessionId: s.id, OperationId: req.GetOperationId(),
			ResponseId: uuid.NewString()}
	}
	switch words[0] {
	case "fail":
		return sparkError(words[1])
	case "SHOW":
		if f.property == "" {
			return sparkError("TABLE_OR_VIEW_NOT_FOUND")
		}
		r := response()
		r.ResponseType = &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: &sparkpb.ExecutePlanResponse_ArrowBatch{
			RowCount: 1, Data: row("key", f.property)}}
		op.responses = append(op.responses, r)
	case "rows":
		n, _ := strconv.Atoi(words[1])
		size, _ := strconv.Atoi(words[2])
		for i := range n {
			r := response()
			r.ResponseType = &sparkpb.ExecutePlanResponse_ArrowBatch_{ArrowBatch: &sparkpb.ExecutePlanResponse_ArrowBatch{
				RowCount: 1, StartOffset: new(int64), Data: make([]byte, size)}}
			*r.GetArrowBatch().StartOffset = int64(i)
			op.responses = append(op.responses, r)
		}
	case "schema":
		r := response()
		r.Schema = &sparkpb.DataType{}
		op.responses = append(op.responses, r)
	case "wait":
		op.responses = append(op.responses, nil)
	default:
		f.mu.Lock()
		s.ran = append(s.ran, text+" c="+s.conf["c"])
		f.mu.Unlock()
	}
	done := response()
	done.ResponseType = &sparkpb.ExecutePlanResponse_ResultComplete_{ResultComplete: &sparkpb.ExecutePlanResponse_ResultComplete{}}
	op.responses = append(op.responses, done)
	f.mu.Lock()
	f.ops[req.GetOperationId()] = op
	f.mu.Unlock()
	return f.stream(op, 0, stream)
}

// row is a batch with one row of texts.
func row(values ...string) []byte {
	var fields []arrow.Field
	for i := range values {
		fields = append(fields, arrow.Field{Name: strconv.Itoa(i), Type: arrow.BinaryTypes.String})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for i, v := range values {
		b.Field(i).(*array.StringBuilder).Append(v)
	}
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(schema))
	if err := w.Write(b.NewRecordBatch()); err != nil {
		panic(err)
	}
	w.Close()
	return out.Bytes()
}

// describe is a plan's text.
func describe(p *sparkpb.Plan) string {
	if c := p.GetRoot().GetCatalog().GetDropTempView(); c != nil {
		return "drop " + c.GetViewName()
	}
	if sql := p.GetRoot().GetSql(); sql != nil {
		return sql.GetQuery()
	}
	c := p.GetCommand().GetSqlCommand()
	if c.GetInput() != nil {
		return c.GetInput().GetSql().GetQuery()
	}
	return c.GetSql()
}

func (f *fake) stream(op *fakeOp, from int, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	breakAfter, cutAfter := f.breakAfter.Swap(0), f.cutAfter.Swap(0)
	for i, r := range op.responses[from:] {
		if breakAfter > 0 && int64(i) == breakAfter-1 {
			return status.Error(codes.Unavailable, "scripted break")
		}
		if cutAfter > 0 && int64(i) == cutAfter-1 {
			return nil
		}
		if r == nil {
			select {
			case <-op.interrupted:
				return sparkError("OPERATION_CANCELED")
			case <-stream.Context().Done():
				return stream.Context().Err()
			}
		}
		if err := stream.Send(r); err != nil {
			return err
		}
		f.sent.Add(1)
	}
	return nil
}

func (f *fake) ReattachExecute(req *sparkpb.ReattachExecuteRequest, stream grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	f.tell("reattach %s", req.GetLastResponseId())
	if _, err := f.session(req.GetSessionId(), req.GetClientObservedServerSideSessionId()); err != nil {
		return err
	}
	f.mu.Lock()
	op := f.ops[req.GetOperationId()]
	f.mu.Unlock()
	if op == nil {
		return sparkError("INVALID_HANDLE.OPERATION_NOT_FOUND")
	}
	from := 0
	for i, r := range op.responses {
		if r != nil && r.GetResponseId() == req.GetLastResponseId() {
			from = i + 1
		}
	}
	return f.stream(op, from, stream)
}

func (f *fake) ReleaseExecute(_ context.Context, req *sparkpb.ReleaseExecuteRequest) (*sparkpb.ReleaseExecuteResponse, error) {
	if req.GetReleaseAll() != nil {
		f.tell("release all")
	} else {
		f.tell("release until")
	}
	return &sparkpb.ReleaseExecuteResponse{SessionId: req.GetSessionId()}, nil
}

func (f *fake) Interrupt(_ context.Context, req *sparkpb.InterruptRequest) (*sparkpb.InterruptResponse, error) {
	f.mu.Lock()
	op := f.ops[req.GetOperationId()]
	f.mu.Unlock()
	f.tell("interrupt")
	resp := &sparkpb.InterruptResponse{SessionId: req.GetSessionId()}
	if op != nil {
		op.once.Do(func() { close(op.interrupted) })
		resp.InterruptedIds = []string{req.GetOperationId()}
	}
	return resp, nil
}

func (f *fake) AnalyzePlan(ctx context.Context, req *sparkpb.AnalyzePlanRequest) (*sparkpb.AnalyzePlanResponse, error) {
	s, err := f.session(req.GetSessionId(), req.GetClientObservedServerSideSessionId())
	if err != nil {
		return nil, err
	}
	return &sparkpb.AnalyzePlanResponse{SessionId: req.GetSessionId(), ServerSideSessionId: s.id, Result: &sparkpb.AnalyzePlanResponse_SparkVersion_{
		SparkVersion: &sparkpb.AnalyzePlanResponse_SparkVersion{Version: f.version}}}, nil
}

func (f *fake) Config(_ context.Context, req *sparkpb.ConfigRequest) (*sparkpb.ConfigResponse, error) {
	s, err := f.session(req.GetSessionId(), req.GetClientObservedServerSideSessionId())
	if err != nil {
		return nil, err
	}
	if req.GetOperation().GetGetOption() != nil {
		f.asked.Add(1)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range req.GetOperation().GetSet().GetPairs() {
		if strings.HasPrefix(p.GetKey(), "bad") {
			return nil, sparkError("CANNOT_MODIFY_CONFIG")
		}
		s.conf[p.GetKey()] = p.GetValue()
	}
	for _, key := range req.GetOperation().GetUnset().GetKeys() {
		delete(s.conf, key)
	}
	return &sparkpb.ConfigResponse{SessionId: req.GetSessionId(), ServerSideSessionId: s.id}, nil
}

func (f *fake) AddArtifacts(stream grpc.ClientStreamingServer[sparkpb.AddArtifactsRequest, sparkpb.AddArtifactsResponse]) error {
	var name string
	var data []byte
	sound := true
	var first *sparkpb.AddArtifactsRequest
	for {
		req, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if first == nil {
			first = req
		}
		chunk := req.GetChunk()
		switch {
		case req.GetBatch() != nil:
			name, chunk = req.GetBatch().GetArtifacts()[0].GetName(), req.GetBatch().GetArtifacts()[0].GetData()
		case req.GetBeginChunk() != nil:
			name, chunk = req.GetBeginChunk().GetName(), req.GetBeginChunk().GetInitialChunk()
		}
		data = append(data, chunk.GetData()...)
		sound = sound && int64(crc32.ChecksumIEEE(chunk.GetData())) == chunk.GetCrc()
	}
	s, err := f.session(first.GetSessionId(), first.GetClientObservedServerSideSessionId())
	if err != nil {
		return err
	}
	f.tell("artifact %s %d %d", name, len(data), crc32.ChecksumIEEE(data))
	return stream.SendAndClose(&sparkpb.AddArtifactsResponse{SessionId: first.GetSessionId(), ServerSideSessionId: s.id,
		Artifacts: []*sparkpb.AddArtifactsResponse_ArtifactSummary{{Name: name, IsCrcSuccessful: sound}}})
}

func (f *fake) ReleaseSession(_ context.Context, req *sparkpb.ReleaseSessionRequest) (*sparkpb.ReleaseSessionResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.sessions, req.GetSessionId())
	f.closed[req.GetSessionId()] = true
	return &sparkpb.ReleaseSessionResponse{SessionId: req.GetSessionId()}, nil
}

// serve starts a server and an engine attached to it.
func serve(t testing.TB, service sparkpb.SparkConnectServiceServer, change func(*Options), o ...grpc.ServerOption) *Engine {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := grpc.NewServer(append(o, grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))...)
	if service != nil {
		sparkpb.RegisterSparkConnectServiceServer(g, service)
	}
	go g.Serve(l)
	t.Cleanup(g.Stop)
	return attach(t, "sc://"+l.Addr().String(), change)
}

// attach names a server that may not be there.
func attach(t testing.TB, url string, change func(*Options)) *Engine {
	t.Helper()
	address, err := ParseAddress(url)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Address: address, DialTimeout: time.Second, Patience: 3 * time.Second}
	if change != nil {
		change(&options)
	}
	e, err := Open(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// sql is a request to run a text.
func sql(text string) *sparkpb.ExecutePlanRequest {
	return &sparkpb.ExecutePlanRequest{Plan: &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: &sparkpb.Command{
		CommandType: &sparkpb.Command_SqlCommand{SqlCommand: &sparkpb.SqlCommand{Input: &sparkpb.Relation{
			RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: text}}}}}}}}}
}

// state is a session's state with some steps.
func state(version int64, conf map[string]string, steps ...engine.Step) engine.State {
	return engine.State{Version: version, Conf: conf, Steps: func(context.Context) ([]engine.Step, error) { return steps, nil }}
}
