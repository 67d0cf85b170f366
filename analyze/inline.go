package analyze

import (
	"bytes"
	"errors"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/ipc"

	"shoal/fault"
	"shoal/plan"
	"shoal/plan/arrowtype"
)

// This file resolves data that stands in the query: VALUES, rows the client sent, table functions.

// values resolves VALUES (...), (...): each column gets the common type of its rows.
func (a *analyzer) values(r *plan.Values, outer *scope) (*node, error) {
	return a.valuesNamed(r, nil, r.Pos, outer)
}

// namedValues resolves VALUES ... AS t(a, b).
func (a *analyzer) namedValues(r *plan.Values, as *plan.SubqueryAlias, outer *scope) (*node, error) {
	return a.valuesNamed(r, as.Columns, as.Pos, outer)
}

func (a *analyzer) valuesNamed(r *plan.Values, names []string, pos plan.Pos, outer *scope) (*node, error) {
	v := &plan.Values{Common: at(r), Rows: make([][]plan.Expr, len(r.Rows))}
	sc := &scope{inputs: []*node{{rel: v}}, outer: outer}
	for i, row := range r.Rows {
		if len(row) == 1 {
			row = structRow(row[0])
		}
		out, err := a.exprs(row, sc)
		if err != nil {
			return nil, err
		}
		if want := width(names, v.Rows[0], out); len(out) != want {
			return nil, fault.New("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH", "expectedNumCols", itoa(want),
				"actualNumCols", itoa(len(out)), "rowIndex", itoa(i)).At(pos)
		}
		for k, e := range out {
			if k < len(row) && a.callsWritten(row[k]) {
				return nil, notInline(a, e, row[k].At())
			}
			if err := a.inlineValue(e); err != nil {
				return nil, err
			}
		}
		v.Rows[i] = out
	}
	if err := a.computable(v.Rows, r, pos); err != nil {
		return nil, err
	}
	fields, err := a.valueColumns(v, names, pos)
	if f := (*fault.Error)(nil); errors.As(err, &f) && parsedAsData(r) {
		f.Kind = fault.Parse
	}
	if err != nil {
		return nil, err
	}
	return a.leaf(v, fields, nil), nil
}

// parsedAsData tells that Spark's parser itself makes rows of VALUES: constants, and operators on them.
func parsedAsData(r *plan.Values) bool {
	simple := true
	for _, row := range r.Rows {
		for _, e := range row {
			plan.Walk(e, func(e plan.Expr) bool {
				switch e := e.(type) {
				case *plan.Call:
					simple = simple && e.Operator
				case *plan.Literal, *plan.Cast:
				default:
					simple = false
				}
				return simple
			})
		}
	}
	return simple
}

// computable computes what may fail among the values of VALUES, as Spark's analyzer does.
func (a *analyzer) computable(rows [][]plan.Expr, r *plan.Values, pos plan.Pos) error {
	var doubtful []plan.Expr
	for _, row := range rows {
		for _, e := range row {
			if isDoubtful(e) {
				doubtful = append(doubtful, e)
			}
		}
	}
	if a.env.Rows == nil || len(doubtful) == 0 || !a.fails(doubtful...) {
		return nil
	}
	for _, e := range doubtful {
		if !a.fails(e) {
			continue
		}
		f := fault.New("INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION", "sqlExpr", quoteSQL(a.pretty(e))).At(pos)
		if parsedAsData(r) && !coerced(e) {
			f.Kind = fault.Parse
		}
		return f
	}
	return nil
}

// fails tells that constants cannot be computed. What cannot be told is no failure.
func (a *analyzer) fails(constants ...plan.Expr) bool {
	items := make([]plan.Expr, len(constants))
	for i, e := range constants {
		items[i] = &plan.Alias{Expr: e, Names: []string{"value"}, ID: a.newID()}
	}
	one := &plan.OneRow{Common: plan.Common{Out: []*plan.Column{}}}
	_, err := a.env.Rows(a.ctx, &plan.Project{Common: plan.Common{Out: a.outputOf(items)}, Input: one, Exprs: items})
	var f *fault.Error
	return errors.As(err, &f) && (f.Kind == fault.Arithmetic || f.Kind == fault.NumberFormat || f.Kind == fault.DateTime ||
		f.Kind == fault.ArrayIndex || f.Kind == fault.Runtime || f.Kind == fault.IllegalArgument)
}

