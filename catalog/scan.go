package catalog

// This file tells the story of one Scan: roots, partitions, files, schema, columns.

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// query is one Scan under way.
type query struct {
	c        *Catalog
	ctx      context.Context
	read     *plan.Read
	settings plan.Settings
	format   format
	table    *Stored // nil: files somebody named
}

func (q *query) scan() (*plan.Scan, error) {
	roots, err := q.roots()
	if err != nil {
		return nil, err
	}
	parts, err := q.partitions(roots)
	if err != nil {
		return nil, err
	}
	files := q.files(roots, parts)
	schema, err := q.schema(files.index, parts)
	if err != nil {
		return nil, err
	}
	if q.format.id == "csv" && len(schema.Fields) == 0 {
		files.read = nil // no line, no column: nothing to read
	}
	out := &plan.Scan{Format: q.format.id, Files: files.read, Options: maps.Clone(q.read.Options), Partitions: len(parts.columns)}
	if err := q.physical(out, schema); err != nil {
		return nil, err
	}
	// As Spark orders what it reads: it begins with the large files.
	out.Files = slices.SortedStableFunc(slices.Values(out.Files), func(a, b plan.File) int { return cmp.Compare(b.Size, a.Size) })
	out.Common = plan.Common{Pos: q.read.Pos, PlanID: q.read.PlanID}
	if out.Exact, err = q.exact(files.read, schema); err != nil {
		return nil, err
	}
	if !out.Exact {
		q.c.epochs.mark(out.Files)
	}
	out.Out = make([]*plan.Column, 0, len(schema.Fields)+len(parts.columns))
	for _, f := range append(schema.Fields, parts.columns...) {
		if !q.format.takes(f.Type) && len(out.Out) < len(schema.Fields) {
			return nil, q.format.refuse(f.Name, f.Type)
		}
		out.Out = append(out.Out, &plan.Column{Name: f.Name, Type: f.Type, Nullable: true, Metadata: f.Metadata})
	}
	return out, nil
}

// exact tells whether package textfile must read the files.
func (q *query) exact(files []plan.File, schema plan.Struct) (bool, error) {
	switch q.format.id {
	case "csv":
		plain, err := q.plainCSV(files, schema)
		return !plain, err
	case "json":
		return true, nil
	}
	return q.format.id == "text", nil
}

// fileSet is what a scan reads, and the wider set the schema comes from: Spark takes files
// outside of any partition into account for the schema, but does not read them.
type fileSet struct{ read, index []plan.File }

func (q *query) files(roots []root, parts *partitioning) fileSet {
	var out fileSet
	seen := map[string]bool{}
	recursive := q.flag("recursivefilelookup")
	for _, r := range roots {
		for _, f := range r.folders {
			values, inPartition := parts.values[f.path]
			plain := len(parts.columns) == 0 && (recursive || r.isFile || f.path == r.path)
			if plain || len(parts.columns) > 0 {
				out.index = append(out.index, f.files...)
			}
			if !plain && !inPartition {
				continue
			}
			for _, file := range f.files {
				if file.Size == 0 || inPartition && seen[file.Path] {
					continue // no rows; and a partition is read once, however often it is given
				}
				seen[file.Path] = true
				file.Partition = values
				out.read = append(out.read, file)
			}
		}
	}
	return out
}

// flag reads a yes-or-no option.
func (q *query) flag(name string) bool { return strings.EqualFold(q.read.Options[name], "true") }

// schema is the schema of the data columns.
func (q *query) schema(files []plan.File, parts *partitioning) (plan.Struct, error) {
	if q.read.Schema != nil {
		return q.givenSchema(parts)
	}
	if len(files) == 0 {
		return plan.Struct{}, fault.New("UNABLE_TO_INFER_SCHEMA", "format", q.format.title)
	}
	schema, err := q.format.schema(q, files)
	if err != nil {
		return plan.Struct{}, err
	}
	for _, f := range schema.Fields {
		if parts.index(f.Name, q.settings.CaseSensitive) >= 0 {
			return plan.Struct{}, fault.Unsupported("column %s both in the files and in the names of their folders", f.Name)
		}
	}
	return schema, q.checkDuplicates(schema)
}

