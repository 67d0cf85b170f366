package store

// This file keeps the operations that must not run twice: that they began, and what came of them.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const operationSchema = `
CREATE TABLE IF NOT EXISTS operation (
	user TEXT NOT NULL, session TEXT NOT NULL, id TEXT NOT NULL,
	began INTEGER NOT NULL, committed INTEGER NOT NULL DEFAULT 0, outcome BLOB,
	PRIMARY KEY (user, session, id)
) WITHOUT ROWID;
`

// Operation is what is known of an operation that must not run twice.
type Operation struct {
	Committed bool
	Outcome   []byte // what its client was answered
}

// Operation looks one up.
func (s *Store) Operation(ctx context.Context, key SessionKey, id string) (o Operation, found bool, err error) {
	err = s.db.QueryRowContext(ctx, `SELECT committed, outcome FROM operation WHERE user = ? AND session = ? AND id = ?`,
		key.User, key.ID, id).Scan(&o.Committed, &o.Outcome)
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	if err != nil {
		return o, false, fmt.Errorf("look up operation: %w", err)
	}
	return o, true, nil
}

// BeginOperation notes that an operation is about to run.
func (s *Store) BeginOperation(ctx context.Context, key SessionKey, id string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO operation (user, session, id, began) VALUES (?, ?, ?, ?)`,
			key.User, key.ID, id, time.Now().UnixMilli())
		return err
	})
}

// CommitOperation notes that an operation has done its work, and what its client was answered.
func (s *Store) CommitOperation(ctx context.Context, key SessionKey, id string, outcome []byte) error {
	return s.tx(ctx, func(tx *sql.Tx) error { return commitOperation(ctx, tx, key, id, outcome) })
}

func commitOperation(ctx context.Context, tx *sql.Tx, key SessionKey, id string, outcome []byte) error {
	_, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO operation (user, session, id, began, committed, outcome) VALUES (?, ?, ?, ?, 1, ?)`,
		key.User, key.ID, id, time.Now().UnixMilli(), outcome)
	return err
}

// ForgetOperation notes that an operation has done nothing.
func (s *Store) ForgetOperation(ctx context.Context, key SessionKey, id string) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM operation WHERE user = ? AND session = ? AND id = ?`, key.User, key.ID, id)
		return err
	})
}

// ExpireOperations forgets the operations that began before a time: nobody asks for them any more.
func (s *Store) ExpireOperations(ctx context.Context, before time.Time) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM operation WHERE began < ?`, before.UnixMilli())
		return err
	})
}
