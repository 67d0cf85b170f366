package main

// This file is shoal cluster: a cluster of real Spark.

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kong"

	"shoal/cluster"
	"shoal/cluster/local"
)

type clusterCmd struct {
	Up        clusterUpCmd        `cmd:"" help:"Start a cluster."`
	Status    clusterStatusCmd    `cmd:"" help:"Say how the cluster is."`
	Resize    clusterResizeCmd    `cmd:"" help:"Change the number of workers."`
	Down      clusterDownCmd      `cmd:"" help:"End the cluster."`
	Supervise clusterSuperviseCmd `cmd:"" hidden:"" help:"Look after a cluster; shoal cluster up starts this."`
}

func (clusterCmd) Help() string {
	return `Real Spark on this machine: a master, workers as processes with a volume each, and a Spark Connect server.
It is there for what Shoal does not answer itself: a shoal serve with the same --data uses it. Examples:

  shoal cluster up --local --workers 4 --cores 1 --memory 1g
  shoal cluster status
  shoal cluster resize --workers 6
  shoal cluster down`
}

// clusterFlags are those of every command.
type clusterFlags struct {
	Data     string `help:"Directory the cluster belongs to." default:"${data}" type:"path"`
	SparkDir string `help:"Where Spark is installed if SPARK_HOME has none that serves, and its prepared classes kept. Default: spark in --data." type:"path" placeholder:"DIR"`
}

func (f *clusterFlags) provider() (*local.Provider, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return local.New(local.Options{Data: f.Data, SparkDir: f.SparkDir, SparkHome: os.Getenv("SPARK_HOME"),
		Supervisor: []string{self, "cluster", "supervise", "--data", f.Data}})
}

// say writes progress for the person who waits; standard output is for the answer.
func say(line string) { fmt.Fprintln(os.Stderr, line) }

// untilSignal ends with Ctrl-C or SIGTERM.
func untilSignal() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP, os.Interrupt)
}

type clusterUpCmd struct {
	clusterFlags
	Local        bool   `help:"On this machine; the only place so far." default:"true"`
	Workers      int    `help:"How many workers." default:"2"`
	Cores        int    `help:"Cores of each worker." default:"1"`
	Memory       string `help:"Memory of each worker for queries, such as 512m or 1g." default:"1g" placeholder:"SIZE"`
	DriverMemory string `help:"Memory of the Connect server." default:"1g" placeholder:"SIZE"`
	VolumeSize   string `help:"How much each worker's volume may hold, such as 10g; 0 is no limit. A file system of that size where mounting is permitted; else a worker beyond it is emptied and started again." default:"0" placeholder:"SIZE"`
	ConnectPort  int    `help:"Port of the Spark Connect server; 0 picks a free one." default:"0"`
	JSON         bool   `help:"Print the status as JSON when it is up."`
}

func (clusterUpCmd) Help() string {
	return `Returns when the cluster answers; the cluster goes on without it, and what dies of it is started again. Spark is
SPARK_HOME's, if that is 3.5 or later with Spark Connect, else it is installed once. Java 17 is needed. Examples:

  shoal cluster up --local --workers 4 --cores 1 --memory 1g
  shoal cluster up --workers 2 --cores 4 --memory 8g --volume-size 20g --connect-port 15003
  SPARK_HOME=~/spark shoal cluster up --data ./data --json`
}

// Run starts a cluster.
func (c *clusterUpCmd) Run(k *kong.Context) error {
	spec := cluster.Spec{Workers: c.Workers, Cores: c.Cores, ConnectPort: c.ConnectPort}
	for flag, f := range map[string]struct {
		text string
		size *int64
	}{"--memory": {c.Memory, &spec.Memory}, "--driver-memory": {c.DriverMemory, &spec.DriverMemory}, "--volume-size": {c.VolumeSize, &spec.VolumeSize}} {
		var err error
		if *f.size, err = local.ParseSize(f.text); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
	}
	if !c.Local {
		return errors.New("only --local clusters can be started so far")
	}
	p, err := c.provider()
	if err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	begin := time.Now()
	st, err := p.Up(ctx, spec, say)
	if err != nil {
		return err
	}
	say(fmt.Sprintf("ready after %.1f s", time.Since(begin).Seconds()))
	return printCluster(k.Stdout, st, c.JSON)
}

type clusterStatusCmd struct {
	clusterFlags
	JSON bool `help:"Print JSON."`
}

func (clusterStatusCmd) Help() string {
	return `Examples:

  shoal cluster status
  shoal cluster status --data ./data --json`
}

