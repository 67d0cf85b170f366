package translate

// This file gives scans the columns that come from the names of folders.

import (
	"net/url"
	"path"
	"strings"

	"shoal/plan"
)

// nullPartition is the text of NULL in plan.File.Partition.
const nullPartition = "__HIVE_DEFAULT_PARTITION__"

// partitioned reads files with a function of DuckDB's, as the FROM item called alias, and defines
// the partition columns. Where DuckDB sees the same in the paths as Spark it reads them itself, and
// can skip files; else the values are joined to the files.
func (t *translator) partitioned(r *plan.Scan, reader string, options []string, alias string) string {
	switch {
	case r.Partitions == 0:
		options = append(options, "hive_partitioning = false")
	case sameInPaths(r):
		options = append(options, t.fromPaths(r, alias))
	default:
		options = append(options, "hive_partitioning = false", "filename = 'shoal_path'")
		return t.byFile(r, reader+"("+strings.Join(options, ", ")+")", alias) + " AS " + alias
	}
	return reader + "(" + strings.Join(options, ", ") + ") AS " + alias
}

// sameInPaths tells whether every folder's name is column=value with the value as it stands in the
// plan, of a type that DuckDB reads as Spark does, and no folder says anything else.
func sameInPaths(r *plan.Scan) bool {
	columns := r.Out[len(r.Out)-r.Partitions:]
	taken := map[string]bool{}
	for _, name := range r.Physical {
		taken[strings.ToLower(name)] = true
	}
	for _, c := range columns {
		if !isIntegral(c.Type) && c.Type != plan.Date && !isText(c.Type) || taken[strings.ToLower(c.Name)] {
			return false
		}
	}
	for _, f := range r.Files {
		n := 0
		for part := range strings.SplitSeq(path.Dir(f.Path), "/") {
			name, value, ok := strings.Cut(part, "=")
			if !ok {
				continue
			}
			if plain, err := url.PathUnescape(value); n == len(columns) || err != nil || name != columns[n].Name ||
				plain != f.Partition[n] || strings.EqualFold(plain, "NULL") {
				return false
			}
			n++
		}
		if n != len(columns) {
			return false
		}
	}
	return true
}

func (t *translator) fromPaths(r *plan.Scan, alias string) string {
	types := make([]string, r.Partitions)
	for i, c := range r.Out[len(r.Out)-r.Partitions:] {
		typ := "VARCHAR"
		if isIntegral(c.Type) || c.Type == plan.Date {
			typ = t.physical(c.Type)
		}
		t.cols[c.ID] = t.columnOf(alias, quoteName(c.Name))
		types[i] = quoteText(c.Name) + ": " + typ
	}
	return "hive_partitioning = true, hive_types = {" + strings.Join(types, ", ") + "}"
}

// byFile joins each file's values to its rows; read has the file's path as shoal_path.
func (t *translator) byFile(r *plan.Scan, read, alias string) string {
	columns := r.Out[len(r.Out)-r.Partitions:]
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = "shoal_p" + columnName(plan.ColumnID(i))
		t.cols[c.ID] = t.columnOf(alias, names[i])
	}
	var rows []string
	seen := map[string]bool{} // a file may be read twice
	for _, f := range r.Files {
		if seen[f.Path] {
			continue
		}
		seen[f.Path] = true
		row := []string{quoteText(readPath(f))}
		for i, c := range columns {
			value := "NULL"
			if f.Partition[i] != nullPartition {
				value = quoteText(f.Partition[i])
			}
			row = append(row, t.cast(value, c.Type))
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	return "(SELECT * FROM " + read + " AS f JOIN (VALUES " + strings.Join(rows, ", ") + ") AS p(shoal_file, " +
		strings.Join(names, ", ") + ") ON f.shoal_path = p.shoal_file)"
}
