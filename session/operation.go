package session

// This file holds operations: work that goes on without its client, and the responses the client
// has not released yet.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"shoal/fault"
)

// The bounds of an operation's buffer. What was produced and not yet sent holds the producer
// back, so a slow client delays its own query only. What was sent is kept for a client that lost
// its connection; a client's own window is far smaller than that.
const (
	maxUnsent = 8 << 20
	maxKept   = 32 << 20
)

// Response is one message to the client; Body is for package connect, Size counts bytes.
type Response struct {
	ID   string
	Body Body
	Size int
}

// Body is what a response says. Its memory may be used again when the last reference to it is freed: the operation has
// one, and each reader one of what Next gave it.
type Body interface {
	Ref()
	Free()
}

// Operation is one request's work. Its responses are kept in order until released.
type Operation struct {
	ID           string
	Tags         []string
	Reattachable bool

	request string // what was asked, to know a repeated request
	resumed bool   // its client may have ids of responses that an earlier life of this process made
	prefix  string // of response ids
	cancel  context.CancelCauseFunc
	account atomic.Pointer[account] // of what it runs

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when anything below changes
	kept     []Response    // the responses from index first on
	first    int
	sent     int // index after the last one given to a cursor
	unsent   int // bytes
	resident int // bytes sent and kept
	done     bool
	sealed   bool // it cannot be stopped any more
	err      error
	rise     func()    // it needs no more looking at; may be nil
	turn     *turn     // what runs for it
	reader   int       // the cursor in charge; older ones are preempted
	attached bool      // a cursor is in charge
	detached time.Time // since when no cursor is
}

func newOperation(id string, cancel context.CancelCauseFunc) *Operation {
	random := uuid.NewString()
	return &Operation{ID: id, prefix: random[:24], cancel: cancel, changed: make(chan struct{}), detached: time.Now()}
}

// errEnded answers who adds to an operation that was ended.
var errEnded = errors.New("the operation has ended")

// Send adds a response; body is told its id. It waits while too much is unsent, until ctx ends.
func (o *Operation) Send(ctx context.Context, size int, body func(id string) Body) error {
	for {
		o.mu.Lock()
		if o.done {
			o.mu.Unlock()
			return cmp.Or(o.err, errEnded) // which does not change any more
		}
		if o.add(size, body) {
			o.mu.Unlock()
			return nil
		}
		changed, t := o.changed, o.turn
		o.mu.Unlock()
		if err := await(ctx, changed, t); err != nil {
			return err
		}
	}
}

// pauseAfter is how long a query keeps its slot for a client that does not read.
const pauseAfter = 100 * time.Millisecond

// await is until something has changed. A query whose client does not read lets others have its turn.
func await(ctx context.Context, changed chan struct{}, t *turn) error {
	var slow <-chan time.Time
	if t != nil {
		timer := time.NewTimer(pauseAfter)
		defer timer.Stop()
		defer t.resume()
		slow = timer.C
	}
	for {
		select {
		case <-changed:
			return nil
		case <-slow:
			t.pause()
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// looked says what is to be called when the operation waits for its turn.
func (o *Operation) looked(rise func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rise = rise
}

// waits tells that the operation waits for its turn, or for others.
func (o *Operation) waits() {
	o.mu.Lock()
	rise := o.rise
	o.mu.Unlock()
	if rise != nil {
		rise()
	}
}

// holds says which turn the operation's work has.
func (o *Operation) holds(t *turn) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.turn = t
}

// Offer is Send for a response that may as well be left out when it would have to wait.
func (o *Operation) Offer(size int, body func(id string) Body) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.done {
		o.add(size, body)
	}
}

// add appends a response unless too much is unsent. One response always fits.
func (o *Operation) add(size int, body func(id string) Body) bool {
	if o.unsent > 0 && o.unsent+size > maxUnsent {
		return false
	}
	id := o.prefix + fmt.Sprintf("%012x", o.first+len(o.kept))
	o.kept = append(o.kept, Response{ID: id, Body: body(id), Size: size})
	o.unsent += size
	o.wake()
	return true
}

// finish ends the operation: cursors drain what is kept and then see err, or the end.
func (o *Operation) finish(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.done {
		o.done, o.err = true, err
		o.wake()
	}
}

// interrupt stops the work; it tells whether there was any left to stop.
func (o *Operation) interrupt(cause error) bool {
	o.mu.Lock()
	stops := !o.done && !o.sealed
	if stops {
		o.done, o.err = true, cause
		o.wake()
	}
	o.mu.Unlock()
	if stops {
		o.cancel(cause)
	}
	return stops
}

// seal lets nobody stop the work any more. It fails if somebody has.
func (o *Operation) seal() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done {
		return errEnded
	}
	o.sealed = true
	return nil
}

