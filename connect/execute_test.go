package connect

import (
	"errors"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkpb"
	"shoal/session"
)

func wantRange(t *testing.T, got []int64, n int) {
	t.Helper()
	if len(got) != n {
		t.Fatalf("got %d rows, want %d", len(got), n)
	}
	for i, v := range got {
		if v != int64(i) {
			t.Fatalf("row %d is %d", i, v)
		}
	}
}

func TestRowsArriveInOrder(t *testing.T) {
	c := newBench(t).client()
	got, err := c.collect(rangePlan(95))
	if err != nil {
		t.Fatal(err)
	}
	wantRange(t, got, 95)
}

func TestEmptyResultHasSchemaAndOneBatch(t *testing.T) {
	c := newBench(t).client()
	stream, err := c.ExecutePlan(c.ctx, c.request(rangePlan(0)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if r.GetSchema().GetStruct() == nil || r.GetArrowBatch() == nil || r.GetArrowBatch().GetRowCount() != 0 {
		t.Errorf("got %v", r)
	}
}

func TestPlainExecuteNeedsNoReleaseAndKeepsNothing(t *testing.T) {
	b := newBench(t)
	c := b.client()
	req := c.request(rangePlan(30))
	req.RequestOptions = nil
	stream, err := c.ExecutePlan(c.ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for {
		r, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if r.GetResultComplete() != nil {
			t.Error("result_complete in a stream that cannot be reattached")
		}
		got = append(got, c.ids(r.GetArrowBatch(), len(got))...)
	}
	wantRange(t, got, 30)
	again, _ := c.ReattachExecute(c.ctx, &sparkpb.ReattachExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId()})
	_, err = again.Recv()
	wantClass(t, err, "INVALID_HANDLE.OPERATION_NOT_FOUND")
}

// cutter is a proxy that cuts each connection a while after it was made.
type cutter struct {
	addr string
	cuts int
	mu   sync.Mutex
}

func cutting(t *testing.T, to string, after time.Duration) *cutter {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &cutter{addr: l.Addr().String()}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go io.Copy(out, in)
			go io.Copy(in, out)
			time.AfterFunc(after, func() {
				in.Close()
				out.Close()
				p.mu.Lock()
				p.cuts++
				p.mu.Unlock()
			})
		}
	}()
	return p
}

// TestCutConnectionsLoseNothing follows PySpark's way of picking a result up again.
func TestCutConnectionsLoseNothing(t *testing.T) {
	b := newBench(t)
	b.engine.pause = 2 * time.Millisecond
	proxy := cutting(t, b.addr, 50*time.Millisecond)
	c := b.clientAt(proxy.addr)
	const n = 3000
	req := c.request(rangePlan(n))
	var got []int64
	last := ""
	var stream responses
	var err error
	for complete := false; !complete; {
		if stream == nil {
			if last == "" {
				stream, err = c.ExecutePlan(c.ctx, req)
			} else {
				stream, err = c.ReattachExecute(c.ctx, &sparkpb.ReattachExecuteRequest{
					SessionId: c.id, OperationId: req.GetOperationId(), LastResponseId: &last,
				})
			}
			if err != nil {
				stream = nil
				continue
			}
		}
		r, err := stream.Recv()
		if err != nil {
			if code := status.Code(err); code != codes.Unavailable && !strings.Contains(err.Error(), "INVALID_CURSOR.DISCONNECTED") {
				t.Fatalf("after %d rows: %v", len(got), err)
			}
			stream = nil
			continue
		}
		last = r.GetResponseId()
		if a := r.GetArrowBatch(); a != nil {
			got = append(got, c.ids(a, len(got))...)
		}
		complete = r.GetResultComplete() != nil
		if len(got)%100 == 0 {
			go c.ReleaseExecute(c.ctx, &sparkpb.ReleaseExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId(),
				Release: &sparkpb.ReleaseExecuteRequest_ReleaseUntil_{ReleaseUntil: &sparkpb.ReleaseExecuteRequest_ReleaseUntil{ResponseId: last}}})
		}
	}
	wantRange(t, got, n)
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	if proxy.cuts < 5 {
		t.Errorf("only %d cuts: the test proves nothing", proxy.cuts)
	}
}

