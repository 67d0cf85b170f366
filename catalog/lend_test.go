package catalog

import (
	"context"
	"errors"
	"testing"
	"time"
)

// soon tells whether something ends within a moment.
func soon(done <-chan error) bool {
	select {
	case <-done:
		return true
	case <-time.After(50 * time.Millisecond):
		return false
	}
}

// waits tells that a change waits for the folder.
func (d *desk) waits() {
	f := &d.c.shelf.files
	for range 1000 {
		f.mu.Lock()
		n := f.loans.waiting[d.table.Location]
		f.mu.Unlock()
		if n > 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	d.t.Fatal("no change waits")
}

// TestLend: while a folder is lent, nothing in it changes; and what is lent holds no file of an earlier table.
func TestLend(t *testing.T) {
	d := newDesk(t)
	d.must(d.c.Change(t.Context(), d.stage(false, "a")))
	giveBack, err := d.c.Lend(t.Context(), []*Stored{d.table, d.table})
	d.must(err)
	changed, lentAgain := make(chan error, 1), make(chan error, 1)
	change := d.stage(true, "b")
	go func() { changed <- d.c.Change(t.Context(), change) }()
	d.waits()
	if soon(changed) {
		t.Fatal("a lent folder was changed")
	}
	d.want("a") // the queries of this process go on
	go func() {
		again, err := d.c.Lend(t.Context(), []*Stored{d.table})
		if err == nil {
			again()
		}
		lentAgain <- err
	}()
	if soon(lentAgain) {
		t.Error("who comes later goes before a change that waits")
	}
	reading := d.c.Read() // keeps a
	giveBack()
	giveBack()
	d.must(<-changed)
	d.want("b")
	if soon(lentAgain) {
		t.Error("a folder is lent that holds a file which is no part of the table")
	}
	reading.End()
	d.must(<-lentAgain)
}

// TestLendGivesUp: who waits for a folder may stop waiting, and leaves nothing behind.
func TestLendGivesUp(t *testing.T) {
	d := newDesk(t)
	d.must(d.c.Change(t.Context(), d.stage(false, "a")))
	giveBack, err := d.c.Lend(t.Context(), []*Stored{d.table})
	d.must(err)
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := d.c.Change(short, d.stage(true, "b")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a change of a lent folder: %v", err)
	}
	d.want("a")
	giveBack()
	d.must(d.c.Change(t.Context(), d.stage(true, "c")))
	d.want("c")
}
