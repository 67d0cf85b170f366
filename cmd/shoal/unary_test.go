package main

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"shoal/internal/sparkpb"
)

// quick is a Spark Connect server that answers at once.
type quick struct {
	sparkpb.UnimplementedSparkConnectServiceServer
	id string
}

func (q quick) AnalyzePlan(_ context.Context, req *sparkpb.AnalyzePlanRequest) (*sparkpb.AnalyzePlanResponse, error) {
	a := &sparkpb.AnalyzePlanResponse{SessionId: req.GetSessionId(), ServerSideSessionId: q.id, Result: &sparkpb.AnalyzePlanResponse_Schema_{
		Schema: &sparkpb.AnalyzePlanResponse_Schema{Schema: &sparkpb.DataType{Kind: &sparkpb.DataType_Long_{Long: &sparkpb.DataType_Long{}}}}}}
	if req.GetSparkVersion() != nil {
		a.Result = &sparkpb.AnalyzePlanResponse_SparkVersion_{SparkVersion: &sparkpb.AnalyzePlanResponse_SparkVersion{Version: "4.1.4"}}
	}
	return a, nil
}

func (q quick) Config(_ context.Context, req *sparkpb.ConfigRequest) (*sparkpb.ConfigResponse, error) {
	r := &sparkpb.ConfigResponse{SessionId: req.GetSessionId(), ServerSideSessionId: q.id}
	for _, key := range req.GetOperation().GetGet().GetKeys() {
		r.Pairs = append(r.Pairs, &sparkpb.KeyValue{Key: key, Value: proto.String("x")})
	}
	return r, nil
}

// BenchmarkUnary is what a unary call costs straight to a server that answers at once, and through
// Shoal to it: the difference is all that Shoal adds, its second way over TCP with it.
func BenchmarkUnary(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	g := grpc.NewServer()
	sparkpb.RegisterSparkConnectServiceServer(g, quick{id: uuid.NewString()})
	go g.Serve(l)
	b.Cleanup(g.Stop)
	r := start(b, "--spark=sc://"+l.Addr().String(), "--conf=shoal.engine=spark")
	straight, through := dial(b, l.Addr().String(), insecure.NewCredentials()), dial(b, r.connect, insecure.NewCredentials())
	session := uuid.NewString()
	schema := &sparkpb.AnalyzePlanRequest{SessionId: session, Analyze: &sparkpb.AnalyzePlanRequest_Schema_{
		Schema: &sparkpb.AnalyzePlanRequest_Schema{Plan: rangeRequest("SELECT 1").Plan}}}
	conf := &sparkpb.ConfigRequest{SessionId: session, Operation: &sparkpb.ConfigRequest_Operation{
		OpType: &sparkpb.ConfigRequest_Operation_Get{Get: &sparkpb.ConfigRequest_Get{Keys: []string{"only.the.server.knows"}}}}}
	for name, call := range map[string]func(sparkpb.SparkConnectServiceClient) error{
		"AnalyzePlan": func(c sparkpb.SparkConnectServiceClient) error {
			_, err := c.AnalyzePlan(b.Context(), schema)
			return err
		},
		"Config": func(c sparkpb.SparkConnectServiceClient) error {
			_, err := c.Config(b.Context(), conf)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			added := make([]float64, 0, b.N)
			for i := range b.N {
				var took [2]time.Duration
				for j := range took { // who is first takes turns
					which := (i + j) % 2
					from := time.Now()
					if err := call([]sparkpb.SparkConnectServiceClient{straight, through}[which]); err != nil {
						b.Fatal(err)
					}
					took[which] = time.Since(from)
				}
				added = append(added, float64((took[1] - took[0]).Microseconds()))
			}
			slices.Sort(added)
			b.ReportMetric(added[len(added)/2], "added-p50-µs")
			b.ReportMetric(added[len(added)*95/100], "added-p95-µs")
		})
	}
}
