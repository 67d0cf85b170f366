package session

// This file holds a session's home on the attached Spark: when a request goes there, and the state
// it must find there.

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/store"
)

// Forward is what a query needs to leave for the attached Spark.
type Forward struct {
	Request any // the client's request; nil: it came in an earlier life of this process
	// Send takes the responses, in order.
	Send    func(ctx context.Context, m engine.Message) error
	Command bool // the request is no query
	// Held tells whether the request names what only the session's home on the attached Spark holds; nil: it may.
	Held func() bool
	// Paths lists the file paths that the request names; nil: they were checked before.
	Paths func() []string
	// Outcome gives what was sent, for Replay to send it again to who repeats the request.
	Outcome func() []byte
	Replay  func(ctx context.Context, outcome []byte) error
	// Changed tells, at the end, whether the responses are those of a command. It matters for
	// requests that cannot be decoded here only.
	Changed func() bool
}

// place is where a session's requests are answered.
type place int

const (
	here   place = iota // by the engines of this process
	either              // here, and on the attached Spark what is not known here
	there               // on the attached Spark
)

// place says where, and why in words fit for EXPLAIN.
func (s *Session) place() (place, string) {
	r := s.room.Router.Remote
	if r == nil {
		return here, ""
	}
	if why := s.opaqueBecause(); why != "" {
		return there, "the session is opaque since " + why
	}
	want, _, _ := s.Conf().Lookup(engine.ConfEngine)
	switch want = strings.ToLower(want); want {
	case "", "auto":
	case r.Name():
		return there, engine.ConfEngine + " = " + want
	default:
		return here, engine.ConfEngine + " = " + want
	}
	if about := s.room.about.Load(); about != nil && !strings.HasPrefix(about.Version, oracle) {
		return there, "the attached Spark is " + about.Version + ", whose answers may differ"
	}
	return either, ""
}

// oracle begins the versions of Spark whose meaning our own engines give.
const oracle = "4.1."

// elsewhere is the outcome of a query that the attached Spark takes: no engine of this process does, or, where the query is free,
// none is expected to answer as soon.
type elsewhere struct {
	why  string
	free bool
}

func (e elsewhere) Error() string { return e.why }

// undecided are Spark's conditions for names and files that are not known here: an attached server
// may know them.
var undecided = map[string]bool{
	"TABLE_OR_VIEW_NOT_FOUND": true, "UNRESOLVED_ROUTINE": true, "SCHEMA_NOT_FOUND": true, "CATALOG_NOT_FOUND": true,
	"REQUIRES_SINGLE_PART_NAMESPACE": true, "DATA_SOURCE_NOT_FOUND": true, "PATH_NOT_FOUND": true, "UNRESOLVABLE_TABLE_VALUED_FUNCTION": true,
}

// leaves tells whether an outcome sends a request to the attached Spark, and why.
func leaves(err error) (string, bool) {
	if e, ok := err.(elsewhere); ok {
		return e.why, true
	}
	f, ok := err.(*fault.Error)
	if !ok || !fault.IsUnsupported(f) && !undecided[f.Class] {
		return "", false
	}
	if undecided[f.Class] {
		return "not known here: " + f.Class, true
	}
	return "not known here: " + engine.Reason(f), true
}

// Elsewhere tells whether a request that got this answer, or none, is for the attached Spark.
func (s *Session) Elsewhere(err error) bool {
	where, _ := s.place()
	_, unknown := leaves(err)
	return where == there || where == either && unknown
}

// Undecoded tells whether a request that cannot be decoded is for the attached Spark.
func (s *Session) Undecoded() bool {
	where, _ := s.place()
	return where != here
}

// Call asks the attached Spark.
func (s *Session) Call(ctx context.Context, request any) (any, error) {
	if err := s.publish(ctx, false); err != nil {
		return nil, err
	}
	return s.home.Call(ctx, s.state(), request)
}

// Permit refuses what is to be forwarded and names a file that queries may not reach: the attached Spark
// has rights of its own.
func (s *Session) Permit(paths func() []string) error {
	if paths == nil || s.room.Catalog.Open() {
		return nil
	}
	for _, path := range paths() {
		if err := s.room.Catalog.PermitElsewhere(path); err != nil {
			return err
		}
	}
	return nil
}

