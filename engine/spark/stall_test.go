package spark

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"shoal/engine"
	"shoal/internal/sparkpb"
	"shoal/internal/wire"
)

// network is a network between the engine and a server that can be told to stand still.
type network struct {
	to string
	l  net.Listener

	mu    sync.Mutex
	moves *sync.Cond
	still bool
	conns []net.Conn
}

func newNetwork(t *testing.T, to string) *network {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &network{to: to, l: l}
	w.moves = sync.NewCond(&w.mu)
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", w.to)
			if err != nil {
				near.Close()
				continue
			}
			w.mu.Lock()
			w.conns = append(w.conns, near, far)
			w.mu.Unlock()
			go w.pump(near, far)
			go w.pump(far, near)
		}
	}()
	t.Cleanup(func() { w.l.Close(); w.stall(false); w.cut() })
	return w
}

func (w *network) pump(to io.WriteCloser, from io.Reader) {
	defer to.Close()
	buffer := make([]byte, 16<<10)
	for {
		n, err := from.Read(buffer)
		w.mu.Lock()
		for w.still {
			w.moves.Wait()
		}
		w.mu.Unlock()
		if _, e := to.Write(buffer[:n]); e != nil || err != nil {
			return
		}
	}
}

func (w *network) stall(still bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.still = still
	w.moves.Broadcast()
}

// cut ends all connections.
func (w *network) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// TestNetworkStandsStill: a network that stands still for longer than connections and calls may take, and
// then moves on or breaks, costs time and nothing else.
func TestNetworkStandsStill(t *testing.T) {
	for name, cut := range map[string]bool{"and moves on": false, "and breaks": true} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := newNetwork(t, serve(t, f, nil).Address.Host)
			e := attach(t, "sc://"+w.l.Addr().String(), func(o *Options) { o.DialTimeout = 200 * time.Millisecond })
			h := e.Open("s", "ann")
			if _, err := e.About(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
			defer stop()
			var offsets []int64
			begun := make(chan bool)
			var wg sync.WaitGroup
			wg.Go(func() {
				err := h.Execute(ctx, state(1, nil), engine.Execution{ID: uuid.NewString(), Request: sql("rows 300 100000")}, func(_ context.Context, m engine.Message) error {
					if len(offsets) == 3 {
						close(begun)
					}
					offsets = append(offsets, m.Body.(*wire.Response).GetArrowBatch().GetStartOffset())
					return nil
				})
				if err != nil || !inOrder(offsets, 300) {
					t.Errorf("the read: %d batches, %v", len(offsets), err)
				}
			})
			<-begun
			w.stall(true)
			wg.Go(func() {
				x := engine.Execution{ID: uuid.NewString(), Request: sql("write"), Final: true}
				if err := h.Execute(ctx, state(1, nil), x, func(context.Context, engine.Message) error { return nil }); err != nil {
					t.Errorf("the write: %v", err)
				}
			})
			wg.Go(func() {
				if _, err := h.Call(ctx, state(1, nil), &sparkpb.AnalyzePlanRequest{}); err != nil {
					t.Errorf("the call: %v", err)
				}
			})
			time.Sleep(600 * time.Millisecond)
			if cut {
				w.cut()
			}
			w.stall(false)
			wg.Wait()
			if n := f.heard("execute write"); n != 1 {
				t.Errorf("the write ran %d times", n)
			}
		})
	}
}
