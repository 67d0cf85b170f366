package session

// This file holds the registry: which sessions there are, from their first request to their end.

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sched"
	"shoal/store"
)

// Options are what sessions need. Store, Catalog, Router and Decode are required.
type Options struct {
	Store   *store.Store
	Catalog *catalog.Catalog
	Router  *engine.Router
	// Decode turns a journalled request back into a statement; artifact finds what the client uploaded.
	Decode func(request []byte, artifact func(hash string) ([]byte, bool)) (plan.Statement, error)
	// Sched, if set, says when queries may run.
	Sched *sched.Scheduler
	// UserOperations is how many operations of a user may be at work at the same time; 0: any number.
	UserOperations int
	Log            *slog.Logger
	// History, if set, keeps the queries that have ended.
	History *store.History
	// SeesAll tells the users who may see what others did; none when nil.
	SeesAll func(user string) bool
	// Artifacts is the directory of what clients upload, one directory a session.
	Artifacts string
	// Conf holds values that stand above Spark's defaults, and an attached server's, for every session.
	Conf map[string]string
	// Warehouse is where tables are kept, unless Conf or an attached server says otherwise.
	Warehouse string
	// IdleTimeout ends a session nobody used; an hour when zero, as Spark.
	IdleTimeout time.Duration
	// DetachTimeout ends an operation nobody reads; five minutes when zero, as Spark.
	DetachTimeout time.Duration
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SeesAll == nil {
		o.SeesAll = func(string) bool { return false }
	}
	if o.IdleTimeout == 0 {
		o.IdleTimeout = time.Hour
	}
	if o.DetachTimeout == 0 {
		o.DetachTimeout = 5 * time.Minute
	}
	if o.Warehouse == "" {
		o.Warehouse = "spark-warehouse"
	}
	return o
}

// conf is what stands above Spark's defaults while no server is attached.
func (o Options) conf() map[string]string {
	conf := map[string]string{
		"spark.app.id": "shoal", "spark.app.name": "Shoal", "spark.master": "local[*]",
		confTimeZone: localZone(), confWarehouse: o.Warehouse,
		// There is no JVM whose stack a client could show.
		"spark.sql.connect.serverStacktrace.enabled": "false",
	}
	maps.Copy(conf, o.Conf)
	return conf
}

// tombstoneGrace is how long an ended session's client is told that it was closed.
const tombstoneGrace = 7 * 24 * time.Hour

// Registry keeps every client's session. It is safe for concurrent use.
type Registry struct {
	Options
	work  workload                     // running operations
	homes sync.WaitGroup               // homes on the attached Spark that are being closed
	found lookups[*engine.Table]       // tables of the attached Spark
	views lookups[bool]                // what is a view there
	about atomic.Pointer[engine.About] // the attached Spark, once it has answered

	published published
	jobs      atomic.Int64  // counts what was admitted, for the ids
	live      set[*account] // the queries at work
	totals    totals        // of those that have ended
	turns     set[*turn]    // what runs
	lately    lately        // the rows of the system table that were read last
	desks     desks
	reserve   reserve
	there     atomic.Int64 // requests under way on the attached Spark
	cores     atomic.Int64 // of the attached Spark; 0: not known

	mu    sync.Mutex
	slots map[Key]*slot
	conf  map[string]string // for sessions that begin; it is replaced, not changed
}

// slot holds a session once ready is closed, or the reason why there is none.
type slot struct {
	ready   chan struct{}
	session *Session
	err     error
}

// New makes a registry. Sessions of an earlier life of the server come back when they are asked for.
func New(o Options) (*Registry, error) {
	r := &Registry{Options: o.withDefaults(), slots: map[Key]*slot{}}
	r.conf = r.Options.conf()
	for key, value := range o.Conf {
		if err := checkConf(key, value); err != nil {
			return nil, fmt.Errorf("conf %s=%s: %w", key, value, err)
		}
	}
	// The time the server was not there does not count as idle.
	if err := r.Store.Revive(context.Background(), time.Now()); err != nil {
		return nil, err
	}
	r.recall(context.Background())
	return r, r.Catalog.Keep(context.Background(), r.Store)
}

// Open gives the session of a key, which begins if it is new. observed is the server-side id the
// client has seen, if any.
func (r *Registry) Open(ctx context.Context, key Key, observed string) (*Session, error) {
	return r.get(ctx, key, observed, true)
}

// Find is Open for requests that make sense in an existing session only.
func (r *Registry) Find(ctx context.Context, key Key, observed string) (*Session, error) {
	return r.get(ctx, key, observed, false)
}

