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
}

// Choice is what runs a query: an engine or the remote server, and why, in words fit for EXPLAIN.
type Choice struct {
	Engine   Engine // nil: the remote server
	Estimate Estimate
	Why      string
}

// Pick chooses the engine that is expected to answer soonest among those that accept q. The error
// is that of the engine the conf names, or that of the first engine when none accepts q.
func (r *Router) Pick(q Query) (Choice, error) {
	want, _ := q.Settings.Get(ConfEngine)
	want = strings.ToLower(want)
	if want != "" && want != "auto" {
		return r.forced(want, q)
	}
	var best Engine
	var estimate Estimate
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
		if est := e.Estimate(q); best == nil || est.Latency < estimate.Latency {
			best, estimate = e, est
		}
	}
	if best == nil && first == nil {
		first = fault.Unsupported("no engine is attached")
	}
	why := "expected to answer soonest"
	if len(refusals) > 0 {
		why = strings.Join(refusals, "; ")
	}
	if best == nil && r.Remote == nil {
		return Choice{Why: why}, first
	}
	return Choice{Engine: best, Estimate: estimate, Why: why}, nil
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
		return Choice{Engine: e, Estimate: e.Estimate(q), Why: why}, nil
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
