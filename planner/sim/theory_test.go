package sim

import (
	"context"
	"math"
	"testing"
)

// plain is a cluster of so many one-core nodes without any overhead.
func plain(nodes int) Model {
	m := Model{Master: Master{Cores: 1, Speed: 1}, Horizon: 1e6, Warmup: 1e4, Seed: 7}
	for range nodes {
		m.Nodes = append(m.Nodes, Node{Cores: 1, Speed: 1, Executors: 1, Slots: 1,
			NIC: Link{Base: 1e6}, Disk: Link{Base: 1e6}})
	}
	return m
}

// open is one class of one stage, asked at a rate.
func open(m Model, s Stage, rate float64) Model {
	s.Tasks = 1
	m.Horizon = 6e5 / rate
	m.Warmup = m.Horizon / 50
	m.Classes = []Class{{Name: "q", Stages: []Stage{s}}}
	m.Users = []Users{{Name: "all", Rate: rate, Mix: []Share{{Class: 0, Weight: 1}}}}
	return m
}

func mean(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x
	}
	return sum / float64(len(v))
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within*want {
		t.Errorf("%s: got %.4f, want %.4f (%+.1f %%)", what, got, want, 100*(got/want-1))
	} else {
		t.Logf("%s: got %.4f, want %.4f (%+.2f %%)", what, got, want, 100*(got/want-1))
	}
}

func run(t *testing.T, m Model) *Result {
	t.Helper()
	r, err := Run(context.Background(), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// erlangC is the probability that a job waits in M/M/k at a load of a busy servers.
func erlangC(k int, a float64) float64 {
	b := 1.0
	for i := 1; i <= k; i++ {
		b = a * b / (float64(i) + a*b)
	}
	rho := a / float64(k)
	return b / (1 - rho + rho*b)
}

// Erlang 1917: the mean wait of M/M/k is C(k, a) / (k - a).
func TestMMk(t *testing.T) {
	for _, c := range []struct {
		k   int
		rho float64
	}{{1, 0.5}, {4, 0.8}, {16, 0.9}} {
		a := c.rho * float64(c.k)
		r := run(t, open(plain(c.k), Stage{CPU: 1, Exponential: true}, a))
		near(t, "M/M/k", mean(r.Classes[0].Latency), 1+erlangC(c.k, a)/(float64(c.k)-a), 0.02)
		near(t, "use", r.Use.Slots, c.rho, 0.02)
	}
}

// Pollaczek 1930, Khinchine 1932: the mean wait of M/G/1 is rho (1 + cv^2) / (2 (1 - rho)).
func TestMG1(t *testing.T) {
	for _, cv := range []float64{0, 0.5, 1.5} {
		const rho = 0.7
		r := run(t, open(plain(1), Stage{CPU: 1, CV: cv}, rho))
		near(t, "M/G/1", mean(r.Classes[0].Latency), 1+rho*(1+cv*cv)/(2*(1-rho)), 0.02)
	}
}

// Kleinrock 1967: the mean time in an M/G/1 with processor sharing is 1 / (1 - rho), whatever the
// distribution of work.
func TestProcessorSharing(t *testing.T) {
	for _, cv := range []float64{0, 1, 2} {
		const rho = 0.7
		m := open(plain(1), Stage{CPU: 1, CV: cv}, rho)
		m.Nodes[0].Slots = 400 // far more than are ever busy: the core is what is shared
		r := run(t, m)
		near(t, "cores", mean(r.Classes[0].Latency), 1/(1-rho), 0.02)
	}
	m := open(plain(1), Stage{Input: 1e6}, 0.6)
	m.Nodes[0].Slots = 400
	r := run(t, m)
	near(t, "network", mean(r.Classes[0].Latency), 1/(1-0.6), 0.02)
}

// A machine-repair model: N users with think time Z and one server with exponential service S have
// the throughput that mean value analysis gives (Reiser and Lavenberg 1980).
func TestClosedUsers(t *testing.T) {
	const users, think, service = 12, 10.0, 1.0
	queue, wait := 0.0, 0.0
	for n := 1; n <= users; n++ {
		wait = service * (1 + queue)
		queue = float64(n) / (think + wait) * wait
	}
	m := open(plain(1), Stage{CPU: service, Exponential: true}, 1)
	m.Users = []Users{{Name: "closed", Count: users, Think: think, Mix: []Share{{0, 1}}}}
	r := run(t, m)
	near(t, "response", mean(r.Classes[0].Latency), wait, 0.02)
}

// A burst lasts as long as its bucket: then the base is all there is.
func TestBurst(t *testing.T) {
	s := newShare(Link{Base: 1, Peak: 10, Bucket: 90}, math.Inf(1))
	s.add(1000, 1)
	for range 10 {
		next := s.next()
		s.advance(next)
		if _, ok := s.ended(); ok {
			break
		}
	}
	// 10 s at 10 a second empty the bucket, 900 are left at 1 a second.
	near(t, "end", s.at, 910, 1e-9)
	s.advance(910 + 45)
	near(t, "bucket after 45 idle seconds", s.tokens, 45, 1e-9)
}
