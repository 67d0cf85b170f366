package analyze

import (
	_ "embed"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file holds the table functions that list what Spark itself has: collations() and sql_keywords().

// localeList has the locales of ICU 77.1 that Spark 4.1.4 collates by: name, language and country.
//
//go:embed collations.txt
var localeList string

// keywordList has the words of Spark 4.1.4's grammar.
//
//go:embed keywords.txt
var keywordList string

const icuVersion = "77.1.0.0"

// tableList is a table function without arguments.
type tableList struct {
	columns []plan.Field
	rows    func() [][]any // nil is NULL
}

var tableLists = map[string]tableList{
	"collations": {columns: []plan.Field{{Name: "CATALOG", Type: plan.String}, {Name: "SCHEMA", Type: plan.String},
		{Name: "NAME", Type: plan.String}, {Name: "LANGUAGE", Type: plan.String, Nullable: true},
		{Name: "COUNTRY", Type: plan.String, Nullable: true}, {Name: "ACCENT_SENSITIVITY", Type: plan.String},
		{Name: "CASE_SENSITIVITY", Type: plan.String}, {Name: "PAD_ATTRIBUTE", Type: plan.String},
		{Name: "ICU_VERSION", Type: plan.String, Nullable: true}}, rows: collations},
	"sql_keywords": {columns: []plan.Field{{Name: "keyword", Type: plan.String}, {Name: "reserved", Type: plan.Boolean}}, rows: keywords},
}

func (a *analyzer) listed(name string, list tableList, r *plan.TableFunc) (*node, error) {
	if n := len(r.Args); n > 0 {
		return nil, fault.New("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", plan.Quote(name), "expectedNum", "0",
			"actualNum", itoa(n), "docroot", docRoot).At(r.Pos)
	}
	v := &plan.Values{Common: at(r)}
	for _, row := range list.rows() {
		cells := make([]plan.Expr, len(row))
		for i, x := range row {
			cells[i] = &plan.Literal{Value: x, Type: list.columns[i].Type}
		}
		v.Rows = append(v.Rows, cells)
	}
	return a.leaf(v, list.columns, nil), nil
}

// keywords tells of none that it is reserved: that needs spark.sql.ansi.enforceReservedKeywords.
func keywords() (rows [][]any) {
	for _, word := range strings.Fields(keywordList) {
		rows = append(rows, []any{word, false})
	}
	return rows
}

// collations are those of UTF-8's bytes, then each locale's eight, all by name.
func collations() (rows [][]any) {
	for _, line := range strings.Split(strings.TrimSpace(localeList), "\n") {
		parts := strings.Split(line, "|")
		for variant := range 8 {
			rows = append(rows, listedCollation(parts[0], variant, orNull(parts[1]), orNull(parts[2]), icuVersion))
		}
	}
	slices.SortFunc(rows, func(a, b []any) int { return strings.Compare(a[2].(string), b[2].(string)) })
	bytewise := [][]any{listedCollation("UTF8_BINARY", 0, nil, nil, nil), listedCollation("UTF8_LCASE", 0, nil, nil, nil),
		listedCollation("UTF8_BINARY", padded, nil, nil, nil), listedCollation("UTF8_LCASE", padded, nil, nil, nil)}
	for _, i := range []int{1, 3} {
		bytewise[i][6] = "CASE_INSENSITIVE"
	}
	return append(bytewise, rows...)
}

// What a variant of a collation does not tell apart.
const (
	caseless = 1 << iota
	accentless
	padded
)

func listedCollation(name string, variant int, language, country, version any) []any {
	accents, cases, pad := "ACCENT_SENSITIVE", "CASE_SENSITIVE", "NO_PAD"
	if variant&caseless != 0 {
		name, cases = name+"_CI", "CASE_INSENSITIVE"
	}
	if variant&accentless != 0 {
		name, accents = name+"_AI", "ACCENT_INSENSITIVE"
	}
	if variant&padded != 0 {
		name, pad = name+"_RTRIM", "RTRIM"
	}
	return []any{"SYSTEM", "BUILTIN", name, language, country, accents, cases, pad, version}
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
