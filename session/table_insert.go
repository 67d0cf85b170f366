package session

// This file writes rows into tables of Shoal's own.

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"shoal/analyze"
	"shoal/catalog"
	"shoal/engine"
	"shoal/fault"
	"shoal/plan"
	"shoal/store"
)

// ownTable finds the table that a statement changes.
func (s *Session) ownTable(name []string, at plan.Pos, operation string) (*catalog.Stored, error) {
	if _, ok := s.names.View(name); ok {
		return nil, fault.New("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", plan.QuoteParts(name), "operation", operation).At(at)
	}
	if t, ok := s.names.Stored(name); ok {
		return t, nil
	}
	if v, ok := s.names.StoredView(name); ok {
		class := "EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE"
		if operation == "ALTER TABLE ... RENAME TO" {
			return nil, fault.New("EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW", "viewName", plan.QuoteParts(name), "operation", "ALTER TABLE")
		}
		if strings.HasSuffix(operation, "TBLPROPERTIES") {
			class = "EXPECT_TABLE_NOT_VIEW.USE_ALTER_VIEW"
		}
		return nil, fault.New(class, "viewName", plan.QuoteParts(v.Qualified()), "operation", operation).At(at)
	}
	return nil, fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(name)).At(at)
}

// insert is INSERT, and df.write.insertInto.
func (s *Session) insert(ctx context.Context, c *plan.Insert, q Query, acc *account) (*table, error) {
	t, err := s.ownTable(c.Table, c.NamePos, "INSERT")
	if err != nil {
		return nil, err
	}
	if c.V2 {
		return nil, fault.New("_LEGACY_ERROR_TEMP_1012", "identifier", plan.QuoteParts(t.Qualified()))
	}
	return s.onceOnly(ctx, q, func() (*table, error) { return nothing(), s.insertInto(ctx, t, c, q, acc) })
}

func (s *Session) insertInto(ctx context.Context, t *catalog.Stored, c *plan.Insert, q Query, acc *account) error {
	settings := s.Conf().Settings()
	rel, err := s.localize(ctx, c.Query)
	if err != nil {
		return err
	}
	target := analyze.Target{Name: t.Qualified(), Columns: t.Columns.Fields, Partition: t.PartitionBy, Static: c.Partition,
		Given: c.Columns, ByName: c.ByName, At: c.Head}
	stores, err := analyze.Insert(ctx, rel, target, s.env(settings))
	if err != nil {
		return err
	}
	into := filling{change: catalog.Change{Was: t, Now: t}, stores: stores}
	if c.Overwrite {
		if err := s.overwriting(ctx, t, &into, q); err != nil {
			return err
		}
	}
	return s.fill(ctx, t, stores.Plan, into, q, acc)
}

// overwriting says which files an INSERT OVERWRITE replaces.
func (s *Session) overwriting(ctx context.Context, t *catalog.Stored, into *filling, q Query) error {
	mode, _, _ := s.Conf().Lookup("spark.sql.sources.partitionOverwriteMode")
	static := len(into.stores.Static)
	if strings.EqualFold(mode, "dynamic") && static < len(t.PartitionBy) {
		into.dynamic = true
		return nil
	}
	if err := readsTable(into.stores.Plan, t); err != nil {
		return err
	}
	spec, err := s.partitionSpec(ctx, t, into.stores.Static)
	if err != nil {
		return err
	}
	into.change.Replaces = spec.holds
	return nil
}

// constant evaluates a text; NULL is "".
func (s *Session) constant(ctx context.Context, e plan.Expr) (string, error) {
	a := &plan.Alias{Expr: e, Names: []string{"value"}, ID: 1}
	out := []*plan.Column{{ID: 1, Name: "value", Type: plan.String, Nullable: true}}
	one := &plan.OneRow{Common: plan.Common{Out: []*plan.Column{}}}
	rows, err := s.literals(ctx, &plan.Project{Common: plan.Common{Out: out}, Input: one, Exprs: []plan.Expr{a}})
	if err != nil || len(rows) != 1 {
		return "", err
	}
	value, _ := rows[0][0].Value.(string)
	return value, nil
}

