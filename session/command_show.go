package session

// This file carries out USE, SHOW and DESCRIBE.

import (
	"context"
	"maps"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/store"
)

// useNamespace is USE.
func (s *Session) useNamespace(ctx context.Context, c *plan.Use) (*table, error) {
	if c.Catalog || (len(c.Name) == 1 && strings.EqualFold(c.Name[0], catalog.SparkCatalog)) {
		return nothing(), s.names.UseCatalog(c.Name[0])
	}
	return nothing(), s.useDatabase(ctx, c.Name)
}

// useDatabase makes a schema of ours current, also after a restart.
func (s *Session) useDatabase(ctx context.Context, name []string) error {
	if err := s.names.Use(name); err != nil {
		return err
	}
	return s.record(ctx, store.Entry{Kind: entryDatabase, Key: oursOnly, Payload: []byte(s.names.Database())}, nil)
}

// oursOnly is the key of a current schema that an attached Spark need not know.
const oursOnly = "here"

// database is the schema a statement names; "" is the current one.
func (s *Session) database(name []string) (string, error) {
	switch {
	case len(name) == 0:
		return "", nil
	case len(name) == 2 && strings.EqualFold(name[0], catalog.SparkCatalog):
		name = name[1:]
	}
	if len(name) != 1 || !s.names.HasDatabase(name[0]) {
		return "", catalog.NoDatabase(name...)
	}
	return name[0], nil
}

// show is SHOW.
func (s *Session) show(ctx context.Context, c *plan.Show) (*table, error) {
	//size: one case per thing
	switch c.What {
	case "TABLES", "VIEWS":
		return s.showTables(c)
	case "SCHEMAS", "DATABASES":
		return showNames("namespace", s.names.Databases(pattern(c))), nil
	case "CATALOGS":
		return showNames("catalog", catalog.Filter([]string{s.names.Catalog()}, pattern(c))), nil
	case "CURRENT SCHEMA":
		t := &table{columns: []plan.Field{text("catalog"), text("namespace")}}
		t.add(s.names.Catalog(), s.names.Database())
		return t, nil
	case "FUNCTIONS":
		return s.showFunctions(c)
	case "COLUMNS":
		out, err := s.tableColumns(ctx, c.In, c.NamePos)
		if err != nil {
			return nil, err
		}
		t := &table{columns: []plan.Field{text("col_name")}}
		for _, col := range out {
			t.add(col.Name)
		}
		return t, nil
	case "TBLPROPERTIES":
		if t, ok := s.shown(c.In); ok {
			return showProperties(t.Qualified(), t.Properties, c.Pattern), nil
		}
		if v, ok := s.shownView(c.In); ok {
			return showProperties(v.Qualified(), v.Properties, c.Pattern), nil
		}
		if _, err := s.tableColumns(ctx, c.In, c.NamePos); err != nil {
			return nil, err
		}
		return confTable(), nil
	case "CREATE TABLE", "PARTITIONS":
		if t, ok := s.shown(c.In); ok {
			if c.What == "PARTITIONS" {
				return s.showPartitions(ctx, t, c)
			}
			return showCreate(t), nil
		}
		if v, ok := s.shownView(c.In); ok {
			if c.What == "PARTITIONS" {
				return nil, fault.New("EXPECT_TABLE_NOT_VIEW.NO_ALTERNATIVE", "viewName", plan.QuoteParts(v.Qualified()), "operation", "SHOW PARTITIONS").At(c.NamePos)
			}
			return showCreateView(v), nil
		}
		if _, err := s.tableColumns(ctx, c.In, c.NamePos); err != nil {
			return nil, err
		}
		return nil, fault.New("EXPECT_PERMANENT_VIEW_NOT_TEMP", "operation", "SHOW "+c.What, "viewName", plan.QuoteParts(c.In)).At(c.NamePos)
	default:
		return nil, fault.Unsupported("SHOW %s", c.What)
	}
}

// showTables is SHOW TABLES and SHOW VIEWS. A session's own views belong to every schema.
func (s *Session) showTables(c *plan.Show) (*table, error) {
	t := &table{columns: []plan.Field{text("namespace"), text(strings.ToLower(strings.TrimSuffix(c.What, "S")) + "Name"),
		{Name: "isTemporary", Type: plan.Boolean}}}
	database, err := s.database(c.In)
	if err != nil {
		return nil, err
	}
	tables, err := s.names.Tables(database, pattern(c))
	if err != nil {
		return nil, err
	}
	for _, found := range tables {
		if c.What == "VIEWS" && !found.View {
			continue
		}
		t.add(strings.Join(found.Namespace, "."), found.Name, found.Temporary)
	}
	return t, nil
}

