package session

// This file finds the tables of the attached Spark that the engines of this process can read themselves: those that are
// nothing but files. What was found is kept for a moment, and until a command was forwarded.

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/sparksql"
)

const (
	// lookupLife is how long a table is taken to be what it was: others may change it without our seeing it.
	lookupLife = 2 * time.Second
	// lookupLimit bounds a look-up for a session that wants no answers of the attached Spark.
	lookupLimit = 10 * time.Second
	mostLookups = 10_000
)

// lookups remembers what was asked of tables, for each user what that user may see. It is safe for concurrent use.
type lookups[T any] struct {
	mu    sync.Mutex
	epoch int // how often all was forgotten
	known map[string]lookup[T]
}

type lookup[T any] struct {
	answer T
	until  time.Time
}

func (l *lookups[T]) get(key string, now time.Time) (answer T, known bool, epoch int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found, ok := l.known[key]
	return found.answer, ok && now.Before(found.until), l.epoch
}

// find gives what is remembered, or asks and remembers the answer.
func (l *lookups[T]) find(key string, ask func() (T, error)) (T, error) {
	answer, known, epoch := l.get(key, time.Now())
	if known {
		return answer, nil
	}
	answer, err := ask()
	if err == nil {
		l.put(key, answer, epoch, time.Now())
	}
	return answer, err
}

// put remembers what was asked in an epoch, unless it has ended.
func (l *lookups[T]) put(key string, answer T, epoch int, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.epoch != epoch {
		return
	}
	if l.known == nil || len(l.known) >= mostLookups {
		l.known = map[string]lookup[T]{}
	}
	l.known[key] = lookup[T]{answer, now.Add(lookupLife)}
}

// forget is called when the server's catalog may have changed.
func (l *lookups[T]) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch++
	l.known = nil
}

// tables finds tables for the analyzer; nil where there are none.
func (s *Session) tables() analyze.Tables {
	home, ok := s.home.(engine.Tables)
	if !ok {
		return nil
	}
	return func(ctx context.Context, name []string) (*plan.Read, []string, error) {
		whole := s.wholeName(name)
		if whole == nil || s.room.Catalog.IsGhost(whole) {
			return nil, nil, nil
		}
		t, known, err := s.lookUp(ctx, home, whole)
		if !known || err != nil {
			return nil, nil, err
		}
		if t == nil || !s.reaches(t.Path) {
			return nil, nil, fault.Unsupported("the table %s, which only the attached Spark can read", plan.QuoteParts(whole))
		}
		return &plan.Read{Format: t.Format, Paths: []string{t.Path}, Schema: &t.Schema}, whole, nil
	}
}

// reaches tells whether queries may read a folder, and it is there: the server may reach more than we.
func (s *Session) reaches(path string) bool {
	if _, err := s.room.Catalog.Resolve(path); err != nil {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// wholeName puts catalog and database before a name; nil is no table's name.
func (s *Session) wholeName(name []string) []string {
	switch len(name) {
	case 1:
		database := []string{"default"}
		if current := s.currentDatabase(); current != "" {
			parts, err := sparksql.ParseName(current)
			if err != nil {
				return nil
			}
			database = parts[len(parts)-1:]
		}
		return []string{catalog.SparkCatalog, database[0], name[0]}
	case 2:
		return []string{catalog.SparkCatalog, name[0], name[1]}
	case 3:
		return name
	}
	return nil
}

// perhapsThere is err, unless it says that a function is missing which the attached Spark has, and the session's queries run here.
func (s *Session) perhapsThere(ctx context.Context, err error) error {
	home, ok := s.home.(engine.Tables)
	var f *fault.Error
	if !ok || !errors.As(err, &f) {
		return err
	}
	if where, _ := s.place(); where != here {
		return err
	}
	var missing string
	switch f.Class {
	case "UNRESOLVED_ROUTINE":
		missing = f.Params["routineName"]
	case "UNRESOLVABLE_TABLE_VALUED_FUNCTION":
		missing = f.Params["name"]
	default:
		return err
	}
	name, bad := sparksql.ParseName(missing)
	if name = s.wholeName(name); bad != nil || name == nil {
		return err
	}
	ctx, cancel := forLookup(ctx)
	defer cancel()
	if there, failed := home.Function(ctx, s.state(), name); failed != nil || !there {
		return err
	}
	return fault.Unsupported("the function %s, which only the attached Spark has", missing).Because(err)
}

// forLookup is for look-ups of a session that wants no answers of the attached Spark.
func forLookup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(engine.Impatient(ctx), lookupLimit)
}

func (s *Session) lookupKey(name []string) string {
	return strings.ToLower(s.Key.User + "\x00" + strings.Join(name, "\x00"))
}

// viewThere finds out whether one of the names is that of a view of the attached Spark's, or may be. Which tables that reads only
// the server knows.
func (s *Session) viewThere(ctx context.Context, names [][]string) bool {
	home, ok := s.home.(engine.Tables)
	if !ok {
		return false // neither tables nor views are known to be there
	}
	for _, name := range names {
		if name == nil {
			continue // no name of theirs
		}
		view, err := s.room.views.find(s.lookupKey(name), func() (bool, error) { return home.View(ctx, s.state(), name) })
		if view || err != nil { // what is wrong with the name the query will tell
			return true
		}
	}
	return false
}

// lookUp asks what a table is; nil is one that only the server can read, if it is known at all. A server that refuses to say is
// asked the query itself.
func (s *Session) lookUp(ctx context.Context, home engine.Tables, name []string) (t *engine.Table, known bool, err error) {
	where, _ := s.place()
	if where == here {
		limited, cancel := forLookup(ctx)
		defer cancel()
		ctx = limited
	}
	t, err = s.room.found.find(s.lookupKey(name), func() (*engine.Table, error) { return home.Table(ctx, s.state(), name) })
	var f *fault.Error
	if where != here && errors.As(err, &f) {
		return nil, false, err // it is out of reach: so it would be for the query
	}
	return t, err == nil, nil
}
