package catalog

// This file changes a table's files and definition as one step, so that a reader, and whoever comes
// after a kill -9, finds the old table or the new one.
//
// New files wait in a staging folder inside the table's own. What is to happen is written into the
// store together with the new definition: from that moment on the change is made, and a server that
// starts again completes it. Then the new files are renamed into place and the old ones are doomed:
// no listing shows them any more, and they are removed once no query reads them that began before.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/google/uuid"

	"shoal/fault"
	"shoal/plan"
	"shoal/store"
)

// Staging is the folder in a table's own where files wait; readers skip names that begin with _.
const Staging = "_temporary"

// Change is a change of one table.
type Change struct {
	Was *Stored // the table as it was when the change began; nil: there is none
	Now *Stored // nil: the table goes
	// Stage is the folder that holds Add, which are file names below the table's folder.
	Stage string
	Add   []string
	// Replaces tells which of the files there were go; nil: none.
	Replaces func(name string) bool
	// By is the operation that is done with the change, and must not be done twice.
	By store.Doer
}

// swap is a change that is decided but perhaps not carried out.
type swap struct {
	ID     string
	Root   string // the table's folder
	Rename [][2]string
	Remove []string
}

// tableFiles is what is going on with the files of tables.
type tableFiles struct {
	mu       sync.Mutex
	locks    map[string]*sync.RWMutex // by folder
	epoch    int64
	readings map[*Reading]bool
	doomed   map[string]doom
	loans    loans
}

// doom says since when a file is no part of its table.
type doom struct {
	epoch int64
	swap  *swap
}

// lock gives the lock of a table's folder: to list it, or to change it.
func (f *tableFiles) lock(location string) *sync.RWMutex {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.locks[location]
	if l == nil {
		l = &sync.RWMutex{}
		f.locks[location] = l
	}
	return l
}

func (f *tableFiles) isDoomed(path string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.doomed[path]
	return ok
}

// Reading keeps files where they are which a query may have found.
type Reading struct {
	c     *Catalog
	epoch int64
	once  sync.Once
}

// Read begins a reading; whoever began it must end it.
func (c *Catalog) Read() *Reading {
	f := &c.shelf.files
	f.mu.Lock()
	defer f.mu.Unlock()
	r := &Reading{c: c, epoch: f.epoch}
	f.readings[r] = true
	return r
}

// End lets go of the files.
func (r *Reading) End() {
	r.once.Do(func() {
		f := &r.c.shelf.files
		f.mu.Lock()
		delete(f.readings, r)
		waiting := len(f.doomed) > 0
		f.mu.Unlock()
		if waiting {
			r.c.reap(context.Background())
		}
	})
}

// reap removes the doomed files that nobody can be reading.
func (c *Catalog) reap(ctx context.Context) {
	f := &c.shelf.files
	f.mu.Lock()
	oldest := f.epoch
	for r := range f.readings {
		oldest = min(oldest, r.epoch)
	}
	ready := map[*swap][]string{}
	left := map[*swap]bool{}
	for path, d := range f.doomed {
		if d.epoch > oldest {
			left[d.swap] = true
			continue
		}
		ready[d.swap] = append(ready[d.swap], path)
	}
	for s, paths := range ready {
		// Under the lock: a file of that name may be listed only when it is gone.
		for _, path := range paths {
			os.Remove(path)
			delete(f.doomed, path)
		}
		if left[s] {
			delete(ready, s)
		}
	}
	f.wake()
	f.mu.Unlock()
	for s, paths := range ready {
		s.sweep(paths)
		// If this fails, the next start tries again: removing twice does no harm.
		c.shelf.change(ctx, store.Item{Kind: itemSwap, Key: s.ID})
	}
}

// sweep removes the folders that became empty.
func (s *swap) sweep(paths []string) {
	for _, path := range paths {
		for dir := filepath.Dir(path); len(dir) > len(s.Root) && strings.HasPrefix(dir, s.Root); dir = filepath.Dir(dir) {
			if os.Remove(dir) != nil {
				break
			}
		}
	}
}

// Change carries a change out. The table must still be what it was when the change began.
func (c *Catalog) Change(ctx context.Context, ch Change) error {
	of := ch.Now
	if of == nil {
		of = ch.Was
	}
	key := tableKey(of.Database, of.Name)
	l, err := c.shelf.files.own(ctx, of.Location)
	if err != nil {
		return err
	}
	defer c.reap(ctx)
	defer l.Unlock()
	s, err := c.plan(ctx, ch, of)
	if err != nil {
		return err
	}
	if err := c.decide(ctx, ch, key, s); err != nil {
		return err
	}
	return s.rename()
}

// plan lists what happens to files.
func (c *Catalog) plan(ctx context.Context, ch Change, of *Stored) (*swap, error) {
	s := &swap{ID: uuid.NewString(), Root: of.Location}
	for _, name := range ch.Add {
		to := filepath.Join(of.Location, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("write: %w", err)
		}
		s.Rename = append(s.Rename, [2]string{filepath.Join(ch.Stage, name), to})
	}
	if ch.Replaces == nil {
		return s, nil
	}
	l := &lister{c: c, ctx: ctx, now: c.now()}
	var folders []folder
	if err := l.walk(of.Location, &folders); err != nil {
		if _, gone := os.Lstat(of.Location); errors.Is(gone, fs.ErrNotExist) {
			return s, nil
		}
		return nil, err
	}
	for _, dir := range folders {
		for _, f := range dir.files {
			name, err := filepath.Rel(of.Location, f.Path)
			if err == nil && ch.Replaces(name) {
				s.Remove = append(s.Remove, f.Path)
			}
		}
	}
	return s, nil
}

