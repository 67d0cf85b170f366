package session

// This file learns what the attached Spark is.

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/engine"
	"shoal/plan"
	"shoal/sched"
)

// Attach asks the attached Spark about itself once, so that the first sessions begin with its
// defaults. Without an answer [Registry.Watch] goes on asking.
func (r *Registry) Attach(ctx context.Context) {
	if remote := r.Router.Remote; remote != nil {
		if about, err := remote.About(ctx); err == nil {
			r.attached(about)
		}
	}
}

// attach asks the attached Spark about itself until it answers: its version, and the values its
// sessions begin with, which are from then on those of new sessions here.
func (r *Registry) attach(ctx context.Context) {
	remote := r.Router.Remote
	if remote == nil {
		return
	}
	told := ""
	for pause := time.Second; ; pause = min(2*pause, 30*time.Second) {
		about, err := remote.About(ctx)
		if err == nil {
			r.attached(about)
			r.warm(ctx)
			var kept sync.WaitGroup
			kept.Go(func() { r.keep(ctx, about.Reserve) })
			r.size(ctx)
			kept.Wait()
			return
		}
		if text := err.Error(); text != told && ctx.Err() == nil {
			told = text
			r.Log.Warn("the attached Spark does not answer", "engine", remote.Name(), "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// sizeEvery is how often the attached Spark is asked for its size: workers come and go.
const sizeEvery = time.Minute

// size gives the pools of the attached Spark as many slots as go with its size, again and again until ctx ends.
func (r *Registry) size(ctx context.Context) {
	sized, ok := r.Router.Remote.(engine.Sized)
	if !ok {
		return
	}
	for {
		if cores, err := sized.Cores(ctx); err == nil && cores > 0 {
			r.cores.Store(int64(cores))
			shorts, heavies := slotsThere(cores)
			if r.Sched != nil {
				r.Sched.Resize(sched.Pool{Engine: r.Router.Remote.Name(), Lane: sched.Short}, shorts)
				r.Sched.Resize(sched.Pool{Engine: r.Router.Remote.Name(), Lane: sched.Heavy}, heavies)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(sizeEvery):
		}
	}
}

// slotsThere are the short and the heavy requests that may run at the same time on so many cores. One heavy one fills all
// cores as soon as it has tasks enough; a second one takes memory, and from the other.
func slotsThere(cores int) (shorts, heavies int) { return max(4, cores), max(1, cores/4) }

// warm has the attached Spark load what its first query would wait for, up to half a minute: the metastore of its catalog.
func (r *Registry) warm(ctx context.Context) {
	s := r.Router.Remote.Open(uuid.NewString(), "shoal")
	if _, err := s.Sync(ctx, engine.State{Version: 1, Database: plan.Quote(catalog.DefaultDatabase)}); err != nil {
		r.Log.Debug("the attached Spark's catalog was not loaded", "err", err)
	}
	if err := s.Close(context.WithoutCancel(ctx)); err != nil {
		r.Log.Debug("end of a session on the attached Spark", "err", err)
	}
}

// attached takes over what the attached Spark said.
func (r *Registry) attached(about engine.About) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.about.CompareAndSwap(nil, &about) {
		return
	}
	next := maps.Clone(r.conf)
	maps.Copy(next, about.Conf)
	maps.Copy(next, r.Conf) // what the operator wants stands above both
	r.conf = next
	r.Log.Info("attached", "engine", r.Router.Remote.Name(), "version", about.Version)
	if !about.Fair {
		r.Log.Warn("the attached Spark works off its jobs one after the other, so that short queries wait for long ones: " +
			"start it with spark.scheduler.mode=FAIR, and with pools in spark.scheduler.allocation.file")
	}
}

// serverConf is what stands above Spark's defaults for a session that begins now.
func (r *Registry) serverConf() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.conf
}

// SparkVersion is the version of Spark that clients are told: the attached one's, or our own.
func (s *Session) SparkVersion(own string) string {
	if about := s.room.about.Load(); about != nil {
		return about.Version
	}
	return own
}
