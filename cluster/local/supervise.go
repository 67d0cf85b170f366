package local

// This file is the supervisor: the process that does what crew.go decides, and writes down how
// things are. It may be killed at any time; the next one goes on with what runs.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"shoal/cluster"
)

const (
	lookEvery  = 250 * time.Millisecond
	probeEvery = time.Second
)

// supervisor owns the state; only its loop touches it.
type supervisor struct {
	*state
	log      *slog.Logger
	ask      rest
	seen     map[string]sight // by the last probe
	children sync.WaitGroup
}

// Supervise looks after the cluster of a data directory until ctx ends, and then ends the cluster.
// A new cluster is also ended if starter, which is who started it, is gone before it has said that
// it is content with a byte.
func Supervise(ctx context.Context, data string, starter io.Reader, log *slog.Logger) error {
	data, err := realPath(data)
	if err != nil {
		return err
	}
	dir := cluster.Dir(data)
	lock, err := lockFile(filepath.Join(dir, cluster.LockFile))
	if err != nil {
		return fmt.Errorf("another supervisor is at work: %w", err)
	}
	defer lock.Close()
	st, err := readState(dir)
	if err != nil {
		return err
	}
	s := &supervisor{state: st, log: log, ask: newREST(10 * time.Second), seen: map[string]sight{}}
	s.Supervisor = processOf(os.Getpid())
	ctx, left := context.WithCancel(ctx)
	defer left()
	if s.Phase == cluster.Starting {
		go func() { // ends with the process at the latest
			if n, _ := starter.Read(make([]byte, 1)); n == 0 {
				left()
			}
		}()
	}
	if s.Phase != cluster.Ending {
		s.adopt()
		s.run(ctx)
	}
	err = s.shutdown(context.WithoutCancel(ctx))
	s.children.Wait()
	return err
}

// lockFile takes a lock that ends with the process.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// adopt ends what is not in the books; what is, goes on.
func (s *supervisor) adopt() {
	for _, m := range s.Crew.Members {
		if m.Proc.alive() {
			s.log.Info("taken over", "role", m.Role, "pid", m.Proc.PID)
		}
	}
	id := clusterID(s.dir)
	for _, p := range marked(id, "") {
		if s.Crew.find(roleOf(id, p)) == nil {
			p.signal(syscall.SIGKILL)
		}
	}
	if err := s.save(); err != nil {
		s.log.Error("state not saved", "err", err)
	}
}

func (s *supervisor) run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	probed := make(chan map[string]sight, 1)
	var last time.Time
	busy := false
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case s.seen = <-probed:
			busy = false
		case now := <-tick.C:
			if !busy && now.Sub(last) >= probeEvery {
				busy, last = true, now
				p := prober{state: *s.state, ask: s.ask}
				p.Crew.Members = slices.Clone(s.Crew.Members)
				go func() { probed <- p.probe(ctx) }()
			}
			s.turn(ctx)
		}
	}
}

// turn is one look at the wishes and at the members.
func (s *supervisor) turn(ctx context.Context) {
	before := s.summary()
	var w wanted
	if err := readJSON(s.path(wantedFile), &w); err == nil && w.Workers > 0 && w.Workers != s.Spec.Workers {
		s.Spec.Workers = w.Workers
		s.apply(ctx, want{time.Now(), w.Workers})
	}
	s.apply(ctx, look{time.Now(), s.sights()})
	if s.Phase == cluster.Starting && s.Crew.ready() {
		s.Phase = cluster.Ready
	}
	if s.summary() != before {
		if err := s.save(); err != nil {
			s.log.Error("state not saved", "err", err)
		}
	}
}

// ready tells whether all do their work.
func (c crew) ready() bool {
	return !slices.ContainsFunc(c.Members, func(m member) bool { return m.Phase != running })
}

// summary changes when there is something to write down.
func (s *supervisor) summary() string {
	text := fmt.Sprint(s.Phase, s.Spec.Workers, s.Crew.Opened)
	for _, m := range s.Crew.Members {
		text += fmt.Sprint(m.Role, m.Phase, m.Proc, m.Restarts)
	}
	return text
}

// sights joins what can be seen at once with what the last probe found.
func (s *supervisor) sights() map[string]sight {
	sights := map[string]sight{}
	for _, m := range s.Crew.Members {
		v, ok := s.seen[m.Role]
		if !ok {
			v = sight{PID: m.Proc.PID, Blind: true}
		}
		v.Alive = m.Proc.alive()
		sights[m.Role] = v
	}
	return sights
}

