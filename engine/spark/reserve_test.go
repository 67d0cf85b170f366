package spark

import (
	"context"
	"strings"
	"testing"
	"time"

	"shoal/engine"
)

// Slots are held by one request after the other until nobody wants them, and by none longer.
func TestHold(t *testing.T) {
	f := newFake()
	e := serve(t, f, nil)
	h := e.Open("s", "ann").(engine.Holder)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		ended <- h.Hold(ctx, engine.State{Version: 1, Conf: map[string]string{"c": "reserve"}}, 3, 50*time.Millisecond)
	}()
	for deadline := time.Now().Add(10 * time.Second); f.heard("execute SELECT") < 3; { // the fake's tasks sleep for no time
		if time.Now().After(deadline) {
			t.Fatal("it was asked once only")
		}
		time.Sleep(time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if ran := f.ran()[0]; !strings.Contains(ran, "range(0, 3600, 1, 3600)") || !strings.Contains(ran, "'sleep', 50 ") || !strings.HasSuffix(ran, "c=reserve") {
		t.Errorf("it ran %q", ran)
	}
}
