package catalog

import (
	"errors"
	"net"
	"path/filepath"
	"testing"

	"shoal/fault"
	"shoal/plan"
)

// TestOnlyRegularFilesAreRead: opening a pipe or a socket may wait for ever, or never make sense.
func TestOnlyRegularFilesAreRead(t *testing.T) {
	dir := t.TempDir()
	door, err := net.Listen("unix", filepath.Join(dir, "socket.csv"))
	if err != nil {
		t.Skip(err)
	}
	defer door.Close()
	c := New(Options{AllowedPaths: []string{"/"}})
	for _, path := range []string{dir, filepath.Join(dir, "socket.csv"), "/dev/null"} {
		read := &plan.Read{Format: "csv", Paths: []string{path}}
		_, err := c.Scan(t.Context(), read, plan.Settings{})
		if f := (*fault.Error)(nil); !errors.As(err, &f) || f.Class != "FAILED_READ_FILE.NO_HINT" {
			t.Errorf("%s: %v", path, err)
		}
	}
}
