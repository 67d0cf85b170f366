package sparktest

// This file sums up: outcomes, the summary by family, the machine-readable report.

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
)

// Outcome says how an answer compares with Spark's.
type Outcome string

// The outcomes, worst first.
const (
	WrongRows   Outcome = "wrong answer"   // other rows than Spark
	MissedError Outcome = "missed error"   // an answer where Spark has none
	Crashed     Outcome = "crashed"        // panic
	WrongSchema Outcome = "wrong schema"   // right rows, other names, types or nullability
	Broken      Outcome = "internal error" // no error of Spark's
	WrongError  Outcome = "wrong error"    // other class, state or exception, or no error expected
	WrongDetail Outcome = "wrong detail"   // other message parameters or place
	GapClosed   Outcome = "gap closed"     // marked only=spark, yet answered rightly
	Refused     Outcome = "refused"        // not marked
	KnownGap    Outcome = "known gap"      // marked only=spark and refused
	NotAsked    Outcome = "not asked"      // marked local, of a server that may be a cluster
	Passed      Outcome = "passed"
)

var outcomes = []Outcome{WrongRows, MissedError, Crashed, WrongSchema, Broken, WrongError, WrongDetail, GapClosed,
	Refused, KnownGap, NotAsked, Passed}

// Verdict is what came of one record.
type Verdict struct {
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Kind    string  `json:"kind"`
	Outcome Outcome `json:"outcome"`
	SQL     string  `json:"sql"`
	Want    string  `json:"want,omitempty"`
	Got     string  `json:"got,omitempty"`
	Seconds float64 `json:"seconds"`

	refused bool
}

func (v Verdict) failed() bool {
	return !slices.Contains([]Outcome{KnownGap, NotAsked, Passed}, v.Outcome)
}

func (v Verdict) String() string {
	return fmt.Sprintf("corpus/%s:%d: %s\n  %s\nwant:\n%s\ngot:\n%s", v.File, v.Line, v.Outcome,
		strings.ReplaceAll(v.SQL, "\n", "\n  "), indent(v.Want), indent(v.Got))
}

func indent(s string) string { return "    " + strings.ReplaceAll(s, "\n", "\n    ") }

// summary counts the outcomes by family: a table, only the columns that occur.
func summary(verdicts []Verdict) string {
	counts := map[string]map[Outcome]int{}
	total := map[Outcome]int{}
	var families []string
	for _, v := range verdicts {
		if v.Kind == "statement" && !v.failed() {
			continue // not a case
		}
		family, _, _ := strings.Cut(v.File, "/")
		if counts[family] == nil {
			counts[family] = map[Outcome]int{}
			families = append(families, family)
		}
		counts[family][v.Outcome]++
		total[v.Outcome]++
	}
	counts["all"] = total
	seen := slices.DeleteFunc(slices.Clone(outcomes), func(o Outcome) bool { return total[o] == 0 })
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "family\t")
	for _, o := range seen {
		fmt.Fprintf(w, "%s\t", o)
	}
	fmt.Fprintln(w)
	for _, family := range append(families, "all") {
		fmt.Fprintf(w, "%s\t", family)
		for _, o := range seen {
			fmt.Fprintf(w, "%d\t", counts[family][o])
		}
		fmt.Fprintln(w)
	}
	w.Flush()
	return b.String()
}

// writeReport writes all verdicts, worst first, as JSON.
func writeReport(path string, verdicts []Verdict) error {
	sorted := slices.Clone(verdicts)
	slices.SortStableFunc(sorted, func(a, b Verdict) int {
		return slices.Index(outcomes, a.Outcome) - slices.Index(outcomes, b.Outcome)
	})
	data, err := json.MarshalIndent(sorted, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
