package session

// This file answers calls of spark.catalog. To the client they are relations: each becomes the
// rows it yields before the plan is analyzed.

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/apache/arrow-go/v18/arrow/ipc"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/sparksql"
)

// localize turns a call of the catalog into its rows; other plans stay as they are.
func (s *Session) localize(ctx context.Context, rel plan.Relation) (plan.Relation, error) {
	call, ok := rel.(*plan.CatalogQuery)
	if !ok {
		return rel, nil
	}
	if makesTable(call) {
		return s.createByCall(ctx, call)
	}
	t, err := s.catalogCall(ctx, call)
	if err != nil {
		return nil, err
	}
	return t.relation(call.Common)
}

// relation is the table as data of a plan.
func (t *table) relation(c plan.Common) (plan.Relation, error) {
	result, err := t.result(nil)
	if err != nil {
		return nil, err
	}
	defer result.rows.Release()
	var buf bytes.Buffer
	w := ipc.NewWriter(&buf, ipc.WithSchema(result.Schema))
	for result.rows.Next() {
		if err := w.Write(result.Batch()); err != nil {
			return nil, fmt.Errorf("rows of the catalog: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("rows of the catalog: %w", err)
	}
	return &plan.LocalData{Common: c, Arrow: buf.Bytes(), Schema: &plan.Struct{Fields: t.columns}}, nil
}

// valueTable has the one column that simple answers have.
func valueTable(t plan.Type, nullable bool, values ...any) *table {
	out := &table{columns: []plan.Field{{Name: "value", Type: t, Nullable: nullable}}}
	for _, v := range values {
		out.add(v)
	}
	return out
}

// done is the answer of calls that only do something.
func done(err error) (*table, error) { return valueTable(plan.String, false), err }

func yes(b bool, err error) (*table, error) { return valueTable(plan.Boolean, false, b), err }

// catalogCall picks the call.
func (s *Session) catalogCall(ctx context.Context, c *plan.CatalogQuery) (*table, error) {
	//size: one case per call
	arg := func(name string) string { return c.Args[name] }
	switch c.Op {
	case "current_database":
		return valueTable(plan.String, true, s.names.Database()), nil
	case "set_current_database":
		name, err := sparksql.ParseName(arg("db_name"))
		if err != nil {
			return nil, err
		}
		return done(s.useDatabase(ctx, name))
	case "current_catalog":
		return valueTable(plan.String, true, s.names.Catalog()), nil
	case "set_current_catalog":
		return done(s.names.UseCatalog(arg("catalog_name")))
	case "list_catalogs":
		t := &table{columns: []plan.Field{textOrNull("name"), textOrNull("description")}}
		for _, n := range catalog.Filter([]string{s.names.Catalog()}, arg("pattern")) {
			t.add(n, nil)
		}
		return t, nil
	case "list_databases":
		return s.databases(s.names.Databases(arg("pattern"))), nil
	case "get_database":
		name, err := s.databaseArg(arg("db_name"))
		return s.databases([]string{name}), err
	case "database_exists":
		_, err := s.databaseArg(arg("db_name"))
		return yes(err == nil, nil)
	case "list_tables":
		return s.listTables(c)
	case "get_table":
		return s.getTable(ctx, c)
	case "table_exists":
		_, err := s.tableArg(ctx, c)
		if err != nil && !isNotFound(err) {
			return nil, err
		}
		return yes(err == nil, nil)
	case "list_columns":
		return s.listColumns(ctx, c)
	case "function_exists":
		name, err := s.functionArg(c)
		return yes(err == nil && s.hasFunction(name), err)
	case "get_function":
		return s.getFunction(c)
	case "list_functions":
		return s.listFunctions(c)
	case "drop_temp_view":
		return yes(s.dropTemp(ctx, []string{arg("view_name")}, false))
	case "drop_global_temp_view":
		return yes(s.dropTemp(ctx, []string{arg("view_name")}, true))
	case "is_cached", "cache_table", "uncache_table", "refresh_table":
		return s.cacheCall(ctx, c)
	case "clear_cache":
		s.forgetPersisted()
		return done(nil)
	case "refresh_by_path":
		return done(nil)
	case "recover_partitions":
		return s.recoverPartitions(c)
	default:
		return nil, fault.Unsupported("spark.catalog: %s", c.Op)
	}
}

// databaseArg checks a database's name.
func (s *Session) databaseArg(text string) (string, error) {
	name, err := sparksql.ParseName(text)
	if err != nil {
		return "", err
	}
	return s.database(name)
}

func (s *Session) databases(names []string) *table {
	t := &table{columns: []plan.Field{textOrNull("name"), textOrNull("catalog"), textOrNull("description"), textOrNull("locationUri")}}
	for _, n := range names {
		if d, ok := s.room.Catalog.Database(n); ok {
			t.add(d.Name, catalog.SparkCatalog, d.Comment, s.databaseLocation(d))
		}
	}
	return t
}

func tableTable() *table {
	return &table{columns: []plan.Field{textOrNull("name"), textOrNull("catalog"),
		{Name: "namespace", Type: plan.Array{Elem: plan.String, ContainsNull: true}, Nullable: true},
		textOrNull("description"), textOrNull("tableType"), {Name: "isTemporary", Type: plan.Boolean}}}
}

// addShared adds the line of a table of Shoal's own, or of a view that is not temporary.
func (t *table) addShared(database, name, kind string, comment *string) {
	var said any
	if comment != nil {
		said = *comment
	}
	t.add(name, catalog.SparkCatalog, []string{database}, said, kind, false)
}

func (s *Session) listTables(c *plan.CatalogQuery) (*table, error) {
	database := ""
	if given, ok := c.Args["db_name"]; ok {
		var err error
		if database, err = s.databaseArg(given); err != nil {
			return nil, err
		}
	}
	tables, err := s.names.Tables(database, c.Args["pattern"])
	if err != nil {
		return nil, err
	}
	t := tableTable()
	for _, found := range tables {
		if !found.Temporary {
			if own, ok := s.names.Stored(append(slices.Clone(found.Namespace), found.Name)); ok {
				t.addShared(own.Database, own.Name, own.Kind(), own.Comment)
			} else if v, ok := s.names.StoredView(append(slices.Clone(found.Namespace), found.Name)); ok {
				t.addShared(v.Database, v.Name, "VIEW", v.Comment)
			}
			continue
		}
		t.add(found.Name, nil, found.Namespace, nil, "TEMPORARY", true)
	}
	return t, nil
}

// tableArg resolves the table a call names.
func (s *Session) tableArg(ctx context.Context, c *plan.CatalogQuery) ([]*plan.Column, error) {
	name, err := s.nameArg(c)
	if err != nil {
		return nil, err
	}
	return s.tableColumns(ctx, name, c.Pos)
}

func (s *Session) nameArg(c *plan.CatalogQuery) ([]string, error) {
	name, err := sparksql.ParseName(c.Args["table_name"])
	if err != nil {
		return nil, err
	}
	if database, ok := c.Args["db_name"]; ok {
		name = append([]string{database}, name...)
	}
	return name, nil
}

func (s *Session) getTable(ctx context.Context, c *plan.CatalogQuery) (*table, error) {
	if _, err := s.tableArg(ctx, c); err != nil {
		return nil, err
	}
	name, err := s.nameArg(c)
	if err != nil {
		return nil, err
	}
	t := tableTable()
	if own, ok := s.shown(name); ok {
		t.addShared(own.Database, own.Name, own.Kind(), own.Comment)
		return t, nil
	}
	if v, ok := s.names.StoredView(name); ok {
		t.addShared(v.Database, v.Name, "VIEW", v.Comment)
		return t, nil
	}
	t.add(name[len(name)-1], nil, name[:len(name)-1], nil, "TEMPORARY", true)
	return t, nil
}

func (s *Session) listColumns(ctx context.Context, c *plan.CatalogQuery) (*table, error) {
	out, err := s.tableArg(ctx, c)
	if err != nil {
		return nil, err
	}
	flag := func(name string) plan.Field { return plan.Field{Name: name, Type: plan.Boolean} }
	t := &table{columns: []plan.Field{textOrNull("name"), textOrNull("description"), textOrNull("dataType"),
		flag("nullable"), flag("isPartition"), flag("isBucket"), flag("isCluster")}}
	partition := map[string]bool{}
	if name, err := s.nameArg(c); err == nil {
		if own, ok := s.shown(name); ok {
			for _, p := range own.PartitionBy {
				partition[p] = true
			}
		}
	}
	for _, col := range out {
		var comment any
		if text, ok := typejson.Comment(col.Metadata); ok {
			comment = text
		}
		t.add(col.Name, comment, col.Type.String(), col.Nullable, partition[col.Name], false, false)
	}
	return t, nil
}

// cacheCall is what concerns a table's place in the cache.
func (s *Session) cacheCall(ctx context.Context, c *plan.CatalogQuery) (*table, error) {
	name, err := s.nameArg(c)
	if err != nil {
		return nil, err
	}
	key, err := s.tableFingerprint(ctx, name, c.Pos)
	if err != nil {
		return nil, err
	}
	switch c.Op {
	case "is_cached":
		return yes(s.Persisted(key) != StorageLevel{Replication: 1}, nil)
	case "cache_table":
		s.Persist(key, DefaultStorage)
	case "uncache_table":
		s.Unpersist(key)
	}
	return done(nil)
}
