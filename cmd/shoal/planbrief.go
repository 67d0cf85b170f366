package main

// This file prints what a person needs of a plan: the answer, the order, why, and what else to know.

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"shoal/planner/rank"
)

// What is printed without --full.
const (
	briefReasons = 4 // the best has one more
	briefEffects = 7
	briefChange  = 0.04 // of the score
)

func printBrief(out io.Writer, r *rank.Report) {
	fmt.Fprintf(out, "%s\n\n", wrap(r.Headline, ""))
	all := slices.Concat(r.Ranking, r.Beside)
	if !r.SearchOnly() {
		all = append(all, r.Found...)
	}
	slices.SortStableFunc(all, func(a, b rank.Entry) int { return cmp.Compare(a.Place, b.Place) })
	asked := map[string]bool{}
	for _, e := range r.Ranking {
		asked[e.Name] = true
	}
	rows := []string{"\tshape\tworkers, master\t$/h\tscore\tgoals\tusers\tnode lost\ton EMR"}
	for _, e := range all {
		mark := ""
		if !asked[e.Name] {
			mark = " +"
		}
		rows = append(rows, fmt.Sprintf("%d\t%s%s\t%s\t%.2f\t%s\t%s\t%d\t-%.1f %%\t%s", e.Place, e.Name, mark, machines(e), e.Price.Total,
			band(e.Score), yes(e.Meets, "kept", "missed"), e.Users, 100*e.Dead.Capacity, yes(e.Launchable, "yes", "no")))
	}
	printTable(out, rows)
	note := "score: p95 (what 95 of 100 answers keep to) over its goal, all questions; below 1 is better than asked; [80 % of the draws " +
		"of uncertain inputs]. users: as many as it bears within all goals. node lost: slots that die with one node."
	if len(asked) < len(all) {
		note += " +: not asked about."
	}
	fmt.Fprintln(out, wrap(note, ""))
	explained := 6
	if r.SearchOnly() {
		explained = 3
	}
	for i, e := range r.Ranking[:min(len(r.Ranking), explained)] {
		fmt.Fprintf(out, "\n%s\n", strings.TrimSuffix(e.Name+": "+e.Note, ": "))
		for _, reason := range e.Reasons[:min(len(e.Reasons), briefReasons+1-min(i, 1))] {
			fmt.Fprintf(out, "  - %s\n", wrap(reason, "    "))
		}
	}
	briefChanges(out, r)
	printRemarks(out, r)
	if len(r.Leans) > 0 {
		fmt.Fprintf(out, "\nRests on rules, not on published figures, for %s.", leaning(r))
	}
	fmt.Fprintf(out, "\n%d draws, %.1f s. --full prints all, --html OUT.html draws it.\n", r.Runs, r.Seconds)
}

// leaning is the types with figures by rule.
func leaning(r *rank.Report) string {
	var types []string
	for _, l := range r.Leans {
		if !slices.Contains(types, l.Type) {
			types = append(types, l.Type)
		}
	}
	if len(types) > 8 {
		return strings.Join(types[:8], ", ") + fmt.Sprintf(" and %d more types", len(types)-8)
	}
	return strings.Join(types, ", ")
}

// briefChanges is the changes and the inputs that matter most.
func briefChanges(out io.Writer, r *rank.Report) {
	if len(r.Effects) == 0 {
		return
	}
	effects := slices.DeleteFunc(slices.Clone(r.Effects), func(e rank.Effect) bool { return math.Abs(e.Score-1) < briefChange })
	slices.SortStableFunc(effects, func(a, b rank.Effect) int {
		return cmp.Compare(math.Abs(math.Log(b.Score)), math.Abs(math.Log(a.Score)))
	})
	effects = effects[:min(len(effects), briefEffects)]
	fmt.Fprintf(out, "\nOne change to %s at a time (score; + is slower):\n", r.Ranking[0].Name)
	var rows []string
	for _, e := range effects {
		rows = append(rows, fmt.Sprintf("  %s\t%s -> %s\t%+.0f %%\t%s", e.Of, e.From, e.To, 100*(e.Score-1), e.Reason))
	}
	printTable(out, rows)
	if left := len(r.Effects) - len(effects); left > 0 {
		fmt.Fprintf(out, "  %d other changes of family, size, number, master or volumes matter less\n", left)
	}
	inputs := slices.Clone(r.Sensitivity)
	far := func(s rank.Sensitivity) float64 { return math.Abs(math.Log(s.First)) }
	slices.SortStableFunc(inputs, func(a, b rank.Sensitivity) int { return cmp.Compare(far(b), far(a)) })
	var words []string
	for _, s := range inputs[:min(len(inputs), 3)] {
		words = append(words, fmt.Sprintf("%s (%s to %s)", s.Input, signed(s.FirstAt[0]), signed(s.FirstAt[1])))
	}
	fmt.Fprintf(out, "  Uncertain inputs that move it most: %s\n", strings.Join(words, ", "))
}

func signed(ratio float64) string { return fmt.Sprintf("%+.0f %%", 100*(ratio-1)) }

// printTable aligns rows whose cells are parted by tabs.
func printTable(out io.Writer, rows []string) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintln(t, row)
	}
	t.Flush()
}
