package session

// This file tests when requests leave for the attached Spark.

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"shoal/engine"
	"shoal/sched"
)

// crowd is a lane that keeps what it is asked to run until that is let go, and counts it.
type crowd struct {
	engine.RemoteSession
	let chan struct{}

	mu            sync.Mutex
	running, most int
}

func (c *crowd) Execute(ctx context.Context, _ engine.State, _ engine.Execution, send func(context.Context, engine.Message) error) error {
	c.mu.Lock()
	c.running++
	c.most = max(c.most, c.running)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.running--
		c.mu.Unlock()
	}()
	select {
	case <-c.let:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return send(ctx, engine.Message{Size: maxUnsent})
}

// now is how many run.
func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// crowded is a session whose lanes are crowds, with two slots for short requests and one for heavy ones.
func crowded(t *testing.T) (a *attached, short, heavy *crowd) {
	a = forced(t)
	a.room.Sched = sched.Start(sched.Limits{Slots: map[sched.Pool]int{{Engine: "spark", Lane: sched.Short}: 2, {Engine: "spark", Lane: sched.Heavy}: 1}})
	t.Cleanup(a.room.Sched.Close)
	short, heavy = &crowd{RemoteSession: a.short.RemoteSession, let: make(chan struct{})}, &crowd{RemoteSession: a.heavy.RemoteSession, let: make(chan struct{})}
	a.short.RemoteSession, a.heavy.RemoteSession = short, heavy
	return a, short, heavy
}

// at is how many wait or run in a lane.
func (a *attached) at(lane sched.Lane) (n int) {
	for _, p := range a.room.Sched.Snapshot().Pools {
		if p.Pool.Lane == lane {
			n += p.Running + p.Waiting
		}
	}
	return n
}

// start runs a query and gives its outcome later.
func (a *attached) start(ctx context.Context, q Query) chan error {
	ended := make(chan error, 1)
	go func() {
		result, err := a.Run(ctx, q)
		if err == nil {
			result.Close()
		}
		ended <- err
	}()
	return ended
}

const (
	aHeavy = "SELECT a, sum(b) FROM large GROUP BY a"
	aShort = "SELECT count(*) FROM small"
)

// TestCapsThere: no more run at the same time than have slots, and short ones do not wait for heavy ones.
func TestCapsThere(t *testing.T) {
	a, short, heavy := crowded(t)
	var shorts, heavies []chan error
	for range 3 {
		heavies = append(heavies, a.start(t.Context(), a.query(aHeavy, nil)))
	}
	for range 6 {
		shorts = append(shorts, a.start(t.Context(), a.query(aShort, nil)))
	}
	for a.at(sched.Heavy) < len(heavies) || a.at(sched.Short) < len(shorts) {
		time.Sleep(time.Millisecond) // what ends is remembered: one that began later could be of another class
	}
	for range shorts {
		short.let <- struct{}{}
	}
	for _, ended := range shorts {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	close(heavy.let)
	for _, ended := range heavies {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	if short.most > 2 || heavy.most != 1 {
		t.Errorf("at the same time ran %d short ones and %d heavy ones", short.most, heavy.most)
	}
}

// TestNamesDoNotWaitThere: what asks for names or changes them goes on while heavy queries have all slots, and so does a stream.
func TestNamesDoNotWaitThere(t *testing.T) {
	a, _, heavy := crowded(t)
	a.want("SET shoal.lane = heavy", "here")
	ctx, cancel := context.WithCancel(t.Context())
	running, waiting := a.start(ctx, a.query(aHeavy, nil)), a.start(ctx, a.query(aHeavy, nil))
	for heavy.now() == 0 {
		time.Sleep(time.Millisecond)
	}
	for _, text := range []string{"SHOW TABLES", "CREATE TEMP VIEW v AS SELECT * FROM far", "DROP TABLE far", "USE shop"} {
		if lane, _ := a.lane(text, nil); lane != "home" {
			t.Errorf("%s ran in %s", text, lane)
		}
	}
	cancel()
	if <-running == nil || <-waiting == nil {
		t.Error("what was cancelled succeeded")
	}
}

// TestPausedThere: who does not read what came keeps no other query of his own waiting.
func TestPausedThere(t *testing.T) {
	a, _, heavy := crowded(t)
	a.want("SET shoal.lane = heavy", "here") // which of the two ends first must not decide over the other's class
	close(heavy.let)
	q := a.query(aHeavy, nil)
	reads := make(chan *Operation, 1)
	op, err := a.Start(t.Context(), OperationRequest{ID: q.ID}, func(ctx context.Context, op *Operation) error {
		q.Forward.Send = func(ctx context.Context, m engine.Message) error {
			for range 2 {
				if err := op.Send(ctx, m.Size, func(string) Body { return newBody() }); err != nil {
					return err
				}
			}
			return nil
		}
		reads <- op
		_, err := a.Run(ctx, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	<-reads
	second := a.query(aHeavy, func(q *Query) { q.ID = uuid.NewString() })
	select {
	case err := <-a.start(t.Context(), second):
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("the second query waits for a client that does not read")
	}
	cursor, err := op.Attach("")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := cursor.Next(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
