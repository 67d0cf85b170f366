package analyze

// This file resolves what is written into a table: Spark's store assignment, as its policy ANSI has it.

import (
	"context"
	"slices"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// Target is a table that takes a query's rows.
type Target struct {
	Name      []string     // in full
	Columns   []plan.Field // the partition columns last
	Partition []string     // their names
	// Static are the partition columns whose values the statement gives, and those of which it says
	// that the rows give them.
	Static []plan.PartitionValue
	Given  []string // the columns the statement names; nil: all
	ByName bool
	At     plan.Pos
}

// Stores is a query on its way into a table: its output is the table's columns.
type Stores struct {
	Plan plan.Relation
	// Casts says, by column, from what type values are cast; nil where they are not.
	Casts []plan.Type
	// Static are the values of the partition columns that are given, as STRING, by name in lower case.
	Static map[string]plan.Expr
}

// Insert resolves a query whose rows go into a table.
func Insert(ctx context.Context, rel plan.Relation, t Target, env Env) (*Stores, error) {
	if policy, ok := env.Settings.Get("spark.sql.storeAssignmentPolicy"); ok && !strings.EqualFold(policy, "ANSI") {
		return nil, fault.Unsupported("spark.sql.storeAssignmentPolicy = %s", policy)
	}
	a := &analyzer{ctx: ctx, env: env, settings: env.Settings, names: env.Names, functions: functions()}
	n, err := a.relation(withoutDefaults(rel), nil)
	if err != nil {
		return nil, err
	}
	in := a.exact(n)
	i := &insert{a: a, t: t, rows: plan.Output(in), values: make([]plan.Expr, len(t.Columns))}
	if err := i.static(); err != nil {
		return nil, err
	}
	if err := i.match(); err != nil {
		return nil, err
	}
	out := &Stores{Static: i.texts, Casts: make([]plan.Type, len(t.Columns))}
	items := make([]plan.Expr, len(t.Columns))
	for k, f := range t.Columns {
		value := i.values[k]
		if value == nil {
			value = &plan.Literal{Type: plan.Null}
		}
		from := plan.TypeOf(value)
		if value, err = i.assign(value, f); err != nil {
			return nil, err
		}
		if _, cast := value.(*plan.Cast); cast && i.values[k] != nil {
			out.Casts[k] = from
		}
		items[k] = &plan.Alias{Expr: value, Names: []string{f.Name}, Metadata: f.Metadata, ID: a.newID()}
	}
	p := &plan.Project{Input: in, Exprs: items}
	p.Out = a.outputOf(items)
	out.Plan = p
	return out, nil
}

// withoutDefaults puts NULL for DEFAULT: our columns have no other default.
func withoutDefaults(rel plan.Relation) plan.Relation {
	v, ok := rel.(*plan.Values)
	if !ok {
		return rel
	}
	c := *v
	c.Rows = make([][]plan.Expr, len(v.Rows))
	for i, row := range v.Rows {
		c.Rows[i] = make([]plan.Expr, len(row))
		for j, e := range row {
			if n, ok := e.(*plan.Name); ok && len(n.Parts) == 1 && strings.EqualFold(n.Parts[0], "default") {
				e = &plan.Literal{Pos: n.Pos, Type: plan.Null}
			}
			c.Rows[i][j] = e
		}
	}
	return &c
}

// insert is one analysis under way.
type insert struct {
	a      *analyzer
	t      Target
	rows   []*plan.Column
	values []plan.Expr // for each of the table's columns; nil: nothing is given
	texts  map[string]plan.Expr
}

func (i *insert) same(a, b string) bool {
	return a == b || !i.a.settings.CaseSensitive && strings.EqualFold(a, b)
}

func (i *insert) index(name string) int {
	for k, f := range i.t.Columns {
		if i.same(f.Name, name) {
			return k
		}
	}
	return -1
}

// PartitionValues resolves the values of a PARTITION clause, as STRING, by name in lower case.
func PartitionValues(ctx context.Context, t Target, env Env) (map[string]plan.Expr, error) {
	a := &analyzer{ctx: ctx, env: env, settings: env.Settings, names: env.Names, functions: functions()}
	i := &insert{a: a, t: t, values: make([]plan.Expr, len(t.Columns))}
	_, err := i.partitionValues()
	return i.texts, err
}

// static takes the values of the PARTITION clause, which must name all columns.
func (i *insert) static() error {
	if len(i.t.Static) == 0 {
		return nil
	}
	listed, err := i.partitionValues()
	if err == nil && len(listed) != len(i.t.Partition) {
		return fault.New("_LEGACY_ERROR_TEMP_1169", "tableName", plan.QuoteParts(i.t.Name),
			"normalizedPartSpec", strings.Join(listed, ","), "partColNames", strings.Join(i.t.Partition, ","))
	}
	return err
}

// partitionValues takes the values of the PARTITION clause, and lists the columns it names.
func (i *insert) partitionValues() (listed []string, err error) {
	first := len(i.t.Columns) - len(i.t.Partition)
	for _, v := range i.t.Static {
		k := i.index(v.Name)
		if k < first {
			return nil, fault.New("PARTITIONS_NOT_FOUND", "partitionList", plan.Quote(v.Name), "tableName", plan.QuoteParts(i.t.Name)).At(i.t.At)
		}
		listed = append(listed, i.t.Columns[k].Name)
		if v.Value == nil {
			continue
		}
		e, err := i.a.expr(v.Value, &scope{at: i.t.At})
		if err != nil {
			return nil, err
		}
		to := i.t.Columns[k].Type
		cast, err := i.a.makeCast(e, &plan.Cast{Pos: i.t.At, To: to, Mode: plan.CastANSI})
		if err != nil {
			return nil, err
		}
		text, err := i.a.makeCast(cast, &plan.Cast{Pos: v.Value.At(), To: plan.String, Mode: plan.CastANSI})
		if err != nil {
			return nil, err
		}
		if i.texts == nil {
			i.texts = map[string]plan.Expr{}
		}
		i.values[k], i.texts[strings.ToLower(i.t.Columns[k].Name)] = cast, text
	}
	return listed, nil
}

// match finds the query's column for each of the table's.
func (i *insert) match() error {
	if i.t.ByName {
		return i.matchByName()
	}
	var places []int
	for k := range i.t.Columns {
		if i.values[k] == nil {
			places = append(places, k)
		}
	}
	if i.t.Given != nil {
		var err error
		if places, err = i.given(); err != nil {
			return err
		}
	}
	if len(places) != len(i.rows) {
		expected := make([]string, len(places))
		for n, k := range places {
			expected[n] = i.t.Columns[k].Name
		}
		if i.t.Given == nil && i.texts != nil {
			return i.partitionArity(columnNames(i.rows))
		}
		if i.t.Given == nil {
			expected = expected[:0]
			for _, f := range i.t.Columns {
				expected = append(expected, f.Name)
			}
		}
		return i.arity(len(i.rows) > len(places), expected)
	}
	for n, k := range places {
		i.values[k] = i.rows[n]
	}
	return nil
}

// given finds the columns the statement names.
func (i *insert) given() ([]int, error) {
	places := make([]int, len(i.t.Given))
	seen := map[int]bool{}
	for n, name := range i.t.Given {
		k := i.index(name)
		switch {
		case k < 0:
			return nil, fault.New("UNRESOLVED_COLUMN.WITH_SUGGESTION", "objectName", plan.Quote(name),
				"proposal", quoteAll(fieldNames(i.t.Columns))).At(i.t.At)
		case i.values[k] != nil:
			return nil, i.partitionArity(i.t.Given)
		case seen[k]:
			return nil, fault.New("COLUMN_ALREADY_EXISTS", "columnName", plan.Quote(strings.ToLower(name)))
		}
		seen[k] = true
		places[n] = k
	}
	return places, nil
}

func (i *insert) matchByName() error {
	if len(i.rows) > len(i.t.Columns) {
		return i.arity(true, fieldNames(i.t.Columns))
	}
	var extra []string
	for _, c := range i.rows {
		k := i.index(c.Name)
		switch {
		case k < 0:
			extra = append(extra, c.Name)
		case i.values[k] != nil:
			return fault.New("INCOMPATIBLE_DATA_FOR_TABLE.AMBIGUOUS_COLUMN_NAME", "tableName", plan.QuoteParts(i.t.Name), "colName", plan.Quote(c.Name))
		default:
			i.values[k] = c
		}
	}
	if extra != nil {
		return fault.New("INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS", "tableName", plan.QuoteParts(i.t.Name), "extraColumns", quoteAll(extra))
	}
	return nil
}

func (i *insert) arity(tooMany bool, expected []string) error {
	class := "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
	if tooMany {
		class = "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
	}
	return fault.New(class, "tableName", plan.QuoteParts(i.t.Name), "tableColumns", quoteAll(expected), "dataColumns", quoteAll(columnNames(i.rows)))
}

func (i *insert) partitionArity(data []string) error {
	return fault.New("INSERT_PARTITION_COLUMN_ARITY_MISMATCH", "tableName", plan.QuoteParts(i.t.Name),
		"tableColumns", quoteAll(fieldNames(i.t.Columns)), "dataColumns", quoteAll(data), "staticPartCols", quoteAll(i.staticNames()))
}

func columnNames(cols []*plan.Column) []string {
	names := make([]string, len(cols))
	for i, c := range cols {
		names[i] = c.Name
	}
	return names
}

// staticNames are the partition columns whose values are given, sorted.
func (i *insert) staticNames() (names []string) {
	for _, v := range i.t.Static {
		if v.Value != nil {
			names = append(names, i.t.Columns[i.index(v.Name)].Name)
		}
	}
	slices.Sort(names)
	return names
}

// assign casts a value to a column's type, if Spark stores it there.
func (i *insert) assign(value plan.Expr, f plan.Field) (plan.Expr, error) {
	from, to := plan.TypeOf(value), plan.AsNullable(f.Type)
	if plan.Equal(plan.AsNullable(from), to) {
		return value, nil
	}
	if !canStoreAssign(from, to) {
		if isNested(from) && isNested(to) {
			return nil, fault.Unsupported("storing %s in the column %s of type %s", from, f.Name, to)
		}
		return nil, fault.New("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST", "tableName", plan.QuoteParts(i.t.Name),
			"colName", plan.Quote(f.Name), "srcType", quoteSQL(strings.ToUpper(from.String())), "targetType", quoteSQL(strings.ToUpper(to.String())))
	}
	return i.a.makeCast(value, &plan.Cast{Pos: value.At(), To: to, Mode: plan.CastANSI, Implicit: true})
}

func isNested(t plan.Type) bool {
	switch t.(type) {
	case plan.Array, plan.Map, plan.Struct:
		return true
	}
	return false
}

func fieldNames(fields []plan.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = plan.Quote(n)
	}
	return strings.Join(quoted, ", ")
}
