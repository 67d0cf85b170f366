package session

// This file carries out USE, SHOW and DESCRIBE.

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// The one catalog and the one schema there are.
const (
	defaultCatalog = "spark_catalog"
	defaultSchema  = "default"
	globalSchema   = "global_temp"
)

// useNamespace is USE: there is one schema to use.
func (s *Session) useNamespace(c *plan.Use) (*table, error) {
	if c.Catalog {
		if len(c.Name) == 1 && strings.EqualFold(c.Name[0], defaultCatalog) {
			return nothing(), nil
		}
		return nil, fault.New("CATALOG_NOT_FOUND", "catalogName", plan.QuoteParts(c.Name))
	}
	if len(c.Name) == 1 && strings.EqualFold(c.Name[0], defaultCatalog) {
		return nothing(), nil
	}
	return nothing(), checkSchema(c.Name)
}

// checkSchema refuses a schema that is not there.
func checkSchema(name []string) error {
	if len(name) == 2 && strings.EqualFold(name[0], defaultCatalog) {
		name = name[1:]
	}
	if len(name) == 1 && strings.EqualFold(name[0], defaultSchema) {
		return nil
	}
	return fault.New("SCHEMA_NOT_FOUND", "schemaName", plan.QuoteParts(append([]string{defaultCatalog}, name...)))
}

// show is SHOW.
//
// size: one case per thing
func (s *Session) show(ctx context.Context, c *plan.Show) (*table, error) {
	switch c.What {
	case "TABLES", "VIEWS":
		return s.showTables(c)
	case "SCHEMAS", "DATABASES":
		return showNames("namespace", c.Pattern, defaultSchema), nil
	case "CATALOGS":
		return showNames("catalog", c.Pattern, defaultCatalog), nil
	case "CURRENT SCHEMA":
		t := &table{columns: []plan.Field{text("catalog"), text("namespace")}}
		t.add(defaultCatalog, defaultSchema)
		return t, nil
	case "COLUMNS":
		out, err := s.tableColumns(ctx, c.In, c.Pos)
		if err != nil {
			return nil, err
		}
		t := &table{columns: []plan.Field{text("col_name")}}
		for _, col := range out {
			t.add(col.Name)
		}
		return t, nil
	case "TBLPROPERTIES":
		if _, err := s.tableColumns(ctx, c.In, c.Pos); err != nil {
			return nil, err
		}
		return confTable(), nil
	case "CREATE TABLE", "PARTITIONS":
		if _, err := s.tableColumns(ctx, c.In, c.Pos); err != nil {
			return nil, err
		}
		return nil, fault.New("EXPECT_PERMANENT_VIEW_NOT_TEMP", "operation", "SHOW "+c.What, "viewName", plan.QuoteParts(c.In)).At(c.Pos)
	default:
		return nil, fault.Unsupported("SHOW %s", c.What)
	}
}

// showTables is SHOW TABLES and SHOW VIEWS. A session's own views belong to every schema.
func (s *Session) showTables(c *plan.Show) (*table, error) {
	t := &table{columns: []plan.Field{text("namespace"), text(strings.ToLower(strings.TrimSuffix(c.What, "S")) + "Name"),
		{Name: "isTemporary", Type: plan.Boolean}}}
	global := len(c.In) == 1 && strings.EqualFold(c.In[0], globalSchema)
	if len(c.In) > 0 && !global {
		if err := checkSchema(c.In); err != nil {
			return nil, err
		}
	}
	match := likePattern(c.Pattern)
	if global {
		for _, name := range s.names.list(true) {
			if match(name) {
				t.add(globalSchema, name, true)
			}
		}
	}
	for _, name := range s.names.list(false) {
		if match(name) {
			t.add("", name, true)
		}
	}
	return t, nil
}

func showNames(column string, pattern *string, names ...string) *table {
	t := &table{columns: []plan.Field{text(column)}}
	match := likePattern(pattern)
	for _, n := range names {
		if match(n) {
			t.add(n)
		}
	}
	return t
}

// likePattern reads the patterns of SHOW: * stands for anything, | separates choices, case does not matter.
func likePattern(pattern *string) func(string) bool {
	if pattern == nil {
		return func(string) bool { return true }
	}
	var choices []*regexp.Regexp
	for p := range strings.SplitSeq(*pattern, "|") {
		p = strings.ReplaceAll(strings.TrimSpace(p), "*", ".*")
		if re, err := regexp.Compile("(?i)^(?:" + p + ")$"); err == nil {
			choices = append(choices, re)
		}
	}
	return func(name string) bool {
		return slices.ContainsFunc(choices, func(re *regexp.Regexp) bool { return re.MatchString(name) })
	}
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
		if comment, ok := typejson.Comment(c.Metadata); ok {
			t.add(c.Name, c.Type.String(), comment)
		} else {
			t.add(c.Name, c.Type.String(), nil)
		}
	}
	return t
}

// describeTable is DESCRIBE of a view, or of one of its columns.
func (s *Session) describeTable(ctx context.Context, c *plan.DescribeTable) (*table, error) {
	out, err := s.tableColumns(ctx, c.Name, c.Pos)
	if err != nil {
		return nil, err
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
	if err := checkSchema(c.Name); err != nil {
		return nil, err
	}
	t := &table{columns: []plan.Field{text("info_name"), textOrNull("info_value")}}
	t.add("Catalog Name", defaultCatalog)
	t.add("Namespace Name", defaultSchema)
	t.add("Comment", "default database")
	t.add("Location", s.warehouse())
	t.add("Owner", owner())
	if c.Extended {
		t.add("Properties", "")
	}
	return t, nil
}
