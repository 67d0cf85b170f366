package sched

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var (
	shorts  = Pool{"duckdb", Short}
	heavies = Pool{"duckdb", Heavy}
)

// run drives a machine whose jobs take just what they were expected to, one processor each, until nothing is left or a
// number of jobs has ended. Those that run end in the order of their ends.
type run struct {
	t      interface{ Fatalf(string, ...any) }
	s      *State
	now    time.Duration
	jobs   map[string]Job
	ends   map[string]time.Duration
	order  []string
	served map[string]float64
}

func newRun(t interface{ Fatalf(string, ...any) }, l Limits) *run {
	return &run{t: t, s: New(l), jobs: map[string]Job{}, ends: map[string]time.Duration{}, served: map[string]float64{}}
}

func (r *run) arrive(j Job) {
	if err := r.s.Arrive(r.now, j); err != nil {
		r.t.Fatalf("%s: %v", j.ID, err)
	}
	r.jobs[j.ID] = j
}

func (r *run) next() {
	for _, id := range r.s.Next(r.now) {
		if _, twice := r.ends[id]; twice {
			r.t.Fatalf("%s starts twice", id)
		}
		r.order = append(r.order, id)
		r.ends[id] = r.now + time.Duration(r.jobs[id].CPUSeconds*float64(time.Second))
		r.served[r.jobs[id].User] += r.jobs[id].CPUSeconds
	}
}

// step ends the job that ends first; it tells whether one ran.
func (r *run) step() bool {
	first := ""
	for id, end := range r.ends {
		if first == "" || end < r.ends[first] || end == r.ends[first] && id < first {
			first = id
		}
	}
	if first == "" {
		return false
	}
	r.now = max(r.now, r.ends[first])
	delete(r.ends, first)
	r.s.Finish(first, r.jobs[first].CPUSeconds)
	r.next()
	return true
}

// Two users who always have something waiting get the same service, but for the largest job that may be under way.
func TestServiceGap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		slots := rapid.IntRange(1, 4).Draw(t, "slots")
		r := newRun(t, Limits{Slots: map[Pool]int{shorts: slots}})
		users := rapid.IntRange(2, 5).Draw(t, "users")
		n, largest := 0, 0.0
		add := func(user int) {
			n++
			cost := rapid.Float64Range(0.01, 3).Draw(t, "cost")
			largest = max(largest, cost)
			r.arrive(Job{ID: fmt.Sprint(n), User: fmt.Sprint("u", user), Pool: shorts, CPUSeconds: cost})
		}
		fill := func() { // so that all have something waiting also when all slots get free at once
			for i := range users {
				for u := r.s.users[fmt.Sprint("u", i)]; u == nil || u.waiting <= slots; u = r.s.users[fmt.Sprint("u", i)] {
					add(i)
				}
			}
		}
		fill()
		r.next()
		for range 100 {
			fill()
			r.step()
			for a := range users {
				for b := range a {
					gap := math.Abs(r.served[fmt.Sprint("u", a)] - r.served[fmt.Sprint("u", b)])
					if gap > 1.05*largest {
						t.Fatalf("a gap of %.2f s between users %d and %d; the largest job takes %.2f s", gap, a, b, largest)
					}
				}
			}
		}
	})
}

// What is said to start first does, as long as nothing arrives and all takes what was expected.
func TestPlacesComeTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(t, Limits{Slots: map[Pool]int{shorts: 1}, UserWeight: map[string]float64{"a": 2}})
		for i := range rapid.IntRange(2, 30).Draw(t, "jobs") {
			r.arrive(Job{ID: fmt.Sprint(i), User: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user"), Pool: shorts,
				CPUSeconds: rapid.Float64Range(0.1, 5).Draw(t, "cost"), Priority: rapid.IntRange(0, 1).Draw(t, "priority")})
		}
		r.next()
		places := r.s.Places(r.now)
		said := slices.Clone(r.order)
		for i, p := range places {
			if p.Ahead != i {
				t.Fatalf("%s has %d ahead, not %d", p.ID, p.Ahead, i)
			}
			said = append(said, p.ID)
		}
		for r.step() {
		}
		if !slices.Equal(said, r.order) {
			t.Fatalf("said %v, came %v", said, r.order)
		}
	})
}

