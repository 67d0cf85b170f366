package engine

// This file picks the engine that runs a query, and says why.

import (
	"cmp"
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
	// Remote, if set, takes what none of the engines accepts, and what it answers sooner.
	Remote Remote
	// Experience corrects what engines expect. Who runs queries adds to it.
	Experience Experience
}

// Expected is an engine with what is expected of it.
type Expected struct {
	Name     string // of the engine; "": there is none
	Estimate Estimate
}

// Choice is what runs a query: an engine or the remote server, and why, in words fit for EXPLAIN.
type Choice struct {
	Engine   Engine // nil: the remote server
	Estimate Estimate
	Why      string
	Key      uint64   // what the query takes is to be remembered under
	Other    Expected // the best of those that were not chosen, if there is one
	failed   bool     // at such a query, of late
	times    float64  // as long as guessed it takes, by experience; 0: there is none
	// Free says that the query could run in this process, too: the remote server is only expected to be sooner.
	Free bool
}

// Pick chooses the engine that is expected to answer soonest among those that accept q. The error
// is that of the engine the conf names, or that of the first engine when none accepts q.
func (r *Router) Pick(q Query) (Choice, error) {
	q.Work = WorkOf(q.Plan)
	want, _ := q.Settings.Get(ConfEngine)
	want = strings.ToLower(want)
	if want != "" && want != "auto" {
		return r.forced(want, q)
	}
	var best Choice
	var refusals []string
	var first error
	for _, e := range r.Engines {
		err := e.Accepts(q)
		switch {
		case e.Name() == q.Without:
			refusals = append(refusals, e.Name()+" ran out of memory")
		case err != nil:
			refusals = append(refusals, fmt.Sprintf("%s refuses: %s", e.Name(), Reason(err)))
		default:
			if c := r.choice(e, q); best.Engine == nil || c.Estimate.before(best.Estimate) {
				best = c
			}
			continue
		}
		if first == nil {
			first = err
		}
	}
	if best.Engine == nil && first == nil && q.Without == "" {
		first = fault.Unsupported("no engine is attached")
	}
	if best.Engine == nil && r.Remote == nil {
		return Choice{Why: strings.Join(refusals, "; ")}, first
	}
	if r.Remote == nil || best.Engine != nil && !q.Elsewhere {
		best.Why = strings.Join(refusals, "; ")
		if best.Why == "" {
			best.Why = soonest
		}
		return best, nil
	}
	there := Choice{Why: strings.Join(refusals, "; "), Key: keyOf(q), Estimate: r.there(q)}
	if best.Engine == nil {
		return there, nil
	}
	there.Estimate = r.beside(there.Estimate, best, q)
	return r.sooner(best, there), nil
}

// beside is what is expected of the remote server in the light of what is known here. A query that has turned out to be more work than
// it looks is more work there, too, if nobody knows better. And a server on this machine has the same processors: what is at work
// here, or waits, is in its way. Else a crowd of short questions would be sent where each of them costs ten times as much.
func (r *Router) beside(there Estimate, here Choice, q Query) Estimate {
	if _, runs := r.Experience.Expected(r.Remote.Name(), here.Key); runs == 0 && !here.failed {
		there.Latency *= max(1, here.times)
	}
	if s, ok := r.Remote.(Sharing); ok && s.SharesFiles() && q.Load != nil {
		load := q.Load(here.Engine.Name(), here.Estimate)
		there.Latency = load.Wait + there.Latency*float64(1+load.Beside)
	}
	return there
}

const soonest = "expected to answer soonest"

// before tells which of two estimates is the better one: that of an engine that fails is not.
func (e Estimate) before(other Estimate) bool {
	if e.Fails != other.Fails {
		return other.Fails
	}
	return e.Latency < other.Latency
}

