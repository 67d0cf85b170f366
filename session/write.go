package session

// This file carries out writes: a query's rows become files under a directory, all of them or none.

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// stagingName is where files wait until all are written; readers skip names that begin with _.
const stagingName = catalog.Staging

// success is the empty file that says that a write has ended well.
const success = "_SUCCESS"

// writeFiles is df.write.save(path), and INSERT OVERWRITE DIRECTORY.
func (s *Session) writeFiles(ctx context.Context, c *plan.WriteFiles, q Query, acc *account) (*table, error) {
	w, err := s.planWrite(c)
	if err != nil {
		return nil, err
	}
	settings := s.settings(q.stays)
	resolved, err := s.analyze(ctx, c.Query, settings, acc)
	if err != nil {
		return nil, err
	}
	if skip, err := w.checkTarget(resolved); skip || err != nil {
		return nothing(), err
	}
	if err := w.choose(plan.Output(resolved), settings); err != nil {
		return nil, err
	}
	rows, err := s.execute(ctx, w.sorted(resolved), settings, q, acc)
	if err != nil {
		return nil, err
	}
	defer rows.rows.Release()
	if err := w.run(ctx, rows, func() error { return s.commits(ctx, q) }); err != nil {
		return nil, err
	}
	return nothing(), nil
}

// write is one write on its way.
type write struct {
	format    string
	mode      string
	path      string // absolute; "" for noop
	options   map[string]string
	partition []string
	dynamic   bool // overwrite touches only the partitions that are written
	sensitive bool

	columns []*plan.Column // that go into files
	at      []int          // their places in the rows
	parts   []*plan.Column // that become directories
	partAt  []int
	cells   *cells
	encoder encoder
	// maxRecords is how many rows a file may have, 0 for any number.
	maxRecords int64

	catalog *catalog.Catalog
	id      string
	beside  string   // where the files wait if folders are exchanged; "": below path
	files   []string // written, relative to the staging directory
}

// encoder makes files of a format.
type encoder interface {
	// begin opens a file; extension is what file names end with.
	begin(path string) (fileWriter, error)
	extension() string
}

// planWrite reads what is asked for.
func (s *Session) planWrite(c *plan.WriteFiles) (*write, error) {
	if len(c.BucketBy) > 0 || len(c.SortBy) > 0 {
		return nil, fault.Unsupported("writing buckets")
	}
	conf := s.Conf()
	w := &write{
		format: c.Format, mode: c.Mode, options: c.Options, partition: c.PartitionBy,
		sensitive: conf.isTrue(confCaseSensitive), id: uuid.NewString(), catalog: s.room.Catalog,
	}
	if w.format == "" {
		w.format, _, _ = conf.Lookup("spark.sql.sources.default")
	}
	w.format = catalog.FormatName(w.format)
	overwrite, _, _ := conf.Lookup("spark.sql.sources.partitionOverwriteMode")
	if given, ok := c.Options["partitionoverwritemode"]; ok {
		overwrite = given
	}
	w.dynamic = strings.EqualFold(overwrite, "dynamic") && len(c.PartitionBy) > 0
	path := c.Path
	if path == "" {
		path = c.Options["path"]
	}
	if w.format == "noop" {
		return w, nil
	}
	if path == "" {
		return nil, fault.Illegal("'path' is not specified.")
	}
	var err error
	w.path, err = s.room.Catalog.Resolve(path)
	return w, err
}

// checkTarget compares the save mode with what is there; skip means that there is nothing to do.
func (w *write) checkTarget(resolved plan.Relation) (skip bool, err error) {
	if w.path == "" {
		return false, nil
	}
	_, err = os.Lstat(w.path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write: %w", err)
	}
	switch w.mode {
	case "error":
		return false, fault.New("PATH_ALREADY_EXISTS", "outputPath", "file:"+w.path)
	case "ignore":
		return true, nil
	case "overwrite":
		read := false
		plan.WalkRelations(resolved, func(r plan.Relation) bool {
			if scan, ok := r.(*plan.Scan); ok {
				read = read || slices.ContainsFunc(scan.Files, func(f plan.File) bool {
					return f.Path == w.path || strings.HasPrefix(f.Path, w.path+"/")
				})
			}
			return true
		})
		if read {
			return false, fault.New("UNSUPPORTED_OVERWRITE.PATH", "path", "file:"+w.path)
		}
	}
	return false, nil
}

