package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shoal/internal/sparkpb"
)

func TestPercentile(t *testing.T) {
	var hundred []time.Duration
	for i := 100; i > 0; i-- {
		hundred = append(hundred, time.Duration(i))
	}
	cases := []struct {
		values []time.Duration
		p      float64
		want   time.Duration
	}{
		{nil, 95, 0},
		{[]time.Duration{7}, 1, 7},
		{[]time.Duration{7}, 99, 7},
		{[]time.Duration{3, 1, 2}, 50, 2},
		{[]time.Duration{3, 1, 2}, 100, 3},
		{hundred, 50, 50},
		{hundred, 95, 95},
		{hundred, 95.1, 96},
	}
	for _, c := range cases {
		if got := percentile(c.values, c.p); got != c.want {
			t.Errorf("%g %% of %v: %d, want %d", c.p, c.values, got, c.want)
		}
	}
}

// TestArrivals holds the schedule to what a Poisson process is: the count, and gaps whose deviation is their mean.
func TestArrivals(t *testing.T) {
	const rate, users = 50.0, 4
	const length = 200 * time.Second
	when := arrivals(1, rate, length, users)
	if !reflect.DeepEqual(when, arrivals(1, rate, length, users)) {
		t.Error("the same seed gives other arrivals")
	}
	if reflect.DeepEqual(when, arrivals(2, rate, length, users)) {
		t.Error("another seed gives the same arrivals")
	}
	if want := rate * length.Seconds(); math.Abs(float64(len(when))-want) > 4*math.Sqrt(want) {
		t.Errorf("%d arrivals, want about %g", len(when), want)
	}
	var last time.Duration
	var squares float64
	count := make([]int, users)
	for _, a := range when {
		gap := (a.at - last).Seconds() - 1/rate
		if a.at < last || a.at >= length {
			t.Fatalf("an arrival at %v after one at %v", a.at, last)
		}
		last, squares = a.at, squares+gap*gap
		count[a.user]++
	}
	if deviation := math.Sqrt(squares/float64(len(when))) * rate; deviation < 0.95 || deviation > 1.05 {
		t.Errorf("the deviation of the gaps is %g of their mean", deviation)
	}
	for user, n := range count {
		if share := float64(n) * users / float64(len(when)); share < 0.9 || share > 1.1 {
			t.Errorf("user %d has %g of a fair share of the arrivals", user, share)
		}
	}
}

func TestEnds(t *testing.T) {
	var points []point
	for i := range 10 {
		points = append(points, point{float64(i), float64(i)})
	}
	if early, late := ends(points); early != 2.5 || late != 8.5 {
		t.Errorf("early %g, late %g", early, late)
	}
	if early, late := ends(nil); early != 0 || late != 0 {
		t.Errorf("of nothing: early %g, late %g", early, late)
	}
}

func TestGauge(t *testing.T) {
	const text = "# TYPE go_goroutines gauge\ngo_goroutines_x 3\ngo_goroutines 42\n"
	if got := gauge(strings.NewReader(text), "go_goroutines"); got != 42 {
		t.Errorf("%g", got)
	}
	if got := gauge(strings.NewReader("nothing"), "go_goroutines"); got != 0 {
		t.Errorf("of nothing: %g", got)
	}
}

