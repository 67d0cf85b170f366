package main

// This file is shoal plan.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"shoal/planner/catalogue"
	"shoal/planner/rank"
	"shoal/planner/report"
	"shoal/planner/workload"
)

type planCmd struct {
	File      planFileCmd      `cmd:"" default:"withargs" help:"Compare clusters under a workload file, or under what event logs tell."`
	Logs      planLogsCmd      `cmd:"" help:"Say what went wrong in Spark's event logs, and what to do."`
	Catalogue planCatalogueCmd `cmd:"" help:"List the instance types the planner knows."`
}

func (planCmd) Help() string {
	return `The file says who asks what, for how much money, and which clusters to compare; planner/workload/README.md
explains it. Examples:

  shoal plan examples/interactive-ml.yaml
  shoal plan examples/interactive-ml.yaml --html report.html
  shoal plan my.yaml --prices our-discounts.csv --emr 'C*' --emr-dir ./emr
  shoal plan --from-log /var/log/spark-events --budget 24        what would answer fastest for that money?
  shoal plan --from-log /var/log/spark-events shapes.yaml        which of these shapes?
  shoal history --workload --since 168h | shoal plan - --budget 24   which cluster for the queries of the last week?
  shoal plan logs /var/log/spark-events
  shoal plan catalogue --kind balanced --on-emr

--emr writes instance-groups.json and configurations.json (and fairscheduler.xml, where the workload has lanes), which
the AWS CLI takes:

  aws emr create-cluster --name analysts --release-label emr-7.9.0 --applications Name=Spark --use-default-roles
    --region us-east-1 --instance-groups file://emr/instance-groups.json --configurations file://emr/configurations.json`
}

type planFileCmd struct {
	Workload  string   `arg:"" optional:"" help:"The workload, YAML; - reads it from standard input." placeholder:"FILE"`
	JSON      bool     `help:"Print the whole report as JSON."`
	Full      bool     `help:"Print all that the report has."`
	HTML      string   `name:"html" help:"Also write the report as one HTML page with charts." placeholder:"OUT.html"`
	FromLog   string   `name:"from-log" help:"Take users, queries and jobs from Spark's event logs." placeholder:"DIR"`
	Partial   bool     `help:"Exit 0 also where logs could be read only in part."`
	CoreSpeed float64  `name:"core-speed" help:"How fast a core was that wrote the logs, in m5 vCPUs." default:"1"`
	Budget    *float64 `help:"Dollars an hour, instead of the file's." placeholder:"USD"`
	Search    bool     `help:"Also look through the catalogue for the best shapes."`
	Prices    []string `help:"A CSV file of own prices: instance_type,region,usd_per_hour[,emr_usd_per_hour][,spot_usd_per_hour]." placeholder:"FILE"`
	EMR       string   `name:"emr" help:"Also write the EMR configuration of the shape of that name." placeholder:"NAME"`
	EMRDir    string   `name:"emr-dir" help:"Where to write it." default:"." placeholder:"DIR"`
}

// Run plans and prints.
func (c *planFileCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return c.run(ctx, os.Stdin, os.Stdout, os.Stderr)
}

// planned is the JSON of a report; of one that rests on logs, with what these told.
type planned struct {
	*rank.Report
	Logs *logReport `json:"logs,omitempty"`
}

func (c *planFileCmd) run(ctx context.Context, in io.Reader, out, progress io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	cat, err := openCatalogue(c.Prices)
	if err != nil {
		return err
	}
	var logs *logReport
	if c.FromLog != "" {
		if logs, err = readLogs(ctx, c.FromLog, progress); err != nil {
			return err
		}
	}
	answer := planned{Logs: logs}
	if logs == nil || c.Workload != "" || c.Budget != nil || c.Search {
		w, err := c.workload(in, logs)
		if err != nil {
			return err
		}
		answer.Report, err = rank.Plan(ctx, cat, w)
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		if err != nil {
			return err
		}
		if err := c.write(ctx, cat, w, answer, progress); err != nil {
			return err
		}
	}
	if err := c.print(out, answer); err != nil {
		return err
	}
	if logs != nil {
		return logs.part(c.Partial)
	}
	return nil
}