// choose parts the columns into those of the files and those of the directories, and finds the encoder.
func (w *write) choose(out []*plan.Column, settings plan.Settings) error {
	if err := w.partColumns(out); err != nil {
		return err
	}
	w.cells = newCells(settings)
	var err error
	if w.maxRecords, err = maxRecords(w.options, settings); err != nil {
		return err
	}
	if name, ok := fileFormats[w.format]; ok && isEmptySchema(analyze.Schema(out)) {
		return fault.New("EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE", "format", name)
	}
	switch w.format {
	case "parquet":
		w.encoder, err = newParquetEncoder(w, settings)
	case "csv":
		w.encoder, err = newCSVEncoder(w, settings)
	case "json":
		w.encoder, err = newJSONEncoder(w, settings)
	case "text":
		w.encoder, err = newTextEncoder(w)
	case "noop":
	case "orc", "avro", "xml", "jdbc", "delta", "iceberg":
		err = fault.Unsupported("writing %s", w.format)
	default:
		err = fault.New("DATA_SOURCE_NOT_FOUND", "provider", w.format)
	}
	return err
}

// partColumns tells the columns that become directories from those of the files.
func (w *write) partColumns(out []*plan.Column) error {
	key := func(name string) string {
		if w.sensitive {
			return name
		}
		return strings.ToLower(name)
	}
	places := map[string][]int{}
	for i, c := range out {
		if len(places[key(c.Name)]) > 0 && w.path != "" && w.format != "csv" {
			return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(c.Name)))
		}
		places[key(c.Name)] = append(places[key(c.Name)], i)
	}
	for _, name := range w.partition {
		at := places[key(name)]
		switch {
		case len(at) == 0:
			return fault.New("_LEGACY_ERROR_TEMP_1155", "col", name, "schemaCatalog", analyze.Schema(out).String())
		case len(at) > 1:
			same := make([]string, len(at))
			for i, k := range at {
				same[i] = plan.Quote(out[k].Name)
			}
			return fault.New("AMBIGUOUS_REFERENCE", "name", plan.Quote(name), "referenceNames", "["+strings.Join(same, ", ")+"]")
		}
		w.partAt, w.parts = append(w.partAt, at[0]), append(w.parts, out[at[0]])
	}
	for i, c := range out {
		if !slices.Contains(w.partAt, i) {
			w.at, w.columns = append(w.at, i), append(w.columns, c)
		}
	}
	if len(w.parts) > 0 && len(w.columns) == 0 {
		return fault.New("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
	}
	return nil
}

// fileFormats are the formats of files as Spark's messages call them.
var fileFormats = map[string]string{"parquet": "Parquet", "csv": "CSV", "json": "JSON", "text": "Text"}

// isEmptySchema tells whether a struct has no fields, or one in it has none.
func isEmptySchema(s plan.Struct) bool {
	return len(s.Fields) == 0 || slices.ContainsFunc(s.Fields, func(f plan.Field) bool {
		inner, ok := f.Type.(plan.Struct)
		return ok && isEmptySchema(inner)
	})
}

// maxRecords is how many rows a file may have, 0 for any number.
func maxRecords(options map[string]string, settings plan.Settings) (int64, error) {
	text, ok := options["maxrecordsperfile"]
	if !ok {
		text, _ = settings.Get("spark.sql.files.maxRecordsPerFile")
	}
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fault.Illegal("maxRecordsPerFile: %q is no number", text)
	}
	return max(n, 0), nil
}

// sorted orders rows by directory, so that one file is open at a time.
func (w *write) sorted(resolved plan.Relation) plan.Relation {
	if len(w.parts) == 0 {
		return resolved
	}
	sort := &plan.Sort{Common: plan.Common{Out: plan.Output(resolved)}, Input: resolved, Global: true}
	for _, c := range w.parts {
		sort.Order = append(sort.Order, plan.SortOrder{Expr: c, NullsFirst: true})
	}
	return sort
}