// sooner chooses between an engine of this process and the remote server. The margin is in favour of the first: what runs there
// cannot be moved here when it takes longer than expected.
func (r *Router) sooner(here, there Choice) Choice {
	near, far := Expected{here.Engine.Name(), here.Estimate}, Expected{r.Remote.Name(), there.Estimate}
	here.Other, there.Other, there.Free = far, near, true
	margin := marginFor(here.Estimate.Confidence, there.Estimate.Confidence)
	switch {
	case here.Estimate.Fails && !there.Estimate.Fails:
		there.Why = fmt.Sprintf("%s is expected to run out of memory, with %s at once", near.Name, Bytes(here.Estimate.PeakMemory))
		if here.failed {
			there.Why = near.Name + " ran out of memory at such a query"
		}
		return there
	case there.Estimate.Latency*margin < here.Estimate.Latency:
		there.Why = fmt.Sprintf("%s: in %s, and in %s on %s", soonest, Seconds(far.Estimate.Latency), Seconds(near.Estimate.Latency), near.Name)
		return there
	case there.Estimate.Latency < here.Estimate.Latency:
		here.Why = fmt.Sprintf("%s may answer sooner, in %s instead of %s, but that is too uncertain", far.Name, Seconds(far.Estimate.Latency),
			Seconds(near.Estimate.Latency))
	default:
		here.Why = fmt.Sprintf("%s: in %s, and in %s on %s", soonest, Seconds(near.Estimate.Latency), Seconds(far.Estimate.Latency), far.Name)
	}
	return here
}

// marginFor is how many times as soon the remote server must be expected to answer to be chosen: 1.2 times where both estimates
// come from experience, up to 3 times where they are guesses.
func marginFor(one, other float64) float64 {
	return 1.2 + 2*max(0, min(1, surely-min(one, other)))
}

// keyOf is what a query's costs are remembered under.
func keyOf(q Query) uint64 { return Key(q.Fingerprint, q.Work.CPUSeconds*1e6) }

// choice is an engine with what is expected of it.
func (r *Router) choice(e Engine, q Query) Choice {
	key := keyOf(q)
	guess := e.Estimate(q).sane()
	c := Choice{Engine: e, Estimate: r.corrected(e.Name(), key, guess, q), Key: key}
	c.failed = c.Estimate.Fails && !guess.Fails
	if took, runs := r.Experience.Expected(e.Name(), key); runs > 0 && guess.Latency > 0 {
		c.times = took.Latency / guess.Latency
	}
	return c
}

// sane is an estimate with which one can reckon: footers may lie, and products of their numbers may be anything.
func (e Estimate) sane() Estimate {
	const longest, largest = 1e9, 1 << 60
	for _, x := range []*float64{&e.Latency, &e.CPUSeconds} {
		if !(*x <= longest) { // NaN, too
			*x = longest
		}
		*x = max(0, *x)
	}
	e.Bytes, e.PeakMemory = max(0, min(e.Bytes, largest)), max(0, min(e.PeakMemory, largest))
	if !(e.Confidence >= 0 && e.Confidence <= 1) {
		e.Confidence = 0
	}
	return e
}

// there is what is expected of the remote server.
func (r *Router) there(q Query) Estimate {
	return r.corrected(r.Remote.Name(), keyOf(q), q.Work.OnSpark(cmp.Or(q.Cores, fewCores)).sane(), q)
}

// fewCores is what a remote server is taken to have that does not say.
const fewCores = 2

// corrected is a guess after experience, and beside what else is at work now.
func (r *Router) corrected(name string, key uint64, guess Estimate, q Query) Estimate {
	e := r.Experience.corrected(name, key, guess)
	if q.Load != nil {
		load := q.Load(name, e)
		e.Latency = load.Wait + e.Latency*float64(1+load.Beside)
	}
	return e
}

// forced gives the engine the conf names, whatever the others can do.
func (r *Router) forced(name string, q Query) (Choice, error) {
	why := ConfEngine + " = " + name
	if r.Remote != nil && r.Remote.Name() == name {
		return Choice{Why: why, Key: keyOf(q), Estimate: r.there(q)}, nil
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

// Seconds and Bytes write what estimates have, for people.
func Seconds(s float64) string { return fmt.Sprintf("%.3g s", s) }

// Bytes writes a size with the unit that fits.
func Bytes(n int64) string {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if one := int64(1) << (30 - 10*i); n >= one {
			return fmt.Sprintf("%.3g %s", float64(n)/float64(one), unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// Reason is a refusal in few words.
func Reason(err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Params["reason"] != "" {
		return f.Params["reason"]
	}
	return err.Error()
}
