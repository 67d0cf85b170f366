package translate

// This file reads files with the parsers of package textfile, where DuckDB's do not read as Spark's.

import (
	"encoding/json"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/typejson"
	"shoal/textfile"
)

// exact asks for the columns somebody needs: like Spark's, the parser does not look at the others.
func (t *translator) exact(r *plan.Scan) *block {
	data := r.Out[:len(r.Out)-r.Partitions]
	schema := plan.Struct{Fields: make([]plan.Field, len(data))}
	spec := textfile.Spec{Format: r.Format, Options: r.Options, Zone: t.settings.TimeZone, Corrupt: textfile.Corrupt, Path: r.Partitions > 0}
	if v, ok := t.settings.Get("spark.sql.columnNameOfCorruptRecord"); ok {
		spec.Corrupt = v
	}
	alias := t.source()
	for i, c := range data {
		schema.Fields[i] = plan.Field{Name: r.Physical[i], Type: c.Type, Nullable: true}
		if !t.live[c.ID] {
			t.cols[c.ID] = fragment{sql: t.cast("NULL", c.Type), reads: 1 << t.sources[alias]}
			continue
		}
		t.physical(c.Type)
		t.cols[c.ID] = t.columnOf(alias, columnName(plan.ColumnID(len(spec.Wanted))))
		spec.Wanted = append(spec.Wanted, i)
	}
	if r.Format != "text" {
		t.checkCorrupt(schema.Fields, spec.Wanted, textfile.Options(r.Options).Corrupt(spec.Corrupt))
	}
	if err := spec.Check(schema); err != nil {
		t.fail(err)
	}
	spec.Schema = typejson.Format(schema)
	for _, f := range r.Files {
		spec.Files = append(spec.Files, f.Path)
	}
	text, err := json.Marshal(spec)
	if err != nil {
		t.fail(err)
	}
	read := "shoal_read(" + quoteText(string(text)) + ")"
	if r.Partitions > 0 {
		read = t.byFile(r, read, alias)
	}
	return &block{from: read + " AS " + alias, out: r.Out}
}

// checkCorrupt wants the column for malformed records to be a STRING, and not to be read alone.
func (t *translator) checkCorrupt(fields []plan.Field, wanted []int, name string) {
	for _, f := range fields {
		if f.Name == name && f.Type != plan.String {
			t.fail(fault.New("INVALID_CORRUPT_RECORD_TYPE", "columnName", plan.Quote(name), "actualType", `"`+plan.SQL(f.Type)+`"`))
		}
	}
	if len(wanted) == 1 && fields[wanted[0]].Name == name {
		t.fail(fault.New("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN"))
	}
}
