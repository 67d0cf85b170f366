package local

import (
	"slices"
	"testing"
	"time"
)

// play drives a crew on a clock of its own.
type play struct {
	t    *testing.T
	crew crew
	now  time.Time
	pid  int
	done []effect
}

func newPlay(t *testing.T, workers int) *play {
	p := &play{t: t, now: time.Unix(1000, 0)}
	p.crew.Members = []member{{Role: roleMaster, Phase: waiting, At: p.now}, {Role: roleConnect, Phase: waiting, At: p.now}}
	p.send(want{p.now, workers})
	return p
}

func (p *play) send(e event) {
	var effects []effect
	p.crew, effects = step(p.crew, e)
	p.done = append(p.done, effects...)
	for _, f := range effects {
		if f.Deed == start {
			p.pid++
			p.send(began{Role: f.Role, Proc: process{PID: p.pid, Began: 1}})
		}
	}
}

// look lets time pass; all live and are well, but for what is in odd.
func (p *play) look(d time.Duration, odd map[string]sight) {
	p.now = p.now.Add(d)
	sights := map[string]sight{}
	for _, m := range p.crew.Members {
		s, ok := odd[m.Role]
		if !ok {
			s = sight{Alive: true, Well: true}
		}
		s.PID = m.Proc.PID
		sights[m.Role] = s
	}
	p.send(look{p.now, sights})
}

func (p *play) phases(want ...phase) {
	p.t.Helper()
	var got []phase
	for _, m := range p.crew.Members {
		got = append(got, m.Phase)
	}
	if !slices.Equal(got, want) {
		p.t.Fatalf("phases %v, want %v", got, want)
	}
}

func (p *play) up() {
	for range 4 {
		p.look(time.Second, nil)
	}
	if !p.crew.ready() {
		p.t.Fatalf("not ready: %+v", p.crew)
	}
	p.done = nil
}

func TestMasterFirst(t *testing.T) {
	p := newPlay(t, 2)
	p.look(0, nil)
	p.phases(starting, waiting, waiting, waiting)
	p.look(time.Second, map[string]sight{roleMaster: {Alive: true}})
	p.phases(starting, waiting, waiting, waiting)
	p.look(time.Second, nil)
	p.phases(running, starting, starting, starting)
	p.look(time.Second, nil)
	p.phases(running, running, running, running)
}

func TestDeadIsStartedAgainLaterEachTime(t *testing.T) {
	p := newPlay(t, 1)
	p.up()
	dead := map[string]sight{"worker-1": {}}
	for _, pause := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
		16 * time.Second, 30 * time.Second, 30 * time.Second} {
		p.look(time.Second, dead)
		p.phases(running, running, waiting)
		p.look(pause-time.Millisecond, dead)
		p.phases(running, running, waiting)
		p.look(time.Millisecond, dead)
		p.phases(running, running, starting)
	}
	if m := p.crew.find("worker-1"); m.Restarts != 8 || m.Reason == "" {
		t.Fatalf("%+v", m)
	}
	p.look(time.Second, nil)
	p.look(steadyAfter, nil)
	if m := p.crew.find("worker-1"); m.Fails != 0 || m.Restarts != 8 {
		t.Fatalf("ran well, but %+v", m)
	}
}

func TestWhatIsLeftIsEndedBeforeTheNextStart(t *testing.T) {
	p := newPlay(t, 1)
	p.up()
	p.look(time.Second, map[string]sight{"worker-1": {}})
	p.look(time.Second, nil)
	if want := []effect{{end, "worker-1"}, {start, "worker-1"}}; !slices.Equal(p.done, want) {
		t.Fatalf("%v", p.done)
	}
}

func TestIllIsGivenTime(t *testing.T) {
	p := newPlay(t, 1)
	p.up()
	ill := map[string]sight{roleConnect: {Alive: true, Why: "it did not answer"}}
	p.look(illLimit-time.Second, ill)
	p.phases(running, running, running)
	p.look(time.Second, map[string]sight{roleConnect: {Alive: true, Blind: true}}) // unknown counts for it
	p.look(illLimit-time.Second, ill)
	p.phases(running, running, running)
	p.look(time.Second, ill)
	p.phases(running, waiting, running)
	p.up()
	p.look(time.Second, map[string]sight{"worker-1": {Alive: true, Over: true, Why: "its volume was removed"}})
	p.phases(running, running, waiting)
}

// What was seen of the process before counts neither for nor against the new one.
func TestSightOfAnEarlierProcess(t *testing.T) {
	p := newPlay(t, 0)
	p.look(0, nil)
	p.send(look{p.now, map[string]sight{roleMaster: {PID: 99, Alive: true, Well: true}}})
	p.phases(starting, waiting)
}

func TestNeverAnswers(t *testing.T) {
	p := newPlay(t, 0)
	p.look(0, nil)
	p.look(startLimit+time.Second, map[string]sight{roleMaster: {Alive: true}})
	p.phases(waiting, waiting)
}

func TestResize(t *testing.T) {
	p := newPlay(t, 3)
	p.up()
	p.send(want{p.now, 1})
	p.phases(running, running, running, leaving, leaving)
	p.look(time.Second, map[string]sight{"worker-2": {Alive: true, Idle: true}})
	p.phases(running, running, running, leaving)
	if want := []effect{{retire, "worker-2"}, {retire, "worker-3"}, {end, "worker-2"}, {remove, "worker-2"}}; !slices.Equal(p.done, want) {
		t.Fatalf("%v", p.done)
	}
	p.send(want{p.now, 3}) // worker-3 is still on its way out: its name is not free
	var names []string
	for _, m := range p.crew.Members[2:] {
		names = append(names, m.Role)
	}
	if want := []string{"worker-1", "worker-3", "worker-2", "worker-4"}; !slices.Equal(names, want) {
		t.Fatalf("%v", names)
	}
	p.look(leaveLimit, nil)
	if p.crew.find("worker-3") != nil {
		t.Fatal("worker-3 outstayed its time")
	}
}

func TestStepKeepsItsArgument(t *testing.T) {
	p := newPlay(t, 1)
	before := p.crew
	p.look(time.Hour, nil)
	if before.Members[0].Phase != waiting {
		t.Fatal("changed")
	}
}
