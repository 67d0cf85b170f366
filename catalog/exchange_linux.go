package catalog

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// exchange swaps two folders in one step.
func exchange(a, b string) error {
	err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EBUSY) {
		return ErrInPlace
	}
	return err
}

// exchangeable tells whether path may be renamed within the folder it is in: it is no link and no other disk's root.
func exchangeable(path string) bool {
	parent, err := os.Stat(nearest(filepath.Dir(path)))
	if err != nil || unix.Access(nearest(filepath.Dir(path)), unix.W_OK) != nil {
		return false
	}
	info, err := os.Lstat(path)
	if err != nil {
		return os.IsNotExist(err)
	}
	there, ok := info.Sys().(*syscall.Stat_t)
	above, known := parent.Sys().(*syscall.Stat_t)
	return ok && known && there.Dev == above.Dev && info.Mode()&os.ModeSymlink == 0
}

// nearest is the folder itself, or the nearest above it that exists.
func nearest(dir string) string {
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			return dir
		}
		dir = filepath.Dir(dir)
	}
}
