package session

// This file holds a session's journal: the compacted list of what changed it. It is kept in the
// store, and replayed when the session comes back after a restart or is cloned.

import (
	"context"
	"fmt"
	"slices"

	"shoal/catalog"
	"shoal/plan"
	"shoal/store"
)

// The kinds of journal entries.
const (
	entryConf = "conf" // Key and its value
	entryView = "view" // Key is the view's name, Payload the client's request that made it; empty: it was dropped

	entryVariable = "variable" // Key is its name, Payload a savedVariable
	entryWritten  = "written"  // Key is the name of a temporary function in SQL, Payload the function

	// What only an attached Spark understands.
	entryFunction  = "function"  // Key is the function's name, Payload the request that registered it
	entryStatement = "statement" // Payload is a request that may be run again, such as ADD JAR; Key is its text
	entryArtifact  = "artifact"  // Key is its name; the file is kept beside
	entryDatabase  = "database"  // Payload is the current one, as SQL writes its name
	entryOpaque    = "opaque"    // Payload is the statement that nobody here understood
)

// journalled is an entry as the session remembers it, without its payload.
type journalled struct {
	seq       int64
	kind, key string
	uses      []string // views a view was made from: their entries must stay while it does
}

// made is what a view was made under.
type made struct {
	Conf map[string]string `json:"conf,omitempty"`
	Uses []string          `json:"uses,omitempty"`
	// Database was current on the attached Spark.
	Database string `json:"database,omitempty"`
	// In is the schema that was current here.
	In string `json:"in,omitempty"`
	// Foreign says that only the attached Spark understands the request.
	Foreign bool `json:"foreign,omitempty"`
}

// record appends an entry that replaces those of its kind and key. Call it after the change itself.
func (s *Session) record(ctx context.Context, e store.Entry, uses []string) error {
	_, err := s.recordStep(ctx, e, uses)
	return err
}

// recordStep is record; it gives the entry's number.
func (s *Session) recordStep(ctx context.Context, e store.Entry, uses []string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	drop := s.superfluous(e.Kind, e.Key, uses)
	seq, err := s.room.Store.Change(ctx, s.Key, e, drop)
	if err != nil {
		return 0, err
	}
	s.forget(drop)
	s.journal = append(s.journal, journalled{seq: seq, kind: e.Kind, key: e.Key, uses: uses})
	s.version++
	return seq, nil
}

// strike drops the entries of a kind; key "" means all of them.
func (s *Session) strike(ctx context.Context, kind, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var drop []int64
	for _, j := range s.journal {
		if j.kind == kind && (key == "" || j.key == key) && !s.needed(j) {
			drop = append(drop, j.seq)
		}
	}
	if _, err := s.room.Store.Change(ctx, s.Key, store.Entry{}, drop); err != nil {
		return err
	}
	s.forget(drop)
	s.version++
	return nil
}

// hasEntry tells whether the journal has an entry of a kind and key.
func (s *Session) hasEntry(kind, key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.journal, func(j journalled) bool { return j.kind == kind && j.key == key })
}

// superfluous lists the entries that a new one of this kind and key replaces. An older definition
// of a view stays while a view made from it does.
func (s *Session) superfluous(kind, key string, uses []string) (drop []int64) {
	for _, j := range s.journal {
		if j.kind != kind || j.key != key {
			continue
		}
		if !slices.Contains(uses, key) && !s.needed(j) {
			drop = append(drop, j.seq)
		}
	}
	return drop
}

// needed tells whether a later view was made from the view that j defines.
func (s *Session) needed(j journalled) bool {
	return j.kind == entryView && slices.ContainsFunc(s.journal, func(k journalled) bool {
		return k.seq > j.seq && slices.Contains(k.uses, j.key)
	})
}

func (s *Session) forget(seqs []int64) {
	s.journal = slices.DeleteFunc(s.journal, func(j journalled) bool { return slices.Contains(seqs, j.seq) })
}

