package main

// This file is shoal plan.

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"shoal/planner/catalogue"
	"shoal/planner/rank"
	"shoal/planner/report"
	"shoal/planner/workload"
)

type planCmd struct {
	File      planFileCmd      `cmd:"" default:"withargs" help:"Compare clusters under a workload file."`
	Catalogue planCatalogueCmd `cmd:"" help:"List the instance types the planner knows."`
}

func (planCmd) Help() string {
	return `The file says who asks what, for how much money, and which clusters to compare; planner/workload/README.md
explains it. Examples:

  shoal plan examples/interactive-ml.yaml
  shoal plan examples/interactive-ml.yaml --json
  shoal plan my.yaml --prices our-discounts.csv --emr 'C*' --emr-dir ./emr
  shoal plan catalogue --kind balanced --on-emr`
}

type planFileCmd struct {
	Workload string   `arg:"" help:"The workload, YAML; - reads it from standard input." placeholder:"FILE"`
	JSON     bool     `help:"Print the whole report as JSON."`
	Full     bool     `help:"Print all that the report has."`
	HTML     string   `name:"html" help:"Also write the report as one HTML page with charts." placeholder:"OUT.html"`
	Prices   []string `help:"A CSV file of own prices: instance_type,region,usd_per_hour[,emr_usd_per_hour][,spot_usd_per_hour]." placeholder:"FILE"`
	EMR      string   `name:"emr" help:"Also write the EMR configuration of the shape of that name." placeholder:"NAME"`
	EMRDir   string   `name:"emr-dir" help:"Where to write it." default:"." placeholder:"DIR"`
}

// Run plans and prints.
func (c *planFileCmd) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	return c.run(ctx, os.Stdin, os.Stdout)
}

func (c *planFileCmd) run(ctx context.Context, in io.Reader, out io.Writer) error {
	cat, err := openCatalogue(c.Prices)
	if err != nil {
		return err
	}
	w, err := c.read(in)
	if err != nil {
		return err
	}
	found, err := rank.Plan(ctx, cat, w)
	if err != nil {
		return err
	}
	if c.EMR != "" {
		if err := c.writeEMR(found, w); err != nil {
			return err
		}
	}
	if c.HTML != "" {
		if err := writePage(ctx, c.HTML, cat, report.Input{Report: found, Workload: w}); err != nil {
			return err
		}
	}
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(found)
	}
	return printReport(out, found)
}

func (c *planFileCmd) read(in io.Reader) (*workload.Workload, error) {
	if c.Workload == "-" {
		return workload.Read("standard input", in)
	}
	f, err := os.Open(c.Workload)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return workload.Read(c.Workload, f)
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
func (c *planFileCmd) writeEMR(r *rank.Report, w *workload.Workload) error {
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
			return c.saveEMR(conf)
		}
	}
	return fmt.Errorf("--emr: the report has no shape %q; it has %s", c.EMR, strings.Join(names, ", "))
}

func (c *planFileCmd) saveEMR(conf *rank.EMR) error {
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
	if conf.Pools == "" {
		return nil
	}
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
	lines, err := c.lines(cat)
	if err != nil {
		return err
	}
	if c.JSON {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		return enc.Encode(map[string]any{"region": c.Region, "families": catalogue.Families(), "types": lines})
	}
	return printCatalogue(out, c.Region, lines)
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
