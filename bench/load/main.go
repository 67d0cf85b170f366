// Command load is the client of the standing benchmark of many users at once (make bench-load): it asks Spark Connect
// servers, all in one run, and measures from outside. Plans are made once and answers are drained, not decoded, so that
// the servers' work is what is measured; PySpark's own would be several milliseconds a query.
//
// Each user has a connection and a session of his own. The short question is bench/queries/ab.sql, a group-by of a
// million events; the heavy ones are TPC-H's queries 9, 18 and 21, or tasks that sleep.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/alecthomas/kong"
)

type commandLine struct {
	options

	Idle     idleCmd     `cmd:"" help:"Short questions with nothing else: Poisson arrivals."`
	Mixed    mixedCmd    `cmd:"" help:"The same arrivals alone and beside heavy users; heavy users alone."`
	Closed   closedCmd   `cmd:"" help:"Users who ask the next short question as soon as the last is answered."`
	Sessions sessionsCmd `cmd:"" help:"Many connected sessions of which few ask."`
	Soak     soakCmd     `cmd:"" help:"Shorts and heavies for long: do memory and goroutines stay?"`
	Flood    floodCmd    `cmd:"" help:"One user sends very many questions at once; the others' latency."`
}

// options are the flags of every phase.
type options struct {
	Server  []server      `required:"" placeholder:"URL" help:"A server to measure: sc://HOST:PORT/;name=NAME;pid=PID;http=URL;tokens=FILE. By the process id CPU and memory are read (PID+PID where there are two), by the http address metrics; each user is a line of the token file, or only another user id where there is none. short.KEY=VALUE and heavy.KEY=VALUE set a conf of those who ask short or heavy questions, most=N lets no more heavy ones through at once. Several servers take turns."`
	Queries string        `default:"bench/queries" placeholder:"DIR" type:"existingdir" help:"Folder of ab.sql and of the heavy questions."`
	Heavy   []string      `default:"q9,q18,q21" placeholder:"NAME" help:"The heavy questions; sleep is 64 tasks of a second each, for Spark only."`
	Events  string        `required:"" placeholder:"DIR" type:"existingdir" help:"Folder of the table events (Parquet)."`
	TPCH    string        `required:"" placeholder:"DIR" name:"tpch" type:"existingdir" help:"Folder with a folder for each table of TPC-H."`
	Users   int           `default:"8" help:"How many users the arrivals of an open loop are spread over."`
	Share   float64       `default:"0.2" help:"Share of all CPUs that an open loop's questions take; sets the rate by what one costs."`
	Rate    float64       `help:"Arrivals a second, instead of --share."`
	Seed    uint64        `default:"1" help:"Fixes the times of the arrivals."`
	Warm    time.Duration `default:"2s" help:"How long short questions are asked before anything is measured."`
	JSON    bool          `help:"Print JSON instead of a table."`

	out io.Writer
}

// Help is what load --help adds: examples.
func (commandLine) Help() string {
	return `Examples (make bench-load does all of it):
  go run ./bench/load idle --server sc://localhost:15002 --rate 10 --events ~/.cache/shoal/bench/events --tpch ~/.cache/shoal/tpch/sf1
  go run ./bench/load mixed --server "sc://localhost:15002/;name=shoal;pid=4711" --length 20 --rounds 3 --events ... --tpch ...
  go run ./bench/load closed --counts 1,64 --server "sc://...;name=shoal" --server "sc://...;name=sail" --events ... --tpch ...
  go run ./bench/load soak --duration 10m --json --server "sc://...;pid=4711;http=http://localhost:8080" --events ... --tpch ...`
}

func main() {
	c := commandLine{options: options{out: os.Stdout}}
	parsed := kong.Parse(&c, kong.Name("load"), kong.Description("Measures Spark Connect servers under load."))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.FatalIfErrorf(parsed.Run(&c.options))
}

// A phase measures one server for one round and adds to what was found before.
type phase func(ctx context.Context, b *bench, r *result) error

// measure runs a phase on each server, round by round in turns, and prints what was found.
func (o *options) measure(ctx context.Context, rounds int, run phase) error {
	plans, err := o.plans()
	if err != nil {
		return err
	}
	benches, results := make([]*bench, len(o.Server)), make([]*result, len(o.Server))
	for i := range o.Server {
		s := &o.Server[i]
		if benches[i], err = o.open(ctx, s, plans); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		defer benches[i].close()
		results[i] = &result{Server: s.name}
	}
	for range rounds {
		for i, b := range benches {
			if err := errors.Join(run(ctx, b, results[i]), ctx.Err()); err != nil {
				return fmt.Errorf("%s: %w", b.server.name, err)
			}
			results[i].Rate = round(b.rate, 2)
		}
	}
	if o.JSON {
		out := json.NewEncoder(o.out)
		out.SetIndent("", " ")
		return out.Encode(results)
	}
	for _, r := range results {
		r.print(o.out)
	}
	return nil
}
