package store

// This file keeps the history: what queries were and took, in a file of its own. It is worth less than anything else here. So
// nobody waits for it, and a file that is damaged or full is set aside and started anew.

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	historyFile = "history.db"
	asideSuffix = ".aside" // of the last file that was set aside

	maxPending  = 4096                   // records that wait to be written; more are lost
	maxBatch    = 1000                   // records in a transaction
	writeAfter  = 100 * time.Millisecond // that the first record of a batch waits for others
	healAfter   = time.Minute            // before a file that cannot be written is tried again
	smallest    = 1 << 20                // bytes: a smaller file is not what fills a disk
	reportAfter = time.Minute            // at least, between two lines about losses
)

// HistoryOptions are what a history needs.
type HistoryOptions struct {
	Dir  string
	Rows int // the oldest go when there are more
	Log  *slog.Logger

	pragmas []string // more of them, for tests
	heal    time.Duration
}

// History is the queries that have ended. It is safe for concurrent use. The zero value is none, as is nil: it keeps nothing.
type History struct {
	o       HistoryOptions
	pending chan Record
	ask     chan chan struct{} // who waits until all is written that was added
	done    chan struct{}
	end     sync.Once
	ended   sync.WaitGroup
	lost    atomic.Int64
	added   atomic.Int64

	mu    sync.Mutex
	db    *sql.DB // nil: it could not be opened
	file  os.FileInfo
	tried time.Time // when it was opened, or was not

	reports sync.Mutex // which nobody holds for long
	told    time.Time  // when a loss was logged
	owed    int64      // losses that were not
}

// OpenHistory opens or makes the history in a directory. It always gives one: without a file, what is added is lost.
func OpenHistory(o HistoryOptions) *History {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.heal == 0 {
		o.heal = healAfter
	}
	h := &History{o: o, pending: make(chan Record, maxPending), ask: make(chan chan struct{}), done: make(chan struct{})}
	h.mu.Lock()
	h.reopen()
	h.mu.Unlock()
	h.ended.Go(h.write)
	return h
}

// Add takes a record. It never waits.
func (h *History) Add(r Record) {
	if h == nil || h.pending == nil {
		return
	}
	select {
	case h.pending <- r:
		h.added.Add(1) // not before: who counts finds as many
	default:
		h.lose(1, errors.New("more queries end than can be written"))
	}
}

// Added is how many records were given to the history since it was opened: while that stays, so do its records.
func (h *History) Added() int64 {
	if h == nil {
		return 0
	}
	return h.added.Load()
}

// Lost is how many records were never written.
func (h *History) Lost() int64 {
	if h == nil {
		return 0
	}
	return h.lost.Load()
}

// Close writes what is left and closes the file.
func (h *History) Close() error {
	if h == nil || h.pending == nil {
		return nil
	}
	h.end.Do(func() { close(h.done) })
	h.ended.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.db == nil {
		return nil
	}
	db := h.db
	h.db = nil
	return db.Close()
}

// write puts records into the file, until the history is closed.
func (h *History) write() {
	timer := time.NewTimer(0)
	<-timer.C
	var batch []Record
	for {
		select {
		case r := <-h.pending:
			if len(batch) == 0 {
				timer.Reset(writeAfter)
			}
			if batch = append(batch, r); len(batch) < maxBatch {
				continue
			}
		case <-timer.C:
		case asks := <-h.ask:
			h.save(h.rest(batch))
			close(asks)
			batch = nil
			continue
		case <-h.done:
			h.save(h.rest(batch))
			return
		}
		h.save(batch)
		batch = nil
	}
}

// rest adds what waits to a batch.
func (h *History) rest(batch []Record) []Record {
	for {
		select {
		case r := <-h.pending:
			batch = append(batch, r)
		default:
			return batch
		}
	}
}

// save writes a batch. What fails once is tried again with a new file.
func (h *History) save(batch []Record) {
	if len(batch) == 0 {
		return
	}
	h.mu.Lock()
	err := h.insert(batch)
	if err != nil && h.heal(err) {
		err = h.insert(batch)
	}
	h.mu.Unlock()
	if err != nil {
		h.lose(int64(len(batch)), err)
	}
}