// readsTable refuses to overwrite a table by rows read from it.
func readsTable(resolved plan.Relation, t *catalog.Stored) error {
	read := false
	plan.WalkRelations(resolved, func(r plan.Relation) bool {
		if scan, ok := r.(*plan.Scan); ok {
			read = read || slices.ContainsFunc(scan.Files, func(f plan.File) bool { return strings.HasPrefix(f.Path, t.Location+"/") })
		}
		return true
	})
	if read {
		return fault.New("UNSUPPORTED_OVERWRITE.TABLE", "table", plan.QuoteParts(t.Qualified()))
	}
	return nil
}

// filling is how rows get into a table.
type filling struct {
	change  catalog.Change
	dynamic bool            // the partitions that get rows are replaced
	stores  *analyze.Stores // nil: the rows have the table's types
}

// whicheverEngine is settings that ask for no engine: the rows of a table of Shoal's own are computed here even where queries
// are sent elsewhere.
func whicheverEngine(s plan.Settings) plan.Settings {
	get := s.Conf
	s.Conf = func(key string) (string, bool) {
		if key == engine.ConfEngine || get == nil {
			return "", false
		}
		return get(key)
	}
	return s
}

// fill writes a query's rows into files and makes them a table's.
func (s *Session) fill(ctx context.Context, t *catalog.Stored, resolved plan.Relation, into filling, q Query, acc *account) error {
	settings := whicheverEngine(s.Conf().Settings())
	w, err := s.tableWrite(t)
	if err != nil {
		return err
	}
	if err := w.choose(plan.Output(resolved), settings); err != nil {
		return err
	}
	rows, err := s.execute(ctx, w.sorted(resolved), settings, q, acc)
	if err != nil {
		return into.overflow(err, t)
	}
	defer rows.rows.Release()
	if err := w.makeStaging(); err != nil {
		return err
	}
	err = into.overflow(w.stage(ctx, rows), t)
	if err == nil {
		err = s.commits(ctx, q)
	}
	if err == nil {
		if into.dynamic {
			into.change.Replaces = w.touched()
		}
		into.change.Stage, into.change.Add = w.staging(), w.files
		into.change.By = store.Doer{Session: s.Key, ID: q.ID}
		err = s.room.Catalog.Change(context.WithoutCancel(ctx), into.change)
	}
	os.RemoveAll(w.staging())
	os.Remove(filepath.Join(w.path, stagingName)) // unless another write is under way
	if err != nil && into.change.Was == nil {
		os.Remove(w.path)
	}
	return err
}

// tableWrite begins a write into a table's folder.
func (s *Session) tableWrite(t *catalog.Stored) (*write, error) {
	options := map[string]string{}
	for key, value := range t.Options {
		options[strings.ToLower(key)] = value
	}
	return s.planWrite(&plan.WriteFiles{Format: t.Format, Path: t.Location, Options: options, PartitionBy: t.PartitionBy})
}

// touched tells the files in the folders that were written to.
func (w *write) touched() func(string) bool {
	folders := map[string]bool{}
	for _, f := range w.files {
		folders[filepath.Dir(f)] = true
	}
	return func(name string) bool { return folders[filepath.Dir(name)] }
}

// overflow tells of a value that does not fit its column as Spark does for a table.
func (f filling) overflow(err error, t *catalog.Stored) error {
	var e *fault.Error
	if err == nil || f.stores == nil || !errors.As(err, &e) || e.Kind != fault.Arithmetic {
		return err
	}
	to := e.Params["targetType"]
	for i, from := range f.stores.Casts {
		if from == nil {
			continue
		}
		c := t.Columns.Fields[i]
		_, decimal := c.Type.(plan.Decimal)
		source, target := `"`+plan.SQL(from)+`"`, `"`+plan.SQL(c.Type)+`"`
		if e.Class == "CAST_OVERFLOW" && to == target && e.Params["sourceType"] == source ||
			strings.HasPrefix(e.Class, "NUMERIC_VALUE_OUT_OF_RANGE") && decimal {
			return fault.New("CAST_OVERFLOW_IN_TABLE_INSERT", "sourceType", source, "targetType", target, "columnName", plan.Quote(c.Name))
		}
	}
	return err
}
