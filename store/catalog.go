package store

// This file keeps what all sessions share: databases, tables, and changes of their files under way.

import (
	"context"
	"database/sql"
	"fmt"
)

// Item is one thing of the catalog. Its payload is bytes to the store.
type Item struct {
	Kind, Key string
	Payload   []byte // nil: the item is gone
}

const catalogSchema = `
CREATE TABLE IF NOT EXISTS catalog (
	kind TEXT NOT NULL, key TEXT NOT NULL, payload BLOB NOT NULL,
	PRIMARY KEY (kind, key)
) WITHOUT ROWID;
`

// Items lists the catalog.
func (s *Store) Items(ctx context.Context) ([]Item, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT kind, key, payload FROM catalog ORDER BY kind, key`)
	if err != nil {
		return nil, fmt.Errorf("read the catalog: %w", err)
	}
	defer rows.Close()
	var all []Item
	for rows.Next() {
		var i Item
		if err := rows.Scan(&i.Kind, &i.Key, &i.Payload); err != nil {
			return nil, fmt.Errorf("read the catalog: %w", err)
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

// Doer is the operation that makes a change. The zero value is none that is remembered.
type Doer struct {
	Session SessionKey
	ID      string
}

// ChangeItems puts items in the place of those of their kind and key, and commits the operation that
// does so: all or none.
func (s *Store) ChangeItems(ctx context.Context, by Doer, items ...Item) error {
	return s.tx(ctx, func(tx *sql.Tx) error {
		if by.ID != "" {
			if err := commitOperation(ctx, tx, by.Session, by.ID, nil); err != nil {
				return err
			}
		}
		for _, i := range items {
			var err error
			if i.Payload == nil {
				_, err = tx.ExecContext(ctx, `DELETE FROM catalog WHERE kind = ? AND key = ?`, i.Kind, i.Key)
			} else {
				_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO catalog (kind, key, payload) VALUES (?, ?, ?)`, i.Kind, i.Key, i.Payload)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}