func TestRepeatedRequestIsTheSameOperation(t *testing.T) {
	b := newBench(t)
	c := b.client()
	req := c.request(rangePlan(20))
	for range 2 {
		stream, err := c.ExecutePlan(c.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for {
			r, err := stream.Recv()
			if err != nil {
				break
			}
			if a := r.GetArrowBatch(); a != nil {
				got = append(got, c.ids(a, len(got))...)
			}
		}
		wantRange(t, got, 20)
	}
	if made := b.engine.made.Load(); made != 2 {
		t.Errorf("the engine made %d batches, want 2: it ran twice", made)
	}
	other := c.request(rangePlan(21))
	other.OperationId = req.OperationId
	stream, _ := c.ExecutePlan(c.ctx, other)
	_, err := stream.Recv()
	wantClass(t, err, "INVALID_HANDLE.OPERATION_ALREADY_EXISTS")

	if _, err := c.ReleaseExecute(c.ctx, &sparkpb.ReleaseExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId(),
		Release: &sparkpb.ReleaseExecuteRequest_ReleaseAll_{ReleaseAll: &sparkpb.ReleaseExecuteRequest_ReleaseAll{}}}); err != nil {
		t.Fatal(err)
	}
	stream, _ = c.ExecutePlan(c.ctx, req)
	_, err = stream.Recv()
	wantClass(t, err, "INVALID_HANDLE.OPERATION_ABANDONED")
}

func TestInterruptStopsSoon(t *testing.T) {
	for name, ask := range map[string]func(*sparkpb.InterruptRequest, *sparkpb.ExecutePlanRequest){
		"all": func(i *sparkpb.InterruptRequest, _ *sparkpb.ExecutePlanRequest) {
			i.InterruptType = sparkpb.InterruptRequest_INTERRUPT_TYPE_ALL
		},
		"tag": func(i *sparkpb.InterruptRequest, _ *sparkpb.ExecutePlanRequest) {
			i.InterruptType = sparkpb.InterruptRequest_INTERRUPT_TYPE_TAG
			i.Interrupt = &sparkpb.InterruptRequest_OperationTag{OperationTag: "red"}
		},
		"operation": func(i *sparkpb.InterruptRequest, e *sparkpb.ExecutePlanRequest) {
			i.InterruptType = sparkpb.InterruptRequest_INTERRUPT_TYPE_OPERATION_ID
			i.Interrupt = &sparkpb.InterruptRequest_OperationId{OperationId: e.GetOperationId()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.engine.pause = time.Hour
			c := b.client()
			req := c.request(rangePlan(20), "red")
			stream, err := c.ExecutePlan(c.ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "the query to run", func() bool { return b.engine.running.Load() == 1 })
			i := &sparkpb.InterruptRequest{SessionId: c.id}
			ask(i, req)
			start := time.Now()
			resp, err := c.Interrupt(c.ctx, i)
			if err != nil || !slices.Equal(resp.GetInterruptedIds(), []string{req.GetOperationId()}) {
				t.Fatalf("interrupted %v, %v", resp.GetInterruptedIds(), err)
			}
			_, err = stream.Recv()
			wantClass(t, err, "OPERATION_CANCELED")
			eventually(t, "the engine to stop", func() bool { return b.engine.running.Load() == 0 })
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
			if resp, _ := c.Interrupt(c.ctx, i); len(resp.GetInterruptedIds()) != 0 {
				t.Errorf("interrupted again: %v", resp.GetInterruptedIds())
			}
		})
	}
}

func TestClientGoneStopsPlainQuery(t *testing.T) {
	b := newBench(t)
	b.engine.pause = time.Hour
	c := b.client()
	req := c.request(rangePlan(20))
	req.RequestOptions = nil
	ctx, cancel := contextWithCancel(c)
	if _, err := c.ExecutePlan(ctx, req); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the query to run", func() bool { return b.engine.running.Load() == 1 })
	cancel()
	eventually(t, "the query to stop", func() bool { return b.engine.running.Load() == 0 })
}

// What Spark 4.1.4 tells the reader of an operation that somebody releases, or whose session somebody ends.
func TestReleaseStopsSoon(t *testing.T) {
	all := &sparkpb.ReleaseExecuteRequest_ReleaseAll_{ReleaseAll: &sparkpb.ReleaseExecuteRequest_ReleaseAll{}}
	for name, release := range map[string]func(c *client, operation string) error{
		"operation": func(c *client, operation string) error {
			_, err := c.ReleaseExecute(c.ctx, &sparkpb.ReleaseExecuteRequest{SessionId: c.id, OperationId: operation, Release: all})
			return err
		},
		"session": func(c *client, _ string) error {
			_, err := c.ReleaseSession(c.ctx, &sparkpb.ReleaseSessionRequest{SessionId: c.id})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.engine.pause = time.Hour
			c := b.client()
			req := c.request(rangePlan(20))
			stream, err := c.ExecutePlan(c.ctx, req)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "the query to run", func() bool { return b.engine.running.Load() == 1 })
			if err := release(c, req.GetOperationId()); err != nil {
				t.Fatal(err)
			}
			_, err = stream.Recv()
			wantClass(t, err, "INVALID_CURSOR.DISCONNECTED")
			eventually(t, "the engine to stop", func() bool { return b.engine.running.Load() == 0 })
		})
	}
	b := newBench(t)
	b.engine.pause = time.Hour
	c := b.client()
	req := c.request(rangePlan(20))
	req.RequestOptions = nil
	if _, err := c.ExecutePlan(c.ctx, req); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the query to run", func() bool { return b.engine.running.Load() == 1 })
	_, err := c.ReleaseExecute(c.ctx, &sparkpb.ReleaseExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId(), Release: all})
	wantClass(t, err, "INVALID_CURSOR.NOT_REATTACHABLE")
}

