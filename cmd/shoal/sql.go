package main

// This file is shoal sql.

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/grpc/test/bufconn"

	"shoal/connect"
	"shoal/internal/sparkclient"
)

type sqlCmd struct {
	URL   string `name:"url" help:"The Spark Connect server to ask. Without it the query runs in this process." placeholder:"sc://HOST:PORT"`
	JSON  bool   `help:"Print a JSON array with an object for each row." xor:"format"`
	CSV   bool   `name:"csv" help:"Print comma-separated values under a line of names." xor:"format"`
	Query string `arg:"" help:"The SQL statement; - reads it from standard input."`
}

func (c *sqlCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	signal.Ignore(syscall.SIGPIPE) // a write tells, so that what was begun is cleaned up
	return c.run(ctx, os.Stdin, os.Stdout)
}

// run asks and prints.
func (c *sqlCmd) run(ctx context.Context, in io.Reader, out io.Writer) error {
	text := c.Query
	if text == "-" {
		all, err := io.ReadAll(in)
		if err != nil {
			return err
		}
		text = string(all)
	}
	text = strings.TrimRight(text, "; \t\r\n")
	client, err := c.dial()
	if err != nil {
		return err
	}
	err = client.sql(ctx, text, c.printer(out))
	if errors.Is(err, syscall.EPIPE) { // whoever reads has enough: head, a pager
		err = nil
	}
	return errors.Join(err, client.close())
}

func (c *sqlCmd) printer(out io.Writer) printer {
	w := bufio.NewWriter(out)
	switch {
	case c.JSON:
		return &jsonPrinter{w: w, separator: "["}
	case c.CSV:
		return &csvPrinter{w: csv.NewWriter(w)}
	default:
		return &tablePrinter{w: w}
	}
}

// Help is what shoal sql --help adds: examples.
func (*sqlCmd) Help() string {
	return `Examples:
  shoal sql "SELECT count(*) FROM parquet.` + "`flights.parquet`" + `"
  shoal sql --csv "SELECT * FROM range(10)" > ten.csv
  shoal sql --url sc://localhost:15002 --json "SHOW VIEWS"
  shoal sql --url "sc://host:15002/;use_ssl=true;token=..." - < query.sql`
}

func (c *sqlCmd) dial() (*client, error) {
	if c.URL != "" {
		return dialURL(c.URL)
	}
	return dialHere()
}

// dialHere opens a house of its own for one query, with nobody else in it, and calls at its front
// door, so that there is one way in for all.
func dialHere() (_ *client, err error) {
	data, err := os.MkdirTemp("", "shoal-sql-")
	if err != nil {
		return nil, err
	}
	h, err := open(serveCmd{Data: data, Allow: []string{"/"}}, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(data))
	}
	door := bufconn.Listen(1 << 20)
	server := connect.New(connect.Options{Sessions: h.sessions})
	served := make(chan error, 1)
	go func() { served <- server.Serve(door) }()
	return newClient("passthrough:here", nil, func() error {
		server.Stop()
		return errors.Join(<-served, h.close(), os.RemoveAll(data))
	}, grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
		return door.DialContext(ctx)
	}))
}

// dialURL calls at another process's door.
func dialURL(url string) (*client, error) {
	target, params, err := sparkclient.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("--url: %w", err)
	}
	return newClient(target, params, func() error { return nil })
}