func (r *Registry) get(ctx context.Context, key Key, observed string, begin bool) (*Session, error) {
	if !isUUID(key.ID) {
		return nil, fault.New("INVALID_HANDLE.FORMAT", "handle", key.ID)
	}
	s, err := r.slot(ctx, key, begin)
	if err != nil {
		return nil, err
	}
	if observed != "" && observed != s.ServerID {
		return nil, fault.New("INVALID_HANDLE.SESSION_CHANGED", "handle", key.ID)
	}
	s.touch()
	return s, nil
}

// slot finds the session, or makes the first who asks load or begin it while others wait.
func (r *Registry) slot(ctx context.Context, key Key, begin bool) (*Session, error) {
	r.mu.Lock()
	sl, ok := r.slots[key]
	if !ok {
		sl = &slot{ready: make(chan struct{})}
		r.slots[key] = sl
	}
	r.mu.Unlock()
	if ok {
		select {
		case <-sl.ready:
			return sl.session, sl.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	sl.err = r.guard(ctx, func() (err error) {
		sl.session, err = r.load(context.WithoutCancel(ctx), key, begin)
		return err
	})
	if sl.err != nil {
		r.mu.Lock()
		delete(r.slots, key)
		r.mu.Unlock()
	}
	close(sl.ready)
	return sl.session, sl.err
}

// load brings a session back from the store, or begins it.
func (r *Registry) load(ctx context.Context, key Key, begin bool) (*Session, error) {
	known, found, err := r.Store.Session(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case found && known.Closed:
		return nil, fault.New("INVALID_HANDLE.SESSION_CLOSED", "handle", key.ID)
	case found:
		return r.restore(ctx, known)
	case !begin:
		return nil, fault.New("INVALID_HANDLE.SESSION_NOT_FOUND", "handle", key.ID)
	}
	now := time.Now()
	known = store.Session{SessionKey: key, ServerID: uuid.NewString(), Created: now, Used: now}
	lost, err := r.Store.CreateSession(ctx, known)
	if err != nil {
		return nil, err
	}
	if lost != nil {
		r.Log.Error("a session is kept in memory only", "session", key.ID, "user", key.User, "err", lost)
	}
	return newSession(r, known), nil
}

// restore replays a session's journal.
func (r *Registry) restore(ctx context.Context, known store.Session) (*Session, error) {
	s := newSession(r, known)
	entries, err := r.Store.Journal(ctx, known.SessionKey)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := s.replay(ctx, e); err != nil {
			// One step that cannot be repeated must not cost the others.
			r.Log.Warn("journal", "session", known.ID, "user", known.User, "kind", e.Kind, "key", e.Key, "err", err)
		}
	}
	return s, nil
}

// Close ends a session; its client is told so from then on, unless it may come back as a new one.
// It returns the server-side id, "" when there was no such session.
func (r *Registry) Close(ctx context.Context, key Key, mayReturn bool) (string, error) {
	if !isUUID(key.ID) {
		return "", fault.New("INVALID_HANDLE.FORMAT", "handle", key.ID)
	}
	known, found, err := r.Store.Session(ctx, key)
	if err != nil || !found || known.Closed {
		return "", err
	}
	end := r.Store.CloseSession
	if mayReturn {
		end = r.Store.ForgetSession
	}
	if err := end(ctx, key); err != nil {
		return "", err
	}
	r.evict(key)
	return known.ServerID, nil
}

// evict drops a session from memory and ends what it was doing.
func (r *Registry) evict(key Key) {
	r.mu.Lock()
	sl := r.slots[key]
	delete(r.slots, key)
	r.mu.Unlock()
	if sl == nil {
		return
	}
	<-sl.ready
	if sl.session != nil {
		sl.session.end()
	}
}

// Clone begins a session with the state of another; newID "" picks an id.
func (r *Registry) Clone(ctx context.Context, from *Session, newID string) (*Session, error) {
	if newID == "" {
		newID = uuid.NewString()
	}
	if !isUUID(newID) {
		return nil, fault.New("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_FORMAT", "targetSessionId", newID)
	}
	key := Key{User: from.Key.User, ID: newID}
	known, found, err := r.Store.Session(ctx, key)
	if err != nil {
		return nil, err
	}
	if found {
		class := "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS"
		if known.Closed {
			class = "INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_CLOSED"
		}
		return nil, fault.New(class, "targetSessionId", newID)
	}
	if why := from.opaqueBecause(); why != "" {
		return nil, fault.Unsupported("a clone of a session of which only the attached Spark knows what it is, since %s", why)
	}
	to, err := r.Open(ctx, key, "")
	if err != nil {
		return nil, err
	}
	if err := copyTree(r.artifactDir(from.ServerID), r.artifactDir(to.ServerID)); err != nil {
		return nil, fmt.Errorf("clone artifacts: %w", err)
	}
	entries, err := r.Store.Journal(ctx, from.Key)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := to.repeat(ctx, e); err != nil {
			return nil, err
		}
	}
	return to, nil
}

