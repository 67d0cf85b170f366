package session

// This file tests when queries run, and in which lane.

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sched"
)

// laned is an engine that notes in which lane queries run. In the short lane it takes its time, or fails.
type laned struct {
	numbers
	seconds float64       // it expects a query to take
	takes   time.Duration // what one takes in the short lane
	fails   error         // what one ends with there

	mu  sync.Mutex
	ran []string
}

func (l *laned) Estimate(engine.Query) engine.Estimate { return engine.Estimate{CPUSeconds: l.seconds} }
func (l *laned) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if q.Heavy {
		l.ran = append(l.ran, "heavy")
		return l.numbers.Run(ctx, q)
	}
	l.ran = append(l.ran, "short")
	select {
	case <-time.After(l.takes):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if l.fails != nil {
		return nil, l.fails
	}
	return l.numbers.Run(ctx, q)
}

// scheduled is a session with an engine of two lanes of one slot each.
func scheduled(t *testing.T, e *laned) *notebook {
	n := newNotebook(t)
	n.room.Router = &engine.Router{Engines: []engine.Engine{e}}
	n.room.Sched = sched.Start(sched.Limits{UserQueued: 2, Slots: map[sched.Pool]int{
		{Engine: "numbers", Lane: sched.Short}: 1, {Engine: "numbers", Lane: sched.Heavy}: 1,
	}})
	t.Cleanup(n.room.Sched.Close)
	return n
}

// read runs a query to its end.
func (n *notebook) read(ctx context.Context) error {
	result, err := n.Run(ctx, Query{Statement: upTo(3)})
	if err != nil {
		return err
	}
	defer result.Close()
	for result.Next() {
	}
	return result.Err()
}

func TestLanes(t *testing.T) {
	memory := fault.New("UNABLE_TO_ACQUIRE_MEMORY", "requestedBytes", "1", "receivedBytes", "0")
	zero := fault.New("DIVIDE_BY_ZERO", "config", "c")
	for name, c := range map[string]struct {
		engine *laned
		ran    []string
		class  string
	}{
		"short":                 {&laned{}, []string{"short"}, ""},
		"expected to be heavy":  {&laned{seconds: 60}, []string{"heavy"}, ""},
		"outlives the limit":    {&laned{takes: time.Hour}, []string{"short", "heavy"}, ""},
		"too large":             {&laned{fails: memory}, []string{"short", "heavy"}, ""},
		"fails":                 {&laned{fails: zero}, []string{"short"}, "DIVIDE_BY_ZERO"},
		"fails in the end":      {&laned{numbers: numbers{err: zero}}, []string{"short"}, "DIVIDE_BY_ZERO"},
		"fails at last, heavy":  {&laned{seconds: 60, numbers: numbers{err: zero}}, []string{"heavy"}, "DIVIDE_BY_ZERO"},
		"too large, also heavy": {&laned{fails: memory, numbers: numbers{err: memory}}, []string{"short", "heavy"}, "UNABLE_TO_ACQUIRE_MEMORY"},
	} {
		t.Run(name, func(t *testing.T) {
			n := scheduled(t, c.engine)
			if err := n.read(t.Context()); class(err) != c.class {
				t.Errorf("it ended with %v", err)
			}
			if got := c.engine.ran; len(got) != len(c.ran) || got[len(got)-1] != c.ran[len(got)-1] {
				t.Errorf("it ran in %v", got)
			}
			c.engine.takes, c.engine.fails, c.engine.numbers.err = 0, nil, nil
			if err := n.read(t.Context()); err != nil { // the slots are free again
				t.Error(err)
			}
		})
	}
}

// Who asks very much at once has it run where it gives way, and is where all others are when that is done.
func TestBulk(t *testing.T) {
	e := &laned{}
	n := scheduled(t, e)
	n.room.Sched.Close()
	n.room.Sched = sched.Start(sched.Limits{Slots: map[sched.Pool]int{
		{Engine: "numbers", Lane: sched.Short}: 1, {Engine: "numbers", Lane: sched.Bulk}: 1,
	}})
	t.Cleanup(n.room.Sched.Close)
	first, err := n.Run(t.Context(), Query{Statement: upTo(3)})
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, ctx := range []context.Context{t.Context(), gone} {
		if err := n.read(ctx); err != ctx.Err() {
			t.Error(err)
		}
	}
	first.Close()
	if err := n.read(t.Context()); err != nil {
		t.Error(err)
	}
	if want := []string{"short", "heavy", "short"}; !slices.Equal(e.ran, want) {
		t.Errorf("it ran in %v, want %v", e.ran, want)
	}
}

