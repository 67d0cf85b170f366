// Package catalog knows what a name or a path stands for: files and their schemas, databases and
// tables (Catalog, one per server) and a session's views (Names). DESIGN.md says how a table is changed.
//
// Scan turns spark.read into a plan.Scan: it lists files as Spark does, discovers Hive partitions,
// reads or infers the schema. It never reads more than footers and, of text, what inference needs and
// what tells whether a CSV file is plain.
// Paths are closed by default: only those below Options.AllowedPaths can be reached, also through
// symbolic links.
package catalog

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"shoal/fault"
	"shoal/plan"
)

// Options configure a Catalog.
type Options struct {
	// AllowedPaths are the folders queries may use; "/" allows all.
	AllowedPaths []string
	// DeniedPaths are refused even where a folder above is allowed.
	DeniedPaths []string
	// Warehouse is the folder of Spark's own tables, "" for none. Queries may always use it.
	Warehouse string
	// Now is the clock by which the system stamps files; nil: the machine's.
	Now func() time.Time
}

// Catalog finds files and their schemas, and keeps the views all sessions share. It is safe for
// concurrent use.
type Catalog struct {
	options         Options
	allowed, denied []string
	warehouse       []string // none or one
	footers         cache[footer]
	stats           cache[*Stats]
	inferred        cache[plan.Struct]
	verdicts        cache[string]             // what is odd about a CSV file
	widths          cache[map[string]float64] // of columns, see columnWidths
	epochs          epochs
	devices         sync.Map // by number, whether a file system is another machine's

	globalMu sync.RWMutex
	global   map[string]*View

	shelf shelf
}

// New makes a Catalog.
func New(o Options) *Catalog {
	c := &Catalog{options: o, global: map[string]*View{}}
	c.shelf.databases, c.shelf.tables, c.shelf.published = map[string]*Database{}, map[string]*Stored{}, map[string]bool{}
	c.shelf.version.Store(1) // before anything is known: 0 is what nobody has seen
	c.shelf.views, c.shelf.functions = map[string]*StoredView{}, map[string]*Function{}
	c.shelf.files = tableFiles{locks: map[string]*sync.RWMutex{}, readings: map[*Reading]bool{}, doomed: map[string]doom{},
		loans: loans{lent: map[string]int{}, waiting: map[string]int{}, changed: make(chan struct{})}}
	if o.Warehouse != "" {
		c.warehouse = append(c.warehouse, realPath(o.Warehouse))
	}
	for _, p := range o.AllowedPaths {
		c.allowed = append(c.allowed, realPath(p))
	}
	for _, p := range o.DeniedPaths {
		c.denied = append(c.denied, realPath(p))
	}
	return c
}

func (c *Catalog) now() time.Time {
	if c.options.Now != nil {
		return c.options.Now()
	}
	return time.Now()
}

// Warehouse is the folder of Spark's own tables, "" for none.
func (c *Catalog) Warehouse() string { return c.options.Warehouse }

// Scan lists the files of r and finds their schema. The columns' IDs are 0: the analyzer gives them.
func (c *Catalog) Scan(ctx context.Context, r *plan.Read, s plan.Settings) (*plan.Scan, error) {
	format := r.Format
	if format == "" {
		format = "parquet"
		if v, ok := s.Get("spark.sql.sources.default"); ok {
			format = strings.ToLower(v)
		}
	}
	format = FormatName(format)
	f, ok := formats[format]
	if !ok {
		return nil, unknownFormat(format)
	}
	if err := f.check(r); err != nil {
		return nil, err
	}
	q := &query{c: c, ctx: ctx, read: r, settings: s, format: f}
	return q.scan()
}

// format is a kind of file: how its name is written in errors, what options it refuses, and how
// its schema is found.
type format struct {
	id, title string
	check     func(*plan.Read) error
	schema    func(*query, []plan.File) (plan.Struct, error)
	// takes tells whether a column can be of this type.
	takes func(plan.Type) bool
}

var formats = map[string]format{
	"parquet": {"parquet", "Parquet", checkCommon, (*query).parquetSchema, func(plan.Type) bool { return true }},
	"csv":     {"csv", "CSV", checkCommon, (*query).csvSchema, csvTakes},
	"json":    {"json", "JSON", checkCommon, (*query).jsonSchema, jsonTakes},
	"text":    {"text", "Text", checkCommon, textSchema, func(t plan.Type) bool { return t == plan.String }},
}

// foreign lists formats Spark has and we do not.
var foreign = []string{"orc", "avro", "xml", "binaryfile", "jdbc", "libsvm", "image", "kafka", "hive",
	"rate", "rate-micro-batch", "socket", "console", "memory", "noop", "statestore", "state-metadata", "delta", "iceberg", "hudi"}

// FormatName is the short name of a format that is given by the name of a class of Spark's, as old code does.
func FormatName(format string) string {
	short := strings.TrimSuffix(strings.ToLower(format), ".defaultsource")
	for _, prefix := range []string{"org.apache.spark.sql.execution.datasources.", "org.apache.spark.sql."} {
		if name, ok := strings.CutPrefix(short, prefix); ok && (name == "json" || name == "parquet") {
			return name
		}
	}
	return format
}

func unknownFormat(name string) error {
	if strings.Contains(name, ".") || slices.Contains(foreign, name) {
		return fault.Unsupported("reading %s files", name)
	}
	return fault.New("DATA_SOURCE_NOT_FOUND", "provider", name)
}

// checkCommon refuses what changes the answer in ways we do not know.
func checkCommon(r *plan.Read) error {
	for _, name := range []string{"modifiedbefore", "modifiedafter"} {
		if v, ok := r.Options[name]; ok && !strings.EqualFold(v, "false") {
			return fault.Unsupported("the option %s", name)
		}
	}
	return nil
}

func textSchema(*query, []plan.File) (plan.Struct, error) {
	return plan.Struct{Fields: []plan.Field{{Name: "value", Type: plan.String, Nullable: true}}}, nil
}

// realPath is the absolute path with links resolved, as far as it exists.
func realPath(path string) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	rest := ""
	for p := path; ; p = filepath.Dir(p) {
		if real, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(real, rest)
		}
		if filepath.Dir(p) == p {
			return path
		}
		rest = filepath.Join(filepath.Base(p), rest)
	}
}

// Takes refuses columns that files of a format cannot hold.
func Takes(formatName string, fields []plan.Field) error {
	f := formats[formatName]
	for _, c := range fields {
		if !f.takes(c.Type) {
			return f.refuse(c.Name, c.Type)
		}
	}
	return nil
}

func (f format) refuse(column string, t plan.Type) error {
	return fault.New("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE", "columnType", `"`+plan.SQL(t)+`"`,
		"format", f.title, "columnName", plan.Quote(column))
}
