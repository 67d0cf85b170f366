package main

// This file is shoal stop, and how shoal asks a server by HTTP.

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"shoal/web"
)

// webFlags say which server is asked.
type webFlags struct {
	URL   string `name:"url" help:"The server's http address, as its ready line says it." env:"SHOAL_HTTP_URL" default:"http://127.0.0.1:8080" placeholder:"URL"`
	Token string `help:"Who you are, where the server has a token file." placeholder:"TOKEN"`
}

// askTimeout is how long an answer may take.
const askTimeout = 10 * time.Second

// ask sends a request and reads its answer.
func (f *webFlags) ask(ctx context.Context, method, path string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(f.URL, "/")+path, nil)
	if err != nil {
		return fmt.Errorf("--url: %w", err)
	}
	if f.Token != "" {
		req.Header.Set("Authorization", "Bearer "+f.Token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no Shoal answers: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var why web.Refusal
		if json.NewDecoder(resp.Body).Decode(&why) != nil || why.Error == "" {
			return fmt.Errorf("%s: %s; is it the http address of shoal serve?", f.URL, resp.Status)
		}
		return fmt.Errorf("%s", why.Error)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return fmt.Errorf("%s gives no answer of Shoal's: %w", f.URL, err)
	}
	return nil
}

type stopCmd struct {
	webFlags
	Operation string `arg:"" help:"The query's id, or how it begins, as shoal top shows it."`
	JSON      bool   `help:"Print JSON."`
}

// Help is what shoal stop --help adds: examples.
func (stopCmd) Help() string {
	return `The query's client gets the error OPERATION_CANCELED. A user may stop the own queries, an administrator those of all.
Examples:

  shoal stop 1a2b3c4d
  shoal stop 1a2b3c4d-0000-4000-8000-000000000000 --url https://host:8080 --token "$(cat token)"`
}

// Run stops the query.
func (c *stopCmd) Run(k *kong.Context) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	id, err := c.whole(ctx)
	if err != nil {
		return err
	}
	var done web.Stopped
	if err := c.ask(ctx, "POST", "/api/queries/"+url.PathEscape(id)+"/stop", &done); err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(k.Stdout).Encode(done)
	}
	fmt.Fprintln(k.Stdout, "stopped", done.Operation)
	return nil
}

// whole is the id that begins as was said.
func (c *stopCmd) whole(ctx context.Context) (string, error) {
	var snap web.Snapshot
	if err := c.ask(ctx, "GET", "/api/queries", &snap); err != nil {
		return "", err
	}
	var found []string
	for _, q := range snap.Queries {
		if q.Operation != "" && strings.HasPrefix(q.Operation, c.Operation) {
			found = append(found, q.Operation)
		}
	}
	switch len(found) {
	case 0:
		return c.Operation, nil // the server says why
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%s is how %d ids begin: say more of it", c.Operation, len(found))
}
