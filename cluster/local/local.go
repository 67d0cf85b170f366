// Package local runs a cluster of real Spark on this machine: a master, workers as processes of
// their own with a volume each, and a Spark Connect server, all on the loopback. [New] gives the
// provider, whose methods are short: a supervisor, a process of its own that runs [Supervise],
// starts everything and starts again what dies. What belongs to a cluster is known by a mark in
// its environment, so that nothing is left running and nothing else is touched. The package knows
// no client of Spark; how the processes are is asked over their own JSON pages.
package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"shoal/cluster"
)

// Options say where things are.
type Options struct {
	Data       string   // the data directory
	SparkHome  string   // a Spark to use, if it serves
	SparkDir   string   // where Spark is installed and its archive of classes kept; DATA/spark when empty
	Supervisor []string // the command that runs Supervise for the data directory
}

// Provider is the local one.
type Provider struct{ Options }

var _ cluster.Provider = (*Provider)(nil)

// upLimit is how long a cluster may take to answer.
const upLimit = 5 * time.Minute

// New gives the provider for a data directory.
func New(o Options) (*Provider, error) {
	if runtime.GOOS != "linux" {
		return nil, errors.New("a local cluster needs Linux")
	}
	data, err := realPath(o.Data)
	if err != nil {
		return nil, err
	}
	if strings.ContainsAny(data, " \t\n:*") {
		return nil, fmt.Errorf("the data directory %q has a space, colon or star in its name, which Spark's class path cannot hold", data)
	}
	o.Data = data
	if o.SparkDir == "" {
		o.SparkDir = filepath.Join(data, "spark")
	}
	return &Provider{o}, nil
}

// realPath is a folder's path for good: a link on the way may point elsewhere tomorrow.
func realPath(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return "", err
	}
	return filepath.Abs(dir)
}

func (p *Provider) dir() string { return cluster.Dir(p.Data) }

// commandLock keeps commands that change the cluster apart.
func (p *Provider) commandLock() (*os.File, error) {
	if err := os.MkdirAll(p.dir(), 0o700); err != nil {
		return nil, err
	}
	f, err := lockFile(filepath.Join(p.dir(), "command.lock"))
	if err != nil {
		return nil, fmt.Errorf("another shoal cluster command is at work on %s", p.Data)
	}
	return f, nil
}

// Up starts a cluster. One whose supervisor died gets a new one.
func (p *Provider) Up(ctx context.Context, spec cluster.Spec, say cluster.Progress) (*cluster.Status, error) {
	lock, err := p.commandLock()
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	if err := check(spec, machineMemory()); err != nil {
		return nil, err
	}
	if url, ok := cluster.Running(p.Data); ok {
		if err := p.resume(say); err != nil {
			return nil, err
		}
		st, err := p.Status(ctx)
		if err == nil && len(st.Workers) != spec.Workers {
			err = fmt.Errorf("a cluster of %d workers runs already (%s): shoal cluster resize changes their number, down ends it", len(st.Workers), url)
		}
		return st, err
	}
	if err := p.end(ctx, say); err != nil { // what a crash left
		return nil, err
	}
	st, err := p.make(ctx, spec, say)
	if err == nil {
		err = p.launch(ctx, st, say)
	}
	if err != nil {
		return nil, errors.Join(err, p.end(context.WithoutCancel(ctx), say))
	}
	return p.Status(ctx)
}

