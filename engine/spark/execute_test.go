package spark

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
)

// run runs a text and gives the offsets of the batches that came.
func run(t *testing.T, h engine.RemoteSession, text string, final bool) (offsets []int64, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	x := engine.Execution{ID: uuid.NewString(), Request: sql(text), Final: final}
	err = h.Execute(ctx, state(1, nil), x, func(_ context.Context, m engine.Message) error {
		offsets = append(offsets, m.Body.(*wire.Response).GetArrowBatch().GetStartOffset())
		return nil
	})
	return offsets, err
}

// inOrder tells whether offsets are 0 to n-1.
func inOrder(offsets []int64, n int) bool {
	for i, o := range offsets {
		if o != int64(i) {
			return false
		}
	}
	return len(offsets) == n
}

func TestRelay(t *testing.T) {
	f := newFake()
	e := serve(t, f, nil)
	offsets, err := run(t, e.Open("s", "ann"), "rows 20 300000", false)
	if err != nil || !inOrder(offsets, 20) {
		t.Fatalf("got %v, %v", offsets, err)
	}
	e.background.Wait()
	if f.heard("release all") != 1 || f.heard("release until") == 0 {
		t.Errorf("the server was told %v", f.told)
	}
}

func TestBrokenStreamsArePickedUp(t *testing.T) {
	for name, harm := range map[string]func(*fake){
		"break at once":    func(f *fake) { f.breakAfter.Store(1) },
		"break":            func(f *fake) { f.breakAfter.Store(6) },
		"end too early":    func(f *fake) { f.cutAfter.Store(6) },
		"end before rows":  func(f *fake) { f.cutAfter.Store(1) },
		"break at the end": func(f *fake) { f.breakAfter.Store(11) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			h := serve(t, f, nil).Open("s", "ann")
			if _, err := run(t, h, "first", false); err != nil {
				t.Fatal(err)
			}
			harm(f)
			offsets, err := run(t, h, "rows 10 1000", true)
			if err != nil || !inOrder(offsets, 10) {
				t.Errorf("got %v, %v", offsets, err)
			}
			if f.heard("execute rows") != 1 || f.heard("reattach") != 1 {
				t.Errorf("the server was told %v", f.told)
			}
		})
	}
}