// decide is the moment at which the change is made.
func (c *Catalog) decide(ctx context.Context, ch Change, key string, s *swap) error {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	current := c.shelf.tables[key]
	if err := expected(ch, current); err != nil {
		return err
	}
	var items []store.Item
	if ch.Was != ch.Now {
		i, err := tableItem(key, ch.Now)
		if err != nil {
			return err
		}
		items = append(items, i)
	}
	if len(s.Rename)+len(s.Remove) > 0 {
		payload, err := json.Marshal(s)
		if err != nil {
			return err
		}
		items = append(items, store.Item{Kind: itemSwap, Key: s.ID, Payload: payload})
	}
	if err := c.shelf.changeBy(ctx, ch.By, items...); err != nil {
		return err
	}
	switch {
	case ch.Now == nil:
		delete(c.shelf.tables, key)
	case ch.Was != ch.Now:
		c.shelf.tables[key] = ch.Now
	}
	c.doom(s)
	return nil
}

// doom hides the files that go. A change without any is finished once its files are renamed: it
// may be repeated by the next start, which finds nothing to do.
func (c *Catalog) doom(s *swap) {
	f := &c.shelf.files
	f.mu.Lock()
	defer f.mu.Unlock()
	f.epoch++
	for _, path := range s.Remove {
		f.doomed[path] = doom{f.epoch, s}
	}
	if len(s.Remove) == 0 && len(s.Rename) > 0 {
		f.doomed[filepath.Join(s.Root, Staging, s.ID)] = doom{f.epoch, s} // no such file: it ends the swap
	}
}

// Rename gives a table another name; a managed one's folder moves.
func (c *Catalog) Rename(ctx context.Context, t *Stored, name string) error {
	now := *t
	now.Name = fold(name)
	s := &swap{ID: uuid.NewString(), Root: filepath.Dir(t.Location)}
	if !t.External {
		now.Location = c.DefaultLocation(t.Database, name)
		s.Rename = [][2]string{{t.Location, now.Location}}
	}
	l, err := c.shelf.files.own(ctx, t.Location)
	if err != nil {
		return err
	}
	defer c.reap(ctx)
	defer l.Unlock()
	if err := c.decideRename(ctx, t, &now, s); err != nil {
		return err
	}
	return s.rename()
}

func (c *Catalog) decideRename(ctx context.Context, t, now *Stored, s *swap) error {
	c.shelf.mu.Lock()
	defer c.shelf.mu.Unlock()
	from, to := tableKey(t.Database, t.Name), tableKey(now.Database, now.Name)
	if c.shelf.tables[to] != nil || c.shelf.views[to] != nil {
		return fault.New("TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.QuoteParts([]string{now.Database, now.Name}))
	}
	if err := expected(Change{Was: t}, c.shelf.tables[from]); err != nil {
		return err
	}
	gone, err := tableItem(from, nil)
	if err != nil {
		return err
	}
	moved, err := tableItem(to, now)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := c.shelf.change(ctx, gone, moved, store.Item{Kind: itemSwap, Key: s.ID, Payload: payload}); err != nil {
		return err
	}
	delete(c.shelf.tables, from)
	c.shelf.tables[to] = now
	c.doom(s)
	return nil
}

// expected compares a table with what a change was planned for.
func expected(ch Change, current *Stored) error {
	switch {
	case ch.Was == nil && current != nil:
		return fault.New("TABLE_OR_VIEW_ALREADY_EXISTS", "relationName", plan.QuoteParts(current.Qualified()))
	case ch.Was != nil && (current == nil || current.ID != ch.Was.ID):
		return fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(ch.Was.Qualified()))
	}
	return nil
}

// rename brings the new files to their places, those that are not there yet.
func (s *swap) rename() error {
	for _, r := range s.Rename {
		for {
			if err := os.MkdirAll(filepath.Dir(r[1]), 0o755); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("write: %w", err)
			}
			err := os.Rename(r[0], r[1])
			if err == nil {
				break
			}
			if !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("write: %w", err)
			}
			if _, err := os.Lstat(r[0]); err != nil {
				break // it was brought before
			} // else the folder was swept away as empty meanwhile: once more
		}
	}
	return nil
}

// recover completes what an earlier life of the server decided, and removes what it had only staged.
func (c *Catalog) recover(ctx context.Context, items []store.Item) error {
	for _, i := range items {
		s := &swap{}
		if err := json.Unmarshal(i.Payload, s); err != nil {
			return fmt.Errorf("change %s: %w", i.Key, err)
		}
		if err := s.rename(); err != nil {
			return err
		}
		for _, path := range s.Remove {
			os.Remove(path)
		}
		s.sweep(s.Remove)
		if err := c.shelf.change(ctx, store.Item{Kind: itemSwap, Key: s.ID}); err != nil {
			return err
		}
	}
	for _, t := range c.shelf.tables {
		os.RemoveAll(filepath.Join(t.Location, Staging))
	}
	if c.options.Warehouse == "" {
		return nil
	}
	for _, pattern := range []string{"*", "*.db/*"} {
		folders, _ := filepath.Glob(filepath.Join(c.options.Warehouse, pattern)) // the pattern is well-formed
		for _, dir := range folders {
			if strings.HasSuffix(dir, ".db") {
				continue
			}
			os.RemoveAll(filepath.Join(dir, Staging))
			os.Remove(dir) // unless files are in it
		}
	}
	return nil
}