// check refuses flags that make no sense together.
func (c *planFileCmd) check() error {
	switch {
	case c.Workload == "" && c.FromLog == "":
		return errors.New("expected a workload file, or --from-log DIR")
	case c.Workload == "" && c.Search && c.Budget == nil:
		return errors.New("--search: for how much money? --budget says it, in dollars an hour")
	case c.Budget != nil && !(*c.Budget >= 0.01 && *c.Budget <= 1e5):
		return fmt.Errorf("--budget: %g is not between 0.01 and 100000 dollars an hour", *c.Budget)
	case c.FromLog != "" && !(c.CoreSpeed >= 0.05 && c.CoreSpeed <= 20):
		return fmt.Errorf("--core-speed: %g is not between 0.05 and 20", c.CoreSpeed)
	case c.Workload == "" && c.Budget == nil && (c.HTML != "" || c.EMR != ""):
		return errors.New("there is nothing to rank without --budget or a file of shapes")
	}
	return nil
}

// workload reads the file, with the logs' questions in it; without a file the catalogue is searched.
func (c *planFileCmd) workload(in io.Reader, logs *logReport) (*workload.Workload, error) {
	over := workload.Over{Search: c.Search}
	if c.Budget != nil {
		over.Budget = *c.Budget
	}
	if logs == nil {
		return c.read(in, over)
	}
	w, err := logs.workload(c.CoreSpeed)
	if err != nil {
		return nil, err
	}
	if c.Workload == "" {
		w.Budget, w.Search = over.Budget, &workload.Search{}
		return w, w.Complete()
	}
	logs.Notes = append(logs.Notes, "users, queries and jobs are the logs'; those of "+c.Workload+" do not count")
	over.Questions = w
	return c.read(in, over)
}

func (c *planFileCmd) read(in io.Reader, over workload.Over) (*workload.Workload, error) {
	name := "standard input"
	if c.Workload != "-" {
		name = c.Workload
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return workload.ReadOver(name, in, over)
}

// write makes the files that were asked for.
func (c *planFileCmd) write(ctx context.Context, cat *catalogue.Catalogue, w *workload.Workload, answer planned, progress io.Writer) error {
	if c.EMR != "" {
		if err := c.writeEMR(answer.Report, w, progress); err != nil {
			return err
		}
	}
	if c.HTML == "" {
		return nil
	}
	in := report.Input{Report: answer.Report, Workload: w}
	if answer.Logs != nil {
		in.Logs = answer.Logs.page()
	}
	return writePage(ctx, c.HTML, cat, in)
}

func (c *planFileCmd) print(out io.Writer, answer planned) error {
	if c.JSON {
		return writeJSON(out, answer)
	}
	var text bytes.Buffer
	if answer.Logs != nil {
		if err := printLogs(&text, answer.Logs, c.Full); err != nil {
			return err
		}
		fmt.Fprintln(&text)
	}
	switch {
	case answer.Report == nil:
		fmt.Fprintln(&text, "With --budget USD, or a file of shapes, clusters are ranked for this work.")
	case c.Full:
		printReport(&text, answer.Report)
	default:
		printBrief(&text, answer.Report)
	}
	_, err := out.Write(text.Bytes())
	return err
}

func openCatalogue(prices []string) (*catalogue.Catalogue, error) {
	cat, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	for _, name := range prices {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		err = errors.Join(cat.Override(name, f), f.Close())
		if err != nil {
			return nil, err
		}
	}
	return cat, nil
}

// writePage writes the report as a page: whole, or not at all.
func writePage(ctx context.Context, name string, cat *catalogue.Catalogue, in report.Input) error {
	var err error
	if in.Traces, err = rank.Traces(ctx, cat, in.Workload, in.Report); err != nil {
		return err
	}
	var page bytes.Buffer
	if err := report.HTML(&page, in); err != nil {
		return err
	}
	return os.WriteFile(name, page.Bytes(), 0o644)
}

// writeEMR writes the files that "aws emr create-cluster" takes.
func (c *planFileCmd) writeEMR(r *rank.Report, w *workload.Workload, progress io.Writer) error {
	var names []string
	for _, list := range [][]rank.Entry{r.Ranking, r.Beside, r.Found} {
		for i := range list {
			e := &list[i]
			names = append(names, e.Name)
			if e.Name != c.EMR {
				continue
			}
			conf, err := e.EMR(w)
			if err != nil {
				return err
			}
			return c.saveEMR(conf, w.Region, progress)
		}
	}
	return fmt.Errorf("--emr: the report has no shape %q; it has %s", c.EMR, strings.Join(names, ", "))
}

func (c *planFileCmd) saveEMR(conf *rank.EMR, region string, progress io.Writer) error {
	if err := os.MkdirAll(c.EMRDir, 0o755); err != nil {
		return err
	}
	for name, v := range map[string]any{"instance-groups.json": conf.InstanceGroups, "configurations.json": conf.Configurations} {
		text, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(c.EMRDir, name), append(text, '\n'), 0o644); err != nil {
			return err
		}
	}
	dir := filepath.ToSlash(c.EMRDir)
	fmt.Fprintf(progress, "Start it with: aws emr create-cluster --name NAME --release-label emr-7.9.0 --applications Name=Spark --use-default-roles "+
		"--region %s --instance-groups file://%s/instance-groups.json --configurations file://%s/configurations.json\n", region, dir, dir)
	if conf.Pools == "" {
		return nil
	}
	fmt.Fprintf(progress, "Before Spark's driver starts, copy %s/fairscheduler.xml to %s on the master.\n", dir, rank.PoolsPath)
	return os.WriteFile(filepath.Join(c.EMRDir, "fairscheduler.xml"), []byte(conf.Pools), 0o644)
}

