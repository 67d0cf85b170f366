package spark

// This file runs operations and relays their responses.

import (
	"context"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
)

// Execute runs an operation.
func (h *home) Execute(ctx context.Context, s engine.State, x engine.Execution, send func(context.Context, engine.Message) error) error {
	request, ok := x.Request.(*sparkpb.ExecutePlanRequest)
	if !ok && !x.Resume {
		return fault.Internalf("no way to run a %T", x.Request)
	}
	sync := h.Sync
	if x.Record != nil { // nobody else changes the home meanwhile
		if err := h.enter(ctx); err != nil {
			return err
		}
		defer h.leave()
		sync = h.sync
	}
	r := &relay{h: h, x: x, request: request, send: send}
	defer r.end()
	err := r.toItsEnd(ctx, func() error { _, err := sync(ctx, s); return err })
	if err != nil && x.Leaves != "" && r.asked && !hasClass(err, "TEMP_TABLE_OR_VIEW_ALREADY_EXISTS") {
		h.dropLeft(ctx, x.Leaves)
	}
	return classed(err)
}

// dropLeft drops the view that an operation made before it failed, or was cancelled.
func (h *home) dropLeft(ctx context.Context, view string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.e.CallTimeout)
	defer cancel()
	if err := h.dropView(ctx, view); err != nil {
		h.e.Log.Warn("a view was left on the attached Spark", "view", view, "err", err)
	}
}

// toItsEnd runs the operation, with the home brought into step before.
func (r *relay) toItsEnd(ctx context.Context, sync func() error) error {
	for try := 1; ; try++ {
		if !r.x.Resume { // else what is running is older than any change
			if err := sync(); err != nil {
				return err
			}
		}
		err := r.run(ctx)
		switch {
		case err == nil && r.x.Record != nil:
			done, err := r.x.Record(context.WithoutCancel(ctx))
			r.h.did(done)
			return err
		case err == nil || ctx.Err() != nil:
			return err
		}
		gone := lost(err)
		if gone {
			r.h.forget(err)
		}
		if broken(err) && r.asked { // and did not come back: what became of the operation is not known
			if doubt := r.mayRunAgain(true); doubt != nil {
				return doubt
			}
		}
		if !gone && handle(err) != "OPERATION_NOT_FOUND" && !errors.Is(err, errForgotten) {
			return r.h.e.explain(ctx, err)
		}
		// The server does not know the operation: it is another process than before, or was never asked.
		if err := r.mayRunAgain(gone || r.began()); err != nil {
			return err
		}
		if try == maxLost {
			return r.h.e.unusable("it loses sessions as soon as they begin")
		}
		r.asked, r.last, r.heard = false, "", false
	}
}

// began tells whether an operation that the server does not know now may have begun: where it answered, or
// another process was asked than the one that answers now. Another request may have begun the home
// there meanwhile, so that the home seems to be as it was.
func (r *relay) began() bool {
	i := r.h.ids()
	return r.asked && (r.heard || i.observed == nil || *i.observed != r.server)
}

// relay is one operation on its way.
type relay struct {
	h       *home
	x       engine.Execution
	request *sparkpb.ExecutePlanRequest
	send    func(context.Context, engine.Message) error

	asked     bool   // the server may have begun the operation
	heard     bool   // it did
	server    string // the home's id on the server that was asked
	last      string // id of the last response
	delivered int
	held      int // bytes that the server keeps for us
	release   chan string
	released  chan struct{}
	complete  bool
}

// mayRunAgain says why not, if so.
func (r *relay) mayRunAgain(gone bool) error {
	switch {
	case r.x.Resume, r.x.Final && r.asked && gone:
		return fault.New("SPARK_JOB_CANCELLED", "jobId", r.x.ID,
			"reason", "because the Spark server ended. Whether its changes were made is not known: look before you run it again")
	case r.delivered > 0:
		return fault.New("SPARK_JOB_CANCELLED", "jobId", r.x.ID,
			"reason", "because the Spark server ended when a part of the result had been sent. Run it again")
	}
	return nil
}