// lose counts records that nobody will find, and says so now and then.
func (h *History) lose(n int64, err error) {
	h.lost.Add(n)
	h.reports.Lock()
	defer h.reports.Unlock()
	h.owed += n
	if time.Since(h.told) < reportAfter {
		return
	}
	h.o.Log.Warn("queries are missing in the history", "lost", h.owed, "err", err)
	h.told, h.owed = time.Now(), 0
}

var (
	errNoHistory = errors.New("the history has no file")
	errGone      = errors.New("somebody took the file away")
	errGarbled   = errors.New("what stands in the history is no query")
)

// Filter chooses records. Its zero value is all.
type Filter struct {
	User, Engine, Fingerprint string // "": any
	Failed                    bool   // only those that failed
	Since                     time.Time
	Limit                     int // at most so many; 0: all
}

// Records lists the queries that have ended, the last ones first.
func (h *History) Records(ctx context.Context, f Filter) ([]Record, error) {
	return read(ctx, h, func() ([]Record, error) { return h.find(ctx, f) })
}

// Learned lists what the router learned from the queries that have ended, the last one first; no more than limit.
func (h *History) Learned(ctx context.Context, limit int) ([]string, error) {
	return read(ctx, h, func() ([]string, error) { return h.learned(ctx, limit) })
}

