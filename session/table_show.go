package session

// This file tells of tables of Shoal's own: SHOW and DESCRIBE.

import (
	"maps"
	"slices"
	"strings"
	"time"

	"shoal/catalog"
	"shoal/plan"
	"shoal/plan/typejson"
)

// shown finds one of Shoal's own tables for a statement that only tells of it; a view hides it.
func (s *Session) shown(name []string) (*catalog.Stored, bool) {
	if _, hidden := s.names.View(name); hidden {
		return nil, false
	}
	return s.names.Stored(name)
}

// showProperties is SHOW TBLPROPERTIES of a table or view.
func showProperties(name []string, properties map[string]string, key *string) *table {
	out := confTable()
	if key != nil {
		value, ok := properties[*key]
		if !ok {
			value = "Table " + strings.Join(name, ".") + " does not have property: " + *key
		}
		out.add(*key, value)
		return out
	}
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		out.add(k, properties[k])
	}
	return out
}

// withProperties is a copy of properties with some set and some gone.
func withProperties(was, set map[string]string, unset []string) map[string]string {
	now := maps.Clone(was)
	if now == nil {
		now = map[string]string{}
	}
	maps.Copy(now, set)
	for _, key := range unset {
		delete(now, key)
	}
	return now
}

// showCreate is SHOW CREATE TABLE.
func showCreate(t *catalog.Stored) *table {
	out := &table{columns: []plan.Field{text("createtab_stmt")}}
	out.add(createStatement(t))
	return out
}

// createStatement is the statement that makes a table.
func createStatement(t *catalog.Stored) string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + strings.Join(t.Qualified(), ".") + " (\n  ")
	for i, f := range t.Columns.Fields {
		if i > 0 {
			b.WriteString(",\n  ")
		}
		b.WriteString(plan.QuoteIfNeeded(f.Name) + " " + plan.SQL(f.Type))
		if comment, ok := typejson.Comment(f.Metadata); ok {
			b.WriteString(" COMMENT " + textLiteral(comment))
		}
	}
	b.WriteString(")\nUSING " + t.Format + "\n")
	writeProperties(&b, "OPTIONS", t.Options)
	if len(t.PartitionBy) > 0 {
		names := make([]string, len(t.PartitionBy))
		for i, p := range t.PartitionBy {
			names[i] = plan.QuoteIfNeeded(p)
		}
		b.WriteString("PARTITIONED BY (" + strings.Join(names, ", ") + ")\n")
	}
	if t.Comment != nil {
		b.WriteString("COMMENT " + textLiteral(*t.Comment) + "\n")
	}
	if t.External {
		b.WriteString("LOCATION " + textLiteral("file:"+t.Location) + "\n")
	}
	writeProperties(&b, "TBLPROPERTIES", t.Properties)
	return b.String()
}

func writeProperties(b *strings.Builder, clause string, properties map[string]string) {
	if len(properties) == 0 {
		return
	}
	var lines []string
	for _, k := range slices.Sorted(maps.Keys(properties)) {
		lines = append(lines, textLiteral(k)+" = "+textLiteral(properties[k]))
	}
	b.WriteString(clause + " (\n  " + strings.Join(lines, ",\n  ") + ")\n")
}

// textLiteral is a text as SQL writes it.
func textLiteral(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

// describeStored is DESCRIBE of a table.
func (s *Session) describeStored(t *catalog.Stored, extended bool) *table {
	out := columnTable()
	out.addFields(t.Columns.Fields)
	if n := len(t.PartitionBy); n > 0 {
		out.add("# Partition Information", "", "")
		out.add("# col_name", "data_type", "comment")
		out.addFields(t.Columns.Fields[len(t.Columns.Fields)-n:])
	}
	if extended {
		out.add("", "", "")
		out.add("# Detailed Table Information", "", "")
		for _, d := range s.details(t) {
			out.add(d[0], d[1], "")
		}
	}
	return out
}

// origin is what DESCRIBE EXTENDED tells of tables and views alike.
func (s *Session) origin(database, name string, created time.Time) [][2]string {
	zone, err := time.LoadLocation(s.Conf().Settings().TimeZone)
	if err != nil {
		zone = time.UTC
	}
	return [][2]string{
		{"Catalog", catalog.SparkCatalog}, {"Database", database}, {"Table", name},
		{"Created Time", created.In(zone).Format("Mon Jan 02 15:04:05 MST 2006")}, {"Last Access", "UNKNOWN"},
		{"Created By", "Spark " + sparkVersion},
	}
}

// details is what DESCRIBE EXTENDED adds.
func (s *Session) details(t *catalog.Stored) [][2]string {
	out := append(s.origin(t.Database, t.Name, t.Created), [2]string{"Type", t.Kind()}, [2]string{"Provider", t.Format})
	if t.Comment != nil {
		out = append(out, [2]string{"Comment", *t.Comment})
	}
	if len(t.Properties) > 0 {
		out = append(out, [2]string{"Table Properties", listed(t.Properties)})
	}
	out = append(out, [2]string{"Location", "file:" + t.Location})
	if len(t.Options) > 0 {
		out = append(out, [2]string{"Storage Properties", listed(t.Options)})
	}
	if len(t.PartitionBy) > 0 {
		out = append(out, [2]string{"Partition Provider", "Catalog"})
	}
	return out
}

// sparkVersion is the one whose answers are given.
const sparkVersion = "4.1.4"

func listed(m map[string]string) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		all = append(all, k+"="+m[k])
	}
	return "[" + strings.Join(all, ", ") + "]"
}
