package session

// This file makes tables of Shoal's own: CREATE TABLE, also AS SELECT, and saveAsTable.

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
)

// tablesElsewhere refuses to make what the attached Spark makes: its catalog is the one all its users see.
func (s *Session) tablesElsewhere(what string) error {
	if where, _ := s.place(); where != here {
		return fault.Unsupported("%s: the attached Spark does", what)
	}
	if s.room.Catalog.Warehouse() == "" {
		return fault.Unsupported("%s: there is no warehouse", what)
	}
	return nil
}

// createTable is CREATE TABLE.
func (s *Session) createTable(ctx context.Context, c *plan.CreateTable, q Query, acc *account) (*table, error) {
	if err := s.tablesElsewhere("CREATE TABLE"); err != nil {
		return nil, err
	}
	return s.onceOnly(ctx, q, func() (*table, error) { return s.createHere(ctx, c, q, acc) })
}

func (s *Session) createHere(ctx context.Context, c *plan.CreateTable, q Query, acc *account) (*table, error) {
	if c.Like != nil {
		return nothing(), s.createLike(ctx, c)
	}
	t, err := s.newTable(c.Name)
	if err != nil {
		return nil, err
	}
	if c.Replace {
		operation := "REPLACE TABLE"
		if c.Query != nil {
			operation = "REPLACE TABLE AS SELECT"
		}
		return nil, fault.New("UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", plan.QuoteParts(t.Qualified()), "operation", operation)
	}
	if _, exists := s.room.Catalog.Stored(t.Database, t.Name); exists {
		if c.IfNotExists {
			return nothing(), nil
		}
		return nil, alreadyThere(t)
	}
	if _, exists := s.room.Catalog.StoredView(t.Database, t.Name); exists {
		if c.IfNotExists {
			return nothing(), nil
		}
		return nil, alreadyThere(t)
	}
	if c.Hard != "" {
		return nil, fault.Unsupported("CREATE TABLE with %s", c.Hard)
	}
	t.Format, t.Comment, t.Properties, t.PartitionBy = c.Format, c.Comment, c.Properties, c.PartitionBy
	if err := s.located(t, c.Location, c.Options, c.External); err != nil {
		return nil, err
	}
	if c.Query != nil {
		err := s.createAs(ctx, t, nil, c.Query, q, acc)
		return nothing(), err
	}
	if t.Columns.Fields = c.Columns; len(c.Columns) == 0 {
		if err := s.inferColumns(ctx, t); err != nil {
			return nil, err
		}
	}
	return nothing(), s.register(ctx, t)
}

// register makes a table without rows.
func (s *Session) register(ctx context.Context, t *catalog.Stored) error {
	if err := s.finish(t); err != nil {
		return err
	}
	if !t.External {
		if err := checkFree(t); err != nil {
			return err
		}
		if err := os.MkdirAll(t.Location, 0o755); err != nil {
			return err
		}
	}
	return s.room.Catalog.Change(ctx, catalog.Change{Now: t})
}

// plainName is what Spark's own catalog allows for the name of a table or schema.
var plainName = regexp.MustCompile(`^\w+$`)

// newTable begins a table of a name.
func (s *Session) newTable(name []string) (*catalog.Stored, error) {
	database, table, ok := s.names.Full(name)
	if !ok {
		return nil, fault.New("REQUIRES_SINGLE_PART_NAMESPACE", "sessionCatalog", catalog.SparkCatalog,
			"namespace", plan.QuoteParts(name[:len(name)-1]))
	}
	if !plainName.MatchString(table) {
		return nil, fault.New("INVALID_SCHEMA_OR_RELATION_NAME", "name", plan.Quote(table))
	}
	if _, ok := s.room.Catalog.Database(database); !ok {
		return nil, catalog.NoDatabase(database)
	}
	return &catalog.Stored{ID: uuid.NewString(), Database: strings.ToLower(database), Name: strings.ToLower(table), Created: time.Now()}, nil
}

// located sets a table's format, options and folder.
func (s *Session) located(t *catalog.Stored, location string, options map[string]string, external bool) error {
	if t.Format == "" {
		t.Format, _, _ = s.Conf().Lookup("spark.sql.sources.default")
	}
	switch t.Format = catalog.FormatName(strings.ToLower(t.Format)); t.Format {
	case "parquet", "csv", "json", "text":
	case "orc", "avro", "xml", "jdbc", "hive", "delta", "iceberg", "hudi", "binaryfile":
		return fault.Unsupported("tables of the format %s", t.Format)
	default:
		if strings.Contains(t.Format, ".") {
			return fault.Unsupported("tables of the format %s", t.Format)
		}
		return fault.New("DATA_SOURCE_NOT_FOUND", "provider", t.Format)
	}
	t.Options = maps.Clone(options)
	for key, value := range options {
		if strings.EqualFold(key, "path") {
			location = value
			delete(t.Options, key)
		}
	}
	if location == "" {
		if external {
			return fault.New("_LEGACY_ERROR_TEMP_1069")
		}
		t.Location = s.room.Catalog.DefaultLocation(t.Database, t.Name)
		return nil
	}
	var err error
	t.External = true
	t.Location, err = s.room.Catalog.Resolve(location)
	return err
}