type planCatalogueCmd struct {
	Family []string `help:"Only these families." placeholder:"m5,r5"`
	Kind   string   `help:"Only balanced, memory, compute or storage families." enum:",balanced,memory,compute,storage" default:""`
	VCPU   int      `name:"vcpu" help:"Only types with so many vCPUs." placeholder:"N"`
	Max    float64  `help:"Only types that cost at most that an hour." placeholder:"USD"`
	OnEMR  bool     `name:"on-emr" help:"Only types that EMR sells."`
	Region string   `help:"Prices of that region." default:"us-east-1"`
	Prices []string `help:"A CSV file of own prices." placeholder:"FILE"`
	JSON   bool     `help:"Print JSON."`
}

// Run lists types.
func (c *planCatalogueCmd) Run(k *kong.Context) error { return c.run(k.Stdout) }

func (c *planCatalogueCmd) run(out io.Writer) error {
	cat, err := openCatalogue(c.Prices)
	if err != nil {
		return err
	}
	if err := c.check(cat); err != nil {
		return err
	}
	lines, err := c.lines(cat)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, map[string]any{"region": c.Region, "families": catalogue.Families(), "types": lines})
	}
	return printCatalogue(out, c.Region, lines)
}

// check refuses what no type can be.
func (c *planCatalogueCmd) check(cat *catalogue.Catalogue) error {
	for _, f := range c.Family {
		if !slices.ContainsFunc(cat.All(), func(t *catalogue.Type) bool { return t.Family == f }) {
			return fmt.Errorf("--family: the catalogue has no family %q; it has %s", f, strings.Join(familyNames(), ", "))
		}
	}
	regions := cat.Regions()
	switch {
	case !slices.Contains(regions, c.Region):
		return fmt.Errorf("--region: no prices for %q; there are prices for %s", c.Region, strings.Join(regions, ", "))
	case c.VCPU < 0:
		return fmt.Errorf("--vcpu: %d is negative", c.VCPU)
	case c.Max < 0 || math.IsNaN(c.Max):
		return fmt.Errorf("--max: %g is no price", c.Max)
	}
	return nil
}

func familyNames() []string {
	var names []string
	for _, f := range catalogue.Families() {
		names = append(names, f.Name)
	}
	return names
}

// typeLine is a type with its price.
type typeLine struct {
	*catalogue.Type
	Price *catalogue.Quote `json:"price"` // nil where it is unknown
	Speed float64          `json:"vcpu_speed"`
}

func (c *planCatalogueCmd) lines(cat *catalogue.Catalogue) ([]typeLine, error) {
	wanted := map[string]bool{}
	for _, f := range c.Family {
		wanted[f] = true
	}
	var lines []typeLine
	var lastErr error
	for _, t := range cat.All() {
		family := catalogue.FamilyOf(t)
		if len(wanted) > 0 && !wanted[t.Family] || c.Kind != "" && family.Kind != c.Kind ||
			c.VCPU > 0 && t.VCPU != c.VCPU || c.OnEMR && !t.OnEMR {
			continue
		}
		line := typeLine{Type: t, Speed: family.Speed}
		if q, err := cat.Quote(t, c.Region, false); err == nil {
			line.Price = &q
		} else {
			lastErr = err
		}
		if c.Max > 0 && (line.Price == nil || line.Price.Total() > c.Max) {
			continue
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		if lastErr != nil {
			return nil, lastErr
		}
		return nil, errors.New("no instance type is like that; shoal plan catalogue lists all")
	}
	return lines, nil
}
