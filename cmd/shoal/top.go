package main

// This file is shoal top: who runs what, live.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"shoal/web"
)

type topCmd struct {
	webFlags
	Interval time.Duration `help:"How often it looks." default:"1s"`
	Once     bool          `help:"Print how things stand and end; so it is too where standard output is no terminal."`
	JSON     bool          `help:"Print how things stand as JSON and end."`
}

// Validate refuses what would keep a server busy with being looked at.
func (c *topCmd) Validate() error {
	if c.Interval < 100*time.Millisecond {
		return errors.New("--interval: at least 100ms")
	}
	return nil
}

// Help is what shoal top --help adds: examples.
func (topCmd) Help() string {
	return `Lanes, users and queries of a server: what runs, what waits, for what and how long. Without a token file everybody sees
all; else a user sees the own queries, and an administrator (shoal serve --admin) those of all. q or Ctrl-C ends it.
EXPECTED is processor time. Examples:

  shoal top
  shoal top --once
  shoal top --url https://host:8080 --token "$(cat token)"
  shoal top --json | jq '.queries[] | select(.state == "waiting")'`
}

// Run shows it.
func (c *topCmd) Run(k *kong.Context) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	out := int(os.Stdout.Fd())
	switch {
	case c.JSON:
		snap, err := c.snapshot(ctx)
		if err != nil {
			return err
		}
		return writeJSON(k.Stdout, snap)
	case c.Once || !term.IsTerminal(out):
		snap, err := c.snapshot(ctx)
		if err != nil {
			return err
		}
		return write(k.Stdout, page(snap, pageWidth(), 0))
	}
	return c.live(ctx, os.Stdin, os.Stdout)
}

// plainWidth is how wide a page is that no terminal shows.
const plainWidth = 120

// What a terminal is told: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
const (
	otherScreen = "\x1b[?1049h\x1b[?25l" // and no cursor
	firstScreen = "\x1b[?25h\x1b[?1049l"
	home        = "\x1b[H"
	restOfLine  = "\x1b[K"
	restOfPage  = "\x1b[J"
)

// live shows one page after another on a screen of its own, until q or Ctrl-C.
func (c *topCmd) live(ctx context.Context, in, out *os.File) error {
	if term.IsTerminal(int(in.Fd())) {
		before, err := term.MakeRaw(int(in.Fd())) // a key counts at once
		if err != nil {
			return err
		}
		defer term.Restore(int(in.Fd()), before)
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
		go untilQuit(in, cancel)
	}
	io.WriteString(out, otherScreen)
	defer io.WriteString(out, firstScreen)
	tick := time.NewTicker(c.Interval)
	defer tick.Stop()
	for {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil {
			return err
		}
		lines := []string{"shoal top · " + c.URL}
		snap, err := c.snapshot(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil: // it may come back
			lines = append(lines, "", err.Error())
		default:
			lines = page(snap, width, height)
		}
		if err := show(out, lines); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// untilQuit reads keys until one of them ends the view.
func untilQuit(in io.Reader, quit func()) {
	key := make([]byte, 1)
	for {
		if _, err := in.Read(key); err != nil || bytes.ContainsAny(key, "qQ\x03\x04") { // Ctrl-C, Ctrl-D
			quit()
			return
		}
	}
}

// show draws a page over the one before, in one piece so that nothing flickers.
func show(out io.Writer, lines []string) error {
	var b bytes.Buffer
	b.WriteString(home)
	for i, line := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(line + restOfLine)
	}
	b.WriteString(restOfPage)
	_, err := out.Write(b.Bytes())
	return err
}

func write(out io.Writer, lines []string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

func (c *topCmd) snapshot(ctx context.Context) (*web.Snapshot, error) {
	snap := &web.Snapshot{}
	return snap, c.ask(ctx, "GET", "/api/queries", snap)
}
