package duckdb

// This file tests that DuckDB's memory of files does not outlive them.

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"shoal/engine"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// A file that is written again within a second, or given its old time, is of another epoch: DuckDB must not answer by the
// footer and the data that it remembers of the one before.
func TestFilesOfOtherEpochsAreReadAgain(t *testing.T) {
	e := open(t)
	file := filepath.Join(t.TempDir(), "day=3", "a.parquet")
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 0)
	for epoch := range int64(6) {
		from := epoch * 10_000
		made := filepath.Join(t.TempDir(), "b.parquet")
		write := fmt.Sprintf("COPY (SELECT range AS id FROM range(%d, %d)) TO '%s' (FORMAT parquet, COMPRESSION uncompressed)", from, from+5000, made)
		if err := e.execAll(write); err != nil {
			t.Fatal(err)
		}
		bytes, err := os.ReadFile(made)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, bytes, 0o644); err != nil { // in its place: DuckDB does look at inodes
			t.Fatal(err)
		}
		if err := os.Chtimes(file, at, at); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if rows := rowsFrom(t, e, plan.File{Path: file, Epoch: epoch, Partition: []string{"3"}}, from); rows != 5000 {
				t.Errorf("epoch %d: %d rows", epoch, rows)
			}
		}
	}
}

// rowsFrom counts the rows of a file, in the partition day=3, whose id is not below from.
func rowsFrom(t *testing.T, e *Engine, f plan.File, from int64) (rows int64) {
	t.Helper()
	scan := &plan.Scan{Format: "parquet", Files: []plan.File{f}, Physical: []string{"id"}, Partitions: 1}
	scan.Out = []*plan.Column{{ID: 1, Name: "id", Type: plan.Long}, {ID: 2, Name: "day", Type: plan.Int}}
	some := &plan.Filter{Common: scan.Common, Input: scan, Cond: &plan.Func{Name: ">=", Type: plan.Boolean,
		Args: []plan.Expr{scan.Out[0], &plan.Literal{Value: from, Type: plan.Long}}}}
	r, err := e.Run(context.Background(), engine.Query{Plan: some, Schema: arrowtype.Schema(scan.Out, "UTC")})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for r.Next() {
		b := r.RecordBatch()
		rows += b.NumRows()
		if day := b.Column(1).(*array.Int32).Value(0); day != 3 {
			t.Errorf("the folder's day is %d", day)
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return rows
}