// apply takes an event, and does what follows.
func (s *supervisor) apply(ctx context.Context, e event) {
	var effects []effect
	s.Crew, effects = step(s.Crew, e)
	for _, f := range effects {
		if ctx.Err() != nil {
			return
		}
		if next := s.do(ctx, f); next != nil {
			s.apply(ctx, next)
		}
	}
}

func (s *supervisor) do(ctx context.Context, f effect) event {
	switch f.Deed {
	case start:
		proc, where, err := s.start(ctx, f.Role)
		if err != nil {
			s.log.Error("not started", "role", f.Role, "err", err)
			return stuck{time.Now(), f.Role, err.Error()}
		}
		s.log.Info("started", "role", f.Role, "pid", proc.PID)
		return began{f.Role, proc, where}
	case end:
		if m := s.Crew.find(f.Role); m != nil {
			s.log.Warn("to be started again", "role", f.Role, "pid", m.Proc.PID, "reason", m.Reason)
		}
		if err := finish(ctx, clusterID(s.dir), f.Role, 0); err != nil {
			s.log.Error("not ended", "role", f.Role, "err", err)
		}
	case retire:
		s.log.Info("leaving", "role", f.Role)
		if m := s.Crew.find(f.Role); m != nil && m.Proc.alive() {
			m.Proc.signal(decommission)
		}
	case remove:
		if err := s.volume(f.Role).remove(); err != nil {
			s.log.Error("volume not removed", "role", f.Role, "err", err)
		}
		if err := os.RemoveAll(s.path(f.Role)); err != nil {
			s.log.Error("folder not removed", "role", f.Role, "err", err)
		}
	}
	return nil
}

// decommission is the signal (SIGPWR) at which a worker hands on what it holds.
const decommission = syscall.Signal(30)

// start begins a role's process, in a group of its own, so that it outlives this one.
func (s *supervisor) start(ctx context.Context, role string) (p process, where place, err error) {
	if err := finish(ctx, clusterID(s.dir), role, 0); err != nil {
		return p, where, err
	}
	m := s.Crew.find(role)
	if err := os.RemoveAll(s.path(role, "tmp")); err != nil {
		return p, where, err
	}
	if err := os.MkdirAll(s.path(role, "tmp"), 0o700); err != nil {
		return p, where, err
	}
	if role == roleMaster {
		if err := os.MkdirAll(s.path(role, "recovery"), 0o700); err != nil {
			return p, where, err
		}
	}
	host, more := masterHost, []string{}
	if m.Index > 0 {
		if where, err = workerPlace(m.Index); err != nil {
			return p, where, err
		}
		if where.Method, where.Why, err = s.volume(role).prepare(); err != nil {
			return p, where, err
		}
		host, more = where.Host, []string{"SPARK_LOCAL_DIRS=" + s.volume(role).local()}
	}
	m.Place = where
	out, err := openLog(s.path("logs", role+".log"))
	if err != nil {
		return p, where, err
	}
	defer out.Close()
	cmd := exec.Command(s.Platform.Java, s.args(*m)...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.path(role), out, out
	cmd.Env = s.Platform.environment(s.mark(role), host, more...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return p, where, err
	}
	p = processOf(cmd.Process.Pid)
	s.children.Go(func() { cmd.Wait() }) // why it ended is in its log
	return p, where, nil
}

func (s *state) args(m member) []string {
	switch m.Role {
	case roleMaster:
		return s.masterArgs()
	case roleConnect:
		return s.connectArgs()
	}
	return s.workerArgs(m)
}

// openLog appends; a log that has become long is put aside first.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > 16*mib {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// shutdown ends it all: the Connect server first, which then closes its event log.
func (s *supervisor) shutdown(ctx context.Context) error {
	s.log.Info("ending")
	s.Phase = cluster.Ending
	err := errors.Join(s.save(), finish(ctx, clusterID(s.dir), roleConnect, 10*time.Second))
	return errors.Join(err, s.clear(ctx))
}

// clear ends all but the supervisor and takes away what is of no use later; logs stay.
func (s *state) clear(ctx context.Context) error {
	err := finish(ctx, clusterID(s.dir), "", 3*time.Second)
	roles, _ := filepath.Glob(s.path("worker-*"))
	for _, dir := range append(roles, s.path(roleMaster), s.path(roleConnect)) {
		err = errors.Join(err, s.volume(filepath.Base(dir)).remove(), os.RemoveAll(dir))
	}
	for _, file := range []string{wantedFile, cluster.StateFile} {
		if e := os.Remove(s.path(file)); e != nil && !errors.Is(e, os.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