// givenSchema takes the user's word for the types, without the partition columns.
func (q *query) givenSchema(parts *partitioning) (plan.Struct, error) {
	var out plan.Struct
	for _, f := range q.read.Schema.Fields {
		if parts.index(f.Name, q.settings.CaseSensitive) < 0 {
			f.Type, f.Nullable = plan.AsNullable(f.Type), true
			out.Fields = append(out.Fields, f)
		}
	}
	return out, q.checkDuplicates(*q.read.Schema)
}

// physical finds the columns in the files, and how much of the files each is. Formats other than Parquet go by position.
func (q *query) physical(out *plan.Scan, schema plan.Struct) error {
	out.Physical = make([]string, len(schema.Fields))
	for i, f := range schema.Fields {
		out.Physical[i] = f.Name
	}
	if q.format.id != "parquet" || len(out.Files) == 0 {
		return nil
	}
	footers, err := q.footers(out.Files)
	if err != nil {
		return err
	}
	for i, f := range schema.Fields {
		found, err := findColumn(f, footers, q.settings.CaseSensitive)
		if err != nil {
			return err
		}
		out.Physical[i] = found.name
		out.Mixed = out.Mixed || found.name != "" && found.missing
	}
	out.Rows, out.Sizes = extent(out.Physical, footers)
	return nil
}

// extent is how many rows files have, and how many bytes each column of them.
func extent(columns []string, footers []footer) (rows int64, sizes []int64) {
	sizes = make([]int64, len(columns))
	at := make([]int, len(columns)) // of the columns, in the last file
	for i, f := range footers {
		if i == 0 || f.id != footers[i-1].id {
			for k, name := range columns {
				at[k] = indexField(f.schema.Fields, name, true)
			}
		}
		rows += f.rows
		for k, field := range at {
			if field >= 0 && field < len(f.bytes) { // a broken footer has none
				sizes[k] += f.bytes[field]
			}
		}
	}
	return rows, sizes
}

// found is what files know of a column: its name in the first that has it, "" if none has, and
// whether one lacks it.
type found struct {
	name    string
	missing bool
}

func findColumn(f plan.Field, footers []footer, caseSensitive bool) (found, error) {
	var out found
	var last *footer
	for i := range footers {
		if last != nil && last.id == footers[i].id {
			continue // the same schema again
		}
		last = &footers[i]
		k := indexField(last.schema.Fields, f.Name, caseSensitive)
		switch {
		case last.schema.Fields == nil: // broken: fails when it is read
		case k < 0:
			out.missing = true
		case !readsAs(last.schema.Fields[k].Type, f.Type):
			return out, fault.Unsupported("reading column %s, which is %s in a file, as %s", f.Name, last.schema.Fields[k].Type, f.Type)
		case out.name == "":
			out.name = last.schema.Fields[k].Name
		}
	}
	return out, nil
}

func indexField(fields []plan.Field, name string, caseSensitive bool) int {
	for i, f := range fields {
		if sameName(f.Name, name, caseSensitive) {
			return i
		}
	}
	return -1
}

func sameName(a, b string, caseSensitive bool) bool {
	return a == b || !caseSensitive && strings.EqualFold(a, b)
}

func (q *query) checkDuplicates(s plan.Struct) error {
	seen := make(map[string]bool, len(s.Fields))
	for _, f := range s.Fields {
		name := f.Name
		if !q.settings.CaseSensitive {
			name = strings.ToLower(name)
		}
		if seen[name] {
			return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(name))
		}
		seen[name] = true
	}
	return nil
}

// firstByPath is the file Spark takes a schema from.
func firstByPath(files []plan.File) plan.File {
	first := files[0]
	for _, f := range files[1:] {
		if f.Path < first.Path {
			first = f
		}
	}
	return first
}

// fingerprint identifies the state of a set of files.
func fingerprint(files []plan.File) string {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%s\x00%v\n", f.Path, stampOf(f))
	}
	return b.String()
}