// isDoubtful tells expressions but for those of which everybody knows that they do not fail.
func isDoubtful(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		switch x := x.(type) {
		case *plan.Func:
			found = found || !harmless[x.Name]
		case *plan.Cast:
			l, ok := x.Expr.(*plan.Literal)
			found = found || !ok || l.Value != nil && x.To != plan.String && x.To != plan.Double && x.To != plan.Long
			found = found || ok && l.Value != nil && l.Type == plan.String
		}
		return !found
	})
	return found
}

var harmless = map[string]bool{"array": true, "map": true, "struct": true, "named_struct": true, "if": true, "coalesce": true, "isnull": true, "and": true, "or": true, "not": true}

func coerced(e plan.Expr) bool {
	found := false
	plan.Walk(e, func(x plan.Expr) bool {
		c, ok := x.(*plan.Cast)
		found = found || ok && c.Implicit
		return !found
	})
	return found
}

// inlineValue refuses what cannot be computed without input.
func (a *analyzer) inlineValue(e plan.Expr) error {
	var bad error
	plan.Walk(e, func(x plan.Expr) bool {
		switch f := x.(type) {
		case *plan.Func:
			if f.Kind != plan.ScalarFunc || plan.IsRandom(f.Name) || f.Name == "raise_error" {
				bad = notInline(a, e, e.At())
			}
		case *plan.Window:
			bad = notInline(a, e, e.At())
		}
		return bad == nil
	})
	return bad
}

func notInline(a *analyzer, e plan.Expr, pos plan.Pos) error {
	return fault.New("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", "expr", quoteSQL(a.pretty(e))).At(pos)
}

// structRow: VALUES (struct(a, b)) is the row a, b.
func structRow(e plan.Expr) []plan.Expr {
	if c, ok := e.(*plan.Call); ok && len(c.Name) == 1 && strings.EqualFold(c.Name[0], "struct") {
		return c.Args
	}
	return []plan.Expr{e}
}

// width is how many columns a row must have: as many as there are names, or as in the first row.
func width(names []string, first, row []plan.Expr) int {
	switch {
	case names != nil:
		return len(names)
	case first != nil:
		return len(first)
	}
	return len(row)
}

func (a *analyzer) valueColumns(v *plan.Values, names []string, pos plan.Pos) ([]plan.Field, error) {
	if len(v.Rows) == 0 {
		return nil, nil
	}
	fields := make([]plan.Field, len(v.Rows[0]))
	types := make([]plan.Type, len(v.Rows))
	for j := range fields {
		f := plan.Field{Name: "col" + itoa(j+1)}
		if names != nil {
			f.Name = names[j]
		}
		for i, row := range v.Rows {
			types[i] = plan.TypeOf(row[j])
			f.Nullable = f.Nullable || plan.Nullable(row[j])
		}
		f.Type = types[0]
		if !allSameType(types) {
			if f.Type = a.inlineType(types); f.Type == nil {
				return nil, fault.New("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", "colName", plan.Quote(f.Name)).At(pos)
			}
			for _, row := range v.Rows {
				row[j] = a.castUnlessSame(row[j], f.Type)
			}
		} else {
			f.Type = a.merged(types)
		}
		fields[j] = f
	}
	return fields, nil
}

// inlineType is the common type of a VALUES column: by the rules without ANSI, in any mode, and
// strings stay among themselves.
func (a *analyzer) inlineType(types []plan.Type) plan.Type {
	legacy := *a
	legacy.settings.ANSI = false
	return legacy.commonNoString(types)
}

// localData resolves rows the client sent; a declared schema wins over Arrow's.
func (a *analyzer) localData(r *plan.LocalData) (*node, error) {
	out := &plan.LocalData{Common: at(r), Arrow: r.Arrow, Schema: r.Schema, Checkpoint: r.Checkpoint}
	if r.Schema != nil && (len(r.Schema.Fields) > 0 || len(r.Arrow) == 0) {
		return a.leaf(out, r.Schema.Fields, nil), nil
	}
	stream, err := ipc.NewReader(bytes.NewReader(r.Arrow))
	if err != nil {
		return nil, fault.Internalf("the client's Arrow data: %v", err)
	}
	defer stream.Release()
	fields := make([]plan.Field, stream.Schema().NumFields())
	for i, f := range stream.Schema().Fields() {
		t, err := arrowtype.FromArrow(f.Type)
		if err != nil {
			return nil, err
		}
		fields[i] = plan.Field{Name: f.Name, Type: t, Nullable: f.Nullable}
	}
	if len(fields) == 0 {
		return a.rowsOfNothing(stream, r)
	}
	return a.leaf(out, fields, nil), nil
}

