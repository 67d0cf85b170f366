package main

// This file is the phases in which short questions meet heavy ones, and those in which users meet each other.

import (
	"context"
	"fmt"
	"time"
)

type idleCmd struct {
	Length time.Duration `default:"20s" help:"How long a round is."`
	Rounds int           `default:"1" help:"How many rounds."`
}

func (c *idleCmd) Run(ctx context.Context, o *options) error {
	return o.measure(ctx, c.Rounds, func(ctx context.Context, b *bench, r *result) error {
		w, err := b.shortsFor(ctx, b.shorts, c.Length)
		if err == nil {
			r.add("idle", w)
		}
		return err
	})
}

// shortsFor is an open loop of so long; the arrivals are the same each time.
func (b *bench) shortsFor(ctx context.Context, users []*user, length time.Duration) (*window, error) {
	if err := b.pace(ctx); err != nil {
		return nil, err
	}
	b.server.settle(ctx)
	return b.arrive(ctx, users, length), nil
}

func (b *bench) arrive(ctx context.Context, users []*user, length time.Duration) *window {
	return openLoop(ctx, b.server, users, b.plans.short, arrivals(b.options.Seed, b.rate, length, len(users)), length)
}

type mixedCmd struct {
	Heavies int           `default:"2" help:"How many heavy users."`
	Length  time.Duration `default:"15s" help:"How long each part of a round is: shorts alone, both, heavies alone."`
	Rounds  int           `default:"2" help:"How many rounds."`
}

func (c *mixedCmd) Run(ctx context.Context, o *options) error {
	return o.measure(ctx, c.Rounds, c.round)
}

func (c *mixedCmd) round(ctx context.Context, b *bench, r *result) error {
	if err := b.meetHeavies(ctx, c.Heavies); err != nil {
		return fmt.Errorf("heavy questions: %w", err)
	}
	w, err := b.shortsFor(ctx, b.shorts, c.Length)
	if err != nil {
		return err
	}
	r.add("shorts alone", w)
	r.add("shorts and heavies", b.mixedFor(ctx, c.Length))

	b.server.settle(ctx)
	alone := begin(b.server)
	load := b.startHeavies(ctx)
	pause(ctx, c.Length)
	alone.end()
	load.stop(alone)
	r.add("heavies alone", alone)

	idle, mixed, heavies := r.windows["shorts alone"], r.windows["shorts and heavies"], r.windows["heavies alone"]
	r.figure("p95_ratio_to_alone", ratio(percentile(mixed.latencies, 95), percentile(idle.latencies, 95)))
	r.figure("p50_ratio_to_alone", ratio(percentile(mixed.latencies, 50), percentile(idle.latencies, 50)))
	if alone := mean(heavies.heavyPerMin); alone > 0 { // else none ended in time: nothing is known
		r.figure("heavies_ratio_to_alone", mean(mixed.heavyPerMin)/alone)
	}
	r.figure("cpu_share_of_shorts_and_clients", idle.cpuShare())
	r.figure("heavies_bound", 0.85*(1-idle.cpuShare()))
	return nil
}

// mixedFor is the same arrivals while the heavy users are at work.
func (b *bench) mixedFor(ctx context.Context, length time.Duration) *window {
	b.server.settle(ctx)
	load := b.startHeavies(ctx)
	w := b.arrive(ctx, b.shorts, length)
	load.stop(w)
	return w
}

type closedCmd struct {
	Counts []int         `default:"1,4,16,64" help:"How many users at once, one after the other."`
	Length time.Duration `default:"8s" help:"How long for each."`
	Rounds int           `default:"1" help:"How many rounds."`
}

func (c *closedCmd) Run(ctx context.Context, o *options) error {
	crowds := map[*bench][]*user{}
	return o.measure(ctx, c.Rounds, func(ctx context.Context, b *bench, r *result) error {
		for _, n := range c.Counts {
			if more := n - len(crowds[b]); more > 0 {
				users, err := b.connect(ctx, more, b.plans.shortTables, b.plans.short)
				if err != nil {
					return err
				}
				crowds[b] = append(crowds[b], users...)
			}
			b.server.settle(ctx)
			r.add(fmt.Sprintf("%d users", n), closedLoop(ctx, b.server, crowds[b][:n], b.plans.short, c.Length))
		}
		return nil
	})
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / max(b.Seconds(), 1e-9) }

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}
