package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
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

func TestMemoryIsGuarded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var held, ended atomic.Int64
		go guardMemory(ctx, 10, held.Load, func(n, most int64) string {
			if n <= most {
				t.Errorf("ended a query at %d bytes of %d", n, most)
			}
			ended.Add(1)
			return "op"
		}, slog.New(slog.DiscardHandler))
		for _, c := range []struct {
			held  int64
			wait  time.Duration
			ended int64
		}{{5, time.Minute, 0}, {11, time.Second, 1}, {11, guardAgain, 2}, {10, time.Minute, 2}} {
			held.Store(c.held)
			time.Sleep(c.wait)
			if synctest.Wait(); ended.Load() != c.ended {
				t.Errorf("%d queries were ended, not %d", ended.Load(), c.ended)
			}
		}
		stop()
	})
	if got := residentMemory(); got < 1<<20 {
		t.Errorf("this process holds %d bytes", got)
	}
	if got := ceiling(1 << 30); got < 1<<30 {
		t.Errorf("with 1 GiB for queries the process may hold %d bytes", got)
	}
}
