package session

// This file holds a session's places on the attached Spark: its home, and the lanes beside it, one for short queries and one
// for heavy ones.

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"shoal/engine"
	"shoal/plan"
	"shoal/sched"
)

const (
	// ConfLane chooses the class of a session's queries: short or heavy. By itself, auto, Shoal goes by what it expects of each.
	ConfLane = "shoal.lane"

	laneAuto  = "auto"
	laneShort = "short"
	laneHeavy = "heavy"
	// confPool is Spark's, https://spark.apache.org/docs/latest/job-scheduling.html#fair-scheduler-pools.
	confPool = "spark.scheduler.pool"
)

// shortConf is what is set in the lane for short queries, unless somebody set it otherwise: their jobs run in the server's pool
// of that name.
func (r *Registry) shortConf() map[string]string { return map[string]string{confPool: laneShort} }

// heavyConf is what is set in the lane for heavy queries: they come in small tasks. Spark takes no core away from a task that
// runs, so a short query waits for one to end, and on many cores one ends sooner: on so many a core gets free about every tenth of
// a second. sched/DESIGN.md has what that brings.
func (r *Registry) heavyConf() map[string]string {
	cores, least := max(1, int(r.cores.Load())), leastRead
	if about := r.about.Load(); about != nil && about.Reserve > 0 {
		least = leastReserved
	}
	input := min(max(readPerCore*cores, least), mostRead)
	return map[string]string{
		"spark.sql.files.maxPartitionBytes":               strconv.Itoa(input),
		"spark.sql.files.openCostInBytes":                 strconv.Itoa(input / 8), // of the many small files a task may read
		"spark.sql.adaptive.advisoryPartitionSizeInBytes": strconv.Itoa(input / 4),
	}
}

const (
	readPerCore   = 2 << 20
	leastRead     = 4 << 20
	leastReserved = 32 << 20  // where slots are kept for short queries (reserve.go): that is half a second of reading
	mostRead      = 128 << 20 // Spark's own
)

// beside is a lane: another session on the server, made of the same journal. It begins when it is first used.
type beside struct {
	engine.RemoteSession
	conf func() map[string]string
	used atomic.Bool

	mu sync.Mutex
	// seen is how many changes the session had made when the lane last looked at a table's files: Spark's sessions
	// remember them, each for itself.
	seen map[string]int64
}

// state is the lane's where the home's is s.
func (b *beside) state(s engine.State) engine.State {
	conf := b.conf()
	maps.Copy(conf, s.Conf)
	s.Conf = conf
	return s
}

// look makes the lane see tables of the server as they are after so many changes. It tells whether the lane does.
func (b *beside) look(ctx context.Context, state engine.State, tables [][]string, changes int64) bool {
	known, ok := b.RemoteSession.(engine.Tables)
	for _, t := range tables {
		name := strings.ToLower(plan.QuoteParts(t))
		b.mu.Lock()
		seen := b.seen[name] == changes
		b.mu.Unlock()
		if seen {
			continue
		}
		if !ok || known.Relist(ctx, state, t, false) != nil {
			return false
		}
		b.mu.Lock()
		if b.seen == nil || len(b.seen) >= mostLookups {
			b.seen = map[string]int64{}
		}
		b.seen[name] = changes
		b.mu.Unlock()
	}
	return true
}

// lane is where on the attached Spark an operation runs, and in which state: beside the home only what can be made again
// anywhere. What changes the session, must not run twice or reads what the home alone holds stays there.
func (s *Session) lane(ctx context.Context, x engine.Execution, q Query, c weighed) spot {
	state := s.state()
	home := spot{s.home, state}
	movable := !x.Final && !x.Resume && x.Record == nil && !q.Forward.Command && q.Forward.Held != nil && s.opaqueBecause() == ""
	if !movable || c.vague || q.Forward.Held() || c.lane == sched.Heavy && c.partitioned {
		return home
	}
	if s.viewThere(ctx, c.tables) { // sessions of Spark remember how the tables behind it were, each for itself
		return home
	}
	b := s.short
	if c.lane == sched.Heavy {
		b = s.heavy
	}
	if state = b.state(state); !b.look(ctx, state, c.tables, 1+s.changes.Load()) {
		return home
	}
	b.used.Store(true)
	return spot{b, state}
}

// outlived is when a request that was taken for a short one counts as a heavy one. Nothing that runs there can be stopped and
// started again, but others need not wait for it.
const outlived = 5 * time.Second

// turnThere waits until a request may leave for the attached Spark. end gives the turn back.
func (s *Session) turnThere(ctx context.Context, q Query, acc *account, c weighed) (end func(), err error) {
	acc.why += fmt.Sprintf("; %s: %s", c.lane, c.why)
	if c.free {
		acc.looked()
		return func() {}, nil
	}
	pool := sched.Pool{Engine: acc.engine, Lane: c.lane}
	acc.estimate.CPUSeconds = c.seconds
	t, err := s.admit(ctx, q, acc, pool, acc.estimate)
	if err != nil {
		return nil, err
	}
	ended := s.room.reserve.arrives(c)
	timer := time.AfterFunc(outlived, func() { t.move(sched.Pool{Engine: pool.Engine, Lane: sched.Heavy}) })
	return func() {
		timer.Stop()
		ended()
		t.end(engine.Usage{})
	}, nil
}

// CallBeside asks the attached Spark about what happened in the lanes beside the home, until one answer is taken.
func (s *Session) CallBeside(ctx context.Context, request any, take func(any) bool) {
	for _, b := range []*beside{s.short, s.heavy} {
		if b == nil || !b.used.Load() {
			continue
		}
		if reply, err := b.Call(ctx, b.state(s.state()), request); err == nil && take(reply) {
			return
		}
	}
}

// lanes are all that a session has on the attached Spark.
func (s *Session) lanes() []engine.RemoteSession {
	if s.home == nil {
		return nil
	}
	return []engine.RemoteSession{s.home, s.short, s.heavy, s.shelf}
}

// spot is a place on the attached Spark, in a state.
type spot struct {
	lane  engine.RemoteSession
	state engine.State
}

// timed runs an operation there and remembers how long it would have taken alone. That is without the time to begin the place, without
// that in which the client did not take what came, and without the part of those who ran beside it: they share the server's cores.
func (a *account) timed(ctx context.Context, key uint64, at spot, x engine.Execution, send sender) error {
	r := a.s.room
	if key != 0 {
		if _, err := at.lane.Sync(ctx, at.state); err != nil {
			return err
		}
	}
	start, blocked := time.Now(), time.Duration(0)
	before := r.there.Add(1)
	err := at.lane.Execute(ctx, at.state, x, func(ctx context.Context, m engine.Message) error {
		sending := time.Now()
		defer func() { blocked += time.Since(sending) }()
		return send(ctx, m)
	})
	after := r.there.Add(-1) + 1
	alone := (time.Since(start) - blocked).Seconds() / (float64(before+after) / 2)
	if key != 0 && (err == nil || alone > shortThere) { // what was cut short took at least that
		took := engine.Took{Latency: alone}
		a.learns(lesson{r.Router.Remote.Name(), key, took})
		if key := a.chosenThere().Key; key != 0 { // the router asks under that
			a.learns(lesson{r.Router.Remote.Name(), key, took})
		}
	}
	return err
}

// sender takes an operation's responses.
type sender = func(context.Context, engine.Message) error
