package catalog

// This file decides which paths queries may reach.

import (
	"path/filepath"
	"slices"
	"strings"

	"shoal/fault"
)

// Resolve turns a path as users write it (plain, or a file: URI) into an absolute one, and refuses
// those that queries may not reach. It need not exist: writers ask, too.
func (c *Catalog) Resolve(path string) (string, error) {
	local, err := localPath(path)
	if err != nil {
		return "", err
	}
	return local, c.permit(local)
}

// PermitElsewhere is permit for a path that another engine is asked to use: a plain one or a file: URI. Those
// of other file systems are that engine's own affair. A way up might lead elsewhere from there than
// from here, so there is none.
func (c *Catalog) PermitElsewhere(path string) error {
	scheme, rest, ok := cutScheme(path)
	switch {
	case path == "" || c.Open():
		return nil
	case ok && strings.EqualFold(scheme, "local"):
		path = rest
	case ok && !strings.EqualFold(scheme, "file"):
		return nil
	}
	if strings.Contains(path, "..") {
		return forbidden(path)
	}
	_, err := c.Resolve(path)
	return err
}

// Open tells whether queries may reach every path.
func (c *Catalog) Open() bool { return slices.Contains(c.allowed, "/") && len(c.denied) == 0 }

// localPath makes a file: URI or a plain path absolute.
func localPath(path string) (string, error) {
	if path == "" {
		return "", badArgument("a path is empty")
	}
	if scheme, rest, ok := cutScheme(path); ok {
		if !strings.EqualFold(scheme, "file") {
			return "", fault.Unsupported("paths of the kind %s:", scheme)
		}
		if host, ok := strings.CutPrefix(rest, "//"); ok && !strings.HasPrefix(host, "/") {
			return "", badArgument("the path " + path + " names another machine")
		}
		path = rest
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", fault.Internalf("no current folder").Because(err)
	}
	return abs, nil
}

// cutScheme parts scheme:rest; a colon after a slash belongs to the path.
func cutScheme(path string) (scheme, rest string, ok bool) {
	i := strings.IndexAny(path, ":/")
	if i <= 0 || path[i] != ':' {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

// permit checks an absolute path, links resolved, against the allowed and denied folders.
func (c *Catalog) permit(path string) error {
	real := realPath(path)
	if inside(real, c.warehouse) {
		return nil
	}
	if !inside(real, c.allowed) || inside(real, c.denied) {
		return forbidden(path)
	}
	return nil
}

func forbidden(path string) error {
	return fault.New("INSUFFICIENT_PERMISSIONS", "report", "the path "+path+" is outside the folders that queries may use")
}

func inside(path string, folders []string) bool {
	for _, f := range folders {
		if path == f || strings.HasPrefix(path, strings.TrimSuffix(f, "/")+"/") {
			return true
		}
	}
	return false
}

// uri is a path as Spark's messages write it.
func uri(path string) string { return "file:" + path }

func badArgument(message string) error {
	return &fault.Error{Class: "INTERNAL_ERROR", SQLState: "XX000", Kind: fault.IllegalArgument, Message: message}
}
