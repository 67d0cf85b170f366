package main

// This file prints what shoal plan says for a person.

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"shoal/planner/catalogue"
	"shoal/planner/rank"
)

// printReport prints all.
func printReport(out io.Writer, r *rank.Report) {
	fmt.Fprintf(out, "%s: %s, %s, $%.2f an hour\n\n%s\n\n", r.Workload, r.Region, r.Market, r.Budget, wrap(r.Headline, ""))
	printEntries(out, "", r.Ranking)
	if len(r.Beside) > 0 {
		fmt.Fprintln(out, "\nBeside them, with their place among all:")
		printEntries(out, "", r.Beside)
	}
	if len(r.Found) > 0 && !r.SearchOnly() {
		fmt.Fprintf(out, "\nThe best of %d shapes of the catalogue:\n", r.Searched)
		printEntries(out, "", r.Found)
	}
	fmt.Fprintln(out, "\nscore: p95 over its goal, geometric mean of questions; lower is better. [ ]: 80 % of the draws of uncertain inputs.")
	printClasses(out, r.Ranking)
	for _, e := range append(append([]rank.Entry(nil), r.Ranking...), r.Beside...) {
		fmt.Fprintf(out, "\n%s: %s\n", e.Name, machines(e))
		for _, reason := range e.Reasons {
			fmt.Fprintf(out, "  - %s\n", wrap(reason, "    "))
		}
	}
	printEffects(out, r)
	printRemarks(out, r)
	fmt.Fprintf(out, "\nNeither dominated in price nor in score: %s\n", strings.Join(r.Pareto, ", "))
	if len(r.Leans) > 0 {
		fmt.Fprintln(out, "\nThe result leans on what no source states:")
		for _, l := range r.Leans {
			fmt.Fprintf(out, "  - %s\n", wrap(l.Type+", "+l.Field+": "+l.Why, "    "))
		}
	}
	fmt.Fprintf(out, "\n%d draws, %.1f million events, %.1f s\n", r.Runs, float64(r.Events)/1e6, r.Seconds)
}

// printRemarks are findings that belong to no single shape.
func printRemarks(out io.Writer, r *rank.Report) {
	if len(r.Remarks) == 0 {
		return
	}
	fmt.Fprintln(out, "\nWhat else:")
	for _, remark := range r.Remarks {
		fmt.Fprintf(out, "  - %s\n", wrap(remark, "    "))
	}
}

// machines is an entry's nodes in few words.
func machines(e rank.Entry) string {
	var list []string
	for _, w := range e.Workers {
		list = append(list, fmt.Sprintf("%d x %s", w.Count, w.Type))
	}
	return strings.Join(list, " + ") + ", master " + e.Master
}

func printEntries(out io.Writer, indent string, entries []rank.Entry) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, indent+"place\tshape\tworkers\tmaster\t$/h\tvCPU\tscore\tgoals\tusers\t$/1000\tone node lost\tmemory free\ton EMR")
	for _, e := range entries {
		var workers []string
		for _, w := range e.Workers {
			workers = append(workers, fmt.Sprintf("%d x %s", w.Count, w.Type))
		}
		fmt.Fprintf(t, "%s%d\t%s\t%s\t%s\t%.2f\t%d\t%s\t%s\t%d\t%.2f\t-%.1f %%, p95 x %.2f\t%.0f %%\t%s\n", indent, e.Place, e.Name,
			strings.Join(workers, " + "), e.Master, e.Price.Total, e.VCPU, band(e.Score), yes(e.Meets, "kept", "missed"), e.Users,
			e.PerKilo.Mid, 100*e.Dead.Capacity, e.Dead.P95, 100*e.HeadRoom, yes(e.Launchable, "yes", "no"))
	}
	t.Flush()
}

func yes(v bool, a, b string) string {
	if v {
		return a
	}
	return b
}

func band(b rank.Band) string { return fmt.Sprintf("%.2f [%.2f %.2f]", b.Mid, b.Low, b.High) }

