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
	if _, err := r.s.Arrive(r.now, j); err != nil {
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

// traffic is a machine under random traffic beside what must be true of it.
type traffic struct {
	l       Limits
	s       *State
	now     time.Duration
	running map[string]Job
	waiting map[string]Job
	paused  map[string]bool
	over    bool // a job was resumed: more may run than there are slots, until they end
	n       int
}

var (
	someUser = rapid.SampledFrom([]string{"a", "b", "c"})
	somePool = rapid.SampledFrom([]Pool{shorts, heavies})
	someTime = rapid.Float64Range(0, 50)
)

func (x *traffic) arrive(t *rapid.T) {
	x.n++
	j := Job{ID: fmt.Sprint(x.n), User: someUser.Draw(t, "user"), Pool: somePool.Draw(t, "pool"),
		CPUSeconds: someTime.Draw(t, "cost"), Memory: rapid.Int64Range(0, 60).Draw(t, "memory")}
	mine := 0
	for _, w := range x.waiting {
		if w.User == j.User {
			mine++
		}
	}
	_, err := x.s.Arrive(x.now, j)
	var refusal *Refusal
	if full := mine >= x.l.UserQueued || len(x.waiting) >= x.l.Queued; full != errors.As(err, &refusal) {
		t.Fatalf("%d wait, %d of this user: %v", len(x.waiting), mine, err)
	}
	if err == nil {
		x.waiting[j.ID] = j
	}
}

// one is the id of one of some jobs; the action is left out if there is none.
func one(t *rapid.T, of map[string]Job) string {
	if len(of) == 0 {
		t.Skip("none")
	}
	return rapid.SampledFrom(keys(of)).Draw(t, "id")
}

func (x *traffic) end(t *rapid.T) {
	id := one(t, x.running)
	x.s.Charge(id, someTime.Draw(t, "so far"))
	x.s.Finish(id, someTime.Draw(t, "took"))
	delete(x.running, id)
	delete(x.paused, id)
}

func (x *traffic) pause(t *rapid.T) {
	id := one(t, x.running)
	x.s.Pause(id)
	x.paused[id] = true
}

func (x *traffic) resume(t *rapid.T) {
	id := one(t, x.running)
	x.s.Resume(id)
	x.over = x.over || x.paused[id]
	delete(x.paused, id)
}

func (x *traffic) cancel(t *rapid.T) {
	id := one(t, x.waiting)
	if !slices.ContainsFunc(x.s.Places(x.now), func(p Place) bool { return p.ID == id }) || !x.s.Cancel(id) {
		t.Fatalf("%s does not wait", id)
	}
	delete(x.waiting, id)
}

func (x *traffic) demote(t *rapid.T) {
	id := one(t, x.running)
	if !x.s.Demote(x.now, id, heavies, 1) {
		t.Fatalf("%s does not run", id)
	}
	j := x.running[id]
	j.Pool = heavies
	x.waiting[id] = j
	delete(x.running, id)
	delete(x.paused, id)
}

func (x *traffic) tick(t *rapid.T) {
	x.now += time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond
	for _, id := range x.s.Tick(x.now) {
		delete(x.waiting, id)
	}
}

// check starts what may start, and looks at the limits.
func (x *traffic) check(t *rapid.T) {
	started := map[Pool]bool{}
	for _, id := range x.s.Next(x.now) {
		j, ok := x.waiting[id]
		if !ok {
			t.Fatalf("%s did not wait", id)
		}
		delete(x.waiting, id)
		x.running[id] = j
		started[j.Pool] = true
	}
	if x.s.waiting != len(x.waiting) {
		t.Fatalf("%d wait, not %d", x.s.waiting, len(x.waiting))
	}
	memory, userMemory := int64(0), map[string]int64{}
	jobs, userJobs := map[Pool]int{}, map[string]int{}
	for id, j := range x.running {
		memory += j.Memory
		userMemory[j.User] += j.Memory
		if x.paused[id] {
			continue
		}
		jobs[j.Pool]++
		userJobs[j.User+j.Pool.String()]++
	}
	over := false
	for at, n := range jobs {
		over = over || n > x.l.Slots[at]
		if n > x.l.Slots[at] && (!x.over || started[at]) || memory > x.l.Memory {
			t.Fatalf("%s: %d jobs run, in all with %d bytes", at, n, memory)
		}
	}
	for of, n := range userJobs {
		over = over || n > x.l.UserRunning
		if n > x.l.UserRunning && !x.over {
			t.Fatalf("%d jobs of %s run", n, of)
		}
	}
	for u, bytes := range userMemory {
		if bytes > x.l.UserMemory {
			t.Fatalf("jobs of %s run with %d bytes", u, bytes)
		}
	}
	x.over = over
}

// Limits hold whatever happens.
func TestLimitsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := Limits{Slots: map[Pool]int{shorts: 3, heavies: 2}, Memory: 100, UserMemory: 60, UserRunning: 2, UserQueued: 5, Queued: 12,
			AgeAfter: 2 * time.Second, ReserveAfter: time.Second, QueueTimeout: 20 * time.Second}
		x := &traffic{l: l, s: New(l), running: map[string]Job{}, waiting: map[string]Job{}, paused: map[string]bool{}}
		t.Repeat(map[string]func(*rapid.T){"arrive": x.arrive, "end": x.end, "pause": x.pause, "resume": x.resume, "cancel": x.cancel, "demote": x.demote, "tick": x.tick, "": x.check})
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
