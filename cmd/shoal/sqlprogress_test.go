package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/grpc/credentials/insecure"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
	"shoal/internal/waiting"
	"shoal/web"
)

func TestStatusLine(t *testing.T) {
	var seen bytes.Buffer
	s := &statusLine{out: &seen, width: func() int { return 60 }}
	tell := func(p *sparkpb.ExecutePlanResponse_ExecutionProgress) {
		s.see(&sparkpb.ExecutePlanResponse{ResponseType: &sparkpb.ExecutePlanResponse_ExecutionProgress_{ExecutionProgress: p}})
	}
	waits, err := waiting.Progress(waiting.Wait{Ahead: 3, Reason: "all slots are taken", Expected: 2})
	if err != nil {
		t.Fatal(err)
	}
	tell(waits)
	tell(&sparkpb.ExecutePlanResponse_ExecutionProgress{Stages: []*sparkpb.ExecutePlanResponse_ExecutionProgress_StageInfo{{NumTasks: 100}}})
	tell(&sparkpb.ExecutePlanResponse_ExecutionProgress{Stages: []*sparkpb.ExecutePlanResponse_ExecutionProgress_StageInfo{{NumTasks: 100, NumCompletedTasks: 34}}})
	s.see(&sparkpb.ExecutePlanResponse{})
	s.clear()
	const want = "\rwaits: 3 before it, all slots are taken; about 2.0 s\x1b[K\rruns\x1b[K\rruns: 34 %\x1b[K\r\x1b[K"
	if seen.String() != want {
		t.Errorf("a terminal gets %q", seen.String())
	}
	(&statusLine{}).see(&sparkpb.ExecutePlanResponse{}) // where nobody looks
}

// TestWaitsAreTold: whoever waits for a turn hears why.
func TestWaitsAreTold(t *testing.T) {
	r := start(t, "--threads=1")
	for range 2 {
		asks(t, r, "", long)
	}
	f := webFlags{URL: r.http}
	look(t, f, func(s *web.Snapshot) bool { return len(s.Users) == 1 && s.Users[0].Running == 2 })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	stream, err := dial(t, r.connect, insecure.NewCredentials()).ExecutePlan(ctx, &sparkpb.ExecutePlanRequest{
		SessionId: uuid.NewString(), UserContext: &sparkpb.UserContext{},
		Plan: sparkclient.Root(&sparkpb.Relation{RelType: &sparkpb.Relation_Sql{Sql: &sparkpb.SQL{Query: long}}}),
	})
	if err != nil {
		t.Fatal(err)
	}
	message, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	if w, ok := waiting.Of(message.GetExecutionProgress()); !ok || w.Reason == "" || w.Expected <= 0 {
		t.Errorf("told %v", message)
	}
	if p := message.GetExecutionProgress(); p.GetNumInflightTasks() != 0 || p.GetStages()[0].GetNumTasks() != 1 {
		t.Errorf("told %v", message)
	}
	for _, q := range look(t, f, func(*web.Snapshot) bool { return true }).Queries {
		var done web.Stopped
		f.ask(t.Context(), "POST", "/api/queries/"+q.Operation+"/stop", &done)
	}
}
