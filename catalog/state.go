package catalog

// This file tells states of a file apart.

import (
	"io/fs"
	"os"
	"sync"
	"time"

	"shoal/plan"
)

const (
	// settles is how old a file's last change must be for the next one to show: clocks that stamp files move on in ticks of
	// some milliseconds, and later where a machine is busy.
	settles = time.Second
	// settlesCoarse is the same for file systems that know whole seconds only, or every other one.
	settlesCoarse = 3 * time.Second
)

// fileOf is a file as it was looked at, not before now.
func (c *Catalog) fileOf(path string, info fs.FileInfo, now time.Time) plan.File {
	f := plan.File{Path: path, Size: info.Size(), ModTime: info.ModTime().UnixNano(), State: stateOf(info)}
	if f.State.Changed != 0 && c.isRemote(f.State.Device, path) {
		f.State = plan.FileState{}
	}
	last := f.State.Changed
	if last == 0 {
		last = f.ModTime
	}
	age := now.Sub(time.Unix(0, last))
	f.State.Settled = age > settlesCoarse || age > settles && last%int64(time.Second) != 0
	return f
}

// isRemote tells whether a device's file system is another machine's. Its files' states may be old news.
func (c *Catalog) isRemote(device uint64, path string) bool {
	if known, ok := c.devices.Load(device); ok {
		return known.(bool)
	}
	remote, known := isRemote(path)
	if known {
		c.devices.Store(device, remote)
	}
	return remote
}

// Unchanged tells whether a file is for certain what it was when it was listed.
func (c *Catalog) Unchanged(f plan.File) bool {
	now := c.now()
	info, err := os.Stat(f.Path)
	if err != nil || f.State.Changed == 0 || !f.State.Settled {
		return false
	}
	return stampOf(c.fileOf(f.Path, info, now)) == stampOf(f)
}

// epochs remembers in which state paths were listed last. The zero value is ready; safe for concurrent use.
type epochs struct {
	mu    sync.Mutex
	known map[string]listed
	last  int64 // that was given
	first int64 // of the paths that are not known
}

type listed struct {
	stamp stamp
	epoch int64
}

// mark gives files their epochs. What may have been written since it was listed last, without a sign of it, begins a new one
// each time.
func (e *epochs) mark(files []plan.File) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil {
		e.known = map[string]listed{}
	}
	for i := range files {
		f := &files[i]
		now := stampOf(*f)
		was, ok := e.known[f.Path]
		switch {
		case !ok:
			was.epoch = e.first
		case !was.stamp.Settled || was.stamp != now && was.stamp.modTime/int64(time.Second) == now.modTime/int64(time.Second):
			e.last++
			was.epoch = e.last
		}
		f.Epoch = was.epoch
		e.known[f.Path] = listed{now, was.epoch}
	}
	if len(e.known) > maxCached { // then all are unknown, and in an epoch that none was in
		e.last++
		e.known, e.first = nil, e.last
	}
}
