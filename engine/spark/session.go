package spark

// This file holds a session's home on the server: what it is called, whether it is still there.

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/fault"
	"shoal/internal/sparkpb"
)

// home is one session on the server.
type home struct {
	e    *Engine
	name string // of our session
	user string
	turn chan struct{} // holds one token: who has it changes the home

	mu         sync.Mutex
	generation int    // how often the server has closed the home for good
	known      bool   // the server has answered for it
	observed   string // the id the server gave it
	applied    applied
}

// homes is the name space of the ids that homes have on servers.
var homes = uuid.MustParse("6f2d8f1e-53c5-4d43-9d0e-5a1b6f0c7a11")

// Open names the home of a session.
func (e *Engine) Open(id, user string) engine.RemoteSession {
	h := &home{e: e, name: id, user: e.user(user), turn: make(chan struct{}, 1)}
	h.turn <- struct{}{}
	return h
}

// id is the home's session id: the same for the same session, also after a restart of ours.
func (h *home) id() string {
	return uuid.NewSHA1(homes, fmt.Appendf(nil, "%s/%d", h.name, h.generation)).String()
}

// ids are what every request says of its session.
type ids struct {
	session  string
	observed *string
	user     *sparkpb.UserContext
	begun    bool // the home was in step once, and is not known to be lost
}

func (h *home) ids() ids {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := ids{session: h.id(), begun: h.applied.begun, user: &sparkpb.UserContext{UserId: h.user, UserName: h.user}}
	if h.observed != "" {
		i.observed = proto.String(h.observed)
	}
	return i
}

// answered is what every response says of its session.
type answered interface{ GetServerSideSessionId() string }

// saw remembers the server's id of the home.
func (h *home) saw(r answered) {
	id := r.GetServerSideSessionId()
	h.mu.Lock()
	begins := !h.known
	h.known = true
	if id != "" {
		h.observed = id
	}
	h.mu.Unlock()
	if begins {
		h.e.mu.Lock()
		h.e.homes[h] = true
		h.e.mu.Unlock()
	}
}

// forget notes that the server lost the home, as err says: all has to be applied again. A home that
// was closed never comes back under its id.
func (h *home) forget(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if handle(err) == "SESSION_CLOSED" {
		h.generation++
	}
	h.observed, h.applied = "", applied{}
}

// doubt is called after a broken connection. A server that names no ids cannot tell us that it is
// another one now: so all is applied again.
func (h *home) doubt() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.observed == "" {
		h.applied = applied{}
	}
}

// Call answers one request that is no operation.
func (h *home) Call(ctx context.Context, s engine.State, request any) (any, error) {
	var reply any
	err := h.again(ctx, s, func(ctx context.Context) (err error) {
		reply, err = h.call(ctx, request)
		return err
	})
	return reply, h.e.explain(ctx, err)
}

// maxLost is how often a request begins a lost home again.
const maxLost = 3

// again does something with the home in step; it is done again where the home turns out to be lost.
func (h *home) again(ctx context.Context, s engine.State, do func(context.Context) error) error {
	for try := 1; ; try++ {
		if _, err := h.Sync(ctx, s); err != nil {
			return err
		}
		err := h.e.insist(ctx, do)
		if !lost(err) || try == maxLost {
			return err
		}
		h.forget(err)
	}
}

