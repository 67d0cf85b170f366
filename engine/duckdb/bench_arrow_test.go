//go:build duckdb_arrow

package duckdb

import (
	"context"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	bind "github.com/duckdb/duckdb-go-bindings"
)

// BenchmarkExport6MByDuckDB is BenchmarkExport6M through DuckDB's own conversion to Arrow, for
// comparison: go test -tags duckdb_arrow -bench Export6M.
func BenchmarkExport6MByDuckDB(b *testing.B) {
	e := open(b)
	r := wide(b, e)
	c, err := e.get(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer e.put(c)
	var options bind.ArrowOptions
	bind.ConnectionGetArrowOptions(c.c, &options)
	defer bind.DestroyArrowOptions(&options)
	for b.Loop() {
		exportByDuckDB(b, c, r.sql, options)
	}
}

func exportByDuckDB(b *testing.B, c *conn, sql string, options bind.ArrowOptions) {
	var stmt bind.PreparedStatement
	var pending bind.PendingResult
	var res bind.Result
	bind.Prepare(c.c, sql, &stmt)
	defer bind.DestroyPrepare(&stmt)
	bind.PendingPreparedStreaming(stmt, &pending)
	defer bind.DestroyPending(&pending)
	bind.ExecutePending(pending, &res)
	defer bind.DestroyResult(&res)
	var schema *arrow.Schema
	rows := 0
	for {
		chunk := bind.FetchChunk(res)
		if chunk.Ptr == nil {
			break
		}
		if schema == nil {
			schema = arrowSchema(b, &res, options)
		}
		batch, failed := bind.DataChunkToArrowArray(options, schema, chunk)
		if bind.ErrorDataHasError(failed) {
			b.Fatal(bind.ErrorDataMessage(failed))
		}
		rows += int(batch.NumRows())
		batch.Release()
		bind.DestroyDataChunk(&chunk)
	}
	if rows != 6_000_000 {
		b.Fatal(rows, "rows")
	}
}

func arrowSchema(b *testing.B, res *bind.Result, options bind.ArrowOptions) *arrow.Schema {
	var types []bind.LogicalType
	var names []string
	for i := range bind.ColumnCount(res) {
		types = append(types, bind.ColumnLogicalType(res, i))
		names = append(names, bind.ColumnName(res, i))
	}
	schema, failed := bind.NewArrowSchema(options, types, names)
	if bind.ErrorDataHasError(failed) {
		b.Fatal(bind.ErrorDataMessage(failed))
	}
	return schema
}