func TestWhoStopsWaitsNoMore(t *testing.T) {
	n := scheduled(t, &laned{seconds: 60})
	holds, err := n.Run(t.Context(), Query{Statement: upTo(3)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 { // more than may wait at the same time
		ctx, cancel := context.WithCancelCause(t.Context())
		ended := make(chan error)
		seen := make(chan Wait, 100)
		go func() {
			_, err := n.Run(ctx, Query{Statement: upTo(3), Waits: func(w Wait) { seen <- w }})
			ended <- err
		}()
		if w := <-seen; w.Ahead != 0 || w.Reason == "" {
			t.Errorf("told %+v", w)
		}
		stop := errors.New("stopped")
		cancel(stop)
		if err := <-ended; err != stop {
			t.Errorf("it ended with %v", err)
		}
	}
	holds.Close()
	if err := n.read(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTooManyWait(t *testing.T) {
	n := scheduled(t, &laned{seconds: 60})
	holds, err := n.Run(t.Context(), Query{Statement: upTo(3)})
	if err != nil {
		t.Fatal(err)
	}
	waiting := make(chan error)
	seen := make(chan Wait, 100)
	for range 2 {
		go func() {
			result, err := n.Run(t.Context(), Query{Statement: upTo(3), Waits: func(w Wait) { seen <- w }})
			if err == nil {
				result.Close()
			}
			waiting <- err
		}()
	}
	for w := range seen {
		if w.Ahead == 1 { // both are there
			break
		}
	}
	if err := n.read(t.Context()); class(err) != "SPARK_JOB_CANCELLED" {
		t.Errorf("the third one: %v", err)
	}
	holds.Close()
	for range 2 {
		if err := <-waiting; err != nil {
			t.Error(err)
		}
	}
}

// Who floods is refused before anything is done for him.
func TestTooManyOperations(t *testing.T) {
	n := newNotebook(t)
	n.room.UserOperations = 2
	hold := make(chan bool)
	start := func() error {
		_, err := n.Start(t.Context(), OperationRequest{}, func(context.Context, *Operation) error { <-hold; return nil })
		return err
	}
	for range 2 {
		if err := start(); err != nil {
			t.Fatal(err)
		}
	}
	if err := start(); class(err) != "SPARK_JOB_CANCELLED" {
		t.Errorf("the third one: %v", err)
	}
	if n.running() != 2 {
		t.Errorf("%d operations run", n.running())
	}
	close(hold)
	err := start()
	for deadline := time.Now().Add(5 * time.Second); err != nil && time.Now().Before(deadline); err = start() {
		time.Sleep(time.Millisecond) // they end
	}
	if err != nil {
		t.Error(err)
	}
}

// Of what one user sends at once so many are looked at as have seats; what waits for its turn has none.
func TestSeats(t *testing.T) {
	n := newNotebook(t)
	n.room.UserOperations = 100
	var mu sync.Mutex
	looked, most := 0, 0
	count := func(by int) {
		mu.Lock()
		defer mu.Unlock()
		looked += by
		most = max(most, looked)
	}
	var all sync.WaitGroup
	all.Add(3 * seats())
	together := make(chan struct{})
	for range 3 * seats() {
		_, err := n.Start(t.Context(), OperationRequest{}, func(_ context.Context, op *Operation) error {
			count(1)
			time.Sleep(time.Millisecond)
			count(-1)
			op.waits()
			op.waits()
			all.Done()
			<-together
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	all.Wait() // else those that wait keep seats
	close(together)
	if most > seats() {
		t.Errorf("%d were looked at, at the same time", most)
	}
}

// Who gives up while there is no seat waits no more.
func TestNoSeat(t *testing.T) {
	n := newNotebook(t)
	n.room.UserOperations = 100
	hold := make(chan struct{})
	var seated sync.WaitGroup
	seated.Add(seats())
	for range seats() {
		if _, err := n.Start(t.Context(), OperationRequest{}, func(context.Context, *Operation) error {
			seated.Done()
			<-hold
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	seated.Wait()
	op, err := n.Start(t.Context(), OperationRequest{}, func(context.Context, *Operation) error { return errors.New("it had a seat") })
	if err != nil {
		t.Fatal(err)
	}
	n.Interrupt(func(o *Operation) bool { return o == op })
	c, err := op.Attach("")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Next(t.Context()); class(err) != "OPERATION_CANCELED" {
		t.Errorf("it ended with %v", err)
	}
	close(hold)
}

// A client that stops reading keeps nobody from running, not even itself; and goes on when it reads again.
func TestPausedClientGivesItsSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sched.Start(sched.Limits{Slots: map[sched.Pool]int{{Engine: "e", Lane: sched.Short}: 1}})
		defer s.Close()
		job := sched.Job{ID: "1", User: "a", Pool: sched.Pool{Engine: "e", Lane: sched.Short}}
		ticket, err := s.Admit(t.Context(), job, nil)
		if err != nil {
			t.Fatal(err)
		}
		held := &turn{ticket: ticket, acc: &account{}, began: time.Now(), all: &set[*turn]{}}
		o := newTestOperation()
		o.holds(held)
		c, _ := o.Attach("")
		sent := make(chan error)
		go func() {
			for range 3 {
				sent <- o.Send(t.Context(), maxUnsent, func(string) Body { return newBody() })
			}
		}()
		<-sent
		job.ID = "2"
		second, err := s.Admit(t.Context(), job, nil) // waits for the pause
		if err != nil {
			t.Fatal(err)
		}
		c.Next(t.Context())
		<-sent // it goes on beside the second one
		c.Next(t.Context())
		<-sent
		held.end(engine.Usage{})
		second.Done(0)
		job.ID = "3"
		third, err := s.Admit(t.Context(), job, nil)
		if err != nil {
			t.Fatal(err)
		}
		third.Done(0)
		if held.acc.usage.CPUSeconds > 0.2 {
			t.Errorf("charged %g s: the pause does not count", held.acc.usage.CPUSeconds)
		}
	})
}

// Who has a query that does not end comes after others already while it runs.
func TestWhatRunsIsCharged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pool := sched.Pool{Engine: "e", Lane: sched.Heavy}
		s := sched.Start(sched.Limits{Slots: map[sched.Pool]int{pool: 2}})
		defer s.Close()
		admit := func(id, user string, seconds float64) *sched.Ticket {
			ticket, err := s.Admit(t.Context(), sched.Job{ID: id, User: user, Pool: pool, CPUSeconds: seconds}, nil)
			if err != nil {
				t.Error(err)
			}
			return ticket
		}
		long := &turn{ticket: admit("1", "ann", 0.1), acc: &account{}, began: time.Now(), all: &set[*turn]{}}
		other := admit("2", "bob", 5)
		time.Sleep(time.Minute)
		long.charge()
		first := make(chan string, 2)
		for id, user := range map[string]string{"3": "ann", "4": "bob"} {
			go func() {
				ticket := admit(id, user, 1)
				first <- user
				ticket.Done(1)
			}()
		}
		synctest.Wait()
		other.Done(5)
		if user := <-first; user != "bob" {
			t.Errorf("%s comes first, who has had more", user)
		}
		<-first
		long.end(engine.Usage{})
	})
}

// The process has too little memory: the query that was expected to need most is ended, and nobody else's.
func TestRelieve(t *testing.T) {
	n, began := newNotebook(t), make(chan bool)
	n.room.Router = &engine.Router{Engines: []engine.Engine{&stuck{began: began}}}
	if op := n.room.Relieve(fault.OutOfMemory(2, 1)); op != "" {
		t.Errorf("ended %q while nothing runs", op)
	}
	ended := map[string]chan error{}
	for id, rows := range map[string]int64{"small": 10, "large": 1e9, "middle": 1e6} {
		ended[id] = make(chan error, 1)
		go func() {
			result, err := n.Run(t.Context(), Query{ID: id, Statement: upTo(rows)})
			if err == nil {
				defer result.Close()
				result.Next()
				err = result.Err()
			}
			ended[id] <- err
		}()
		<-began
	}
	for _, id := range []string{"large", "middle", "small"} {
		if op := n.room.Relieve(fault.OutOfMemory(2, 1)); op != id {
			t.Fatalf("ended %q, not %s", op, id)
		}
		if err := <-ended[id]; class(err) != "UNABLE_TO_ACQUIRE_MEMORY" {
			t.Errorf("%s ended with %v", id, err)
		}
	}
}

// stuck is an engine whose queries end only when they are stopped. What they need is what they count to.
type stuck struct {
	numbers
	began chan bool
}

func (*stuck) Estimate(q engine.Query) engine.Estimate {
	return engine.Estimate{CPUSeconds: 60, PeakMemory: q.Plan.(*plan.Range).End}
}
func (e *stuck) Run(ctx context.Context, q engine.Query) (array.RecordReader, error) {
	e.began <- true
	<-ctx.Done()
	return nil, context.Cause(ctx)
}