// call sends a request as one of the home's.
func (h *home) call(ctx context.Context, request any) (any, error) {
	limited, cancel := context.WithTimeout(ctx, h.e.CallTimeout)
	defer cancel()
	i := h.ids()
	switch r := request.(type) {
	case *sparkpb.AnalyzePlanRequest: // may read files: no limit of ours
		return roundTrip(ctx, h, r, func(r *sparkpb.AnalyzePlanRequest) {
			r.SessionId, r.ClientObservedServerSideSessionId, r.UserContext = i.session, i.observed, i.user
		}, h.e.client.AnalyzePlan)
	case *sparkpb.ConfigRequest:
		return roundTrip(limited, h, r, func(r *sparkpb.ConfigRequest) {
			r.SessionId, r.ClientObservedServerSideSessionId, r.UserContext = i.session, i.observed, i.user
		}, h.e.client.Config)
	case *sparkpb.FetchErrorDetailsRequest:
		return roundTrip(limited, h, r, func(r *sparkpb.FetchErrorDetailsRequest) {
			r.SessionId, r.ClientObservedServerSideSessionId, r.UserContext = i.session, i.observed, i.user
		}, h.e.client.FetchErrorDetails)
	case *sparkpb.ArtifactStatusesRequest:
		return roundTrip(limited, h, r, func(r *sparkpb.ArtifactStatusesRequest) {
			r.SessionId, r.ClientObservedServerSideSessionId, r.UserContext = i.session, i.observed, i.user
		}, h.e.client.ArtifactStatus)
	default:
		return nil, fault.Internalf("no way to forward a %T", request)
	}
}

// roundTrip sends a copy of a request under the home's ids, in the server's dialect.
func roundTrip[Q proto.Message, A answered](ctx context.Context, h *home, request Q, address func(Q),
	send func(context.Context, Q, ...grpc.CallOption) (A, error)) (none A, err error) {
	q := proto.CloneOf(request)
	address(q)
	if err := h.e.dialect().fit(q); err != nil {
		return none, err
	}
	answer, err := send(ctx, q)
	if err != nil {
		return none, err
	}
	h.saw(answer)
	return answer, nil
}

// dialect is what the server understands, once that is known.
func (e *Engine) dialect() *known {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.dial
}

// insist does something again, with growing pauses, while it fails on its way to a server that has
// answered before: such a server is perhaps just being restarted.
func (e *Engine) insist(ctx context.Context, do func(context.Context) error) error {
	deadline := time.Now().Add(e.patience(ctx))
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := do(ctx)
		if err == nil || !broken(err) || !e.has() || time.Now().Add(pause).After(deadline) {
			return err
		}
		if e := sleep(ctx, pause); e != nil {
			return err
		}
	}
}

// aMoment is the patience of those who can have elsewhere what they ask for: connections break and are there again.
const aMoment = 2 * time.Second

// patience is how long a server that has gone is waited for.
func (e *Engine) patience(ctx context.Context) time.Duration {
	if engine.IsImpatient(ctx) {
		return min(e.Patience, aMoment)
	}
	return e.Patience
}

// has tells whether the server has answered before.
func (e *Engine) has() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.about != nil
}

// sleep waits, unless ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// keepHomes asks for every home now and then: a session that is used here may not need the server for
// an hour, after which it would forget the session with all that only it can hold.
func (e *Engine) keepHomes(ctx context.Context) {
	for sleep(ctx, e.KeepEvery) == nil {
		e.mu.Lock()
		homes := slices.Collect(maps.Keys(e.homes))
		e.mu.Unlock()
		for _, h := range homes {
			if _, err := h.call(ctx, &sparkpb.ConfigRequest{Operation: &sparkpb.ConfigRequest_Operation{
				OpType: &sparkpb.ConfigRequest_Operation_GetOption{GetOption: &sparkpb.ConfigRequest_GetOption{}}}}); lost(err) {
				h.forget(err)
			}
		}
	}
}

// Close ends the home, if the server ever heard of it.
func (h *home) Close(ctx context.Context) error {
	h.e.mu.Lock()
	delete(h.e.homes, h)
	h.e.mu.Unlock()
	i := h.ids()
	if !h.e.has() {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, h.e.CallTimeout)
	defer cancel()
	_, err := h.e.client.ReleaseSession(ctx, &sparkpb.ReleaseSessionRequest{SessionId: i.session, UserContext: i.user})
	if lost(err) {
		return nil
	}
	return h.e.explain(ctx, err)
}

// isServers tells whether an error is the server's answer, not one of the way to it.
func isServers(err error) bool {
	st, ok := status.FromError(err)
	return ok && len(st.Details()) > 0
}
