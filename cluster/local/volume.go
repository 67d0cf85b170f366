package local

// This file gives each worker its volume: a file system in a file, of the size that is wanted, where
// mounting is permitted; else a folder that is looked at.

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"shoal/cluster"
)

// volume is a worker's, in a folder of its own: volume/local is what Spark writes to.
type volume struct {
	dir   string
	limit int64
}

func (s *state) volume(role string) volume {
	return volume{dir: s.path(role), limit: s.Spec.VolumeSize}
}

func (v volume) root() string  { return filepath.Join(v.dir, "volume") }
func (v volume) local() string { return filepath.Join(v.root(), "local") }
func (v volume) image() string { return filepath.Join(v.dir, "volume.img") }

// prepare makes an empty volume, in place of an earlier one.
func (v volume) prepare() (method cluster.Limiter, why string, err error) {
	if err := v.remove(); err != nil {
		return "", "", err
	}
	if err := os.MkdirAll(v.root(), 0o700); err != nil {
		return "", "", err
	}
	method = cluster.Unlimited
	if v.limit > 0 {
		method = cluster.Mounted
		if err := v.mount(); err != nil {
			method, why = cluster.Polled, err.Error()
		}
	}
	return method, why, os.MkdirAll(v.local(), 0o700)
}

// mount makes a file system in a sparse file.
func (v volume) mount() error {
	if os.Geteuid() != 0 {
		return errors.New("only root may mount")
	}
	f, err := os.OpenFile(v.image(), os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Truncate(v.limit), f.Close()); err != nil {
		return err
	}
	for _, args := range [][]string{
		{"mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", v.image()},
		{"mount", "-o", "loop,nosuid,nodev", v.image(), v.root()},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return errors.Join(fmt.Errorf("%s: %w: %s", args[0], err, lastLine(out)), os.Remove(v.image()))
		}
	}
	return nil
}

// mounted tells whether a file system is mounted there now.
func (v volume) mounted() bool {
	inside, err1 := os.Stat(v.root())
	outside, err2 := os.Stat(v.dir)
	if err1 != nil || err2 != nil {
		return false
	}
	in, ok1 := inside.Sys().(*syscall.Stat_t)
	out, ok2 := outside.Sys().(*syscall.Stat_t)
	return ok1 && ok2 && in.Dev != out.Dev
}

// remove takes the volume away with all in it.
func (v volume) remove() error {
	for range 8 { // more than one may lie on top of the other after a crash
		if !v.mounted() {
			break
		}
		if exec.Command("umount", v.root()).Run() != nil {
			if out, err := exec.Command("umount", "-l", v.root()).CombinedOutput(); err != nil {
				return fmt.Errorf("umount %s: %w: %s", v.root(), err, lastLine(out))
			}
		}
	}
	return errors.Join(os.RemoveAll(v.root()), os.RemoveAll(v.image()))
}

// usage is how much a volume holds, and how much may be in it.
type usage struct {
	Used, Limit int64
}

// full leaves a little: a file system has needs of its own, and cannot give out all it has.
func (u usage) full() bool { return u.Limit > 0 && u.Used >= u.Limit-min(u.Limit/20, 64*mib) }

// look tells what a volume holds, or that it is not as it was made.
func (v volume) look(method cluster.Limiter) (u usage, err error) {
	if _, err := os.Stat(v.local()); err != nil {
		return u, errors.New("its volume was removed")
	}
	if method != cluster.Mounted {
		u.Used, err = sizeOf(v.root())
		u.Limit = v.limit
		return u, err
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(v.root(), &fs); err != nil {
		return u, err
	}
	if !v.mounted() {
		return u, errors.New("its volume was unmounted")
	}
	block := int64(fs.Bsize)
	return usage{Used: int64(fs.Blocks-fs.Bfree) * block, Limit: int64(fs.Blocks) * block}, nil
}

// sizeOf adds up what the files below a folder take; what vanishes meanwhile counts as nothing.
func sizeOf(dir string) (sum int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		if info, err := d.Info(); err == nil && d.Type().IsRegular() {
			if st, ok := info.Sys().(*syscall.Stat_t); ok {
				sum += st.Blocks * 512
			}
		}
		return nil
	})
	return sum, err
}