// replay applies an entry that the store already has.
func (s *Session) replay(ctx context.Context, e store.Entry) error {
	uses, err := s.apply(ctx, e)
	s.journal = append(s.journal, journalled{seq: e.Seq, kind: e.Kind, key: e.Key, uses: uses})
	return err
}

// repeat applies an entry of another session and records it in this one.
func (s *Session) repeat(ctx context.Context, e store.Entry) error {
	uses, err := s.apply(ctx, e)
	if err != nil {
		return err
	}
	return s.record(ctx, store.Entry{Kind: e.Kind, Key: e.Key, Payload: e.Payload, Context: e.Context}, uses)
}

// apply makes an entry's change.
func (s *Session) apply(ctx context.Context, e store.Entry) (uses []string, err error) {
	switch e.Kind {
	case entryConf:
		return nil, s.changeConf(func(c Conf) (Conf, error) { return c.With(e.Key, string(e.Payload)) })
	case entryView:
		if len(e.Payload) == 0 {
			s.names.DropView(e.Key, false)
			return []string{e.Key}, nil
		}
		under, err := readMade(e)
		if err != nil {
			return nil, err
		}
		if under.Foreign {
			return under.Uses, s.define(foreignView(&plan.CreateView{Name: []string{e.Key}}), s.Conf().Settings(), under.In, false)
		}
		statement, err := s.room.Decode(e.Payload, s.CachedArtifact)
		if err != nil {
			return nil, err
		}
		var view *plan.CreateView
		switch st := statement.(type) {
		case *plan.CreateView:
			view = st
		case *plan.CacheTable: // AS a query
			view = &plan.CreateView{CommandBase: st.CommandBase, Name: st.Name, Query: st.Query}
		default:
			return nil, fmt.Errorf("the request makes no view but a %T", statement)
		}
		return under.Uses, s.define(view, s.under(under.Conf), under.In, false)
	case entryVariable:
		return nil, s.restoreVariable(ctx, e.Payload)
	case entryWritten:
		f, err := catalog.ReadFunction(e.Payload)
		if err != nil {
			return nil, err
		}
		s.names.SetTempFunction(f.Name, f)
		return nil, nil
	case entryFunction:
		s.names.SetFunction(e.Key, true)
		return nil, nil
	case entryDatabase:
		if e.Key == oursOnly {
			s.names.Enter(string(e.Payload))
			return nil, nil
		}
		s.enterDatabase(string(e.Payload))
		return nil, nil
	case entryOpaque:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.opaque = string(e.Payload)
		return nil, nil
	case entryStatement, entryArtifact:
		return nil, nil // an attached Spark's business
	default:
		return nil, fmt.Errorf("unknown kind of entry %q", e.Kind)
	}
}

// changeConf puts the configuration that step makes in force.
func (s *Session) changeConf(step func(Conf) (Conf, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	next, err := step(s.conf)
	if err == nil {
		s.conf = next
		s.version++
	}
	return err
}

// Set changes confs, as the client's Config request or SET does: all or none.
func (s *Session) Set(ctx context.Context, pairs ...Pair) error {
	err := s.changeConf(func(c Conf) (_ Conf, err error) {
		for _, p := range pairs {
			if c, err = c.With(p.Key, p.Value); err != nil {
				return c, err
			}
		}
		return c, nil
	})
	if err != nil {
		return err
	}
	for _, p := range pairs {
		if err := s.record(ctx, store.Entry{Kind: entryConf, Key: p.Key, Payload: []byte(p.Value)}, nil); err != nil {
			return err
		}
	}
	return nil
}

// Unset takes a conf back to the server's value or the default.
func (s *Session) Unset(ctx context.Context, key string) error {
	err := s.changeConf(func(c Conf) (Conf, error) { return c.Without(key) })
	if err != nil {
		return err
	}
	return s.strike(ctx, entryConf, key)
}
