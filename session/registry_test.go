package session

import (
	"context"
	"testing"
	"time"

	"shoal/catalog"
	"shoal/store"
)

// TestShutdownDoesNotWaitForEver: what cannot be interrupted must not keep the server from ending.
func TestShutdownDoesNotWaitForEver(t *testing.T) {
	db, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	r, err := New(Options{Store: db, Catalog: catalog.New(catalog.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	stuck := make(chan struct{})
	defer close(stuck)
	if err := r.work.start(func() { <-stuck }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start := time.Now()
	if r.Shutdown(ctx) {
		t.Error("Shutdown says that all has ended")
	}
	if took := time.Since(start); took > stopGrace+time.Second {
		t.Errorf("it took %v", took)
	}
	if err := r.work.start(func() {}); err == nil {
		t.Error("work began after the end")
	}
}
