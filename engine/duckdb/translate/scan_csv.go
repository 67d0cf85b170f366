package translate

// This file reads CSV files as Spark's default mode does: every column is read as text and
// converted, and what cannot be read is NULL.

import (
	"strings"

	"shoal/plan"
)

// csv reads files whose options package catalog has looked at: these are the ones that matter here.
func (t *translator) csv(r *plan.Scan) *block {
	get := func(key, def string) string {
		if v, ok := option(r, key); ok {
			return v
		}
		return def
	}
	header := "false"
	if strings.EqualFold(get("header", "false"), "true") {
		header = "true"
	}
	alias := t.source()
	columns := make([]string, len(r.Physical))
	for i := range r.Physical {
		name := "f" + columnName(plan.ColumnID(i))
		columns[i] = quoteText(name) + ": 'VARCHAR'"
		t.cols[r.Out[i].ID] = t.csvColumn(t.columnOf(alias, name), r.Out[i].Type)
	}
	options := []string{
		fileList(r),
		"columns = {" + strings.Join(columns, ", ") + "}",
		"auto_detect = false, header = " + header,
		"delim = " + quoteText(get("sep", get("delimiter", ","))),
		"quote = " + quoteText(get("quote", `"`)),
		"escape = " + quoteText(get("escape", `\`)),
		"comment = " + quoteText(get("comment", "")),
		"nullstr = [" + quoteText(get("nullvalue", "")) + ", '']",
		"allow_quoted_nulls = true, null_padding = true, strict_mode = false",
	}
	return &block{from: t.partitioned(r, "read_csv", options, alias), out: r.Out}
}

// csvColumn converts a field's text. Unlike a cast, Spark's reader takes no blanks around exact
// numbers, and fewer spellings.
func (t *translator) csvColumn(f fragment, typ plan.Type) fragment {
	if isText(typ) {
		return f
	}
	read := t.convert(f.sql, plan.String, typ, plan.CastTry)
	f.column = false
	_, isDecimal := typ.(plan.Decimal)
	switch {
	case typ == plan.Boolean:
		f.sql = "CASE lower(" + f.sql + ") WHEN 'true' THEN true WHEN 'false' THEN false END"
	case isIntegral(typ), isDecimal:
		f.sql = "CASE WHEN " + f.sql + " = trim(" + f.sql + ") THEN " + read + " END"
	case typ == plan.TimestampNTZ: // a time with a zone is none
		f.sql = "CASE WHEN NOT regexp_matches(" + f.sql + ", ':.*[A-Za-z+-]') THEN " + read + " END"
	default:
		f.sql = read
	}
	return f
}
