// Package session holds one client's conversation with Shoal: its confs, names, operations and
// uploads, the journal of what changed them, and the story of each query, which is [Session.Run]:
// read it first. A [Registry] keeps the sessions. The package knows no client protocol: package
// connect gives it plans and takes Arrow batches.
package session

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/store"
)

// Key names a session: the recognised user, and the id the client chose.
type Key = store.SessionKey

// Session is one client's session. It is safe for concurrent use.
type Session struct {
	Key      Key
	ServerID string

	room  *Registry
	names *catalog.Names
	home  engine.RemoteSession // on the attached Spark; nil without one
	short *beside              // the same, for short queries
	heavy *beside              // the same, for heavy ones
	shelf engine.RemoteSession // the same, to tell of Shoal's own tables
	// changes counts the requests to the home that may have changed a table.
	changes atomic.Int64

	mu      sync.Mutex
	conf    Conf
	journal []journalled
	version int64        // counts what changes conf, database and journal
	folded  engine.State // the fold of all that, as of its version
	// schema is the current one, as SQL writes its name; "" until it was chosen on the attached Spark.
	schema string
	opaque string // the statement since which only the attached Spark knows what the session is
	ops    map[string]*Operation
	ended  []string // ids of operations that are no more, newest last
	errs   []errorRecord
	used   time.Time
	closed bool

	persisted map[string]StorageLevel // by digest of the fingerprint
}

// maxEnded is how many ids of past operations are remembered, so that a request which was delayed
// on its way does not run a second time.
const maxEnded = 256

func newSession(r *Registry, known store.Session) *Session {
	s := &Session{
		Key: known.SessionKey, ServerID: known.ServerID, room: r, used: time.Now(),
		conf: Conf{server: r.serverConf()}, names: catalog.NewNames(r.Catalog), version: 1,
	}
	if r.Router.Remote != nil {
		s.home = r.Router.Remote.Open(known.ServerID, known.User)
		s.short = &beside{RemoteSession: r.Router.Remote.Open(known.ServerID+"/"+laneShort, known.User), conf: r.shortConf}
		s.heavy = &beside{RemoteSession: r.Router.Remote.Open(known.ServerID+"/"+laneHeavy, known.User), conf: r.heavyConf}
		s.shelf = r.Router.Remote.Open(known.ServerID+"/tables", known.User)
	}
	return s
}

// Conf gives the session's configuration as it is now.
func (s *Session) Conf() Conf {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conf
}

func (s *Session) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
}

// lastUsed is when the session was last used: now, while an operation runs.
func (s *Session) lastUsed(now time.Time) time.Time {
	if s.running() > 0 {
		return now
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// OperationRequest says what operation to start.
type OperationRequest struct {
	ID           string // a UUID; "" makes one
	Tags         []string
	Reattachable bool
	Request      string // what is asked, to tell a repeated request from another one
	Resumed      bool   // it began in an earlier life of this process, whose response ids nobody knows
}

// Start runs work as an operation of its own, on its own goroutine: it goes on when ctx, the
// caller's, ends. The same request under the same id is the same operation, started once.
func (s *Session) Start(ctx context.Context, q OperationRequest, work func(context.Context, *Operation) error) (*Operation, error) {
	if q.ID == "" {
		q.ID = uuid.NewString()
	}
	if !isUUID(q.ID) {
		return nil, fault.New("INVALID_HANDLE.FORMAT", "handle", q.ID)
	}
	work0, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	op := newOperation(q.ID, cancel)
	op.Tags, op.Reattachable, op.request, op.resumed = q.Tags, q.Reattachable, q.Request, q.Resumed
	if running, err := s.enlist(op); running != nil || err != nil {
		cancel(nil)
		return running, err
	}
	at, err := s.room.enter(s.Key.User, op.ID)
	if err != nil {
		cancel(err)
		s.Drop(op.ID)
		return nil, err
	}
	err = s.room.work.start(func() {
		defer s.room.leave(s.Key.User)
		defer cancel(nil)
		defer s.limit(op)()
		op.finish(s.room.guard(work0, func() error {
			rise, err := at.sit(work0)
			if err != nil {
				return err
			}
			defer rise()
			op.looked(rise)
			return work(work0, op)
		}))
		s.touch()
	})
	if err != nil {
		s.room.leave(s.Key.User)
		cancel(err)
		s.Drop(op.ID)
		return nil, err
	}
	return op, nil
}

// enlist makes room for an operation; it gives the one that has the same id and request, if any.
func (s *Session) enlist(op *Operation) (*Operation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, fault.New("INVALID_HANDLE.SESSION_CLOSED", "handle", s.Key.ID)
	}
	if old := s.ops[op.ID]; old != nil {
		if old.Reattachable && op.Reattachable && old.request == op.request {
			return old, nil
		}
		return nil, fault.New("INVALID_HANDLE.OPERATION_ALREADY_EXISTS", "handle", op.ID)
	}
	if slices.Contains(s.ended, op.ID) {
		return nil, fault.New("INVALID_HANDLE.OPERATION_ABANDONED", "handle", op.ID)
	}
	if s.ops == nil {
		s.ops = map[string]*Operation{}
	}
	s.ops[op.ID] = op
	return nil, nil
}

// guard runs f; a panic becomes that query's INTERNAL_ERROR, with an id that is in the log, and an
// interruption becomes its cause.
func (r *Registry) guard(ctx context.Context, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = r.Panicked(p, debug.Stack())
		}
	}()
	err = f()
	var asked *fault.Error
	if err != nil && errors.As(context.Cause(ctx), &asked) {
		return asked
	}
	return err
}

