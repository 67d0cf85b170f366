package engine

// This file picks the engine that runs a query.

import (
	"errors"
	"fmt"
	"strings"

	"shoal/fault"
)

// ConfEngine is the conf that forces an engine: auto, or an engine's name.
const ConfEngine = "shoal.engine"

// Router picks the engine for a query. Engines are in order of preference for equal estimates.
type Router struct {
	Engines []Engine
	// Remote, if set, takes what none of the engines accepts.
	Remote Remote
	// Experience corrects what engines expect. Who runs queries adds to it.
	Experience Experience
}

// Choice is what runs a query: an engine or the remote server, and why, in words fit for EXPLAIN.
type Choice struct {
	Engine   Engine // nil: the remote server
	Estimate Estimate
	Why      string
	Key      uint64 // what the query takes is to be remembered under
}

// Pick chooses the engine that is expected to answer soonest among those that accept q. The error
// is that of the engine the conf names, or that of the first engine when none accepts q.
func (r *Router) Pick(q Query) (Choice, error) {
	want, _ := q.Settings.Get(ConfEngine)
	want = strings.ToLower(want)
	if want != "" && want != "auto" {
		return r.forced(want, q)
	}
	var best Choice
	var refusals []string
	var first error
	for _, e := range r.Engines {
		if err := e.Accepts(q); err != nil {
			refusals = append(refusals, fmt.Sprintf("%s refuses: %s", e.Name(), Reason(err)))
			if first == nil {
				first = err
			}
			continue
		}
		if c := r.choice(e, q); best.Engine == nil || c.Estimate.Latency < best.Estimate.Latency {
			best = c
		}
	}
	if best.Engine == nil && first == nil {
		first = fault.Unsupported("no engine is attached")
	}
	best.Why = "expected to answer soonest"
	if len(refusals) > 0 {
		best.Why = strings.Join(refusals, "; ")
	}
	if best.Engine == nil && r.Remote == nil {
		return best, first
	}
	return best, nil
}

// choice is an engine with what is expected of it.
func (r *Router) choice(e Engine, q Query) Choice {
	guess := e.Estimate(q)
	key := Key(q.Fingerprint, guess.CPUSeconds*1e6)
	return Choice{Engine: e, Estimate: r.Experience.corrected(e.Name(), key, guess), Key: key}
}

// forced gives the engine the conf names, whatever the others can do.
func (r *Router) forced(name string, q Query) (Choice, error) {
	why := ConfEngine + " = " + name
	if r.Remote != nil && r.Remote.Name() == name {
		return Choice{Why: why}, nil
	}
	for _, e := range r.Engines {
		if e.Name() != name {
			continue
		}
		if err := e.Accepts(q); err != nil {
			return Choice{Why: why}, err
		}
		c := r.choice(e, q)
		c.Why = why
		return c, nil
	}
	return Choice{Why: why}, fault.Unsupported("%s asks for the engine %q, which is not attached", ConfEngine, name)
}

// Reason is a refusal in few words.
func Reason(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Params["reason"] != "" {
		return f.Params["reason"]
	}
	return err.Error()
}
