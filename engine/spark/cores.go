package spark

// This file finds out how large the server is.

import (
	"context"
	"regexp"
	"strconv"

	"shoal/internal/sparkpb"
)

// splits tells in how many parts Spark would make numbers: as many as it has cores, unless it was told otherwise.
var splits = regexp.MustCompile(`\bRange \(.*splits=(?:Some\()?([0-9]+)`)

// Cores asks for the number of tasks that run at the same time. 0 is not known.
func (e *Engine) Cores(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, e.DialTimeout)
	defer cancel()
	numbers := &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{RelType: &sparkpb.Relation_Range{
		Range: &sparkpb.Range{End: 1 << 20, Step: 1}}}}}
	reply, err := e.client.AnalyzePlan(ctx, &sparkpb.AnalyzePlanRequest{SessionId: e.probe, UserContext: &sparkpb.UserContext{UserId: e.user("shoal")},
		Analyze: &sparkpb.AnalyzePlanRequest_Explain_{Explain: &sparkpb.AnalyzePlanRequest_Explain{Plan: numbers,
			ExplainMode: sparkpb.AnalyzePlanRequest_Explain_EXPLAIN_MODE_SIMPLE}}})
	if err != nil {
		return 0, e.explain(ctx, err)
	}
	m := splits.FindStringSubmatch(reply.GetExplain().GetExplainString())
	if m == nil {
		return 0, nil
	}
	return strconv.Atoi(m[1])
}
