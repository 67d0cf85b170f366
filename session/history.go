package session

// This file writes down what a query was that has ended: the line in the log and the row in the history are the same.

import (
	"context"
	"log/slog"
	"time"

	"shoal/engine"
	"shoal/store"
)

// record is all there is to tell of a query that has ended. No constant of it is in it: neither the text, whose constants are
// left out, nor why it failed, which an error's parameters would tell, but for the error's class.
func (a *account) record(err error) store.Record {
	text, class := a.text(), ""
	if err != nil {
		class = classOf(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e, o := a.estimate, a.other.Estimate
	var took engine.Took
	if n := len(a.lessons); n > 0 {
		took = a.lessons[n-1].took
	}
	return store.Record{
		Started: a.start, User: a.s.Key.User, Session: a.s.Key.ID, Operation: a.q.ID,
		Kind: kindOf(a.q.Statement), Fingerprint: hexText(a.q.fingerprint), Text: text,
		Engine: a.engine, Why: a.why, Lane: string(a.lane), Demoted: a.demoted, Reused: a.reused, Error: class,
		Analyze: a.analyze.Seconds(), Waited: a.waited.Seconds(), First: a.first.Seconds(), Took: time.Since(a.start).Seconds(),
		Rows: a.rows, Bytes: a.bytes, CPUSeconds: a.usage.CPUSeconds, PeakMemory: a.usage.PeakMemory, Work: took.Latency, Learned: lessonsText(a.lessons),
		ExpectedLatency: e.Latency, ExpectedCPU: e.CPUSeconds, ExpectedBytes: e.Bytes, ExpectedMemory: e.PeakMemory, Confidence: e.Confidence,
		Other: a.other.Name, OtherLatency: o.Latency, OtherCPU: o.CPUSeconds, OtherBytes: o.Bytes, OtherMemory: o.PeakMemory, OtherConfidence: o.Confidence,
	}
}

// Past is a query that has ended, and PastFilter chooses some.
type (
	Past       = store.Record
	PastFilter = store.Filter
)

// Past lists the queries that have ended, the last ones first, as a user may see them: the own ones, or those of all.
func (r *Registry) Past(ctx context.Context, by string, f PastFilter) ([]Past, error) {
	if !r.SeesAll(by) {
		if f.User != "" && f.User != by {
			return nil, nil
		}
		f.User = by
	}
	return r.History.Records(ctx, f)
}

// Failed writes down a query that failed before it could be run.
func (s *Session) Failed(q Query, err error) { s.open(s.known(q)).end(err) }

// line is a record in the log.
func line(r *store.Record) []slog.Attr {
	seconds := func(key string, s float64) slog.Attr {
		return slog.Duration(key, time.Duration(s*float64(time.Second)))
	}
	attrs := []slog.Attr{
		slog.String("session", r.Session), slog.String("user", r.User), slog.String("op", r.Operation),
		slog.String("query", r.Kind), slog.String("text", r.Text), slog.String("fingerprint", r.Fingerprint),
		slog.String("engine", r.Engine), slog.String("why", r.Why), slog.String("lane", r.Lane), slog.Bool("demoted", r.Demoted),
		slog.Bool("reused", r.Reused),
		seconds("dur", r.Took), seconds("analyze", r.Analyze), seconds("waited", r.Waited), seconds("first", r.First),
		slog.Int64("rows", r.Rows), slog.Int64("bytes", r.Bytes),
		slog.Float64("cpu_seconds", r.CPUSeconds), slog.Float64("expected_cpu_seconds", r.ExpectedCPU), slog.Float64("expected_seconds", r.ExpectedLatency),
		slog.Float64("confidence", r.Confidence),
	}
	if r.Other != "" {
		attrs = append(attrs, slog.String("other_engine", r.Other), slog.Float64("other_seconds", r.OtherLatency))
	}
	if r.Error != "" {
		attrs = append(attrs, slog.String("class", r.Error))
	}
	return attrs
}
