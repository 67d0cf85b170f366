package main

// This file is the phases of very many: sessions, minutes, questions.

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"shoal/internal/sparkclient"
	"shoal/internal/sparkpb"
)

type sessionsCmd struct {
	Connected int           `default:"1000" help:"How many sessions are connected, each of a user of its own."`
	Active    int           `default:"50" help:"How many of them ask."`
	Length    time.Duration `default:"15s" help:"How long the active ones are measured, alone and among the others."`
}

func (c *sessionsCmd) Run(ctx context.Context, o *options) error {
	o.Users = c.Active
	return o.measure(ctx, 1, c.round)
}

// round measures the active sessions alone, among all, and alone again.
func (c *sessionsCmd) round(ctx context.Context, b *bench, r *result) error {
	measure := func(name string) error {
		w, err := b.shortsFor(ctx, b.shorts, c.Length)
		if err == nil {
			r.add(name, w)
		}
		return err
	}
	alone, among := fmt.Sprintf("%d sessions alone", c.Active), fmt.Sprintf("%d of %d sessions", c.Active, c.Connected)
	if err := measure(alone); err != nil {
		return err
	}
	before := b.server.rss()
	others := len(b.users)
	if _, err := b.connect(ctx, c.Connected-c.Active, b.plans.shortTables, sparkclient.SQL("SELECT 1")); err != nil {
		return err
	}
	if err := measure(among); err != nil {
		return err
	}
	r.figure("rss_alone_mb", before)
	r.figure("rss_mb", b.server.rss())
	for _, u := range b.users[others:] {
		u.leave()
	}
	b.users = b.users[:others]
	if err := measure(alone); err != nil {
		return err
	}
	r.figure("p95_ratio_to_alone", ratio(percentile(r.windows[among].latencies, 95), percentile(r.windows[alone].latencies, 95)))
	return nil
}

type soakCmd struct {
	Heavies  int           `default:"2" help:"How many heavy users."`
	Duration time.Duration `default:"10m" help:"How long."`
	Every    time.Duration `default:"1s" help:"How often memory and goroutines are looked at."`
}

func (c *soakCmd) Run(ctx context.Context, o *options) error {
	return o.measure(ctx, 1, c.round)
}

func (c *soakCmd) round(ctx context.Context, b *bench, r *result) error {
	if err := b.meetHeavies(ctx, c.Heavies); err != nil {
		return fmt.Errorf("heavy questions: %w", err)
	}
	if err := b.pace(ctx); err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	series := map[string][]point{}
	var watcher sync.WaitGroup
	watcher.Go(func() {
		for start := time.Now(); watching.Err() == nil; pause(watching, c.Every) {
			at := round(time.Since(start).Seconds(), 1)
			series["rss_mb"] = append(series["rss_mb"], point{at, round(b.server.rss(), 1)})
			series["goroutines"] = append(series["goroutines"], point{at, b.server.goroutines(watching)})
		}
	})
	r.add("shorts and heavies", b.mixedFor(ctx, c.Duration))
	stop()
	watcher.Wait()
	r.Series = series
	for name, points := range series {
		early, late := ends(points)
		r.figure(name+"_early", early)
		r.figure(name+"_late", late)
	}
	return nil
}

// ends are the means of a series' second fifth, when all caches are filled, and of its last.
func ends(points []point) (early, late float64) {
	part := func(from, to int) float64 {
		var values []float64
		for _, p := range points[len(points)*from/5 : len(points)*to/5] {
			values = append(values, p.Value)
		}
		return mean(values)
	}
	return part(1, 2), part(4, 5)
}

type floodCmd struct {
	Questions int           `default:"1000" help:"How many questions the flooding user sends at once: one time, and then again as soon as all are answered or refused."`
	Length    time.Duration `default:"15s" help:"How long the others are measured: without a flood, with one in that time, and with one after the other."`
	Rounds    int           `default:"2" help:"How many rounds."`
}

func (c *floodCmd) Run(ctx context.Context, o *options) error {
	flooders := map[*bench]*user{}
	return o.measure(ctx, c.Rounds, func(ctx context.Context, b *bench, r *result) error {
		if flooders[b] == nil {
			found, err := b.connect(ctx, 1, b.plans.shortTables, b.plans.short)
			if err != nil {
				return err
			}
			flooders[b] = found[0]
		}
		calm, err := b.shortsFor(ctx, b.shorts, c.Length)
		if err != nil {
			return err
		}
		r.add("others, calm", calm)

		for _, f := range []struct {
			how    string
			floods int
		}{{"one flood", 1}, {"flood after flood", math.MaxInt}} {
			b.server.settle(ctx)
			flooding, stop := context.WithCancel(ctx)
			flood := begin(b.server)
			var flooder sync.WaitGroup
			flooder.Go(func() { c.pour(flooding, f.floods, flooders[b], b.plans.short, flood) })
			r.add("others, "+f.how, b.arrive(ctx, b.shorts, c.Length))
			stop()
			flooder.Wait()
			flood.end()
			r.add("the flooding user, "+f.how, flood)
			for _, p := range []float64{50, 95} {
				r.figure(fmt.Sprintf("p%g_ratio_to_calm, %s", p, f.how),
					ratio(percentile(r.windows["others, "+f.how].latencies, p), percentile(r.windows["others, calm"].latencies, p)))
			}
		}
		all := r.windows["the flooding user, flood after flood"]
		r.figure("refused_share", float64(all.failed())/float64(max(1, all.failed()+len(all.latencies))))
		return nil
	})
}

// pour sends all questions at once, so many times or until it is stopped: what is then without an answer does not count.
func (c *floodCmd) pour(ctx context.Context, floods int, u *user, plan *sparkpb.Plan, w *window) {
	for ; floods > 0 && ctx.Err() == nil; floods-- {
		var all sync.WaitGroup
		for range c.Questions {
			all.Go(func() {
				sent := time.Now()
				err := u.ask(ctx, plan)
				if ctx.Err() == nil {
					w.add(time.Since(sent), 0, err)
				}
			})
		}
		all.Wait()
	}
}