// printClasses is p50, p95 and where the time goes, for each class and shape.
func printClasses(out io.Writer, entries []rank.Entry) {
	if len(entries) == 0 {
		return
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nclass\tshape\tgoal\tp50\tp95\tp99\tfailed\tof the mean answer:\tdoor\tdriver\tslots\tstart\tCPU\tnetwork\tdisk\tspill")
	for i := range entries[0].Classes {
		for _, e := range entries {
			c := e.Classes[i]
			m := c.Mean
			sum := max(m.Sum(), 1e-12)
			fmt.Fprintf(t, "%s\t%s\t%.3g s\t%.2f\t%s\t%.2f\t%.0f %%\t", c.Name, e.Name, c.Goal, c.P50.Mid, band(c.P95), c.P99.Mid, 100*c.Failed)
			for _, v := range []float64{m.Door, m.Driver, m.Slot, m.Launch, m.CPU, m.Network, m.Disk, m.Spill} {
				fmt.Fprintf(t, "\t%.0f %%", 100*v/sum)
			}
			fmt.Fprintln(t)
		}
	}
	t.Flush()
}

func printEffects(out io.Writer, r *rank.Report) {
	if len(r.Effects) == 0 {
		return
	}
	fmt.Fprintf(out, "\nOne change to %s at a time, at the same budget (score: new over old, above 1 is worse):\n", r.Ranking[0].Name)
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range r.Effects {
		fmt.Fprintf(t, "  %s\t%s -> %s\t%.2f\t%d nodes, $%.2f\t%s\n", e.Of, e.From, e.To, e.Score, e.Nodes, e.Price, e.Reason)
	}
	t.Flush()
	fmt.Fprintf(out, "\nWhat the uncertain inputs move (score at plus one spread over score at minus one):\n")
	t = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range r.Sensitivity {
		fmt.Fprintf(t, "  %s\t%.2f\t%.2f\n", s.Input, s.First, s.Second)
	}
	t.Flush()
}

func printCatalogue(out io.Writer, region string, lines []typeLine) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "type\tvCPU\tGiB\t$/h EC2\t$/h EMR\tvCPU/$\tspeed\tGbit/s\tEBS MB/s\tlocal GB\ton EMR\t(%s)\n", region)
	families := map[string]bool{}
	for _, l := range lines {
		families[l.Family] = true
		ec2, emr, per := "?", "?", "?"
		if q := l.Price; q != nil {
			ec2, emr, per = fmt.Sprintf("%.4g", q.EC2), fmt.Sprintf("%.4g", q.EMR), fmt.Sprintf("%.1f", float64(l.VCPU)/q.Total())
			if len(q.Leans) > 0 {
				emr += " by rule"
			}
		}
		fmt.Fprintf(t, "%s\t%d\t%.4g\t%s\t%s\t%s\t%.2f\t%s\t%s\t%.0f\t%s\n", l.Name, l.VCPU, l.MemoryGiB, ec2, emr, per, l.Speed,
			span(l.NetBaseGbps, l.NetPeakGbps), span(l.EBSBaseMBps, l.EBSPeakMBps), float64(l.LocalDisks)*l.LocalDiskGB, yes(l.OnEMR, "yes", "no"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	for _, f := range catalogue.Families() {
		if families[f.Name] {
			fmt.Fprintf(out, "%-4s %s. %s (%d); a vCPU does %.2f of m5's work, give or take %.0f %%\n", f.Name, f.What, f.CPU, f.Year, f.Speed, 100*f.Spread)
		}
	}
	return nil
}

// span is base-peak, or ? where it is unknown.
func span(base, peak catalogue.Num) string {
	switch {
	case !base.Known:
		return "?"
	case !peak.Known || peak.Value == base.Value:
		return fmt.Sprintf("%.4g", base.Value)
	default:
		return fmt.Sprintf("%.4g-%.4g", base.Value, peak.Value)
	}
}

// wrap breaks a text into lines of about 110 letters.
func wrap(text, indent string) string {
	var b strings.Builder
	width := 0
	for i, word := range strings.Fields(text) {
		if i > 0 {
			if width+len(word) > 110 {
				b.WriteString("\n" + indent)
				width = 0
			} else {
				b.WriteByte(' ')
				width++
			}
		}
		b.WriteString(word)
		width += len(word)
	}
	return b.String()
}
