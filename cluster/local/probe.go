package local

// This file looks whether the members do their work.

import (
	"context"
	"time"

	"shoal/cluster"
)

// probeLimit bounds one question; a machine at its limits is slow to answer.
const probeLimit = 5 * time.Second

// prober works on a copy of the state.
type prober struct {
	state
	ask rest
}

// probe asks all members.
func (p prober) probe(ctx context.Context) map[string]sight {
	ctx, cancel := context.WithTimeout(ctx, probeLimit)
	defer cancel()
	seen := map[string]sight{}
	master, err := p.ask.master(ctx, p.Ports)
	masterWell := err == nil && master.Status == "ALIVE"
	for _, m := range p.Crew.Members {
		var s sight
		switch {
		case m.Role == roleMaster:
			s = sight{Well: masterWell, Why: "it did not answer"}
		case m.Role == roleConnect:
			s = p.connect(ctx)
		case m.Phase == leaving:
			w, err := p.ask.worker(ctx, m.Place)
			s = sight{Well: true, Idle: err == nil && len(w.Executors) == 0}
		default:
			s = p.worker(m, masterWell && master.registered(m.Place))
			s.Blind = !s.Over && !masterWell && m.Phase == running
		}
		s.PID = m.Proc.PID
		seen[m.Role] = s
	}
	return seen
}

// connect asks the Connect server and the driver in it: the one may outlive the other.
func (p prober) connect(ctx context.Context) sight {
	if err := speaksHTTP2(ctx, p.Ports.Connect); err != nil {
		return sight{Why: "it did not answer"}
	}
	if _, err := p.ask.application(ctx, p.Ports); err != nil {
		return sight{Why: "its driver did not answer"}
	}
	return sight{Well: true}
}

// worker looks at its volume. A full one with a file system of its own gets time to become emptier:
// writes fail until then, and Spark does them elsewhere.
func (p prober) worker(m member, registered bool) sight {
	u, err := p.volume(m.Role).look(m.Place.Method)
	switch {
	case err != nil:
		return sight{Over: true, Why: err.Error()}
	case u.full() && m.Place.Method == cluster.Polled:
		return sight{Over: true, Why: "its volume was full"}
	case u.full():
		return sight{Why: "its volume was full"}
	case !registered:
		return sight{Why: "the master did not know it"}
	}
	return sight{Well: true}
}