// make writes the state of a cluster that is to begin.
func (p *Provider) make(ctx context.Context, spec cluster.Spec, say cluster.Progress) (*state, error) {
	st := &state{dir: p.dir(), Spec: spec}
	st.Provider, st.Phase = "local", cluster.Starting
	for _, dir := range []string{p.dir(), p.SparkDir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	for _, port := range []*int{&st.Ports.Master, &st.Ports.MasterUI, &st.Ports.Connect, &st.Ports.DriverUI} {
		var err error
		if *port, err = freePort(masterHost); err != nil {
			return nil, err
		}
	}
	if spec.ConnectPort != 0 {
		st.Ports.Connect = spec.ConnectPort
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", masterHost, spec.ConnectPort))
		if err != nil {
			return nil, fmt.Errorf("port %d for the Connect server: %w", spec.ConnectPort, err)
		}
		l.Close()
	}
	st.Connect = fmt.Sprintf("sc://%s:%d", masterHost, st.Ports.Connect)
	var err error
	if st.Platform, err = p.platform(ctx, st, say); err != nil {
		return nil, err
	}
	now := time.Now()
	st.Crew.Members = []member{{Role: roleMaster, Phase: waiting, At: now}, {Role: roleConnect, Phase: waiting, At: now}}
	st.Crew, _ = step(st.Crew, want{now, spec.Workers})
	return st, errors.Join(st.writeConf(), writeJSON(st.path(wantedFile), wanted{spec.Workers}), st.save())
}

// platform finds what the processes run on.
func (p *Provider) platform(ctx context.Context, st *state, say cluster.Progress) (f platform, err error) {
	// Without any Java there is no use in installing Spark.
	if _, err := findJava(ctx, "4"); err != nil && p.SparkHome == "" {
		return f, err
	}
	if f.Spark, err = findSpark(ctx, p.SparkHome, p.SparkDir, say); err != nil {
		return f, err
	}
	if f.Java, err = findJava(ctx, f.Spark.Version); err != nil {
		return f, err
	}
	f.Conf = filepath.Join(p.SparkDir, "conf")
	if err := os.MkdirAll(f.Conf, 0o700); err != nil {
		return f, err
	}
	if err := f.askLauncher(ctx); err != nil {
		return f, err
	}
	if f.Archive, err = findArchive(ctx, f, p.SparkDir, st.mark("training"), say); err != nil {
		if ctx.Err() != nil {
			return f, ctx.Err()
		}
		say(fmt.Sprintf("Spark's classes could not be prepared, so it will begin more slowly: %v", err))
	}
	return f, nil
}

// launch starts the supervisor and waits until the cluster answers.
func (p *Provider) launch(ctx context.Context, st *state, say cluster.Progress) error {
	say(fmt.Sprintf("starting Spark %s: %s", st.Platform.Spark.Version, sumOf(st.Spec)))
	content, died, err := p.supervisor()
	if err != nil {
		return err
	}
	defer content.Close()
	ctx, cancel := context.WithTimeout(ctx, upLimit)
	defer cancel()
	told := ""
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the cluster was not ready: %w", ctx.Err())
		case <-died:
			return fmt.Errorf("the supervisor ended: %s", p.logTail(roleSupervisor))
		case <-time.After(100 * time.Millisecond):
		}
		now, err := readState(p.dir())
		if err != nil {
			continue // the supervisor's end is told above
		}
		if line := now.Crew.progress(); line != told {
			told = line
			say(line)
		}
		if now.Phase == cluster.Ready {
			_, err := content.Write([]byte{1})
			return err
		}
		for _, m := range now.Crew.Members {
			if m.Fails >= 3 {
				return fmt.Errorf("the %s does not start: %s: %s", m.Role, m.Reason, p.logTail(m.Role))
			}
		}
	}
}

// progress says how far the start is.
func (c crew) progress() string {
	workers, up := 0, 0
	phases := map[string]phase{}
	for _, m := range c.Members {
		if m.Index == 0 {
			phases[m.Role] = m.Phase
			continue
		}
		workers++
		if m.Phase == running {
			up++
		}
	}
	return fmt.Sprintf("  master %s, %d of %d workers running, Connect server %s", phases[roleMaster], up, workers, phases[roleConnect])
}

