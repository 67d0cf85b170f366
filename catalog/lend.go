package catalog

// This file lends the files of tables to a reader outside this process, which lists folders by itself:
// while it reads, a folder holds the table's files and nothing else.

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// loans counts who has a folder; changed is closed and made anew whenever a folder is returned or rid of old files.
type loans struct {
	lent    map[string]int // by folder
	waiting map[string]int // changes that wait for the folder
	changed chan struct{}
}

// Lend keeps the files of tables as they are until giveBack is called. It waits for the queries of this process that still
// read files which a change has replaced: the caller must hold no [Reading].
func (c *Catalog) Lend(ctx context.Context, tables []*Stored) (giveBack func(), err error) {
	var had []string
	giveBack = sync.OnceFunc(func() {
		for _, folder := range had {
			c.shelf.files.giveBack(folder)
		}
	})
	for _, t := range tables {
		if slices.Contains(had, t.Location) {
			continue
		}
		if err := c.shelf.files.lend(ctx, t.Location); err != nil {
			giveBack()
			return nil, err
		}
		had = append(had, t.Location)
	}
	return giveBack, nil
}

func (f *tableFiles) lend(ctx context.Context, folder string) error {
	for {
		l := f.lock(folder)
		l.RLock() // no change is half made
		f.mu.Lock()
		free := f.loans.waiting[folder] == 0 && !f.doomedIn(folder)
		if free {
			f.loans.lent[folder]++
		}
		changed := f.loans.changed
		f.mu.Unlock()
		l.RUnlock()
		if free {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// doomedIn tells whether a folder holds files that are no part of its table. The caller holds f.mu.
func (f *tableFiles) doomedIn(folder string) bool {
	for path := range f.doomed {
		if strings.HasPrefix(path, folder+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

func (f *tableFiles) giveBack(folder string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loans.lent[folder]--; f.loans.lent[folder] == 0 {
		delete(f.loans.lent, folder)
	}
	f.wake()
}

// wake tells all who wait for a folder to look again. The caller holds f.mu.
func (f *tableFiles) wake() {
	close(f.loans.changed)
	f.loans.changed = make(chan struct{})
}

// own takes a folder's lock for a change of its files, once nobody outside reads them.
func (f *tableFiles) own(ctx context.Context, folder string) (*sync.RWMutex, error) {
	f.mu.Lock()
	f.loans.waiting[folder]++
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.loans.waiting[folder]--; f.loans.waiting[folder] == 0 {
			delete(f.loans.waiting, folder)
		}
		f.wake()
	}()
	l := f.lock(folder)
	for {
		l.Lock()
		f.mu.Lock()
		lent, changed := f.loans.lent[folder] > 0, f.loans.changed
		f.mu.Unlock()
		if !lent {
			return l, nil
		}
		l.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
