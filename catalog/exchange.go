package catalog

// This file puts a folder in another's place in one step: how a write to a plain path overwrites what is there. Unlike a
// table's, such a folder is also read by programs that know nothing of our store, so no moment may show them a mix.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"shoal/store"
)

// besidePrefix begins the names of folders that wait beside their place; readers skip names that begin with a dot.
const besidePrefix = ".shoal-"

// Beside gives a folder in which what is to become path may be made, on the same disk, and begins to keep it in mind: the
// next start removes it should this one end before Discard. It is "" where path cannot be exchanged in one step.
func (c *Catalog) Beside(ctx context.Context, path, id string) (stage string, err error) {
	parent := filepath.Dir(path)
	if c.permit(parent) != nil || !exchangeable(path) {
		return "", nil
	}
	stage = filepath.Join(parent, besidePrefix+id)
	if err := c.shelf.change(ctx, store.Item{Kind: itemStage, Key: id, Payload: []byte(stage)}); err != nil {
		return "", err
	}
	return stage, nil
}

// Discard removes what is left of a folder from Beside.
func (c *Catalog) Discard(ctx context.Context, stage string) error {
	if err := os.RemoveAll(stage); err != nil {
		return err
	}
	return c.shelf.change(ctx, store.Item{Kind: itemStage, Key: strings.TrimPrefix(filepath.Base(stage), besidePrefix)})
}

// discard removes the folder that an earlier life of the server left. What it holds is either half of the new or all of the old.
func (c *Catalog) discard(ctx context.Context, item store.Item) error {
	stage := string(item.Payload)
	if !strings.HasPrefix(filepath.Base(stage), besidePrefix) {
		return fmt.Errorf("stage %s: not ours: %s", item.Key, stage)
	}
	return c.Discard(ctx, stage)
}

// ErrInPlace means that the file system does not exchange folders.
var ErrInPlace = errors.New("folders cannot be exchanged here")

// Exchange makes the folder stage the folder path. What was at path is at stage afterwards. Of the files at path those are
// kept, as links, that keep tells of; nil keeps none.
func (c *Catalog) Exchange(path, stage string, keep func(name string) bool) error {
	l := c.shelf.files.lock(path)
	l.Lock()
	defer l.Unlock()
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.Rename(stage, path); err != nil {
			return ErrInPlace // somebody made it meanwhile
		}
		return nil
	}
	if err != nil {
		return err
	}
	if keep != nil {
		if err := link(path, stage, keep); err != nil {
			return ErrInPlace
		}
	}
	if info.IsDir() {
		if err := os.Chmod(stage, info.Mode().Perm()); err != nil {
			return err
		}
	}
	return exchange(path, stage)
}

// link brings files of one folder into another, where no file of the name is.
func link(from, to string, keep func(name string) bool) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == Staging:
			return fs.SkipDir
		case d.IsDir() || !keep(name):
			return nil
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		err = os.Link(path, filepath.Join(to, name))
		if errors.Is(err, fs.ErrExist) {
			return nil
		}
		return err
	})
}
