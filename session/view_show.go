package session

// This file tells of views that are not temporary: DESCRIBE and SHOW CREATE TABLE.

import (
	"strings"

	"shoal/catalog"
	"shoal/plan"
	"shoal/plan/typejson"
)

// shownView finds a view for a statement that only tells of it; a temporary one hides it.
func (s *Session) shownView(name []string) (*catalog.StoredView, bool) {
	if _, hidden := s.names.View(name); hidden {
		return nil, false
	}
	return s.names.StoredView(name)
}

// viewColumns are the columns of a view as its user sees them: those that follow its query are asked for.
func viewColumns(v *catalog.StoredView, out []*plan.Column) []plan.Field {
	if v.Mode == catalog.ViewBinding || v.Mode == catalog.ViewCompensation || out == nil {
		return v.Columns.Fields
	}
	fields := make([]plan.Field, len(out))
	for i, c := range out {
		fields[i] = plan.Field{Name: c.Name, Type: c.Type, Nullable: true, Metadata: c.Metadata}
	}
	return fields
}

// describeView is DESCRIBE of a view.
func (s *Session) describeView(v *catalog.StoredView, out []*plan.Column, extended bool) *table {
	t := columnTable()
	t.addFields(viewColumns(v, out))
	if !extended {
		return t
	}
	t.add("", "", "")
	t.add("# Detailed Table Information", "", "")
	for _, d := range s.origin(v.Database, v.Name, v.Created) {
		t.add(d[0], d[1], "")
	}
	t.add("Type", "VIEW", "")
	if v.Comment != nil {
		t.add("Comment", *v.Comment, "")
	}
	if len(v.Properties) > 0 {
		t.add("Table Properties", listed(v.Properties), "")
	}
	names := make([]string, len(v.QueryColumns))
	for i, n := range v.QueryColumns {
		names[i] = plan.Quote(n)
	}
	t.add("View Text", v.Text, "")
	t.add("View Original Text", v.Text, "")
	t.add("View Schema Mode", v.Mode, "")
	t.add("View Catalog and Namespace", catalog.SparkCatalog+"."+v.In, "")
	t.add("View Query Output Columns", "["+strings.Join(names, ", ")+"]", "")
	return t
}

// showCreateView is SHOW CREATE TABLE of a view.
func showCreateView(v *catalog.StoredView) *table {
	var b strings.Builder
	b.WriteString("CREATE VIEW " + v.Database + "." + v.Name + " (")
	for i, f := range v.Columns.Fields {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n  " + plan.QuoteIfNeeded(f.Name))
		if comment, ok := typejson.Comment(f.Metadata); ok {
			b.WriteString(" COMMENT " + textLiteral(comment))
		}
	}
	b.WriteString(")\n")
	if v.Comment != nil {
		b.WriteString("COMMENT " + textLiteral(*v.Comment) + "\n")
	}
	writeProperties(&b, "TBLPROPERTIES", v.Properties)
	b.WriteString("WITH SCHEMA " + v.Mode + "\nAS " + v.Text + "\n")
	t := &table{columns: []plan.Field{text("createtab_stmt")}}
	t.add(b.String())
	return t
}
