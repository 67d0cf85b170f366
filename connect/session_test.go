package connect

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/session"
)

func contextWithCancel(c *client) (context.Context, context.CancelFunc) {
	return context.WithCancel(c.ctx)
}

func twoUsers(t *testing.T) func(*session.Options, *Options) {
	users, err := ReadUsers(strings.NewReader("# who may come in\nann-0123456789abcdef ann\nbob-0123456789abcdef bob\n"))
	if err != nil {
		t.Fatal(err)
	}
	return func(_ *session.Options, o *Options) { o.Users = users }
}

func TestOnlyTokensOpenTheDoor(t *testing.T) {
	b := newBench(t, twoUsers(t))
	c := b.client()
	for _, header := range []string{"", "Bearer wrong-0123456789abcdef", "ann-0123456789abcdef", "Bearer ", "Bearer ann-0123456789abcde"} {
		c.ctx = metadata.AppendToOutgoingContext(t.Context(), "authorization", header)
		if _, err := c.conf("spark.sql.ansi.enabled"); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%q: %v", header, err)
		}
		if _, err := c.collect(rangePlan(1)); status.Code(err) != codes.Unauthenticated {
			t.Errorf("%q: a stream: %v", header, err)
		}
	}
	c.ctx = metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer ann-0123456789abcdef")
	if _, err := c.conf("spark.sql.ansi.enabled"); err != nil {
		t.Error(err)
	}
}

func TestSessionsBelongToTheRecognisedUser(t *testing.T) {
	b := newBench(t, twoUsers(t))
	c := b.client()
	as := func(name string) {
		c.ctx = metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+name+"-0123456789abcdef")
	}
	as("ann")
	c.sql("SET a.secret = 1")
	as("bob") // the same session id, and ann's user id claimed below
	r, err := c.Config(c.ctx, &sparkpb.ConfigRequest{
		SessionId: c.id, UserContext: &sparkpb.UserContext{UserId: "ann"},
		Operation: &sparkpb.ConfigRequest_Operation{OpType: &sparkpb.ConfigRequest_Operation_GetOption{
			GetOption: &sparkpb.ConfigRequest_GetOption{Keys: []string{"a.secret"}},
		}},
	})
	if err != nil || r.GetPairs()[0].Value != nil {
		t.Errorf("bob sees ann's session: %v, %v", r, err)
	}
}

func TestTokenFileIsChecked(t *testing.T) {
	for _, text := range []string{"", "justatoken-0123456789", "short ann", "# only a comment", "ann-0123456789abcdef ann\nann-0123456789abcdef bob"} {
		if _, err := ReadUsers(strings.NewReader(text)); err == nil {
			t.Errorf("%q is taken for a token file", text)
		}
	}
}

func artifact(c *client, name string, data []byte, crc int64) (*sparkpb.AddArtifactsResponse, error) {
	stream, err := c.AddArtifacts(c.ctx)
	if err != nil {
		return nil, err
	}
	stream.Send(&sparkpb.AddArtifactsRequest{SessionId: c.id, Payload: &sparkpb.AddArtifactsRequest_Batch_{
		Batch: &sparkpb.AddArtifactsRequest_Batch{Artifacts: []*sparkpb.AddArtifactsRequest_SingleChunkArtifact{{
			Name: name, Data: &sparkpb.AddArtifactsRequest_ArtifactChunk{Data: data, Crc: crc},
		}}},
	}})
	return stream.CloseAndRecv()
}

func TestArtifactsStayInTheirFolder(t *testing.T) {
	b := newBench(t)
	c := b.client()
	data := []byte("hello")
	crc := int64(crc32.ChecksumIEEE(data))
	for _, name := range []string{"../x", "/etc/x", "cache/../../x", "..", "", "a//b", "./x", `..\x`, "a/./b", "cache/..", "x\x00y"} {
		_, err := artifact(c, name, data, crc)
		wantClass(t, err, "INVALID_ARTIFACT_PATH")
	}
	filepath.Walk(b.dir, func(path string, info os.FileInfo, _ error) error {
		if info.Name() == "x" || info.Name() == "b" {
			t.Errorf("%s was written", path)
		}
		return nil
	})
}

