package main

// This file is shoal history: the queries that have ended.

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"shoal/web"
)

type historyCmd struct {
	webFlags
	Since       time.Duration `help:"Only queries that began no longer ago, such as 1h." placeholder:"DURATION"`
	User        string        `help:"Only a user's." placeholder:"USER"`
	Engine      string        `help:"Only those that ran on an engine: duckdb, spark." placeholder:"ENGINE"`
	Fingerprint string        `help:"Only those that differ in constants only." placeholder:"FINGERPRINT"`
	Failed      bool          `help:"Only those that failed."`
	Limit       int           `help:"At most so many, the last ones; 0 is 50 in a table, and all for sums." default:"0"`
	By          string        `help:"Sum up by fingerprint, user, engine or error." enum:"fingerprint,user,engine,error," default:"" placeholder:"WHAT"`
	JSON        bool          `help:"Print JSON." xor:"format"`
	Workload    bool          `help:"Print a workload for shoal plan." xor:"format"`
	Budget      float64       `help:"Dollars an hour, in the workload." default:"10"`
}

// Validate refuses what asks for nothing.
func (c *historyCmd) Validate() error {
	if c.Limit < 0 || c.Since < 0 {
		return errors.New("--limit and --since must not be negative")
	}
	if c.Workload && c.By != "" {
		return errors.New("--workload and --by do not go together")
	}
	return nil
}

// Help is what shoal history --help adds: examples.
func (historyCmd) Help() string {
	return `Who asked what, when, where it ran, how long it waited and took, and how it ended. A user sees the own queries, an
administrator and all users of a server without a token file those of everybody. Constants are left out. Examples:

  shoal history --since 1h
  shoal history --failed --user ann
  shoal history --by fingerprint --since 24h       what takes most processor time?
  shoal history --workload --since 168h > week.yaml; shoal plan week.yaml --budget 24
  shoal history --json --limit 1000 | jq '.queries[] | select(.took_seconds > 10) | .text'

From SQL it is the table shoal.system.queries.`
}

// usualLines is how many queries a table shows.
const usualLines = 50

// Run asks and prints.
func (c *historyCmd) Run(k *kong.Context) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return c.run(ctx, k.Stdout, pageWidth())
}

func (c *historyCmd) run(ctx context.Context, out io.Writer, width int) error {
	past, err := c.past(ctx)
	switch {
	case err != nil:
		return err
	case c.Workload:
		return c.writeWorkload(out, past)
	case c.By != "":
		sums := sumsOf(past.Queries, c.By)
		if c.JSON {
			return writeJSON(out, sums)
		}
		return write(out, sumPage(sums, c.By, width))
	case c.JSON:
		return writeJSON(out, past)
	}
	return write(out, pastPage(past, width))
}

// past asks the server.
func (c *historyCmd) past(ctx context.Context) (*web.History, error) {
	q := url.Values{}
	for key, value := range map[string]string{"user": c.User, "engine": c.Engine, "fingerprint": c.Fingerprint} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if c.Failed {
		q.Set("errors", "true")
	}
	if c.Since > 0 {
		q.Set("since", c.Since.String())
	}
	limit := c.Limit
	if limit == 0 && c.By == "" && !c.Workload {
		limit = usualLines
	}
	q.Set("limit", strconv.Itoa(limit))
	past := &web.History{}
	return past, c.ask(ctx, "GET", "/api/history?"+q.Encode(), past)
}

// pageWidth is how wide the terminal is, or a page that none shows.
func pageWidth() int {
	if w, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		return w
	}
	return plainWidth
}