func TestServerFlag(t *testing.T) {
	tokens := filepath.Join(t.TempDir(), "tokens")
	if err := os.WriteFile(tokens, []byte("# who\naaaa one\nbbbb two\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var s server
	if err := s.UnmarshalText([]byte("sc://h:1/;name=n;pid=1+2;http=http://h:2;tokens=" + tokens)); err != nil {
		t.Fatal(err)
	}
	if s.name != "n" || s.target != "dns:h:1" || !reflect.DeepEqual(s.pids, []int{1, 2}) || s.http != "http://h:2" ||
		!reflect.DeepEqual(s.tokens, []string{"aaaa", "bbbb"}) {
		t.Errorf("%+v", s)
	}
	for _, wrong := range []string{"http://h", "sc://h/;pid=x", "sc://h/;tokens=" + tokens + ".not"} {
		if err := new(server).UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

// oneSlot answers one question at a time, each in the same time, and refuses those for whom there is no room to wait.
type oneSlot struct {
	sparkpb.UnimplementedSparkConnectServiceServer
	takes   time.Duration
	slot    sync.Mutex
	waiting chan struct{}
}

func (s *oneSlot) ExecutePlan(_ *sparkpb.ExecutePlanRequest, to grpc.ServerStreamingServer[sparkpb.ExecutePlanResponse]) error {
	select {
	case s.waiting <- struct{}{}:
		defer func() { <-s.waiting }()
	default:
		return status.Error(codes.ResourceExhausted, "no room")
	}
	s.slot.Lock()
	time.Sleep(s.takes)
	s.slot.Unlock()
	return to.Send(&sparkpb.ExecutePlanResponse{ResponseType: &sparkpb.ExecutePlanResponse_ArrowBatch_{
		ArrowBatch: &sparkpb.ExecutePlanResponse_ArrowBatch{RowCount: 1}}})
}

func serve(t *testing.T, s *oneSlot) *server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := grpc.NewServer()
	sparkpb.RegisterSparkConnectServiceServer(g, s)
	served := make(chan error, 1)
	go func() { served <- g.Serve(listener) }()
	t.Cleanup(func() {
		g.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return &server{name: "one slot", target: "dns:" + listener.Addr().String()}
}

// TestOpenLoopCountsWaiting: of three who come at once, the last waits for two others, and that is his latency.
func TestOpenLoopCountsWaiting(t *testing.T) {
	const takes = 20 * time.Millisecond
	s := serve(t, &oneSlot{takes: takes, waiting: make(chan struct{}, 8)})
	u, err := s.meet(t.Context(), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer u.leave()
	plan := &sparkpb.Plan{OpType: &sparkpb.Plan_Root{Root: &sparkpb.Relation{}}}
	w := openLoop(t.Context(), s, []*user{u}, plan, make([]arrival, 3), 10*time.Millisecond)
	if len(w.latencies) != 3 || w.failed() != 0 {
		t.Fatalf("%d answers, %d errors", len(w.latencies), w.failed())
	}
	if last := percentile(w.latencies, 100); last < 3*takes {
		t.Errorf("the last answer is said to have taken %v, and cannot have taken less than %v", last, 3*takes)
	}
}

// TestPhases runs every phase against the server of one slot, and reads what they print.
func TestPhases(t *testing.T) {
	const short, room = 100 * time.Millisecond, 8
	for name, run := range map[string]func(context.Context, *options) error{
		"idle":     (&idleCmd{Length: short, Rounds: 1}).Run,
		"mixed":    (&mixedCmd{Heavies: 2, Length: short, Rounds: 2}).Run,
		"closed":   (&closedCmd{Counts: []int{1, 4}, Length: short, Rounds: 2}).Run,
		"sessions": (&sessionsCmd{Connected: 10, Active: 2, Length: short}).Run,
		"soak":     (&soakCmd{Heavies: 2, Duration: short, Every: short / 10}).Run,
		"flood":    (&floodCmd{Questions: 100, Length: short, Rounds: 1}).Run,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			s := serve(t, &oneSlot{takes: time.Millisecond, waiting: make(chan struct{}, room)})
			o := &options{Server: []server{*s}, Queries: "../queries", Heavy: []string{"q9"}, Users: 2, Rate: 50, Seed: 1, Warm: short / 10, JSON: true, out: &out}
			if err := run(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			var found []result
			if err := json.Unmarshal(out.Bytes(), &found); err != nil {
				t.Fatal(err)
			}
			refused := 0
			for _, w := range found[0].Windows {
				if w.Answers == 0 && w.HeavyAnswers == 0 {
					t.Errorf("%s: no answers", w.Window)
				}
				refused += w.Errors["ResourceExhausted"]
			}
			if (refused > 0) != (name == "flood") {
				t.Errorf("%d refused", refused)
			}
			found[0].print(&out)
		})
	}
}
