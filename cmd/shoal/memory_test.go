package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoryIsRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	write := func(text string) string {
		os.WriteFile(file, []byte(text), 0o600)
		return file
	}
	if got := cgroupMemory(write("1073741824\n")); got != 1<<30 {
		t.Errorf("a limit: got %d", got)
	}
	if got := cgroupMemory(write("max\n")); got != 0 {
		t.Errorf("no limit: got %d", got)
	}
	if got := machineMemory(write("MemFree: 5 kB\nMemTotal:       2048 kB\n")); got != 2<<20 {
		t.Errorf("MemTotal: got %d", got)
	}
	if got := machineMemory(filepath.Join(t.TempDir(), "none")); got != 0 {
		t.Errorf("no file: got %d", got)
	}
}
