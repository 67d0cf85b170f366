package catalog

// This file tells how much of files a query reads, before anybody looks at their rows.

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/parquet/metadata"

	"shoal/plan"
)

// Weigh adds up the sizes of the files that r reads. Of Parquet files only the columns count that are used, by their names in
// lower case; nil is all of them. All files are taken to be like the first one, whose footer is remembered.
func (c *Catalog) Weigh(ctx context.Context, r *plan.Read, used map[string]bool) (bytes int64, err error) {
	q := &query{c: c, ctx: ctx, read: r}
	roots, err := q.roots()
	if err != nil {
		return 0, err
	}
	var files []plan.File
	for _, root := range roots {
		for _, folder := range root.folders {
			files = append(files, folder.files...)
		}
	}
	for _, f := range files {
		bytes += f.Size
	}
	if used == nil || len(files) == 0 || r.Format != "parquet" && r.Format != "" {
		return bytes, nil
	}
	widths, err := c.columnWidths(files[0])
	if err != nil {
		return 0, err
	}
	all, some := 0.0, 0.0
	for name, width := range widths {
		all += width
		if used[name] {
			some += width
		}
	}
	return int64(float64(bytes) * some / max(1, all)), nil
}

// columnWidths has the bytes of each column of a Parquet file, what is nested in it included, by its name in lower case.
func (c *Catalog) columnWidths(f plan.File) (_ map[string]float64, err error) {
	if known, ok := c.widths.get(f.Path, stampOf(f)); ok {
		return known, nil
	}
	defer guard(&err)
	meta, err := readFooter(f.Path)
	if err != nil {
		return nil, err
	}
	widths := map[string]float64{}
	for name, bytes := range columnBytes(meta) {
		widths[strings.ToLower(name)] += float64(bytes)
	}
	c.widths.put(f.Path, stampOf(f), widths)
	return widths, nil
}

// columnBytes has the bytes of each top-level column in a file, what is nested in it included.
func columnBytes(meta *metadata.FileMetaData) map[string]int64 {
	bytes := map[string]int64{}
	for _, group := range meta.RowGroups {
		for _, chunk := range group.Columns {
			if m := chunk.MetaData; m != nil && len(m.PathInSchema) > 0 {
				name := m.PathInSchema[0]
				bytes[name] = bounded(bytes[name] + bounded(m.TotalCompressedSize))
			}
		}
	}
	return bytes
}

// bounded is what a footer says of a file, which may be anything, as something of which sums can be made.
func bounded(n int64) int64 { return min(max(0, n), 1<<40) }