// Attach gives a cursor on the responses after the one with id after, or from the first kept one
// on. Any cursor there was is preempted.
func (o *Operation) Attach(after string) (*Cursor, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	next := 0
	if after != "" {
		at, ok := o.index(after)
		if !ok && o.resumed {
			at, ok = -1, true // what it had then is sent again
		}
		if !ok {
			return nil, fault.New("INVALID_CURSOR.POSITION_NOT_FOUND", "responseId", after)
		}
		next = at + 1
	}
	if next < o.first {
		return nil, fault.New("INVALID_CURSOR.POSITION_NOT_AVAILABLE", "responseId", after, "index", strconv.Itoa(o.first-1))
	}
	o.reader++
	o.attached = true
	o.wake()
	return &Cursor{op: o, reader: o.reader, next: next}, nil
}

// Release drops the responses up to the one with the given id.
func (o *Operation) Release(until string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	at, ok := o.index(until)
	if !ok {
		return fault.New("INVALID_CURSOR.POSITION_NOT_FOUND", "responseId", until)
	}
	o.drop(min(at+1, o.sent))
	return nil
}

// index finds the response with an id that was given out; it may be gone already.
func (o *Operation) index(id string) (int, bool) {
	if len(id) != len(o.prefix)+12 || id[:len(o.prefix)] != o.prefix {
		return 0, false
	}
	at, err := strconv.ParseUint(id[len(o.prefix):], 16, 63)
	if err != nil || int(at) >= o.first+len(o.kept) {
		return 0, false
	}
	return int(at), true
}

// drop forgets the responses before index to, which were all sent.
func (o *Operation) drop(to int) {
	if to <= o.first {
		return
	}
	for _, r := range o.kept[:to-o.first] {
		o.resident -= r.Size
		r.Body.Free()
	}
	o.kept = append([]Response(nil), o.kept[to-o.first:]...)
	o.first = to
}

func (o *Operation) wake() {
	close(o.changed)
	o.changed = make(chan struct{})
}

// idleSince says since when nobody has been reading, if so.
func (o *Operation) idleSince() (time.Time, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.detached, !o.attached
}

// running tells whether the work goes on.
func (o *Operation) running() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.done
}

// Cursor reads an operation's responses in order. It is for one goroutine.
type Cursor struct {
	op     *Operation
	reader int
	next   int
}

// Next gives the next response, whose body the caller frees; io.EOF after the last one of work that succeeded, the work's error
// otherwise. It waits for more until ctx ends.
func (c *Cursor) Next(ctx context.Context) (Response, error) {
	o := c.op
	for {
		o.mu.Lock()
		if o.reader != c.reader {
			o.mu.Unlock()
			return Response{}, fault.New("INVALID_CURSOR.DISCONNECTED")
		}
		if c.next < o.first {
			o.mu.Unlock()
			return Response{}, fault.New("INVALID_CURSOR.POSITION_NOT_AVAILABLE", "index", strconv.Itoa(o.first-1))
		}
		if i := c.next - o.first; i < len(o.kept) {
			r := o.kept[i]
			r.Body.Ref()
			c.next++
			if c.next > o.sent {
				o.sent = c.next
				o.unsent -= r.Size
				o.resident += r.Size
				o.trim()
				o.wake()
			}
			o.mu.Unlock()
			return r, nil
		}
		if o.done {
			err := o.err
			o.mu.Unlock()
			if err == nil {
				err = io.EOF
			}
			return Response{}, err
		}
		changed := o.changed
		o.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Response{}, context.Cause(ctx)
		}
	}
}

// trim keeps what was sent within bounds: oldest first, and nothing at all for a client that
// cannot come back.
func (o *Operation) trim() {
	keep, to := maxKept, o.first
	if !o.Reattachable {
		keep = 0
	}
	for size := o.resident; size > keep && to < o.sent-1; to++ {
		size -= o.kept[to-o.first].Size
	}
	o.drop(to)
}

// Close ends the reading, not the work: the operation waits for its client to come back.
func (c *Cursor) Close() {
	o := c.op
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.reader == c.reader {
		o.attached, o.detached = false, time.Now()
	}
}
