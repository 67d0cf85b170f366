package catalog

// This file finds the columns of CSV files: names from the header, types by inference.

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"shoal/fault"
	"shoal/plan"
	"shoal/textfile"
)

// csvTakes tells which types a CSV column may have.
func csvTakes(t plan.Type) bool {
	switch t.(type) {
	case plan.Array, plan.Map, plan.Struct, plan.UDT, plan.Unsupported:
		return false
	}
	return true
}

// zone is the session's time zone, which times in text have unless they name another.
func (q *query) zone() string {
	if q.settings.TimeZone == "" {
		return "UTC"
	}
	return q.settings.TimeZone
}

// corrupt is the session's name for the column of malformed records.
func (q *query) corrupt() string {
	if v, ok := q.settings.Get("spark.sql.columnNameOfCorruptRecord"); ok {
		return v
	}
	return textfile.Corrupt
}

// csv is how the files are written.
func (q *query) csv() (*textfile.CSV, error) {
	return textfile.NewCSV(q.read.Options, q.zone(), q.corrupt())
}

// remembered gives the schema that was inferred of the same files with the same options before, or
// infers it.
func (q *query) remembered(files []plan.File, infer func() (plan.Struct, error)) (plan.Struct, error) {
	hash := sha256.New()
	io.WriteString(hash, q.format.id+fingerprint(files)+strconv.Quote(q.zone())+strconv.Quote(q.corrupt()))
	for _, name := range slices.Sorted(maps.Keys(q.read.Options)) {
		io.WriteString(hash, strconv.Quote(name)+strconv.Quote(q.read.Options[name]))
	}
	if q.settings.CaseSensitive {
		io.WriteString(hash, "case")
	}
	key := hex.EncodeToString(hash.Sum(nil))
	if s, ok := q.c.inferred.get(key, allSettled(files)); ok {
		return plan.Struct{Fields: slices.Clone(s.Fields)}, nil
	}
	s, err := infer()
	if err == nil {
		q.c.inferred.put(key, allSettled(files), s)
	}
	return plan.Struct{Fields: slices.Clone(s.Fields)}, err
}

func (q *query) csvSchema(files []plan.File) (plan.Struct, error) {
	d, err := q.csv()
	if err != nil {
		return plan.Struct{}, err
	}
	return q.remembered(files, func() (plan.Struct, error) { return q.inferCSV(files, d) })
}

// inferCSV takes the names from one file, the types from all.
func (q *query) inferCSV(files []plan.File, d *textfile.CSV) (plan.Struct, error) {
	if err := q.wholeSample(); err != nil && d.Infer {
		return plan.Struct{}, err
	}
	first, line, err := d.First(headerFile(files, d.MultiLine).Path)
	if err != nil || first == nil {
		return plan.Struct{}, err
	}
	names := headerNames(d, first, q.settings.CaseSensitive)
	types := make([]plan.Type, len(names))
	for i := range types {
		types[i] = plan.String
	}
	if d.Infer {
		if conf, ok := q.settings.Get("spark.sql.timestampType"); ok && conf != "TIMESTAMP_LTZ" {
			return plan.Struct{}, fault.Unsupported("inferring a schema with spark.sql.timestampType = %s", conf)
		}
		if types, err = q.inferTypes(files, d, line, len(names)); err != nil {
			return plan.Struct{}, err
		}
	}
	out := plan.Struct{Fields: make([]plan.Field, len(names))}
	for i, n := range names {
		out.Fields[i] = plan.Field{Name: n, Type: types[i], Nullable: true}
	}
	return out, nil
}

// wholeSample refuses to infer a schema from a part of the records.
func (q *query) wholeSample() error { return textfile.Options(q.read.Options).Ratio() }

// headerFile is the file Spark happens to read first: the largest, or the first where a file is
// read as a whole.
func headerFile(files []plan.File, multiLine bool) plan.File {
	if multiLine {
		return firstByPath(files)
	}
	return slices.MaxFunc(files, func(a, b plan.File) int { return int(min(max(a.Size-b.Size, -1), 1)) })
}

// headerNames makes a header's names usable: empty ones get _c0, _c1, ..., equal ones their position.
func headerNames(d *textfile.CSV, first []string, caseSensitive bool) []string {
	fold := func(s string) string {
		if caseSensitive {
			return s
		}
		return strings.ToLower(s)
	}
	count := map[string]int{}
	for _, n := range first {
		count[fold(n)]++
	}
	out := make([]string, len(first))
	for i, n := range first {
		switch {
		case !d.Header || n == "" || n == d.NullValue:
			out[i] = "_c" + strconv.Itoa(i)
		case count[fold(n)] > 1:
			out[i] = n + strconv.Itoa(i)
		default:
			out[i] = n
		}
	}
	return out
}

// inferTypes reads all files, several at a time.
func (q *query) inferTypes(files []plan.File, d *textfile.CSV, header string, columns int) ([]plan.Type, error) {
	found := make([][]plan.Type, len(files))
	var g errgroup.Group
	g.SetLimit(4)
	for i, f := range files {
		g.Go(func() (err error) {
			found[i], err = d.InferFile(f.Path, header, columns, q.ctx.Err)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	out := found[0]
	for _, types := range found[1:] {
		for i, t := range types {
			out[i] = d.Wider(out[i], t)
		}
	}
	for i, t := range out {
		if t == plan.Null {
			out[i] = plan.String
		}
	}
	return out, nil
}