// rowsOfNothing is data without columns: there are only so many rows.
func (a *analyzer) rowsOfNothing(stream *ipc.Reader, r plan.Relation) (*node, error) {
	rows := int64(0)
	for stream.Next() {
		rows += stream.RecordBatch().NumRows()
	}
	if err := stream.Err(); err != nil {
		return nil, fault.Internalf("the client's Arrow data: %v", err)
	}
	in := a.numbers(&plan.Range{Common: at(r), End: rows, Step: 1})
	return newNode(&plan.Project{Common: at(r), Input: in.rel, Exprs: []plan.Expr{}}, []*plan.Column{}), nil
}

// tableFunc resolves range(...) and generators in FROM.
func (a *analyzer) tableFunc(r *plan.TableFunc, outer *scope) (*node, error) {
	name := strings.ToLower(r.Name[len(r.Name)-1])
	if f := a.sqlFunction(r.Name, name == "range"); f != nil {
		return a.tableWritten(f, r, outer)
	}
	if name == "range" {
		return a.rangeCall(r)
	}
	if s, ok := a.lookup(name); ok && s.kind == plan.GeneratorFunc {
		one := newNode(&plan.OneRow{Common: at(r)}, []*plan.Column{})
		gen := &plan.Call{Pos: r.Pos, Name: r.Name, Args: r.Args}
		if s.isFrom {
			gen.Args = positional(r)
		}
		n, err := a.generated(one, gen, &plan.Generate{Common: r.Common}, outer)
		if err != nil {
			return nil, err
		}
		n.input = nil
		return n, nil
	}
	if list, ok := tableLists[name]; ok {
		return a.listed(name, list, r)
	}
	if sparkTableFuncs[name] {
		return nil, fault.Unsupported("table function %s", name).At(r.Pos)
	}
	return nil, fault.New("UNRESOLVABLE_TABLE_VALUED_FUNCTION", "name", plan.QuoteParts(r.Name)).At(r.Pos)
}

var sparkTableFuncs = map[string]bool{"json_tuple": true, "python_worker_logs": true}

// rangeCall is range(end), range(start, end [, step [, partitions]]).
func (a *analyzer) rangeCall(r *plan.TableFunc) (*node, error) {
	if len(r.Args) == 0 || len(r.Args) > 4 {
		return nil, fault.New("WRONG_NUM_ARGS.WITHOUT_SUGGESTION", "functionName", "`range`", "expectedNum", "[1, 2, 3, 4]",
			"actualNum", itoa(len(r.Args)), "docroot", docRoot).At(r.Pos)
	}
	var numbers []int64
	for i, arg := range r.Args {
		e, err := a.expr(arg, &scope{inputs: []*node{{rel: &plan.OneRow{}}}})
		if err != nil {
			return nil, err
		}
		if a.callsWritten(arg) {
			return nil, fault.Unsupported("range to what a function written in SQL gives").At(arg.At())
		}
		if t := plan.TypeOf(e); t == plan.String {
			return nil, fault.Unsupported("range of a string").At(arg.At())
		} else if !isIntegral(t) {
			return nil, fault.New("UNEXPECTED_INPUT_TYPE", "functionName", "`range`", "paramIndex", ordinal(i+1),
				"inputSql", quoteSQL(a.pretty(e)), "inputType", plan.QuotedSQL(t), "requiredType", `"BIGINT"`).At(arg.At())
		}
		n, ok := intLiteral(e)
		if !ok {
			return nil, fault.Unsupported("range with a computed bound").At(arg.At())
		}
		numbers = append(numbers, n)
	}
	out := &plan.Range{Common: at(r), End: numbers[0], Step: 1}
	if len(numbers) > 1 {
		out.Start, out.End = numbers[0], numbers[1]
	}
	if len(numbers) > 2 {
		out.Step = numbers[2]
	}
	if out.Step == 0 {
		return nil, fault.Unsupported("range with step 0").At(r.Pos)
	}
	if len(numbers) > 3 && numbers[3] > 0 && numbers[3] <= maxInt {
		out.Parts = int(numbers[3])
	}
	return a.numbers(out), nil
}
