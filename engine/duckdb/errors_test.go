package duckdb

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	bind "github.com/duckdb/duckdb-go-bindings"

	"shoal/fault"
)

func TestFileErrors(t *testing.T) {
	e := open(t)
	file := filepath.Join(t.TempDir(), "a.parquet")
	if err := e.execAll("COPY (SELECT range AS id, range::VARCHAR AS s FROM range(100000)) TO '" + file + "' (FORMAT parquet)"); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(whole)
	copy(damaged[1000:], bytes.Repeat([]byte{0x5a}, 2000))
	noFooter := append(bytes.Clone(whole[:len(whole)-300]), whole[len(whole)-8:]...)
	// Classes as real Spark raises them when a file it has listed turns out so.
	for name, c := range map[string]struct {
		content []byte
		class   string
	}{
		"missing":   {nil, "FAILED_READ_FILE.FILE_NOT_EXIST"},
		"text":      {[]byte("not parquet at all, sorry, really not"), "FAILED_READ_FILE.NO_HINT"},
		"one byte":  {[]byte("x"), "FAILED_READ_FILE.NO_HINT"},
		"empty":     {[]byte{}, "FAILED_READ_FILE.NO_HINT"},
		"damaged":   {damaged, "FAILED_READ_FILE.NO_HINT"},
		"no footer": {noFooter, "FAILED_READ_FILE.NO_HINT"},
	} {
		if os.Remove(file); c.content != nil {
			if err := os.WriteFile(file, c.content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		f := failing(t, e, "SELECT sum(id)::BIGINT, max(s) FROM read_parquet(['"+file+"'])", arrow.PrimitiveTypes.Int64, arrow.BinaryTypes.String)
		if f.Class != c.class || f.Params["path"] != "file://"+file {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestOutOfMemory(t *testing.T) {
	e, err := Open(Options{MemoryLimit: 60e6})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	f := failing(t, e, "SELECT max(x) FROM (SELECT string_agg(range::VARCHAR || 'abcdef', ',') AS x FROM range(10000000) GROUP BY range % 1000)", arrow.BinaryTypes.String)
	if !fault.IsOutOfMemory(f) {
		t.Errorf("got %v", f)
	}
	if got := collect(t, e, "SELECT 1", arrow.PrimitiveTypes.Int32); len(got) != 1 {
		t.Errorf("after that: %v", got)
	}
}

func TestWrongTypeIsNamed(t *testing.T) {
	e := open(t)
	f := failing(t, e, "SELECT 1::HUGEINT", arrow.PrimitiveTypes.Int64)
	if f.Class != "INTERNAL_ERROR" || f.Message != "column c0: DuckDB's type HUGEINT for int64" {
		t.Errorf("got %v", f)
	}
	if f = failing(t, e, "SELECT 1, 2", arrow.PrimitiveTypes.Int32); f.Class != "INTERNAL_ERROR" {
		t.Errorf("got %v", f)
	}
	if f = failing(t, e, "SELEC 1", arrow.PrimitiveTypes.Int32); f.Class != "INTERNAL_ERROR" {
		t.Errorf("got %v", f)
	}
}

// TestTooDeepIsARefusal: what DuckDB's parser cannot take is no defect of a query's author, nor ours.
func TestTooDeepIsARefusal(t *testing.T) {
	e := open(t)
	for _, sql := range []string{
		strings.Repeat("SELECT * FROM (", 1200) + "SELECT 1 AS x" + strings.Repeat(")", 1200),
		"SELECT 1" + strings.Repeat(" + 1", 5000) + " AS x",
	} {
		f := failing(t, e, sql, arrow.PrimitiveTypes.Int32)
		if !fault.IsUnsupported(f) {
			t.Errorf("%.40s...: %.200v", sql, f)
		}
	}
}

// A full disk cannot be made here: the text is what DuckDB 1.5.5 said on one.
func TestDiskIsFull(t *testing.T) {
	err := queryError(bind.ErrorTypeErrorIO, `IO Error: Could not write file "/data/spill/heavy/duckdb_temp_storage_DEFAULT-4.tmp": No space left on device`)
	if !fault.IsOutOfMemory(err) || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("got %v", err)
	}
	if err := queryError(bind.ErrorTypeErrorIO, `IO Error: Could not write file "/data/t/part-0.parquet": No space left on device`); fault.IsOutOfMemory(err) {
		t.Errorf("a table's file: got %v", err)
	}
}
