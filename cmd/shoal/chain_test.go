package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

// BenchmarkChain is a notebook that adds 200 columns one by one and asks for df.columns after each: the middle time of a call,
// and the longest.
func BenchmarkChain(b *testing.B) {
	client := dial(b, start(b).connect, insecure.NewCredentials())
	session := uuid.NewString()
	steps := make([]*sparkpb.Relation, 200)
	last := rangeRequest("SELECT id FROM range(10)").GetPlan().GetRoot()
	for i := range steps {
		last = &sparkpb.Relation{Common: &sparkpb.RelationCommon{PlanId: proto.Int64(int64(i + 1))},
			RelType: &sparkpb.Relation_WithColumns{WithColumns: &sparkpb.WithColumns{Input: last, Aliases: []*sparkpb.Expression_Alias{{
				Name: []string{fmt.Sprintf("x%d", i)},
				Expr: &sparkpb.Expression{ExprType: &sparkpb.Expression_ExpressionString_{
					ExpressionString: &sparkpb.Expression_ExpressionString{Expression: fmt.Sprintf("id + %d", i)}}},
			}}}}}
		steps[i] = last
	}
	var times []time.Duration
	n := 0
	for b.Loop() {
		req := &sparkpb.AnalyzePlanRequest{SessionId: session, Analyze: &sparkpb.AnalyzePlanRequest_Schema_{
			Schema: &sparkpb.AnalyzePlanRequest_Schema{Plan: &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: steps[n%len(steps)]}}}}}
		n++
		begin := time.Now()
		if _, err := client.AnalyzePlan(b.Context(), req); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(begin))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Nanoseconds())/1e3, "p50-us")
	b.ReportMetric(float64(times[len(times)-1].Nanoseconds())/1e3, "max-us")
}