// run asks for the operation and hands its responses on to the end. A stream that breaks, or that
// the server ends before the result is complete, is picked up again.
func (r *relay) run(ctx context.Context) error {
	pause, deadline := time.Duration(0), time.Time{}
	for {
		progress, err := r.stream(ctx)
		if cause := ctx.Err(); cause != nil && !r.complete {
			r.interrupt()
			return context.Cause(ctx)
		}
		switch {
		case r.complete:
			return nil
		case err != nil && !errors.Is(err, io.EOF) && !broken(err):
			return err
		case err != nil && !errors.Is(err, io.EOF):
			r.h.doubt()
		}
		if progress {
			pause, deadline = 0, time.Time{}
			continue
		}
		if deadline.IsZero() {
			patience := r.h.e.Patience
			if r.delivered == 0 { // else nobody can answer instead
				patience = r.h.e.patience(ctx)
			}
			deadline = time.Now().Add(patience)
		}
		if pause = min(max(2*pause, 20*time.Millisecond), 2*time.Second); !r.h.e.has() || time.Now().Add(pause).After(deadline) {
			if err == nil || errors.Is(err, io.EOF) {
				return r.h.e.unusable("it ends streams without a result")
			}
			return err
		}
		if sleep(ctx, pause) != nil {
			r.interrupt()
			return context.Cause(ctx)
		}
	}
}

// stream opens one stream and hands on what comes; progress tells whether anything did.
func (r *relay) stream(ctx context.Context) (progress bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	first := !r.asked
	stream, err := r.open(ctx)
	if err != nil {
		return false, err
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			if first && !progress && lost(err) {
				r.asked = false // no session, so nothing began
			}
			return progress, err
		}
		progress, r.asked, r.heard = true, true, true
		r.h.saw(m)
		if m.GetResponseId() != "" {
			r.last = m.GetResponseId()
		}
		if m.GetResultComplete() != nil {
			r.complete = true
			return true, nil
		}
		size := m.Size()
		if err := r.send(ctx, engine.Message{Body: m, Size: size, Rows: m.GetArrowBatch().GetRowCount()}); err != nil {
			return progress, err
		}
		if m.GetExecutionProgress() == nil && !announces(m) {
			r.delivered++
		}
		r.free(size)
	}
}

// announces tells whether a response says no more than what columns will come: another run says it again.
func announces(m *wire.Response) bool {
	return m.GetSchema() != nil && m.GetResponseType() == nil
}

// errForgotten says that another request found the home lost after this one had found it in step: it would begin a new,
// empty one.
var errForgotten = errors.New("the home was lost meanwhile")

// open begins the operation, or picks it up after the last response.
func (r *relay) open(ctx context.Context) (*responses, error) {
	i := r.h.ids()
	if r.asked || r.x.Resume {
		req := &sparkpb.ReattachExecuteRequest{SessionId: i.session, ClientObservedServerSideSessionId: i.observed, UserContext: i.user, OperationId: r.x.ID}
		if r.last != "" {
			req.LastResponseId = proto.String(r.last)
		}
		if err := r.h.e.dialect().fit(req); err != nil {
			return nil, err
		}
		return r.h.e.stream(ctx, sparkpb.SparkConnectService_ReattachExecute_FullMethodName, req)
	}
	if !i.begun {
		return nil, errForgotten
	}
	// The plan is shared with the caller's request: what fit changes must be a copy of ours.
	req := &sparkpb.ExecutePlanRequest{SessionId: i.session, ClientObservedServerSideSessionId: i.observed, UserContext: i.user,
		OperationId: proto.String(r.x.ID), Plan: r.request.GetPlan(), ClientType: r.request.ClientType, Tags: r.request.GetTags(),
		RequestOptions: []*sparkpb.ExecutePlanRequest_RequestOption{{RequestOption: &sparkpb.ExecutePlanRequest_RequestOption_ReattachOptions{
			ReattachOptions: &sparkpb.ReattachOptions{Reattachable: true}}}}}
	for _, o := range r.request.GetRequestOptions() {
		if o.GetReattachOptions() == nil {
			req.RequestOptions = append(req.RequestOptions, o)
		}
	}
	req.ProtoReflect().SetUnknown(r.request.ProtoReflect().GetUnknown())
	if k := r.h.e.dialect(); k != nil {
		req = proto.CloneOf(req)
		if err := k.fit(req); err != nil {
			return nil, err
		}
	}
	stream, err := r.h.e.stream(ctx, sparkpb.SparkConnectService_ExecutePlan_FullMethodName, req)
	if err != nil {
		return nil, err
	}
	r.asked, r.server = true, req.GetClientObservedServerSideSessionId()
	return stream, nil
}

