package catalog

// This file lists files as Spark's file index does: recursively, without hidden ones.

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shoal/fault"
	"shoal/plan"
)

// folder is a directory with files of its own.
type folder struct {
	path  string
	files []plan.File
}

// root is a path the user gave, or one a pattern matched.
type root struct {
	path    string // as messages show it
	isFile  bool
	folders []folder // for a file: one, with that file
}

// lister walks below roots.
type lister struct {
	c      *Catalog
	ctx    context.Context
	now    time.Time              // not after any look at a file
	filter func(name string) bool // pathGlobFilter
	depth  int
}

// maxFolderDepth stops loops of symbolic links.
const maxFolderDepth = 100

// hidden is what Spark leaves out: _x without =, .x, and copies under way. Spark keeps Parquet's
// summary files for their schema; they hold no rows, so here they are hidden, too.
func hidden(name string) bool {
	return strings.HasPrefix(name, "_") && !strings.Contains(name, "=") ||
		strings.HasPrefix(name, ".") || strings.HasSuffix(name, "._COPYING_")
}

// list finds everything below path, which must exist.
func (l *lister) list(path string) (root, error) {
	if err := l.c.permit(path); err != nil {
		return root{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return root{}, missing(path, err)
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return root{}, irregular(path)
		}
		f := folder{path: filepath.Dir(path)}
		if name := filepath.Base(path); !hidden(name) && l.takes(name) {
			f.files = []plan.File{l.c.fileOf(path, info, l.now)}
		}
		return root{path: path, isFile: true, folders: []folder{f}}, nil
	}
	r := root{path: path}
	err = l.walk(path, &r.folders)
	return r, err
}

func missing(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return fault.New("PATH_NOT_FOUND", "path", uri(path))
	}
	return fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(err)
}

// irregular refuses pipes, devices and sockets: reading one may wait for ever.
func irregular(path string) error {
	return fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path)).Because(errors.New("it is no regular file"))
}

func (l *lister) takes(name string) bool { return l.filter == nil || l.filter(name) }

// walk collects the folders below path that hold files, in the order of their names.
func (l *lister) walk(path string, out *[]folder) error {
	if err := l.ctx.Err(); err != nil {
		return err
	}
	if l.depth++; l.depth > maxFolderDepth {
		return fault.New("FAILED_READ_FILE.NO_HINT", "path", uri(path))
	}
	defer func() { l.depth-- }()
	entries, err := os.ReadDir(path)
	if err != nil {
		return missing(path, err)
	}
	f := folder{path: path}
	var below []string
	for _, e := range entries {
		// In this order: a file that is doomed no more is gone, and has no information.
		if hidden(e.Name()) || l.c.shelf.files.isDoomed(filepath.Join(path, e.Name())) {
			continue
		}
		info, err := l.entry(path, e)
		switch {
		case err != nil:
			return err
		case info == nil: // gone meanwhile
		case info.IsDir():
			below = append(below, filepath.Join(path, e.Name()))
		case !l.takes(e.Name()):
		case !info.Mode().IsRegular():
			return irregular(filepath.Join(path, e.Name()))
		default:
			f.files = append(f.files, l.c.fileOf(filepath.Join(path, e.Name()), info, l.now))
		}
	}
	if len(f.files) > 0 {
		*out = append(*out, f)
	}
	for _, b := range below {
		if err := l.walk(b, out); err != nil {
			return err
		}
	}
	return nil
}

// entry is an entry's file information; a link's target must be permitted.
func (l *lister) entry(dir string, e fs.DirEntry) (fs.FileInfo, error) {
	info, err := e.Info()
	if err == nil && e.Type()&fs.ModeSymlink != 0 {
		path := filepath.Join(dir, e.Name())
		if err := l.c.permit(path); err != nil {
			return nil, err
		}
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil, nil
	}
	return info, nil
}

// roots lists all paths of a read, patterns expanded.
func (q *query) roots() ([]root, error) {
	l := &lister{c: q.c, ctx: q.ctx, now: q.c.now()}
	if pattern := q.read.Options["pathglobfilter"]; pattern != "" {
		filter, err := nameFilter(pattern)
		if err != nil {
			return nil, err
		}
		l.filter = filter
	}
	if q.table != nil {
		return q.tableRoot(l)
	}
	var out []root
	for _, given := range q.read.Paths {
		paths, err := q.c.expand(given)
		if err != nil {
			return nil, err
		}
		for _, p := range paths {
			r, err := l.list(p)
			if err != nil {
				return nil, err
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// tableRoot lists a table's folder between two changes of it.
func (q *query) tableRoot(l *lister) ([]root, error) {
	lock := q.c.shelf.files.lock(q.table.Location)
	lock.RLock()
	defer lock.RUnlock()
	if _, err := os.Stat(q.table.Location); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	r, err := l.list(q.table.Location)
	return []root{r}, err
}

// expand gives the paths a given path stands for: itself, or what the pattern matches.
func (c *Catalog) expand(given string) ([]string, error) {
	path, err := localPath(given)
	if err != nil {
		return nil, err
	}
	if !isGlob(path) {
		return []string{path}, nil
	}
	found, err := c.glob(path)
	if err == nil && len(found) == 0 {
		err = fault.New("PATH_NOT_FOUND", "path", uri(path))
	}
	return found, err
}

// nameFilter is pathGlobFilter: a pattern for file names.
func nameFilter(pattern string) (func(string) bool, error) {
	alternatives, err := expandBraces(pattern, maxAlternatives)
	if err != nil {
		return nil, err
	}
	var filters []func(string) bool
	for _, a := range alternatives {
		re, err := componentPattern(a)
		if err != nil {
			return nil, err
		}
		if re == nil {
			filters = append(filters, func(name string) bool { return name == unescape(a) })
			continue
		}
		filters = append(filters, re.MatchString)
	}
	return func(name string) bool {
		return slices.ContainsFunc(filters, func(f func(string) bool) bool { return f(name) })
	}, nil
}