// Nothing waits while a slot is free, and all that arrives starts.
func TestWorkConservingAndComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := newRun(t, Limits{Slots: map[Pool]int{shorts: 2, heavies: 1}})
		n := rapid.IntRange(1, 60).Draw(t, "jobs")
		for i := range n {
			j := Job{ID: fmt.Sprint(i), User: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user"),
				Pool:       rapid.SampledFrom([]Pool{shorts, heavies}).Draw(t, "pool"),
				CPUSeconds: rapid.Float64Range(0, 5).Draw(t, "cost"), Priority: rapid.IntRange(0, 2).Draw(t, "priority")}
			r.arrive(j)
			r.next()
			if rapid.Bool().Draw(t, "later") {
				r.step()
			}
			for at, p := range r.s.pools {
				waiting := 0
				for _, u := range r.s.users {
					if sh := u.in[at]; sh != nil {
						waiting += sh.waiting
					}
				}
				if waiting > 0 && p.running < p.slots {
					t.Fatalf("%d wait for %s, of which a slot is free", waiting, at)
				}
			}
		}
		for r.step() {
		}
		if len(r.order) != n {
			t.Fatalf("%d of %d jobs started", len(r.order), n)
		}
		if len(r.s.jobs) != 0 || r.s.waiting != 0 || r.s.memory != 0 {
			t.Fatalf("left: %d jobs, %d waiting, %d bytes", len(r.s.jobs), r.s.waiting, r.s.memory)
		}
	})
}

// Limits hold whatever happens.
func TestLimitsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{Slots: map[Pool]int{shorts: 3, heavies: 2}, Memory: 100, UserMemory: 60, UserRunning: 2, UserQueued: 5, Queued: 12, AgeAfter: 2 * time.Second, ReserveAfter: time.Second, QueueTimeout: 20 * time.Second}
		s := New(l)
		var now time.Duration
		running := map[string]Job{}
		waiting := map[string]Job{}
		n := 0
		count := func(user string, at Pool) (jobs int, memory int64) {
			for _, j := range running {
				if user == "" || j.User == user {
					memory += j.Memory
					if j.Pool == at {
						jobs++
					}
				}
			}
			return jobs, memory
		}
		t.Repeat(map[string]func(*rapid.T){
			"arrive": func(t *rapid.T) {
				n++
				j := Job{ID: fmt.Sprint(n), User: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "user"), Pool: rapid.SampledFrom([]Pool{shorts, heavies}).Draw(t, "pool"),
					CPUSeconds: rapid.Float64Range(0, 5).Draw(t, "cost"), Memory: rapid.Int64Range(0, 60).Draw(t, "memory")}
				mine := 0
				for _, w := range waiting {
					if w.User == j.User {
						mine++
					}
				}
				err := s.Arrive(now, j)
				var refusal *Refusal
				if full := mine >= l.UserQueued || len(waiting) >= l.Queued; full != errors.As(err, &refusal) {
					t.Fatalf("%d wait, %d of this user: %v", len(waiting), mine, err)
				}
				if err == nil {
					waiting[j.ID] = j
				}
			},
			"end": func(t *rapid.T) {
				if len(running) > 0 {
					id := rapid.SampledFrom(keys(running)).Draw(t, "id")
					s.Charge(id, rapid.Float64Range(0, 50).Draw(t, "so far"))
					s.Finish(id, rapid.Float64Range(0, 50).Draw(t, "took"))
					delete(running, id)
				}
			},
			"cancel": func(t *rapid.T) {
				if len(waiting) > 0 {
					id := rapid.SampledFrom(keys(waiting)).Draw(t, "id")
					if !slices.ContainsFunc(s.Places(now), func(p Place) bool { return p.ID == id }) || !s.Cancel(id) {
						t.Fatalf("%s does not wait", id)
					}
					delete(waiting, id)
				}
			},
			"demote": func(t *rapid.T) {
				if len(running) > 0 {
					id := rapid.SampledFrom(keys(running)).Draw(t, "id")
					if !s.Demote(now, id, heavies, 1) {
						t.Fatalf("%s does not run", id)
					}
					j := running[id]
					j.Pool = heavies
					waiting[id] = j
					delete(running, id)
				}
			},
			"tick": func(t *rapid.T) {
				now += time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond
				for _, id := range s.Tick(now) {
					delete(waiting, id)
				}
			},
			"": func(t *rapid.T) {
				for _, id := range s.Next(now) {
					j, ok := waiting[id]
					if !ok {
						t.Fatalf("%s did not wait", id)
					}
					delete(waiting, id)
					running[id] = j
				}
				for at, slots := range l.Slots {
					if jobs, memory := count("", at); jobs > slots || memory > l.Memory {
						t.Fatalf("%s: %d jobs run with %d bytes", at, jobs, memory)
					}
					for _, u := range []string{"a", "b", "c"} {
						if jobs, memory := count(u, at); jobs > l.UserRunning || memory > l.UserMemory {
							t.Fatalf("%s of %s: %d jobs run with %d bytes", at, u, jobs, memory)
						}
					}
				}
				if s.waiting != len(waiting) {
					t.Fatalf("%d wait, not %d", s.waiting, len(waiting))
				}
			},
		})
	})
}