// forward runs a query on the attached Spark. record, if set, writes down the change it makes.
func (s *Session) forward(ctx context.Context, q Query, acc *account, why string, record func(context.Context) (engine.Done, error)) (*Result, error) {
	acc.runs(s.room.Router.Remote.Name(), why, acc.chosenThere().Estimate)
	if q.Forward == nil {
		return nil, fault.Unsupported("%s", why)
	}
	if err := s.Permit(q.Forward.Paths); err != nil {
		return nil, err
	}
	c := s.classify(ctx, q)
	end, err := s.turnThere(ctx, q, acc, c)
	if err != nil {
		return nil, err
	}
	defer end()
	done, lent, err := s.lendTables(ctx, q, acc, why)
	if err != nil {
		return nil, err
	}
	defer done()
	x := engine.Execution{ID: q.ID, Request: q.Forward.Request, Final: final(q), Record: record, Leaves: q.leaves}
	send := func(ctx context.Context, m engine.Message) error {
		acc.message(m)
		return q.Forward.Send(ctx, m)
	}
	switch {
	case x.Final:
		err = s.executeOnce(ctx, q, x, send)
	case lent: // whose files the home has looked at
		err = s.home.Execute(ctx, s.state(), x, send)
	default:
		err = acc.timed(ctx, c.key, s.lane(ctx, x, q, c), x, send)
	}
	if x.Final {
		s.changes.Add(1)
	}
	if _, query := q.Statement.(plan.Relation); !query {
		s.room.found.forget()
		s.room.views.forget()
	}
	if err != nil {
		return nil, err
	}
	return newRelayed(acc), nil
}

// state is what the home must be: the fold of the journal.
func (s *Session) state() engine.State {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folded.Version != s.version {
		s.folded = engine.State{Version: s.version, Conf: s.conf.remote(), Database: s.schema, Steps: s.steps,
			Begin: func(ctx context.Context) error { return s.publish(ctx, true) }}
		if own := s.names.Database(); s.schema == "" && own != catalog.DefaultDatabase {
			s.folded.Database = plan.Quote(own) // which was chosen when no Spark was attached
		}
	}
	return s.folded
}

// steps lists what made the session, for a home that is behind.
func (s *Session) steps(ctx context.Context) ([]engine.Step, error) {
	entries, err := s.room.Store.Journal(ctx, s.Key)
	if err != nil {
		return nil, err
	}
	server := s.Conf().server
	var steps []engine.Step
	for _, e := range entries {
		step := engine.Step{ID: e.Seq, Name: e.Key, Request: e.Payload}
		switch e.Kind {
		case entryView:
			step.Kind = engine.StepView
			if len(e.Payload) == 0 {
				step.Kind = engine.StepDropView
			}
		case entryFunction, entryStatement:
			step.Kind = engine.StepRun
		case entryArtifact:
			step.Kind = engine.StepUpload
			step.File = filepath.Join(s.room.artifactDir(s.ServerID), filepath.FromSlash(e.Key))
		default:
			continue
		}
		under, err := readMade(e)
		if err != nil {
			return nil, err
		}
		step.Conf, step.Database = Conf{server: server, set: under.Conf}.remote(), under.Database
		steps = append(steps, step)
	}
	return steps, nil
}

func readMade(e store.Entry) (under made, err error) {
	if len(e.Context) == 0 {
		return under, nil
	}
	if err := json.Unmarshal(e.Context, &under); err != nil {
		return under, fmt.Errorf("what a step was made under: %w", err)
	}
	return under, nil
}

// remote lists what a session on another server must be set to, so that it means the same: what
// was set, here or for the server, and always what both must agree on.
func (c Conf) remote() map[string]string {
	all := map[string]string{}
	for key, value := range c.server {
		if !ours(key) && c.Modifiable(key) {
			all[key] = value
		}
	}
	for _, key := range []string{confANSI, confTimeZone} {
		if value, ok, _ := c.Lookup(key); ok {
			all[key] = value
		}
	}
	maps.Copy(all, c.set)
	maps.DeleteFunc(all, func(key, _ string) bool { return ours(key) })
	return all
}

// ours tells Shoal's own confs.
func ours(key string) bool { return strings.HasPrefix(key, "shoal.") }

// opaqueBecause names the statement that made the session opaque, "" if none did.
func (s *Session) opaqueBecause() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opaque
}

// engineLine tells in EXPLAIN that a query runs on the attached Spark.
func (s *Session) engineLine(why string) string {
	return fmt.Sprintf("Engine: %s (%s)\n", s.room.Router.Remote.Name(), why)
}

// ElsewhereLine is what EXPLAIN adds to a plan that the attached Spark drew.
func (s *Session) ElsewhereLine() string {
	_, why := s.place()
	if why == "" {
		why = "not known here"
	}
	return s.engineLine(why)
}

// closeTimeout bounds the wait for the end of a home.
const closeTimeout = 10 * time.Second

// closeHome ends the home; nobody waits for it.
func (s *Session) closeHome() {
	if s.home == nil {
		return
	}
	s.room.homes.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
		defer cancel()
		for _, lane := range s.lanes() {
			if err := lane.Close(ctx); err != nil {
				s.room.Log.Debug("end of a session on the attached Spark", "session", s.Key.ID, "err", err)
			}
		}
	})
}
