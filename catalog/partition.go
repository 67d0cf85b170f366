package catalog

// This file discovers Hive partitions: folders called column=value.

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"shoal/fault"
	"shoal/plan"
)

// nullPartition is the folder name's value for NULL.
const nullPartition = "__HIVE_DEFAULT_PARTITION__"

// partitioning is what the folders' names say: columns, and the values of each folder.
type partitioning struct {
	columns []plan.Field
	values  map[string][]string // by folder; as plan.File.Partition
}

func (p *partitioning) index(name string, caseSensitive bool) int {
	return indexField(p.columns, name, caseSensitive)
}

// partitionFolder is a folder with files whose path names partitions.
type partitionFolder struct {
	path   string
	base   string // the folder above the first column=value
	names  []string
	values []string // unescaped
	raw    []string
}

// partitions looks at every folder with files.
func (q *query) partitions(roots []root) (*partitioning, error) {
	out := &partitioning{values: map[string][]string{}}
	if q.flag("recursivefilelookup") {
		return out, nil
	}
	bases, err := q.basePaths(roots)
	if err != nil {
		return nil, err
	}
	var found []partitionFolder
	discovered := map[string]bool{} // base paths, lower case
	var order []string
	seen := map[string]bool{}
	for _, r := range roots {
		for _, f := range r.folders {
			if seen[f.path] {
				continue
			}
			seen[f.path] = true
			p, ok := parseFolder(f.path, bases)
			if !ok {
				continue
			}
			if base := strings.ToLower(p.base); !discovered[base] {
				discovered[base] = true
				order = append(order, p.base)
			}
			if len(p.names) > 0 {
				found = append(found, p)
			}
		}
	}
	if len(found) == 0 {
		return out, nil
	}
	if len(order) > 1 {
		return nil, fault.New("CONFLICTING_DIRECTORY_STRUCTURES", "discoveredBasePaths", uriList(order))
	}
	if err := q.checkNames(found); err != nil {
		return nil, err
	}
	return out, q.resolveColumns(out, found)
}

// basePaths are where partition columns begin: the option basePath, or the roots themselves.
func (q *query) basePaths(roots []root) (map[string]bool, error) {
	out := map[string]bool{}
	given, ok := q.read.Options["basepath"]
	if !ok {
		for _, r := range roots {
			if r.isFile {
				out[filepath.Dir(r.path)] = true
			} else {
				out[r.path] = true
			}
		}
		return out, nil
	}
	base, err := q.c.Resolve(given)
	if err != nil {
		return nil, err
	}
	for _, r := range roots {
		if !inside(r.path, []string{base}) {
			return nil, badArgument("the option basePath " + given + " is not above " + uri(r.path))
		}
	}
	out[base] = true
	return out, nil
}

// parseFolder reads the columns from a path, bottom up, as far as the base path. A folder left
// behind by a write under way is no folder at all.
func parseFolder(path string, bases map[string]bool) (partitionFolder, bool) {
	out := partitionFolder{path: path}
	for at := path; ; at = filepath.Dir(at) {
		out.base = at
		if strings.EqualFold(filepath.Base(at), "_temporary") {
			return partitionFolder{}, false
		}
		if bases[at] || filepath.Dir(at) == at {
			break
		}
		name, value, isColumn := strings.Cut(filepath.Base(at), "=")
		if isColumn && name != "" && value != "" {
			out.names = append(out.names, unescapePath(name))
			out.raw = append(out.raw, value)
			out.values = append(out.values, unescapePath(value))
		} else if len(out.names) > 0 {
			break
		}
	}
	slices.Reverse(out.names)
	slices.Reverse(out.raw)
	slices.Reverse(out.values)
	return out, true
}

// unescapePath undoes Hive's %xx.
func unescapePath(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	if out, err := url.PathUnescape(s); err == nil {
		return out
	}
	return s
}

// checkNames refuses folders that disagree about the columns.
func (q *query) checkNames(found []partitionFolder) error {
	key := func(p partitionFolder) string {
		k := strings.Join(p.names, ", ")
		if !q.settings.CaseSensitive {
			k = strings.ToLower(k)
		}
		return k
	}
	var lists, paths []string
	for _, p := range found {
		if k := key(p); !slices.Contains(lists, k) {
			lists = append(lists, k)
			paths = append(paths, p.path)
		}
	}
	if len(lists) == 1 {
		return nil
	}
	return fault.New("CONFLICTING_PARTITION_COLUMN_NAMES",
		"distinctPartColLists", "\n\t"+strings.Join(lists, "\n\t")+"\n", "suspiciousPaths", uriList(paths))
}

func uriList(paths []string) string {
	var b strings.Builder
	for _, p := range paths {
		b.WriteString("\n\t" + uri(p))
	}
	return b.String()
}

// resolveColumns gives each column its type, and each folder its values as that type writes them.
func (q *query) resolveColumns(out *partitioning, found []partitionFolder) error {
	zone, err := location(q.settings.TimeZone)
	if err != nil {
		return err
	}
	infer := true
	if v, ok := q.settings.Get("spark.sql.sources.partitionColumnTypeInference.enabled"); ok {
		infer = !strings.EqualFold(v, "false")
	}
	for _, p := range found {
		out.values[p.path] = make([]string, len(p.names))
	}
	for i, name := range found[0].names {
		column := q.column(name, i, found, infer)
		for _, p := range found {
			text, ok := partitionText(p.raw[i], p.values[i], column.Type, zone)
			if !ok {
				return fault.New("INVALID_PARTITION_VALUE", "value", "'"+p.values[i]+"'",
					"columnName", plan.Quote(column.Name), "dataType", `"`+plan.SQL(column.Type)+`"`)
			}
			out.values[p.path][i] = text
		}
		out.columns = append(out.columns, column)
	}
	return nil
}

// column is the i-th partition column, of the user's type if there is one.
func (q *query) column(name string, i int, found []partitionFolder, infer bool) plan.Field {
	if q.read.Schema != nil {
		if k := indexField(q.read.Schema.Fields, name, q.settings.CaseSensitive); k >= 0 {
			f := q.read.Schema.Fields[k]
			f.Nullable = true
			return f
		}
	}
	var t plan.Type = plan.Null
	for _, p := range found {
		t = widerPartition(t, inferPartition(p.raw[i], infer))
	}
	return plan.Field{Name: name, Type: t, Nullable: true}
}

// location loads a session time zone.
func location(zone string) (*time.Location, error) {
	if zone == "" {
		return time.UTC, nil
	}
	if t, err := time.Parse("-07:00", zone); err == nil {
		return t.Location(), nil
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fault.Unsupported("the time zone %s", zone).Because(err)
	}
	return loc, nil
}