func TestArtifacts(t *testing.T) {
	b := newBench(t)
	c := b.client()
	data := []byte("hello")
	crc := int64(crc32.ChecksumIEEE(data))
	if r, err := artifact(c, "cache/abc", data, crc); err != nil || !r.GetArtifacts()[0].GetIsCrcSuccessful() {
		t.Fatalf("%v, %v", r, err)
	}
	if r, err := artifact(c, "cache/bad", data, crc+1); err != nil || r.GetArtifacts()[0].GetIsCrcSuccessful() {
		t.Fatalf("a wrong checksum: %v, %v", r, err)
	}
	if _, err := artifact(c, "files/a.txt", data, crc); err != nil {
		t.Fatal(err)
	}
	if _, err := artifact(c, "files/a.txt", data, crc); err != nil {
		t.Errorf("the same again: %v", err)
	}
	_, err := artifact(c, "files/a.txt", []byte("other"), int64(crc32.ChecksumIEEE([]byte("other"))))
	wantClass(t, err, "ARTIFACT_ALREADY_EXISTS")
	r, err := c.ArtifactStatus(c.ctx, &sparkpb.ArtifactStatusesRequest{SessionId: c.id, Names: []string{"cache/abc", "cache/bad", "files/a.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"cache/abc": true, "cache/bad": false, "files/a.txt": false} {
		if r.GetStatuses()[name].GetExists() != want {
			t.Errorf("%s: exists = %v", name, !want)
		}
	}
}

func TestArtifactInPieces(t *testing.T) {
	c := newBench(t).client()
	send := func(pieces ...string) (*sparkpb.AddArtifactsResponse, error) {
		stream, err := c.AddArtifacts(c.ctx)
		if err != nil {
			return nil, err
		}
		for i, p := range pieces {
			chunk := &sparkpb.AddArtifactsRequest_ArtifactChunk{Data: []byte(p), Crc: int64(crc32.ChecksumIEEE([]byte(p)))}
			req := &sparkpb.AddArtifactsRequest{SessionId: c.id, Payload: &sparkpb.AddArtifactsRequest_Chunk{Chunk: chunk}}
			if i == 0 {
				req.Payload = &sparkpb.AddArtifactsRequest_BeginChunk{BeginChunk: &sparkpb.AddArtifactsRequest_BeginChunkedArtifact{
					Name: "cache/big", TotalBytes: 6, NumChunks: 3, InitialChunk: chunk,
				}}
			}
			stream.Send(req)
		}
		return stream.CloseAndRecv()
	}
	if r, err := send("ab", "cd", "ef"); err != nil || len(r.GetArtifacts()) != 1 {
		t.Fatalf("%v, %v", r, err)
	}
	for _, bad := range [][]string{{"ab", "cd"}, {"ab", "cd", "efg"}, {"ab", "cd", "e"}, {"ab", "cd", "ef", "gh"}} {
		if _, err := send(bad...); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

func TestRestartBringsTheSessionBack(t *testing.T) {
	dir := t.TempDir()
	first := restart(t, dir)
	c := first.client()
	c.sql("SET spark.sql.shuffle.partitions = 7")
	c.sql("SET my.own.conf = x")
	c.sql("SET my.own.conf = y")
	c.sql("RESET my.own.conf")
	view := &sparkpb.Plan{OpType: &sparkpb.Plan_Command{Command: &sparkpb.Command{CommandType: &sparkpb.Command_CreateDataframeView{
		CreateDataframeView: &sparkpb.CreateDataFrameViewCommand{Name: "v", Replace: true, Input: rangePlan(5).GetRoot()},
	}}}}
	if _, err := c.collect(view); err != nil {
		t.Fatal(err)
	}
	r, err := c.Config(c.ctx, &sparkpb.ConfigRequest{SessionId: c.id, Operation: &sparkpb.ConfigRequest_Operation{
		OpType: &sparkpb.ConfigRequest_Operation_GetAll{GetAll: &sparkpb.ConfigRequest_GetAll{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	before := r.GetServerSideSessionId()
	first.stop()

	second := restart(t, dir)
	again := second.client()
	again.id = c.id
	r, err = again.Config(again.ctx, &sparkpb.ConfigRequest{
		SessionId: c.id, ClientObservedServerSideSessionId: &before,
		Operation: &sparkpb.ConfigRequest_Operation{OpType: &sparkpb.ConfigRequest_Operation_GetOption{
			GetOption: &sparkpb.ConfigRequest_GetOption{Keys: []string{"spark.sql.shuffle.partitions", "my.own.conf"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r.GetServerSideSessionId() != before || r.GetPairs()[0].GetValue() != "7" || r.GetPairs()[1].Value != nil {
		t.Errorf("after the restart: %v", r)
	}
	if got := showTables(t, again); !slices.Equal(got, []string{"v"}) {
		t.Errorf("views after the restart: %v", got)
	}
}

// showTables lists the session's views.
func showTables(t *testing.T, c *client) []string {
	t.Helper()
	stream, err := c.ExecutePlan(c.ctx, c.request(sqlPlan("SHOW VIEWS")))
	if err != nil {
		t.Fatal(err)
	}
	r, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return localColumn(t, r.GetSqlCommandResult().GetRelation().GetLocalRelation().GetData(), 1)
}

func TestEndedSessionSaysSo(t *testing.T) {
	c := newBench(t).client()
	c.sql("SET a.b = 1")
	r, err := c.ReleaseSession(c.ctx, &sparkpb.ReleaseSessionRequest{SessionId: c.id})
	if err != nil || r.GetServerSideSessionId() == "" {
		t.Fatalf("%v, %v", r, err)
	}
	_, err = c.conf("a.b")
	wantClass(t, err, "INVALID_HANDLE.SESSION_CLOSED")
	if r, err := c.ReleaseSession(c.ctx, &sparkpb.ReleaseSessionRequest{SessionId: c.id}); err != nil || r.GetServerSideSessionId() != "" {
		t.Errorf("released again: %v, %v", r, err)
	}

	c.id = uuid.NewString()
	c.sql("SET a.b = 1")
	if _, err := c.ReleaseSession(c.ctx, &sparkpb.ReleaseSessionRequest{SessionId: c.id, AllowReconnect: true}); err != nil {
		t.Fatal(err)
	}
	_, err = c.conf("a.b")
	wantClass(t, err, "SQL_CONF_NOT_FOUND")
}

func TestIdleSessionEnds(t *testing.T) {
	b := newBench(t, func(s *session.Options, _ *Options) { s.IdleTimeout = 300 * time.Millisecond })
	c := b.client()
	c.sql("SET a.b = 1")
	eventually(t, "the idle session to end", func() bool { n, _ := b.sessions.Counts(); return n == 0 })
	_, err := c.conf("a.b")
	wantClass(t, err, "INVALID_HANDLE.SESSION_CLOSED")
}

func TestRunningQueryKeepsTheSession(t *testing.T) {
	b := newBench(t, func(s *session.Options, _ *Options) { s.IdleTimeout = 200 * time.Millisecond })
	b.engine.pause = 80 * time.Millisecond
	if got, err := b.client().collect(rangePlan(100)); err != nil || len(got) != 100 {
		t.Errorf("got %d rows, %v", len(got), err)
	}
}

func TestWrongHandles(t *testing.T) {
	c := newBench(t).client()
	wrong := uuid.NewString()
	_, err := c.Config(c.ctx, &sparkpb.ConfigRequest{SessionId: c.id, ClientObservedServerSideSessionId: &wrong})
	wantClass(t, err, "INVALID_HANDLE.SESSION_CHANGED")
	_, err = c.Config(c.ctx, &sparkpb.ConfigRequest{SessionId: "no uuid"})
	wantClass(t, err, "INVALID_HANDLE.FORMAT")
	_, err = c.ReleaseExecute(c.ctx, &sparkpb.ReleaseExecuteRequest{SessionId: uuid.NewString()})
	wantClass(t, err, "INVALID_HANDLE.SESSION_NOT_FOUND")
	req := c.request(rangePlan(1))
	*req.OperationId = "no uuid"
	stream, _ := c.ExecutePlan(c.ctx, req)
	_, err = stream.Recv()
	wantClass(t, err, "INVALID_HANDLE.FORMAT")
}

func TestClone(t *testing.T) {
	c := newBench(t).client()
	c.sql("SET a.b = 1")
	r, err := c.CloneSession(c.ctx, &sparkpb.CloneSessionRequest{SessionId: c.id})
	if err != nil {
		t.Fatal(err)
	}
	old := c.id
	c.id = r.GetNewSessionId()
	if v, err := c.conf("a.b"); err != nil || v != "1" {
		t.Errorf("the clone has %q, %v", v, err)
	}
	c.sql("SET a.b = 2")
	c.id = old
	if v, _ := c.conf("a.b"); v != "1" {
		t.Errorf("the clone changed the original: %q", v)
	}
	bad := "x"
	_, err = c.CloneSession(c.ctx, &sparkpb.CloneSessionRequest{SessionId: c.id, NewSessionId: &bad})
	wantClass(t, err, "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT")
	taken := r.GetNewSessionId()
	_, err = c.CloneSession(c.ctx, &sparkpb.CloneSessionRequest{SessionId: c.id, NewSessionId: &taken})
	wantClass(t, err, "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS")
}

func TestErrorIsToldInFull(t *testing.T) {
	c := newBench(t).client()
	_, err := c.collect(sqlPlan("SELEC 1"))
	info := errorInfo(err)
	var classes []string
	if err := json.Unmarshal([]byte(info.GetMetadata()["classes"]), &classes); err != nil {
		t.Fatal(err)
	}
	if classes[0] != "org.apache.spark.sql.catalyst.parser.ParseException" || info.GetReason() != classes[0] ||
		info.GetDomain() != "org.apache.spark" || info.GetMetadata()["sqlState"] != "42601" {
		t.Errorf("got %v", info)
	}
	r, err := c.FetchErrorDetails(c.ctx, &sparkpb.FetchErrorDetailsRequest{SessionId: c.id, ErrorId: info.GetMetadata()["errorId"]})
	if err != nil || r.RootErrorIdx == nil {
		t.Fatalf("%v, %v", r, err)
	}
	e := r.GetErrors()[0]
	if e.GetSparkThrowable().GetErrorClass() != "PARSE_SYNTAX_ERROR" || e.GetSparkThrowable().GetMessageParameters()["error"] != "'SELEC'" {
		t.Errorf("got %v", e)
	}
	if r, err := c.FetchErrorDetails(c.ctx, &sparkpb.FetchErrorDetailsRequest{SessionId: c.id, ErrorId: "none"}); err != nil || r.RootErrorIdx != nil {
		t.Errorf("an unknown error: %v, %v", r, err)
	}
}

// What real Spark 4.1.4 tells over Connect of errors its parser finds: where, and which piece; no piece
// for what is no Spark SQL at all.
func TestParseErrorsTellTheirPlace(t *testing.T) {
	c := newBench(t).client()
	for _, want := range []struct {
		text, class, fragment string
		start, stop           int32
	}{
		{"SELECT 1 1", "PARSE_SYNTAX_ERROR", "", 0, 0},
		{"SELECT 1 FROM my-table", "INVALID_IDENTIFIER", "", 0, 0},
		{"SELECT DATE 'x'", "INVALID_TYPED_LITERAL", "DATE 'x'", 7, 14},
		{"SELECT 300Y", "INVALID_NUMERIC_LITERAL_RANGE", "300Y", 7, 10},
		{"SELECT CAST(1 AS FOO)", "UNSUPPORTED_DATATYPE", "FOO", 17, 19},
		{"SELECT 'a' LIKE 'b' ESCAPE 'xx'", "INVALID_ESC", "LIKE 'b' ESCAPE 'xx'", 11, 30},
		{"SELECT INTERVAL '1-13' YEAR TO MONTH", "INVALID_INTERVAL_FORMAT.INTERVAL_PARSING", "'1-13' YEAR TO MONTH", 16, 35},
		{"SELECT * FROM a NATURAL CROSS JOIN b", "INCOMPATIBLE_JOIN_TYPES", "NATURAL CROSS JOIN b", 16, 35},
		{"SET x y", "INVALID_SET_SYNTAX", "SET x y", 0, 6},
		{"CREATE TEMP VIEW a.b AS SELECT 1", "TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", "CREATE TEMP VIEW a.b AS SELECT 1", 0, 31},
		{"  SELECT 1,\n DATE 'x' FROM t", "INVALID_TYPED_LITERAL", "DATE 'x'", 13, 20},
	} {
		_, err := c.collect(sqlPlan(want.text))
		r, err := c.FetchErrorDetails(c.ctx, &sparkpb.FetchErrorDetailsRequest{SessionId: c.id, ErrorId: errorInfo(err).GetMetadata()["errorId"]})
		if err != nil || r.RootErrorIdx == nil {
			t.Fatalf("%s: %v, %v", want.text, r, err)
		}
		told := r.GetErrors()[0].GetSparkThrowable()
		var at sparkpb.FetchErrorDetailsResponse_QueryContext
		if all := told.GetQueryContexts(); len(all) > 0 {
			at.Fragment, at.StartIndex, at.StopIndex = all[0].Fragment, all[0].StartIndex, all[0].StopIndex
		}
		if told.GetErrorClass() != want.class || at.Fragment != want.fragment || at.StartIndex != want.start || at.StopIndex != want.stop {
			t.Errorf("%s: got %s, %q from %d to %d", want.text, told.GetErrorClass(), at.Fragment, at.StartIndex, at.StopIndex)
		}
	}
}

func TestQueryContextCountsCharacters(t *testing.T) {
	text := "SELECT 'é', 1/0"
	f := fault.New("DIVIDE_BY_ZERO", "config", `"x"`).At(position(nil))
	f.Context = append(f.Context, contextAt(text, "1/0"))
	got := queryContexts(f)[0]
	if got.GetStartIndex() != 12 || got.GetStopIndex() != 14 || got.GetFragment() != "1/0" {
		t.Errorf("got %v", got)
	}
}

func TestLongErrorFitsTheTrailers(t *testing.T) {
	c := newBench(t).client()
	_, err := c.collect(sqlPlan("SELEC " + strings.Repeat("é", 1<<20)))
	wantClass(t, err, "PARSE_SYNTAX_ERROR")
	if n := len(status.Convert(err).Message()); n > 4096 {
		t.Errorf("a message of %d bytes", n)
	}
}

// rawCodec sends bytes as they are.
type rawCodec struct{}

func (rawCodec) Marshal(v any) ([]byte, error)      { return v.([]byte), nil }
func (rawCodec) Unmarshal(data []byte, v any) error { *v.(*[]byte) = data; return nil }
func (rawCodec) Name() string                       { return "proto" }

func TestMalformedRequestsAreErrorsOfTheirOwn(t *testing.T) {
	b := newBench(t)
	conn, err := grpc.NewClient(b.addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	requests := map[string][]byte{
		"noise":         {0xff, 0xfe, 0x00, 0x01},
		"invalid UTF-8": {0x0a, 0x02, 0xc3, 0x28},
		"unknown field": {0xfa, 0x7f, 0x02, 'h', 'i'},
		"empty":         {},
		"deep":          []byte(strings.Repeat("\x1a\xff\xff\xff\x7f", 1000)),
	}
	for _, method := range []string{"Config", "AnalyzePlan", "Interrupt", "ArtifactStatus", "ReleaseExecute", "ReleaseSession", "FetchErrorDetails", "CloneSession"} {
		for name, data := range requests {
			var resp []byte
			err := conn.Invoke(t.Context(), "/spark.connect.SparkConnectService/"+method, data, &resp, grpc.ForceCodec(rawCodec{}))
			if err == nil {
				t.Errorf("%s: %s was taken", method, name)
			}
		}
	}
	if got, err := b.client().collect(rangePlan(3)); err != nil || len(got) != 3 {
		t.Errorf("afterwards: %v, %v", got, err)
	}
}

func TestEmptyPlans(t *testing.T) {
	c := newBench(t).client()
	for _, p := range []*sparkpb.Plan{
		nil, {}, {OpType: &sparkpb.Plan_Root{}}, {OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{}}},
		{OpType: &sparkpb.Plan_Command{}}, {OpType: &sparkpb.Plan_Command{Command: &sparkpb.Command{}}},
		{OpType: &sparkpb.Plan_CompressedOperation_{CompressedOperation: &sparkpb.Plan_CompressedOperation{Data: []byte("no")}}},
	} {
		if _, err := c.collect(p); status.Code(err) != codes.Internal || errorInfo(err).GetReason() != "org.apache.spark.sql.connect.common.InvalidPlanInput" {
			t.Errorf("%v: %v, %v", p, err, errorInfo(err))
		}
	}
}

func TestIdleSessionsAreSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("measures memory")
	}
	b := newBench(t)
	c := b.client()
	c.sql("SET a.b = 1")
	memory := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse + m.StackInuse
	}
	base := memory()
	for i := range 1000 {
		c.id = uuid.NewString()
		if _, err := c.conf("spark.sql.ansi.enabled"); err != nil {
			t.Fatal(err)
		}
		if i%10 == 0 {
			c.sql(fmt.Sprintf("SET my.conf = %d", i))
		}
	}
	if grown := int64(memory()) - int64(base); grown > 30<<20 {
		t.Errorf("1,000 sessions take %d KB", grown>>10)
	} else {
		t.Logf("1,000 sessions take %d KB", grown>>10)
	}
}
