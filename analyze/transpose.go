package analyze

import (
	"strconv"
	"strings"

	"shoal/fault"
	"shoal/plan"
)

// This file turns rows into columns: df.transpose. Its columns depend on the rows, so that it reads them.

const (
	confTransposeMax = "spark.sql.transposeMaxValues"
	// transposeMax is its default.
	transposeMax = 500
)

func (a *analyzer) transpose(r *plan.Transpose, outer *scope) (*node, error) {
	in, err := a.relation(r.Input, outer)
	if err != nil {
		return nil, err
	}
	index, err := a.transposeIndex(r, in, outer)
	if err != nil {
		return nil, err
	}
	var rest []plan.Expr
	for _, c := range in.cols {
		if c.ID != index.ID {
			rest = append(rest, c)
		}
	}
	t, err := a.transposeType(rest)
	if err != nil {
		return nil, err
	}
	rows, err := a.transposeRows(r, in, index, rest, t, outer)
	if err != nil {
		return nil, err
	}
	fields := []plan.Field{{Name: "key", Type: plan.String}}
	for _, row := range rows {
		fields = append(fields, plan.Field{Name: row[0].Value.(string), Type: t, Nullable: true})
	}
	values := &plan.Values{Common: at(r)}
	for i, e := range rest {
		line := []plan.Expr{lit(e.(*plan.Column).Name)}
		for _, row := range rows {
			line = append(line, row[1+i])
		}
		values.Rows = append(values.Rows, line)
	}
	n := a.leaf(values, fields, nil)
	if len(values.Rows) > 0 {
		return n, nil
	}
	line := []plan.Expr{lit("")} // VALUES needs a row
	for range rows {
		line = append(line, &plan.Literal{Type: t})
	}
	values.Rows = [][]plan.Expr{line}
	return over(&plan.Limit{Common: at(r), Input: n.rel, Count: lit(0)}, n), nil
}

// transposeIndex is the column whose values name the new ones: the first, if none is given.
func (a *analyzer) transposeIndex(r *plan.Transpose, in *node, outer *scope) (*plan.Column, error) {
	refused := func(reason string) error { return fault.New("TRANSPOSE_INVALID_INDEX_COLUMN", "reason", reason) }
	if len(r.Indexes) == 0 {
		if len(in.cols) == 0 {
			return nil, fault.Unsupported("transpose of no columns").At(r.Pos)
		}
		r = &plan.Transpose{Common: r.Common, Indexes: []plan.Expr{in.cols[0]}}
	}
	e, err := a.expr(r.Indexes[0], &scope{at: r.Pos, inputs: []*node{in}, outer: outer})
	if err != nil {
		return nil, err
	}
	index, ok := e.(*plan.Column)
	if !ok {
		return nil, refused("Index column must be an atomic attribute")
	}
	if isStruct(index.Type) || isArray(index.Type) || hasMap(index.Type) || index.Type == plan.Null {
		return nil, refused("Index column must be of atomic type, but found: " + catalystType(index.Type))
	}
	return index, nil
}

// transposeType is the type that all columns have after the transposition.
func (a *analyzer) transposeType(columns []plan.Expr) (plan.Type, error) {
	if len(columns) == 0 {
		return plan.String, nil
	}
	t := plan.TypeOf(columns[0])
	for _, e := range columns[1:] {
		if isDatetime(t) && isDatetime(plan.TypeOf(e)) && t != plan.TypeOf(e) {
			return nil, fault.Unsupported("a transposition of %s beside %s", t, plan.TypeOf(e))
		}
		wider := a.tightest(t, plan.TypeOf(e))
		if wider == nil {
			return nil, fault.New("TRANSPOSE_NO_LEAST_COMMON_TYPE", "dt1", plan.QuotedSQL(t), "dt2", plan.QuotedSQL(plan.TypeOf(e)))
		}
		t = wider
	}
	return t, nil
}

// transposeRows reads the rows, by the index: its value as text first, then the others.
func (a *analyzer) transposeRows(r *plan.Transpose, in *node, index *plan.Column, rest []plan.Expr, t plan.Type, outer *scope) ([][]*plan.Literal, error) {
	if a.env.Rows == nil || outer != nil {
		return nil, fault.Unsupported("transpose inside a subquery").At(r.Pos)
	}
	most := a.limitConf(confTransposeMax, transposeMax)
	items := []plan.Expr{aliased(&plan.Cast{Expr: index, To: plan.String}, "key")}
	for i, e := range rest {
		items = append(items, aliased(a.castTo(e, t), "c"+strconv.Itoa(i)))
	}
	kept, err := a.where(in, called("isnotnull", index), r, nil)
	if err != nil {
		return nil, err
	}
	sorted := over(&plan.Sort{Common: at(r), Input: kept.rel, Global: true, Order: []plan.SortOrder{{Expr: index, NullsFirst: true}}}, kept)
	texts, err := a.projectOver(sorted, items, r, nil)
	if err != nil {
		return nil, err
	}
	few := over(&plan.Limit{Common: at(r), Input: texts.rel, Count: lit(most + 1)}, texts)
	rows, err := a.env.Rows(a.ctx, a.exact(few))
	if err == nil && len(rows) > most {
		err = fault.New("TRANSPOSE_EXCEED_ROW_LIMIT", "maxValues", strconv.Itoa(most), "config", confTransposeMax)
	}
	return rows, err
}

// catalystType is how Spark's own code writes a type that names no column.
func catalystType(t plan.Type) string {
	switch t := t.(type) {
	case plan.Array:
		return "ArrayType(" + catalystType(t.Elem) + "," + strconv.FormatBool(t.ContainsNull) + ")"
	case plan.Map:
		return "MapType(" + catalystType(t.Key) + "," + catalystType(t.Value) + "," + strconv.FormatBool(t.ValueContainsNull) + ")"
	case plan.Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = "StructField(" + f.Name + "," + catalystType(f.Type) + "," + strconv.FormatBool(f.Nullable) + ")"
		}
		return "StructType(" + strings.Join(fields, ",") + ")"
	case plan.Basic:
		return catalystNames[t]
	default:
		return t.String()
	}
}

var catalystNames = map[plan.Basic]string{plan.Null: "NullType", plan.Boolean: "BooleanType", plan.Byte: "ByteType", plan.Short: "ShortType",
	plan.Int: "IntegerType", plan.Long: "LongType", plan.Float: "FloatType", plan.Double: "DoubleType", plan.String: "StringType",
	plan.Binary: "BinaryType", plan.Date: "DateType", plan.Timestamp: "TimestampType", plan.TimestampNTZ: "TimestampNTZType",
	plan.CalendarInterval: "CalendarIntervalType", plan.Variant: "VariantType"}
