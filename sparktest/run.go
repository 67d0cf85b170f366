package sparktest

// This file runs records and judges the answers.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/fault"
	"shoal/plan"
)

// Session runs SQL one statement after the other, as one client would. A statement that is no
// query yields an empty reader, or none.
type Session interface {
	Query(ctx context.Context, sql string) (plan.Struct, array.RecordReader, error)
	Close() error
}

// Options of [Run]. Only Open is needed.
type Options struct {
	// Open starts a session with these settings; each file gets its own.
	Open func(ctx context.Context, conf map[string]string) (Session, error)
	// UpdateRefusals sets and clears only=spark in the files on disk, below Dir.
	UpdateRefusals bool
	Dir            string
	// Report is a path for all verdicts as JSON, "" for none.
	Report string
	// Timeout of one record, 30 s by default.
	Timeout time.Duration
	// RealSpark means that the sessions are Spark's own: only=spark is ignored, and cases marked local are left out.
	RealSpark bool
}

// Run holds an engine to the SQL corpus: a subtest a family, and in it a subtest a file. Files
// whose data (${TPCH}, ${TPCDS}) is missing on this machine are skipped.
func Run(t *testing.T, o Options) {
	t.Helper()
	files, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	r := &run{Options: o}
	byFamily := map[string][]*File{}
	var families []string
	for _, f := range files {
		family, _, _ := strings.Cut(f.Path, "/")
		if !f.Python() {
			if byFamily[family] == nil {
				families = append(families, family)
			}
			byFamily[family] = append(byFamily[family], f)
		}
	}
	for _, family := range families {
		t.Run(family, func(t *testing.T) {
			for _, f := range byFamily[family] {
				t.Run(strings.TrimSuffix(filepath.Base(f.Path), ".txt"), func(t *testing.T) { r.file(t, f) })
			}
		})
	}
	t.Log("\n" + summary(r.verdicts))
	if o.Report != "" {
		if err := writeReport(o.Report, r.verdicts); err != nil {
			t.Error(err)
		}
	}
}

type run struct {
	Options
	verdicts []Verdict
}

func (r *run) file(t *testing.T, f *File) {
	if missing := missingData(f); missing != "" {
		t.Skipf("%s is not there: make tpch-test tpcds-test", missing)
	}
	session, err := r.Open(context.Background(), f.Conf())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := session.Close(); err != nil {
			t.Error(err)
		}
	}()
	gaps := map[int]bool{}
	blocked := false // a statement was refused: what follows has no ground to stand on
	for _, record := range f.Records {
		if !record.Recorded() {
			t.Errorf("corpus/%s:%d: not recorded yet: run tools/oracle.py --new", f.Path, record.Line)
			continue
		}
		v := r.record(session, record)
		v.File, v.Line, v.SQL, v.Kind = f.Path, record.Line, record.SQL, record.Kind
		if blocked && v.Outcome != Passed {
			v.Outcome, v.Got = Refused, "an earlier statement of this file was refused"
		}
		blocked = blocked || record.Kind == "statement" && v.refused
		if refused := v.refused || v.Outcome == Refused; refused != record.Only() {
			gaps[record.Line] = refused
		}
		if record.Only() && v.Outcome == Refused {
			v.Outcome = KnownGap
		}
		r.verdicts = append(r.verdicts, v)
		if v.failed() && !(r.UpdateRefusals && (v.Outcome == Refused || v.Outcome == GapClosed)) {
			t.Error(v.String())
		}
	}
	if r.UpdateRefusals && len(gaps) > 0 {
		if err := mark(filepath.Join(r.Dir, f.Path), gaps); err != nil {
			t.Error(err)
		}
	}
}

// record runs one record and judges the answer; a panic is an outcome too.
func (r *run) record(s Session, record *Record) (v Verdict) {
	ctx, cancel := context.WithTimeout(context.Background(), r.Timeout)
	defer cancel()
	if r.RealSpark && record.Local() {
		return Verdict{Outcome: NotAsked}
	}
	start := time.Now()
	defer func() {
		if p := recover(); p != nil {
			v = Verdict{Outcome: Crashed, Got: fmt.Sprintf("panic: %v\n%s", p, debug.Stack())}
		}
		v.Seconds = time.Since(start).Seconds()
	}()
	lines, err := execute(ctx, s, substitute(record.SQL))
	if err != nil {
		return judgeError(record, err)
	}
	v = judgeRows(record, lines)
	if record.Only() && !r.RealSpark && v.Outcome == Passed {
		v = Verdict{Outcome: GapClosed, Got: "it answers now: remove the mark only=spark (-update-refusals)"}
	}
	return v
}