// TestServerRestarts: what was not begun, or may run again, does; what cannot ends with an error.
func TestServerRestarts(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	if _, err := run(t, h, "first", false); err != nil {
		t.Fatal(err)
	}
	f.restart()
	if _, err := run(t, h, "between", true); err != nil {
		t.Errorf("a restart between two queries: %v", err)
	}

	restartDuring := func(text string, delivered int, final bool) error {
		if _, err := run(t, h, "before", false); err != nil {
			t.Fatal(err)
		}
		f.breakAfter.Store(int64(delivered) + 1)
		x := engine.Execution{ID: uuid.NewString(), Request: sql(text), Final: final}
		got := 0
		check := func(context.Context, engine.Message) error {
			got++
			return nil
		}
		r := &relay{h: h.(*home), x: x, request: sql(text), send: check}
		progress, err := r.stream(t.Context())
		if err == nil || progress != (delivered > 0) {
			t.Fatalf("no break: %v, %v", progress, err)
		}
		f.restart()
		err = r.run(t.Context())
		if lost(err) {
			h.(*home).forget(err)
			err = r.mayRunAgain(true)
		}
		return err
	}
	if err := restartDuring("rows 5 10", 0, false); err != nil {
		t.Errorf("a read of which nothing was delivered: %v", err)
	}
	if err := restartDuring("schema", 1, false); err != nil {
		t.Errorf("a read of which nothing but the columns' names was delivered: %v", err)
	}
	for what, err := range map[string]error{
		"a read partly delivered": restartDuring("rows 5 10", 3, false),
		"a write":                 restartDuring("insert", 0, true),
	} {
		var told *fault.Error
		if !errors.As(err, &told) || told.Class != "SPARK_JOB_CANCELLED" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestImpatient: what can be had elsewhere is not waited for when the server has gone.
func TestImpatient(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := grpc.NewServer()
	sparkpb.RegisterSparkConnectServiceServer(g, newFake())
	go g.Serve(l)
	h := attach(t, "sc://"+l.Addr().String(), func(o *Options) { o.Patience = time.Hour }).Open("s", "ann")
	if _, err := run(t, h, "first", false); err != nil {
		t.Fatal(err)
	}
	g.Stop()
	for version := range int64(2) { // without, and with something to be applied first
		start := time.Now()
		x := engine.Execution{ID: uuid.NewString(), Request: sql("second")}
		err := h.Execute(engine.Impatient(t.Context()), state(version+1, nil), x, func(context.Context, engine.Message) error { return nil })
		if took := time.Since(start); err == nil || took > 5*aMoment {
			t.Errorf("%v after %v", err, took)
		}
	}
}

// TestHomeBegunByAnother: a write whose server ended is in doubt, also where another request has begun the
// home on the next one before the write is picked up.
func TestHomeBegunByAnother(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	if _, err := run(t, h, "before", false); err != nil {
		t.Fatal(err)
	}
	f.breakAfter.Store(2)
	write := engine.Execution{ID: uuid.NewString(), Request: sql("schema"), Final: true}
	err := h.Execute(t.Context(), state(1, nil), write, func(context.Context, engine.Message) error {
		f.restart()
		_, err := run(t, h, "other", false)
		return err
	})
	var told *fault.Error
	if !errors.As(err, &told) || told.Class != "SPARK_JOB_CANCELLED" || f.heard("execute schema") != 1 {
		t.Errorf("%v; the server was told %v", err, f.told)
	}
}

func TestErrorsPass(t *testing.T) {
	h := serve(t, newFake(), nil).Open("s", "ann")
	_, err := run(t, h, "fail DIVIDE_BY_ZERO", false)
	if st, ok := status.FromError(err); !ok || len(st.Details()) != 1 || !strings.Contains(st.Message(), "DIVIDE_BY_ZERO") {
		t.Errorf("got %v", err)
	}
}

func TestInterrupt(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	ctx, cancel := context.WithCancelCause(t.Context())
	asked := fault.New("OPERATION_CANCELED")
	time.AfterFunc(100*time.Millisecond, func() { cancel(asked) })
	start := time.Now()
	x := engine.Execution{ID: uuid.NewString(), Request: sql("wait")}
	err := h.Execute(ctx, state(1, nil), x, func(context.Context, engine.Message) error { return nil })
	if !errors.Is(err, asked) || time.Since(start) > time.Second || f.heard("interrupt") != 1 {
		t.Errorf("after %v: %v; the server was told %v", time.Since(start), err, f.told)
	}
}

// TestNothingIsLeft: a view that an operation made before it failed is dropped, unless it was there before.
func TestNothingIsLeft(t *testing.T) {
	for text, dropped := range map[string]bool{"wait": true, "fail DIVIDE_BY_ZERO": true, "fail TEMP_TABLE_OR_VIEW_ALREADY_EXISTS": false, "fine": false} {
		f := newFake()
		h := serve(t, f, nil).Open("s", "ann")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		x := engine.Execution{ID: uuid.NewString(), Request: sql(text), Leaves: "v"}
		h.Execute(ctx, state(1, nil), x, func(context.Context, engine.Message) error { return nil })
		if got := slices.Contains(f.ran(), "drop v c="); got != dropped {
			t.Errorf("%s: ran %v", text, f.ran())
		}
	}
}

// TestForgottenMeanwhile: a request that had found the home in step does not begin an empty one when another finds it lost.
func TestForgottenMeanwhile(t *testing.T) {
	h := serve(t, newFake(), nil).Open("s", "ann").(*home)
	if _, err := run(t, h, "before", false); err != nil {
		t.Fatal(err)
	}
	h.forget(sparkError("INVALID_HANDLE.SESSION_CHANGED"))
	synced := 0
	r := &relay{h: h, x: engine.Execution{ID: uuid.NewString()}, request: sql("rows 1 1"), send: func(context.Context, engine.Message) error { return nil }}
	err := r.toItsEnd(t.Context(), func() error {
		if synced++; synced == 1 {
			return nil // as it was before it was lost
		}
		_, err := h.Sync(t.Context(), state(1, nil))
		return err
	})
	if err != nil || synced != 2 {
		t.Errorf("in step %d times, %v", synced, err)
	}
}

// TestBackPressure: a reader that does not read holds the server back.
func TestBackPressure(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	ctx, cancel := context.WithCancel(t.Context())
	x := engine.Execution{ID: uuid.NewString(), Request: sql("rows 200 1000000")}
	ended := make(chan error, 1)
	go func() {
		ended <- h.Execute(ctx, state(1, nil), x, func(ctx context.Context, _ engine.Message) error {
			<-ctx.Done()
			return context.Cause(ctx)
		})
	}()
	time.Sleep(500 * time.Millisecond)
	if n := f.sent.Load(); n < 1 || n > 40 {
		t.Errorf("%d MB were sent to a reader that read nothing", n)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

// TestUnknownFieldsPass: what Shoal has never heard of goes both ways.
func TestUnknownFieldsPass(t *testing.T) {
	h := serve(t, newFake(), nil).Open("s", "ann")
	if _, err := run(t, h, "before", false); err != nil {
		t.Fatal(err)
	}
	req := sql("anything")
	req.ProtoReflect().SetUnknown(protowire.AppendString(protowire.AppendTag(nil, 5000, protowire.BytesType), "new"))
	r := &relay{h: h.(*home), x: engine.Execution{ID: uuid.NewString()}, request: req}
	stream, err := r.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
}