// supervisor starts one. It writes to content when the cluster may stay.
func (p *Provider) supervisor() (content io.WriteCloser, died <-chan struct{}, err error) {
	st := &state{dir: p.dir()}
	if err := os.MkdirAll(st.path("logs"), 0o700); err != nil {
		return nil, nil, err
	}
	out, err := openLog(st.path("logs", roleSupervisor+".log"))
	if err != nil {
		return nil, nil, err
	}
	defer out.Close()
	cmd := exec.Command(p.Supervisor[0], p.Supervisor[1:]...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = "/", out, out
	cmd.Env = append(os.Environ(), markVar+"="+st.mark(roleSupervisor))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if content, err = cmd.StdinPipe(); err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	done := make(chan struct{})
	go func() { // it outlives us, mostly
		cmd.Wait()
		close(done)
	}()
	return content, done, nil
}

// logTail is the end of a role's log.
func (p *Provider) logTail(role string) string {
	path := filepath.Join(p.dir(), "logs", role+".log")
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s (%s)", lastLine(text), path)
}

// Adopt gives a running cluster a supervisor again, if it has lost its own.
func (p *Provider) Adopt(say cluster.Progress) error {
	lock, err := p.commandLock()
	if err != nil {
		return nil // whoever is at work sees to it
	}
	defer lock.Close()
	if _, ok := cluster.Running(p.Data); !ok {
		return nil
	}
	return p.resume(say)
}

func (p *Provider) resume(say cluster.Progress) error {
	if cluster.Locked(filepath.Join(p.dir(), cluster.LockFile)) {
		return nil
	}
	say("the cluster had lost its supervisor; it gets a new one")
	content, died, err := p.supervisor()
	if err != nil {
		return err
	}
	content.Close()
	for range 100 {
		select {
		case <-died:
			return fmt.Errorf("the supervisor ended: %s", p.logTail(roleSupervisor))
		case <-time.After(50 * time.Millisecond):
		}
		if st, err := readState(p.dir()); err == nil && st.Supervisor.alive() {
			return nil
		}
	}
	return errors.New("the supervisor does not begin")
}

// Resize changes the number of workers.
func (p *Provider) Resize(ctx context.Context, workers int, say cluster.Progress) (*cluster.Status, error) {
	lock, err := p.commandLock()
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	st, err := readState(p.dir())
	if err != nil {
		return nil, err
	}
	if _, ok := cluster.Running(p.Data); !ok {
		return nil, cluster.ErrNone
	}
	spec := st.Spec
	spec.Workers = workers
	if err := check(spec, machineMemory()); err != nil {
		return nil, err
	}
	if err := p.resume(say); err != nil {
		return nil, err
	}
	if err := writeJSON(st.path(wantedFile), wanted{workers}); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, upLimit)
	defer cancel()
	for told := ""; ; pause(ctx, 100*time.Millisecond) {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%d workers were asked for; that goes on: %w", workers, ctx.Err())
		}
		if st, err = readState(p.dir()); err != nil {
			return nil, err
		}
		if line := st.Crew.progress(); line != told {
			told = line
			say(line)
		}
		if st.Spec.Workers == workers && len(st.Crew.Members) == workers+2 && st.Crew.ready() {
			return p.Status(ctx)
		}
	}
}

// Down ends a cluster. It does not wait for another command: an Up under way fails.
func (p *Provider) Down(ctx context.Context, say cluster.Progress) error {
	if _, err := os.Stat(p.dir()); err != nil {
		return nil
	}
	return p.end(ctx, say)
}

// end ends the supervisor, which ends the rest, and then what it may have left.
func (p *Provider) end(ctx context.Context, say cluster.Progress) error {
	id := clusterID(p.dir())
	if all := marked(id, ""); len(all) > 0 {
		say(fmt.Sprintf("ending %d processes", len(all)))
	}
	if err := finish(ctx, id, roleSupervisor, 30*time.Second); err != nil {
		return err
	}
	st := &state{dir: p.dir()}
	return st.clear(ctx)
}
