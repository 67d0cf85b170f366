// Package store keeps what must survive a restart, in an embedded SQLite file: which sessions
// there are and the journal of what changed each. It knows no protocol and no query; a journal
// entry's payload is bytes to it. Open is the entry point. A second file has the history, which may be lost: OpenHistory.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Store is one data directory's database. It is safe for concurrent use.
type Store struct {
	db *sql.DB

	mu    sync.Mutex
	spare *Store // in memory, with the sessions that began while the file took no more; nil: none did
}

// SessionKey names a session: the authenticated user, and the id the client chose.
type SessionKey struct{ User, ID string }

// Session is what is remembered of a session.
type Session struct {
	SessionKey
	ServerID string // the id the server gave it; a client holds us to it
	Created  time.Time
	Used     time.Time
	Closed   bool // ended: kept for a while, to tell its client so
}

// Entry is one step of a session's journal. A session has at most one entry of a Kind and Key
// that is current; what replaced an older one decides whether that one stays.
type Entry struct {
	Seq     int64 // order; given by Append
	Kind    string
	Key     string
	Payload []byte
	Context []byte // what the step was made under, by its kind
}

const schema = `
CREATE TABLE IF NOT EXISTS session (
	user TEXT NOT NULL, id TEXT NOT NULL, server_id TEXT NOT NULL,
	created INTEGER NOT NULL, used INTEGER NOT NULL, closed INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (user, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	user TEXT NOT NULL, session TEXT NOT NULL,
	kind TEXT NOT NULL, key TEXT NOT NULL, payload BLOB, context BLOB
);
CREATE INDEX IF NOT EXISTS journal_by_session ON journal (user, session, seq);
PRAGMA user_version = 1;
`

// Open opens or makes the database in directory dir.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	// WAL with synchronous=NORMAL survives the death of the process, kill -9 included; only a
	// power cut may lose the last moments, which are a notebook's views and confs.
	// The exclusive lock keeps a second server away from the same directory; it ends with the process.
	options := url.Values{"_pragma": {"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(NORMAL)", "busy_timeout(5000)", "cache_size(-1024)"}}
	return openAt(filepath.Join(dir, "shoal.db"), options)
}

func openAt(name string, options url.Values) (*Store, error) {
	db, err := sql.Open("sqlite", "file:"+name+"?"+options.Encode())
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	db.SetMaxOpenConns(1) // one writer is all SQLite has; transactions here last microseconds
	if _, err := db.Exec(schema + operationSchema + catalogSchema); err != nil {
		db.Close()
		return nil, fmt.Errorf("%s: %w%s", name, err, advice(err))
	}
	return &Store{db: db}, nil
}

// advice says what a person can do about a database that cannot be opened.
func advice(err error) string {
	switch codeOf(err) {
	case sqlite3.SQLITE_BUSY:
		return "; another Shoal uses this data directory"
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return "; the file is damaged: move it away to start without the sessions it holds"
	default:
		return ""
	}
}

// codeOf is SQLite's code of an error, without its details; 0 for others.
func codeOf(err error) int {
	var code interface{ Code() int }
	if !errors.As(err, &code) {
		return 0
	}
	return code.Code() & 0xff
}

// Close closes the database.
func (s *Store) Close() error {
	if spare := s.inMemory(); spare != nil {
		spare.Close()
	}
	return s.db.Close()
}

func (s *Store) inMemory() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spare
}

// of is where a session is kept.
func (s *Store) of(ctx context.Context, key SessionKey) *Store {
	if spare := s.inMemory(); spare != nil {
		if _, found, err := spare.Session(ctx, key); found && err == nil {
			return spare
		}
	}
	return s
}

// CreateSession records a new session, in place of a closed one of that key. When the disk takes no more, the session is kept in
// memory, and lost tells why: it will not survive a restart.
func (s *Store) CreateSession(ctx context.Context, n Session) (lost, err error) {
	err = s.create(ctx, n)
	if !isFull(err) {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spare == nil {
		spare, failed := openAt(":memory:", nil)
		if failed != nil {
			return nil, err
		}
		s.spare = spare
	}
	return err, s.spare.create(ctx, n)
}

func (s *Store) create(ctx context.Context, n Session) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE user = ? AND session = ?`, n.User, n.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO session (user, id, server_id, created, used, closed)
			VALUES (?, ?, ?, ?, ?, 0)`, n.User, n.ID, n.ServerID, n.Created.UnixMilli(), n.Used.UnixMilli())
		return err
	})
}