func execute(ctx context.Context, s Session, sql string) ([]string, error) {
	schema, rows, err := s.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	lines := []string{Header(schema)}
	if rows == nil {
		return lines, nil
	}
	defer rows.Release()
	for rows.Next() {
		batch := rows.RecordBatch()
		for i := range int(batch.NumRows()) {
			lines = append(lines, restore(Row(schema, batch, i)))
		}
	}
	return lines, rows.Err()
}

func judgeRows(record *Record, lines []string) Verdict {
	if record.Kind == "statement" {
		return Verdict{Outcome: Passed}
	}
	v := Verdict{Want: strings.Join(record.Expected, "\n"), Got: strings.Join(lines, "\n")}
	if record.Kind == "error" {
		v.Outcome = MissedError
		return v
	}
	got := lines[1:]
	if _, sorted := record.Options["rowsort"]; sorted {
		slices.Sort(got)
	}
	switch {
	case !equalRows(record.Rows(), got, record.Options["tolerance"]):
		v.Outcome = WrongRows
	case record.Expected[0] != lines[0]:
		v.Outcome = WrongSchema
		v.Want, v.Got = record.Expected[0], lines[0]
	default:
		v.Outcome = Passed
	}
	return v
}

func judgeError(record *Record, err error) Verdict {
	v := Verdict{Want: strings.Join(record.Expected, "\n"), Got: err.Error()}
	var e *fault.Error
	if fault.IsUnsupported(err) && (len(record.Expected) == 0 || !strings.HasPrefix(record.Expected[0], "UNSUPPORTED_FEATURE ")) {
		v.Outcome, v.refused = Refused, true
		return v
	}
	if !errors.As(err, &e) || e.Class == "INTERNAL_ERROR" {
		v.Outcome = Broken
		return v
	}
	lines := errorLines(e, record.Expected)
	if _, only := record.Options["class"]; only {
		lines = lines[:1]
	}
	if !slices.ContainsFunc(record.Expected, isPlace) { // a place where Spark names none is welcome
		lines = slices.DeleteFunc(lines, isPlace)
	}
	v.Got = strings.Join(lines, "\n") + "\n" + e.Message
	switch {
	case record.Kind != "error":
		v.Outcome = WrongError
	case record.Expected[0] != lines[0]:
		v.Outcome = WrongError
	case !slices.Equal(record.Expected[1:], lines[1:]):
		v.Outcome = WrongDetail
	default:
		v.Outcome = Passed
	}
	return v
}

func isPlace(line string) bool { return strings.HasPrefix(line, "at ") }

// scratch is a folder for the files that cases write; TestMain makes and removes it.
var scratch string

// variables are what ${NAME} stands for in SQL; results are written back with the names.
var variables = sync.OnceValue(func() map[string]string {
	data, err := filepath.Abs("testdata")
	if err != nil {
		data = "testdata"
	}
	cache := os.Getenv("SHOAL_CACHE")
	if home, err := os.UserHomeDir(); cache == "" && err == nil {
		cache = filepath.Join(home, ".cache", "shoal")
	}
	vars := map[string]string{
		"DATA": data, "TPCH": filepath.Join(cache, "tpch", "sf0.01"), "TPCDS": filepath.Join(cache, "tpcds", "sf0.1"),
		"SCRATCH": scratch,
	}
	for name := range vars {
		if v := os.Getenv("SPARKTEST_" + name); v != "" {
			vars[name] = v
		}
	}
	return vars
})

func substitute(text string) string {
	for name, value := range variables() {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	return text
}

func restore(text string) string {
	for name, value := range variables() {
		text = strings.ReplaceAll(text, value, "${"+name+"}")
	}
	return text
}

func missingData(f *File) string {
	for name, path := range variables() {
		used := func(r *Record) bool { return strings.Contains(r.SQL, "${"+name+"}") }
		if _, err := os.Stat(path); err != nil && slices.ContainsFunc(f.Records, used) {
			return path
		}
	}
	return ""
}