// pattern is LIKE's, "" for none.
func pattern(c *plan.Show) string {
	if c.Pattern == nil {
		return ""
	}
	return *c.Pattern
}

func showNames(column string, names []string) *table {
	t := &table{columns: []plan.Field{text(column)}}
	for _, n := range names {
		t.add(n)
	}
	return t
}

// tableColumns resolves a table or view by name.
func (s *Session) tableColumns(ctx context.Context, name []string, at plan.Pos) ([]*plan.Column, error) {
	resolved, err := s.Analyze(ctx, &plan.Table{Common: plan.Common{Pos: at}, Name: name})
	if err != nil {
		return nil, err
	}
	return plan.Output(resolved), nil
}

func columnTable() *table {
	return &table{columns: []plan.Field{text("col_name"), text("data_type"), textOrNull("comment")}}
}

func (t *table) addColumns(out []*plan.Column) *table {
	for _, c := range out {
		t.addFields([]plan.Field{{Name: c.Name, Type: c.Type, Metadata: c.Metadata}})
	}
	return t
}

// addFields adds the lines of columns: name, type and comment.
func (t *table) addFields(fields []plan.Field) {
	for _, f := range fields {
		var comment any
		if text, ok := typejson.Comment(f.Metadata); ok {
			comment = text
		}
		t.add(f.Name, f.Type.String(), comment)
	}
}

// describeTable is DESCRIBE of a table or view, or of one of its columns.
func (s *Session) describeTable(ctx context.Context, c *plan.DescribeTable) (*table, error) {
	view, isView := s.shownView(c.Name)
	if isView && len(c.Column) == 0 && view.Mode != catalog.ViewEvolution && view.Mode != catalog.ViewTypeEvolution {
		return s.describeView(view, nil, c.Extended), nil // also where its query has nothing to read by now
	}
	out, err := s.tableColumns(ctx, c.Name, c.NamePos)
	if err != nil {
		return nil, err
	}
	if isView && len(c.Column) == 0 {
		return s.describeView(view, out, c.Extended), nil
	}
	if t, ok := s.shown(c.Name); ok && len(c.Column) == 0 {
		return s.describeStored(t, c.Extended), nil
	}
	if len(c.Column) == 0 {
		return columnTable().addColumns(out), nil
	}
	sensitive := s.Conf().Settings().CaseSensitive
	for _, col := range out {
		if col.Name != c.Column[0] && (sensitive || !strings.EqualFold(col.Name, c.Column[0])) {
			continue
		}
		if len(c.Column) > 1 {
			return nil, fault.Unsupported("DESCRIBE of a nested column")
		}
		comment, ok := typejson.Comment(col.Metadata)
		if !ok {
			comment = "NULL"
		}
		t := &table{columns: []plan.Field{text("info_name"), text("info_value")}}
		t.add("col_name", col.Name)
		t.add("data_type", col.Type.String())
		t.add("comment", comment)
		return t, nil
	}
	return nil, fault.New("COLUMN_NOT_FOUND", "colName", plan.QuoteParts(c.Column), "caseSensitiveConfig", quoted(confCaseSensitive))
}

// describeQuery is DESCRIBE QUERY.
func (s *Session) describeQuery(ctx context.Context, c *plan.DescribeQuery) (*table, error) {
	resolved, err := s.Analyze(ctx, c.Query)
	if err != nil {
		return nil, err
	}
	return columnTable().addColumns(plan.Output(resolved)), nil
}

// describeDatabase is DESCRIBE SCHEMA.
func (s *Session) describeDatabase(c *plan.DescribeDatabase) (*table, error) {
	name, err := s.database(c.Name)
	if err != nil {
		return nil, err
	}
	d, ok := s.room.Catalog.Database(name)
	if !ok { // global_temp
		d = &catalog.Database{Name: name}
	}
	t := &table{columns: []plan.Field{text("info_name"), textOrNull("info_value")}}
	t.add("Catalog Name", catalog.SparkCatalog)
	t.add("Namespace Name", d.Name)
	t.add("Comment", d.Comment)
	t.add("Location", s.databaseLocation(d))
	t.add("Owner", owner())
	if c.Extended {
		t.add("Properties", pairs(d.Properties))
	}
	return t, nil
}

// databaseLocation is a schema's folder as Spark writes it.
func (s *Session) databaseLocation(d *catalog.Database) string {
	if d.Name == catalog.DefaultDatabase {
		return s.warehouse()
	}
	return "file:" + d.Location
}

// pairs lists a schema's properties as ((a,b), (c,d)).
func pairs(m map[string]string) string {
	if len(m) == 0 {
		return ""
	}
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, "("+k+","+m[k]+")")
	}
	return "(" + strings.Join(all, ", ") + ")"
}
