package connect

// This file tells the client how far its query is, and while it waits for its turn, why.

import (
	"sync"
	"time"

	"shoal/engine"
	"shoal/internal/sparkpb"
	"shoal/internal/waiting"
	"shoal/session"
)

// progressEvery is how often a client hears of progress. Short queries are over before.
const progressEvery = 500 * time.Millisecond

// progress tells the client how far a query is; it never waits for it.
type progress struct {
	x    *execution
	mu   sync.Mutex
	last time.Time
}

// watched is a query of which the client hears how far it is.
func (x *execution) watched(q session.Query) session.Query {
	p := &progress{x: x}
	q.Progress, q.Waits = p.report, p.waits
	return q
}

// report is told how far the query is.
func (p *progress) report(now engine.Progress) {
	if !p.due(false) {
		return
	}
	const steps = 100
	done := int64(max(0, min(now.Fraction, 1)) * steps)
	p.send(&sparkpb.ExecutePlanResponse_ExecutionProgress{
		NumInflightTasks: 1,
		Stages: []*sparkpb.ExecutePlanResponse_ExecutionProgress_StageInfo{{
			NumTasks: steps, NumCompletedTasks: done, InputBytesRead: int64(now.Bytes), Done: done == steps,
		}},
	})
}

// waits is told where the query stands while it waits for its turn: not before it has waited a while.
func (p *progress) waits(w session.Wait) {
	if !p.due(true) {
		return
	}
	message, err := waiting.Progress(waiting.Wait{Ahead: w.Ahead, Reason: w.Reason, Expected: w.Expected.Seconds()})
	if err == nil {
		p.send(message)
	}
}

// due tells whether it is time for another message. The first one may come at once, or not before the others' time.
func (p *progress) due(atOnce bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last.IsZero() && !atOnce {
		p.last = time.Now()
	}
	if time.Since(p.last) < progressEvery {
		return false
	}
	p.last = time.Now()
	return true
}

func (p *progress) send(message *sparkpb.ExecutePlanResponse_ExecutionProgress) {
	p.x.op.Offer(64, p.x.response(nil, func(r *sparkpb.ExecutePlanResponse) {
		r.ResponseType = &sparkpb.ExecutePlanResponse_ExecutionProgress_{ExecutionProgress: message}
	}))
}
