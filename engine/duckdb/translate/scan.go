package translate

// This file reads files.

import (
	"strings"

	"shoal/plan"
)

// scan reads a data source's files.
func (t *translator) scan(r *plan.Scan) *block {
	switch r.Format {
	case "parquet":
		return t.parquet(r)
	}
	t.unsupported("reading %s files", r.Format)
	return &block{out: r.Out}
}

// parquet reads columns by their names in the files.
func (t *translator) parquet(r *plan.Scan) *block {
	if len(r.Files) == 0 {
		return t.emptyRows(&plan.Values{Common: r.Common})
	}
	if r.Partitions > 0 {
		t.unsupported("partitioned files")
	}
	paths := make([]string, len(r.Files))
	for i, f := range r.Files {
		paths[i] = quoteText(f.Path)
	}
	alias := t.source()
	for i, name := range r.Physical {
		t.cols[r.Out[i].ID] = t.columnOf(alias, quoteName(name))
	}
	from := "read_parquet([" + strings.Join(paths, ", ") + "], hive_partitioning = false) AS " + alias
	return &block{from: from, out: r.Out}
}