func TestAbandonedOperationEnds(t *testing.T) {
	b := newBench(t, func(s *session.Options, _ *Options) { s.DetachTimeout = 200 * time.Millisecond })
	b.engine.pause = time.Hour
	c := b.client()
	req := c.request(rangePlan(20))
	ctx, cancel := contextWithCancel(c)
	if _, err := c.ExecutePlan(ctx, req); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the query to run", func() bool { return b.engine.running.Load() == 1 })
	cancel()
	eventually(t, "the query to be given up", func() bool { return b.engine.running.Load() == 0 })
	stream, _ := c.ReattachExecute(c.ctx, &sparkpb.ReattachExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId()})
	_, err := stream.Recv()
	wantClass(t, err, "INVALID_HANDLE.OPERATION_NOT_FOUND")
}

func TestSlowClientHoldsBackItsOwnQueryOnly(t *testing.T) {
	b := newBench(t)
	b.engine.rows = 128 << 10 // a megabyte a batch
	slow := b.client()
	stream, err := slow.ExecutePlan(slow.ctx, slow.request(rangePlan(64*128<<10)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	var made int64
	eventually(t, "the slow client's query to wait", func() bool {
		before := made
		made = b.engine.made.Load()
		time.Sleep(50 * time.Millisecond)
		return made == before && made > 0
	})
	if made > 40 {
		t.Errorf("%d MB were made for a client that reads nothing", made)
	}
	if got, err := b.client().collect(rangePlan(50)); err != nil || len(got) != 50 {
		t.Errorf("another client got %d rows, %v", len(got), err)
	}
}

func TestPanicIsThisQuerysError(t *testing.T) {
	b := newBench(t)
	c := b.client()
	b.engine.panics.Store(true)
	_, err := c.collect(rangePlan(5))
	wantClass(t, err, "INTERNAL_ERROR")
	_, id, ok := strings.Cut(status.Convert(err).Message(), "under the id ")
	if id, _, _ = strings.Cut(id, " "); !ok || len(id) < 36 || !strings.Contains(b.log.String(), id[:36]) {
		t.Errorf("the id of %q is not in the log:\n%s", err, b.log)
	}
	b.engine.panics.Store(false)
	if _, err := c.collect(rangePlan(5)); err != nil {
		t.Errorf("the next query: %v", err)
	}
}

func TestProgressIsTold(t *testing.T) {
	b := newBench(t)
	b.engine.pause = 60 * time.Millisecond
	c := b.client()
	stream, err := c.ExecutePlan(c.ctx, c.request(rangePlan(200)))
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for {
		r, err := stream.Recv()
		if err != nil {
			break
		}
		if p := r.GetExecutionProgress(); p != nil {
			told++
			if s := p.GetStages()[0]; s.GetNumTasks() == 0 || s.GetNumCompletedTasks() > s.GetNumTasks() {
				t.Errorf("progress %v", p)
			}
		}
	}
	if told < 1 {
		t.Error("no progress was told in a second")
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	b := newBench(t)
	c := b.client()
	if _, err := c.collect(rangePlan(10)); err != nil {
		t.Fatal(err)
	}
	before := runtime.NumGoroutine()
	for range 20 {
		if _, err := c.collect(rangePlan(100)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "goroutines to end", func() bool { return runtime.NumGoroutine() <= before+2 })
	if n := b.engine.running.Load(); n != 0 {
		t.Errorf("%d readers were not released", n)
	}
}

// TestRouteHeader: who reads headers learns where a query runs, also who picks it up again.
func TestRouteHeader(t *testing.T) {
	c := newBench(t).client()
	req := c.request(rangePlan(3))
	stream, err := c.ExecutePlan(c.ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	header := func(h metadata.MD, err error) {
		t.Helper()
		if got := strings.Join(h.Get("x-shoal-engine"), ","); err != nil || got != "scripted" {
			t.Errorf("engine %q, error %v", got, err)
		}
		if got := strings.Join(h.Get("x-shoal-reason"), ","); got == "" {
			t.Error("no reason")
		}
	}
	header(stream.Header())
	again, err := c.ReattachExecute(c.ctx, &sparkpb.ReattachExecuteRequest{SessionId: c.id, OperationId: req.GetOperationId()})
	if err != nil {
		t.Fatal(err)
	}
	header(again.Header())
	if got := printable("Straße\n" + strings.Repeat("x", 5000)); got[:8] != "Stra?e?x" || len(got) > 1000 {
		t.Errorf("a header of %d bytes, %.20q", len(got), got)
	}
}