func keys(m map[string]Job) []string { return slices.Sorted(maps.Keys(m)) }

// A user with a debt is served after AgeAfter although others always had less.
func TestAgeing(t *testing.T) {
	r := newRun(t, Limits{Slots: map[Pool]int{shorts: 1}, AgeAfter: 10 * time.Second})
	r.arrive(Job{ID: "debt", User: "debtor", Pool: shorts, CPUSeconds: 1000})
	r.next()
	r.s.Finish("debt", 1000)
	delete(r.ends, "debt")
	for i := range 200 {
		r.arrive(Job{ID: fmt.Sprint(i), User: "other", Pool: shorts, CPUSeconds: 1})
		if i == 1 {
			r.arrive(Job{ID: "late", User: "debtor", Pool: shorts, CPUSeconds: 1})
		}
	}
	r.next()
	for r.step() {
		r.s.Tick(r.now)
	}
	if at := slices.Index(r.order, "late"); at < 10 || at > 12 {
		t.Errorf("the aged job is number %d to start", at)
	}
}

// A job that needs nearly all memory is not passed over for ever.
func TestReservedMemory(t *testing.T) {
	r := newRun(t, Limits{Slots: map[Pool]int{heavies: 4}, Memory: 100, ReserveAfter: 3 * time.Second})
	for i := range 50 {
		r.arrive(Job{ID: fmt.Sprint(i), User: fmt.Sprint("u", i%5), Pool: heavies, CPUSeconds: 1 + float64(i%3)/10, Memory: 40})
	}
	r.next()
	r.arrive(Job{ID: "large", User: "large", Pool: heavies, CPUSeconds: 1, Memory: 100})
	for r.step() {
	}
	if at := slices.Index(r.order, "large"); at > 12 {
		t.Errorf("the large job is number %d to start", at)
	}
}

func TestWeight(t *testing.T) {
	r := newRun(t, Limits{Slots: map[Pool]int{shorts: 1}, UserWeight: map[string]float64{"a": 3}})
	for i := range 100 {
		r.arrive(Job{ID: fmt.Sprint("a", i), User: "a", Pool: shorts, CPUSeconds: 1})
		r.arrive(Job{ID: fmt.Sprint("b", i), User: "b", Pool: shorts, CPUSeconds: 1})
	}
	r.next()
	for range 80 {
		r.step()
	}
	if share := r.served["a"] / (r.served["a"] + r.served["b"]); math.Abs(share-0.75) > 0.02 {
		t.Errorf("a user of weight 3 beside one of weight 1 has a share of %.2f", share)
	}
}

// BenchmarkAdmit is one job that arrives, starts and ends while others wait.
func BenchmarkAdmit(b *testing.B) {
	for _, users := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint("10000 queued of ", users), func(b *testing.B) {
			s := New(Limits{Slots: map[Pool]int{shorts: 4}, Memory: 1 << 40, AgeAfter: time.Minute})
			id := 0
			arrive := func() {
				id++
				s.Arrive(0, Job{ID: fmt.Sprint(id), User: fmt.Sprint(id % users), Pool: shorts, CPUSeconds: 0.1, Memory: 1})
			}
			for range 10_000 {
				arrive()
			}
			running := s.Next(0)
			b.ResetTimer()
			for b.Loop() {
				s.Finish(running[0], 0.1)
				running = append(running[1:], s.Next(0)...)
				arrive()
			}
		})
	}
}