// responses are an operation's, as they come.
type responses = grpc.GenericClientStream[sparkpb.ExecutePlanRequest, wire.Response]

// stream asks for an operation's responses, whose data are not copied.
func (e *Engine) stream(ctx context.Context, method string, request proto.Message) (*responses, error) {
	stream, err := e.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, method, grpc.ForceCodecV2(wire.NewCodec()))
	if err != nil {
		return nil, err
	}
	if err := stream.SendMsg(request); err != nil {
		return nil, err
	}
	return &responses{ClientStream: stream}, stream.CloseSend()
}

// interruptTimeout bounds the wait for a server to stop an operation.
const interruptTimeout = 5 * time.Second

// interrupt stops the operation on the server; the caller's context has ended.
func (r *relay) interrupt() {
	if !r.asked && !r.x.Resume {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), interruptTimeout)
	defer cancel()
	i := r.h.ids()
	req := &sparkpb.InterruptRequest{SessionId: i.session, UserContext: i.user,
		InterruptType: sparkpb.InterruptRequest_INTERRUPT_TYPE_OPERATION_ID,
		Interrupt:     &sparkpb.InterruptRequest_OperationId{OperationId: r.x.ID}}
	for pause := 20 * time.Millisecond; ; pause *= 2 {
		reply, err := r.h.e.client.Interrupt(ctx, req)
		// An operation that was just asked for may not have begun yet.
		if err != nil || len(reply.GetInterruptedIds()) > 0 || pause > 200*time.Millisecond || sleep(ctx, pause) != nil {
			return
		}
	}
}

// releaseAfter is how much the server keeps for us before we tell it what we have.
const releaseAfter = 1 << 20

// free lets the server drop what was handed on, now and then, on a goroutine of its own: the newest
// id is enough.
func (r *relay) free(size int) {
	if r.held += size; r.held < releaseAfter {
		return
	}
	r.held = 0
	if r.release == nil {
		r.release, r.released = make(chan string, 1), make(chan struct{})
		go r.releasing()
	}
	select {
	case <-r.release: // an older one that was not sent yet
	default:
	}
	r.release <- r.last
}

func (r *relay) releasing() {
	defer close(r.released)
	for until := range r.release {
		r.tell(&sparkpb.ReleaseExecuteRequest{Release: &sparkpb.ReleaseExecuteRequest_ReleaseUntil_{
			ReleaseUntil: &sparkpb.ReleaseExecuteRequest_ReleaseUntil{ResponseId: until}}})
	}
}

// end lets the server forget the operation; nobody waits for that.
func (r *relay) end() {
	if r.release != nil {
		close(r.release)
	}
	if !r.asked && !r.x.Resume {
		return
	}
	r.h.e.background.Go(func() {
		if r.released != nil {
			<-r.released
		}
		r.tell(&sparkpb.ReleaseExecuteRequest{Release: &sparkpb.ReleaseExecuteRequest_ReleaseAll_{
			ReleaseAll: &sparkpb.ReleaseExecuteRequest_ReleaseAll{}}})
	})
}

// tell sends what the server need not answer: it cleans up by itself in time.
func (r *relay) tell(req *sparkpb.ReleaseExecuteRequest) {
	ctx, cancel := context.WithTimeout(context.Background(), interruptTimeout)
	defer cancel()
	i := r.h.ids()
	req.SessionId, req.UserContext, req.OperationId = i.session, i.user, r.x.ID
	if _, err := r.h.e.client.ReleaseExecute(ctx, req); err != nil {
		r.h.e.Log.Debug("release on the attached Spark", "op", r.x.ID, "err", err)
	}
}