// Run prints how the cluster is.
func (c *clusterStatusCmd) Run(k *kong.Context) error {
	p, err := c.provider()
	if err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	st, err := p.Status(ctx)
	if err != nil {
		return adviseUp(err)
	}
	return printCluster(k.Stdout, st, c.JSON)
}

type clusterResizeCmd struct {
	clusterFlags
	Workers int  `help:"How many workers there are to be." required:""`
	JSON    bool `help:"Print the status as JSON when it is done."`
}

func (clusterResizeCmd) Help() string {
	return `Workers that are too many finish their tasks and hand on what they hold before they end. Examples:

  shoal cluster resize --workers 6
  shoal cluster resize --workers 2 --data ./data --json`
}

// Run changes the number of workers.
func (c *clusterResizeCmd) Run(k *kong.Context) error {
	p, err := c.provider()
	if err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	st, err := p.Resize(ctx, c.Workers, say)
	if err != nil {
		return adviseUp(err)
	}
	return printCluster(k.Stdout, st, c.JSON)
}

type clusterDownCmd struct {
	clusterFlags
	JSON bool `help:"Print JSON."`
}

func (clusterDownCmd) Help() string {
	return `Ends every process of the cluster and removes the volumes; tables, logs and event logs stay. Examples:

  shoal cluster down
  shoal cluster down --data ./data`
}

// Run ends the cluster.
func (c *clusterDownCmd) Run(k *kong.Context) error {
	p, err := c.provider()
	if err != nil {
		return err
	}
	if err := p.Down(context.Background(), say); err != nil { // not to be left half done
		return err
	}
	if c.JSON {
		return json.NewEncoder(k.Stdout).Encode(map[string]bool{"running": false})
	}
	fmt.Fprintln(k.Stdout, "no cluster is running")
	return nil
}

type clusterSuperviseCmd struct {
	Data string `required:"" type:"path"`
}

// Run looks after a cluster until SIGTERM, and then ends it.
func (c *clusterSuperviseCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return local.Supervise(ctx, c.Data, os.Stdin, slog.New(slog.NewTextHandler(os.Stderr, nil)))
}

func adviseUp(err error) error {
	if errors.Is(err, cluster.ErrNone) {
		return fmt.Errorf("%w; shoal cluster up starts one", err)
	}
	return err
}

// attachCluster gives shoal serve the Connect server of the cluster that runs for its data, if it
// was given no other.
func attachCluster(o *serveCmd, log *slog.Logger) {
	url, ok := cluster.Running(o.Data)
	if o.Spark != "" || !ok {
		return
	}
	o.Spark = url
	log.Info("the cluster of this data directory is attached", "spark", url)
	p, err := (&clusterFlags{Data: o.Data}).provider()
	if err == nil {
		err = p.Adopt(func(line string) { log.Info(line) })
	}
	if err != nil {
		log.Warn("the cluster has no supervisor", "err", err)
	}
}

// printCluster prints a table, or JSON.
func printCluster(out io.Writer, st *cluster.Status, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(st)
	}
	fmt.Fprintf(out, "Spark %s, %s, %s\n\n", st.Spark, st.Phase, st.Connect)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PROCESS\tALIVE\tSTATE\tPID\tRESTARTS\tCORES\tMEMORY\tTASKS\tSHUFFLED\tVOLUME")
	for _, p := range []struct {
		name string
		cluster.Process
	}{{"supervisor", st.Supervisor}, {"master", st.Master}, {"connect", st.Driver}} {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t\t\t\t\t\n", p.name, yesNo(p.Alive), p.State, p.PID, p.Restarts)
	}
	for _, p := range st.Workers {
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%d\t%s\t%s\n", p.Name, yesNo(p.Alive), p.State, p.PID, p.Restarts, p.Cores,
			local.Size(p.Memory), p.RunningTasks, local.Size(p.Shuffled), volumeText(p.Volume))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range st.Workers {
		if p.Reason != "" {
			fmt.Fprintf(out, "%s was started again: %s\n", p.Name, p.Reason)
		}
	}
	if len(st.Notes) > 0 {
		fmt.Fprintf(out, "\n%s\n", strings.Join(st.Notes, "\n"))
	}
	return nil
}

func volumeText(v cluster.Volume) string {
	if v.Limit == 0 {
		return fmt.Sprintf("%s, %s, no limit", v.Path, local.Size(v.Used))
	}
	return fmt.Sprintf("%s, %s of %s (%s)", v.Path, local.Size(v.Used), local.Size(v.Limit), v.Method)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
