package translate

// This file reads files.

import (
	"path"
	"strings"

	"shoal/plan"
)

// scan reads a data source's files.
func (t *translator) scan(r *plan.Scan) *block {
	switch {
	case len(r.Files) == 0:
		return t.emptyRows(&plan.Values{Common: r.Common})
	case r.Exact:
		return t.exact(r)
	case r.Format == "parquet":
		return t.parquet(r)
	case r.Format == "csv":
		return t.csv(r)
	}
	t.unsupported("reading %s files", r.Format)
	return &block{out: r.Out}
}

// parquet reads columns by their names in the files.
func (t *translator) parquet(r *plan.Scan) *block {
	alias := t.source()
	seen := map[string]bool{}
	for i, name := range r.Physical {
		if name == "" { // in no file
			t.cols[r.Out[i].ID] = fragment{sql: t.cast("NULL", r.Out[i].Type), reads: 1 << t.sources[alias]}
			continue
		}
		if lower := strings.ToLower(name); seen[lower] {
			t.unsupported("a file with two columns named %s", name)
		} else {
			seen[lower] = true
		}
		t.cols[r.Out[i].ID] = t.stored(t.columnOf(alias, quoteName(name)), r.Out[i].Type)
	}
	options := []string{fileList(r)}
	if r.Mixed {
		options = append(options, "union_by_name = true")
	}
	return &block{from: t.partitioned(r, "read_parquet", options, alias), out: r.Out}
}

// stored is a column of a file as the physical type of its Spark type. Parquet's instants are
// TIMESTAMPTZ to DuckDB, unless they are INT96; unsigned numbers have types of their own there.
// A cast to the type a column has already costs nothing and hides nothing from the scan.
func (t *translator) stored(f fragment, typ plan.Type) fragment {
	_, isDecimal := typ.(plan.Decimal)
	switch {
	case typ == plan.Timestamp:
		f.stored = f.sql
		f.sql = "make_timestamp(epoch_us(" + f.sql + "))"
	case isIntegral(typ), isFloating(typ), isDecimal, typ == plan.TimestampNTZ, nested(typ):
		f.sql = t.cast(f.sql, typ)
	}
	return f
}

func fileList(r *plan.Scan) string {
	paths := make([]string, len(r.Files))
	for i, f := range r.Files {
		paths[i] = quoteText(readPath(f))
	}
	return "[" + strings.Join(paths, ", ") + "]"
}

// readPath is the path by which DuckDB reads a file. It remembers footers and data by path, and looks at a file's time in whole
// seconds only to tell whether they are still good. So each epoch has a spelling of its own: its bits are steps to the
// folder itself, and doubled slashes.
func readPath(f plan.File) string {
	folder, name := path.Split(f.Path)
	for rest := f.Epoch; rest > 0; rest >>= 1 {
		folder += []string{"/", "./"}[rest&1]
	}
	return folder + name
}

func option(r *plan.Scan, key string) (string, bool) {
	for k, v := range r.Options {
		if strings.EqualFold(k, key) {
			return v, true
		}
	}
	return "", false
}