// read looks something up when all is written that was added. A file that cannot be read is set aside, and nothing is found.
func read[T any](ctx context.Context, h *History, find func() ([]T, error)) ([]T, error) {
	if h == nil || h.pending == nil {
		return nil, nil
	}
	asks := make(chan struct{})
	select {
	case h.ask <- asks:
		<-asks
	case <-h.done:
		return nil, errNoHistory
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	all, err := find()
	if err == nil || ctx.Err() != nil {
		return all, err
	}
	if h.heal(err) { // those of the file that was set aside are gone
		return find()
	}
	return nil, fmt.Errorf("read the history: %w", err)
}

// names are the columns of the file.
func names() string {
	all := make([]string, len(Columns))
	for i, c := range Columns {
		all[i] = `"` + c.Name + `"`
	}
	return strings.Join(all, ", ")
}

// find is for who holds the lock, as is all below.
func (h *History) find(ctx context.Context, f Filter) ([]Record, error) {
	if h.db == nil {
		return nil, errNoHistory
	}
	where, args := []string{"1"}, []any{}
	add := func(condition string, arg any, wanted bool) {
		if wanted {
			where, args = append(where, condition), append(args, arg)
		}
	}
	add(`"user" = ?`, f.User, f.User != "")
	add(`engine = ?`, f.Engine, f.Engine != "")
	add(`fingerprint = ?`, f.Fingerprint, f.Fingerprint != "")
	add(`started >= ?`, f.Since.UnixMicro(), !f.Since.IsZero())
	add(`error_class <> ?`, "", f.Failed)
	limit := -1 // none
	if f.Limit > 0 {
		limit = f.Limit
	}
	rows, err := h.db.QueryContext(ctx, `SELECT `+names()+` FROM query WHERE `+strings.Join(where, " AND ")+` ORDER BY id DESC LIMIT ?`,
		append(args, limit)...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []Record
	into := make([]any, len(Columns))
	for rows.Next() {
		all = append(all, Record{})
		for i, c := range Columns {
			into[i] = c.into(&all[len(all)-1])
		}
		if err := rows.Scan(into...); err != nil {
			return nil, fmt.Errorf("%w: %w", errGarbled, err)
		}
	}
	return all, rows.Err()
}

func (h *History) learned(ctx context.Context, limit int) ([]string, error) {
	if h.db == nil {
		return nil, errNoHistory
	}
	rows, err := h.db.QueryContext(ctx, `SELECT learned FROM query WHERE learned <> '' ORDER BY id DESC LIMIT ?`, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, fmt.Errorf("%w: %w", errGarbled, err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// insert writes records, and drops the oldest beyond what there may be.
func (h *History) insert(batch []Record) error {
	if h.db == nil {
		return errNoHistory
	}
	if now, err := os.Stat(h.path()); err != nil || !os.SameFile(now, h.file) { // SQLite would go on without its name
		return errGone
	}
	tx, err := h.db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // which does nothing after a commit
	add, err := tx.Prepare(`INSERT INTO query (` + names() + `) VALUES (?` + strings.Repeat(", ?", len(Columns)-1) + `)`)
	if err != nil {
		return err
	}
	defer add.Close()
	values := make([]any, len(Columns))
	for i := range batch {
		for k, c := range Columns {
			values[k] = c.stored(&batch[i])
		}
		if _, err := add.Exec(values...); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`DELETE FROM query WHERE id <= (SELECT max(id) FROM query) - ?`, h.o.Rows); err != nil {
		return err
	}
	return tx.Commit()
}

// heal opens the file again after an error; one that is damaged or full is set aside first. It tells whether there is one now.
func (h *History) heal(err error) bool {
	if h.db == nil && time.Since(h.tried) < h.o.heal {
		return false
	}
	if h.db != nil {
		h.db.Close()
		h.db = nil
	}
	if path := h.path(); useless(path, err) {
		h.setAside(path, err)
	}
	return h.reopen()
}

// walSuffix is of SQLite's log beside a file.
const walSuffix = "-wal"

// setAside renames the file, and its log, without which it may be empty. There is one such file at most: what is worth little
// must not fill the disk.
func (h *History) setAside(path string, why error) {
	aside := path + asideSuffix
	h.dropAside()
	os.Rename(path+walSuffix, aside+walSuffix) // there may be none
	if err := os.Rename(path, aside); err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			h.o.Log.Error("the history cannot be set aside", "file", path, "err", err)
		}
		return
	}
	h.o.Log.Error("the history was set aside and begins anew", "file", aside, "err", why)
}

// dropAside removes the file that was set aside, if there is one.
func (h *History) dropAside() {
	os.RemoveAll(h.path() + asideSuffix)
	os.Remove(h.path() + asideSuffix + walSuffix)
}

// useless tells whether an error says of the file that it will not take a query any more: it is damaged, or full.
func useless(path string, err error) bool {
	info, statErr := os.Lstat(path)
	switch {
	case statErr != nil:
		return false
	case !info.Mode().IsRegular(), errors.Is(err, errGarbled):
		return true
	}
	switch codeOf(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_ERROR: // it has other tables
		return true
	case sqlite3.SQLITE_FULL:
		log, err := os.Lstat(path + walSuffix)
		return info.Size() >= smallest || err == nil && log.Size() >= smallest
	}
	return false
}

func isFull(err error) bool {
	code := codeOf(err)
	return code == sqlite3.SQLITE_FULL || code == sqlite3.SQLITE_IOERR
}

// reopen opens the file, if need be after the one that is there was set aside.
func (h *History) reopen() bool {
	h.tried = time.Now()
	path := h.path()
	db, err := h.connect(path)
	if err != nil && useless(path, err) {
		h.setAside(path, err)
		db, err = h.connect(path)
	}
	if err != nil && isFull(err) {
		h.dropAside() // there is no room for both
		db, err = h.connect(path)
	}
	if err == nil {
		if h.file, err = os.Stat(path); err != nil {
			db.Close()
		}
	}
	if err != nil {
		h.o.Log.Error("there is no history", "file", path, "err", err)
		return false
	}
	h.db = db
	return true
}

func (h *History) path() string { return filepath.Join(h.o.Dir, historyFile) }

func (h *History) connect(path string) (*sql.DB, error) {
	// Nothing here must survive a power cut. What one damages is set aside.
	options := url.Values{"_pragma": append([]string{"locking_mode(EXCLUSIVE)", "journal_mode(WAL)", "synchronous(NORMAL)",
		"busy_timeout(1000)", "cache_size(-1024)", "journal_size_limit(1048576)"}, h.o.pragmas...)}
	db, err := sql.Open("sqlite", "file:"+path+"?"+options.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := prepare(db); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare makes the table, or adds the columns that a version before this one did not have.
func prepare(db *sql.DB) error {
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS query (id INTEGER PRIMARY KEY AUTOINCREMENT)`); err != nil {
		return err
	}
	rows, err := db.Query(`SELECT name FROM pragma_table_info('query')`)
	if err != nil {
		return err
	}
	defer rows.Close()
	there := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		there[name] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close() // there is one connection
	for _, c := range Columns {
		if there[c.Name] {
			continue
		}
		if _, err := db.Exec(`ALTER TABLE query ADD COLUMN "` + c.Name + `" ` + c.kind()); err != nil {
			return err
		}
	}
	return nil
}