// inferColumns takes a table's columns from its files.
func (s *Session) inferColumns(ctx context.Context, t *catalog.Stored) error {
	settings := s.Conf().Settings()
	if !t.External {
		titles := map[string]string{"parquet": "Parquet", "csv": "CSV", "json": "JSON", "text": "Text"}
		return fault.New("UNABLE_TO_INFER_SCHEMA", "format", titles[t.Format])
	}
	options := map[string]string{}
	for key, value := range t.Options {
		options[strings.ToLower(key)] = value
	}
	scan, err := s.room.Catalog.Scan(ctx, &plan.Read{Format: t.Format, Paths: []string{t.Location}, Options: options}, settings)
	if err != nil {
		return err
	}
	for i, c := range scan.Out {
		t.Columns.Fields = append(t.Columns.Fields, plan.Field{Name: c.Name, Type: c.Type, Nullable: true, Metadata: c.Metadata})
		if i >= len(scan.Out)-scan.Partitions {
			t.PartitionBy = append(t.PartitionBy, c.Name)
		}
	}
	return nil
}

// finish checks a table's columns and puts those of the partitions last.
func (s *Session) finish(t *catalog.Stored) error {
	sensitive := s.Conf().isTrue(confCaseSensitive)
	same := func(a, b string) bool { return a == b || !sensitive && strings.EqualFold(a, b) }
	fields := t.Columns.Fields
	for i, f := range fields {
		if slices.ContainsFunc(fields[:i], func(g plan.Field) bool { return same(f.Name, g.Name) }) {
			return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(f.Name)))
		}
		if err := storable(f.Type); err != nil {
			return err
		}
	}
	var last []plan.Field
	for i, p := range t.PartitionBy {
		k := slices.IndexFunc(fields, func(f plan.Field) bool { return same(f.Name, p) })
		if k < 0 {
			return fault.New("COLUMN_NOT_DEFINED_IN_TABLE", "colType", "partition", "colName", plan.Quote(p),
				"tableName", plan.QuoteParts(t.Qualified()), "tableCols", quotedNames(fields))
		}
		if slices.ContainsFunc(t.PartitionBy[:i], func(q string) bool { return same(p, q) }) {
			return fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(p)))
		}
		switch fields[k].Type.(type) {
		case plan.Array, plan.Map, plan.Struct:
			return fault.New("INVALID_PARTITION_COLUMN_DATA_TYPE", "type", `"`+plan.SQL(fields[k].Type)+`"`)
		}
		t.PartitionBy[i] = fields[k].Name
		last = append(last, fields[k])
	}
	if len(last) > 0 && len(last) == len(fields) {
		return fault.New("ALL_PARTITION_COLUMNS_NOT_ALLOWED")
	}
	var first []plan.Field
	for _, f := range fields {
		f.Nullable = true
		if !slices.Contains(t.PartitionBy, f.Name) {
			first = append(first, f)
		}
	}
	if err := catalog.Takes(t.Format, first); err != nil {
		return err
	}
	t.Columns.Fields = append(first, last...)
	return nil
}

// storable refuses types that our files do not keep as Spark's do.
func storable(t plan.Type) error {
	//size: one case per type
	switch t := t.(type) {
	case plan.Char, plan.Varchar, plan.UDT, plan.Unsupported:
		return fault.Unsupported("columns of type %s", t)
	case plan.Array:
		return storable(t.Elem)
	case plan.Map:
		if err := storable(t.Key); err != nil {
			return err
		}
		return storable(t.Value)
	case plan.Struct:
		for _, f := range t.Fields {
			if err := storable(f.Type); err != nil {
				return err
			}
		}
	case plan.Basic:
		if t == plan.Variant || t == plan.CalendarInterval || t == plan.Null {
			return fault.Unsupported("columns of type %s", t)
		}
	}
	return nil
}

func quotedNames(fields []plan.Field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = plan.Quote(f.Name)
	}
	return strings.Join(names, ", ")
}

// checkFree refuses a managed table whose folder holds something.
func checkFree(t *catalog.Stored) error {
	entries, err := os.ReadDir(t.Location)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() != stagingName }) {
		return fault.New("LOCATION_ALREADY_EXISTS", "location", "'file:"+t.Location+"'", "identifier", plan.QuoteParts(t.Qualified()))
	}
	return nil
}

// createAs makes a table of a query's rows, in the place of another one if was is set.
func (s *Session) createAs(ctx context.Context, t, was *catalog.Stored, query plan.Relation, q Query, acc *account) error {
	resolved, err := s.analyze(ctx, query, s.Conf().Settings(), acc)
	if err != nil {
		return err
	}
	for _, c := range plan.Output(resolved) {
		t.Columns.Fields = append(t.Columns.Fields, plan.Field{Name: c.Name, Type: plan.AsNullable(c.Type), Nullable: true, Metadata: c.Metadata})
	}
	if err := s.finish(t); err != nil {
		return err
	}
	change := catalog.Change{Was: was, Now: t}
	switch {
	case was != nil && was.Location == t.Location:
		if err := readsTable(resolved, was); err != nil {
			return err
		}
		change.Replaces = func(string) bool { return true }
	case was != nil:
		return fault.Unsupported("overwriting a table by one that lives elsewhere")
	default:
		if err := s.checkVacant(t); err != nil {
			return err
		}
	}
	return s.fill(ctx, t, resolved, filling{change: change}, q, acc)
}

// checkVacant refuses a folder that holds files of somebody else's.
func (s *Session) checkVacant(t *catalog.Stored) error {
	err := checkFree(t)
	if err != nil && t.External {
		return fault.New("_LEGACY_ERROR_TEMP_1241", "tablePath", "file://"+t.Location, "config", "spark.sql.legacy.allowNonEmptyLocationInCTAS")
	}
	return err
}