// Session looks a session up; found is false when there never was one, or it was forgotten.
func (s *Store) Session(ctx context.Context, key SessionKey) (_ Session, found bool, err error) {
	n := Session{SessionKey: key}
	var created, used int64
	err = s.db.QueryRowContext(ctx, `SELECT server_id, created, used, closed FROM session WHERE user = ? AND id = ?`,
		key.User, key.ID).Scan(&n.ServerID, &created, &used, &n.Closed)
	if errors.Is(err, sql.ErrNoRows) {
		if spare := s.inMemory(); spare != nil {
			return spare.Session(ctx, key)
		}
		return Session{}, false, nil
	}
	if err != nil {
		return Session{}, false, fmt.Errorf("look up session: %w", err)
	}
	n.Created, n.Used = time.UnixMilli(created), time.UnixMilli(used)
	return n, true, nil
}

// Touch records when sessions were last used.
func (s *Store) Touch(ctx context.Context, used map[SessionKey]time.Time) error {
	if spare := s.inMemory(); spare != nil {
		if err := spare.Touch(ctx, used); err != nil {
			return err
		}
	}
	return s.tx(ctx, func(tx *sql.Tx) error {
		for key, at := range used {
			if _, err := tx.ExecContext(ctx, `UPDATE session SET used = ? WHERE user = ? AND id = ?`,
				at.UnixMilli(), key.User, key.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// CloseSession ends a session: its journal goes, its tombstone stays.
func (s *Store) CloseSession(ctx context.Context, key SessionKey) error {
	return s.of(ctx, key).tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE user = ? AND session = ?`, key.User, key.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE session SET closed = 1, used = ? WHERE user = ? AND id = ?`,
			time.Now().UnixMilli(), key.User, key.ID)
		return err
	})
}

// ForgetSession removes every trace of a session.
func (s *Store) ForgetSession(ctx context.Context, key SessionKey) error {
	return s.of(ctx, key).tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE user = ? AND session = ?`, key.User, key.ID); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE user = ? AND id = ?`, key.User, key.ID)
		return err
	})
}

// Revive counts every open session as used at the given time.
func (s *Store) Revive(ctx context.Context, at time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE session SET used = ? WHERE closed = 0`, at.UnixMilli())
	return err
}

// Expire closes the sessions not used since before, and forgets the tombstones older than that
// by grace. It returns the server-side ids of those it closed.
func (s *Store) Expire(ctx context.Context, before time.Time, grace time.Duration) (closed []string, err error) {
	if spare := s.inMemory(); spare != nil {
		lost, err := spare.Expire(ctx, before, grace)
		if err != nil {
			return nil, err
		}
		defer func() { closed = append(closed, lost...) }()
	}
	err = s.tx(ctx, func(tx *sql.Tx) error {
		cut := before.UnixMilli()
		if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE (user, session) IN
			(SELECT user, id FROM session WHERE closed = 0 AND used < ?)`, cut); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM session WHERE closed = 1 AND used < ?`,
			before.Add(-grace).UnixMilli()); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `UPDATE session SET closed = 1 WHERE closed = 0 AND used < ? RETURNING server_id`, cut)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id string
			if err := rows.Scan(&id); err != nil {
				return err
			}
			closed = append(closed, id)
		}
		return rows.Err()
	})
	return closed, err
}

// Journal reads a session's entries in order.
func (s *Store) Journal(ctx context.Context, key SessionKey) ([]Entry, error) {
	rows, err := s.of(ctx, key).db.QueryContext(ctx, `SELECT seq, kind, key, payload, context FROM journal
		WHERE user = ? AND session = ? ORDER BY seq`, key.User, key.ID)
	if err != nil {
		return nil, fmt.Errorf("read journal: %w", err)
	}
	defer rows.Close()
	var all []Entry
	for rows.Next() {
		var e Entry
		if err := rows.Scan(&e.Seq, &e.Kind, &e.Key, &e.Payload, &e.Context); err != nil {
			return nil, fmt.Errorf("read journal: %w", err)
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

// Change appends an entry (unless e.Kind is "") and drops those it makes superfluous, as one step.
func (s *Store) Change(ctx context.Context, key SessionKey, e Entry, drop []int64) (seq int64, err error) {
	err = s.of(ctx, key).tx(ctx, func(tx *sql.Tx) error {
		for _, d := range drop {
			if _, err := tx.ExecContext(ctx, `DELETE FROM journal WHERE seq = ?`, d); err != nil {
				return err
			}
		}
		if e.Kind == "" {
			return nil
		}
		r, err := tx.ExecContext(ctx, `INSERT INTO journal (user, session, kind, key, payload, context) VALUES (?, ?, ?, ?, ?, ?)`,
			key.User, key.ID, e.Kind, e.Key, e.Payload, e.Context)
		if err != nil {
			return err
		}
		seq, err = r.LastInsertId()
		return err
	})
	return seq, err
}

func (s *Store) tx(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return fmt.Errorf("store: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}
