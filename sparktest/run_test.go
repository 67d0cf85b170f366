package sparktest

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"shoal/fault"
	"shoal/plan"
)

// scripted answers every query with the same rows or the same error.
type scripted struct {
	ints []int64
	err  error
}

func (s scripted) Close() error { return nil }

func (s scripted) Query(context.Context, string) (plan.Struct, array.RecordReader, error) {
	if s.err != nil {
		return plan.Struct{}, nil, s.err
	}
	b := array.NewInt64Builder(memory.DefaultAllocator)
	b.AppendValues(s.ints, nil)
	schema := arrow.NewSchema([]arrow.Field{{Name: "a", Type: arrow.PrimitiveTypes.Int64}}, nil)
	batch := array.NewRecordBatch(schema, []arrow.Array{b.NewArray()}, int64(len(s.ints)))
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	return plan.Struct{Fields: []plan.Field{{Name: "a", Type: plan.Long}}}, reader, err
}

func TestVerdicts(t *testing.T) {
	const head = "oracle spark=4.1.4\n\n"
	unknown := fault.New("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", "objectName", "`x`")
	wide := errors.New("a panic of the engine")
	for _, c := range []struct {
		record string
		answer scripted
		want   Outcome
	}{
		{"query\nq\n----\na BIGINT NOT NULL\n1\n2", scripted{ints: []int64{1, 2}}, Passed},
		{"query\nq\n----\na BIGINT NOT NULL\n1\n2", scripted{ints: []int64{2, 1}}, WrongRows},
		{"query rowsort\nq\n----\na BIGINT NOT NULL\n1\n2", scripted{ints: []int64{2, 1}}, Passed},
		{"query tolerance=0.1\nq\n----\na BIGINT NOT NULL\n100", scripted{ints: []int64{101}}, Passed},
		{"query tolerance=0.001\nq\n----\na BIGINT NOT NULL\n100", scripted{ints: []int64{101}}, WrongRows},
		{"query\nq\n----\na BIGINT\n1", scripted{ints: []int64{1}}, WrongSchema},
		{"query\nq\n----\na BIGINT NOT NULL\n1", scripted{err: unknown}, WrongError},
		{"query\nq\n----\na BIGINT NOT NULL\n1", scripted{err: wide}, Broken},
		{"query\nq\n----\na BIGINT NOT NULL\n1", scripted{err: fault.Unsupported("no")}, Refused},
		{"query only=spark\nq\n----\na BIGINT NOT NULL\n1", scripted{ints: []int64{1}}, GapClosed},
		{"query only=spark\nq\n----\na BIGINT NOT NULL\n1", scripted{ints: []int64{5}}, WrongRows},
		{"error\nq\n----\nDIVIDE_BY_ZERO 22012 ArithmeticException", scripted{ints: []int64{5}}, MissedError},
		{"error\nq\n----\nDIVIDE_BY_ZERO 22012 ArithmeticException", scripted{err: unknown}, WrongError},
		{"error\nq\n----\nUNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703 AnalysisException\nobjectName = \"`y`\"", scripted{err: unknown}, WrongDetail},
		{"error class\nq\n----\nUNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703 AnalysisException", scripted{err: unknown}, Passed},
		{"error\nq\n----\nUNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703 AnalysisException\nobjectName = \"`x`\"", scripted{err: unknown}, Passed},
	} {
		f, err := parse("test", head+c.record+"\n")
		if err != nil {
			t.Fatal(err)
		}
		r := &run{Options: Options{Timeout: 1e9}}
		if v := r.record(c.answer, f.Records[0]); v.Outcome != c.want {
			t.Errorf("%q: %s, want %s", c.record, v.Outcome, c.want)
		}
	}
}

func TestParseRefusesWhatIsNoRecord(t *testing.T) {
	for _, text := range []string{"query\nSELECT 1\n----\n1 INT\n", "oracle spark=4.1.4\n\nselect\n1\n"} {
		if _, err := parse("test", text); err == nil {
			t.Errorf("accepted %q", text)
		}
	}
}

func TestMarkChangesNothingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.txt")
	text := "oracle spark=4.1.4\n\nquery rowsort only=spark # why\nq\n----\na INT\nonly=spark\n\nerror\nq\n----\nX\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := mark(path, map[int]bool{3: false, 9: true}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(strings.Replace(text, "query rowsort only=spark # why", "query rowsort # why", 1), "error\n", "error only=spark\n", 1)
	if string(got) != want {
		t.Errorf("got %q", got)
	}
}

// The texts are those of tools/oracle_cells.py.
func TestCellText(t *testing.T) {
	for want, got := range map[string]string{
		"0.1": floatText(0.1, 64), "1e+16": floatText(1e16, 64), "1000000000000000.0": floatText(1e15, 64),
		"0.0001": floatText(1e-4, 64), "1e-05": floatText(1e-5, 64), "-0.0": floatText(math.Copysign(0, -1), 64),
		"3.4028235e+38": floatText(math.MaxFloat32, 32), "16777216.0": floatText(16777216, 32),
		"0001-01-01": dateText(-719162), "9999-12-31": dateText(2932896), "+10000-01-01": dateText(2932897),
		"-0001-12-31": dateText(-719529), "1969-12-31 23:59:59.999999": timestampText(-1), "2000-02-29": dateText(11016),
		`""`: stringText("", false), `"NULL"`: stringText("NULL", false), `" a"`: stringText(" a", false), "a b": stringText("a b", false),
		"x:y": stringText("x:y", false), `"x:y"`: stringText("x:y", true), `"a\n\u{0}"`: stringText("a\n\x00", false), `"é"`: stringText("é", false),
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
