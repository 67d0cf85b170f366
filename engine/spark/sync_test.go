package spark

import (
	"context"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"shoal/engine"
	"shoal/internal/sparkpb"
)

// step makes a view under a value of the conf c.
func step(id int64, name, c string) engine.Step {
	raw, err := proto.Marshal(sql("view " + name).GetPlan())
	if err != nil {
		panic(err)
	}
	s := engine.Step{ID: id, Kind: engine.StepView, Name: name, Request: raw}
	if c != "" {
		s.Conf = map[string]string{"c": c}
	}
	return s
}

func inStep(t *testing.T, h engine.RemoteSession, s engine.State) map[int64]error {
	t.Helper()
	refused, err := h.Sync(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return refused
}

func TestSync(t *testing.T) {
	f := newFake()
	e := serve(t, f, nil)
	h := e.Open("s", "ann")
	a, b, over := step(1, "a", "1"), step(2, "b", "2"), step(3, "a", "1")
	inStep(t, h, state(1, map[string]string{"c": "3", "d": "1"}, a, b))
	want := []string{"view a c=1", "view b c=2"}
	if got := f.ran(); !slices.Equal(got, want) {
		t.Fatalf("ran %q", got)
	}
	if _, err := run(t, h, "query", false); err != nil { // the same version: nothing to do
		t.Fatal(err)
	}
	want = append(want, "query c=3")
	// a is made again and replaces the first one; b is dropped; d is unset
	inStep(t, h, state(2, map[string]string{"c": "3"}, over))
	want = append(want, "drop b c=3", "view a c=1")
	if got := f.ran(); !slices.Equal(got, want) {
		t.Fatalf("ran %q", got)
	}
	f.mu.Lock()
	for _, s := range f.sessions {
		if _, set := s.conf["d"]; len(s.ran) > 0 && (set || s.conf["c"] != "3") {
			t.Errorf("confs are %v", s.conf)
		}
	}
	f.mu.Unlock()

	f.restart() // replays what is current, in order
	inStep(t, h, state(3, map[string]string{"c": "4"}, over, b))
	if got := f.ran(); !slices.Equal(got, []string{"view a c=1", "view b c=2"}) {
		t.Errorf("after a restart ran %q", got)
	}
}

// TestHomeIsFoundAgain: after a restart of ours the same session is the same home.
func TestHomeIsFoundAgain(t *testing.T) {
	f := newFake()
	e := serve(t, f, nil)
	conf := map[string]string{"c": "1"}
	inStep(t, e.Open("s", "ann"), state(1, conf))
	inStep(t, e.Open("s", "ann"), state(1, conf))
	inStep(t, e.Open("other", "ann"), state(1, conf))
	if len(f.sessions) != 3 { // one asked for the version
		t.Errorf("%d sessions", len(f.sessions))
	}
}

// TestClosedHome: a home that the server closed for good gets a new name.
func TestClosedHome(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	inStep(t, h, state(1, nil, step(1, "a", "")))
	f.mu.Lock()
	for id := range f.sessions {
		delete(f.sessions, id)
		f.closed[id] = true
	}
	f.mu.Unlock()
	if _, err := run(t, h, "query", false); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestHomesAreKept: a home is asked for while its session does not need it.
func TestHomesAreKept(t *testing.T) {
	f := newFake()
	h := serve(t, f, func(o *Options) { o.KeepEvery = 20 * time.Millisecond }).Open("s", "ann")
	if _, err := run(t, h, "query", false); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	asked := f.asked.Load()
	if asked < 3 {
		t.Errorf("asked %d times", asked)
	}
	if err := h.Close(t.Context()); err != nil {
		t.Error(err)
	}
	asked = f.asked.Load()
	time.Sleep(100 * time.Millisecond)
	if more := f.asked.Load() - asked; more > 1 {
		t.Errorf("asked %d times after its end", more)
	}
}

// TestRefusedSteps: what the server refuses costs nothing else, and is not tried again.
func TestRefusedSteps(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	raw, _ := proto.Marshal(sql("fail TABLE_OR_VIEW_NOT_FOUND").GetPlan())
	bad := engine.Step{ID: 1, Kind: engine.StepView, Name: "bad", Request: raw}
	refused := inStep(t, h, state(1, map[string]string{"bad.key": "1", "good": "1"}, bad, step(2, "a", "")))
	if len(refused) != 1 || refused[1] == nil {
		t.Errorf("refused: %v", refused)
	}
	inStep(t, h, state(2, map[string]string{"bad.key": "1", "good": "2"}, bad, step(2, "a", "")))
	if f.heard("execute fail") != 1 || f.heard("execute view a") != 1 {
		t.Errorf("the server was told %v", f.told)
	}
}

func TestUpload(t *testing.T) {
	f := newFake()
	h := serve(t, f, nil).Open("s", "ann")
	var steps []engine.Step
	var want []string
	for i, size := range []int{0, 1, piece, piece + 1, 3*piece + 7} {
		file := filepath.Join(t.TempDir(), "f")
		data := []byte(strings.Repeat("x", size))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("pyfiles/f%d", i)
		steps = append(steps, engine.Step{ID: int64(i + 1), Kind: engine.StepUpload, Name: name, File: file})
		want = append(want, fmt.Sprintf("artifact %s %d %d", name, size, crc32.ChecksumIEEE(data)))
	}
	if refused := inStep(t, h, state(1, nil, steps...)); len(refused) > 0 {
		t.Error(refused)
	}
	if !slices.Equal(f.told, want) {
		t.Errorf("uploaded %q", f.told)
	}
}

// TestReplaySpeed: our own share of bringing 50 views and 50 confs to a new home.
func TestReplaySpeed(t *testing.T) {
	h := serve(t, newFake(), nil).Open("s", "ann")
	s := bigState()
	start := time.Now()
	inStep(t, h, s)
	if took := time.Since(start); took > time.Second { // 100 ms is the aim; this machine may be busy
		t.Errorf("replay took %v", took)
	}
}

// bigState has 50 confs and 50 views.
func bigState() engine.State {
	conf := map[string]string{}
	for i := range 50 {
		conf[fmt.Sprintf("conf.%d", i)] = "value"
	}
	var steps []engine.Step
	for i := range 50 {
		s := step(int64(i+1), fmt.Sprintf("v%d", i), "")
		s.Conf = conf
		steps = append(steps, s)
	}
	return state(1, conf, steps...)
}

func BenchmarkReplay(b *testing.B) {
	e := serve(b, newFake(), nil)
	s := bigState()
	for i := range b.N {
		if _, err := e.Open(fmt.Sprint(i), "ann").Sync(context.Background(), s); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCall is a unary call of a home, against the same call without one: our own share of it.
func BenchmarkCall(b *testing.B) {
	e := serve(b, newFake(), nil)
	h := e.Open("s", "ann")
	s := state(1, map[string]string{"c": "1"})
	req := &sparkpb.AnalyzePlanRequest{SessionId: "x"}
	if _, err := h.Call(context.Background(), s, req); err != nil {
		b.Fatal(err)
	}
	b.Run("straight", func(b *testing.B) {
		for range b.N {
			if _, err := e.client.AnalyzePlan(context.Background(), req); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("through", func(b *testing.B) {
		for range b.N {
			if _, err := h.Call(context.Background(), s, req); err != nil {
				b.Fatal(err)
			}
		}
	})
}
