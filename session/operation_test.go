package session

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"shoal/fault"
)

// body counts its references.
type body struct{ refs atomic.Int32 }

func newBody() *body {
	b := &body{}
	b.refs.Store(1)
	return b
}

func (b *body) Ref()  { b.refs.Add(1) }
func (b *body) Free() { b.refs.Add(-1) }

func newTestOperation() *Operation {
	o := newOperation("op", func(error) {})
	o.Reattachable = true
	return o
}

func send(t *testing.T, o *Operation, size int) string {
	t.Helper()
	var got string
	if err := o.Send(t.Context(), size, func(id string) Body { got = id; return newBody() }); err != nil {
		t.Fatal(err)
	}
	return got
}

func class(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Class
	}
	return ""
}

func TestReattachReplaysWhatWasNotReleased(t *testing.T) {
	o := newTestOperation()
	ids := []string{send(t, o, 1), send(t, o, 1), send(t, o, 1)}
	o.finish(nil)

	c, _ := o.Attach("")
	for _, want := range ids[:2] {
		if r, err := c.Next(t.Context()); err != nil || r.ID != want {
			t.Fatalf("got %q, %v; want %q", r.ID, err, want)
		}
	}
	c.Close()

	again, err := o.Attach(ids[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range ids[1:] {
		if r, err := again.Next(t.Context()); err != nil || r.ID != want {
			t.Fatalf("after reattaching: got %q, %v; want %q", r.ID, err, want)
		}
	}
	if _, err := again.Next(t.Context()); err != io.EOF {
		t.Fatalf("at the end: %v", err)
	}
}

func TestReleasedResponsesAreGone(t *testing.T) {
	o := newTestOperation()
	ids := []string{send(t, o, 1), send(t, o, 1), send(t, o, 1)}
	c, _ := o.Attach("")
	for range ids {
		c.Next(t.Context())
	}
	if err := o.Release(ids[1]); err != nil {
		t.Fatal(err)
	}
	if len(o.kept) != 1 || o.resident != 1 {
		t.Errorf("kept %d responses, %d bytes", len(o.kept), o.resident)
	}
	if _, err := o.Attach(ids[0]); class(err) != "INVALID_CURSOR.POSITION_NOT_AVAILABLE" {
		t.Errorf("attach before what was released: %v", err)
	}
	if _, err := o.Attach(ids[1]); err != nil {
		t.Errorf("attach right after what was released: %v", err)
	}
	if _, err := o.Attach("nonsense"); class(err) != "INVALID_CURSOR.POSITION_NOT_FOUND" {
		t.Errorf("attach nowhere: %v", err)
	}
}

func TestNewReaderPreemptsTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTestOperation()
		old, _ := o.Attach("")
		result := make(chan error)
		go func() { _, err := old.Next(t.Context()); result <- err }()
		synctest.Wait()
		o.Attach("")
		if err := <-result; class(err) != "INVALID_CURSOR.DISCONNECTED" {
			t.Errorf("the old reader got %v", err)
		}
		old.Close()
		if _, idle := o.idleSince(); idle {
			t.Error("closing the old cursor detached the new one")
		}
	})
}

func TestSlowReaderHoldsTheProducerBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTestOperation()
		c, _ := o.Attach("")
		sent := 0
		go func() {
			for range 10 {
				if o.Send(t.Context(), maxUnsent/2, func(string) Body { return newBody() }) == nil {
					sent++
				}
			}
			o.finish(nil)
		}()
		synctest.Wait()
		if sent != 2 {
			t.Fatalf("%d responses went into a full buffer", sent)
		}
		n := 0
		for {
			if _, err := c.Next(t.Context()); err != nil {
				break
			}
			n++
		}
		if n != 10 {
			t.Errorf("read %d of 10", n)
		}
		if o.resident > maxKept {
			t.Errorf("keeps %d bytes", o.resident)
		}
	})
}

func TestUnreattachableKeepsNothingSent(t *testing.T) {
	o := newTestOperation()
	o.Reattachable = false
	c, _ := o.Attach("")
	for range 5 {
		send(t, o, 1000)
		c.Next(t.Context())
	}
	if len(o.kept) > 1 {
		t.Errorf("keeps %d responses", len(o.kept))
	}
}

func TestInterruptReachesWaitingProducerAndReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		o := newOperation("op", cancel)
		o.Reattachable = true
		send(t, o, maxUnsent)
		produced := make(chan error)
		go func() { produced <- o.Send(ctx, maxUnsent, func(string) Body { return newBody() }) }()
		synctest.Wait()
		if !o.interrupt(fault.New("OPERATION_CANCELED")) {
			t.Error("nothing to interrupt")
		}
		if err := <-produced; err == nil {
			t.Error("the producer went on")
		}
		c, _ := o.Attach("")
		c.Next(t.Context())
		if _, err := c.Next(t.Context()); class(err) != "OPERATION_CANCELED" {
			t.Errorf("the reader got %v", err)
		}
		if o.interrupt(fault.New("OPERATION_CANCELED")) {
			t.Error("interrupted twice")
		}
	})
}

func TestReaderWaitsNoLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newTestOperation()
		c, _ := o.Attach("")
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := c.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestABodyIsFreedWhenNobodyHoldsIt(t *testing.T) {
	o := newTestOperation()
	bodies := []*body{newBody(), newBody(), newBody()}
	for _, b := range bodies {
		o.Send(t.Context(), 1, func(string) Body { return b })
	}
	c, _ := o.Attach("")
	var read []Response
	for range bodies {
		r, _ := c.Next(t.Context())
		read = append(read, r)
	}
	o.Release(read[1].ID)
	for i, want := range []int32{1, 1, 2} { // the reader's own, and what the operation keeps
		if got := bodies[i].refs.Load(); got != want {
			t.Errorf("response %d: %d references while it is being sent, want %d", i, got, want)
		}
	}
	for _, r := range read {
		r.Body.Free()
	}
	for i, want := range []int32{0, 0, 1} {
		if got := bodies[i].refs.Load(); got != want {
			t.Errorf("response %d: %d references in the end, want %d", i, got, want)
		}
	}
}