// Panicked logs a panic and makes the error that tells of it.
func (r *Registry) Panicked(p any, stack []byte) error {
	id := uuid.NewString()
	r.Log.Error("panic", "id", id, "panic", fmt.Sprint(p), "stack", string(stack))
	return fault.Internalf("a defect of Shoal; its log says more under the id %s", id)
}

// Operation finds a running or finished operation.
func (s *Session) Operation(id string) (*Operation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.ops[id]
	if op == nil {
		class := "INVALID_HANDLE.OPERATION_NOT_FOUND"
		return nil, fault.New(class, "handle", id)
	}
	return op, nil
}

// Drop ends an operation and forgets its result; it tells whether there was one.
func (s *Session) Drop(id string) bool {
	s.mu.Lock()
	op := s.ops[id]
	if op != nil {
		delete(s.ops, id)
		s.ended = append(s.ended, id)
		if len(s.ended) > maxEnded {
			s.ended = slices.Delete(s.ended, 0, len(s.ended)-maxEnded)
		}
	}
	s.mu.Unlock()
	if op == nil {
		return false
	}
	op.interrupt(disconnected())
	return true
}

// Interrupt stops the running operations that match, and lists them.
func (s *Session) Interrupt(match func(*Operation) bool) []string {
	return s.stop(match, func() error { return fault.New("OPERATION_CANCELED") })
}

// disconnected is what the reader of an operation is told that somebody released.
func disconnected() error { return fault.New("INVALID_CURSOR.DISCONNECTED") }

// stop stops the running operations that match, for a cause that their readers are told, and lists them.
func (s *Session) stop(match func(*Operation) bool, cause func() error) []string {
	s.mu.Lock()
	var chosen []*Operation
	for _, op := range s.ops {
		if match(op) {
			chosen = append(chosen, op)
		}
	}
	s.mu.Unlock()
	var stopped []string
	for _, op := range chosen {
		if op.interrupt(cause()) {
			stopped = append(stopped, op.ID)
		}
	}
	slices.Sort(stopped)
	return stopped
}

// abandon drops the operations nobody has read since before.
func (s *Session) abandon(before time.Time) {
	s.mu.Lock()
	var left []string
	for id, op := range s.ops {
		if since, idle := op.idleSince(); idle && since.Before(before) {
			left = append(left, id)
		}
	}
	s.mu.Unlock()
	for _, id := range left {
		s.room.Log.Info("operation abandoned", "session", s.Key.ID, "user", s.Key.User, "op", id)
		s.Drop(id)
	}
}

// running counts the operations that are at work.
func (s *Session) running() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, op := range s.ops {
		if op.running() {
			n++
		}
	}
	return n
}

// end closes the session: nothing starts any more, and what runs is stopped.
func (s *Session) end() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop(func(*Operation) bool { return true }, disconnected)
	s.removeArtifacts()
	s.closeHome()
}

// errorRecord is an error a client may ask the details of.
type errorRecord struct {
	id  string
	err *fault.Error
}

// maxErrors is how many errors a session remembers for FetchErrorDetails.
const maxErrors = 16

// RememberError keeps an error for [Session.ErrorDetails] and gives its id.
func (s *Session) RememberError(err *fault.Error) string {
	id := uuid.NewString()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.errs = append(s.errs, errorRecord{id, err})
	if len(s.errs) > maxErrors {
		s.errs = slices.Delete(s.errs, 0, 1)
	}
	return id
}

// ErrorDetails finds a remembered error.
func (s *Session) ErrorDetails(id string) (*fault.Error, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.errs {
		if r.id == id {
			return r.err, true
		}
	}
	return nil, false
}