// run writes the rows and puts the files in place, or leaves nothing behind. It asks whether it still may before the latter.
func (w *write) run(ctx context.Context, rows *Result, commits func() error) error {
	if w.path == "" {
		for rows.rows.Next() {
		}
		return rows.Err()
	}
	_, err := os.Lstat(w.path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if fresh || w.mode == "overwrite" {
		if w.beside, err = w.catalog.Beside(ctx, w.path, w.id); err != nil {
			return err
		}
	}
	if !fresh && w.mode == "overwrite" && w.beside == "" {
		if info, err := os.Stat(w.path); err == nil && !info.IsDir() {
			if err := os.Remove(w.path); err != nil {
				return fmt.Errorf("write: %w", err)
			}
		}
	}
	err = w.makeStaging()
	if err == nil {
		err = w.stage(ctx, rows)
	}
	if err == nil {
		err = commits()
	}
	if err == nil {
		err = w.commit()
	}
	if gone := w.unstage(ctx); err == nil {
		err = gone
	}
	if err != nil && fresh {
		os.Remove(w.path)
	}
	return err
}

// unstage removes what is no longer needed: the old after a write, the new after a failure.
func (w *write) unstage(ctx context.Context) error {
	if w.beside != "" {
		return w.catalog.Discard(context.WithoutCancel(ctx), w.beside)
	}
	os.RemoveAll(w.staging())
	os.Remove(filepath.Join(w.path, stagingName)) // unless another write is under way
	return nil
}

func (w *write) staging() string {
	if w.beside != "" {
		return w.beside
	}
	return filepath.Join(w.path, stagingName, w.id)
}

// makeStaging makes the staging directory. Another write that ends may remove the one above it meanwhile.
func (w *write) makeStaging() (err error) {
	for range 100 {
		if err = os.MkdirAll(w.staging(), 0o755); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return w.failed(err, "")
}

// failed is how Spark tells of a disk that is full or not to be written to, naming the file.
func (w *write) failed(err error, name string) error {
	if f := (*fault.Error)(nil); err == nil || errors.As(err, &f) {
		return err
	}
	return fault.New("TASK_WRITE_FAILED", "path", "file:"+filepath.Join(w.path, name)).Because(err)
}

// commit makes the staged folder the one at path, or brings its files there one by one.
func (w *write) commit() error {
	if w.beside == "" {
		return w.commitInPlace()
	}
	if err := os.WriteFile(filepath.Join(w.staging(), success), nil, 0o644); err != nil {
		return w.failed(err, success)
	}
	var keep func(string) bool
	if w.dynamic && w.mode == "overwrite" {
		replaced := w.touched()
		keep = func(name string) bool { return !replaced(name) }
	}
	err := w.catalog.Exchange(w.path, w.staging(), keep)
	if errors.Is(err, catalog.ErrInPlace) {
		return w.commitInPlace()
	}
	return w.failed(err, "")
}

// commitInPlace replaces or adds to what is there, where folders cannot be exchanged.
func (w *write) commitInPlace() error {
	if w.mode == "overwrite" {
		if err := w.clear(); err != nil {
			return err
		}
	}
	for _, f := range w.files {
		to := filepath.Join(w.path, f)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		if err := os.Rename(filepath.Join(w.staging(), f), to); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return w.failed(os.WriteFile(filepath.Join(w.path, success), nil, 0o644), success)
}

// clear removes what an overwrite replaces.
func (w *write) clear() error {
	var old []string
	if w.dynamic {
		for _, f := range w.files {
			old = append(old, filepath.Dir(f))
		}
		old = slices.Compact(old)
	} else {
		entries, err := os.ReadDir(w.path)
		if err != nil {
			return fmt.Errorf("write: %w", err)
		}
		for _, e := range entries {
			if e.Name() != stagingName {
				old = append(old, e.Name())
			}
		}
	}
	for _, name := range old {
		if err := os.RemoveAll(filepath.Join(w.path, name)); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}