// Watch ends idle sessions and abandoned operations, and charges users for what runs, until ctx ends.
func (r *Registry) Watch(ctx context.Context) {
	var attaching sync.WaitGroup
	attaching.Go(func() { r.attach(ctx) })
	defer attaching.Wait()
	period := max(min(r.IdleTimeout, r.DetachTimeout)/4, 100*time.Millisecond)
	tick := time.NewTicker(min(period, time.Minute))
	defer tick.Stop()
	charge := time.NewTicker(chargeEvery)
	defer charge.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-charge.C:
			for _, t := range r.turns.list() {
				t.charge()
			}
		case now := <-tick.C:
			if err := r.expire(ctx, now); err != nil {
				r.Log.Error("expire sessions", "err", err)
			}
		}
	}
}

// expire is one round of Watch.
func (r *Registry) expire(ctx context.Context, now time.Time) error {
	used := map[Key]time.Time{}
	for _, s := range r.all() {
		s.abandon(now.Add(-r.DetachTimeout))
		last := s.lastUsed(now)
		if now.Sub(last) < r.IdleTimeout {
			used[s.Key] = last
			continue
		}
		r.Log.Info("session ended", "session", s.Key.ID, "user", s.Key.User, "idle", now.Sub(last).Round(time.Second))
		if _, err := r.Close(ctx, s.Key, false); err != nil {
			return err
		}
	}
	if err := r.Store.Touch(ctx, used); err != nil {
		return err
	}
	return r.sweep(ctx, now)
}

// sweep closes the sessions nobody has asked for since the server started, with their files.
func (r *Registry) sweep(ctx context.Context, now time.Time) error {
	ended, err := r.Store.Expire(ctx, now.Add(-r.IdleTimeout), tombstoneGrace)
	for _, serverID := range ended {
		os.RemoveAll(r.artifactDir(serverID))
	}
	return errors.Join(err, r.Store.ExpireOperations(ctx, now.Add(-operationGrace)))
}

// stopGrace is how long an interrupted operation may take to notice when the server ends.
const stopGrace = 3 * time.Second

// Shutdown lets running operations finish until ctx ends, then interrupts them. It tells whether
// all have ended: an engine may be somewhere it cannot be interrupted.
func (r *Registry) Shutdown(ctx context.Context) bool {
	done, ended := r.work.close(), true
	select {
	case <-done:
	case <-ctx.Done():
		for _, s := range r.all() {
			s.Interrupt(func(*Operation) bool { return true })
		}
		select {
		case <-done:
		case <-time.After(stopGrace):
			ended = false
		}
	}
	r.homes.Wait()
	used := map[Key]time.Time{}
	for _, s := range r.all() {
		used[s.Key] = s.lastUsed(time.Now())
	}
	if err := r.Store.Touch(context.Background(), used); err != nil {
		r.Log.Error("record sessions", "err", err)
	}
	return ended
}

// Counts says how many sessions are in memory and how many operations run.
func (r *Registry) Counts() (sessions, operations int) {
	for _, s := range r.all() {
		sessions++
		operations += s.running()
	}
	return sessions, operations
}

// all lists the sessions in memory.
func (r *Registry) all() []*Session {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]*Session, 0, len(r.slots))
	for _, sl := range r.slots {
		select {
		case <-sl.ready:
			if sl.session != nil {
				all = append(all, sl.session)
			}
		default:
		}
	}
	return all
}

// nextJob is an id for the scheduler.
func (r *Registry) nextJob() string { return strconv.FormatInt(r.jobs.Add(1), 36) }

func (r *Registry) artifactDir(serverID string) string { return filepath.Join(r.Artifacts, serverID) }

func isUUID(id string) bool { return len(id) == 36 && uuid.Validate(id) == nil }

// localZone is the machine's time zone by name.
func localZone() string {
	if zone := normalZone(os.Getenv("TZ")); zone != "" {
		return zone
	}
	if target, err := filepath.EvalSymlinks("/etc/localtime"); err == nil {
		for dir, zone := filepath.Split(target); dir != "" && dir != "/"; {
			if normalZone(zone) != "" {
				return zone
			}
			var last string
			dir, last = filepath.Split(filepath.Clean(dir))
			zone = filepath.Join(last, zone)
		}
	}
	return "UTC"
}
