package main

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"shoal/internal/sparkclient"
)

func TestGuard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		var held, ended atomic.Int64
		g := guard{"memory", func() (int64, int64) { return held.Load(), 10 }, func(n, most int64) string {
			if n <= most {
				t.Errorf("ended a query at %d bytes of %d", n, most)
			}
			ended.Add(1)
			return "op"
		}}
		go g.watch(ctx, slog.New(slog.DiscardHandler))
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

// TestSpillIsGuarded sorts more than the disk may take: the query ends, with an error that says so, and what it wrote is gone.
func TestSpillIsGuarded(t *testing.T) {
	const most = 100 << 20
	b := newStopBench(t)
	if _, most := spilledTo(b.house.spill); most < 1<<20 {
		t.Skipf("the disk is full: queries may spill %d bytes", most)
	}
	for _, g := range b.house.guards() {
		if g.what != "disk" {
			continue
		}
		g.held = func() (int64, int64) {
			n, _ := spilledTo(b.house.spill)
			return n, most
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go g.watch(ctx, slog.New(slog.DiscardHandler))
	}
	_, ended := b.begin(t.Context(), sparkclient.SQL(heavyRows+" ORDER BY s"), true)
	err := <-ended
	if sparkclient.ErrorClass(err) != "UNABLE_TO_ACQUIRE_MEMORY" || !strings.Contains(err.Error(), "of which 0.10 GiB may be") {
		t.Errorf("ended with %v", err)
	}
	b.idle()
	if n, _ := spilledTo(b.house.spill); n > 0 {
		t.Errorf("%d bytes are left", n)
	}
}
