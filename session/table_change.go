package session

// This file drops and alters tables and databases of Shoal's own.

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"

	"shoal/catalog"
	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
)

// dropTable is DROP TABLE; it drops a temporary view of that name, too, as Spark does.
func (s *Session) dropTable(ctx context.Context, c *plan.DropTable) (*table, error) {
	if dropped, err := s.dropTemp(ctx, c.Name, false); dropped || err != nil {
		return nothing(), err
	}
	t, ok := s.names.Stored(c.Name)
	if v, isView := s.names.StoredView(c.Name); isView {
		return nil, fault.New("WRONG_COMMAND_FOR_OBJECT_TYPE", "operation", "DROP TABLE", "requiredType", "EXTERNAL or MANAGED",
			"foundType", "VIEW", "objectName", strings.Join(v.Qualified(), "."), "alternative", "DROP VIEW")
	}
	if !ok {
		missing := fault.New("TABLE_OR_VIEW_NOT_FOUND", "relationName", plan.QuoteParts(s.qualified(c.Name))).At(c.NamePos)
		if where, _ := s.place(); c.IfExists && where == here {
			return nothing(), nil
		}
		return nil, missing
	}
	return nothing(), s.drop(ctx, t)
}

// qualified completes a name with the current database.
func (s *Session) qualified(name []string) []string {
	if database, table, ok := s.names.Full(name); ok {
		return []string{catalog.SparkCatalog, database, table}
	}
	return name
}

// drop removes a table, with its files if they are its own.
func (s *Session) drop(ctx context.Context, t *catalog.Stored) error {
	change := catalog.Change{Was: t}
	if !t.External {
		change.Replaces = func(string) bool { return true }
	}
	if err := s.room.Catalog.Change(ctx, change); err != nil || t.External {
		return err
	}
	os.Remove(t.Location) // if nobody reads it
	return nil
}

// truncateTable is TRUNCATE TABLE.
func (s *Session) truncateTable(ctx context.Context, c *plan.TruncateTable) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "TRUNCATE TABLE")
	switch {
	case err != nil:
		return nil, err
	case len(c.Partition) > 0 && !t.External:
		return nothing(), s.truncatePartition(ctx, t, c)
	case t.External:
		return nil, fault.New("_LEGACY_ERROR_TEMP_1266", "tableIdentWithDB", plan.QuoteParts(t.Qualified()))
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: t, Replaces: func(string) bool { return true }})
}

// addColumns is ALTER TABLE ... ADD COLUMNS.
func (s *Session) addColumns(ctx context.Context, c *plan.AddColumns) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... ADD COLUMNS")
	if err != nil {
		return nil, err
	}
	if t.Format == "text" {
		return nil, fault.Unsupported("ADD COLUMNS to a table of text")
	}
	now := *t
	at := len(t.Columns.Fields) - len(t.PartitionBy)
	now.Columns.Fields = slices.Insert(slices.Clone(t.Columns.Fields), at, c.Columns...)
	if err := s.finish(&now); err != nil {
		return nil, err
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}

// setProperties is ALTER TABLE ... SET and UNSET TBLPROPERTIES.
func (s *Session) setProperties(ctx context.Context, c *plan.SetProperties) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... SET TBLPROPERTIES")
	if err != nil {
		return nil, err
	}
	now := *t
	set := maps.Clone(c.Set)
	if comment, ok := set["comment"]; ok {
		now.Comment = &comment
		delete(set, "comment")
	}
	now.Properties = withProperties(t.Properties, set, c.Unset)
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}

// renameTable is ALTER TABLE ... RENAME TO.
func (s *Session) renameTable(ctx context.Context, c *plan.RenameTable) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "ALTER TABLE ... RENAME TO")
	if err != nil {
		return nil, err
	}
	to, err := s.newTable(c.To)
	if err != nil {
		return nil, err
	}
	if len(c.To) == 1 {
		to.Database = t.Database
	}
	if to.Database != t.Database {
		return nil, fault.Unsupported("ALTER TABLE ... RENAME TO another schema")
	}
	return nothing(), s.room.Catalog.Rename(ctx, t, to.Name)
}

// commentOn is COMMENT ON TABLE.
func (s *Session) commentOn(ctx context.Context, c *plan.CommentOn) (*table, error) {
	t, err := s.ownTable(c.Name, c.NamePos, "COMMENT ON TABLE")
	if err != nil {
		return nil, err
	}
	now := *t
	now.Comment = &c.Comment
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}

// alterColumn changes a column's comment, the only thing of a column that Spark changes in a table of files.
func (s *Session) alterColumn(ctx context.Context, c *plan.AlterColumn) (*table, error) {
	operation := "ALTER TABLE ... ALTER COLUMN"
	if strings.HasSuffix(c.Other, " COLUMN") || c.Column == nil {
		operation = "ALTER TABLE ... " + c.Other
	}
	t, err := s.ownTable(c.Name, c.NamePos, operation)
	if err != nil {
		return nil, err
	}
	refuse := func(what string) error {
		return fault.New("UNSUPPORTED_FEATURE.TABLE_OPERATION", "tableName", plan.QuoteParts(t.Qualified()), "operation", what)
	}
	if c.Column == nil {
		return nil, refuse(c.Other)
	}
	k := slices.IndexFunc(t.Columns.Fields, func(f plan.Field) bool {
		return f.Name == c.Column[0] || !s.Conf().isTrue(confCaseSensitive) && strings.EqualFold(f.Name, c.Column[0])
	})
	switch {
	case k < 0:
		return nil, fault.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", plan.QuoteParts(c.Column),
			"proposal", quotedNames(t.Columns.Fields)).At(c.Pos)
	case len(c.Column) > 1 && operation != "ALTER TABLE ... ALTER COLUMN":
		return nil, fault.Unsupported("%s of a part of a column", operation)
	case len(c.Column) > 1:
		return nil, refuse("ALTER COLUMN with qualified column")
	case c.Other != "":
		return nil, refuse(c.Other)
	case slices.Contains(t.PartitionBy, t.Columns.Fields[k].Name):
		return nil, fault.New("CANNOT_ALTER_PARTITION_COLUMN", "tableName", plan.QuoteParts(t.Qualified()), "columnName", plan.Quote(t.Columns.Fields[k].Name))
	}
	now := *t
	now.Columns.Fields = slices.Clone(t.Columns.Fields)
	f := &now.Columns.Fields[k]
	if c.Type != nil && !plan.Equal(plan.AsNullable(c.Type), plan.AsNullable(f.Type)) {
		return nil, fault.New("NOT_SUPPORTED_CHANGE_COLUMN", "table", plan.QuoteParts(t.Qualified()), "originName", plan.Quote(f.Name),
			"originType", quoted(plan.SQL(f.Type)), "newName", plan.Quote(f.Name), "newType", quoted(plan.SQL(c.Type))).At(c.Pos)
	}
	if c.Comment != nil {
		f.Metadata = typejson.WithComment(f.Metadata, *c.Comment)
	}
	return nothing(), s.room.Catalog.Change(ctx, catalog.Change{Was: t, Now: &now})
}
